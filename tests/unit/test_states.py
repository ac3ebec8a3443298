"""What became of a run."""

import asyncio

import pytest

from recoup import states
from recoup.exceptions import CancelledRun, CrashedRun, FailedRun, UnfinishedRun


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Scheduled", "scheduled"), ("AwaitingRetry", "scheduled"), ("Pending", "pending"), ("NotReady", "pending"),
        ("Running", "running"), ("Retrying", "running"), ("Completed", "completed"), ("Cached", "completed"),
        ("Failed", "failed"), ("Crashed", "crashed"), ("Cancelled", "cancelled"),
    ],
)  # fmt: skip
def test_a_state_is_of_one_kind(name, kind):
    state = getattr(states, name)(message="m")
    kinds = ["scheduled", "pending", "running", "completed", "failed", "crashed", "cancelled"]
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


def test_an_unfinished_run_has_no_result():
    with pytest.raises(UnfinishedRun, match=r"^the run is Running: its result is not available yet$"):
        states.Running().result()


def test_states_are_equal_by_what_they_say():
    assert states.Completed(message="m", data=1) == states.Completed(message="m", data=2)
    assert len({states.Completed(), states.Completed(), states.Cached()}) == 2
