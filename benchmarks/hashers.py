"""Judge the hashers of other tools by the corpus that Recoup ships: `python -m benchmarks.hashers [--check] [--publish]`.

Each hasher has a process of its own; one that dies in a case has that case as a fault and goes on behind it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import about
from benchmarks.peers_env import HASHERS as ENVIRONMENT
from benchmarks.peers_env import make
from benchmarks.report import table
from benchmarks.tools import HERE, HOUSE

PUBLISHED = HERE / "HASHERS.md"
PROGRAMS = HERE / "programs"
PYTHON = ENVIRONMENT[0] / "bin" / "python"

KINDS = {
    "collision": "collisions",
    "needless": "needless",
    "unstable": "unstable",
    "refused": "refused",
    "made-up": "made up",
}


@dataclass(frozen=True)
class Hasher:
    """One of `programs/hashers.py`; `known` are faults that it has, by name: without them the corpus would not bite."""

    name: str
    title: str
    package: str = ""
    in_memory: bool = False
    known: tuple[tuple[str, str], ...] = ()


# Faults that were known before the corpus was there, or were confirmed by hand with the versions of the pins.
PREFECT_KNOWN = (
    ("collision", "list: a list and a tuple"),
    ("collision", "dict: keys 1 and '1'"),
    ("collision", "Enum: a text that is a member"),
    ("collision", "named tuple: a named tuple and a tuple"),
    ("collision", "time: the fold"),
    ("unstable", "set: texts"),
    ("needless", "numpy.ndarray: rows first and columns first"),
    ("made-up", "iterator: a generator"),
)
JOBLIB_KNOWN = (
    ("collision", "OrderedDict: the order"),
    ("collision", "datetime: the hour that comes twice"),
    ("needless", "list: shared and copied members"),
    ("needless", "numpy.ndarray: rows first and columns first"),
    ("refused", "lambda: a lambda"),
)
DASK_KNOWN = (
    ("collision", "defaultdict: a defaultdict and a dict"),
    ("collision", "Counter: a counter and a dict"),
    ("collision", "subclass of float: two subclasses"),
    ("needless", "numpy.ndarray: rows first and columns first"),
    ("unstable", "lambda: a lambda"),
)
REDUN_KNOWN = (
    ("collision", "datetime: the hour that comes twice"),
    ("needless", "dict: the other order"),
    ("unstable", "object: an object with a set"),
    ("refused", "lambda: a lambda"),
)
HAMILTON_KNOWN = (
    ("collision", "list: a list and a tuple"),
    ("collision", "int: 1 and its text"),
    ("collision", "numpy.ndarray: dtype of one width"),
    ("collision", "numpy.ndarray: shape"),
    ("collision", "pandas.DataFrame: names of columns"),
    ("refused", "path: a path"),
)
STREAMLIT_KNOWN = (
    ("collision", "time: the fold"),
    ("collision", "Enum: another value under one name"),
    ("needless", "dict: the other order"),
)
PICKLE_KNOWN = (
    ("needless", "dict: the other order"),
    ("needless", "list: shared and copied members"),
    ("unstable", "set: texts"),
    ("refused", "lambda: a lambda"),
)
LRU_CACHE_KNOWN = (
    ("collision", "bool: true and 1.0"),
    ("collision", "float: the sign of zero"),
    ("refused", "list: a list and a tuple"),
)

HASHERS = (
    Hasher("recoup", "Recoup: `recoup.hashing.digest`"),
    Hasher("prefect", "Prefect: `INPUTS`", "prefect", known=PREFECT_KNOWN),
    Hasher("joblib", "joblib: `joblib.hash`", "joblib", known=JOBLIB_KNOWN),
    Hasher("dask", "Dask: `tokenize`", "dask", known=DASK_KNOWN),
    Hasher("dask_strict", "Dask: `tokenize(ensure_deterministic=True)`", "dask", known=DASK_KNOWN),
    Hasher("redun", "redun: `TypeRegistry.get_hash`", "redun", known=REDUN_KNOWN),
    Hasher("hamilton", "Hamilton: `hash_value`", "sf-hamilton", known=HAMILTON_KNOWN),
    Hasher("streamlit", "Streamlit: `st.cache_data`", "streamlit", known=STREAMLIT_KNOWN),
    Hasher("cachier", "cachier: default `hash_func`", "cachier", known=PICKLE_KNOWN),
    Hasher("diskcache", "diskcache: `memoize`", "diskcache", known=PICKLE_KNOWN),
    Hasher("lru_cache", "`functools.lru_cache`", in_memory=True, known=LRU_CACHE_KNOWN),
    Hasher("pickled", "SHA-256 of `pickle`", known=PICKLE_KNOWN),
    Hasher("cloudpickled", "SHA-256 of `cloudpickle`", "cloudpickle", known=PICKLE_KNOWN[:3]),
)


@dataclass(frozen=True)
class Judged:
    """What was found about one hasher: kind of fault -> the cases, in their order; and how many cases there were."""

    hasher: Hasher
    version: str
    cases: int
    faults: dict[str, list[str]]

    def missing(self) -> list[str]:
        """Return the faults that it is known to have and that were not found."""
        return [f"{kind}: {case}" for kind, case in self.hasher.known if case not in self.faults.get(kind, ())]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hashers", description="Judge hashers by the shipped corpus.")
    parser.add_argument("--check", action="store_true", help="exit 1 when Recoup has a fault, or a peer none of its known ones")
    parser.add_argument("--publish", action="store_true", help=f"write {PUBLISHED.name} too")
    parser.add_argument("--hashers", nargs="+", choices=[hasher.name for hasher in HASHERS], metavar="HASHER", help="only these")
    options = parser.parse_args()
    make(*ENVIRONMENT)
    load = os.getloadavg()[0]
    chosen = [hasher for hasher in HASHERS if hasher.name in (options.hashers or [hasher.name])]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = list(pool.map(judge, chosen, [Path(folder) / hasher.name for hasher in chosen]))
    text = page(judged, load)
    print(text)
    if options.publish:
        PUBLISHED.write_text(f"# Hashers beside the corpus\n\nWritten by `make bench-hashers`.\n\n{text}", encoding="utf-8")
    wrong = [f"{one.hasher.name} lacks: {fault}" for one in judged for fault in one.missing()]
    wrong += [
        f"recoup: {kind}: {case}"
        for one in judged
        if one.hasher.name == "recoup"
        for kind in one.faults
        for case in one.faults[kind]
    ]
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(options.check and wrong))


# --- judging --------------------------------------------------------------------------------


def judge(hasher: Hasher, folder: Path) -> Judged:
    print(f"{hasher.name} …", file=sys.stderr, flush=True)
    folder.mkdir()
    verdicts = folder / f"{hasher.name}.jsonl"
    first, faults = 0, {kind: [] for kind in KINDS}
    while True:
        done = run("judge.py", hasher.name, str(verdicts), str(first), folder=folder)
        lines = [json.loads(line) for line in verdicts.read_text(encoding="utf-8").splitlines()]
        if done == 0:
            break
        if "case" not in lines[-1]:
            raise SystemExit(f"{hasher.name} ended between two cases with exit code {done}")
        with verdicts.open("a", encoding="utf-8") as file:
            print(json.dumps({"number": lines[-1]["number"], "kind": "refused", "detail": f"died: {done}"}), file=file)
        first = lines[-1]["number"] + 1
    names = {line["number"]: line["case"] for line in lines if "case" in line}
    for line in lines:
        if line.get("kind"):
            faults[line["kind"]].append(names[line["number"]])
    if not hasher.in_memory:
        add_unstable(hasher, faults, folder)
    return Judged(hasher, version(hasher), len(names), faults)


def add_unstable(hasher: Hasher, faults: dict[str, list[str]], folder: Path) -> None:
    """Add the cases whose digests are other ones in another process."""
    file = folder / f"{hasher.name}.json"
    others = [case for kind in ("refused", "made-up", "unstable") for case in faults[kind]]
    if run("stability.py", hasher.name, str(file), folder=folder, said=json.dumps(others)):
        raise SystemExit(f"{hasher.name}: could not be asked in two processes")
    faults["unstable"] += json.loads(file.read_text(encoding="utf-8"))


def run(program: str, *arguments: str, folder: Path, said: str = "") -> int:
    """Run a program in the environment of the hashers, which reads `said`, and return its exit code."""
    ours = {
        "PYTHONPATH": os.pathsep.join([str(HOUSE / "src"), str(PROGRAMS)]),
        "PREFECT_HOME": str(folder / "home"),
        "RECOUP_HOME": str(folder / "home"),
        "JAX_PLATFORMS": "cpu",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "RECOUP_", "PYTHON"))}
    with (folder / "log").open("ab") as log:
        command = [PYTHON, "-W", "ignore", PROGRAMS / program, *arguments]
        return subprocess.run(
            command, env=environment | ours, stdout=log, stderr=log, input=said.encode(), cwd=folder, check=False
        ).returncode


def version(hasher: Hasher) -> str:
    if not hasher.package:
        return ""
    asked = f"from importlib.metadata import version; print(version({hasher.package!r}))"
    return subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


# --- the page -------------------------------------------------------------------------------


EXPLAINED = """*Collisions*: one key for two values that a task can tell apart, so that one is served the other's result. *Needless*: two keys for
values that are equal in type and content. *Unstable*: another key for the same value, made again or in another process, so that it never hits.
*Refused*: an error, or the end of the process, for a value that has content. *Made up*: a key for a value without stable content: a lock, a socket,
a generator. What counts as equal is said in `docs/keys.md`. `functools.lru_cache` lives in one process and is not asked in a second."""


def page(judged: list[Judged], load: float) -> str:
    facts = about(quick=False, seconds=0, load=load)
    line = "; ".join(f"{name}: {facts[name]}" for name in ("date", "python", "system"))
    rows = [[one.hasher.title, one.version, str(one.cases), *(str(len(one.faults[kind])) for kind in KINDS)] for one in judged]
    parts = [
        table(["hasher", "version", "cases", *KINDS.values()], rows),
        EXPLAINED,
        "## Collisions by type",
        by_type(judged, "collision"),
    ]
    for one in judged:
        parts += [f"## {one.hasher.title}", *(listed(kind, one.faults[kind]) for kind in KINDS if one.faults[kind])]
    return "\n\n".join([*parts, line]) + "\n"


def by_type(judged: list[Judged], kind: str) -> str:
    """Return a table: how many collisions of each type; types without any are left out."""
    counts = [Counter(case.partition(":")[0] for case in one.faults[kind]) for one in judged]
    types = sorted({name for count in counts for name in count}, key=str.casefold)
    return table(
        ["type", *(one.hasher.name for one in judged)], [[name, *(str(count[name] or "") for count in counts)] for name in types]
    )


def listed(kind: str, cases: list[str]) -> str:
    """Return the names of cases under their types."""
    types: dict[str, list[str]] = {}
    for case in cases:
        name, _, rest = case.partition(": ")
        types.setdefault(name, []).append(rest)
    return "\n".join([f"{KINDS[kind]}:", "", *(f"- {name}: {'; '.join(rest)}" for name, rest in types.items())])


if __name__ == "__main__":
    sys.exit(main())
