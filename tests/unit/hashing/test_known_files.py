"""A file is not read again as long as nothing says that it may have changed."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from blake3 import blake3

from recoup.annotations import Dir, File
from recoup.hashing import digest, files, known_files
from recoup.hashing.known_files import find_known, is_settled, keep_known
from recoup.settings import get_current_settings, temporary_settings

LARGE = 1 << 17
OLD_NS = 1_600_000_000_000_000_000


@pytest.fixture(autouse=True)
def forgetful(monkeypatch):
    """What one test remembers is nothing to the next."""
    monkeypatch.setattr(known_files, "_remembered", {})


@pytest.fixture
def settled(monkeypatch):
    """Have files be as old as they are after a few seconds; the time of a change cannot be set otherwise."""
    monkeypatch.setattr(known_files, "_SETTLED_NS", -1_000_000_000_000)


@pytest.fixture
def reads(monkeypatch):
    """Return the paths of the files that are read."""
    read, whole = [], files._read

    def counted(path):
        read.append(path)
        return whole(path)

    monkeypatch.setattr(files, "_read", counted)
    return read


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(b"a" * LARGE)
    return path


def table():
    return get_current_settings().home / "memo" / "files-1"


def forget():
    known_files._remembered.clear()


# --- when a file is read -------------------------------------------------------------------------


def test_a_file_that_did_not_change_is_read_once(file, reads, settled):
    first = digest(File(file))
    assert digest(File(file)) == first
    forget()  # as in another process
    assert digest(File(file)) == first
    assert reads == [str(file)]


def test_another_process_does_not_read_it_either(file, settled):
    first = digest(File(file))
    program = (
        "import sys\nfrom recoup.annotations import File\nfrom recoup.hashing import digest, files\n"
        "files._read = None\nprint(digest(File(sys.argv[1])))"
    )
    home = os.environ | {"RECOUP_HOME": str(get_current_settings().home)}
    told = subprocess.run([sys.executable, "-c", program, str(file)], env=home, capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(first)


def test_a_file_that_was_just_written_is_read_every_time(file, reads):
    assert digest(File(file)) == digest(File(file))
    assert reads == [str(file)] * 2
    assert not table().exists()


@pytest.mark.parametrize(
    ("mtime", "ctime", "settled"),
    [(0, 0, True), (0, 8.1, False), (8.1, 0, False), (7.9, 7.9, True), (0, 10, False), (11, 0, False), (10_000, 0, False)],
)
def test_only_times_that_are_past_are_believed(mtime, ctime, settled):
    """Ten seconds after the epoch; file systems may count in steps of two."""
    found = SimpleNamespace(st_mtime_ns=int(mtime * 1e9), st_ctime_ns=int(ctime * 1e9))
    assert is_settled(found, 10 * 10**9) is settled


def _written(path):
    path.write_bytes(b"b" * LARGE)


def _written_and_dated_back(path):
    before = path.stat()
    path.write_bytes(b"b" * LARGE)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced_by_one_of_the_same_date(path):
    other = path.with_name("other")
    other.write_bytes(b"b" * LARGE)
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def _longer(path):
    with path.open("ab") as opened:
        opened.write(b"b")


@pytest.mark.parametrize("change", [_written, _written_and_dated_back, _replaced_by_one_of_the_same_date, _longer])
def test_a_change_is_seen_however_it_is_dated(file, change, settled):
    before, unchanged = digest(File(file)), file.stat().st_ctime_ns
    while (
        file.stat().st_ctime_ns == unchanged
    ):  # the clock of a file system counts in ticks, and a first change may come too soon
        change(file)
    assert digest(File(file)) != before
    forget()
    assert digest(File(file)) != before


def test_small_files_are_remembered_in_this_process_only(tmp_path, reads, settled):
    for number in range(10):
        (tmp_path / str(number)).write_text(str(number))
    assert digest(Dir(tmp_path)) == digest(Dir(tmp_path))
    assert len(reads) == 10
    assert not table().exists()


def test_what_is_remembered_in_a_process_is_bounded(monkeypatch, tmp_path, settled):
    monkeypatch.setattr(known_files, "_MOST_REMEMBERED", 5)
    for number in range(12):
        (tmp_path / str(number)).write_text(str(number))
    digest(Dir(tmp_path))
    assert 0 < len(known_files._remembered) <= 5


# --- the table ---------------------------------------------------------------------------------


def stat_of(number, size=LARGE):
    return SimpleNamespace(st_dev=1, st_ino=number, st_size=size, st_mtime_ns=OLD_NS + number, st_ctime_ns=OLD_NS)


def content(number):
    return blake3(str(number).encode()).digest()


def keep(number):
    keep_known(f"/data/{number}", stat_of(number), content(number), time.time_ns())


def find(number):
    forget()
    return find_known(f"/data/{number}", stat_of(number))


def test_what_is_kept_is_found_by_path_and_stamp_alone():
    for number in range(100):
        keep(number)
    assert [find(number) for number in range(100)] == [content(number) for number in range(100)]
    assert find_known("/data/other", stat_of(1)) is None
    for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"):
        other = stat_of(1)
        setattr(other, name, getattr(other, name) + 1)
        assert find_known("/data/1", other) is None, name


def test_the_latest_word_on_a_file_counts():
    keep(1)
    changed = stat_of(1, size=LARGE + 1)
    keep_known("/data/1", changed, content(2), time.time_ns())
    forget()
    assert find_known("/data/1", changed) == content(2)
    assert find(1) is None


def test_the_table_is_bounded_and_never_wrong(monkeypatch):
    monkeypatch.setattr(known_files, "_BUCKETS", 16)
    for number in range(1000):
        keep(number)
    found = [find(number) for number in range(1000)]
    assert 48 <= sum(one is not None for one in found) <= 64
    assert all(one in (None, content(number)) for number, one in enumerate(found))
    assert table().stat().st_size <= len(known_files._HEADER) + 16 * known_files._BUCKET


def test_a_full_table_has_at_most_eleven_megabytes():
    assert len(known_files._HEADER) + known_files._BUCKETS * known_files._BUCKET < 11 << 20


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"recoup files 2\n".ljust(64, b"\0") + b"x" * 4000])
def test_what_is_no_table_is_begun_anew(damage):
    keep(1)
    table().write_bytes(damage)
    assert find(1) is None
    keep(2)
    assert find(2) == content(2)


def test_the_table_may_be_deleted_at_any_time():
    keep(1)
    table().unlink()
    assert find(1) is None
    table().parent.rmdir()
    keep(1)
    assert find(1) == content(1)


def test_a_place_that_is_damaged_is_empty():
    keep(1)
    data = bytearray(table().read_bytes())
    start = data.index(content(1))
    for offset in range(start - 40, start + 40, 3):
        flipped = bytearray(data)
        flipped[offset] ^= 4
        table().write_bytes(flipped)
        assert find(1) is None, offset - start
    keep(1)
    assert find(1) == content(1)


@pytest.mark.parametrize("cut", range(0, 81, 8))
def test_a_place_that_was_cut_short_is_empty(cut):
    """A writer that is killed, or a disk that is full, leaves any part of a place."""
    keep(1)
    data = table().read_bytes()
    start = data.index(content(1)) - 40
    table().write_bytes(data[:start] + data[start : start + cut].ljust(80, b"\0"))
    assert find(1) == (content(1) if cut == 80 else None)


def test_without_a_home_that_can_be_written_this_process_remembers(tmp_path, file, reads, settled):
    blocked = tmp_path / "home"
    blocked.write_text("a file where the home would be")
    with temporary_settings(home=blocked):
        assert digest(File(file)) == digest(File(file))
    assert reads == [str(file)]
    assert blocked.read_text() == "a file where the home would be"


WRITER = """
import random, sys, time
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
from test_known_files import content, find, keep
from recoup.hashing import known_files
known_files._BUCKETS = 8
print("ready", flush=True)
chance, wrong = random.Random(int(sys.argv[2])), 0
until = time.monotonic() + 60
while time.monotonic() < until:
    number = chance.randrange(64)
    keep(number)
    if find(number) not in (None, content(number)):
        print("wrong", flush=True)
"""


def test_many_writers_and_kills_never_make_it_wrong(monkeypatch):
    """Four processes write the same few places until they are killed; what is found is right, or nothing."""
    monkeypatch.setattr(known_files, "_BUCKETS", 8)
    home = os.environ | {"RECOUP_HOME": str(get_current_settings().home)}
    command = [sys.executable, "-c", WRITER, os.path.dirname(__file__)]  # noqa: PTH120 - a text for the command
    writers = [subprocess.Popen([*command, str(seed)], env=home, stdout=subprocess.PIPE, text=True) for seed in range(4)]
    try:
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for number in [*range(64)] * 50:
            keep(number)
            assert find(number) in (None, content(number))
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        said = [writer.communicate()[0] for writer in writers]
    assert said == [""] * 4
    assert all(find(number) in (None, content(number)) for number in range(64))
    assert any(find(number) for number in range(64))
