"""What only a folder has: temporary files, links, errors of the system, and users' paths."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from recoup import whole_files
from recoup.exceptions import InvalidName, NotAStorage, ObjectExists, ObjectNotFound, StoreError, StoreFull, StorePermissionError
from recoup.storage import LocalFileSystem

OPERATIONS = ["get", "info", "put", "create", "delete", "list", "folders"]


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def refusing(code):
    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    return refuse


# --- where it is ---------------------------------------------------------------------------------


def test_a_relative_basepath_is_fixed_at_construction(tmp_path, monkeypatch):
    """Changing the working directory later does not move the storage."""
    monkeypatch.chdir(tmp_path)
    store = LocalFileSystem("results")
    monkeypatch.chdir("/")
    store.put("a", [b"x"])
    assert (tmp_path / "results/a").read_bytes() == b"x"
    assert repr(store) == f"LocalFileSystem('{tmp_path}/results')"


def test_a_tilde_is_the_home_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert LocalFileSystem("~/results").basepath == str(tmp_path / "results")


def test_equal_paths_are_equal_storages(tmp_path):
    """Spelling does not matter, the folder does."""
    assert LocalFileSystem(tmp_path / "a" / "..") == LocalFileSystem(str(tmp_path)) != LocalFileSystem(tmp_path / "a")


def test_construction_makes_no_folder(tmp_path):
    LocalFileSystem(tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


def test_the_root_of_the_file_system_can_hold_objects():
    assert LocalFileSystem("/")._root == "/"


# --- temporary files -----------------------------------------------------------------------------


@pytest.mark.parametrize("create", [False, True])
def test_a_writer_killed_before_the_last_step_leaves_the_old_state(tmp_path, create):
    """Everything is written, the name is not taken yet: readers see the old object, or none."""
    store = LocalFileSystem(tmp_path)
    store.put("old", [b"old"])
    name = "new" if create else "old"
    program = f"""
import os, signal
from recoup.storage import LocalFileSystem
os.link = os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
LocalFileSystem({str(tmp_path)!r}).put({name!r}, [b"new"], create={create})
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [(info.name, store.get(info.name)) for info in store.list()] == [("old", b"old")]
    assert len(everything(tmp_path)) == 2  # the leftover is there, and hidden


def test_a_leftover_of_the_same_number_is_stepped_over(tmp_path, monkeypatch):
    """Another machine, or a dead process with our id, may have taken the name of our temporary file."""
    monkeypatch.setattr(whole_files, "_numbers", iter([1, 2]))
    leftover = tmp_path / f".tmp-{os.getpid()}-1"
    leftover.write_bytes(b"theirs")
    LocalFileSystem(tmp_path).put("a", [b"ours"])
    assert leftover.read_bytes() == b"theirs"
    assert (tmp_path / "a").read_bytes() == b"ours"


@pytest.mark.parametrize("step", ["writev", "close", "replace"])
def test_a_failed_put_leaves_nothing(tmp_path, monkeypatch, step):
    """Whichever step fails, the temporary file is gone and the old object stands."""
    store = LocalFileSystem(tmp_path)
    store.put("a", [b"old"])
    close = os.close

    def refuse(*args):
        if step == "close":
            close(*args)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, refuse)
        with pytest.raises(StoreFull):
            store.put("a", [b"new"])
    assert everything(tmp_path) == ["a"]
    assert store.get("a") == b"old"


def test_an_interrupted_put_leaves_nothing(tmp_path, monkeypatch):
    """Ctrl-C while the bytes are written removes the temporary file and passes on."""

    writev, this = os.writev, threading.get_ident()

    def interrupt(fd, buffers):
        if threading.get_ident() != this:  # the beat of a lock goes on
            return writev(fd, buffers)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "writev", interrupt)
    with pytest.raises(KeyboardInterrupt):
        LocalFileSystem(tmp_path).put("a", [b"x"])
    assert everything(tmp_path) == []


