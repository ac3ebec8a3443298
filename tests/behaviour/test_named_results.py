"""A result with `result_storage_key` is recorded under that key, and lies as a plain copy under that name."""

import contextlib
import datetime as dt
import itertools
import json
import os

import pytest

from projects import Project
from recoup import flow, task
from recoup.cache_policies import INPUTS, NO_CACHE
from recoup.events import DidCompute, DidStore, Hit, NotPublished
from recoup.exceptions import ConfigurationError, StoreError
from recoup.results import get_default_result_storage
from recoup.settings import temporary_settings
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.testing.stores import Failing, Watched


@task(result_storage_key="reports/{parameters[day]}.json", result_serializer="json")
def report(day, n=1):
    return {"day": day, "n": n}


def computed(events):
    return sum(isinstance(event, DidCompute) for event in events)


def published(name="reports/monday.json"):
    return get_default_result_storage().get(name)


def reasons(events):
    return [(event.name, event.reason) for event in events if isinstance(event, NotPublished)]


def test_a_name_turns_persistence_on_and_replaces_the_policy():
    assert (report.persist_result, report.cache_policy) == (True, None)


def test_the_filled_template_is_the_key_and_the_name_of_a_plain_copy(recoup_events):
    report("monday")
    assert report.key("monday") == report.record("monday").key == "reports/monday.json"
    assert json.loads(published()) == {"day": "monday", "n": 1}
    assert report("monday", n=2) == {"day": "monday", "n": 1}, "one key is one result, whatever the other arguments are"
    assert computed(recoup_events) == 1


def test_a_copy_on_a_local_folder_is_a_file_that_a_person_can_open(tmp_path):
    report.with_options(result_storage=tmp_path)("monday")
    assert json.loads((tmp_path / "reports" / "monday.json").read_text()) == {"day": "monday", "n": 1}


def test_a_hit_neither_reads_nor_mends_the_copy(recoup_events):
    report("monday")
    get_default_result_storage().delete("reports/monday.json")
    assert report("monday") == {"day": "monday", "n": 1}
    get_default_result_storage().put("reports/monday.json", [b"edited"])
    assert report("monday") == {"day": "monday", "n": 1}
    assert published() == b"edited"
    assert computed(recoup_events) == 1


def test_a_refresh_overwrites_the_copy_that_it_wrote(recoup_events):
    report("monday")
    report.with_options(refresh_cache=True)("monday", n=2)
    assert json.loads(published())["n"] == 2
    assert reasons(recoup_events) == []


def test_an_edited_copy_is_left_alone_and_reported(recoup_events):
    report("monday")
    get_default_result_storage().put("reports/monday.json", [b"edited"])
    report.with_options(refresh_cache=True)("monday", n=2)
    assert published() == b"edited"
    [(name, reason)] = reasons(recoup_events)
    assert name == "reports/monday.json"
    assert reason.startswith("what lies there was edited since, or is not this task's, and is left alone.")
    assert report("monday") == {"day": "monday", "n": 2}, "the record is the truth"


def test_a_name_that_another_task_has_taken_is_left_alone_and_reported(recoup_events):
    report("monday")
    other = task(result_storage_key="reports/{parameters[day]}.json")(lambda day: 5)
    assert [other("monday"), other("monday")] == [5, 5]
    assert json.loads(published())["n"] == 1
    assert len(reasons(recoup_events)) == 1


def test_a_result_that_cannot_be_published_is_kept_all_the_same(recoup_events):
    class Picky(Failing):
        def before(self, operation, name):
            if operation == "put" and name.startswith("reports/"):
                raise StoreError("no room for names")

    kept = report.with_options(result_storage=Picky(MemoryStorage(), None, set()))
    assert kept("monday") == kept("monday") == {"day": "monday", "n": 1}
    assert reasons(recoup_events) == [("reports/monday.json", "no room for names")]
    assert any(isinstance(event, DidStore) for event in recoup_events)


def test_a_withdrawn_result_takes_its_copy_with_it_unless_somebody_edited_that():
    report("monday")
    report("friday")
    get_default_result_storage().put("reports/friday.json", [b"edited"])
    assert report.invalidate("monday")
    assert report.invalidate("friday")
    assert not get_default_result_storage().exists("reports/monday.json")
    assert published("reports/friday.json") == b"edited"


def test_exceptions_are_never_stored_under_a_name():
    @task(result_storage_key="never")
    def fail():
        raise ValueError("no")

    assert fail(return_state=True).is_failed()
    assert list(get_default_result_storage().list()) == []


