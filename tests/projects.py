"""Small projects on disk whose programs run in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Project"]


class Project:
    """A folder with source files; its programs keep results under `home`, beside the project."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        self.code = folder / "project"
        self.home = folder / "home"
        self.write({"pyproject.toml": "", **files})

    def write(self, files: dict[str, str]) -> None:
        """Write source files."""
        for name, text in files.items():
            path = self.code / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"))

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a text that stands once in a source file."""
        text = (self.code / name).read_text()
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {name}"
        (self.code / name).write_text(text.replace(before, after))

    def copy(self, folder: Path) -> Project:
        """Return a copy of the project and all its results elsewhere."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
        copied = Project.__new__(Project)
        copied.folder, copied.code, copied.home = folder, folder / "project", folder / "home"
        return copied

    def run(self, *command: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python with `command` in the project; fail when it fails."""
        ours = {
            "RECOUP_HOME": str(self.home),
            "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(self.home / "storage"),
            "PYTHONPATH": os.pathsep.join([str(self.code), str(self.code / "site-packages")]),
        }
        finished = subprocess.run(
            [sys.executable, "-W", "error", *command],
            cwd=cwd or self.code,
            env=os.environ | ours | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished

    def answer(self, *command: str, cwd: Path | None = None, **environment: str) -> object:
        """Run Python with `command` and return the JSON in the last line that it prints."""
        return json.loads(self.run(*command, cwd=cwd, **environment).stdout.splitlines()[-1])
