"""Run the flights pipeline three times, show what happens, and check what Recoup promises about it.

Everything happens on a copy of this folder, with a storage and a home of its own, in a temporary folder. The runs that are
timed are plain `recoup run`s. `witness.py` repeats the second run, and makes the third, under Python's own profiler, so
that "no task body ran" is not only Recoup's word.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
RECOUP = ("-m", "recoup.cli.main")

EDITED, BEFORE, AFTER = "reporting.py", "return 1 - (model / guess) ** 2", "return 1 - model / guess"
HELPER, DEPENDENTS = "skill", {"score", "chart", "report"}

HEAVY = "import pandas, sklearn.ensemble, sklearn.inspection, sklearn.model_selection, matplotlib.font_manager"
"""What the tasks import, once beforehand: the first run shall not look slow because Python compiles, or matplotlib finds its fonts."""


Claim = tuple[str, bool]
"""What is claimed, and whether it holds."""


@dataclass(frozen=True)
class Run:
    """One finished run: what the clock and the operating system measured, what it printed, what Recoup recorded."""

    name: str
    wall: float
    cpu: float
    lines: list[str]
    record: dict
    called: dict[str, int] = field(default_factory=dict)

    @property
    def own(self) -> float:
        """Recoup's own share by its own account: all seconds that were neither imports nor bodies."""
        return self.record["own_seconds"]


@dataclass(frozen=True)
class Workshop:
    """A temporary folder with a copy of the project, and an environment in which nobody has run it before."""

    folder: Path
    parameters: list[str]

    @property
    def project(self) -> Path:
        """Where the copy is."""
        return self.folder / "project"

    @property
    def published(self) -> dict[str, bytes]:
        """What the pipeline has published."""
        return {file.name: file.read_bytes() for file in (self.folder / "out").iterdir()}

    @property
    def environment(self) -> dict[str, str]:
        """Ours, without settings of Recoup, and with Python allowed to keep what it compiles, as it normally does."""
        settings = ("RECOUP_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
        return kept | {"RECOUP_HOME": str(self.folder / "home"), "PYTHONUNBUFFERED": "1"}

    def furnish(self) -> None:
        """Copy the example, as a project of its own."""
        shutil.copytree(HERE, self.project, ignore=shutil.ignore_patterns("demo.py", "witness.py", "__pycache__"))
        (self.project / "pyproject.toml").touch()

    def edit(self) -> None:
        """Change one helper function."""
        file = self.project / EDITED
        text = file.read_text()
        if text.count(BEFORE) != 1:
            raise LookupError(f"{EDITED} should have one line {BEFORE!r}; BEFORE and AFTER in demo.py follow it")
        file.write_text(text.replace(BEFORE, AFTER))

    def tasks(self) -> set[str]:
        """Return the names of the functions that are tasks."""
        return {
            name
            for file in self.project.glob("*.py")
            for name in re.findall(r"^@task.*\ndef (\w+)", file.read_text(), re.MULTILINE)
        }

    def python(self, *arguments: str) -> subprocess.Popen:
        """Start Python in the project."""
        return subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *arguments],
            cwd=self.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, name: str, *, watched: bool = False, quiet: bool = False) -> Run:
        """Run the pipeline in a process of its own, and show its output as it comes."""
        notes = self.folder / "called.json"
        program = (str(HERE / "witness.py"), str(self.project), str(notes)) if watched else RECOUP
        target = ("run", "pipeline.py:flights", "--storage", str(self.folder / "results"), "-p", f"out={self.folder / 'out'}")
        before, start = cpu_of_children(), time.perf_counter()
        with self.python(*program, *target, *self.parameters) as process:
            lines = [show(line, quiet=quiet) for line in process.stdout]
        wall, cpu = time.perf_counter() - start, cpu_of_children() - before
        if process.returncode:
            sys.exit(f"the {name} run failed with exit code {process.returncode}{': ' + ''.join(lines) if quiet else ''}")
        called = json.loads(notes.read_text()) if watched else {}
        return Run(name, wall, cpu, lines, self.latest(), called)

    def latest(self) -> dict:
        """Return what Recoup recorded about the run that started last."""
        with self.python(*RECOUP, "runs", "--json", "--storage", str(self.folder / "results")) as process:
            return max(json.loads(process.stdout.read()), key=lambda run: run["started"])

    def warm_up(self) -> None:
        """Have Python compile what will be imported."""
        self.python("-c", HEAVY).communicate()

    def bare(self) -> float:
        """Return how long a process takes that imports what the pipeline imports at its top, and ends."""
        start = time.perf_counter()
        self.python("-c", "import pandas, importlib.metadata").communicate()
        return time.perf_counter() - start


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="recoup-flights-") as folder:
        shop = Workshop(Path(folder), sys.argv[1:])
        shop.furnish()
        shop.warm_up()

        title("1. The first run computes everything")
        first = shop.run("first")
        published = shop.published

        title("2. The second run, of the same program on the same data")
        second = shop.run("second")
        same = shop.published == published
        alike, bare = [second], [shop.bare()]
        for _ in range(2):
            alike.append(shop.run("second, again", quiet=True))
            bare.append(shop.bare())
        watched = shop.run("second, watched", watched=True, quiet=True)

        title(f"3. {HELPER}() in {EDITED} is changed, and the pipeline is run a third time")
        print(f"-    {BEFORE}\n+    {AFTER}\n")
        shop.edit()
        third = shop.run("third", watched=True)

        title("Comparison")
        compare(first, second, third)
        explain(alike, bare)
        tasks = shop.tasks()
        claims = [
            executes_nothing(second, tasks & set(watched.called)),
            ("the second run publishes the same report and chart, byte for byte", same),
            is_faster(first, second),
            costs_little(alike),
            executes_dependents(third, tasks & set(third.called)),
            names_the_helper(third),
        ]
        for claim, holds in claims:
            print(f"{'✓' if holds else '✗'} {claim}")
        return 0 if all(holds for _, holds in claims) else 1


