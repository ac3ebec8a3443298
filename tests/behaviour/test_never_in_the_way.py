"""Trouble of Recoup's own is told, and never becomes the task's: its error and its result reach the caller."""

import pytest

from recoup import flow, task
from recoup.cache_policies import CODE
from recoup.events import DidFail, FlowEnded


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
