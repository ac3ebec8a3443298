"""What every storage must do: a suite to subclass, with one fixture per backend.

    class TestMyStorage(ObjectStoreSuite):
        @pytest.fixture
        def store(self):
            return MyStorage(...)

        @pytest.fixture
        def medium(self, store):
            return MyRawAccess(...)

The tests never name a backend. What is written is also read
from the medium itself, and the other way round, so that two wrongs cannot agree.
"""

# ruff: noqa: PLR2004 - expected values stand in plain sight

from __future__ import annotations

import array
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Barrier, Event
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest

from recoup.abc import ObjectStore, check_name
from recoup.exceptions import InvalidName, ObjectExists, ObjectNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recoup.filesystems import WritableFileSystem

__all__ = ["Medium", "ObjectStoreSuite", "SharedStoreSuite", "WritableFileSystemSuite"]

T = TypeVar("T")


class Medium(Protocol):
    """What lies below a store, past the store's own code."""

    def read(self, name: str) -> bytes:
        """Return what the medium holds under `name`."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put `data` there, folders included."""
        ...

    def names(self) -> set[str]:
        """Return the names of all that is there, hidden and temporary things included."""
        ...


LONGEST_NAMES = ["a" * 150, "/".join(["b" * 99] * 5) + "/" + "c" * 12]
GOOD_NAMES = ["a", "0", "_", "a.b", "A+b=c@d-e_f.g", "records/load-ab12cd/0f", *LONGEST_NAMES]
ODD_NAMES = [
    "", ".", "..", "/", "/etc/passwd", "a/", "a//b", "a/../b", "../a", "a/..", "./a", ".hidden", "a/.tmp-1-1", "-a", "a b",
    "a\nb", "a\n", "a\0b", "a\\b", "C:a", "~", "é", "a/é", "a*", "a?b", "%2e", "a" * 151, "/".join(["a" * 128] * 4),
]  # fmt: skip
OPERATIONS: dict[str, Callable[[ObjectStore, str], object]] = {
    "get": lambda store, name: store.get(name),
    "put": lambda store, name: store.put(name, [b"x"]),
    "create": lambda store, name: store.put(name, [b"x"], create=True),
    "delete": lambda store, name: store.delete(name),
    "info": lambda store, name: store.info(name),
    "exists": lambda store, name: store.exists(name),
}
SIZES = [0, 1, 4095, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3 * 1024 * 1024 + 7]