def test_a_chunk_that_is_no_buffer_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        LocalFileSystem(tmp_path).put("a", [b"x", "text"])
    assert everything(tmp_path) == []


def test_partial_writes_are_continued(tmp_path, monkeypatch):
    """The system may take fewer bytes than it is given, within a chunk or across several."""
    writev = os.writev
    monkeypatch.setattr(os, "writev", lambda fd, buffers: writev(fd, [b"".join(buffers)[:7]]))
    data = bytes(range(100))
    LocalFileSystem(tmp_path).put("a", [data[:5], memoryview(data)[5:60], b"", data[60:]])
    assert (tmp_path / "a").read_bytes() == data


def test_new_files_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        LocalFileSystem(tmp_path).put("a", [b"x"])
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


# --- creation on network file systems ------------------------------------------------------------


def test_a_creation_whose_answer_was_lost_is_ours(tmp_path, monkeypatch):
    """NFS repeats a link request when the answer is lost, and the repeated one fails: the link count tells."""
    link = os.link

    def repeated(source, target):
        link(source, target)
        link(source, target)

    monkeypatch.setattr(os, "link", repeated)
    LocalFileSystem(tmp_path).put("a", [b"ours"], create=True)
    assert everything(tmp_path) == ["a"]


def test_creation_without_hard_links_says_so(tmp_path, monkeypatch):
    """Some media have no links: that is an error of the storage, not a name that is taken."""
    monkeypatch.setattr(os, "link", refusing(errno.EOPNOTSUPP))
    with pytest.raises(StoreError, match="not supported") as caught:
        LocalFileSystem(tmp_path).put("a", [b"x"], create=True)
    assert not isinstance(caught.value, ObjectExists)
    assert everything(tmp_path) == []


# --- errors ----------------------------------------------------------------------------------------


def operations(store):
    return {
        "get": lambda: store.get("folder/a"),
        "info": lambda: store.info("folder/a"),
        "put": lambda: store.put("folder/a", [b"x"]),
        "create": lambda: store.put("folder/a", [b"x"], create=True),
        "delete": lambda: store.delete("folder/a"),
        "list": lambda: list(store.list("folder")),
        "folders": lambda: list(store.folders("folder")),
    }


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (errno.EACCES, StorePermissionError),
        (errno.EPERM, StorePermissionError),
        (errno.EROFS, StorePermissionError),
        (errno.EIO, StoreError),
        (errno.ESTALE, StoreError),
    ],
)
def test_errors_of_the_system_are_translated(tmp_path, monkeypatch, operation, code, error):
    """Never absence, always the path, the cause, and what to do."""
    for function in ("open", "stat", "unlink", "scandir"):
        monkeypatch.setattr(os, function, refusing(code))
    with pytest.raises(error) as caught:
        operations(LocalFileSystem(tmp_path))[operation]()
    assert not isinstance(caught.value, ObjectNotFound)
    assert type(caught.value) is error
    assert caught.value.__cause__.errno == code
    assert f"{tmp_path}/folder" in str(caught.value)
    assert os.strerror(code) in str(caught.value)
    assert str(caught.value).endswith(("another storage.", "holds it."))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_medium_is_a_full_store(tmp_path, monkeypatch, code):
    monkeypatch.setattr(os, "writev", refusing(code))
    with pytest.raises(StoreFull, match="Free some space") as caught:
        LocalFileSystem(tmp_path).put("a", [b"x"])
    assert caught.value.__cause__.errno == code