def executes_nothing(second: Run, seen: set[str]) -> Claim:
    ran = second.record["ran"]
    return f"the second run executes no task body (Recoup counts {ran}, Python's profiler {len(seen)})", ran == 0 and not seen


def is_faster(first: Run, second: Run) -> Claim:
    times = first.wall / second.wall
    return f"the second run is at least 20 times faster ({times:.0f} times)", times >= 20


def costs_little(alike: list[Run]) -> Claim:
    own = min(run.own for run in alike)
    return f"Recoup's own share of it is under 0.3 s ({own:.3f} s, the least of {len(alike)} such runs)", own < 0.3


def executes_dependents(third: Run, seen: set[str]) -> Claim:
    claim = f"the third run executes {listed(DEPENDENTS)} and nothing else (Python's profiler saw {listed(seen)})"
    return claim, seen == DEPENDENTS and third.record["ran"] == len(DEPENDENTS)


def names_the_helper(third: Run) -> Claim:
    lines = [line.strip() for line in third.lines if f"helper {HELPER}() changed" in line]
    return f"the third run names the helper ({' / '.join(lines) or 'it does not'})", bool(lines)


def cpu_of_children() -> float:
    """Return the seconds that the processors spent on the processes we started, as the operating system counts them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def show(line: str, *, quiet: bool) -> str:
    if not quiet:
        print(f"  {line}", end="", flush=True)
    return line


def title(text: str) -> None:
    print(f"\n{text}\n{'─' * len(text)}", flush=True)


def compare(first: Run, second: Run, third: Run) -> None:
    print(f"{'run':8}{'wall':>9}{'processor':>11}{'bodies run':>12}{'cached':>8}{'imports':>9}{'own share':>11}{'faster':>9}")
    for run in (first, second, third):
        record = run.record
        print(
            f"{run.name:8}{run.wall:7.2f} s{run.cpu:9.2f} s{record['ran']:12}{record['cached']:8}"
            f"{record['import_seconds']:7.2f} s{run.own:9.3f} s{first.wall / run.wall:7.1f} x",
        )


def explain(alike: list[Run], bare: list[float]) -> None:
    """Say what the clocks saw, and what they cannot tell apart."""
    walls, shares, bares = map(seconds, ([run.wall for run in alike], [run.own for run in alike], bare))
    more = min(run.wall for run in alike) - min(bare)
    print(
        f"""
Wall and processor time are those of whole processes, from start to end, with every import. The third run was watched by
Python's profiler, which slows it.

A clock also measures what else the machine does, so the second run was repeated twice. The three took {walls} s;
Recoup's own share was {shares} s by its own account. By an account that is not Recoup's: processes that only
import what the pipeline imports at its top took {bares} s, the shortest {more:.2f} s less than the shortest run.
""",
    )


def seconds(values: list[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


def listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
