"""What only locks in a Redis server have: a server that may be away, and time that is the server's."""

import pytest

from recoup.exceptions import ConfigurationError, LockNotHeld, StoreError
from recoup.locking import tickets
from recoup.locking.redis import RedisLockManager
from services import free_port, redis_server

BRIEF = 0.3


@pytest.fixture(scope="module")
def port():
    with redis_server() as port:
        yield port


@pytest.fixture
def make(port):
    made = []

    def make(**options):
        made.append(RedisLockManager(**{"host": "127.0.0.1", "port": port, "ttl": BRIEF, **options}))
        return made[-1]

    make()._client.flushall()
    yield make
    for manager in made:
        manager._client.close()


def hold_elsewhere(manager, monkeypatch):
    """Have `manager` hold a lock as if on another machine."""
    with monkeypatch.context() as patch:
        patch.setattr(tickets, "machine", lambda: "another machine")
        assert manager.acquire_lock("k", "ann")


def test_a_holder_on_another_machine_that_is_silent_is_passed_and_finds_out(make, monkeypatch):
    silent, here = make(), make()
    monkeypatch.setattr(silent._beating, "start", lambda: None)
    hold_elsewhere(silent, monkeypatch)
    assert not here.acquire_lock("k", "bob", acquire_timeout=0)
    assert here.acquire_lock("k", "bob", acquire_timeout=60)
    assert not silent.is_lock_holder("k", "ann")
    with pytest.raises(LockNotHeld, match="silent"):
        silent.release_lock("k", "ann")
    assert here.is_lock_holder("k", "bob")


def test_a_holder_on_another_machine_that_shows_itself_is_not_passed(make, monkeypatch):
    there, here = make(), make()
    hold_elsewhere(there, monkeypatch)
    assert not here.acquire_lock("k", "bob", acquire_timeout=4 * BRIEF)
    assert there.is_lock_holder("k", "ann")


def test_a_server_that_is_not_there_is_a_storage_error(make):
    port = free_port()
    with pytest.raises(StoreError, match=f"the Redis server at 127.0.0.1:{port} did not do"):
        make(port=port).acquire_lock("k", "ann")


def test_what_a_server_forgot_is_free_and_its_holder_finds_out(make):
    manager = make()
    manager.acquire_lock("k", "ann")
    manager._client.flushall()
    assert not manager.is_lock_holder("k", "ann")
    assert make().acquire_lock("k", "bob", acquire_timeout=0)
    with pytest.raises(LockNotHeld):
        manager.release_lock("k", "ann")


def test_locks_leave_nothing_but_a_number_which_the_server_forgets(make):
    manager = make()
    for holder in ("ann", "bob"):
        manager.acquire_lock("k", holder)
        manager.release_lock("k", holder)
    [name] = manager._client.keys()
    assert name.endswith(b":number")
    assert manager._client.ttl(name) > 0


def test_a_manager_does_not_show_its_password():
    manager = RedisLockManager(username="ann", password="secret")  # noqa: S106 - none of anybody's
    assert repr(manager) == "RedisLockManager(host='localhost', port=6379, db=0)"
    assert manager == RedisLockManager() != RedisLockManager(db=1)


def test_a_lease_has_a_length():
    with pytest.raises(ConfigurationError, match="ttl is 0"):
        RedisLockManager(ttl=0)
