"""Lines of tickets in a folder or a storage: joining one, taking one's turn, and taking over from the silent.

Only the order of reads and writes makes this right; each method says what it relies on. The invariants are in
`design/0006-locks-and-leases.md`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from typing import TYPE_CHECKING, Protocol

import msgspec

from recoup.clock import clock
from recoup.exceptions import ObjectExists, StoreError
from recoup.locking.tickets import (
    FORMAT,
    PASSED,
    Numbers,
    Owner,
    Ticket,
    decode,
    encode,
    is_silent,
    line_name,
    shown,
    spelled,
    ticket_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recoup.abc import Buffer

__all__ = ["Line", "Medium", "Mine", "Named", "Sightings"]

_SAFE = 2 / 3
"""The part of a lease for which a holder relies on its last beat. Others wait for the whole of it: clocks may differ that much."""


class Named(Protocol):
    """What a listing gives."""

    @property
    def name(self) -> str: ...


class Medium(Protocol):
    """Where tickets lie: the part of `recoup.abc.ObjectStore` that lines need."""

    def find(self, name: str) -> bytes | None: ...
    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None: ...
    def delete(self, name: str) -> None: ...
    def list(self, prefix: str = "") -> Iterable[Named]: ...
    def __hash__(self) -> int: ...


class Mine:
    """A ticket of this process, as it was last written, and when we last set out to show that it is ours."""

    __slots__ = ("beaten", "lock", "number", "ticket")

    def __init__(self, number: int, ticket: Ticket, beaten: float) -> None:
        self.number = number
        self.ticket = ticket
        self.beaten = beaten
        self.lock = threading.Lock()

    @property
    def is_fresh(self) -> bool:
        """Say whether nobody can have taken it for silent yet."""
        return clock.monotonic() - self.beaten < self.ticket.ttl * _SAFE

    @property
    def is_held_too_long(self) -> bool:
        """Say whether its `hold` is over."""
        ticket = self.ticket
        return ticket.hold is not None and ticket.since is not None and clock.monotonic() >= ticket.since + ticket.hold


class Sightings:
    """Since when each ticket of others was seen as it is, by the clock of this process."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[bytes, float]] = {}

    def unchanged(self, name: str, data: bytes) -> float:
        """Return for how many seconds it was seen like this."""
        now = clock.monotonic()
        before = self._seen.get(name)
        if before is None or before[0] != data:
            before = self._seen[name] = data, now
            while len(self._seen) > _MOST_SIGHTINGS:
                self._seen.pop(next(iter(self._seen)), None)
        return now - before[1]

    def forget(self, name: str) -> None:
        """Look at it no more."""
        self._seen.pop(name, None)


class Line:
    """The tickets of one key in one medium."""

    def __init__(self, medium: Medium, folder: str, key: str, ttl: float, sightings: Sightings) -> None:
        self.medium = medium
        self.key = key
        self.ttl = ttl
        self.name = folder + line_name(key)
        self._sightings = sightings

    def numbers(self) -> Numbers:
        """List the line."""
        return Numbers(found.name for found in self.medium.list(self.name))

    def _ticket(self, number: int) -> str:
        return ticket_name(self.name, number)

    # --- one's own ticket ------------------------------------------------------------------

    def join(self, holder: str, hold: float | None) -> tuple[Mine, list[int]]:
        """Create a ticket at the end of the line; return it with the numbers that are before it."""
        while True:
            number, began = self.numbers().top + 1, clock.monotonic()
            ticket = Ticket(
                recoup=FORMAT, key=shown(self.key), holder=spelled(holder), owner=Owner.of(os.getpid()),
                nonce=secrets.token_hex(8), ttl=self.ttl, hold=hold,
            )  # fmt: skip
            try:
                self.medium.put(self._ticket(number), [encode(ticket)], create=True)
            except ObjectExists:
                continue
            numbers = self.numbers()
            if numbers.stands(number):
                return Mine(number, ticket, began), [other for other in numbers.live() if other < number]
            self.medium.delete(self._ticket(number))  # we slept since we listed the line, and the number is an old one

    def defend(self, mine: Mine) -> bool:
        """Show that we are there, and say whether the ticket is still ours.

        The beat is written before others' marks are read, and who takes over writes the mark before reading the beat: at
        least one of the two sees the other.
        """
        began = clock.monotonic()
        if self.medium.find(self._ticket(mine.number)) is None:
            return False
        self._write(mine)
        numbers = self.numbers()
        if numbers.stands(mine.number):
            mine.beaten = began
            return True
        if numbers.last_released > mine.number:  # it may have been deleted before we wrote it again
            self.medium.delete(self._ticket(mine.number))
        return False

    def hold(self, mine: Mine, seconds: float | None) -> None:
        """Say from when and how long we hold the lock, for others to see."""
        self._write(mine, hold=seconds, since=None if seconds is None else clock.monotonic())

    def _write(self, mine: Mine, **changes: float | None) -> None:
        with mine.lock:  # the thread that beats writes it, too
            changed = msgspec.structs.replace(mine.ticket, beat=mine.ticket.beat + 1, **changes)
            self.medium.put(self._ticket(mine.number), [encode(changed)])
            mine.ticket = changed

    def end(self, number: int, mark: str) -> None:
        """Say that a ticket was `RELEASED`, or `LEFT` before its turn."""
        self.medium.put(self._ticket(number) + mark, [mark.encode()])

    def tidy(self, number: int) -> None:
        """Delete what lies before a ticket that is marked as released. That one stays, so that numbers go on."""
        with contextlib.suppress(StoreError):  # the next one does it
            for name in self.numbers().below(number):  # each ticket before its marks: without them it would count again
                self.medium.delete(name)

    def is_standing(self, mine: Mine) -> bool:
        """Say whether nobody wrote that the turn of our ticket is over."""
        return self.numbers().stands(mine.number)

    # --- the tickets of others -------------------------------------------------------------

    def read(self, number: int) -> tuple[Ticket | None, bytes] | None:
        """Return a ticket and its bytes; the ticket is `None` where they are damaged."""
        name = self._ticket(number)
        data = self.medium.find(name)
        return None if data is None else (decode(data, name), data)

    def is_silent(self, number: int, ticket: Ticket | None, data: bytes) -> bool:
        """Say whether the turn of a ticket may be taken."""
        unchanged = self._sightings.unchanged(self._ticket(number), data)
        if ticket is None:
            return unchanged >= self.ttl
        return is_silent(ticket, ticket.owner.sight(), unchanged, clock.monotonic())

    def pass_over(self, number: int, seen: bytes) -> bool:
        """Take over from a silent ticket, unless it has changed since it was `seen`; say whether that was done."""
        name = self._ticket(number)
        self.medium.put(name + PASSED, [PASSED.encode()])
        if self.medium.find(name) in (None, seen):
            self._sightings.forget(name)
            return True
        self.medium.delete(name + PASSED)
        return False

    def first(self) -> tuple[int, Ticket | None] | None:
        """Return the ticket that holds the lock, as far as can be seen from here."""
        for number in self.numbers().live():
            found = self.read(number)
            if found is not None and not self.is_silent(number, *found):
                return number, found[0]
        return None


_MOST_SIGHTINGS = 10_000