class ObjectStoreSuite:
    """Tests of the contract `recoup.abc.ObjectStore`."""

    @pytest.fixture
    def store(self) -> ObjectStore:
        """Return an empty store."""
        raise NotImplementedError

    @pytest.fixture
    def medium(self) -> Medium:
        """Return raw access to what lies below `store`."""
        raise NotImplementedError

    # --- reading and writing ---------------------------------------------------------------

    def test_put_writes_the_bytes_and_nothing_else(self, store: ObjectStore, medium: Medium) -> None:
        """The medium holds the bytes as they were given, under the object's name, and no leftovers."""
        store.put("values/ab/cd", [b"one value"])
        assert medium.names() == {"values/ab/cd"}
        assert medium.read("values/ab/cd") == b"one value"

    def test_get_reads_what_the_medium_holds(self, store: ObjectStore, medium: Medium) -> None:
        """An object that somebody else wrote is read as it is."""
        medium.write("values/ab/cd", b"\x00from elsewhere\n")
        assert store.get("values/ab/cd") == b"\x00from elsewhere\n"

    @pytest.mark.parametrize("size", SIZES)
    def test_get_returns_whole_objects_of_any_size(self, store: ObjectStore, medium: Medium, size: int) -> None:
        """An object comes back in full, as `bytes`, around the sizes at which reads are split."""
        data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
        store.put("object", [data])
        assert type(store.get("object")) is type(store.find("object")) is bytes
        assert store.get("object") == store.find("object") == medium.read("object") == data

    def test_put_joins_chunks_of_all_kinds(self, store: ObjectStore, medium: Medium) -> None:
        """Bytes, byte arrays and views are concatenated in their order, empty ones included."""
        numbers = array.array("d", [1.5, -2.5])
        store.put("object", [b"", b"a", bytearray(b"bc"), b"", memoryview(b"xdefx")[1:4], memoryview(numbers), b""])
        assert medium.read("object") == b"abcdef" + numbers.tobytes()

    def test_put_takes_thousands_of_chunks(self, store: ObjectStore, medium: Medium) -> None:
        """The number of chunks is not limited by what the system takes at once."""
        chunks = [b"%d," % number for number in range(5000)]
        store.put("object", chunks)
        assert medium.read("object") == b"".join(chunks)

    @pytest.mark.parametrize("chunks", [[], [b""], [b"", bytearray(), memoryview(b"")]])
    def test_empty_objects_are_objects(self, store: ObjectStore, chunks: list[bytes]) -> None:
        """An object without a byte exists, has size 0 and is read as such."""
        store.put("empty", chunks)
        assert store.exists("empty")
        assert (store.get("empty"), store.info("empty").size) == (b"", 0)

    def test_put_keeps_no_reference_to_its_chunks(self, store: ObjectStore) -> None:
        """What the caller does to a buffer afterwards does not reach the object."""
        buffer = bytearray(b"before")
        store.put("object", [buffer])
        buffer[:] = b"after!"
        assert store.get("object") == b"before"

    @pytest.mark.parametrize("second", [b"second and longer", b"2", b""])
    def test_put_replaces(self, store: ObjectStore, medium: Medium, second: bytes) -> None:
        """The second object of a name replaces the first one wholly, longer or shorter."""
        store.put("object", [b"first one"])
        store.put("object", [second])
        assert store.get("object") == medium.read("object") == second
        assert medium.names() == {"object"}

    def test_objects_do_not_touch_each_other(self, store: ObjectStore) -> None:
        """Names with common beginnings are different objects."""
        names = ["a", "ab", "ab.c", "b/a", "b/ab", "b/c/a"]
        for name in names:
            store.put(name, [name.encode()])
        store.delete("ab")
        store.put("b/a", [b"new"])
        left = {name: store.get(name) for name in names if name != "ab"}
        assert left == {"a": b"a", "ab.c": b"ab.c", "b/a": b"new", "b/ab": b"b/ab", "b/c/a": b"b/c/a"}

    # --- absence ---------------------------------------------------------------------------

    @pytest.mark.parametrize("operation", ["get", "info"])
    @pytest.mark.parametrize("name", ["missing", "no/such/folder/missing", "folder", "folder/object/below"])
    def test_what_is_not_there_is_not_found(self, store: ObjectStore, operation: str, name: str) -> None:
        """A missing object, a folder, and a name below an object are certainly absent."""
        store.put("folder/object", [b"x"])
        with pytest.raises(ObjectNotFound, match=name) as caught:
            OPERATIONS[operation](store, name)
        assert isinstance(caught.value, KeyError)
        assert not store.exists(name)
        assert store.find(name) is None

    def test_delete_removes_one_object(self, store: ObjectStore, medium: Medium) -> None:
        """A deleted object is gone from the medium, and its neighbours are not."""
        store.put("folder/a", [b"a"])
        store.put("folder/b", [b"b"])
        store.delete("folder/a")
        assert not store.exists("folder/a")
        assert medium.names() == {"folder/b"}

    @pytest.mark.parametrize("name", ["missing", "no/such/folder/missing", "folder", "folder/object/below"])
    def test_delete_of_nothing_is_silent(self, store: ObjectStore, medium: Medium, name: str) -> None:
        """To delete what is not there, or a folder, does nothing."""
        store.put("folder/object", [b"x"])
        store.delete(name)
        assert medium.names() == {"folder/object"}

    def test_deleted_names_can_be_used_again(self, store: ObjectStore) -> None:
        """After a delete the name is as free as before."""
        store.put("folder/object", [b"1"])
        store.delete("folder/object")
        store.put("folder/object", [b"2"], create=True)
        assert store.get("folder/object") == b"2"

    # --- creation --------------------------------------------------------------------------

    def test_create_writes_what_is_new(self, store: ObjectStore, medium: Medium) -> None:
        """`create` on a free name is a plain put, folders included."""
        store.put("claims/a/1", [b"mi", b"ne"], create=True)
        assert medium.read("claims/a/1") == b"mine"
        assert medium.names() == {"claims/a/1"}

    def test_create_refuses_what_exists(self, store: ObjectStore, medium: Medium) -> None:
        """`create` on a taken name raises, changes nothing and leaves nothing."""
        store.put("claim", [b"theirs"])
        with pytest.raises(ObjectExists, match="claim") as caught:
            store.put("claim", [b"mine"], create=True)
        assert isinstance(caught.value, FileExistsError)
        assert medium.read("claim") == b"theirs"
        assert medium.names() == {"claim"}

    def test_of_many_creating_threads_one_succeeds(self, store: ObjectStore) -> None:
        """Sixteen threads create the same name at once, again and again: each time exactly one does."""
        for name in map("claims/{}".format, range(20)):
            created = together(16, partial(creates, store, name))
            assert [number for number, success in enumerate(created) if success] == [int(store.get(name))]

    # --- all or none -----------------------------------------------------------------------

    def test_readers_never_see_half_an_object(self, store: ObjectStore) -> None:
        """While an object is overwritten by one of another size, every reader gets one of the two."""
        contents = [b"a" * 200_000, b"b" * 70_000]
        store.put("object", [contents[0]])
        finished = Event()

        def read(_: int) -> set[bytes]:
            seen = set()
            while not finished.is_set():
                seen.add(store.get("object"))
            return seen

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read, number) for number in range(4)]
            for turn in range(200):
                content = contents[turn % 2]
                store.put("object", [content[:50_000], content[50_000:]])
            finished.set()
            assert set().union(*(reader.result() for reader in readers)) <= set(contents)

    # --- information and listings ----------------------------------------------------------

    def test_info_says_name_size_and_time(self, store: ObjectStore) -> None:
        """The size is exact, and a later write does not look earlier."""
        store.put("folder/object", [b"12345"])
        first = store.info("folder/object")
        store.put("folder/object", [b"123456"])
        second = store.info("folder/object")
        assert (first.name, first.size, second.size) == ("folder/object", 5, 6)
        assert 0 < first.modified <= second.modified

    def test_list_yields_all_depths(self, store: ObjectStore) -> None:
        """A listing has the full name and size of every object, however deep."""
        names = ["a", "b/c", "b/d/e", "b/d/f/g/h"]
        for size, name in enumerate(names):
            store.put(name, [b"x" * size])
        assert sorted(store.list()) == [store.info(name) for name in names]

    def test_list_of_a_prefix_is_of_that_folder(self, store: ObjectStore) -> None:
        """A prefix is a folder, not the beginning of a text, and not an object."""
        for name in ["a/x", "a/b/y", "ab/z", "ab", "c"]:
            if name != "ab":
                store.put(name, [b""])
        listed = {
            prefix: sorted(info.name for info in store.list(prefix)) for prefix in ["a", "a/b", "c", "missing", "a/missing/deep"]
        }
        assert listed == {"a": ["a/b/y", "a/x"], "a/b": ["a/b/y"], "c": [], "missing": [], "a/missing/deep": []}

    def test_folders_are_those_directly_below(self, store: ObjectStore) -> None:
        """Folders have full names; objects, and folders of folders, are none of them."""
        for name in ["top", "a/x", "a/b/y", "a/b/c/z", "a/d/y", "e/f/g"]:
            store.put(name, [b""])
        found = {prefix: sorted(store.folders(prefix)) for prefix in ["", "a", "a/b", "a/b/c", "top", "missing"]}
        assert found == {"": ["a", "e"], "a": ["a/b", "a/d"], "a/b": ["a/b/c"], "a/b/c": [], "top": [], "missing": []}

    def test_an_empty_store_lists_nothing(self, store: ObjectStore) -> None:
        """Before the first write there is nothing, and no error."""
        assert list(store.list()) == []
        assert list(store.folders()) == []

    @pytest.mark.parametrize("foreign", [".tmp-17-3", "a/.tmp-17-3", ".hidden/x", "my report.pdf", "a/naïve"])
    def test_listings_leave_out_what_no_store_wrote(self, store: ObjectStore, medium: Medium, foreign: str) -> None:
        """Temporary files of others, and files whose names no store takes, are not listed."""
        store.put("a/object", [b""])
        medium.write(foreign, b"not ours")
        assert [info.name for info in store.list()] == ["a/object"]
        assert list(store.folders()) == ["a"]
        assert list(store.folders("a")) == []

    def test_listing_survives_changes_meanwhile(self, store: ObjectStore) -> None:
        """Objects that come and go during a listing may be in it or not; the others are, once."""
        for number in range(200):
            store.put(f"folder/stays-{number}", [b""])
            store.put(f"folder/goes-{number}", [b""])
        listing = store.list()
        seen = [next(listing).name]
        for number in range(200):
            store.delete(f"folder/goes-{number}")
            store.put(f"folder/comes-{number}", [b""])
        seen += [info.name for info in listing]
        assert sorted(name for name in seen if "stays" in name) == sorted(f"folder/stays-{number}" for number in range(200))

    # --- names -----------------------------------------------------------------------------

    @pytest.mark.parametrize("name", GOOD_NAMES)
    def test_every_valid_name_can_be_used(self, store: ObjectStore, medium: Medium, name: str) -> None:
        """All punctuation and the greatest lengths that `check_name` admits work for every operation."""
        store.put(name, [b"x"], create=True)
        store.put(name, [b"y"])
        assert store.get(name) == medium.read(name) == b"y"
        assert [info.name for info in store.list()] == [store.info(name).name] == [check_name(name)]
        store.delete(name)
        assert not store.exists(name)

    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_odd_names_are_refused(self, store: ObjectStore, medium: Medium, operation: str, name: str) -> None:
        """Whatever could leave the root, hide or be another name elsewhere is refused before anything happens."""
        with pytest.raises(InvalidName) as caught:
            OPERATIONS[operation](store, name)
        assert isinstance(caught.value, ValueError)
        assert medium.names() == set()

    @pytest.mark.parametrize("prefix", [name for name in ODD_NAMES if name])
    def test_odd_prefixes_are_refused_at_once(self, store: ObjectStore, prefix: str) -> None:
        """A bad prefix is an error of the call, not of the first step of its iterator."""
        with pytest.raises(InvalidName):
            store.list(prefix)
        with pytest.raises(InvalidName):
            store.folders(prefix)

    # --- stores as values ------------------------------------------------------------------

    def test_stores_are_values(self, store: ObjectStore) -> None:
        """A copy by pickle is equal, has the same hash, and sees the same objects."""
        copy = pickle.loads(pickle.dumps(store))
        assert copy == store
        assert hash(copy) == hash(store)
        assert store != object()
        copy.put("object", [b"shared"])
        assert store.get("object") == b"shared"

    def test_a_store_says_what_it_is(self, store: ObjectStore) -> None:
        """The `repr` begins with the type, and equal stores have equal ones."""
        assert repr(store).startswith(f"{type(store).__name__}(")
        assert repr(pickle.loads(pickle.dumps(store))) == repr(store)

    def test_values_do_no_io(self, store: ObjectStore, medium: Medium) -> None:
        """To copy, compare or print a store touches nothing."""
        assert repr(pickle.loads(pickle.dumps(store)) == store) == "True"
        assert medium.names() == set()


