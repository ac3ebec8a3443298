"""Make `.venv-peers`, the environment of the tools that Recoup is measured beside, when it is not as `peers.txt` says."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv

from benchmarks.tools import HERE, HOUSE

PINS = HERE / "peers.txt"
FOLDER = HOUSE / ".venv-peers"
STAMP = FOLDER / "made-from"


def main() -> int:
    wanted = f"{sys.version_info[:3]} {hashlib.sha256(PINS.read_bytes()).hexdigest()}\n"
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    venv.EnvBuilder(clear=True, with_pip=True).create(FOLDER)
    python = FOLDER / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    # The pins are complete, so nothing is resolved: Prefect's demand for a newer certifi is overridden by not asking.
    # Compiled, because a first import that writes bytecode would be measured instead of an import.
    install = [python, "-m", "uv", "pip", "install", "--no-deps", "--compile-bytecode", "--python", python, "-r", PINS]
    subprocess.run(install, check=True)
    # Prefect's database, migrated once: a server on an empty home starts 10 seconds later.
    home = os.environ | {"PREFECT_HOME": str(FOLDER / "prefect-home"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    subprocess.run([FOLDER / "bin" / "prefect", "server", "database", "upgrade", "-y"], env=home, check=True)
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
