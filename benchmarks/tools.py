"""Who is measured: Recoup in `.venv`, its peers in `.venv-peers`, each as its own documentation shows it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
HOUSE = HERE.parent


@dataclass(frozen=True)
class Effort:
    """How much of the same work a tool is given: Prefect's calls take a hundred times as long as the others'."""

    keys: int = 100  # known keys that hits go round
    hits: int = 500  # calls in one batch
    misses: int = 100
    bare_calls: int = 500  # at most so many calls in a batch outside a flow
    every: int = 1  # takes part in every n-th round


@dataclass(frozen=True)
class Tool:
    """One of the tools, and how its programs are started."""

    name: str
    venv: str
    front_door: str = ""  # what a program imports that uses it; empty: there is no package
    help_command: tuple[str, ...] = ()
    effort: Effort = Effort()

    @property
    def python(self) -> Path:
        """The interpreter of the tool's environment."""
        return HOUSE / self.venv / "bin" / "python"

    @property
    def program(self) -> Path:
        """The program that performs with this tool."""
        return HERE / "programs" / f"with_{self.name}.py"

    def version(self) -> str | None:
        """Return the installed version, or None when the tool is missing."""
        if not self.python.exists():
            return None
        if not self.front_door:
            return "yardstick"
        asked = f"from importlib.metadata import version; print(version({self.name!r}))"
        found = subprocess.run([self.python, "-c", asked], capture_output=True, text=True, check=False)
        return found.stdout.strip() if found.returncode == 0 else None

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the variables for a process of this tool that keeps everything in `folder`."""
        own = {
            "BENCHMARK_FOLDER": str(folder / "cache"),
            "RECOUP_HOME": str(folder / "home"),
            "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(folder / "cache"),
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_LOCAL_STORAGE_PATH": str(folder / "cache"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        foreign = ("RECOUP_", "PREFECT_", "PYTHON")
        return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | own


RECOUP = Tool("recoup", ".venv", "from recoup import flow, task", ("recoup", "--help"))
DISKCACHE = Tool("diskcache", ".venv-peers", "from diskcache import Cache")
JOBLIB = Tool("joblib", ".venv-peers", "from joblib import Memory")
CACHIER = Tool("cachier", ".venv-peers", "from cachier import cachier", ("cachier", "--help"), Effort(every=3))
PREFECT = Tool(
    "prefect",
    ".venv-peers",
    "from prefect import flow, task",
    ("prefect", "--help"),
    Effort(keys=20, hits=20, misses=10, bare_calls=5, every=5),
)
FILE = Tool("file", ".venv")
TOOLS = (RECOUP, DISKCACHE, JOBLIB, CACHIER, PREFECT, FILE)