def test_templates_know_the_run():
    @task(result_storage_key="{flow_run.flow_name}/{flow_run.name}/{task_run.task_name}-{task_run.name}")
    def named():
        return named.key()

    @flow
    def pipeline():
        return named()

    flow_name, run_name, task_name = pipeline().split("/")
    assert (flow_name, run_name[:9], task_name[:11]) == ("pipeline", "pipeline-", "named-named")


def test_templates_format_values_as_python_does():
    dated = task(result_storage_key="{parameters[when]:%Y-%m-%d}/{parameters[limits][low]:04}")(lambda when, limits: 1)
    assert dated.key(dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), {"low": 7}) == "2026-01-02/0007"


def test_a_template_is_filled_with_values_of_futures_not_with_what_stands_for_them():
    day = task(cache=True)(lambda: "monday")

    @flow
    def pipeline():
        return report.submit(day.submit()).result()

    assert pipeline() == pipeline() == {"day": "monday", "n": 1}
    assert report.cached("monday")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{parameters[dya]}", "cannot be filled in: there is no 'dya'. It may name {parameters[day]}, {task_run.name}"),
        ("{day}", "cannot be filled in: there is no 'day'. It may name {parameters[day]}"),
        ("{}", "cannot be filled in: there is no 'a positional argument'"),
        ("{flow_run.name}", "cannot be filled in: there is no 'flow_run' outside a flow run."),
        ("{task_run.nme}", "cannot be filled in: there is no 'task_run.nme'."),
        ("{parameters[day].year}", "cannot be filled in: AttributeError: 'str' object has no attribute 'year'"),
        ("{parameters[day]", "cannot be filled in: ValueError: expected '}' before end of string"),
        ("../{parameters[day]}", "gives '../monday', which cannot be the name of a stored object. Use letters, digits"),
        ("/tmp/{parameters[day]}", "gives '/tmp/monday', which cannot be the name of a stored object."),  # noqa: S108 - refused
        ("a b", "gives 'a b', which cannot be the name of a stored object."),
        ("records/{parameters[day]}", "gives 'records/monday', but 'records' is where Recoup keeps its own."),
        ("Values/x", "gives 'Values/x', but 'Values' is where Recoup keeps its own."),
        ("recoup.json", "gives 'recoup.json', but 'recoup.json' is where Recoup keeps its own."),
        ("copies/x", "gives 'copies/x', but 'copies' is where Recoup keeps its own."),
    ],
)
def test_a_template_that_gives_no_name_fails_the_call_before_its_body(recoup_events, template, text):
    bad = task(result_storage_key=template, name="bad")(lambda day: 1)
    state = bad("monday", return_state=True)
    assert state.is_failed()
    assert f"task bad: result_storage_key={template!r} {text}" in state.message
    with pytest.raises(ConfigurationError):
        bad("monday")
    assert recoup_events == []


@pytest.mark.parametrize("options", [{"cache_policy": NO_CACHE}, {"cache": False}])
def test_with_no_cache_a_named_result_is_computed_each_time_and_kept(recoup_events, options):
    """It is said what happens: the body runs because of its policy, and the copy is the latest result."""
    numbers = iter(range(5))
    count = task(result_storage_key="count", result_serializer="json", **options)(lambda: next(numbers))
    assert [count(), count(), count.record() is not None, count.cached()] == [0, 1, True, False]
    assert get_default_result_storage().get("count") == b"1"
    assert [event.why for event in recoup_events if hasattr(event, "why")] == ["its cache policy is NO_CACHE"] * 2
    assert not any(isinstance(event, Hit) for event in recoup_events)


def test_the_setting_that_turns_unsaid_policies_off_counts_for_named_results_too():
    with temporary_settings(tasks_default_no_cache=True):
        report("monday")
        assert not report.cached("monday")
        assert report.with_options(cache_key_fn=None).cached("monday") is False
    assert report.cached("monday")


def test_the_setting_that_turns_caching_off_keeps_nothing_under_a_name():
    with temporary_settings(tasks_disable_caching=True):
        report("monday")
    assert list(get_default_result_storage().list()) == []


def test_no_cache_with_persistence_stores_nothing_and_says_nothing_else(recoup_events):
    """Prefect publishes metadata of a result that does not exist; here the state holds the value itself."""

    @task(cache_policy=NO_CACHE, persist_result=True)
    def plain():
        return [1]

    state = plain(return_state=True)
    assert (state.result(), state.data) == ([1], [1])
    assert list(get_default_result_storage().list()) == []
    assert [event.text for event in recoup_events if hasattr(event, "text")] == [
        "persist_result with NO_CACHE: its results are not kept. To reuse them across runs, write cache=True."
    ]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"cache_policy": INPUTS}, "ignoring cache_policy because result_storage_key is the key"),
        ({"cache_key_fn": lambda ctx, args: "k"}, "ignoring cache_key_fn because result_storage_key is the key"),
        ({"persist_result": False}, "ignoring result_storage_key because persist_result is False"),
    ],
)
def test_what_a_name_makes_useless_is_warned_of(options, text):
    with pytest.warns(UserWarning, match=text):
        task(result_storage_key="x", **options)(lambda: 1)


