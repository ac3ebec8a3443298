"""All lock managers agree with a model of ten lines: whatever is asked of them, in whatever order."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from recoup.clock import use_clock
from recoup.exceptions import LockNotHeld
from recoup.locking import memory
from recoup.locking.filesystem import FileSystemLockManager
from recoup.locking.lease import LeaseLockManager
from recoup.locking.memory import MemoryLockManager
from recoup.storage import MemoryStorage
from recoup.testing.clock import ManualClock

KEYS = st.sampled_from(["a", "b", "a.v1", "a.v2"])
HOLDERS = st.sampled_from(["ann", "bob"])
HOLDS = st.sampled_from([None, 1.0, 100.0])


class Model:
    """What a lock is: who holds it, and until when."""

    def __init__(self, clock):
        self.clock, self.locks = clock, {}

    def holder(self, key):
        holder, until = self.locks.get(key, (None, None))
        return holder if until is None or until > self.clock.monotonic() else None

    def acquire_lock(self, key, holder, hold_timeout):
        free = self.holder(key) in (None, holder)
        if free:
            self.locks[key] = holder, None if hold_timeout is None else self.clock.monotonic() + hold_timeout
        return free

    def release_lock(self, key, holder):
        held = self.holder(key) == holder
        if held:
            del self.locks[key]
        return held


class Agreement(RuleBasedStateMachine):
    """Does everything to all managers and to the model, without ever waiting."""

    def __init__(self):
        super().__init__()
        self.clock = ManualClock()
        self.using = use_clock(self.clock)
        self.using.__enter__()
        self.model = Model(self.clock)
        self.folder = Path(tempfile.mkdtemp())
        self.managers = [MemoryLockManager(), FileSystemLockManager(self.folder), LeaseLockManager(MemoryStorage())]

    def teardown(self):
        memory.forget()
        for manager in self.managers[1:]:
            manager.after_fork()
        self.using.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(key=KEYS, holder=HOLDERS, hold_timeout=HOLDS)
    def acquire(self, key, holder, hold_timeout):
        expected = self.model.acquire_lock(key, holder, hold_timeout)
        assert [manager.acquire_lock(key, holder, 0, hold_timeout) for manager in self.managers] == [expected] * 3

    @rule(key=KEYS, holder=HOLDERS)
    def release(self, key, holder):
        expected = self.model.release_lock(key, holder)
        for manager in self.managers:
            if expected:
                manager.release_lock(key, holder)
            else:
                with pytest.raises(LockNotHeld):
                    manager.release_lock(key, holder)

    @rule(seconds=st.sampled_from([0.5, 1.0, 30.0, 1000.0]))
    def tick(self, seconds):
        self.clock.tick(seconds)

    @rule(key=KEYS, holder=HOLDERS)
    def ask(self, key, holder):
        held_by = self.model.holder(key)
        for manager in self.managers:
            assert manager.is_locked(key) == (held_by is not None)
            assert manager.is_lock_holder(key, holder) == (held_by == holder)
            assert manager.wait_for_lock(key, timeout=0) == (held_by is None)


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
