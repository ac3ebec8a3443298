"""Every storage keeps the contract of `recoup.abc.ObjectStore`."""

from pathlib import Path

import pytest

from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.storage.memory import _Object as StoredObject
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
