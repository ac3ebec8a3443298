"""A stream whose process is killed is not kept; the next run has all of it."""

import os
import signal
import subprocess
import sys

import pytest

from projects import Project

PROGRAM = """
import json, os, signal, sys
from recoup import task
from recoup.events import subscribe

told = []
subscribe(lambda event: told.append(type(event).__name__))

@task(cache=True)
def rows(n):
    for number in range(n):
        yield {"row": number, "text": "x" * (100_000 if number % 10 == 0 else 100)}

kill_at = int(sys.argv[1])
got = []
for row in rows(5_000):
    got.append(row["row"])
    if row["row"] == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
assert got == list(range(5_000))
print(json.dumps(told))
"""


@pytest.mark.parametrize("kill_at", [0, 2_500, 4_999])
def test_a_killed_stream_runs_again_from_its_beginning_and_is_then_kept(tmp_path, kill_at):
    project = Project(tmp_path, {"program.py": PROGRAM})
    killed = subprocess.run(
        [sys.executable, "program.py", str(kill_at)],
        cwd=project.code,
        env=os.environ | {"RECOUP_HOME": str(project.home), "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(project.home / "storage")},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not list(project.home.glob("storage/records/*/*"))
    assert project.answer("program.py", "-1") == ["WillCompute", "DidCompute", "DidStore"]
    assert project.answer("program.py", "-1") == ["Hit"]
