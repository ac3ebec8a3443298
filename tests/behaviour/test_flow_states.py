"""How a flow ends: by what it returns, not by what failed on the way."""

import asyncio

import pytest

from recoup import flow, task
from recoup.states import Completed, Failed, State


@task
def double(x):
    return 2 * x


@task
def fail():
    raise ValueError("no")


def ends(body):
    """Return the state in which a flow ends, which is the same for a sync and an async one."""

    async def same():
        return body()

    state = flow(body)(return_state=True)
    assert asyncio.run(flow(same)(return_state=True)) == state
    return state


def test_a_flow_that_returns_nothing_completes_whatever_failed_in_it():
    assert ends(lambda: fail.submit().wait()) == Completed()


def test_a_flow_that_raises_fails_with_what_it_raised():
    state = ends(lambda: [fail()])
    assert (state.name, state.message) == ("Failed", "Flow run encountered an exception: ValueError: no")
    with pytest.raises(ValueError, match="no"):
        state.result()


def test_a_flow_ends_in_the_state_that_it_returns():
    assert ends(lambda: Failed(message="not today")) == Failed(message="not today")
    assert ends(lambda: Completed(name="Skipped", message="nothing to do")) == Completed(name="Skipped", message="nothing to do")


def test_a_caller_gets_the_result_of_a_returned_state():
    assert flow(lambda: Completed(data=5))() == 5
    with pytest.raises(ValueError, match="no"):
        flow(lambda: Failed(data=ValueError("no")))()


def test_a_flow_that_returns_futures_ends_as_they_do_and_returns_their_states():
    state = ends(lambda: [double.submit(1), double.submit(2)])
    assert (state.name, state.message) == ("Completed", "All states completed.")
    assert [inner.result() for inner in state.result()] == [2, 4]
    assert [inner.result() for inner in flow(lambda: double.map([1, 2]))()] == [2, 4]


def test_a_flow_fails_when_one_of_the_futures_that_it_returns_did():
    state = ends(lambda: (double.submit(1), fail.submit()))
    assert (state.name, state.message) == ("Failed", "1/2 states failed.")
    with pytest.raises(ValueError, match="no"):
        state.result()
    assert [inner.name for inner in flow(lambda: (double.submit(1), fail.submit()))()] == ["Completed", "Failed"]


def test_a_flow_that_returns_one_future_or_state_of_a_task_ends_as_it_did():
    assert ends(lambda: double(1, return_state=True)).result().result() == 2
    assert isinstance(flow(lambda: double.submit(1))(), State)
    state = ends(lambda: fail(return_state=True))
    assert (state.name, state.message) == ("Failed", "1/1 states failed.")
    with pytest.raises(ValueError, match="no"):
        flow(lambda: fail.submit(wait_for=[]))()
