"""Let the tools take turns: A B C, A B C, … in one run, so that a noisy minute of the machine disturbs all of them alike."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from shutil import copytree
from typing import TYPE_CHECKING, Self, assert_never

from benchmarks.processes import ProgramFailed, Worker, lifetime, prefect_server
from benchmarks.rows import ROWS, Fresh, Launch, Scene, Warm
from benchmarks.tools import PREFECT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.tools import Tool


@dataclass(frozen=True)
class Rounds:
    """How often each kind of scene is played."""

    warm: int
    fresh: int
    launch: int

    def of(self, scene: Scene) -> int:
        """Return the number of rounds in which `scene` is played."""
        match scene:
            case Warm():
                return self.warm
            case Fresh():
                return self.fresh
            case Launch():
                return self.launch
            case _:
                assert_never(scene)


QUICK = Rounds(warm=6, fresh=4, launch=5)
FULL = Rounds(warm=40, fresh=21, launch=41)


@dataclass
class Measured:
    """All that was found: nanoseconds by row and tool, and which tools failed and how."""

    samples: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    failures: dict[str, str] = field(default_factory=dict)


class Company:
    """The tools on one machine: a folder, a warm worker and an environment for each that is still playing."""

    def __init__(self, folder: Path, measured: Measured) -> None:
        self._folder = folder
        self._measured = measured
        self._open = ExitStack()
        self._workers: dict[Tool, Worker] = {}
        self._environments: dict[Tool, dict[str, str]] = {}
        self._given_up: set[tuple[Tool, Scene]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def hire(self, tool: Tool) -> None:
        """Start the warm worker of `tool`, and let it store the keys that hits will find."""
        folder = self._folder / tool.name
        folder.mkdir()
        self._environments[tool] = tool.environment(folder)
        try:
            self._start(tool)
        except ProgramFailed as failure:
            self._measured.failures[tool.name] = f"did not start: {failure}"

    def play(self, scene: Scene, round_number: int) -> None:
        """Let every tool that takes part in this round play `scene` once."""
        for tool in tuple(self._workers):
            if round_number % tool.effort.every == 0 and (tool, scene) not in self._given_up:
                self._try(tool, scene)

    def _start(self, tool: Tool) -> None:
        if tool is PREFECT:
            self._copy_migrated_home(tool)
            server = prefect_server(tool, self._environments[tool], self._said(tool))
            self._environments[tool] |= {"PREFECT_API_URL": self._open.enter_context(server)}
        worker = self._open.enter_context(Worker(tool, self._environments[tool], self._said(tool)))
        worker.ask(act="store", calls=tool.effort.keys, keys=tool.effort.keys, in_flow=True)
        for in_flow in (True, False):
            worker.ask(act="hit", calls=min(tool.effort.keys, tool.effort.bare_calls), keys=tool.effort.keys, in_flow=in_flow)
        self._workers[tool] = worker

    def _copy_migrated_home(self, tool: Tool) -> None:
        """Give Prefect's server a database that is ready: making one takes longer than half of the quick rounds."""
        migrated = tool.python.parent.parent / "prefect-home"
        if migrated.exists():
            copytree(migrated, self._environments[tool]["PREFECT_HOME"])

    def _try(self, tool: Tool, scene: Scene) -> None:
        """Play one scene and note its times; a scene that fails is not tried again, and the report says so."""
        try:
            times = self._perform(tool, scene)
        except ProgramFailed as failure:
            self._given_up.add((tool, scene))
            self._measured.failures.setdefault(tool.name, f"{scene}: {failure}")
            return
        for row in ROWS:
            if row.scene == scene and row.measure in times:
                self._measured.samples[row.name][tool.name].append(times[row.measure])

    def _perform(self, tool: Tool, scene: Scene) -> dict[str, float]:
        effort = tool.effort
        match scene:
            case Warm(act, in_flow, calls):
                calls = calls or (effort.misses if act == "miss" else effort.hits)
                calls = calls if in_flow else min(calls, effort.bare_calls)
                return self._workers[tool].ask(act=act, calls=calls, keys=effort.keys, in_flow=in_flow)
            case Fresh(in_flow):
                calls = effort.keys if in_flow else min(effort.keys, effort.bare_calls)
                with Worker(tool, self._environments[tool], self._said(tool)) as worker:
                    return worker.ask(act="hit", calls=calls, keys=effort.keys, in_flow=in_flow)
            case Launch(what):
                return self._launch(tool, what)
            case _:
                assert_never(scene)

    def _launch(self, tool: Tool, what: str) -> dict[str, float]:
        """Time a fresh interpreter; an import is what it takes more than an interpreter that imports nothing."""
        environment = self._environments[tool]
        if what == "help":
            command = tool.help_command
            return (
                {"whole": lifetime([tool.python.with_name(command[0]), *command[1:]], environment, self._folder)}
                if command
                else {}
            )
        if not tool.front_door:
            return {}
        statement = f"import {tool.name}" if what == "module" else tool.front_door
        empty = lifetime([tool.python, "-c", "pass"], environment, self._folder)
        return {"whole": lifetime([tool.python, "-c", statement], environment, self._folder) - empty}

    def _said(self, tool: Tool) -> Path:
        return self._folder / tool.name / "said.txt"


def measure(tools: Sequence[Tool], rounds: Rounds, folder: Path, tell: Callable[[str], None]) -> Measured:
    """Play all scenes with all tools, in turns, with their folders in `folder`."""
    measured = Measured()
    scenes = tuple(dict.fromkeys(row.scene for row in ROWS))
    with Company(folder, measured) as company:
        for tool in tools:
            tell(f"starting {tool.name}")
            company.hire(tool)
        for number in range(most := max(map(rounds.of, scenes))):
            tell(f"round {number + 1} of {most}")
            for scene in scenes:
                if number < rounds.of(scene):
                    company.play(scene, number)
    return measured