def test_a_name_contradicts_cache_true():
    with pytest.raises(ConfigurationError, match="cache=True and result_storage_key contradict each other"):
        task(cache=True, result_storage_key="x")(lambda: 1)


def test_the_storage_of_named_results_can_still_be_listed(tmp_path):
    report.with_options(result_storage=LocalFileSystem(tmp_path))("monday")
    assert "reports/monday.json" in [info.name for info in LocalFileSystem(tmp_path).list()]


# --- at the same time ------------------------------------------------------------------------------


def refreshing(store, numbers):
    """Return a task that refreshes one name with the next number."""

    @task(result_storage_key="at-once", result_serializer="json", result_storage=store, refresh_cache=True, task_key="number")
    def number():
        return next(numbers)

    return number


def recorded(number):
    """Return the latest result by its record, as bytes of its copy."""
    return str(number.with_options(refresh_cache=None)()).encode()


class Interrupting(Watched):
    """Calls `between` before one of its operations."""

    def __init__(self, store, at, between):
        super().__init__(store)
        self.left = at
        self.between = between

    def before(self, operation, name):
        self.left -= 1
        if self.left == 0:
            self.between()


@pytest.mark.parametrize("published_before", [True, False])
def test_a_refresh_between_any_two_steps_of_another_is_published_and_so_is_the_next(recoup_events, published_before):
    for at in itertools.count(1):
        store, numbers = MemoryStorage(), itertools.count()
        meanwhile = refreshing(store, numbers)
        if published_before:
            meanwhile()
        interrupting = Interrupting(store, at, meanwhile)
        refreshing(interrupting, numbers)()
        assert store.get("at-once") == recorded(meanwhile)
        meanwhile()
        assert store.get("at-once") == recorded(meanwhile)
        if interrupting.left > 0:
            break
    assert at > 8
    assert reasons(recoup_events) == []


def test_after_a_writer_that_was_killed_anywhere_the_next_refresh_is_published(recoup_events):
    def die():
        raise KeyboardInterrupt

    for at in itertools.count(1):
        store, numbers = MemoryStorage(), itertools.count()
        others = refreshing(store, numbers)
        others()
        killed = Interrupting(Interrupting(store, at, die), at - 1 or 1, others)
        with contextlib.suppress(KeyboardInterrupt):
            refreshing(killed, numbers)()
        others()
        assert store.get("at-once") == recorded(others)
        if killed.store.left > 0:
            break
    assert reasons(recoup_events) == []


def test_processes_that_refresh_one_name_at_the_same_time_always_publish(tmp_path):
    project = Project(
        tmp_path,
        {
            "program.py": """
            import multiprocessing, os
            from recoup import task
            from recoup.events import NotPublished, subscribe

            told = []
            subscribe(lambda event: told.append(str(event.reason)) if isinstance(event, NotPublished) else None)

            @task(result_storage_key="at-once", result_serializer="json", refresh_cache=True, result_storage="./results")
            def latest(by):
                return [by, os.urandom(3).hex()]

            def refreshes(barrier, answers, by):
                for _ in range(60):
                    barrier.wait(30)
                    latest(by)
                answers.put(told)

            if __name__ == "__main__":
                multiprocessing.set_start_method("fork")
                barrier, answers = multiprocessing.Barrier(3), multiprocessing.Queue()
                workers = [multiprocessing.Process(target=refreshes, args=(barrier, answers, by)) for by in range(3)]
                for worker in workers:
                    worker.start()
                reasons = [answers.get(timeout=60) for _ in workers]
                for worker in workers:
                    worker.join()
                import json
                found = latest.with_options(refresh_cache=None)(0)
                print(json.dumps([sum(reasons, []), found, json.load(open("results/at-once"))]))
            """
        },
    )
    reasons, recorded, copy = project.answer("program.py")
    assert reasons == []
    assert recorded == copy


def test_marks_of_copies_are_tidied_when_no_copy_can_be_on_its_way(tmp_path):
    store, numbers = LocalFileSystem(tmp_path), itertools.count()
    number = refreshing(store, numbers)
    for _ in range(3):
        number()
    marks = list(store.list("copies"))
    assert len(marks) == 3
    for mark in marks:
        os.utime(tmp_path / mark.name, (mark.modified - 7200, mark.modified - 7200))
    number()
    assert len(list(store.list("copies"))) == 1
    assert number.invalidate()
    assert [*store.list("copies"), *store.list("at-once")] == []
