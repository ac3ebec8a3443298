"""Judge a hasher by the corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse
from recoup.testing.hashing.corpus import cases, not_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

__all__ = ["FAULTS", "Fault", "Report", "check", "fault_of"]

FAULTS: Final = {
    "collision": "one digest for two values that differ",
    "needless": "two digests for equal values",
    "unstable": "another digest for the same value",
    "refused": "no digest for a value that has content",
    "made-up": "a digest for a value that has no stable content",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a hasher did wrong with one case."""

    kind: str
    case: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind:<9}  {self.case}" + (f"  ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Report:
    """How a hasher did: how many cases it was given, its faults, and what could not be run here."""

    hasher: str
    ran: int
    faults: tuple[Fault, ...]
    not_run: tuple[str, ...] = ()

    def __str__(self) -> str:
        counts = Counter(fault.kind for fault in self.faults)
        told = ", ".join(f"{counts[kind]} {kind}" for kind in FAULTS if counts[kind]) or "no faults"
        absent = f"; not installed: {', '.join(self.not_run)}" if self.not_run else ""
        return "\n".join([f"{self.hasher}: {self.ran} cases, {told}{absent}", *map("  {}".format, self.faults)])

    def of_kind(self, kind: str) -> list[str]:
        """Return the names of the cases with this kind of fault."""
        return [fault.case for fault in self.faults if fault.kind == kind]


def check(hasher: Callable[[Any], Hashable], among: Iterable[Case] | None = None) -> Report:
    """Give every case (or those in `among`) to `hasher`, which returns anything that can be compared, or raises.

    >>> check(repr).of_kind("collision")[:1]
    ['bool: true and an object that prints like it']
    """
    given = list(cases() if among is None else among)
    faults = [fault for fault in (fault_of(hasher, case) for case in given) if fault is not None]
    name = f"{getattr(hasher, '__module__', '')}.{getattr(hasher, '__qualname__', repr(hasher))}"
    return Report(name, len(given), tuple(faults), not_installed() if among is None else ())


def fault_of(hasher: Callable[[Any], Hashable], case: Case) -> Fault | None:
    """Return what `hasher` does wrong with `case`: the values are made twice, since an address is not content."""
    values, again = case.values(), case.values()
    try:
        first, second = list(map(hasher, values)), list(map(hasher, again))
    except Exception as exc:  # noqa: BLE001 - a hasher may raise what it likes
        return None if isinstance(case, Refuse) else Fault("refused", str(case), f"{type(exc).__name__}: {exc}"[:200])
    finally:
        case.close((*values, *again))
    kind = _verdict(case, first, second)
    return Fault(kind, str(case)) if kind else None


def _verdict(case: Case, first: list[Any], second: list[Any]) -> str:
    """Return the kind of fault that these digests are, if any."""
    if isinstance(case, Refuse) and first == second:
        return "made-up"
    if first != second:
        return "unstable"
    if isinstance(case, Differ) and first[0] == first[1]:
        return "collision"
    if isinstance(case, Agree) and first[0] != first[1]:
        return "needless"
    return ""
