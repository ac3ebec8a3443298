"""Every lock manager keeps the contract of `recoup.locking.protocol.LockManager`."""

import pytest

from recoup.locking.filesystem import FileSystemLockManager
from recoup.locking.lease import LeaseLockManager
from recoup.locking.memory import MemoryLockManager
from recoup.locking.redis import RedisLockManager
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.testing.locks import LockManagerSuite, SharedLockSuite
from services import redis_server

BRIEF = 0.5


class TestMemory(LockManagerSuite):
    @pytest.fixture
    def manager(self):
        return MemoryLockManager()


class TestFileSystem(SharedLockSuite):
    @pytest.fixture
    def manager(self, tmp_path):
        return FileSystemLockManager(tmp_path / "locks")

    @pytest.fixture
    def brief(self, tmp_path):
        return FileSystemLockManager(tmp_path / "locks", ttl=BRIEF)


class TestLeasesInMemory(LockManagerSuite):
    @pytest.fixture
    def manager(self):
        return LeaseLockManager(MemoryStorage())


class TestLeasesInAFolder(SharedLockSuite):
    @pytest.fixture
    def manager(self, tmp_path):
        return LeaseLockManager(LocalFileSystem(tmp_path / "store"))

    @pytest.fixture
    def brief(self, tmp_path):
        return LeaseLockManager(LocalFileSystem(tmp_path / "store"), ttl=BRIEF)


@pytest.fixture(scope="module")
def redis_port():
    with redis_server() as port:
        yield port


class TestRedis(SharedLockSuite):
    @pytest.fixture
    def manager(self, redis_port):
        manager = RedisLockManager(host="127.0.0.1", port=redis_port)
        manager._client.flushall()
        yield manager
        manager._client.close()

    @pytest.fixture
    def brief(self, manager, redis_port):
        brief = RedisLockManager(host="127.0.0.1", port=redis_port, ttl=BRIEF)
        yield brief
        brief._client.close()
