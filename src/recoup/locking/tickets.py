r"""Tickets: the numbered claims that locks in folders and buckets are made of, and when one is over. Performs no I/O.

A lock is a folder of its own, named by the digest of its key:

    <digest>/<n>            a ticket: who asks for the lock, written by nobody else; n is one more than the highest before
    <digest>/<n>.released   it had its turn, which is over
    <digest>/<n>.left       it was given up before its turn
    <digest>/<n>.passed     it was taken over by one with a higher number, because it was silent

A ticket is created exclusively, so there is one for each number. Whoever has the lowest ticket that is not over holds the lock;
the others are in line behind it. `design/0006-locks-and-leases.md` has the invariants and why they hold.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

import msgspec
from blake3 import blake3

from recoup.environment import host, machine, own_start, process_state
from recoup.exceptions import NewerFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FORMAT",
    "LEFT",
    "PASSED",
    "RELEASED",
    "Numbers",
    "Owner",
    "Sight",
    "Ticket",
    "decode",
    "encode",
    "is_silent",
    "line_name",
    "shown",
    "spelled",
    "ticket_name",
]

FORMAT = 1
RELEASED, LEFT, PASSED = ".released", ".left", ".passed"

_DIGITS = 12
_SHOWN = 200


class Sight(enum.Enum):
    """What can be seen of a process from here."""

    GONE = "gone"
    RUNNING = "running"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"


class Owner(msgspec.Struct, frozen=True):
    """A process, so that others on its machine can tell whether it is there."""

    host: str
    machine: str
    pid: int
    start: str

    @classmethod
    def of(cls, pid: int) -> Owner:
        """Return the owner that this process is."""
        return cls(host(), machine(), pid, own_start(pid))

    def sight(self) -> Sight:
        """Say what can be seen of the process."""
        if self.machine != machine():
            return Sight.ELSEWHERE
        found = process_state(self.pid)
        if found is None or found[1] != self.start:
            return Sight.GONE
        return Sight.STOPPED if found[0] in ("T", "t") else Sight.RUNNING


class Ticket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a ticket says.

    `nonce` tells it from others that had its number. `beat` changes as long as the owner is there; after `ttl` seconds without
    a change it is silent. With `hold`, its turn ends so many seconds after `since`, which is counted by the clock of its machine.
    """

    recoup: int
    key: str
    holder: str
    owner: Owner
    nonce: str
    ttl: float
    beat: int = 0
    hold: float | None = None
    since: float | None = None


def encode(ticket: Ticket) -> bytes:
    """Return the ticket as one line of JSON."""
    return _encoder.encode(ticket) + b"\n"


def decode(data: bytes, name: str) -> Ticket | None:
    """Return the ticket in `data`, or `None` where it is damaged. Raises `NewerFormat`."""
    try:
        ticket = _decoder.decode(data)
    except msgspec.DecodeError:
        ticket = None
    found = _version(data) if ticket is None else ticket.recoup
    if found > FORMAT:
        raise NewerFormat(f"the lock {name} was written by a newer Recoup (format {found}): update Recoup here to share it")
    return ticket


def _version(data: bytes) -> int:
    try:
        found = msgspec.json.decode(data).get("recoup", 0)
    except (msgspec.DecodeError, AttributeError):
        return 0
    return found if isinstance(found, int) else 0


def line_name(key: str) -> str:
    """Return the name of the folder in which the tickets of `key` lie."""
    return blake3(b"recoup lock 1\0" + key.encode("utf-8", "surrogatepass")).hexdigest()


def shown(text: str) -> str:
    """Return as much of a key as a person needs who looks into the folder, as text that JSON can hold."""
    return text[:_SHOWN].encode("utf-8", "replace").decode()


def spelled(holder: str) -> str:
    """Return the text for a holder as JSON can hold it."""
    try:
        holder.encode()
    except UnicodeEncodeError:
        return ascii(holder)
    return holder


def ticket_name(line: str, number: int) -> str:
    """Return the name of a ticket."""
    return f"{line}/{number:0{_DIGITS}}"


def number_of(name: str) -> int:
    """Return the number in the name of a ticket or of its mark."""
    return int(name.rpartition("/")[2].partition(".")[0])


class Numbers:
    """The numbers of a line: which have tickets, and which are over."""

    def __init__(self, names: Iterable[str]) -> None:
        self.tickets: set[int] = set()
        self.over: set[int] = set()
        self.last_released = 0
        self.names = sorted(name for name in names if _is_ours(name.rpartition("/")[2]))
        """All names, so that each ticket comes before its marks."""
        for name in self.names:
            (self.over if "." in name.rpartition("/")[2] else self.tickets).add(number_of(name))
            if name.endswith(RELEASED):
                self.last_released = max(self.last_released, number_of(name))

    @property
    def top(self) -> int:
        """Return the highest number that was ever seen, 0 for none."""
        return max(self.tickets | self.over, default=0)

    def live(self) -> list[int]:
        """Return the tickets that nothing says to be over, in their order."""
        return sorted(self.tickets - self.over)

    def stands(self, number: int) -> bool:
        """Say whether a ticket is in the line still.

        Nobody after it can have had a turn. And only what is below the number of one that had its turn is ever deleted: whoever
        creates such a number again, or writes to it late, sees that number.
        """
        return number in self.tickets and number not in self.over and self.last_released < number

    def below(self, number: int) -> list[str]:
        """Return the names of what is before `number`, the lowest first."""
        return [name for name in self.names if number_of(name) < number]


def is_silent(ticket: Ticket, sight: Sight, unchanged: float, now: float) -> bool:
    """Say whether the turn of a ticket may be taken by the next.

    `unchanged` is for how many seconds it was seen as it is, by the clock of who looks; `now` what that clock says.
    """
    if ticket.hold is not None and ticket.since is not None:
        held = unchanged if sight is Sight.ELSEWHERE else max(unchanged, now - ticket.since)
        if held >= ticket.hold:
            return True
    if sight is Sight.GONE:
        return True
    return sight is not Sight.RUNNING and unchanged >= ticket.ttl


_is_ours = re.compile(rf"[0-9]{{{_DIGITS}}}(\.released|\.left|\.passed)?", re.ASCII).fullmatch
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Ticket)
