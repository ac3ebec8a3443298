"""The pytest plugin: every test has an empty storage and a home of its own.

Results of tests stay in memory, whatever storage a task, a setting or the project names; only folders in the
temporary directory are used as they are, since a test made them. Processes that a test starts find a home of the
test's own (`RECOUP_HOME`) and keep their results there. So a test that patches a helper leaves the user's results
untouched, and two tests do not see each other.

    @pytest.mark.recoup(storage="default")    this test uses what settings and tasks name
    @pytest.mark.recoup(storage=tmp_or_store) this test's default storage is a path, URL or storage

The plugin is loaded in every run of pytest: a test that never uses Recoup pays for three environment variables.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from recoup.abc import Locality
from recoup.storage import LocalFileSystem, MemoryStorage, resolve
from recoup.storage.redirection import set_redirection

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from recoup.abc import ObjectStore
    from recoup.events import Event
    from recoup.testing.clock import ManualClock

__all__ = ["recoup_clock", "recoup_events"]


@pytest.fixture
def recoup_events() -> Iterator[list[Event]]:
    """Return the list of events that are emitted during the test, oldest first."""
    from recoup.events import subscribed  # noqa: PLC0415 - loaded by the tests that ask for it

    events: list[Event] = []
    with subscribed(events.append):
        yield events


@pytest.fixture
def recoup_clock() -> Iterator[ManualClock]:
    """Return a clock that stands still, by which Recoup tells the time during the test."""
    from recoup.clock import use_clock  # noqa: PLC0415 - loaded by the tests that ask for it
    from recoup.testing.clock import ManualClock  # noqa: PLC0415 - as above

    clock = ManualClock()
    with use_clock(clock):
        yield clock


def pytest_configure(config: pytest.Config) -> None:
    """Begin to separate the tests of this session."""
    config.addinivalue_line("markers", 'recoup(storage="default"): keep results where the program or the given storage says')
    config.pluginmanager.register(Separation(config), "recoup-separation")


class Separation:
    """Gives every test, and the collection of tests, a place of its own."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = ""
        self._places = 0
        self._temporary = [tempfile.gettempdir(), *filter(None, [config.getoption("basetemp", None)])]

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Separate what modules compute when they are imported."""
        with self._place(None):
            return (yield)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse marks that would not do what they say."""
        for item in items:
            for mark in item.iter_markers("recoup"):
                if mark.args or set(mark.kwargs) != {"storage"}:
                    raise pytest.UsageError(
                        f'{item.nodeid}: write @pytest.mark.recoup(storage="default"), or a folder: "./results"'
                    )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Separate a test, with the fixtures that it sets up."""
        mark = item.get_closest_marker("recoup")
        storage = mark.kwargs.get("storage") if mark is not None else None
        with _afresh() if storage == "default" else self._place(storage):
            return (yield)

    def pytest_unconfigure(self) -> None:
        """Remove the folder of all homes."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def _place(self, storage: ObjectStore | os.PathLike[str] | str | None) -> Iterator[None]:
        self._folder = self._folder or tempfile.mkdtemp(prefix="recoup-pytest-")
        self._places += 1
        place = Place(os.path.join(self._folder, str(self._places)), storage, self._temporary)  # noqa: PTH118 - a Path costs more
        with place.environment(), _afresh():
            set_redirection(place.redirect)
            try:
                yield
            finally:
                set_redirection(None)
                place.remove()


class Place:
    """Where a test lives: its home, and the storages that stand in for those that programs name."""

    def __init__(self, home: str, storage: ObjectStore | os.PathLike[str] | str | None, temporary: list[str]) -> None:
        self._home = home
        self._default = os.path.join(home, "storage")  # noqa: PTH118 - a Path costs more
        self._storage = storage
        self._temporary = temporary
        self._stand_ins: dict[ObjectStore, ObjectStore] = {}

    @contextlib.contextmanager
    def environment(self) -> Iterator[None]:
        """Point settings of this process and of those that it starts to this place."""
        names = {
            "RECOUP_HOME": self._home,
            "RECOUP_RESULTS_LOCAL_STORAGE_PATH": self._default,
            "RECOUP_RESULTS_DEFAULT_STORAGE_BLOCK": "",
        }
        before = {name: os.environ.get(name) for name in names}
        os.environ.update(names)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def redirect(self, store: ObjectStore) -> ObjectStore:
        """Return `store` if a test made it, else what stands in for it."""
        if store.locality is Locality.MEMORY:
            return store
        found = self._stand_ins.get(store)
        if found is None:
            is_default = isinstance(store, LocalFileSystem) and store.basepath == self._default
            if is_default and self._storage is not None:
                found = resolve(self._storage)
            elif not is_default and isinstance(store, LocalFileSystem) and self._is_temporary(store.basepath):
                found = store
            else:
                found = MemoryStorage()
            found = self._stand_ins.setdefault(store, found)
        return found

    def _is_temporary(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        return any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in self._temporary)  # noqa: PTH118 - as above

    def remove(self) -> None:
        """Remove the home, if anything was written there."""
        if os.path.isdir(self._home):  # noqa: PTH112 - as above
            shutil.rmtree(self._home, ignore_errors=True)


@contextlib.contextmanager
def _afresh() -> Iterator[None]:
    """Let Recoup forget what it knows of settings, storages, told lines and locks, before and after."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    for name in ("recoup.settings", "recoup.results", "recoup.logs", "recoup.locking.memory"):
        module = sys.modules.get(name)
        if module is not None:
            module.forget()
