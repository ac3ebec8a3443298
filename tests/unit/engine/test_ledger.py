"""Where records and values lie, how often a storage is asked, and what the journal of a run tells."""

import os

import pytest

from recoup import flow, task
from recoup.engine import journal
from recoup.engine.runs import read_runs, run_events
from recoup.exceptions import StoreError, StoreFull
from recoup.logs import quiet
from recoup.records import decode_record
from recoup.results import get_default_result_storage, get_result_store
from recoup.storage import MemoryStorage
from recoup.testing.stores import Failing, Recording


@task(cache=True)
def text(n):
    return "x" * n


@task(cache=True)
def other_text(n):
    return "x" * n


def names(store, folder=""):
    return sorted(info.name for info in store.list(folder))


def asked(store, operation):
    return [name.partition("/")[0] for (what, name), n in store.asked.items() if what == operation for _ in range(n)]


def test_a_small_result_lies_in_its_record():
    text(10)
    store = get_default_result_storage()
    (name,) = names(store, "records")
    line, _, payload = store.get(name).partition(b"\n")
    assert line.startswith(b'{"recoup":1,"key":"')
    assert b"x" * 10 in payload
    assert names(store, "values") == []
    assert name.startswith("records/text-")


@pytest.mark.parametrize(("size", "inline"), [(60_000, True), (70_000, False)])
def test_a_large_result_lies_beside_its_record(size, inline):
    text(size)
    store = get_default_result_storage()
    record, payload = decode_record(store.get(names(store, "records")[0]))
    assert (record.value.inline, bool(payload)) == (inline, inline)
    expected = [] if inline else [f"values/{record.value.digest[:2]}/{record.value.digest}"]
    assert names(store, "values") == expected


def test_equal_large_results_are_stored_once():
    text(70_000)
    other_text(70_000)
    assert len(names(get_default_result_storage(), "values")) == 1
    assert len(names(get_default_result_storage(), "records")) == 2


def test_records_of_one_version_of_a_task_share_its_code_parts():
    text(1)
    text(2)
    assert len(names(get_default_result_storage(), "parts")) == 1


def test_a_hit_costs_one_request():
    store = Recording(MemoryStorage())
    kept = text.with_options(result_storage=store)
    kept(5)
    store.asked.clear()
    kept(5)
    assert dict(store.asked) == {("get", names(store.store, "records")[0]): 1}


def test_a_value_is_written_before_the_record_that_speaks_of_it():
    class Fails(Failing):
        def before(self, operation, name):
            if name.startswith("records/") and operation == "put":
                raise StoreError("no")

    store = Fails(MemoryStorage(), None, set())
    assert text.with_options(result_storage=store)(70_000) == "x" * 70_000
    assert names(store.store, "records") == []
    assert len(names(store.store, "values")) == 1


def test_a_plain_task_asks_no_storage():
    store = Recording(MemoryStorage())
    plain = text.with_options(cache=None, result_storage=None)

    @flow(result_storage=store, persist_result=False)
    def pipeline():
        return plain(1)

    pipeline()
    assert {name.partition("/")[0] for _, name in store.asked} == {"recoup.json", "runs"}


def test_keys_of_any_text_have_names():
    odd = ["a/b", "..", "", "ü" * 3000, "A", "a", "x\n"]
    keyed = task(cache_key_fn=lambda ctx, args: args["key"])(lambda key: key)
    assert [keyed(key) for key in odd] == odd
    assert [bool(keyed.cached(key)) for key in odd] == [True] * len(odd)


def test_records_are_listed_by_task():
    text(1)
    other_text(1)
    ledger = get_result_store().ledger
    assert len(list(ledger.records())) == 2
    assert [record.task for record in ledger.records(text.task_key)] == [text.task_key]


def test_a_record_tells_of_its_run_and_producer(recoup_clock):
    @flow
    def pipeline():
        text(1)

    pipeline()
    (record,) = get_result_store().ledger.records(text.task_key)
    (run,) = read_runs(get_default_result_storage())
    assert (record.run, record.run_name, record.created) == (run.run, run.name, recoup_clock.time())
    assert record.producer.python.startswith("3.")
    assert [part.name for part in record.parts] == ["code", "inputs.n", "task"]


# --- journal -------------------------------------------------------------------------------------


def test_the_journal_counts_and_keeps_the_events():
    @flow
    def pipeline(n):
        text(n)
        text(n)
        task(lambda: 1 / 0)(return_state=True)

    pipeline(3)
    store = get_default_result_storage()
    (run,) = read_runs(store)
    assert (run.state, run.ran, run.cached, run.failed) == ("Completed", 1, 1, 1)
    assert (run.flow, run.parameters) == ("pipeline", {"n": "3"})
    kinds = [event["type"] for event in run_events(store, run.run)]
    assert kinds == ["WillCompute", "DidCompute", "DidStore", "Hit", "WillCompute", "DidFail"]


def test_a_failed_run_says_why():
    @flow
    def pipeline():
        raise KeyError("x")

    assert pipeline(return_state=True).name == "Failed"
    (run,) = read_runs(get_default_result_storage())
    assert (run.state, run.message) == ("Failed", "KeyError: 'x'")


def test_names_of_files_that_are_no_utf_8_are_spelled_out():
    """An error may name a file of any name: it fails neither the run nor its journal."""
    odd = os.fsdecode(b"\xff")

    @flow
    def pipeline(path):
        @task
        def missing():
            raise FileNotFoundError(path)

        missing(return_state=True)
        raise FileNotFoundError(path)

    with quiet():  # pytest would keep the lines, and cannot send them from one process to another
        assert pipeline(odd, return_state=True).name == "Failed"
    (run,) = read_runs(get_default_result_storage())
    assert (run.message, run.parameters) == ("FileNotFoundError: \\udcff", {"path": "'\\udcff'"})
    assert [event["type"] for event in run_events(get_default_result_storage(), run.run)] == ["WillCompute", "DidFail"]


def test_segments_that_cannot_be_read_back_are_not_lost(monkeypatch):
    monkeypatch.setattr(journal, "_SEGMENT_EVENTS", 1000)

    class Forgetful(Failing):
        def before(self, operation, name):
            if operation == "get" and name.startswith("events/"):
                raise StoreError("the disk is away")

    store = Forgetful(MemoryStorage(), None, set())

    @flow(result_storage=store)
    def pipeline():
        for number in range(400):
            text(number)

    pipeline()
    (run,) = read_runs(store)
    assert len(list(run_events(store.store, run.run))) == 1200


def test_a_long_journal_is_written_in_segments_and_joined_at_the_end(monkeypatch):
    monkeypatch.setattr(journal, "_SEGMENT_EVENTS", 1000)

    @flow
    def pipeline():
        for number in range(700):
            text(number)

    pipeline()
    store = get_default_result_storage()
    (run,) = read_runs(store)
    assert run.ran == 700
    assert len(list(run_events(store, run.run))) == 2100
    assert names(store, "events") == []


def test_a_journal_that_finds_no_room_fails_no_run(caplog):
    store = Failing(MemoryStorage(), StoreFull("it is full"), {"put"})

    @flow(result_storage=store)
    def pipeline():
        return text(1)

    assert pipeline() == "x"
    assert [r.getMessage() for r in caplog.records if "could not be recorded" in r.getMessage()]


def test_a_run_counts_the_calls_of_the_flows_that_it_calls_and_records_its_own():
    @flow
    def inner():
        text(1)

    @flow
    def outer():
        inner()
        text(2)

    outer()
    assert sorted((run.flow, run.ran) for run in read_runs(get_default_result_storage())) == [("inner", 1), ("outer", 2)]
