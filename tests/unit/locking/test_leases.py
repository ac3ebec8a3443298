"""What only locks by lease have: silence, takeovers, and processes that come late."""

import pytest

from recoup.clock import use_clock
from recoup.exceptions import ConfigurationError, LockNotHeld, NewerFormat, StoreError
from recoup.locking import tickets
from recoup.locking.filesystem import FileSystemLockManager
from recoup.locking.lease import LeaseLockManager
from recoup.storage import MemoryStorage
from recoup.testing.clock import ManualClock
from recoup.testing.stores import Failing, Watched

TTL = 60.0


@pytest.fixture
def clock():
    manual = ManualClock()
    with use_clock(manual):
        yield manual


@pytest.fixture
def storage():
    return MemoryStorage()


@pytest.fixture
def here(storage):
    return LeaseLockManager(storage)


@pytest.fixture
def elsewhere(storage, monkeypatch):
    """A manager whose tickets are those of another machine."""
    return Elsewhere(storage, monkeypatch)


class Elsewhere:
    def __init__(self, storage, monkeypatch):
        self.manager = LeaseLockManager(storage)
        self.monkeypatch = monkeypatch

    def __getattr__(self, name):
        def call(*arguments, **options):
            with self.monkeypatch.context() as patch:
                patch.setattr(tickets, "machine", lambda: "another machine")
                return getattr(self.manager, name)(*arguments, **options)

        return call


class During(Watched):
    """Does something once, just before an operation."""

    def __init__(self, store, operation, ending, action):
        super().__init__(store)
        self.operation, self.ending, self.action = operation, ending, action

    def before(self, operation, name):
        if operation == self.operation and name.endswith(self.ending) and self.action is not None:
            action, self.action = self.action, None
            action()


# --- silence --------------------------------------------------------------------------------


def test_a_holder_on_another_machine_is_passed_when_it_was_silent_for_its_lease(clock, here, elsewhere):
    assert elsewhere.acquire_lock("k", "ann")
    assert not here.acquire_lock("k", "bob", 0)
    clock.tick(TTL - 1)
    assert not here.acquire_lock("k", "bob", 0)
    clock.tick(1)
    assert here.acquire_lock("k", "bob", 0)


def test_silence_is_counted_from_when_it_is_seen(clock, here, elsewhere):
    elsewhere.acquire_lock("k", "ann")
    clock.tick(1000)
    assert not here.acquire_lock("k", "bob", 0)
    assert here.is_locked("k")


def test_a_holder_that_shows_itself_is_not_passed(clock, here, elsewhere):
    elsewhere.acquire_lock("k", "ann")
    for _ in range(10):
        assert not here.acquire_lock("k", "bob", 0)
        clock.tick(TTL / 2)
        elsewhere._beat()
    assert elsewhere.is_lock_holder("k", "ann")


def test_a_holder_that_was_passed_finds_out_and_disturbs_nobody(clock, here, elsewhere):
    elsewhere.acquire_lock("k", "ann")
    here.is_locked("k")
    clock.tick(TTL)
    assert here.acquire_lock("k", "bob", 0)
    elsewhere._beat()
    assert not elsewhere.is_lock_holder("k", "ann")
    with pytest.raises(LockNotHeld, match="silent"):
        elsewhere.release_lock("k", "ann")
    assert here.is_lock_holder("k", "bob")
    assert not here.acquire_lock("k", "cid", 0)


def test_a_holder_that_comes_long_after_it_was_passed_disturbs_nobody(clock, here, elsewhere):
    elsewhere.acquire_lock("k", "ann")
    here.is_locked("k")
    clock.tick(TTL)
    for holder in ("bob", "cid", "dan"):
        assert here.acquire_lock("k", holder, 0)
        here.release_lock("k", holder)
    here.acquire_lock("k", "eve", 0)
    elsewhere._beat()
    assert not elsewhere.is_lock_holder("k", "ann")
    assert here.is_lock_holder("k", "eve")


def test_one_in_line_on_another_machine_is_passed_too(clock, here, elsewhere):
    here.acquire_lock("k", "first")
    line = elsewhere._line("k")
    with elsewhere.monkeypatch.context() as patch:
        patch.setattr(tickets, "machine", lambda: "another machine")
        line.join("ann", None)
    here.release_lock("k", "first")
    assert not here.acquire_lock("k", "bob", 0)
    clock.tick(TTL)
    assert here.acquire_lock("k", "bob", 0)


