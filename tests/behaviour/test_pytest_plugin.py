"""Under pytest every test has an empty storage and a home of its own, and leaves those of the user alone."""

import subprocess
import sys

import pytest

from recoup import flow, task
from recoup.storage import LocalFileSystem, MemoryStorage

PROGRAM = """
import os
import threading
from pathlib import Path

import pytest
from recoup import flow, task
from recoup.results import get_default_result_storage, get_result_store

def helper(x):
    return 2 * x

@task(cache=True)
def double(x):
    return helper(x)

@task(cache=True, result_storage={elsewhere!r})
def triple(x):
    return 3 * x

"""


@flow
def warm():
    """Load what sessions inside a test would load anew each time."""
    return task(cache=True)(abs).submit(1)


@pytest.fixture
def run(pytester, tmp_path, monkeypatch):
    """Return a function that runs tests as a user with a home and a storage elsewhere would."""
    warm()
    home = tmp_path.parent / f"{tmp_path.name}-home"
    monkeypatch.setenv("RECOUP_HOME", str(home))
    monkeypatch.delenv("RECOUP_RESULTS_LOCAL_STORAGE_PATH")
    monkeypatch.delenv("RECOUP_RESULTS_DEFAULT_STORAGE_BLOCK")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))  # so that the folders here are not temporary ones
    (tmp_path / "tmp").mkdir()

    def run(tests, *options):
        pytester.makepyfile(PROGRAM.format(elsewhere=str(home / "elsewhere")) + tests)
        return pytester.runpytest_inprocess("-p", "no:hypothesispytest", f"--basetemp={run.temporary / 'base'}", *options)

    run.home = home
    run.temporary = tmp_path / "tmp"
    return run


def test_two_tests_do_not_see_each_other(run):
    result = run("""
def test_first(recoup_events):
    assert double(1) == 2
    assert [type(event).__name__ for event in recoup_events] == ["WillCompute", "DidCompute", "DidStore"]

test_second = test_first
""")
    result.assert_outcomes(passed=2)


def test_a_test_that_patches_a_helper_leaves_the_users_storages_untouched(run):
    """Neither the default storage nor one that a task names is written to."""
    result = run("""
def test_patched(monkeypatch):
    monkeypatch.setitem(globals(), "helper", lambda x: -1)
    assert double(1) == -1
    assert triple(1) == 3
    assert double.cached(1) and triple.cached(1)
""")
    result.assert_outcomes(passed=1)
    assert not run.home.exists()


def test_flows_threads_and_subprocesses_of_a_test_are_separated_too(run):
    result = run("""
@flow
def pipeline(x):
    return double.submit(x).result()

def test_everywhere():
    assert pipeline(1) == 2
    thread = threading.Thread(target=lambda: double(2))
    thread.start()
    thread.join()
    assert double.cached(1) and double.cached(2)
    import subprocess, sys
    program = "from recoup.settings import get_current_settings as s; print(s().home, s().results_local_storage_path)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert printed == [os.environ["RECOUP_HOME"], os.environ["RECOUP_HOME"] + "/storage"]
""")
    result.assert_outcomes(passed=1)
    assert not run.home.exists()


def test_what_a_module_computes_when_it_is_collected_is_separated(run):
    result = run("""
VALUE = double(5)

def test_value():
    assert VALUE == 10
    assert not double.cached(5)
""")
    result.assert_outcomes(passed=1)
    assert not run.home.exists()


def test_the_home_of_a_test_is_removed_after_it(run):
    result = run("""
HOMES = []

def test_writes():
    HOMES.append(Path(os.environ["RECOUP_HOME"]))
    HOMES[0].mkdir(parents=True)
    (HOMES[0] / "config.toml").write_text("tasks_default_retries = 1")

def test_is_gone():
    assert not HOMES[0].exists()
    assert os.environ["RECOUP_HOME"] != str(HOMES[0])
""")
    result.assert_outcomes(passed=2)
    assert list(run.temporary.iterdir()) == []


def test_the_mark_opts_out_with_the_users_storage(run):
    """`storage="default"` changes nothing; what is computed is there in the next test that says so."""
    result = run("""
pytestmark = pytest.mark.recoup(storage="default")

def test_first():
    assert not double.cached(1)
    assert double(1) == 2
    assert triple(1) == 3

def test_second():
    assert double.cached(1)
""")
    result.assert_outcomes(passed=2)
    assert sorted(path.name for path in run.home.iterdir()) == ["elsewhere", "memo", "storage"]


def test_the_mark_names_another_default_storage(run):
    """A path or a storage; what tasks name is separated still."""
    result = run("""
FOLDER = Path(os.environ["RECOUP_HOME"]).parent.parent / "kept"

@pytest.mark.recoup(storage=FOLDER)
@pytest.mark.parametrize("time", [1, 2])
def test_path(time):
    assert double.cached(1) == (time == 2)
    assert double(1) == 2
    assert triple(1) == 3
    assert (FOLDER / "records").is_dir()
""")
    result.assert_outcomes(passed=2)
    assert not run.home.exists()


@pytest.mark.parametrize("wrong", ['(storge="./results")', '("./results")', ""])
def test_a_mark_that_says_nothing_is_refused(tmp_path, wrong):
    (tmp_path / "test_it.py").write_text(f"import pytest\n\n@pytest.mark.recoup{wrong}\ndef test_it(): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    finished = subprocess.run(command, check=False, cwd=tmp_path, timeout=100, capture_output=True, text=True)
    assert 'test_it.py::test_it: write @pytest.mark.recoup(storage="default"), or a folder: "./results"' in finished.stderr
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR


def test_a_folder_that_a_test_makes_is_used_as_it_is(tmp_path):
    from recoup.results import resolve_result_storage

    assert resolve_result_storage(tmp_path) == LocalFileSystem(tmp_path)


def test_a_memory_storage_that_a_test_makes_is_used_as_it_is():
    from recoup.results import resolve_result_storage

    store = MemoryStorage()
    assert resolve_result_storage(store) is store


def test_settings_are_read_again_inside_each_test(run):
    result = run("""
from recoup.settings import get_current_settings

def test_first(monkeypatch):
    monkeypatch.setenv("RECOUP_TASKS_DEFAULT_RETRIES", "7")
    assert get_current_settings().tasks_default_retries == 7

def test_second():
    assert get_current_settings().tasks_default_retries == 0
""")
    result.assert_outcomes(passed=2)


def test_the_clock_of_a_test_stands_still_until_it_is_moved(recoup_clock):
    from recoup.clock import clock

    before = clock.time(), clock.monotonic()
    recoup_clock.tick(hours=1)
    clock.sleep(2)
    assert (clock.time() - before[0], clock.monotonic() - before[1], recoup_clock.slept) == (3602, 3602, [2])


def test_the_plugin_loads_no_engine():
    """The plugin is part of every run of pytest: what it imports is the storages alone, and how they keep files."""
    program = "import sys, recoup.testing.pytest_plugin; print(*(m for m in sys.modules if m.split('.')[0] in ('recoup', 'msgspec', 'blake3')))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {name.removeprefix("recoup.").partition(".")[0] for name in loaded} == {
        "recoup", "version", "testing", "exceptions", "abc", "storage", "whole_files",
    }  # fmt: skip
