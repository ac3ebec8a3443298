"""Make the environments of the tools that Recoup is measured beside, when they are not as their pins say: `python -m benchmarks.peers_env [hashers]`."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

from benchmarks.tools import HERE, HOUSE

if TYPE_CHECKING:
    from pathlib import Path

PEERS = HOUSE / ".venv-peers", HERE / "peers.txt"
HASHERS = HOUSE / ".venv-hashers", HERE / "hashers.txt"


def make(folder: Path, pins: Path) -> bool:
    """Make the environment in `folder` from `pins`; say whether that was needed."""
    stamp = folder / "made-from"
    wanted = f"{sys.version_info[:3]} {hashlib.sha256(pins.read_bytes()).hexdigest()}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    venv.EnvBuilder(clear=True, with_pip=True).create(folder)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    # The pins are complete, so nothing is resolved: Prefect's demand for a newer certifi is overridden by not asking.
    # Compiled, because a first import that writes bytecode would be measured instead of an import.
    install = [python, "-m", "uv", "pip", "install", "--no-deps", "--compile-bytecode", "--python", python, "-r", pins]
    subprocess.run(install, check=True)
    if folder == PEERS[0]:
        migrate(folder)
    stamp.write_text(wanted)
    return True


def migrate(folder: Path) -> None:
    """Migrate Prefect's database once: a server on an empty home starts 10 seconds later."""
    home = os.environ | {"PREFECT_HOME": str(folder / "prefect-home"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    subprocess.run([folder / "bin" / "prefect", "server", "database", "upgrade", "-y"], env=home, check=True)


if __name__ == "__main__":
    make(*(HASHERS if "hashers" in sys.argv[1:] else PEERS))
