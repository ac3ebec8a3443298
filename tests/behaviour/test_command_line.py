"""The command line as a process of its own: the same keys each way, clean output, exit codes, a live terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import textwrap

import pytest

RECOUP = (sys.executable, "-m", "recoup.cli.main")

PIPELINE = """
from dataclasses import dataclass
from pkg.shapes import Point, twice
from recoup import flow, task

@dataclass
class Config:
    rate: float = 0.1

@task(cache=True)
def make(config: Config):
    return config, twice(Point(3))

@task(cache=True)
async def later(config: Config):
    return config

@flow
def pipeline():
    config, point = make(Config())
    assert type(config) is Config, "a hit gives back the class of the program that runs"
    assert type(point) is Point
    return make.key(Config()), later.key(Config())

if __name__ == "__main__":
    print(pipeline())
"""

SHAPES = """
from dataclasses import dataclass

@dataclass
class Point:
    x: int

def twice(point):
    return Point(2 * point.x)
"""


@pytest.fixture
def project(tmp_path):
    """Return a project with a package, and a folder elsewhere to start programs from."""
    folder = tmp_path / "project"
    (folder / "src" / "pkg").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "src" / "pkg" / "__init__.py").touch()
    (folder / "src" / "pkg" / "pipeline.py").write_text(PIPELINE)
    (folder / "src" / "pkg" / "shapes.py").write_text(SHAPES)
    return folder


def run(*command, cwd, **environment):
    """Run a program to its end."""
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_a_script_a_module_an_import_and_recoup_run_share_keys_and_classes(project, tmp_path):
    src = str(project / "src")
    file = "src/pkg/pipeline.py"
    started = [
        run(sys.executable, file, cwd=project, PYTHONPATH=src),
        run(sys.executable, "-m", "pkg.pipeline", cwd=project, PYTHONPATH=src),
        run(sys.executable, "-c", "from pkg.pipeline import pipeline; print(pipeline())", cwd=project, PYTHONPATH=src),
        run(*RECOUP, "run", f"{file}:pipeline", cwd=project),
        run(*RECOUP, "run", "pkg.pipeline:pipeline", cwd=project, PYTHONPATH=src),
        run(*RECOUP, "run", f"{project}/{file}", cwd=tmp_path),
    ]
    assert [program.returncode for program in started] == [0] * 6, [program.stderr for program in started]
    assert len({re.search(r"\('[0-9a-f]{64}', '[0-9a-f]{64}'\)", program.stdout).group() for program in started}) == 1
    assert ["cached make" in program.stderr for program in started] == [False] + [True] * 5


def test_a_value_is_shown_from_another_folder_of_its_project(project):
    run(*RECOUP, "run", "src/pkg/pipeline.py", cwd=project)
    (result,) = json.loads(run(*RECOUP, "results", "--json", cwd=project).stdout)
    shown = run(*RECOUP, "results", "show", result["key"], "--value", cwd=project / "src" / "pkg")
    assert shown.stdout.endswith("value\n  (Config(rate=0.1), Point(x=6))\n")


NOISY = """
import os, subprocess, sys
from recoup import flow

@flow
def go():
    print("printed")
    os.write(1, b"written\\n")
    subprocess.run([sys.executable, "-c", "print('by a child')"], check=True)
"""


def test_with_json_only_json_reaches_standard_output(tmp_path):
    (tmp_path / "noisy.py").write_text(NOISY)
    said = run(*RECOUP, "run", "noisy.py", "--json", cwd=tmp_path)
    assert [json.loads(line)["type"] for line in said.stdout.splitlines()] == ["FlowStarted", "FlowEnded", "Summary"]
    assert all(words in said.stderr for words in ("printed", "written", "by a child"))


WAITS = """
import os, sys, threading
from recoup import flow, task

@task(cache=True)
def first():
    return 1

@task
def waits():
    sys.stderr.write("waiting\\n")
    sys.stderr.flush()
    threading.Event().wait(0 if os.environ.get("TEST_WAIT") else None)

@flow
def go():
    first()
    waits()
