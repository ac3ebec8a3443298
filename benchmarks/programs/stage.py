"""The same performance for every tool: read an order, call the cached function, check that hits hit, answer with times.

An order is one line of JSON on standard input, `{"act": "hit", "calls": 500, "keys": 100, "in_flow": true}`, and so is the
answer, `{"first": …, "each": …, "around": …}` in nanoseconds: the very first call of the batch, the mean call of the
whole batch (the first one included), and the batch with the start and the end of the flow around it.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import count, cycle, islice
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from work import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# What a tool prints must not end up among the answers: they keep the real standard output, the rest goes to stderr.
ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def no_flow(function: Callable[[], None]) -> Callable[[], None]:
    """Stand in for a flow where the tool has none."""
    return function


def perform(cached: Callable[[int, str], Any], flow: Callable[..., Any] = no_flow) -> None:
    """Carry out orders until standard input ends."""
    stage = Stage(cached, flow)
    print(json.dumps({"ready": True}), file=ANSWERS)
    for line in sys.stdin:
        print(json.dumps(stage.play(**json.loads(line))), file=ANSWERS)


class Stage:
    """One cached function, and the keys it was called with."""

    def __init__(self, cached: Callable[[int, str], Any], flow: Callable[..., Any]) -> None:
        self._cached = cached
        self._flow = flow
        self._unseen = count(1_000_000)

    def play(self, act: str, calls: int, keys: int, *, in_flow: bool) -> dict[str, float]:
        """Call `calls` times: `store` and `hit` go round the known keys, `miss` takes new ones."""
        numbers = islice(self._unseen if act == "miss" else cycle(range(keys)), calls)
        return self._timed(numbers, runs=0 if act == "hit" else calls, in_flow=in_flow)

    def _timed(self, numbers: Iterable[int], *, runs: int, in_flow: bool) -> dict[str, float]:
        cached = self._cached
        head, *tail = [(number, f"item-{number}") for number in numbers]
        marks: list[int] = []

        def batch() -> None:
            begin = perf_counter_ns()
            cached(*head)
            after_first = perf_counter_ns()
            for number, name in tail:
                cached(number, name)
            marks.extend((begin, after_first, perf_counter_ns()))

        before_runs = RUNS["work"]
        enter = self._flow(batch) if in_flow else batch
        start = perf_counter_ns()
        enter()
        around = perf_counter_ns() - start
        ran = RUNS["work"] - before_runs
        if ran != runs:
            raise SystemExit(f"the body should have run {runs} times in {1 + len(tail)} calls, and ran {ran} times")
        begin, after_first, end = marks
        return {"first": after_first - begin, "each": (end - begin) / (1 + len(tail)), "around": around}
