"""The program of section 2 of the design runs word for word, however it is started, with the same keys each way."""

import json
import shutil

import pytest

from projects import Project

HEAD = """
import json
from datetime import timedelta
from recoup import flow, task, task_input_hash
from recoup.cache_policies import INPUTS, TASK_SOURCE, CODE
from recoup.storage import LocalFileSystem

UPSTREAM_VERSION = "v7"

@task(cache=True)                                    # reuse across runs: INPUTS + CODE, persisted
{a}def load(day):
    print("body load")
    return [day, 1, 2]

@task(result_storage=LocalFileSystem("team"),        # 1. a storage backend on a task
      cache_key_fn=task_input_hash,                  # 2. the key from the inputs
      cache_expiration=timedelta(hours=24))          # 4. stale results are not served
{a}def features(frame):
    print("body features")
    return {{"n": len(frame)}}

@task(cache_key_fn=lambda ctx, args: f"{{args['day']}}-{{UPSTREAM_VERSION}}")   # 3. a key of one's own
{a}def report(day):
    print("body report")
    return f"report of {{day}}"

@task(persist_result=True)                           # 5. survives retries, crashes and restarts of its run
{a}def train(x):
    print("body train")
    return x["n"] * 10

@flow
{a}def pipeline(day):
    frame = {w}load(day)
    made = {w}features(frame)
    trained = {w}train(made)
    again = {w}train(made)
    return [{w}report(day), trained, again, load.key(day), features.key(frame), report.key(day)]
"""

MAIN = """
if __name__ == "__main__":
    {imports}
    print(json.dumps({run}))
"""

KINDS = {
    "sync": HEAD.format(a="", w="") + MAIN.format(imports="pass", run='pipeline("2026-01-01")'),
    "async": HEAD.format(a="async ", w="await ")
    + MAIN.format(imports="import asyncio", run='asyncio.run(pipeline("2026-01-01"))'),
}

CALLER = {
    "sync": "import json, program; print(json.dumps(program.pipeline('2026-01-01')))",
    "async": "import asyncio, json, program; print(json.dumps(asyncio.run(program.pipeline('2026-01-01'))))",
}

WAYS = {
    "script": lambda kind: (["program.py"], "."),
    "path": lambda kind: (["work/program.py"], ".."),
    "module": lambda kind: (["-m", "program"], "."),
    "imported": lambda kind: (["-c", CALLER[kind]], "."),
    "recoup run": lambda kind: (["-m", "recoup.cli.main", "run", "program.py:pipeline", "-p", "day=2026-01-01", "--json"], "."),
    "recoup run module": lambda kind: (
        ["-m", "recoup.cli.main", "run", "program:pipeline", "-p", "day=2026-01-01", "--json"],
        ".",
    ),
}


def bodies(printed):
    return [line.removeprefix("body ") for line in printed.splitlines() if line.startswith("body ")]


@pytest.fixture(scope="module", params=list(KINDS))
def first(request, tmp_path_factory):
    """Return the kind, the project after its first run as a script, and what that run answered."""
    project = Project(tmp_path_factory.mktemp(request.param), {"program.py": KINDS[request.param]})
    project.code = project.code.rename(project.folder / "work")
    ran = project.run("program.py")
    assert bodies(ran.stdout) == ["load", "features", "train", "report"]
    return request.param, project, json.loads(ran.stdout.splitlines()[-1])


def test_the_first_run_computes_each_task_once(first):
    """`train` is reused within its run, by the default policy."""
    _, project, answer = first
    assert answer[:3] == ["report of 2026-01-01", 30, 30]
    assert answer[5] == "2026-01-01-v7"
    assert (project.code / "team" / "records").is_dir()


@pytest.mark.parametrize("way", list(WAYS))
def test_the_second_run_computes_only_what_belongs_to_its_run(first, way):
    """Whatever way it is started, the keys are those of the first run."""
    kind, project, answer = first
    command, cwd = WAYS[way](kind)
    shutil.copytree(project.code / "team", project.folder / "team", dirs_exist_ok=True)  # the folder counts from where one stands
    ran = project.run(*command, cwd=project.code / cwd, PYTHONPATH=str(project.code))
    assert bodies(ran.stdout + ran.stderr) == ["train"]
    if not way.startswith("recoup"):
        assert json.loads(ran.stdout.splitlines()[-1]) == answer


def test_sync_and_async_twins_are_different_programs_with_equal_results(first):
    """What a key function says is the same; the code is not."""
    _, _, answer = first
    assert answer[5] == "2026-01-01-v7"
    assert len({*answer[3:]}) == 3
