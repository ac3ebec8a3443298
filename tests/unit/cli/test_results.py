"""`recoup results` tells what is stored, and what it was made of."""

import json
import os
import re

import pytest

from recoup.storage import LocalFileSystem

PROGRAM = """
from datetime import timedelta
from recoup import flow, task

LIMIT = 3

def clean(x):
    return min(x, LIMIT)

@task(cache=True)
def load(day):
    return [clean(day)] * 3

@task(cache_key_fn=lambda context, arguments: f"report-{arguments['x']}", cache_expiration=timedelta(microseconds=1))
def report(x):
    return "a" * 100_000

@flow
def go(day: int = 1):
    report(day)
    return load(day)
"""


@pytest.fixture
def stored(recoup, project, tmp_path):
    """Return a function that looks into a storage with the results of a run."""
    project("kept.py", PROGRAM)
    storage = str(tmp_path / "storage")
    recoup("run", "kept.py", "--storage", storage)

    def look(*arguments):
        return recoup("results", *arguments, "--storage", storage)

    look.folder = tmp_path / "storage"
    return look


def test_results_are_listed_with_what_became_of_them(stored):
    header, *lines = stored("list").out.splitlines()
    assert header.split() == ["KEY", "CREATED", "SIZE", "TOOK", "STATE", "RUN", "TASK"]
    assert sum("kept:load" in line for line in lines) == 1
    (report,) = (line for line in lines if "kept:report" in line)
    assert report.startswith("report-1 ")
    assert "97.7 KiB" in report
    assert "  expired  go-" in report


def test_results_of_one_task_are_found_by_its_short_and_its_full_name(stored):
    for name in ("load", "kept:load"):
        (result,) = json.loads(stored("list", "--task", name, "--json").out)
        assert (result["task"], result["state"]) == ("kept:load", "valid")
    said = stored("list", "--task", "lood")
    assert said.code == 2
    assert said.err.endswith(" (did you mean 'load'?); there are kept:load, kept:report\n")


def test_a_result_shows_what_it_was_made_of(stored):
    key = json.loads(stored("list", "--task", "load", "--json").out)[0]["key"]
    said = stored("show", key[:8]).out
    assert f"key         {key}\n" in said
    assert "state       valid" in said
    assert "  inputs.day  1\n" in said
    assert "  constant  code.kept.LIMIT  3\n" in said
    assert "  function  code.kept.clean\n" in said
    assert "return min(x, LIMIT)" not in said
    assert "          return min(x, LIMIT)" in stored("show", key, "--source").out
    assert stored("show", key, "--value").out.endswith("value\n  [1, 1, 1]\n")


def test_a_long_value_is_cut(stored):
    said = stored("show", "report-1", "--value").out
    assert "state       expired" in said
    assert said.endswith("… (100002 characters)\n")


def test_as_json_a_result_has_its_parts_and_its_code(stored):
    result = json.loads(stored("show", "report-1", "--json", "--value").out)
    assert (result["key"], result["state"], result["preview"][:4]) == ("report-1", "expired", "'aaa")
    key = json.loads(stored("list", "--task", "load", "--json").out)[0]["key"]
    parts = json.loads(stored("show", key, "--json", "--source").out)["code_parts"]
    assert "return min(x, LIMIT)" in next(part["source"] for part in parts if part["name"] == "code.kept.clean")


def test_a_result_shows_the_parts_of_its_key_by_the_names_that_policies_take(stored):
    (result,) = json.loads(stored("list", "--task", "load", "--json").out)
    shown = json.loads(stored("show", result["key"], "--json").out)
    names = ["code.kept.LIMIT", "code.kept.clean", "code.kept.load", "inputs.day", "task"]
    assert [part["name"] for part in shown["parts"] if not part["name"].startswith("package.")] == names
    text = stored("show", result["key"]).out
    assert all(f" {name}" in text for name in names)
    assert "  code  " not in text


def test_damage_is_marked_and_loses_nothing_else(stored):
    value = next(file for file in (stored.folder / "values").rglob("*") if file.is_file())
    value.write_bytes(b"b" + value.read_bytes()[1:])
    said = stored("show", "report-1").out
    assert "state       damaged: its stored value was damaged: its bytes do not match their digest" in said
    value.unlink()
    assert "kept:report (its stored value is gone)" in stored("list").out
    record = next((stored.folder / "records").rglob("load-*/*"))
    record.write_bytes(record.read_bytes()[:-1])
    said = stored("list")
    assert said.code == 0
    assert re.search(r"damaged +load-\w+ \(6 bytes instead of 7\)", said.out)