class SharedStoreSuite(ObjectStoreSuite):
    """`ObjectStoreSuite`, and what storages must do besides that other processes reach, too."""

    def test_of_many_creating_processes_one_succeeds(self, store: ObjectStore) -> None:
        """Eight processes create the same names at once: each name has one creator, who knows it."""
        with ExitStack() as programs:
            others = [programs.enter_context(process(CREATOR, store, str(number))) for number in range(8)]
            for other in others:
                expect(other, "ready")
            for other in others:
                tell(other, "go")
            claimed = [expect(other).split() for other in others]
        assert sorted(name for names in claimed for name in names) == sorted(f"claims/{turn}" for turn in range(50))
        for number, names in enumerate(claimed):
            assert {store.get(name) for name in names} <= {b"%d" % number}

    def test_a_killed_writer_leaves_whole_objects(self, store: ObjectStore) -> None:
        """A process that is killed while it writes leaves the old object or the new one, never a part."""
        for _ in range(5):
            with process(WRITER, store) as writer:
                expect(writer, "ready")
                writer.kill()
            for name in ("new/object", "object"):
                content = store.get(name)
                assert len(content) == 1_000_000
                assert len(set(content)) == 1
        assert {info.name for info in store.list()} == {"new/object", "object"}

    def test_other_processes_see_the_same_objects(self, store: ObjectStore) -> None:
        """A pickled store means the same storage in another process, for reading and for writing."""
        store.put("there", [b"to"])
        with process("store.put('back', [store.get('there'), b' and fro']); print('done')", store) as other:
            expect(other, "done")
        assert store.get("back") == b"to and fro"


