"""A program has one fingerprint wherever it runs: in workers, after a round trip through pickle, on every Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pythons import other_pythons
from recoup.testing.hashing import edits

SOURCE = Path(__file__).parents[2] / "src"

PROGRAM = """
import functools
import math
from dataclasses import dataclass

LIMIT = 3
TABLE = {"a": [1, 2.5], "f": math.floor}


@dataclass(order=True)
class Model:
    depth: int = 1

    def score(self, rows):
        return [row ** self.depth for row in rows if row > LIMIT]


def repeated(times):
    def around(function):
        @functools.wraps(function)
        def wrapper(*args):
            return [function(*args) for _ in range(times)]
        return wrapper
    return around


@repeated(2)
def helper(x):
    match x:
        case {"k": [first, *rest]} if rest:
            return f"{first!r:>{LIMIT}}" "text"
        case _:
            return (y := x), y


def work(x):
    try:
        return helper(x), Model().score([x]), TABLE, [lambda v: v + LIMIT]
    except* ValueError as errors:
        print(errors)
"""

IN_WORKERS = """
import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import cloudpickle

from program import work
from recoup.hashing import fingerprint


def told():
    return str(fingerprint(work).digest)


def told_of(pickled):
    return str(fingerprint(cloudpickle.loads(pickled)).digest)


if __name__ == "__main__":
    import program
    found = {"here": told()}
    for method in ("fork", "spawn"):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
            found[method] = pool.submit(told).result()
    cloudpickle.register_pickle_by_value(program)
    found["by value"] = told_of(cloudpickle.dumps(work))
    cloudpickle.unregister_pickle_by_value(program)
    found["by name"] = told_of(cloudpickle.dumps(work))
    print(json.dumps(found))
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "workers.py").write_text(IN_WORKERS)
    return tmp_path


def answer(folder, python, *command):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(SOURCE), str(folder), str(folder / "src")]),
        "RECOUP_HOME": str(folder / "home"),
    }
    done = subprocess.run([python, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_workers_and_pickles_agree(program):
    found = answer(program, sys.executable, "workers.py")
    assert set(found) == {"here", "fork", "spawn", "by name", "by value"}
    assert len(set(found.values())) == 1, found


ASKED = """
import json, sys
from importlib import import_module
from recoup.hashing import fingerprint
from recoup.hashing.code import identity

said = {}
for call in sys.argv[1:]:
    module, _, name = call.partition(":")
    function = getattr(import_module(module), name)
    found = fingerprint(function)
    said[call] = [identity(function), str(found.digest), [(part.name, part.digest) for part in found.parts]]
print(json.dumps(said))
"""


def projects():
    """Return the projects of the corpus that need no other library."""
    return {edit.project.name: edit.project for edit in edits()}


@pytest.mark.parametrize("python", other_pythons())
def test_all_versions_of_python_agree(program, python):
    """The programs of the corpus, and one with what is newest in the language."""
    calls = ["program:work"]
    for project in projects().values():
        project.write(program)
        calls.append(project.call)
    here, there = (answer(program, each, "-c", ASKED, *calls) for each in (sys.executable, python))
    assert len(here) > 5
    assert there == here
