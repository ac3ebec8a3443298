"""What every lock manager must do: suites to subclass, with one fixture per manager.

    class TestMyLocks(LockManagerSuite):
        @pytest.fixture
        def manager(self):
            return MyLockManager(...)

`SharedLockSuite` is for managers whose locks are those of several processes: a copy by pickle has the same locks elsewhere.
"""

# ruff: noqa: D102 - the names of the tests are their sentences, and expected values stand in plain sight

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import pickle
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from recoup.exceptions import LockNotHeld
from recoup.locking.protocol import LockManager

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LockManagerSuite", "SharedLockSuite", "holding_elsewhere"]

ODD_KEYS = [
    "",
    "/",
    "a/b",
    "..",
    "../up",
    ".",
    "a b",
    "a\nb",
    "a\0b",
    "é",
    "e\u0301",
    "\ud800",
    "k" * 10_000,
    "K",
    "report.v1.lock",
]
_PATIENCE = 60.0
"""Seconds after which a wait that should have ended fails its test."""


class LockManagerSuite:
    """Tests of the contract `recoup.locking.protocol.LockManager`, in one process."""

    # --- holding -----------------------------------------------------------------------------

    def test_it_keeps_the_protocol(self, manager: LockManager) -> None:
        assert isinstance(manager, LockManager)
        assert pickle.loads(pickle.dumps(manager)) == manager

    def test_a_lock_has_one_holder(self, manager: LockManager) -> None:
        assert manager.acquire_lock("k", "ann")
        assert not manager.acquire_lock("k", "bob", acquire_timeout=0)
        assert manager.is_locked("k")
        assert manager.is_lock_holder("k", "ann")
        assert not manager.is_lock_holder("k", "bob")

    def test_a_lock_that_was_released_is_free(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann")
        manager.release_lock("k", "ann")
        assert not manager.is_locked("k")
        assert not manager.is_lock_holder("k", "ann")
        assert manager.acquire_lock("k", "bob", acquire_timeout=0)

    def test_a_lock_that_nobody_asked_for_is_free(self, manager: LockManager) -> None:
        assert not manager.is_locked("k")
        assert not manager.is_lock_holder("k", "ann")
        assert manager.wait_for_lock("k", timeout=0)

    def test_a_holder_has_the_lock_already_and_its_first_release_frees_it(self, manager: LockManager) -> None:
        assert manager.acquire_lock("k", "ann")
        assert manager.acquire_lock("k", "ann")
        assert manager.acquire_lock("k", "ann", acquire_timeout=0)
        manager.release_lock("k", "ann")
        assert not manager.is_locked("k")

    def test_a_holder_has_the_lock_already_on_any_thread(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann")
        with ThreadPoolExecutor(1) as other:
            assert other.submit(manager.acquire_lock, "k", "ann", 0).result()
            other.submit(manager.release_lock, "k", "ann").result()
        assert not manager.is_locked("k")

    def test_only_its_holder_releases_a_lock(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann")
        for key, holder in [("k", "bob"), ("other", "ann")]:
            with pytest.raises(LockNotHeld, match="is not held by"):
                manager.release_lock(key, holder)
        with pytest.raises(ValueError, match="is not held by"):  # as Prefect's managers raise
            manager.release_lock("k", "bob")
        assert manager.is_lock_holder("k", "ann")

    @pytest.mark.parametrize("key", ODD_KEYS, ids=lambda key: ascii(key[:12]))
    def test_any_text_is_a_key(self, manager: LockManager, key: str) -> None:
        assert manager.acquire_lock(key, "ann")
        assert manager.is_locked(key)
        manager.release_lock(key, "ann")
        assert not manager.is_locked(key)

    def test_different_keys_are_different_locks(self, manager: LockManager) -> None:
        keys = ["report.v1", "report.v2", "report", "REPORT", "report/v1", "report/v2", *ODD_KEYS]
        assert all(manager.acquire_lock(key, f"holder {number}", 0) for number, key in enumerate(keys))

    @pytest.mark.parametrize("holder", ["", "a:b/c", "\ud800", "h" * 5000], ids=lambda holder: ascii(holder[:12]))
    def test_any_text_is_a_holder(self, manager: LockManager, holder: str) -> None:
        assert manager.acquire_lock("k", holder)
        assert manager.is_lock_holder("k", holder)
        assert not manager.is_lock_holder("k", "another")
        manager.release_lock("k", holder)

    # --- time --------------------------------------------------------------------------------

    def test_a_wait_ends_with_its_timeout(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann")
        assert not manager.acquire_lock("k", "bob", acquire_timeout=0.01)
        assert not manager.wait_for_lock("k", timeout=0.01)
        manager.release_lock("k", "ann")
        assert manager.acquire_lock("k", "cid", acquire_timeout=0)  # whoever gave up left nothing behind

    def test_a_lock_that_is_held_too_long_becomes_free(self, manager: LockManager) -> None:
        assert manager.acquire_lock("k", "ann", hold_timeout=0.05)
        assert manager.acquire_lock("k", "bob", acquire_timeout=_PATIENCE)
        assert not manager.is_lock_holder("k", "ann")
        with pytest.raises(LockNotHeld):
            manager.release_lock("k", "ann")

    def test_each_of_a_line_may_hold_too_long(self, manager: LockManager) -> None:
        assert all(manager.acquire_lock("k", holder, _PATIENCE, hold_timeout=0.02) for holder in "abcd")

    def test_a_holder_that_asks_again_holds_anew(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann", hold_timeout=0.2)
        assert manager.acquire_lock("k", "ann", hold_timeout=None)
        assert not manager.wait_for_lock("k", timeout=0.3)
        assert manager.is_lock_holder("k", "ann")

    # --- others ------------------------------------------------------------------------------

    def test_who_waits_gets_the_lock_when_it_is_released(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "ann")
        with ThreadPoolExecutor(2) as others:
            taking = others.submit(manager.acquire_lock, "k", "bob", _PATIENCE)
            until_somebody_waits()
            manager.release_lock("k", "ann")
            assert taking.result()
            watching = others.submit(manager.wait_for_lock, "k", _PATIENCE)
            until_somebody_waits()
            manager.release_lock("k", "bob")
            assert watching.result()

    def test_who_asks_first_is_served_first(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "first")
        order: list[int] = []

        def take(number: int) -> None:
            assert manager.acquire_lock("k", f"holder {number}", _PATIENCE)
            order.append(number)
            manager.release_lock("k", f"holder {number}")

        threads = []
        for number in range(5):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            until_somebody_waits(number + 1)
        manager.release_lock("k", "first")
        for thread in threads:
            thread.join(_PATIENCE)
        assert order == [0, 1, 2, 3, 4]

    def test_threads_never_hold_at_once_and_all_come_through(self, manager: LockManager) -> None:
        """Defect 19 of Prefect: three holders at once, release errors, threads that wait for ever."""
        inside, most, turns = [0], [0], itertools.count()

        def take(holder: str) -> None:
            for _ in range(300):
                assert manager.acquire_lock("k", holder, _PATIENCE)
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                next(turns)
                inside[0] -= 1
                manager.release_lock("k", holder)

        with quick_switches(), ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(take, f"holder {number}") for number in range(8)]:
                done.result()
        assert (most[0], next(turns)) == (1, 2400)

    # --- coroutines --------------------------------------------------------------------------

    def test_coroutines_take_turns(self, manager: LockManager) -> None:
        inside, most = [0], [0]

        async def take(holder: str) -> None:
            for _ in range(10):
                assert await manager.aacquire_lock("k", holder, _PATIENCE)
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                await asyncio.sleep(0)
                inside[0] -= 1
                manager.release_lock("k", holder)

        async def main() -> None:
            await asyncio.gather(*(take(f"holder {number}") for number in range(8)))

        asyncio.run(main())
        assert most[0] == 1

    def test_coroutines_wait_as_long_as_they_are_told(self, manager: LockManager) -> None:
        async def main() -> list[bool]:
            assert await manager.aacquire_lock("k", "ann", hold_timeout=None)
            assert await manager.aacquire_lock("k", "ann")
            denied = [
                await manager.aacquire_lock("k", "bob", 0), await manager.aacquire_lock("k", "bob", 0.01),
                await manager.await_for_lock("k", 0.01),
            ]  # fmt: skip
            waiting = asyncio.ensure_future(manager.await_for_lock("k", _PATIENCE))
            await asyncio.sleep(0)
            manager.release_lock("k", "ann")
            assert await waiting
            return denied

        assert asyncio.run(main()) == [False, False, False]

    def test_a_cancelled_coroutine_neither_holds_nor_stands_in_line(self, manager: LockManager) -> None:
        async def main() -> None:
            manager.acquire_lock("k", "ann")
            for pauses in range(4):
                waiting = asyncio.ensure_future(manager.aacquire_lock("k", "bob"))
                for _ in range(pauses):
                    await asyncio.sleep(0)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            manager.release_lock("k", "ann")
            assert await manager.aacquire_lock("k", "cid", acquire_timeout=0)

        asyncio.run(main())


class SharedLockSuite(LockManagerSuite):
    """Tests of managers whose locks are those of several processes.

    The fixture `brief` is a manager of the same locks with a short lease, in seconds: 0.5.
    """

    def test_a_lock_is_held_across_processes(self, manager: LockManager) -> None:
        with holding_elsewhere(manager, "k", "ann") as process:
            assert not manager.acquire_lock("k", "bob", acquire_timeout=0)
            assert manager.is_locked("k")
            assert manager.is_lock_holder("k", "ann")
            process.communicate(b"\n", timeout=_PATIENCE)
            assert manager.acquire_lock("k", "bob", acquire_timeout=_PATIENCE)

    def test_a_holder_is_the_same_in_another_process(self, manager: LockManager) -> None:
        with holding_elsewhere(manager, "k", "ann"):
            assert manager.acquire_lock("k", "ann", acquire_timeout=0)
            assert manager.acquire_lock("k", "ann", acquire_timeout=_PATIENCE)
            manager.release_lock("k", "ann")
            assert not manager.is_locked("k")

    def test_a_holder_that_was_killed_holds_nothing(self, manager: LockManager) -> None:
        """Defects 20 and 21 of Prefect: a lock whose holder died blocks for ever. Nobody gave it a `hold_timeout`."""
        with holding_elsewhere(manager, "k", "ann") as process:
            with ThreadPoolExecutor(1) as other:
                taking = other.submit(manager.acquire_lock, "k", "bob", _PATIENCE)
                until_somebody_waits()
                process.kill()
                process.wait()
                assert taking.result()
            assert not manager.is_lock_holder("k", "ann")

    def test_a_dead_holder_is_no_reason_to_wait(self, manager: LockManager) -> None:
        with holding_elsewhere(manager, "k", "ann") as process:
            process.kill()
            process.wait()
            assert manager.wait_for_lock("k", timeout=_PATIENCE)
            assert manager.acquire_lock("k", "bob", acquire_timeout=0)

    def test_one_who_was_killed_in_line_is_passed(self, manager: LockManager) -> None:
        manager.acquire_lock("k", "first")
        waiting = [begin(manager, "k", holder, "asks") for holder in ("ann", "bob")]
        try:
            with ThreadPoolExecutor(1) as other:
                taking = other.submit(manager.acquire_lock, "k", "cid", _PATIENCE)
                until_somebody_waits()
                for process in waiting:
                    process.kill()
                    process.wait()
                manager.release_lock("k", "first")
                assert taking.result()
        finally:
            end(*waiting)

    def test_a_holder_that_was_stopped_longer_than_its_lease_is_passed_and_finds_out(self, brief: LockManager) -> None:
        with holding_elsewhere(brief, "k", "ann") as process:
            process.send_signal(signal.SIGSTOP)
            os.waitpid(process.pid, os.WUNTRACED)
            try:
                assert brief.acquire_lock("k", "bob", acquire_timeout=_PATIENCE)
            finally:
                process.send_signal(signal.SIGCONT)
            said, _ = process.communicate(b"\n", timeout=_PATIENCE)
            assert said.split() == [b"False", b"LockNotHeld"]
            assert brief.is_lock_holder("k", "bob")

    def test_a_holder_that_is_busy_for_longer_than_its_lease_keeps_its_lock(self, brief: LockManager) -> None:
        with holding_elsewhere(brief, "k", "ann", busy=2.0) as process:
            assert not brief.acquire_lock("k", "bob", acquire_timeout=1.0)
            said, _ = process.communicate(b"\n", timeout=_PATIENCE)
            assert said.split()[0] == b"True"

    def test_processes_never_hold_at_once(self, manager: LockManager, tmp_path: object) -> None:
        counter = os.path.join(str(tmp_path), "counter")  # noqa: PTH118 - its text goes to other processes
        with open(counter, "w", encoding="ascii") as file:  # noqa: PTH123 - as above
            file.write("0")
        workers = [begin(manager, "k", f"process {number}", f"adds:{counter}") for number in range(4)]
        for worker in workers:
            worker.communicate(b"\n", timeout=_PATIENCE)
        with open(counter, encoding="ascii") as file:  # noqa: PTH123 - as above
            assert file.read() == str(4 * 25)

    def test_a_forked_child_does_not_hold_what_its_parent_holds(self, manager: LockManager) -> None:
        assert manager.acquire_lock("k", "ann")
        child = os.fork()
        if child == 0:
            done = 1
            try:
                done = int(manager.acquire_lock("k", "bob", acquire_timeout=0))
            finally:
                os._exit(done)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert manager.is_lock_holder("k", "ann")


# --- other processes --------------------------------------------------------------------------

_ELSEWHERE = """
import base64, pickle, sys, time
manager, key, holder, doing = pickle.loads(base64.b64decode(sys.argv[1]))
say = lambda *words: print(*words, flush=True)
if doing == "asks":
    say("asks")
    manager.acquire_lock(key, holder)
elif doing.startswith("adds:"):
    say("adds")
    input()
    for _ in range(25):
        assert manager.acquire_lock(key, holder)
        number = int(open(doing[5:]).read())
        open(doing[5:], "w").write(str(number + 1))
        manager.release_lock(key, holder)
else:
    assert manager.acquire_lock(key, holder)
    say("held")
    if float(doing):
        sys.setswitchinterval(1000)  # no other thread of this process gets its turn
        until = time.monotonic() + float(doing)
        while time.monotonic() < until:
            pass
    input()
    say(manager.is_lock_holder(key, holder))
    try:
        manager.release_lock(key, holder)
    except Exception as exc:
        say(type(exc).__name__)
"""


def begin(manager: LockManager, key: str, holder: str, doing: str) -> subprocess.Popen[bytes]:
    """Start a process that does something with a lock; return when it says that it begins."""
    told = base64.b64encode(pickle.dumps((manager, key, holder, doing))).decode()
    process = subprocess.Popen([sys.executable, "-c", _ELSEWHERE, told], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own program
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def end(*processes: subprocess.Popen[bytes]) -> None:
    """End processes that may have ended."""
    for process in processes:
        process.kill()
        process.communicate()


@contextmanager
def holding_elsewhere(manager: LockManager, key: str, holder: str, *, busy: float = 0.0) -> Iterator[subprocess.Popen[bytes]]:
    """Have another process hold a lock; a line on its standard input makes it release it."""
    process = begin(manager, key, holder, str(busy))
    try:
        yield process
    finally:
        end(process)


# --- threads ----------------------------------------------------------------------------------


def until_somebody_waits(number: int = 1) -> None:
    """Return when so many threads wait for a bell."""
    waited = threading.Event()
    while sum(_is_waiting(frame) for frame in sys._current_frames().values()) < number:  # noqa: SLF001 - what debuggers read
        waited.wait(0.001)


def _is_waiting(frame: object) -> bool:
    while frame is not None:
        if frame.f_code.co_qualname == "Bell.wait":  # type: ignore[attr-defined]  # it is a frame
            return True
        frame = frame.f_back  # type: ignore[attr-defined]  # as above
    return False


@contextmanager
def quick_switches() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
