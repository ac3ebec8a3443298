"""Measure maps over many small tasks beside the peers: `python -m benchmarks.mapped [--quick] [--publish]`.

Each tool maps one function over the same number of tasks on the same number of threads of one process. Prefect gets fewer, since
each takes it a hundred times as long; times and memory are told for each task.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.__main__ import RESULTS, about
from benchmarks.processes import ProgramFailed, prefect_server
from benchmarks.report import table
from benchmarks.scratch import scratch
from benchmarks.tools import FILE, HERE, PREFECT, RECOUP, Tool

PUBLISHED = HERE / "MAPPED.md"
THREADS = 4
ROUNDS = 3
KINDS = {"not kept": "not kept", "kept": "kept on local disk", "hit": "served from there", "no flows": "plain futures"}
FUTURES = replace(FILE, name="futures")
DASK = Tool("distributed", ".venv-peers", "import distributed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mapped", description="Measure maps over many small tasks.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the tasks, once")
    parser.add_argument("--publish", action="store_true", help=f"write {PUBLISHED.name} too")
    options = parser.parse_args()
    tasks = 1_000 if options.quick else 10_000
    RESULTS.mkdir(exist_ok=True)
    lines, load = [], os.getloadavg()[0]
    with scratch(RESULTS) as folder:
        for tool, program, count in (
            (RECOUP, "recoup", tasks),
            (DASK, "dask", tasks),
            (PREFECT, "prefect", tasks // 20),
            (FUTURES, "futures", tasks),
        ):
            rounds = [
                measured(tool, program, count, Path(folder) / f"{program}-{n}") for n in range(1 if options.quick else ROUNDS)
            ]
            lines += [row(tool, kind, count, [found[kind] for found in rounds]) for kind in rounds[0]]
    facts = "; ".join(
        f"{name}: {value}" for name, value in about(quick=options.quick, seconds=0, load=load).items() if name not in LEFT_OUT
    )
    page = "\n\n".join([table(["map of a small task", "tasks", "time", "held", "left"], lines), EXPLAINED, facts]) + "\n"
    print(page)
    if options.publish:
        PUBLISHED.write_text(f"# Maps over many small tasks\n\nWritten by `make bench-mapped`.\n\n{page}")
    return 0


LEFT_OUT = ("took",)
EXPLAINED = f"""Medians of {ROUNDS} processes for each tool, {THREADS} threads, all figures for each task: *time* from the call of `map` until all have
ended; *held*, the memory of the process while all futures are held; *left*, what remains of it when they are gone, of which the allocator
keeps a part. What is kept is a file for each result, of new keys. Prefect runs beside a server that is already running; Dask is
`distributed` with its scheduler in the process."""


def row(tool: Tool, kind: str, count: int, rounds: list[dict[str, float]]) -> list[str]:
    work, held, left = (median(found[name] for found in rounds) for name in ("work", "held", "left"))
    name = f"{tool.name} {tool.version() or ''}".replace("yardstick", "(the standard library)").strip()
    return [
        f"{name}: {KINDS[kind]}",
        f"{count:,}",
        f"{work:,.0f} µs",
        f"{held / 1024:,.1f} KiB",
        f"{max(left, 0) / 1024:,.1f} KiB",
    ]


def measured(tool: Tool, program: str, count: int, folder: Path) -> dict[str, dict[str, float]]:
    """Return the figures of one process, by kind."""
    folder.mkdir()
    environment = tool.environment(folder)
    said = folder / "said"
    with contextlib.ExitStack() as stack:
        if tool is PREFECT:
            environment["PREFECT_API_URL"] = stack.enter_context(prefect_server(tool, environment, said))
        command = [tool.python, HERE / "programs" / "mapped.py", program, str(count), str(THREADS)]
        with said.open("ab") as stderr:
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(f"{program}: " + "\n".join(said.read_text(errors="replace").splitlines()[-15:]))
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
