"""The real Prefect, where there is one: in `.venv-peers`, or in the virtual environment that `REAL_PREFECT` names."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HOUSE", "PREFECT", "prefect_environment", "prefect_printed", "printed_by"]

HOUSE = Path(__file__).parents[1]
REAL = Path(os.environ.get("REAL_PREFECT", HOUSE / ".venv-peers"))
PREFECT = REAL / "bin" / "python" if (REAL / "bin" / "prefect").exists() else None


@contextmanager
def prefect_environment(folder: Path) -> Iterator[dict[str, str]]:
    """Run a Prefect server and give the variables of programs that use it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HOUSE))
        from benchmarks.processes import prefect_server
        from benchmarks.tools import Tool

    tool = Tool("prefect", str(REAL))
    environment = tool.environment(folder)
    if (migrated := REAL / "prefect-home").exists():
        shutil.copytree(migrated, environment["PREFECT_HOME"])
    with prefect_server(tool, environment, folder / "said") as url:
        yield environment | {"PREFECT_API_URL": url, "PREFECT_LOGGING_TO_API_ENABLED": "false"}


def prefect_printed(program: Path, folder: Path, environment: dict[str, str]) -> str:
    """Run `program` by the real Prefect, with results in `folder`, and return what it prints."""
    results = {"PREFECT_LOCAL_STORAGE_PATH": str(folder / "results")}
    return printed_by([PREFECT, program], folder, environment | results)


def printed_by(command: list[object], folder: Path, environment: dict[str, str]) -> str:
    """Run `command` in `folder` and return what it prints; it must end well."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
