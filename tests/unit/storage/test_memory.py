"""What only storage in memory has: names within a process."""

import gc
import itertools
import pickle
import weakref

from recoup.storage import MemoryStorage


def test_storages_of_one_name_are_one():
    MemoryStorage("shared-by-name").put("a", [b"x"])
    assert MemoryStorage("shared-by-name").get("a") == b"x"
    assert MemoryStorage("shared-by-name") == MemoryStorage("shared-by-name") != MemoryStorage("another")


def test_storages_without_a_name_are_their_own():
    first, second = MemoryStorage(), MemoryStorage()
    first.put("a", [b"x"])
    assert first != second
    assert not second.exists("a")


def test_a_copy_by_pickle_is_the_same_storage_also_without_a_name():
    """Thread and process pools pickle what they are given; within the process nothing is lost."""
    store = MemoryStorage()
    copy = pickle.loads(pickle.dumps(store))
    store.put("a", [b"x"])
    del store
    gc.collect()
    assert copy.get("a") == b"x"


def test_objects_of_an_unnamed_storage_go_with_it():
    """Only what was given a name, or was pickled, lives as long as the process."""
    store = MemoryStorage()
    gone = weakref.ref(store)
    del store
    gc.collect()
    assert gone() is None


def test_listing_is_of_the_moment_it_began():
    store = MemoryStorage()
    store.put("a", [b""])
    listing = store.list()
    store.put("b", [b""])
    assert [info.name for info in listing] == ["a"]


def test_a_listing_goes_on_while_objects_are_written():
    """The collector may run in the middle of whatever makes objects, and other threads with it."""
    storage = MemoryStorage()
    for number in range(50):
        storage.put(f"f/{number}", [b""])
    numbers = iter(range(20))

    def write(*_):
        for number in itertools.islice(numbers, 1):
            storage.put(f"f/new{number}", [b""])

    threshold = gc.get_threshold()
    gc.callbacks.append(write)
    gc.set_threshold(10)
    try:
        assert len(list(storage.list("f"))) >= 50
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(write)
