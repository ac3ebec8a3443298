"""Measure Recoup beside its peers, print the table, write `results/latest.json`: `python -m benchmarks [--quick] [--check]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.report import document, markdown
from benchmarks.rounds import FULL, QUICK, measure
from benchmarks.rows import ROWS
from benchmarks.scratch import scratch
from benchmarks.tools import HERE, TOOLS

RESULTS = HERE / "results"
PUBLISHED = HERE / "RESULTS.md"


def main() -> int:
    options = parse()
    chosen = [tool for tool in TOOLS if tool.name in options.tools]
    versions = {tool.name: tool.version() for tool in chosen}
    RESULTS.mkdir(exist_ok=True)
    with scratch(RESULTS) as folder:
        started, load = time.monotonic(), os.getloadavg()[0]
        present = [tool for tool in chosen if versions[tool.name]]
        measured = measure(present, QUICK if options.quick else FULL, Path(folder), tell)
        seconds = time.monotonic() - started
    report = document(ROWS, measured.samples, versions, measured.failures, about(quick=options.quick, seconds=seconds, load=load))
    (RESULTS / "latest.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(markdown(report))
    if options.publish:
        PUBLISHED.write_text(
            f"# Benchmark results\n\nWritten by `make bench`; `README.md` says how to read it.\n\n{markdown(report)}"
        )
    for tool, failure in measured.failures.items():
        print(f"{tool} failed: {failure}\n", file=sys.stderr)
    return exit_code(report, check=options.check)


def parse() -> argparse.Namespace:
    names = [tool.name for tool in TOOLS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Recoup beside its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under a minute")
    parser.add_argument("--check", action="store_true", help="exit 1 when a budget is exceeded or could not be judged")
    parser.add_argument("--publish", action="store_true", help=f"write {PUBLISHED.name} too")
    parser.add_argument(
        "--tools", nargs="+", choices=names, default=names, metavar="TOOL", help=f"only these of {', '.join(names)}"
    )
    return parser.parse_args()


def about(*, quick: bool, seconds: float, load: float) -> dict[str, str]:
    """Say where and how it was measured, without anything that names the machine; `load` tells how busy it was already."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "rounds": "quick" if quick else "full",
        "took": f"{seconds:.0f} s",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "load before": f"{load:.1f}",
    }


def exit_code(report: dict[str, Any], *, check: bool) -> int:
    """Fail when a program failed, or Recoup is missing; with `check` also when a budget is not met."""
    if report["failures"] or report["versions"].get("recoup", "not asked for") is None:
        return 1
    return int(check and any(not verdict["met"] for row in report["rows"] for verdict in row["verdicts"]))


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
