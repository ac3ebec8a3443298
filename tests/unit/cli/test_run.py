"""`recoup run` runs a flow, shows what happens, and says what it came to."""

import json
import sys

import pytest


def test_the_summary_goes_to_standard_output_and_progress_to_standard_error(recoup):
    first = recoup("run", "pipe.py:pipeline", "-p", "day=2026-01-01")
    assert first.code == 0
    words, result, counts, times = first.out.splitlines()
    assert (words, result) == ("the flow's own words", "result: ['2026-01-01', 0, 2]")
    assert counts == "3 tasks · 0 cached · 3 ran"
    assert " in all: imports " in times
    assert "ran load · first time · " in first.err


def test_a_second_run_says_which_run_its_results_come_from(recoup):
    recoup("run", "pipe.py:pipeline", "-p", "day=2026-01-01")
    second = recoup("run", "pipe.py:pipeline", "-p", "day=2026-01-01")
    assert "3 tasks · 3 cached · 0 ran" in second.out
    assert "cached load · from run pipeline-" in second.err


def test_the_only_flow_of_a_file_need_not_be_named(recoup):
    assert recoup("run", "pipe.py", "-p", "day=1").code == 0


def test_a_module_is_found_from_the_working_directory(recoup):
    recoup("run", "pipe.py", "-p", "day=1")
    assert "3 cached" in recoup("run", "pipe:pipeline", "-p", "day=1").out


def test_a_file_in_a_package_is_imported_with_its_package(recoup, project):
    project("src/pkg/__init__.py", "")
    project("src/pkg/helper.py", "def help(x): return x + 1\n")
    project(
        "src/pkg/job.py",
        """
        from recoup import flow
        from .helper import help

        @flow
        def go():
            return help(1), __name__
        """,
    )
    assert "result: (2, 'pkg.job')" in recoup("run", "src/pkg/job.py:go").out


def test_a_file_in_an_oddly_named_folder_can_import_its_neighbours(recoup, project):
    project("v1.2/neighbour.py", "N = 3\n")
    project("v1.2/job.py", "from recoup import flow\nimport neighbour\n\n@flow\ndef go():\n    return neighbour.N\n")
    assert "result: 3" in recoup("run", "v1.2/job.py:go").out


def test_a_file_that_is_called_like_a_library_replaces_nothing(recoup, project):
    project("json.py", "from recoup import flow\n\n@flow\ndef go():\n    return 4\n\nagain = go\n")
    assert "result: 4" in recoup("run", "json.py").out
    assert sys.modules["json"] is json


def test_a_flow_that_names_a_storage_itself_keeps_it(recoup, project, tmp_path):
    own = tmp_path / "own"
    project("own.py", f"from recoup import flow\n\n@flow(result_storage={str(own)!r})\ndef go(): ...\n")
    said = recoup("run", "own.py", "--storage", str(tmp_path / "other"))
    assert f"warning: flow go names a storage itself, LocalFileSystem('{own}'); --storage is not used for it" in said.err
    assert (own / "recoup.json").exists()


def test_an_asynchronous_flow_is_awaited(recoup, project):
    project("later.py", "from recoup import flow\n\n@flow\nasync def go():\n    return 5\n")
    assert "result: 5" in recoup("run", "later.py").out


def test_results_of_plain_tasks_are_kept_unless_told_otherwise(recoup, project):
    project("plain.py", "from recoup import flow, task\n\n@task\ndef one(): return 1\n\n@flow\ndef go(): return one()\n")
    recoup("run", "plain.py")
    assert len(json.loads(recoup("results", "--json").out)) == 1
    recoup("run", "plain.py", "--no-persist")
    assert len(json.loads(recoup("results", "--json").out)) == 1


def test_a_setting_that_the_user_made_is_not_overruled(recoup, project, monkeypatch):
    monkeypatch.setenv("RECOUP_RESULTS_PERSIST_BY_DEFAULT", "false")
    project("plain.py", "from recoup import flow, task\n\n@task\ndef one(): return 1\n\n@flow\ndef go(): return one()\n")
    recoup("run", "plain.py")
    assert json.loads(recoup("results", "--json").out) == []


def test_refresh_runs_everything_and_no_cache_keeps_nothing(recoup):
    recoup("run", "pipe.py", "-p", "day=1")
    assert "3 ran" in recoup("run", "pipe.py", "-p", "day=1", "--refresh").out
    assert "3 ran" in recoup("run", "pipe.py", "-p", "day=2", "--no-cache").out
    assert "2 cached · 1 ran" in recoup("run", "pipe.py", "-p", "day=2").out


def test_a_storage_can_be_named(recoup, tmp_path):
    recoup("run", "pipe.py", "-p", "day=1", "--storage", str(tmp_path / "kept"))
    assert (tmp_path / "kept" / "recoup.json").exists()
    assert "pipeline-" in recoup("runs", "--storage", str(tmp_path / "kept")).out