def test_a_file_beyond_the_limit_of_the_process_is_refused_whole(tmp_path):
    """A real limit of the system, reached in the middle of a write: an error, and nothing is left."""
    program = f"""
import resource, signal
from recoup.storage import LocalFileSystem
from recoup.exceptions import StoreFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    LocalFileSystem({str(tmp_path)!r}).put("a", [b"x" * 60_000] * 3)
except StoreFull as exc:
    print(exc)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.startswith(f"cannot write {tmp_path}/a: File too large. Free some space")
    assert everything(tmp_path) == []


def test_a_medium_that_cannot_be_written_says_where():
    """Even the superuser makes no files in /proc: a real refusal."""
    with pytest.raises(StoreError, match="cannot write /proc/recoup/a") as caught:
        LocalFileSystem("/proc/recoup").put("a", [b"x"])
    assert not isinstance(caught.value, ObjectNotFound)


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("name", ["file/a", "file/a/b", "folder"])
def test_files_and_folders_in_each_others_place_are_explained(tmp_path, name, create):
    """An object cannot lie below a file or replace a folder; that is no absence and no creation race."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    error = ObjectExists if create and name == "folder" else NotAStorage
    with pytest.raises(StoreError, match=name) as caught:
        LocalFileSystem(tmp_path).put(name, [b"x"], create=create)
    assert type(caught.value) is error
    assert everything(tmp_path) == ["file"]


def test_a_basepath_that_is_a_file_is_empty_to_read_and_an_error_to_write(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = LocalFileSystem(tmp_path / "file")
    assert list(store.list()) == []
    with pytest.raises(ObjectNotFound):
        store.get("a")
    with pytest.raises(StoreError, match="Look for a file where a folder should be"):
        store.put("a", [b"x"])


# --- listings --------------------------------------------------------------------------------------


def test_links_are_what_they_lead_to(tmp_path):
    """`values` may be a link to a larger disk; a link that leads nowhere is not listed."""
    disk = tmp_path / "disk"
    (disk / "ab").mkdir(parents=True)
    (disk / "ab/object").write_bytes(b"x")
    store = LocalFileSystem(tmp_path / "results")
    store.put("here", [b""])
    (tmp_path / "results/values").symlink_to(disk)
    (tmp_path / "results/nowhere").symlink_to(tmp_path / "gone")
    assert sorted(info.name for info in store.list()) == ["here", "values/ab/object"]
    assert list(store.folders()) == ["values"]


def test_a_link_in_a_circle_ends(tmp_path):
    """The system stops following a circle after some turns, and so does the listing."""
    store = LocalFileSystem(tmp_path)
    store.put("folder/object", [b""])
    (tmp_path / "folder/again").symlink_to(tmp_path / "folder")
    assert {info.name.replace("again/", "") for info in store.list()} == {"folder/object"}


def test_a_folder_stays_when_its_last_object_goes(tmp_path):
    store = LocalFileSystem(tmp_path)
    store.put("folder/a", [b""])
    store.delete("folder/a")
    assert list(store.folders()) == ["folder"]


# --- users' paths ----------------------------------------------------------------------------------


def test_a_path_does_not_leave_by_a_link(tmp_path):
    """A link inside the folder is followed before the check."""
    store = LocalFileSystem(tmp_path / "results")
    store.put("a", [b""])
    (tmp_path / "results/out").symlink_to(tmp_path)
    with pytest.raises(InvalidName):
        store.write_path("out/x", b"")
    with pytest.raises(InvalidName):
        store.read_path("out/x")


def test_a_sibling_with_the_same_beginning_is_outside(tmp_path):
    with pytest.raises(InvalidName):
        LocalFileSystem(tmp_path / "results").write_path("../results-2/x", b"")


def test_an_absolute_path_inside_is_inside(tmp_path):
    """As in Prefect, and `write_path` returns such a path."""
    store = LocalFileSystem(tmp_path)
    where = store.write_path("folder/x y", b"1")
    assert where == str(tmp_path / "folder/x y")
    assert store.read_path(where) == b"1"


def test_a_plain_copy_is_a_plain_file(tmp_path):
    LocalFileSystem(tmp_path).write_path("report.json", b"{}")
    assert everything(tmp_path) == ["report.json"]
    assert (tmp_path / "report.json").read_bytes() == b"{}"
