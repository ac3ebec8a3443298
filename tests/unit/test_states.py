"""What became of a run."""

import asyncio

import pytest

from recoup import states
from recoup.exceptions import CancelledRun, CrashedRun, FailedRun, PausedRun, UnfinishedRun


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Scheduled", "scheduled"), ("AwaitingRetry", "scheduled"), ("Pending", "pending"), ("NotReady", "pending"),
        ("Running", "running"), ("Retrying", "running"), ("Completed", "completed"), ("Cached", "completed"),
        ("Failed", "failed"), ("TimedOut", "failed"), ("Crashed", "crashed"), ("Cancelled", "cancelled"),
        ("Cancelling", "cancelling"), ("Paused", "paused"),
    ],
)  # fmt: skip
def test_a_state_is_of_one_kind(name, kind):
    state = getattr(states, name)(message="m")
    kinds = ["scheduled", "pending", "running", "completed", "failed", "crashed", "cancelled", "cancelling", "paused"]
    assert [other for other in kinds if getattr(state, f"is_{other}")()] == [kind]
    assert state.is_final() is (kind in ("completed", "failed", "crashed", "cancelled"))
    assert repr(state) == f"{name}(message='m', type={kind.upper()})"


def test_results():
    assert states.Completed(data=5).result() == 5
    assert asyncio.run(states.Cached(data=5).aresult()) == 5


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (states.Failed(data=KeyError("x")), KeyError),
        (states.Failed(message="m"), FailedRun),
        (states.Crashed(message="m"), CrashedRun),
        (states.Cancelled(message="m"), CancelledRun),
    ],
)
def test_what_failed_is_raised_or_returned(state, error):
    with pytest.raises(error):
        state.result()
    assert isinstance(state.result(raise_on_failure=False), error)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (states.Failed(data="said"), "said"),
        (states.Failed(message="m", data="said"), "said"),
        (states.Failed(message="m"), "m"),
        (states.Crashed(), "Crashed"),
    ],
)
def test_an_error_says_what_is_said_of_the_failure(state, text):
    """The text that a body gave as data, as in Prefect, else the message, else the name."""
    assert str(state.result(raise_on_failure=False)) == text


def test_an_unfinished_run_has_no_result():
    with pytest.raises(UnfinishedRun, match=r"^the run is Running: its result is not available yet$"):
        states.Running().result()


def test_a_paused_run_has_no_result_either():
    with pytest.raises(PausedRun, match=r"^the run is paused: its result is not available until it goes on$"):
        states.Paused().result()


def test_a_type_may_be_given_as_a_text():
    assert states.State("COMPLETED") == states.State(type=states.StateType.COMPLETED) == states.Completed()


# --- from what a function returned ---------------------------------------------------------------


def of_run(constructor, **fields):
    """Return a state that a run ended in."""
    return constructor(**fields, by_hand=False)


@pytest.mark.parametrize("value", [None, 5, [], [states.Completed(), 3], {"a": states.Failed()}, ValueError("as a value")])
def test_data_completes(value):
    state = states.return_value_to_state(value)
    assert (state.name, state.message, state.data) == ("Completed", None, value)


@pytest.mark.parametrize("made", [states.Completed(data=5), states.Failed(message="nope"), states.Completed(name="Skipped")])
def test_a_state_made_by_hand_is_taken_as_it_is(made):
    assert states.return_value_to_state(made) is made


@pytest.mark.parametrize(
    ("returned", "kind", "message"),
    [
        ([states.Completed(), states.Completed()], "COMPLETED", "All states completed."),
        ((states.Completed(), states.Failed()), "FAILED", "1/2 states failed."),
        ([states.Completed(), states.Crashed(), states.Failed()], "FAILED", "2/3 states failed."),
        ([states.Completed(), states.Cancelled(), states.Failed()], "CANCELLED", "1/3 states cancelled."),
        ([states.Completed(), states.Paused()], "PAUSED", "1/2 states paused."),
        ([states.Failed(), states.Running()], "FAILED", "1/2 states failed."),
        ([states.Completed(), states.Pending()], "FAILED", "1/2 states are not final."),
        ({states.Completed()}, "COMPLETED", "All states completed."),
        (of_run(states.Completed, data=1), "COMPLETED", "All states completed."),
        (of_run(states.Failed, message="m"), "FAILED", "1/1 states failed."),
    ],
)  # fmt: skip
def test_states_of_other_runs_are_summed_up(returned, kind, message):
    state = states.return_value_to_state(returned)
    assert (state.type.value, state.message, state.data) == (kind, message, returned)


def test_a_sum_of_states_raises_what_the_first_of_them_raised_that_did_not_complete():
    state = states.return_value_to_state([states.Completed(data=1), states.Failed(data=KeyError("x")), states.Crashed()])
    with pytest.raises(KeyError, match="x"):
        state.result()
    assert state.result(raise_on_failure=False) is state.data


def test_states_are_equal_by_what_they_say():
    assert states.Completed(message="m", data=1) == states.Completed(message="m", data=2)
    assert len({states.Completed(), states.Completed(), states.Cached()}) == 2


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (states.Completed(), "Completed()"),
        (states.Failed(message="no luck"), "Failed('no luck')"),
        (states.Cached(), "Cached(type=COMPLETED)"),
        (states.Failed(name="TimedOut", message="too slow"), "TimedOut('too slow', type=FAILED)"),
    ],
)
def test_a_state_prints_as_in_prefect(state, text):
    assert f"{state}" == text


def test_a_type_is_equal_to_its_text():
    """Programs compare `state.type == "COMPLETED"`."""
    assert states.Completed().type == "COMPLETED" != states.Failed().type
    assert str(states.StateType.FAILED) == repr(states.StateType.FAILED) == "StateType.FAILED"