def test_an_unknown_key_names_what_is_near_and_a_short_one_what_it_could_be(stored, recoup):
    said = stored("show", "report-2")
    assert said.code == 2
    assert "no result has the key 'report-2'" in said.err
    assert "(did you mean 'report-1'?); `recoup results list` shows the keys" in said.err


def test_values_that_others_may_have_written_are_not_decoded(stored):
    os.chmod(stored.folder, 0o777)  # noqa: PTH101, S103 - others may write now
    said = stored("show", "report-1", "--value")
    assert said.code == 3
    assert said.err == (
        f"error: values of {stored.folder} are not decoded, because others can write to it, and decoding can run code. "
        "Leave out --value, or copy the storage to a folder of your own.\n"
    )
    assert stored("show", "report-1").code == 0


def test_the_members_of_an_argument_are_shown(recoup, project):
    project(
        "nested.py",
        "from recoup import flow, task\n\n@task(cache=True)\ndef fit(cfg): return 1\n\n"
        "@flow\ndef go(): return fit({'lr': 0.1, 'depth': 3})\n",
    )
    recoup("run", "nested.py")
    key = json.loads(recoup("results", "--json").out)[0]["key"]
    assert "['lr']  0.1" in recoup("results", "show", key).out


STREAM = """
from recoup import flow, task

@task(cache=True)
def rows(n):
    for number in range(n):
        yield str(number) * 100_000

@flow
def go(n: int = 3):
    return [row[0] for row in rows(n)]
"""


@pytest.fixture
def stored_stream(recoup, project, tmp_path):
    project("streaming.py", STREAM)
    storage = str(tmp_path / "storage")
    recoup("run", "streaming.py", "--storage", storage)

    def look(*arguments):
        return recoup("results", *arguments, "--storage", storage)

    look.folder = tmp_path / "storage"
    return look


def test_a_stream_is_listed_with_all_its_bytes_and_shown_with_its_items(stored_stream):
    assert "293.0 KiB" in stored_stream("list").out
    (found,) = json.loads(stored_stream("list", "--json").out)
    shown = stored_stream("show", found["key"], "--value").out
    assert "in 3 items, written by stream" in shown
    assert "['0000" in shown


def test_every_item_of_a_stream_that_is_shown_is_verified(stored_stream):
    """A list looks only whether all is there."""
    (found,) = json.loads(stored_stream("list", "--json").out)
    damaged = next(path for path in stored_stream.folder.glob("values/*/*") if b"2222" in path.read_bytes()[:100])
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    assert json.loads(stored_stream("list", "--json").out)[0]["state"] == "valid"
    assert "damaged" in json.loads(stored_stream("show", found["key"], "--json").out)["state"]
    damaged.unlink()
    assert json.loads(stored_stream("list", "--json").out)[0]["state"] == "damaged: its stored value is gone"


def test_a_result_with_a_name_says_so(recoup, project, tmp_path):
    program = "from recoup import flow, task\n\n@task(result_storage_key='report')\ndef load():\n    return 1\n\n@flow\ndef go():\n    load()\n"
    project("named.py", program)
    storage = str(tmp_path / "storage")
    recoup("run", "named.py", "--storage", storage)
    assert "published   as report" in recoup("results", "show", "report", "--storage", storage).out


@pytest.mark.recoup(storage="default")
def test_a_value_that_lies_apart_from_its_record_is_said_to_lie_there(recoup, project, tmp_path):
    project(
        "apart.py",
        """
        from recoup import flow, task
        from recoup.cache_policies import CODE, INPUTS

        @task(cache_policy=(INPUTS + CODE).configure(key_storage="./keys"), result_storage="./values")
        def make(size):
            return "a" * size

        @task(cache_policy=(INPUTS + CODE).configure(key_storage="./keys"), result_storage="./values")
        def stream():
            yield from ("b" * 100_000 for _ in range(3))

        @flow
        def go():
            list(stream())
            return len(make(1)) + len(make(100_000))
        """,
    )
    assert recoup("run", "apart.py").code == 0
    keys = ("--storage", "./keys")
    there = f"its value lies in {LocalFileSystem('./values')!r}"
    listed = json.loads(recoup("results", "list", "--json", *keys).out)
    states = sorted((one["task"], one["state"]) for one in listed)
    assert states == [("apart:make", there), ("apart:make", "valid"), ("apart:stream", there)]
    large = next(one for one in listed if one["task"] == "apart:make" and one["state"] != "valid")
    said = recoup("results", "show", large["key"], "--value", *keys).out
    assert f"state       {there}\n" in said
    assert f"cannot be shown: {there}" in said
    table = recoup("results", "list", *keys).out
    assert len(re.findall(r"  elsewhere  ", table)) == 2
    assert "damaged" not in table
