"""`recoup runs` tells what ran, and why."""

import json
import os
import sys
import time

import pytest

from recoup.engine.runs import encode_line
from recoup.records import RunRecord
from recoup.storage import LocalFileSystem


def run_twice(recoup):
    recoup("run", "pipe.py", "-p", "day=1")
    recoup("run", "pipe.py", "-p", "day=2")


def test_runs_are_listed_newest_first(recoup):
    run_twice(recoup)
    header, newest, oldest = recoup("runs").out.splitlines()
    assert header.split() == ["RUN", "STATE", "STARTED", "TOOK", "RAN", "CACHED", "FAILED", "SAVED", "PARAMETERS"]
    assert newest.endswith("day=2, n=2")
    assert oldest.endswith("day=1, n=2")
    assert len(recoup("runs", "--limit", "1").out.splitlines()) == 2


def test_as_json_every_run_has_its_times(recoup):
    run_twice(recoup)
    newest, oldest = json.loads(recoup("runs", "--json").out)
    assert (newest["ran"], newest["cached"], newest["state"], newest["target"]) == (1, 2, "Completed", "pipe.py:pipeline")
    assert oldest["wall_seconds"] > oldest["own_seconds"] > 0
    assert oldest["import_seconds"] > 0


def test_of_a_run_that_the_command_line_did_not_start_only_its_own_time_is_known(recoup, capsys):
    recoup("run", "pipe.py", "-p", "day=1")
    sys.modules["pipe"].pipeline(3)
    capsys.readouterr()
    newest = json.loads(recoup("runs", "--json").out)[0]
    assert newest["wall_seconds"] == newest["ended"] - newest["started"]
    assert newest["import_seconds"] is None
    assert newest["own_seconds"] is None


def test_a_run_shows_each_call_with_its_reason(recoup):
    run_twice(recoup)
    said = recoup("runs", "show").out
    assert "flow pipeline(day=2, n=2)" in said
    assert "  ran load · argument day 1 → 2 · " in said
    assert "  cached double[0] · from run pipeline-" in said
    assert " · key " in said


def test_a_run_is_found_by_its_name_its_id_and_how_they_begin(recoup):
    recoup("run", "pipe.py", "-p", "day=1")
    run = json.loads(recoup("runs", "--json").out)[0]
    shown = recoup("runs", "show").out
    for name in (run["name"], run["run"], run["name"][:-2], run["run"][:8]):
        assert recoup("runs", "show", name).out == shown
    assert json.loads(recoup("runs", "show", run["name"], "--json").out)["events"][0]["type"] == "WillCompute"


def test_an_unknown_run_and_an_ambiguous_one_are_told_apart(recoup):
    run_twice(recoup)
    names = [f"{run['name']} ({run['run'][:8]})" for run in json.loads(recoup("runs", "--json").out)]
    assert recoup("runs", "show", "pipe") == (
        2,
        "",
        f"error: 'pipe' may mean 2 runs: {', '.join(names)}. Give more of the name, or the id in brackets.\n",
    )
    said = recoup("runs", "show", "zzz")
    assert said.code == 2
    assert said.err.endswith("; `recoup runs` lists them, --storage looks elsewhere\n")


def test_an_empty_storage_says_how_to_fill_it(recoup, tmp_path):
    said = recoup("runs", "--storage", str(tmp_path / "empty"))
    assert said.out == f"no runs in LocalFileSystem('{tmp_path}/empty'); `recoup run FILE.py:FLOW` makes one\n"
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(("silent", "state"), [(10, "Running"), (1000, "Lost")])
def test_an_unfinished_run_of_another_machine_is_lost_when_it_is_silent(recoup, tmp_path, silent, state):
    """It is shown so; before it is taken over it is watched."""
    store = LocalFileSystem(tmp_path / "storage")
    record = RunRecord(
        recoup=1,
        run="r",
        name="n",
        flow="f",
        state="Running",
        started=0.0,
        machine="another",
        host="h",
        pid=1,
        lease_seconds=60.0,
    )
    store.put("runs/r", [encode_line(record)])
    os.utime(tmp_path / "storage" / "runs" / "r", (time.time() - silent,) * 2)
    (run,) = json.loads(recoup("runs", "--storage", str(tmp_path / "storage"), "--json").out)
    assert run["state"] == state
