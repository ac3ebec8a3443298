"""Record files of Prefect 3 are read. `prefect/make.py` says how a real Prefect wrote them."""

import datetime as dt
import decimal
import pathlib
import shutil
import uuid

import pytest

from recoup.exceptions import MissingResult, NotLoadableHere, SerializationError
from recoup.results import ResultRecord, ResultRecordMetadata, ResultStore
from recoup.storage import LocalFileSystem, MemoryStorage

FILES = pathlib.Path(__file__).parent / "prefect"
PLAIN = {"day": "monday", "rows": [1, 2.5, None, True]}
RICH = {
    "when": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    "day": dt.date(2026, 1, 2),
    "price": decimal.Decimal("1.50"),
    "id": uuid.UUID(int=7),
    "path": pathlib.Path("a/b"),
    "raw": b"abc",
}


@pytest.fixture
def storage():
    """The files as they lie in a storage."""
    storage = MemoryStorage()
    for file in FILES.iterdir():
        if file.is_file():
            storage.put(file.name, [file.read_bytes()])
    return storage


@pytest.mark.parametrize("serializer", ["pickle", "json", "compressed-pickle", "compressed-json"])
def test_each_serializer_of_prefect_is_read(storage, serializer):
    assert ResultStore(storage).read(f"plain-{serializer}").result == PLAIN


@pytest.mark.parametrize(("name", "pair"), [("rich-pickle", (1, 2)), ("rich-json", [1, 2])])
def test_types_come_back_as_prefect_brings_them_back(storage, name, pair):
    assert ResultStore(storage).read(name).result == {**RICH, "pair": pair}


def test_an_exception_comes_back(storage):
    error = ResultStore(storage).read("error-json").result
    assert (type(error), error.args) == (ValueError, ("no such day",))


def test_a_result_of_a_task_is_read(storage):
    record = ResultStore(storage).read("task-21")
    assert record.result == [21, 21]
    assert record.metadata.prefect_version == "3.9.1"
    assert record.metadata.storage_key.endswith("/task-21")


def test_what_prefect_wrote_exists_until_it_expires(storage, recoup_clock):
    assert ResultStore(storage).exists("plain-json")
    assert ResultStore(storage).exists("expiring")
    assert ResultStore(storage).read("expiring").expiration == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    recoup_clock.tick(dt.timedelta(days=366 * 10).total_seconds())
    assert not ResultStore(storage).exists("expiring")


def test_metadata_that_lie_apart_are_read(storage, tmp_path):
    keys = LocalFileSystem(shutil.copytree(FILES / "keys", tmp_path / "keys"))  # a test has the storages of its own folder
    store = ResultStore(storage, metadata_storage=keys)
    assert store.exists("split")
    assert store.read("split").result == PLAIN
    assert not store.exists("plain-json")
    data, metadata = (FILES / "split").read_bytes(), (FILES / "keys" / "split").read_bytes()
    assert ResultRecord.deserialize_from_result_and_metadata(data, metadata).result == PLAIN


def test_a_file_is_read_by_itself():
    assert ResultRecord.deserialize((FILES / "plain-pickle").read_bytes()).result == PLAIN
    assert ResultRecordMetadata.load_bytes((FILES / "keys" / "split").read_bytes()).serializer.type == "prefect/compressed/json"


def test_a_folder_of_prefect_is_read_where_it_lies(tmp_path):
    shutil.copytree(FILES, tmp_path / "storage")
    assert ResultStore(tmp_path / "storage").read("plain-pickle").result == PLAIN


def test_recoup_writes_beside_them_and_leaves_them_as_they_are(storage):
    before = storage.get("plain-json")
    ResultStore(storage).write("new", key="plain-json")
    assert ResultStore(storage).read("plain-json").result == "new"
    assert storage.get("plain-json") == before


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"metadata":{"storage_key":"k","serializer":{"type":"mine"}},"result":"x"}', "'mine', which Recoup does not read"),
        (b'{"metadata":{"storage_key":"k","serializer":{"type":"json"}},"result":"{"}', "the text is not JSON"),
        (b'{"metadata":{"storage_key":"k","serializer":{"type":"pickle"}},"result":"?"}', "a pickled value cannot be loaded"),
        (
            b'{"metadata":{"storage_key":"k","serializer":{"type":"json"}},"result":"{\\"__class__\\":\\"no.such.Kind\\"}"}',
            "the value needs no.such.Kind, which is not known here",
        ),
        (
            b'{"metadata":{"storage_key":"k","serializer":{"type":"json"}},"result":"{\\"__exc_type__\\":\\"builtins.int\\"}"}',
            "builtins.int was stored as an exception and is none",
        ),
        (
            b'{"metadata":{"storage_key":"k","serializer":{"type":"compressed","compressionlib":"snappy"}},"result":""}',
            "compressed by snappy, which is not here: compressionlib=.snappy. is not one of",
        ),
    ],
)
def test_what_cannot_be_read_says_why(storage, data, text):
    storage.put("k", [data])
    with pytest.raises(MissingResult, match=text):
        ResultStore(storage).read("k")
    with pytest.raises((SerializationError, NotLoadableHere), match=text):
        ResultRecord.deserialize(data)


def test_their_format_is_only_read(storage):
    with pytest.raises(SerializationError, match="prefect/json is only read"):
        ResultStore(storage).read("plain-json").serializer.dumps(1)