class WritableFileSystemSuite:
    """Tests of the contract `recoup.filesystems.WritableFileSystem`: files under names that users choose."""

    @pytest.fixture
    def files(self) -> WritableFileSystem:
        """Return empty storage."""
        raise NotImplementedError

    @pytest.mark.parametrize("path", ["report.json", "daily/2024 01 31/Überblick (neu).txt", "a/./b/../c", ".hidden", "a..b"])
    def test_what_is_written_is_read(self, files: WritableFileSystem, path: str) -> None:
        """Names may be whatever a person writes, and writing again replaces."""
        files.write_path(path, b"draft, and longer")
        where = files.write_path(path, b"final")
        assert isinstance(where, str)
        assert files.read_path(path) == b"final"

    @pytest.mark.parametrize("path", ["missing", "no/such folder/missing"])
    def test_a_missing_path_is_not_found(self, files: WritableFileSystem, path: str) -> None:
        """Absence has the same exception as for objects."""
        with pytest.raises(ObjectNotFound, match="missing"):
            files.read_path(path)

    @pytest.mark.parametrize("path", ["", ".", "..", "../x", "a/../../x", "/etc/passwd", "folder/", "a\0b"])
    def test_paths_stay_inside(self, files: WritableFileSystem, path: str) -> None:
        """What is outside, or no file, is neither read nor written."""
        with pytest.raises(InvalidName, match="give"):
            files.write_path(path, b"x")
        with pytest.raises(InvalidName, match="give"):
            files.read_path(path)


