"""Trouble of Recoup's own is told, and never becomes the task's: its error and its result reach the caller."""

import pytest

from recoup import flow, task
from recoup.abc import Encoded
from recoup.cache_policies import CODE
from recoup.engine.plan import LAST_SLOT
from recoup.events import DidFail, FlowEnded, WillCompute, WriteFailed
from recoup.exceptions import StoreError
from recoup.serializers import Serializer, register_serializer
from recoup.storage import MemoryStorage
from recoup.testing.stores import Failing


class Mute(Exception):
    """An error that cannot say what it is."""

    def __str__(self):
        return self.nothing


@pytest.mark.parametrize("kind", [task, flow])
def test_an_error_that_cannot_be_printed_is_raised_as_it_is(recoup_events, kind):
    @kind
    def program():
        raise Mute

    with pytest.raises(Mute):
        program()
    [ended] = [event for event in recoup_events if isinstance(event, DidFail | FlowEnded)]
    assert "Mute" in (ended.error if isinstance(ended, DidFail) else ended.message)


@task
def fail():
    raise Mute


@task
def double(x):
    return 2 * x


def test_a_failure_that_cannot_be_printed_reaches_what_depends_on_it():
    @flow
    def program():
        future = double.submit(fail.submit())
        return fail(return_state=True).message, future.result(raise_on_failure=False)

    message, error = program()
    assert message == "Task run encountered an exception Mute"
    assert "because fail-" in str(error)


def test_a_body_that_trips_over_a_failure_has_failed_and_is_told_of_once(recoup_events):
    @task
    def outer():
        return double.submit(fail.submit()).result()

    @flow
    def program():
        future = outer.submit()
        future.wait()
        return future.state.name

    assert program() == "Failed"
    assert [event.state for event in recoup_events if isinstance(event, DidFail) and event.call.task == "outer"] == ["Failed"]


def test_a_submitted_call_that_cannot_even_begin_is_told_of(recoup_events):
    @task(cache_policy=CODE - "code.nothing")
    def lost():
        return 1

    @flow
    def program():
        lost.submit().wait()

    program()
    [failed] = [event for event in recoup_events if isinstance(event, DidFail)]
    assert failed.error.startswith("ConfigurationError: policy - 'code.nothing'")


def test_a_storage_that_cannot_be_listed_makes_no_task_fail():
    store = Failing(MemoryStorage(), StoreError("listing is forbidden"), on={"list"})
    assert double.with_options(cache=True, result_storage=store)(2) == 4


def test_journal_segments_that_cannot_be_removed_make_no_flow_fail(monkeypatch):
    monkeypatch.setattr("recoup.engine.journal._SEGMENT_EVENTS", 1)

    @flow(result_storage=Failing(MemoryStorage(), StoreError("kept for ever"), on={"delete"}))
    def program():
        return double(2)

    assert program() == 4


class Moody(Serializer):
    """Raises what serializers should not."""

    type = "moody"

    def encode(self, value):
        if value == "lost":
            raise ZeroDivisionError("encoding")
        return Encoded("moody", [value.encode()], exact=True)

    def decode(self, data):
        raise ZeroDivisionError("decoding")


@pytest.mark.parametrize("value", ["lost", "kept"])
def test_whatever_a_serializer_raises_the_result_reaches_the_caller(recoup_events, value):
    register_serializer(Moody)

    @task(cache=True, result_serializer=Moody())
    def program():
        return value

    assert [program(), program()] == [value, value]
    told = [event for event in recoup_events if isinstance(event, WriteFailed | WillCompute)]
    assert any("ZeroDivisionError: " in (event.error if isinstance(event, WriteFailed) else event.why) for event in told)


class Tired:
    """Can be looked at once."""

    def __init__(self):
        self.asked = 0

    def __recoup_digest__(self):
        self.asked += 1
        if self.asked > 1:
            raise RuntimeError("not again")
        return 1


def test_a_value_that_can_be_hashed_once_makes_no_task_fail():
    @task(cache=True)
    def program(value):
        return value.asked

    assert program(Tired()) > 1


class Unloadable:
    """Can be written, and never read."""

    def __reduce__(self):
        return int, ("no number",)


def test_results_that_cannot_be_read_do_not_pile_up():
    store = MemoryStorage()

    @task(cache=True, result_storage=store)
    def program():
        return Unloadable()

    for _ in range(LAST_SLOT + 3):
        program()
    assert len(list(store.list("records"))) == LAST_SLOT + 1


@pytest.mark.parametrize("kind", [task, flow])
def test_attributes_of_a_function_are_not_taken_for_options(kind):
    def program():
        return 1

    program.name = program.fn = program._options = "of the function itself"
    assert (kind(program).name, kind(program)()) == ("program", 1)
