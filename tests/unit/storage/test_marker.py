"""`recoup.json` at the root of a storage."""

import json
import pickle

import pytest

from recoup.exceptions import NewerFormat, StoreError
from recoup.records import FORMAT, Marker
from recoup.storage import MemoryStorage
from recoup.storage.marker import MARKER, ensure_marker, open_storage
from recoup.testing.stores import Failing, Recording
from recoup.version import __version__


@pytest.fixture
def store():
    return Recording(MemoryStorage())


def test_reading_a_new_storage_writes_nothing(store):
    assert open_storage(store) is None
    assert list(store.list()) == []


def test_the_first_write_makes_the_storage_recoups(store):
    marker = ensure_marker(store)
    written = {"recoup": FORMAT, "created": marker.created, "by": f"recoup {__version__}", "salt": marker.salt}
    assert json.loads(store.get(MARKER)) == written
    assert len(bytes.fromhex(marker.salt)) == 32
    assert store.get(MARKER).endswith(b"\n")


@pytest.mark.parametrize("look", [open_storage, ensure_marker])
def test_the_marker_is_read_once(store, look):
    """Once per storage and process, whoever asks, and however often."""
    ensure_marker(store.store)
    for _ in range(3):
        look(store)
        look(pickle.loads(pickle.dumps(store)))
    assert store.asked == {("get", MARKER): 1}


def test_a_new_storage_is_asked_once_before_and_written_once(store):
    for _ in range(3):
        open_storage(store)
    for _ in range(3):
        ensure_marker(store)
    assert store.asked == {("get", MARKER): 1, ("put", MARKER): 1}


def test_the_faster_writer_wins(store):
    """Two processes start on a new storage: both go by the one marker that stands."""
    assert open_storage(store) is None
    theirs = Marker(recoup=FORMAT, created=1.0, by="recoup 0.0.1")
    store.put(MARKER, [json.dumps({"recoup": FORMAT, "created": 1.0, "by": "recoup 0.0.1"}).encode()])
    assert ensure_marker(store) == theirs
    assert open_storage(store) == theirs


def test_an_older_marker_with_members_of_a_newer_one_is_read(store):
    store.put(MARKER, [b'{"recoup":1,"created":2.5,"by":"recoup 9","budget":"10 GB"}'])
    assert open_storage(store) == Marker(recoup=1, created=2.5, by="recoup 9")


@pytest.mark.parametrize("look", [open_storage, ensure_marker])
def test_a_newer_storage_is_left_alone(store, look):
    """The message names the storage, both formats, and the way out; and it is not remembered."""
    newer = b'{"recoup":%d,"whatever":["new"]}' % (FORMAT + 1)
    store.put(MARKER, [newer])
    for _ in range(2):
        with pytest.raises(NewerFormat) as caught:
            look(store)
    assert repr(store) in str(caught.value)
    assert f"format {FORMAT + 1}" in str(caught.value)
    assert "pip install -U recoup" in str(caught.value)
    assert caught.value.__context__ is None  # nothing else in the traceback of a script
    assert store.get(MARKER) == newer


@pytest.mark.parametrize("torn", [b"", b"\0\0\0\0"])
def test_a_marker_torn_by_a_power_loss_is_written_again(store, torn):
    store.put(MARKER, [torn])
    assert open_storage(store) is None
    ensure_marker(store)
    assert json.loads(store.get(MARKER))["recoup"] == FORMAT


@pytest.mark.parametrize("foreign", [b"hello", b"[]", b"{}", b'{"recoup":"x"}', b'{"recoup":1}'])
def test_a_file_that_is_no_marker_is_not_overwritten(store, foreign):
    store.put(MARKER, [foreign])
    with pytest.raises(StoreError, match="not what Recoup writes"):
        ensure_marker(store)
    assert store.get(MARKER) == foreign


def test_a_storage_that_does_not_answer_is_asked_again():
    """An outage is no absence: nothing is remembered, nothing is written."""
    memory = MemoryStorage()
    store = Failing(memory, StoreError("no answer"), on={"get"})
    with pytest.raises(StoreError, match="no answer"):
        ensure_marker(store)
    store.error = None
    assert ensure_marker(store) == open_storage(memory)
