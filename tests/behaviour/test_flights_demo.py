"""The flights example, on three small airlines: the second run computes nothing, the third what was changed.

Python's own profiler counts the bodies (`examples/flights/witness.py`), so that Recoup is not asked about itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights"
SMALL = ("-p", 'airlines=["HA", "OO", "AS"]', "-p", "trees=2")


class Project:
    """A copy of the example, whose runs tell which tasks were executed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "project"
        self.printed = ""
        shutil.copytree(EXAMPLE, self.code, ignore=shutil.ignore_patterns("demo.py", "witness.py", "__pycache__"))
        (self.code / "pyproject.toml").touch()

    def run(self) -> dict[str, int]:
        """Run the pipeline in a new process; return how often the body of each task was executed."""
        notes = self.folder / "called.json"
        finished = subprocess.run(
            [sys.executable, EXAMPLE / "witness.py", self.code, notes, "run", "pipeline.py:flights", *self.places(), *SMALL],
            cwd=self.code,
            env=os.environ | {"RECOUP_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        self.printed = finished.stdout + finished.stderr
        assert finished.returncode == 0, self.printed
        return {name: count for name, count in json.loads(notes.read_text()).items() if name in self.tasks()}

    def places(self) -> tuple[str, ...]:
        return ("--storage", str(self.folder / "results"), "-p", f"out={self.folder / 'out'}")

    def tasks(self) -> set[str]:
        return {
            name for file in self.code.glob("*.py") for name in re.findall(r"^@task.*\ndef (\w+)", file.read_text(), re.MULTILINE)
        }

    def replace(self, file: str, before: str, after: str) -> None:
        text = (self.code / file).read_text()
        assert text.count(before) == 1
        (self.code / file).write_text(text.replace(before, after))

    def published(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (self.folder / "out").iterdir()}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The tests of this file are one story, told in order."""
    return Project(tmp_path_factory.mktemp("flights"))


@pytest.fixture(scope="module")
def first(project):
    return project.run(), project.published()


def test_the_first_run_executes_each_task_once_for_each_of_its_inputs(project, first):
    executed, published = first
    assert executed == {
        **dict.fromkeys(["clean_flights", "clean_weather", "clean_planes", "join", "add_features"], 1),
        **dict.fromkeys(["train", "evaluate", "drivers"], 3),
        **dict.fromkeys(["score", "chart", "report"], 1),
        "load": 4,
    }
    assert published["delays.png"].startswith(b"\x89PNG")
    assert b"Hawaiian Airlines" in published["report.md"]


def test_the_second_run_executes_nothing_and_publishes_the_same(project, first):
    _, published = first
    assert project.run() == {}
    assert project.published() == published


def test_after_a_comment_and_a_docstring_nothing_is_executed(project, first):
    project.replace("features.py", '"""Return 0 for winter, 1 for spring, 2 for summer, 3 for autumn."""', "# meteorological")
    assert project.run() == {}


def test_after_a_helper_was_changed_its_dependents_are_executed_and_it_is_named(project, first):
    project.replace("reporting.py", "return 1 - (model / guess) ** 2", "return 1 - model / guess")
    assert project.run() == {"score": 1, "chart": 1, "report": 1}
    (line,) = (line for line in project.printed.splitlines() if re.search(r"\bran score\b", line))
    assert "helper skill() changed" in line