# --- races ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "ending"), [("put", ".passed"), ("get", "0001")])
def test_a_holder_that_wakes_up_while_it_is_passed_and_its_successor_never_both_hold(
    clock, storage, elsewhere, operation, ending
):
    """Whichever of the two writes first, one sees the other."""
    elsewhere.acquire_lock("k", "ann")
    here = LeaseLockManager(storage)
    here.is_locked("k")
    clock.tick(TTL)
    woken = []
    here._medium = During(storage, operation, ending, lambda: woken.append(elsewhere.is_lock_holder("k", "ann")))
    took = here.acquire_lock("k", "bob", 0)
    assert woken == [True]
    assert not took
    assert elsewhere.is_lock_holder("k", "ann")


def test_a_holder_that_wakes_up_after_the_mark_gives_up(clock, storage, elsewhere):
    elsewhere.acquire_lock("k", "ann")
    here = LeaseLockManager(storage)
    here.is_locked("k")
    clock.tick(TTL)
    storage_of_ann = elsewhere.manager._medium
    line = here._line("k")
    number, _ = line.numbers().live()[0], None
    storage_of_ann.put(f"{line.name}/{number:012}.passed", [b"passed\n"])
    assert not elsewhere.is_lock_holder("k", "ann")


def test_who_slept_between_looking_and_asking_does_not_get_in_before_others(clock, storage, here):
    """The number that it asks for was used, and its ticket deleted, while it slept."""
    sleeper = LeaseLockManager(storage)

    def others():
        for holder in ("bob", "cid"):
            here.acquire_lock("k", holder, 0)
            here.release_lock("k", holder)
        assert here.acquire_lock("k", "dan", 0)

    sleeper._medium = During(storage, "put", "0001", others)
    assert not sleeper.acquire_lock("k", "ann", acquire_timeout=0)
    assert here.is_lock_holder("k", "dan")
    here.release_lock("k", "dan")
    assert sleeper.acquire_lock("k", "ann", acquire_timeout=0)


# --- storages -------------------------------------------------------------------------------


def test_a_line_leaves_one_ticket(here, storage):
    for number in range(10):
        here.acquire_lock("k", f"holder {number}")
        here.release_lock("k", f"holder {number}")
    assert len(list(storage.list("locks"))) == 2  # the last ticket, and that it is over


def test_a_lock_that_could_not_be_released_is_released_as_soon_as_the_storage_answers(storage):
    failing = Failing(storage, None, on={"put"})
    manager = LeaseLockManager(failing)
    manager.acquire_lock("k", "ann")
    failing.error = StoreError("no route to host")
    with pytest.raises(StoreError, match="no route"):
        manager.release_lock("k", "ann")
    assert manager.is_locked("k")
    failing.error = None
    manager._beating.hurry()
    assert manager.wait_for_lock("k", timeout=60)


def test_a_storage_that_fails_grants_no_locks(storage):
    manager = LeaseLockManager(Failing(storage, StoreError("no route to host"), on={"list", "put"}))
    with pytest.raises(StoreError, match="no route"):
        manager.acquire_lock("k", "ann")


def test_a_damaged_ticket_is_waited_for_as_long_as_a_lease(clock, here, storage):
    here.acquire_lock("k", "ann")
    storage.put(f"{here._line('k').name}/000000000001", [b"{torn"])
    assert not here.acquire_lock("k", "bob", 0)
    clock.tick(TTL)
    assert here.acquire_lock("k", "bob", 0)


def test_tickets_of_a_newer_recoup_are_left_alone(here, storage):
    storage.put(f"{here._line('k').name}/000000000001", [b'{"recoup":2}'])
    with pytest.raises(NewerFormat, match="update Recoup"):
        here.acquire_lock("k", "ann", 0)


def test_a_ticket_says_who_holds_which_key(tmp_path):
    manager = FileSystemLockManager(tmp_path)
    manager.acquire_lock("reports/monday", "ann")
    (ticket,) = tmp_path.rglob("0*")
    assert '"key":"reports/monday","holder":"ann"' in ticket.read_text()


def test_a_lease_has_a_length():
    with pytest.raises(ConfigurationError, match="ttl is 0"):
        LeaseLockManager(MemoryStorage(), ttl=0)


def test_making_a_manager_does_no_io(tmp_path):
    manager = FileSystemLockManager(tmp_path / "locks")
    assert not manager.lock_files_directory.exists()
    assert repr(manager) == f"FileSystemLockManager({str(tmp_path / 'locks')!r})"
    assert manager == FileSystemLockManager(str(tmp_path / "locks"))