def test_quiet_leaves_only_what_the_flow_prints(recoup):
    said = recoup("run", "pipe.py", "-p", "day=1", "--quiet")
    assert said == (0, "the flow's own words\n", "")


def test_json_is_one_object_for_each_line_and_nothing_else(recoup):
    said = recoup("run", "pipe.py", "-p", "day=1", "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["type"] for line in lines if "call" not in line] == ["FlowStarted", "FlowEnded", "Summary"]
    summary = lines[-1]
    assert {name: summary[name] for name in ("flow", "state", "ran", "cached", "failed", "result")} == {
        "flow": "pipeline",
        "state": "Completed",
        "ran": 3,
        "cached": 0,
        "failed": 0,
        "result": "[1, 0, 2]",
    }
    assert summary["wall_seconds"] >= summary["own_seconds"] + summary["import_seconds"]
    assert "the flow's own words" in said.err


def test_json_and_quiet_print_the_summary_alone(recoup):
    assert json.loads(recoup("run", "pipe.py", "-p", "day=1", "--json", "--quiet").out)["type"] == "Summary"


def test_of_a_task_with_many_calls_the_first_lines_and_a_count_are_shown(recoup):
    said = recoup("run", "pipe.py", "-p", "day=1", "-p", "n=9")
    assert said.err.count("ran double[") == 5
    assert "ran double · 4 more" in said.err


def test_results_that_could_not_be_kept_are_counted_and_warned_of_a_few_times(recoup, project):
    project(
        "spoils.py",
        """
        from recoup import flow, task

        @task(cache=True)
        def grow(items):
            items.append(1)
            return items

        @flow
        def go():
            return [grow([n]) for n in range(7)]
        """,
    )
    said = recoup("run", "spoils.py")
    assert said.code == 0
    assert "7 tasks · 0 cached · 7 ran · 7 not kept" in said.out
    assert said.err.count("not kept grow · its body changed its argument items in place") == 5
    assert "not kept grow · 2 more" in said.err


def test_what_a_module_runs_when_it_is_imported_is_not_counted(recoup, project):
    project("eager.py", "from recoup import flow, task\n\n@task\ndef one(): return 1\n\n@flow\ndef go(): return one()\n\ngo()\n")
    assert "1 task ·" in recoup("run", "eager.py").out


def test_the_loggers_of_runs_are_heard(recoup, project, caplog):
    project("talk.py", "from recoup import flow, get_run_logger\n\n@flow\ndef go(): get_run_logger().warning('hear')\n")
    recoup("run", "talk.py")
    assert "hear" in caplog.messages


# --- failures --------------------------------------------------------------------------------


FAILS = """
from recoup import flow, task

@task(cache=True)
def fine(x):
    return x

@task
def breaks(x):
    raise ValueError("no good")

@flow
def go():
    return breaks(fine(1))
"""


def test_a_flow_that_raises_shows_the_users_frames_and_keeps_what_was_computed(recoup, project):
    file = project("fails.py", FAILS)
    said = recoup("run", "fails.py")
    assert said.code == 1
    assert f'File "{file}", line 14, in go' in said.err
    assert "recoup/" not in said.err
    assert said.err.count("Traceback") == 1
    *_, last, hint = said.err.splitlines()
    assert last == "error: flow go failed: ValueError: no good (fails.py, line 10)"
    assert hint.startswith("1 result was kept; `recoup runs show go-")
    assert "2 tasks · 0 cached · 1 ran · 1 failed" in said.out
    assert "1 cached" in recoup("run", "fails.py").out


def test_a_module_that_raises_is_shown_without_our_frames(recoup, project):
    project("broken.py", "import recoup\n1 / 0\n")
    said = recoup("run", "broken.py:go")
    assert said.code == 1
    assert said.err.endswith("error: broken.py cannot be imported: ZeroDivisionError: division by zero (broken.py, line 2)\n")
    assert "importlib" not in said.err


def test_a_flow_that_exits_keeps_its_code(recoup, project):
    project("leaves.py", "import sys\nfrom recoup import flow\n\n@flow\ndef go(): sys.exit(7)\n")
    assert recoup("run", "leaves.py").code == 7


def test_an_interrupt_is_code_130(recoup, project):
    project("stops.py", "from recoup import flow\n\n@flow\ndef go(): raise KeyboardInterrupt\n")
    said = recoup("run", "stops.py")
    assert said.code == 130
    assert said.err.endswith("interrupted\n")


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nope.py",), "there is no file nope.py (did you mean 'pipe.py'?); it is looked for in {project}"),
        (("a/b.py",), "there is no file a/b.py: the folder {project}/a does not exist"),
        (("pipe.py:pipelin",), "pipe.py has no flow 'pipelin' (did you mean 'pipeline'?); there is pipe.py:pipeline"),
        (("pipe.py:load",), "load in pipe.py is a task, not a flow; there is pipe.py:pipeline"),
        (("json:loads",), "loads in json is a function, not a flow; write @flow above the function to run"),
        (
            ("nope:go",),
            (
                "there is no module 'nope' in {project} or on the Python path. Write FILE.py:FLOW, or package.module:FLOW as for "
                "`python -m`."
            ),
        ),
        (("pipe.py", "-p", "day"), "-p day has no value; write -p day=VALUE"),
        (("pipe.py", "-p", "=3"), "-p =3 has no name; write -p NAME=3"),
        (("pipe.py", "day=3"), "day=3 stands alone; a parameter is written -p day=3, as in recoup run pipe.py -p day=3"),
        (("pipe.py", "-p", "day=3", "n=4"), "n=4 stands alone; a parameter is written -p n=4, as in recoup run pipe.py -p n=4"),
        ((".",), ". is a folder; name the file in it, as in ./pipeline.py:FLOW"),
        (("pipe.py", "-p", "day=1", "-p", "day=2"), "parameter day is given twice, as '1' and as '2'; give it once"),
        (("pipe.py",), "flow pipeline needs the parameter day: add, for example, -p day=value"),
        (
            ("pipe.py", "-p", "dya=1"),
            "flow pipeline has no parameter 'dya' (did you mean 'day'?); its parameters are day, n=2",
        ),
        (
            ("pipe.py", "-p", "day=1", "-p", "n=many"),
            "parameter n of flow pipeline takes int, and 'many' is not one. Write, for example, -p n=3",
        ),
        (
            ("pipe.py", "--params", "[1]"),
            """--params is [1], not an object; write, for example, --params '{{"day": "2026-01-31"}}'""",
        ),
        (
            ("pipe.py", "--refresh", "--no-cache"),
            (
                "--refresh and --no-cache contradict each other: the first overwrites stored results, the second touches none. "
                "Give one of them."
            ),
        ),
        (
            ("pipe.py", "--frobnicate"),
            "unrecognized arguments: --frobnicate; `recoup --help` shows what there is",
        ),
    ],
)
def test_a_wrong_command_line_is_one_message_and_code_2(recoup, tmp_path, arguments, message):
    said = recoup("run", *arguments)
    assert said == (2, "", f"error: {message.format(project=tmp_path / 'project')}\n")


