"""A project of its own for each test of the command line, and `recoup` called inside this process."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, NamedTuple

import pytest

from recoup.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

PIPELINE = """
from recoup import flow, task

@task(cache=True)
def load(day):
    return {"day": day}

@task(cache=True)
def double(x):
    return 2 * x

@flow
def pipeline(day, n: int = 2):
    print("the flow's own words")
    return [load(day)["day"], *double.map(range(n)).result()]
"""


class Said(NamedTuple):
    """What a command returned and printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that writes files into a project, which is the working directory and holds a pipeline."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr("recoup.project._adopted", [])
    before = set(sys.modules)

    def write(name: str, text: str) -> Path:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
        return file

    write("pyproject.toml", "")
    write("pipe.py", PIPELINE)
    yield write
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def recoup(project, capsys):
    """Return a function that runs the command line in this process and returns what it said."""

    def run(*arguments: str) -> Said:
        code = main(arguments)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run
