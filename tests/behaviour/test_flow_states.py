"""How a flow ends: by what it returns, not by what failed on the way."""

import asyncio

import pytest

from recoup import flow, task
from recoup.context import FlowRunContext
from recoup.exceptions import ConfigurationError
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


# --- flows in flows ------------------------------------------------------------------------------


@flow
def inner(x):
    return double(x) + double.submit(x).result(), FlowRunContext.get().flow_run.parent_flow_run_id


@flow
async def ainner(x):
    await asyncio.sleep(0)
    return double(x), FlowRunContext.get().flow_run.parent_flow_run_id


def here():
    return str(FlowRunContext.get().flow_run.id)


def test_a_flow_inside_runs_where_it_is_called_and_knows_the_run_around_it():
    assert flow(lambda: inner(1)[1] == here())()


def test_a_task_that_is_submitted_may_call_a_flow():
    called = task(lambda x: inner(x))  # noqa: PLW0108 - a task, not the flow

    @flow
    def outer():
        found = called.map([1, 2]).result()
        return [value for value, _ in found], {parent for _, parent in found} == {here()}

    assert outer() == ([4, 8], True)


def test_async_flows_run_side_by_side_in_one():
    @flow
    async def outer():
        inners = await asyncio.gather(*(ainner(x) for x in range(3)))
        return [x for x, _ in inners], {parent for _, parent in inners} == {here()}

    assert asyncio.run(outer()) == ([0, 2, 4], True)


def test_the_failure_of_a_flow_inside_is_an_error_or_a_state_in_the_one_around_it():
    broken = flow(name="broken")(lambda: [fail()])

    @flow
    def outer():
        state = broken(return_state=True)
        try:
            broken()
        except ValueError as exc:
            return state.name, str(exc)

    assert outer() == ("Failed", "no")
    assert ends(lambda: [broken(return_state=True), Completed()]).message == "1/2 states failed."


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_function_that_yields_is_no_flow(kind):
    def items():
        yield 1

    async def aitems():
        yield 1

    with pytest.raises(
        ConfigurationError, match=r"^a?items yields, and a run of a flow would have ended before its items were made"
    ):
        flow(items if kind == "sync" else aitems)