def test_several_flows_are_listed(recoup, project):
    project("two.py", "from recoup import flow\n\n@flow\ndef a(): ...\n\n@flow\ndef b(): ...\n")
    assert recoup("run", "two.py").err == "error: two.py has more than one flow; there are two.py:a, two.py:b\n"


def test_a_storage_that_cannot_be_written_stops_the_run_before_any_work(recoup, project):
    file = project("file", "")
    said = recoup("run", "pipe.py", "-p", "day=1", "--storage", f"{file}/storage")
    assert said == (
        3,
        "",
        (
            f"error: cannot write {file}/storage/recoup.json: Not a directory. "
            "Look for a file where a folder should be, or a folder in place of the file.\n"
        ),
    )


def test_a_storage_of_a_newer_format_is_left_alone(recoup, project):
    marker = project("kept/recoup.json", '{"recoup": 99, "created": 1, "by": "recoup 9"}')
    said = recoup("run", "pipe.py", "-p", "day=1", "--storage", str(marker.parent))
    assert said == (
        3,
        "",
        (
            f"error: LocalFileSystem('{marker.parent}') is kept in format 99, and this Recoup knows formats up to 1. "
            "Update Recoup (pip install -U recoup), or use another storage.\n"
        ),
    )
    assert list(marker.parent.iterdir()) == [marker]


def test_a_setting_that_does_not_work_is_code_3(recoup, monkeypatch):
    monkeypatch.setenv("RECOUP_TASKS_DEFAULT_RETRIES", "some")
    said = recoup("run", "pipe.py", "-p", "day=1")
    assert said == (
        3,
        "",
        "error: RECOUP_TASKS_DEFAULT_RETRIES = 'some' cannot be used: Expected `int`, got `str`. How often a failing task runs again.\n",
    )


def test_the_traceback_of_a_refusal_follows_where_debugging_asks_for_it(recoup, monkeypatch):
    monkeypatch.setenv("RECOUP_LOGGING_LEVEL", "DEBUG")
    assert "FlowNotFound" in recoup("run", "nope.py").err


def test_json_tells_also_of_an_error_that_names_a_file_of_no_encoding(recoup, project):
    project(
        "odd.py",
        """
        from recoup import flow, task

        @task
        def read():
            raise FileNotFoundError("no \\udcff.csv")

        @flow
        def go():
            read(return_state=True)
        """,
    )
    events = [json.loads(line) for line in recoup("run", "odd.py", "--json").out.splitlines()]
    assert [event["error"] for event in events if event["type"] == "DidFail"] == ["FileNotFoundError: no \\udcff.csv"]
