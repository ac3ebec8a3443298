"""What is measured, and what it may cost: one `Row` for each line of the table.

A `Scene` is something that every tool does once in a round; a row shows one of the times that the scene gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

US = 1e3  # nanoseconds in a microsecond
MS = 1e6


@dataclass(frozen=True)
class Warm:
    """A batch of calls in a process that has called before: `hit` or `miss`."""

    act: str
    in_flow: bool
    calls: int | None = None  # None: as many as the tool's effort says


@dataclass(frozen=True)
class Fresh:
    """A process that starts, imports the tool, and hits many keys that another process stored, each once."""

    in_flow: bool


@dataclass(frozen=True)
class Launch:
    """A fresh interpreter, from its start to its end: `module`, `front door`, or `help`."""

    what: str


Scene = Warm | Fresh | Launch


@dataclass(frozen=True)
class Verdict:
    """How a row stands to one of its budgets; `met` is None where a measurement is missing."""

    text: str
    met: bool | None

    @property
    def word(self) -> str:
        """`ok`, `over`, or `unknown`."""
        return "unknown" if self.met is None else "ok" if self.met else "over"


@dataclass(frozen=True)
class AtMost:
    """A budget of time."""

    limit: float  # nanoseconds
    unit: float

    def judge(self, medians: Mapping[str, float]) -> Verdict:
        """Compare Recoup's median with the limit."""
        text = f"at most {amount(self.limit, self.unit)}"
        ours = medians.get("recoup")
        return Verdict(text, None) if ours is None else Verdict(f"{amount(ours, self.unit)}, {text}", ours <= self.limit)


@dataclass(frozen=True)
class AtMostTimes:
    """A budget relative to a peer: at most `factor` times its median."""

    factor: float
    peer: str

    def judge(self, medians: Mapping[str, float]) -> Verdict:
        """Compare Recoup's median with the peer's."""
        text = f"at most {self.factor:g} x {self.peer}"
        if not {"recoup", self.peer} <= medians.keys():
            return Verdict(text, None)
        times = medians["recoup"] / medians[self.peer]
        return Verdict(f"{times:.2f} x {self.peer}, {text}", times <= self.factor)


@dataclass(frozen=True)
class FasterThan:
    """A budget relative to a peer: at least `factor` times as fast."""

    factor: float
    peer: str

    def judge(self, medians: Mapping[str, float]) -> Verdict:
        """Compare Recoup's median with the peer's."""
        text = f"at least {self.factor:g} x faster than {self.peer}"
        if not {"recoup", self.peer} <= medians.keys():
            return Verdict(text, None)
        times = medians[self.peer] / medians["recoup"]
        return Verdict(f"{times:.0f} x faster than {self.peer}, {text}", times >= self.factor)


Budget = AtMost | AtMostTimes | FasterThan


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    title: str
    scene: Scene
    measure: str  # which of the scene's times: first, each, around, whole
    unit: float = US
    budgets: tuple[Budget, ...] = ()


def amount(nanoseconds: float, unit: float) -> str:
    """Write a time with three digits that matter: `24.4 µs`, `11,300 µs`, `0.93 ms`."""
    value = nanoseconds / unit
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f} {'µs' if unit == US else 'ms'}"


HIT_BUDGETS = (AtMostTimes(2, "diskcache"), FasterThan(150, "prefect"))

ROWS = (
    Row("hit-flow", "hit in a flow, warm process", Warm("hit", in_flow=True), "each", budgets=HIT_BUDGETS),
    Row("hit-bare", "hit by a bare call, warm process", Warm("hit", in_flow=False), "each", budgets=HIT_BUDGETS),
    Row("flow-of-10", "a whole flow of 10 hits, start to end", Warm("hit", in_flow=True, calls=10), "around"),
    Row("new-flow", "hits in a flow, new process, each key once", Fresh(in_flow=True), "each", budgets=(AtMost(100 * US, US),)),
    Row(
        "new-bare",
        "hits by bare calls, new process, each key once",
        Fresh(in_flow=False),
        "each",
        budgets=(AtMost(100 * US, US),),
    ),
    Row("first-flow", "the very first of them, in a flow", Fresh(in_flow=True), "first"),
    Row("first-bare", "the very first of them, by a bare call", Fresh(in_flow=False), "first"),
    Row("miss-flow", "miss in a flow, kept on local disk", Warm("miss", in_flow=True), "each", budgets=(AtMost(250 * US, US),)),
    Row(
        "miss-bare",
        "miss by a bare call, kept on local disk",
        Warm("miss", in_flow=False),
        "each",
        budgets=(AtMost(250 * US, US),),
    ),
    Row("import", "`import` of the package", Launch("module"), "whole", MS, (AtMost(60 * MS, MS),)),
    Row("front-door", "`from recoup import flow, task`, and the like", Launch("front door"), "whole", MS),
    Row("help", "`recoup --help`, and the like", Launch("help"), "whole", MS, (AtMost(150 * MS, MS),)),
)
