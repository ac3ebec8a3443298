"""The plan decides with scripted answers: no storage, no clock, no body."""

from types import SimpleNamespace

import pytest

from recoup.engine.plan import plan
from recoup.engine.steps import (
    Absent,
    Begin,
    Claim,
    Compute,
    Found,
    Keep,
    Lookup,
    Outcome,
    Raised,
    Rejected,
    Rekey,
    Returned,
    Serve,
    Wait,
)
from recoup.engine.validity import judge, span

ERROR = ValueError("x")
KEPT = Outcome(False, 7, None)
SERVED = Outcome(True, 7, None)
DAMAGED = Rejected("damaged", "torn")
UNREADABLE = Rejected("unreadable", "another pandas")


def found(created=0.0, expires=None, now=10.0):
    return Found(SimpleNamespace(created=created, run="this", expires=expires, stream=None), memoryview(b""), now)


def terms(**changes):
    return SimpleNamespace(
        **{
            "refresh": False,
            "refreshed_in": None,
            "streams": False,
            "uncached": "",
            "expiration": None,
            "ledger": "a ledger",
            **changes,
        }
    )


def walk(script, key="k", is_serial=False, **changed):
    """Answer the plan's steps from `script`, check that it asks for them in this order; return how it ends."""
    life = plan(SimpleNamespace(key=key, is_serial=is_serial, uncached="no key", terms=terms(**changed)))
    step = next(life)
    for wanted, answer in script:
        assert step == wanted
        try:
            step = life.send(answer)
        except StopIteration as end:
            return end.value
    raise AssertionError(f"the script ended before the plan, which asks for {step}")


def computes(because, slot=0):
    return [(Begin(because), False), (Compute(1), Returned(7)), (Keep(7, because, slot), KEPT)]


def test_a_hit_is_served():
    record = found()
    assert walk([(Lookup(0), record), (Serve(record), SERVED)]) is SERVED


def test_a_call_that_takes_turns_looks_again_when_it_has_its_turn():
    record = found()
    miss = [(Lookup(0), Absent()), (Claim(), True)]
    assert walk([*miss, (Lookup(0), record), (Serve(record), SERVED)], is_serial=True) is SERVED
    assert walk([*miss, (Lookup(0), Absent()), *computes(Rejected("first"))], is_serial=True) is KEPT


def test_a_hit_waits_for_no_turn():
    record = found()
    assert walk([(Lookup(0), record), (Serve(record), SERVED)], is_serial=True) is SERVED


def test_a_miss_is_computed_and_kept():
    assert walk([(Lookup(0), Absent()), *computes(Rejected("first"))]) is KEPT


def test_without_a_key_nothing_is_looked_up():
    assert walk(computes(Rejected("no-key", "no key")), key=None) is KEPT


def test_a_refresh_looks_nothing_up():
    assert walk(computes(Rejected("refresh")), refresh=True) is KEPT


@pytest.mark.parametrize(("run", "verdict"), [("this", Found), ("an earlier one", Rejected)])
def test_a_refresh_that_was_resumed_is_served_what_its_own_run_kept(run, verdict):
    assert isinstance(judge(found(), terms(refresh=True, refreshed_in=run)), verdict)


@pytest.mark.parametrize("verdict", [DAMAGED, Rejected("unknown", "the disk is away"), Rejected("missing")])
def test_what_cannot_be_served_is_computed_in_its_place(verdict):
    assert walk([(Lookup(0), verdict), *computes(verdict)]) is KEPT


def test_a_value_that_turns_out_to_be_damaged_is_computed():
    record = found()
    assert walk([(Lookup(0), record), (Serve(record), DAMAGED), *computes(DAMAGED)]) is KEPT


def test_an_expired_record_is_computed():
    record = found(expires=5.0)
    assert walk([(Lookup(0), record), *computes(judge(record, terms()))]) is KEPT


def test_what_others_wrote_stays_and_ours_is_kept_beside_it():
    """The reason is that theirs is unreadable, not that there is none of ours yet."""
    script = [(Lookup(0), UNREADABLE), (Lookup(1), Absent()), *computes(UNREADABLE, slot=1)]
    assert walk(script) is KEPT


def test_ours_beside_theirs_is_served():
    record = found()
    assert walk([(Lookup(0), UNREADABLE), (Lookup(1), record), (Serve(record), SERVED)]) is SERVED


def test_a_failing_body_is_tried_until_no_attempt_is_left():
    script = [
        (Lookup(0), Absent()),
        (Begin(Rejected("first")), False),
        (Compute(1), Raised(ERROR)),
        (Wait(1, ERROR), True),
        (Compute(2), Raised(ERROR)),
        (Wait(2, ERROR), False),
    ]
    assert walk(script) == Raised(ERROR)


def test_an_argument_that_changed_makes_another_key_and_another_look_up():
    record = found()
    script = [
        (Lookup(0), Absent()),
        (Begin(Rejected("first")), True),
        (Rekey(), None),
        (Lookup(0), record),
        (Serve(record), SERVED),
    ]
    assert walk(script) is SERVED


# --- validity ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expiration", "cause"),
    [
        (found(), None, None),
        (found(expires=10.1), None, None),
        (found(expires=10.0), None, "expired"),
        (found(), 10.1, None),
        (found(), 10.0, "expired"),
        (found(expires=99.0), 5.0, "expired"),
        (found(expires=5.0), 99.0, "expired"),
        (Absent(), None, "first"),
        (DAMAGED, 1.0, "damaged"),
    ],
)
def test_fresh_means_fresh_by_the_record_and_by_the_reader(record, expiration, cause):
    verdict = judge(record, terms(expiration=expiration))
    assert verdict is record if cause is None else verdict.cause == cause


@pytest.mark.parametrize(
    ("seconds", "text"), [(86_400 * 3, "3 d"), (9000, "2.5 h"), (90, "1.5 min"), (40, "40 s"), (0.25, "250 ms"), (-1, "0 ms")]
)
def test_lengths_of_time_as_a_person_says_them(seconds, text):
    assert span(seconds) == text
