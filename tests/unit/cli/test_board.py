"""The rows of a terminal: one for each task, its calls counted, with the reason that matters."""

import pytest

from recoup.cli.board import Board
from recoup.events import CallId, DidCompute, DidFail, Hit, WillCompute


def call(number, task="train", label=""):
    return CallId(task, number, "run", label)


def will(number, why="first time", cause="first", **kwargs):
    return WillCompute(at=100.0, call=call(number, **kwargs), key="k", cause=cause, why=why)


def did(number, seconds=2.0, **kwargs):
    return DidCompute(at=102.0, call=call(number, **kwargs), key="k", seconds=seconds)


def hit(number, run="pipeline-1", **kwargs):
    return Hit(
        at=100.0, call=call(number, **kwargs), key="k", created=0.0, saved=3.0, seconds=0.0, from_run="r", from_run_name=run
    )


def fail(number, error="ValueError: no", **kwargs):
    return DidFail(at=101.0, call=call(number, **kwargs), error=error, seconds=1.0)


@pytest.mark.parametrize(
    ("events", "name", "story", "spent"),
    [
        ([will(1)], "train", "running · first time", "3.0 s"),
        ([will(1, "helper clean() changed", "code"), did(1)], "train", "ran · helper clean() changed", "2.0 s"),
        ([hit(1)], "train", "cached · from run pipeline-1", "saved 3.0 s"),
        ([hit(1), hit(2, "other-2")], "train 2", "2 cached · from 2 runs", "saved 6.0 s"),
        ([will(1), fail(1)], "train", "failed · ValueError: no", "1.0 s"),
        ([fail(1, label="UA"), fail(2, label="AA")], "train 2", "2 failed · UA: ValueError: no, and 1 more", "2.0 s"),
        ([hit(1), will(2), did(2), will(3)], "train 3", "1 cached · 1 ran · 1 running · first time", "5.0 s · saved 3.0 s"),
        (
            [will(1, "first time with x=1", label="1"), will(2, "first time with x=2", label="2")],
            "train 2",
            "2 running · first time",
            "6.0 s",
        ),
        ([will(1, "a", "code"), will(2, "a", "code"), will(3, "b", "code")], "train 3", "3 running · a, and 1 more", "9.0 s"),
    ],
)
def test_a_row_tells_what_its_calls_did_and_why(events, name, story, spent):
    board = Board()
    for event in events:
        board(event)
    (row,), left_out = board.rows()
    assert (row.name, row.story, row.spent(103.0), left_out) == (name, story, spent, 0)


def test_where_rows_do_not_fit_those_that_run_stay():
    board = Board()
    for number, task in enumerate("abcd"):
        board(will(number, task=task))
    for number, task in ((1, "b"), (3, "d")):
        board(did(number, task=task))
    rows, left_out = board.rows(most=2)
    assert ([row.task for row in rows], left_out) == (["a", "c"], 2)
    rows, left_out = board.rows(most=3)
    assert ([row.task for row in rows], left_out) == (["a", "c", "d"], 1)
