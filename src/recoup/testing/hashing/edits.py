"""Edits of small projects: those that can change what a call returns, and those that cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Final

import recoup
from recoup.testing.hashing.judging import Fault, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Change", "Edit", "Project", "check_edits", "edits"]


@dataclass(frozen=True, slots=True)
class Project:
    """Source files by path, and the call whose key is asked for.

    `call` names the function, `arguments` a function without parameters that returns the keyword arguments.
    """

    name: str
    files: Mapping[str, str] = field(hash=False)
    call: str = "shop.tasks:total"
    arguments: str = ""

    def write(self, folder: Path) -> None:
        """Write the files below `folder`."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Change:
    """Replace `old`, which stands once in `file`, by `new`; a file that is not there is written."""

    file: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """Edit the file below `folder`."""
        path = folder / self.file
        if not self.old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(self.new).lstrip("\n"), encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.old!r} stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes of a project, and whether they can change what the call returns."""

    name: str
    project: Project
    changes: tuple[Change, ...]
    invalidates: bool

    def __str__(self) -> str:
        return f"{self.project.name}: {self.name}"


MODULES: Final[tuple[str, ...]] = ("shop", "reaching", "classes", "callables", "arguments", "globals", "remembering", "writing")
"""Modules of `recoup.testing.hashing.projects`, each with a tuple `EDITS`."""


def edits() -> Iterator[Edit]:
    """Go through all edits."""
    for name in MODULES:
        yield from import_module(f"recoup.testing.hashing.projects.{name}").EDITS


def check_edits(key: str, among: Iterable[Edit] | None = None) -> Report:
    """Ask `key`, named as `package.module:function`, for the key of a call before and after each edit.

    The function takes the called function and a dict of its arguments and returns anything that prints the same
    when it is equal. Every project is written to a folder of its own and loaded by a process of its own.
    """
    given = list(edits() if among is None else among)
    with tempfile.TemporaryDirectory(prefix="recoup-edits-") as folder:
        projects = list({edit.project.name: edit.project for edit in given}.values())
        found = _keys(key, [Edit("as it is", project, (), False) for project in projects] + given, Path(folder))
    faults = []
    for edit in given:
        before, after = found[f"{edit.project.name}: as it is"], found[str(edit)]
        if "error" in after or "error" in before:
            faults.append(Fault("refused", str(edit), (after.get("error") or before["error"])[-300:]))
        elif edit.invalidates and before == after:
            faults.append(Fault("collision", str(edit)))
        elif not edit.invalidates and before != after:
            faults.append(Fault("needless", str(edit)))
    return Report(key, len(given), tuple(faults))


def _keys(key: str, given: list[Edit], folder: Path) -> dict[str, dict[str, str]]:
    """Return what `key` says of each edited project: `{"key": …}` or `{"error": …}`."""
    jobs = []
    for number, edit in enumerate(given):
        root = folder / f"checkout{number}"
        edit.project.write(root)
        for change in edit.changes:
            change.apply(root)
        jobs.append({"name": str(edit), "root": str(root), "call": edit.project.call, "arguments": edit.project.arguments})
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    path = os.pathsep.join([str(Path(recoup.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "recoup.testing.hashing.keys", key, str(folder / "jobs.json")]
    subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": path}, check=True)  # noqa: S603 - the command is ours
    return {str(job["name"]): json.loads(Path(job["root"], "key.json").read_text(encoding="utf-8")) for job in jobs}
