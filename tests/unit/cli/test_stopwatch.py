"""Every second of a run belongs to imports, to tasks, or to the rest."""

import time

import pytest

from recoup.cli import stopwatch
from recoup.cli.stopwatch import Stopwatch


@pytest.fixture
def now(monkeypatch):
    """Return a list whose only member is the time."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_what_is_neither_import_nor_task_is_our_own(now):
    watch = Stopwatch(whole_process=False)
    with watch.importing():
        now[0] += 2
    now[0] += 5
    assert watch.split(bodies=4.0) == (7.0, 2.0, 4.0, 1.0)


def test_the_start_of_python_counts(now, monkeypatch):
    monkeypatch.setattr(stopwatch, "_age_of_process", lambda: 0.5)
    assert Stopwatch(whole_process=True).split(bodies=0.0).wall == 0.5


def test_this_process_is_older_than_its_modules():
    assert stopwatch._age_of_process() >= time.monotonic() - stopwatch._LOADED
