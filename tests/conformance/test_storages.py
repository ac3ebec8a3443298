"""Every storage keeps the contract of `recoup.abc.ObjectStore`."""

from pathlib import Path

import pytest

from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.storage.memory import _Object as StoredObject
from recoup.storage.split import SplitStorage
from recoup.testing.storage import ObjectStoreSuite, SharedStoreSuite, WritableFileSystemSuite
from recoup.testing.stores import Failing, Recording


class Folder:
    """Raw access to a folder."""

    def __init__(self, root):
        self.root = Path(root)

    def read(self, name):
        return (self.root / name).read_bytes()

    def write(self, name, data):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_bytes(data)

    def names(self):
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if not path.is_dir()}


class Dictionary:
    """Raw access to a storage in memory."""

    def __init__(self, store):
        self.objects = store._objects

    def read(self, name):
        return self.objects[name].data

    def write(self, name, data):
        self.objects[name] = StoredObject(data, 1.0)

    def names(self):
        return set(self.objects)


class KeysAndValues:
    """Raw access to two storages in memory, of which the first holds records and code."""

    def __init__(self, keys, values):
        self.keys, self.values = Dictionary(keys), Dictionary(values)

    def of(self, name):
        return self.keys if name.split("/")[0] in ("recoup.json", "records", "parts") else self.values

    def read(self, name):
        return self.of(name).read(name)

    def write(self, name, data):
        self.of(name).write(name, data)

    def names(self):
        return self.keys.names() | self.values.names()


class TestLocalFileSystem(SharedStoreSuite, WritableFileSystemSuite):
    @pytest.fixture
    def store(self, tmp_path):
        return LocalFileSystem(tmp_path / "results")

    @pytest.fixture
    def medium(self, store):
        return Folder(store.basepath)

    @pytest.fixture
    def files(self, store):
        return store


class TestMemoryStorage(ObjectStoreSuite, WritableFileSystemSuite):
    @pytest.fixture
    def store(self):
        return MemoryStorage()

    @pytest.fixture
    def medium(self, store):
        return Dictionary(store)

    @pytest.fixture
    def files(self, store):
        return store


class TestWrappersOfTests(ObjectStoreSuite):
    """The wrappers that are shipped for tests change nothing unless they are told to."""

    @pytest.fixture
    def store(self):
        return Failing(Recording(MemoryStorage()), None, on=set())

    @pytest.fixture
    def medium(self, store):
        return Dictionary(store.store.store)


class TestSplitStorage(ObjectStoreSuite):
    @pytest.fixture
    def store(self):
        return SplitStorage(MemoryStorage(), MemoryStorage())

    @pytest.fixture
    def medium(self, store):
        return KeysAndValues(store.keys, store.values)


class TestRecordsOfSplitStorage:
    def test_records_and_code_lie_with_the_keys_and_all_else_with_the_values(self):
        store = SplitStorage(MemoryStorage(), MemoryStorage())
        names = ["recoup.json", "records/a", "parts/b", "values/c", "runs/d", "report.csv"]
        for name in names:
            store.put(name, [name.encode()])
        assert {info.name for info in store.keys.list()} == {"recoup.json", "records/a", "parts/b"}
        assert {info.name for info in store.list()} == set(names)
        assert {info.name for info in store.list("records")} == {"records/a"}
        assert set(store.folders()) == {"records", "parts", "values", "runs"}

    def test_one_storage_for_both_lists_each_object_once(self):
        one = MemoryStorage()
        store = SplitStorage(one, one)
        store.put("records/a", [b"a"])
        store.put("values/b", [b"b"])
        assert sorted(info.name for info in store.list()) == ["records/a", "values/b"]
