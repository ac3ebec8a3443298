"""Locks by tickets, in thousands of orders of their steps: never two that hold, and nobody waits for ever."""

import pytest

from interleavings import Actor, Stepped, explore
from recoup.clock import use_clock
from recoup.exceptions import LockNotHeld
from recoup.locking import _lines, tickets
from recoup.locking.lease import LeaseLockManager
from recoup.locking.tickets import Owner, Sight
from recoup.storage import MemoryStorage
from recoup.testing.clock import ManualClock

TTL = 60.0


class Broken(AssertionError):
    """Two held one lock."""


class Watch:
    """Who holds, as far as they know, and what each is told when it asks."""

    def __init__(self):
        self.holding = {}

    def takes(self, name, is_fresh):
        for other, still_relies in self.holding.items():
            if still_relies():
                raise Broken(f"{name} took the lock while {other} relied on it")
        self.holding[name] = is_fresh

    def asks(self, name, manager):
        others = [other for other, still_relies in self.holding.items() if other != name and still_relies()]
        if (
            manager.is_lock_holder("k", name)
            and others
            and all(self.holding[other]() for other in others if other in self.holding)
        ):
            raise Broken(f"{name} was told that it holds the lock of {others}")

    def leaves(self, name):
        self.holding.pop(name, None)


def take_part(actor, store, watch, *, asks, may_be_silent):
    """Take the lock, ask whether one has it, release it; twice."""
    manager = LeaseLockManager(Stepped(store, actor), ttl=TTL)
    manager._beating.start = manager._beating.hurry = lambda **_: None
    for _ in range(2):
        for pause in manager._acquiring("k", actor.name, None, None):
            if pause is not None:
                actor.pause()
        mine = manager._held["k", actor.name]
        watch.takes(actor.name, lambda mine=mine, manager=manager: mine.is_fresh and ("k", actor.name) in manager._held)
        for _ in range(asks):
            actor.pause()
            watch.asks(actor.name, manager)
        watch.leaves(actor.name)
        try:
            manager.release_lock("k", actor.name)
        except LockNotHeld:
            assert may_be_silent


def run(seed, *, ticking):
    """Let three take part in the order of `seed`, each on a machine of its own; say whether all ended."""
    store, clock, watch = MemoryStorage(), ManualClock(), Watch()
    with use_clock(clock), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Owner, "sight", lambda _: Sight.ELSEWHERE)

        def script(actor):
            take_part(actor, store, watch, asks=seed % 3, may_be_silent=ticking > 0)

        actors = [Actor(name, script) for name in ("ann", "bob", "cid")]
        return explore(seed, actors, lambda: clock.tick(TTL / 5), ticking=ticking, steps=3000)


@pytest.mark.parametrize("ticking", [0.0, 0.1, 0.2, 0.3])
def test_in_whatever_order_there_is_one_holder_and_all_come_through(ticking):
    assert all(run(seed, ticking=ticking) for seed in range(300))


def no_second_look(line, number, seen):
    line.medium.put(line._ticket(number) + tickets.PASSED, [b"passed\n"])
    return True


def any_number_will_do(numbers, number):
    return number in numbers.tickets and number not in numbers.over


def all_of_it(line, number):
    for found in line.medium.list(line.name):
        line.medium.delete(found.name)


@pytest.mark.parametrize(
    ("where", "name", "planted"),
    [
        (_lines.Line, "pass_over", no_second_look),
        (tickets.Numbers, "stands", any_number_will_do),
        (_lines.Line, "tidy", all_of_it),
    ],
    ids=["passes without looking again", "takes used numbers", "deletes tickets of others"],
)
def test_a_planted_mistake_is_found(monkeypatch, where, name, planted):
    monkeypatch.setattr(where, name, planted)
    with pytest.raises(AssertionError):
        assert all(run(seed, ticking=ticking) for seed in range(1000) for ticking in (0.2, 0.3))