# --- other threads and processes ---------------------------------------------------------------

_PROGRAM = "import pickle, sys; store = pickle.loads(bytes.fromhex(sys.argv[1])); from recoup.exceptions import ObjectExists\n"

CREATOR = """
def creates(name):
    try:
        store.put(name, [sys.argv[2].encode()], create=True)
    except ObjectExists:
        return False
    return True
print("ready", flush=True)
input()
print(*[name for turn in range(50) if creates(name := f"claims/{turn}")], flush=True)
"""

WRITER = """
import itertools
for turn in itertools.count():
    content = bytes([turn % 256])
    for name in ("new/object", "object"):
        store.put(name, [content * 500_000, content * 500_000])
    if turn == 3:
        print("ready", flush=True)
"""


def together(count: int, run: Callable[[int], T]) -> list[T]:
    """Return the results of `run(0)`, `run(1)` … in `count` threads that start at the same moment."""
    barrier = Barrier(count)

    def start(number: int) -> T:
        barrier.wait()
        return run(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns as often as they can
    try:
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(start, range(count)))
    finally:
        sys.setswitchinterval(interval)


def creates(store: ObjectStore, name: str, number: int) -> bool:
    """Say whether this call created the object, which holds `number`."""
    try:
        store.put(name, [b"%d" % number], create=True)
    except ObjectExists:
        return False
    return True


@contextmanager
def process(program: str, store: ObjectStore, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `program` in another process, where `store` is this store; it is killed at the end."""
    command = [sys.executable, "-c", _PROGRAM + program, pickle.dumps(store).hex(), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:  # noqa: S603 - our own program
        try:
            yield started
        finally:
            started.kill()


def expect(other: subprocess.Popen[str], line: str | None = None) -> str:
    """Return the next line that a process prints, which must be `line` if that is given."""
    assert other.stdout is not None
    said = other.stdout.readline().strip()
    assert line is None or said == line
    return said


def tell(other: subprocess.Popen[str], line: str) -> None:
    """Give a process a line to read."""
    assert other.stdin is not None
    other.stdin.write(line + "\n")
    other.stdin.flush()
