"""Who hears of what, and how it is said and counted."""

import logging

import pytest

from recoup import flow, get_run_logger, task
from recoup.engine.tally import Tally
from recoup.events import (
    CallId,
    DidCompute,
    DidFail,
    FlowEnded,
    FlowStarted,
    Hit,
    MutatedInput,
    NotCached,
    WillCompute,
    WillRetry,
    emit,
    heard,
    subscribe,
    subscribed,
)
from recoup.exceptions import MissingContextError
from recoup.logs import quiet
from recoup.wording import Teller, duration

CALL = CallId("train", 1, None, "UA")
OTHER = CallId("load", 2)


def test_subscribers_hear_until_they_end():
    told = []
    end = subscribe(told.append)
    emit(NotCached(at=0, call=CALL, reason="x"))
    end()
    end()
    emit(NotCached(at=1, call=CALL, reason="x"))
    assert [event.at for event in told] == [0]


def test_what_nobody_hears_is_not_made():
    """Ears that say beforehand what they ignore keep it from being made; one that says nothing hears all."""

    class Ears(list):
        def __call__(self, event):
            self.append(event)

        def deaf(self, kind, call):
            return kind is not DidCompute or call.run is None

    heard_in_runs = Ears()
    with quiet(), subscribed(heard_in_runs):
        assert not heard(DidCompute, CALL)
        assert heard(DidCompute, CallId("train", 1, "run"))
        assert not heard(WillCompute, CallId("train", 1, "run"))
        task(cache=True)(len)("abc")
        with subscribed([].append):
            assert heard(WillCompute, CALL)
    assert heard_in_runs == []


def test_why_a_body_runs_is_not_worked_out_when_nobody_hears(monkeypatch):
    kept = task(cache=True)(len)
    monkeypatch.setattr("recoup.engine.history.History.nearest", lambda *_: pytest.fail("worked out for nobody"))
    with quiet():
        assert kept("abc") == 3
    assert kept.cached("abc")


def test_a_subscriber_that_fails_fails_nobody_else(caplog):
    told = []

    def broken(event):
        raise ValueError("broken")

    with subscribed(broken), subscribed(told.append):
        assert task(lambda: 5)() == 5
    assert len(told) == 2
    assert "a subscriber failed on WillCompute" in caplog.text


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            WillCompute(at=0, call=CALL, key="k", cause="code", why="helper clean() changed"),
            "running train[UA] · helper clean() changed",
        ),
        (Hit(at=0, call=OTHER, key="k", created=0, saved=38.2, seconds=0), "cached load · saved 38.2 s"),
        (
            Hit(at=0, call=OTHER, key="k", created=0, saved=0.012, seconds=0, from_run="r", from_run_name="p-1"),
            "cached load · from run p-1, saved 12 ms",
        ),
        (DidFail(at=0, call=CALL, error="ValueError: x", seconds=0), "failed train[UA] · ValueError: x"),
        (DidFail(at=0, call=CALL, error="x", seconds=0, state="NotReady"), "NotReady train[UA] · x"),
        (
            WillRetry(at=0, call=OTHER, attempt=1, of=2, delay=3, error="KeyError: 1"),
            "retrying load · attempt 1 of 3 failed: KeyError: 1; again in 3.0 s",
        ),
        (
            MutatedInput(at=0, call=OTHER, key="k", arguments=("a", "b")),
            "not kept load · its body changed its argument a, b in place, which a hit would not do. Change a copy, and return it.",
        ),
        (FlowStarted(at=0, run="r", name="p-1", flow="p", parameters={}), "flow p · run p-1 began"),
        (
            FlowEnded(at=0, run="r", name="p-1", flow="p", state="Failed", seconds=2, message="KeyError: 1", summary="1 task"),
            "flow p · run p-1 Failed · KeyError: 1 · 1 task · 2.0 s",
        ),
    ],
)
def test_events_as_lines(event, line):
    assert str(Teller().tell(event)) == line


def test_why_a_body_ran_is_said_when_it_has_ended():
    teller = Teller()
    teller.tell(WillCompute(at=0, call=OTHER, key="k", cause="first", why="first time"))
    assert str(teller.tell(DidCompute(at=1, call=OTHER, key="k", seconds=3.2))) == "ran load · first time · 3.2 s"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 µs"), (0.012, "12 ms"), (38.24, "38.2 s"), (90, "1 min 30 s"), (3840, "1 h 04 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_the_tally_counts_what_a_run_did():
    tally = Tally()
    for event in [
        WillCompute(at=0, call=CALL, key="k", cause="first", why=""),
        WillCompute(at=1, call=OTHER, key="k", cause="first", why=""),
        DidCompute(at=3, call=CALL, key="k", seconds=3),
        DidFail(at=5, call=OTHER, error="x", seconds=4),
        Hit(at=7, call=CALL, key="k", created=0, saved=38.2, seconds=0),
    ]:
        tally(event)
    assert (tally.ran, tally.cached, tally.failed, tally.body_seconds) == (1, 1, 1, 5)
    assert str(tally) == "3 tasks · 1 cached · 1 ran · 1 failed · 38.2 s saved"


def test_lines_of_a_flow_are_logged(caplog):
    kept = task(cache=True)(len)

    @flow
    def pipeline():
        kept("abc")
        kept("abc")

    with caplog.at_level(logging.INFO, "recoup"):
        pipeline()
    first_words = [record.getMessage().split()[0] for record in caplog.records]
    assert first_words == ["flow", "ran", "cached", "flow"]


@pytest.mark.parametrize(
    "event",
    [
        DidFail(at=0, call=CALL, error="ValueError: no\nsuch\nday", seconds=1, state="Failed"),
        WillRetry(at=0, call=CALL, attempt=1, of=2, delay=0, error="ValueError: no\nsuch\nday"),
    ],
)
def test_an_error_of_many_lines_is_told_in_one(event):
    assert "ValueError: no …" in str(Teller().tell(event))
    assert "\n" not in str(Teller().tell(event))


def test_a_hit_outside_flows_is_silent(caplog):
    kept = task(cache=True)(len)
    with caplog.at_level(logging.INFO, "recoup"):
        kept("abc")
        kept("abc")
    assert [record.getMessage().split()[0] for record in caplog.records] == ["ran"]


def test_the_run_logger_is_named_after_what_runs():
    @task
    def inside():
        return get_run_logger().name

    @flow
    def pipeline():
        return get_run_logger().name, inside()

    assert pipeline() == ("recoup.flow.pipeline", "recoup.task.inside")
    with pytest.raises(MissingContextError, match="call it inside a flow or a task"):
        get_run_logger()


def test_records_say_which_run_wrote_them(caplog):
    """For formatters and filters, under Prefect's names."""

    @task(task_run_name="load {day}")
    def load(day):
        get_run_logger(colour="red").warning("careful", extra={"taste": "sweet"})

    @flow(name="nightly", flow_run_name="night")
    def pipeline():
        get_run_logger().warning("began")
        load("monday")

    pipeline()
    began, careful = (record for record in caplog.records if record.name != "recoup")
    assert (began.flow_name, began.flow_run_name, hasattr(began, "task_name")) == ("nightly", "night", False)
    assert (careful.flow_run_id, careful.task_name, careful.task_run_name) == (began.flow_run_id, "load", "load monday")
    assert (careful.colour, careful.taste) == ("red", "sweet")


def test_programs_of_prefect_import_the_run_logger_from_logging():
    from recoup import logging as place

    assert place.get_run_logger is get_run_logger
