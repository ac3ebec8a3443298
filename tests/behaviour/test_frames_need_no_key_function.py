"""DataFrames as arguments need no key function: `cache=True`, `INPUTS` and `task_input_hash` go by their content."""

import json

import pytest

from projects import Project

PROGRAM = """
import json
import sys

import numpy as np
import pandas as pd

from recoup import task, task_input_hash
from recoup.cache_policies import INPUTS

bodies = []


def total(frame, scale=1):
    bodies.append(scale)
    return float(frame["delay"].sum() * scale)


TASKS = {
    "cache=True": task(cache=True, task_key="a")(total),
    "INPUTS": task(cache_policy=INPUTS, task_key="b")(total),
    "task_input_hash": task(cache_key_fn=task_input_hash, task_key="c")(total),
}


def frame():
    return pd.DataFrame({"day": ["mon", "tue", None], "delay": [1.5, np.nan, 3.0]}, index=pd.Index([3, 1, 2], name="id"))


def one_cell():
    changed = frame()
    changed.loc[1, "delay"] = 2.0
    return changed


FRAMES = {
    "first": frame(),
    "rebuilt": pd.concat([frame().iloc[:2], frame().iloc[2:]]),
    "a view": frame().assign(more=1)[["day", "delay"]],
    "one cell": one_cell(),
    "another index": frame().reset_index(drop=True),
    "renamed": frame().rename(columns={"day": "Day"}),
    "float32": frame().astype({"delay": "float32"}),
    "columns in another order": frame()[["delay", "day"]],
}

ran = {}
for way, load in TASKS.items():
    for name, value in FRAMES.items():
        bodies.clear()
        load(value)
        ran[f"{way}, {name}"] = bool(bodies)
print(json.dumps(ran))
"""

HITS = ("rebuilt", "a view")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return which bodies ran in a first and in a second process."""
    project = Project(tmp_path_factory.mktemp("frames"), {"program.py": PROGRAM})
    return [json.loads(project.run("program.py", PYTHONHASHSEED=seed).stdout) for seed in ("1", "2")]


def test_a_frame_that_differs_in_a_cell_runs_and_an_equal_one_is_a_hit(runs):
    assert runs[0] == {name: not name.endswith(HITS) for name in runs[0]}
    assert len(runs[0]) == 3 * 8


def test_in_a_new_process_all_of_them_are_hits(runs):
    assert not any(runs[1].values())