"""


def test_an_interrupted_run_says_so_and_keeps_what_it_had(tmp_path):
    (tmp_path / "waits.py").write_text(WAITS)
    with subprocess.Popen(
        (*RECOUP, "run", "waits.py"), cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        while "waiting" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, err.splitlines()[-1]) == (130, "interrupted")
    assert "1 ran" in out
    (latest,) = json.loads(run(*RECOUP, "runs", "--json", cwd=tmp_path).stdout)
    assert latest["state"] == "Cancelled"
    assert [result["task"] for result in json.loads(run(*RECOUP, "results", "--json", cwd=tmp_path).stdout)] == ["waits:first"]


def test_a_run_whose_process_is_gone_is_told_from_one_that_goes_on(tmp_path):
    (tmp_path / "waits.py").write_text(WAITS)
    with subprocess.Popen((*RECOUP, "run", "waits.py"), cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while "waiting" not in process.stderr.readline():
            pass
        assert "Running" in run(*RECOUP, "runs", cwd=tmp_path).stdout
        process.kill()
    assert "Killed" in run(*RECOUP, "runs", cwd=tmp_path).stdout
    assert "cached first · from run go-" in run(*RECOUP, "run", "waits.py", cwd=tmp_path, TEST_WAIT="no").stderr


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    with subprocess.Popen((*RECOUP, "config", "--json"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_help_settings_and_results_start_without_what_they_do_not_need(tmp_path):
    program = textwrap.dedent(
        """
        import sys
        from recoup.cli.main import main
        main({arguments})
        heavy = {{"rich", "asyncio", "numpy", "pandas", "msgspec"}} & set(sys.modules)
        sys.stderr.write(",".join(sorted(heavy)))
        """
    )
    loaded = {
        arguments: run(sys.executable, "-c", program.format(arguments=list(arguments)), cwd=tmp_path).stderr
        for arguments in (("--help",), ("run", "--help"), ("config",), ("results",), ("runs",))
    }
    assert loaded == {
        ("--help",): "",
        ("run", "--help"): "",
        ("config",): "msgspec",
        ("results",): "msgspec",
        ("runs",): "msgspec",
    }


# --- on a terminal -------------------------------------------------------------------------------

TALKS = """
import logging, sys
from recoup import flow, task

logging.basicConfig(level="INFO", format="logged: %(message)s")

@task(cache=True)
def load(day):
    print("printed by load")
    logging.info("by load")
    return day

@task(cache=True)
def double(x):
    return 2 * x

@task(cache=True)
def nameless(items):
    return 1

@flow
def go(day: int = 1):
    nameless(iter([]))
    return load(day), sum(double.map(range(16)).result())
"""


def on_a_terminal(*command, cwd, **environment):
    """Run a program whose three standard streams are a terminal, and return what it sent there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "30", **environment}
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    sent = b""
    with process:
        while select.select([ours], [], [], 60)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end was closed
                break
            if not piece:
                break
            sent += piece
    os.close(ours)
    return process.returncode, sent.decode()


def what_stays(sent):
    """Return the lines that a terminal shows in the end: each as it was written last, without colours."""
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", sent)
    return [line.rpartition("\r")[2].rstrip() for line in plain.replace("\r\n", "\n").split("\n")]


def test_a_terminal_shows_a_row_for_each_task_below_what_the_flow_prints(tmp_path):
    (tmp_path / "talks.py").write_text(TALKS)
    code, sent = on_a_terminal(*RECOUP, "run", "talks.py", cwd=tmp_path)
    lines = what_stays(sent)
    assert code == 0
    assert "printed by load" in lines
    assert "logged: by load" in lines
    assert any(re.match(r"not cached nameless · cannot hash `items`", line) for line in lines)
    assert any(re.match(r"●  load +ran · first time", line) for line in lines)
    assert any(re.match(r"●  double 16 +16 ran · first time", line) for line in lines)
    assert "result: (1, 240)" in lines
    assert "18 tasks · 0 cached · 18 ran" in lines


def test_a_second_run_on_a_terminal_tells_what_was_reused_and_colours_can_be_left_out(tmp_path):
    (tmp_path / "talks.py").write_text(TALKS)
    run(*RECOUP, "run", "talks.py", cwd=tmp_path)
    _, sent = on_a_terminal(*RECOUP, "run", "talks.py", cwd=tmp_path, NO_COLOR="1")
    assert any(re.match(r"✓  double 16 +16 cached · from run go-\w+ +saved ", line) for line in what_stays(sent))
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", sent)


def test_a_refusal_on_a_terminal_leaves_nothing_but_its_message(tmp_path):
    (tmp_path / "talks.py").write_text(TALKS)
    code, sent = on_a_terminal(*RECOUP, "run", "talks.py", "-p", "day=x", cwd=tmp_path)
    assert code == 2
    assert [line for line in what_stays(sent) if line][-1].startswith("error: parameter day of flow go takes int")


def test_a_terminal_without_cursor_gets_plain_lines(tmp_path):
    (tmp_path / "talks.py").write_text(TALKS)
    _, sent = on_a_terminal(*RECOUP, "run", "talks.py", cwd=tmp_path, TERM="dumb")
    assert "\x1b" not in sent
    assert "ran load · first time · " in sent


def test_a_flow_that_ends_in_a_failed_state_is_a_failure(tmp_path):
    (tmp_path / "ends.py").write_text("""
from recoup import flow, task
from recoup.states import Failed

@task
def fail():
    raise ValueError("no")

@flow
def states():
    return [fail.submit()]
""")
    failed = subprocess.run((*RECOUP, "run", "ends.py:states"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "error: flow states ended as Failed: 1/1 states failed." in failed.stderr
