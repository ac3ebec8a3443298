"""Section 1.11: lock managers have Prefect's methods and signatures, and so have stores; defects 19 to 21 are in the conformance suite."""

import inspect
import pickle

import pytest

from recoup.cache_policies import INPUTS
from recoup.locking.filesystem import FileSystemLockManager
from recoup.locking.memory import MemoryLockManager
from recoup.locking.protocol import LockManager
from recoup.locking.redis import RedisLockManager
from recoup.results import ResultStore
from recoup.transactions import IsolationLevel, transaction

SIGNATURES = {
    "acquire_lock": "key holder acquire_timeout hold_timeout",
    "aacquire_lock": "key holder acquire_timeout hold_timeout",
    "release_lock": "key holder",
    "is_locked": "key",
    "is_lock_holder": "key holder",
    "wait_for_lock": "key timeout",
    "await_for_lock": "key timeout",
}
OF_STORES = {
    "supports_isolation_level": "level",
    "acquire_lock": "key holder timeout hold_timeout",
    "aacquire_lock": "key holder timeout hold_timeout",
    "release_lock": "key holder",
    "is_locked": "key",
    "is_lock_holder": "key holder",
    "wait_for_lock": "key timeout",
    "await_for_lock": "key timeout",
    "generate_default_holder": "",
}


@pytest.mark.parametrize("name", SIGNATURES)
@pytest.mark.parametrize("manager", [LockManager, MemoryLockManager, FileSystemLockManager, RedisLockManager])
def test_a_manager_has_the_methods_of_prefects(manager, name):
    assert " ".join(inspect.signature(getattr(manager, name)).parameters) == f"self {SIGNATURES[name]}"


@pytest.mark.parametrize("name", OF_STORES)
def test_a_store_has_the_methods_of_prefects(name):
    assert " ".join(inspect.signature(getattr(ResultStore(), name)).parameters) == OF_STORES[name]


def test_there_is_one_memory_of_locks_in_a_process():
    MemoryLockManager().acquire_lock("k", "ann")
    assert pickle.loads(pickle.dumps(MemoryLockManager())).is_lock_holder("k", "ann")


def test_any_object_with_the_methods_is_a_lock_manager():
    class Mine:
        acquire_lock = release_lock = is_locked = is_lock_holder = wait_for_lock = aacquire_lock = await_for_lock = print

    mine = Mine()
    assert INPUTS.configure(lock_manager=mine).lock_manager is mine


def test_a_level_given_as_a_text_is_the_level():
    store = ResultStore(lock_manager=MemoryLockManager())
    with transaction(key="k", store=store, isolation_level="SERIALIZABLE") as txn:
        assert txn.isolation_level is IsolationLevel.SERIALIZABLE


def test_a_manager_of_redis_takes_what_prefects_takes():
    names = list(inspect.signature(RedisLockManager).parameters)
    assert names[:6] == ["host", "port", "db", "username", "password", "ssl"]
