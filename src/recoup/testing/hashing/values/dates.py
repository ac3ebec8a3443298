"""Dates, times, differences and zones."""

from __future__ import annotations

import datetime as dt
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]

BERLIN: Final = "Europe/Berlin"


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "date": (
        Differ("a date and its midnight", lambda: (date(2026, 1, 2), datetime(2026, 1, 2)), "type"),
        Differ("a date and its text", lambda: (date(2026, 1, 2), "2026-01-02"), "type"),
        Differ("day and month", lambda: (date(2026, 1, 2), date(2026, 2, 1)), "order"),
        Agree("two ways to it", lambda: (date(2026, 1, 2), date.fromisoformat("2026-01-02"))),
        Stable("a date", lambda: date(2026, 1, 2)),
        Differ("a date and the bytes of its text", lambda: (date(2026, 1, 2), b"2026-01-02"), "type"),
        Differ("a date and its number", lambda: (date(2026, 1, 2), date(2026, 1, 2).toordinal()), "type"),
        Differ("the year", lambda: (date(2026, 1, 2), date(2025, 1, 2)), "value"),
    ),
    "datetime": (
        Differ("with and without zone", lambda: (datetime(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)), "zone"),
        Differ("two zones at one instant", lambda: (_at(12, ZoneInfo(BERLIN)), _at(11, UTC)), "zone"),
        Differ("UTC and a zone that is like it in winter", lambda: (_at(12, UTC), _at(12, ZoneInfo("Europe/London"))), "zone"),
        Differ("the hour that comes twice", lambda: (_at(2, ZoneInfo(BERLIN)), _at(2, ZoneInfo(BERLIN), fold=1)), "fold"),
        Differ("a microsecond", lambda: (datetime(2026, 1, 2), datetime(2026, 1, 2, microsecond=1)), "value"),
        Agree("two ways to it", lambda: (datetime(2026, 1, 2, 3), datetime.fromisoformat("2026-01-02T03:00"))),
        Agree("a pickled zone", lambda: (_at(2, ZoneInfo(BERLIN)), pickle.loads(pickle.dumps(_at(2, ZoneInfo(BERLIN)))))),
        Stable("a moment with a zone", lambda: _at(2, ZoneInfo(BERLIN), fold=1)),
        Differ("a moment and the bytes of its text", lambda: (datetime(2026, 1, 2), b"2026-01-02T00:00:00"), "type"),
        Differ("a moment and its parts", lambda: (datetime(2026, 1, 2, tzinfo=UTC), (b"2026-01-02T00:00:00", 0, UTC)), "type"),
        Differ("an hour of one zone", lambda: (_at(2, UTC), _at(3, UTC)), "value"),
        Differ("the fold without a zone", lambda: (datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 2, fold=1)), "fold"),
    ),
    "time": (
        Differ("with and without zone", lambda: (time(3, 4), time(3, 4, tzinfo=UTC)), "zone"),
        Differ("the fold", lambda: (time(3, 4), time(3, 4, fold=1)), "fold"),
        Differ("hours and minutes", lambda: (time(3, 4), time(4, 3)), "order"),
        Differ("minutes and seconds", lambda: (time(0, 1, 0), time(0, 0, 1)), "order"),
        Agree("two ways to it", lambda: (time(3, 4), time.fromisoformat("03:04"))),
        Differ("a time and its parts", lambda: (time(3, 4), ("03:04:00", 0, None)), "type"),
        Differ("a time and its text", lambda: (time(3, 4), "03:04:00"), "type"),
        Differ("a microsecond", lambda: (time(3), time(3, microsecond=1)), "value"),
    ),
    "timedelta": (
        Differ("a day and a second", lambda: (timedelta(days=1), timedelta(seconds=1)), "order"),
        Differ("a difference and its seconds", lambda: (timedelta(seconds=90), 90.0), "type"),
        Differ("a difference and its negative", lambda: (timedelta(hours=1), -timedelta(hours=1)), "sign"),
        Agree("24 hours and a day", lambda: (timedelta(hours=24), timedelta(days=1))),
        Differ("the days", lambda: (timedelta(1, 2, 3), timedelta(2, 2, 3)), "value"),
        Differ("the seconds", lambda: (timedelta(1, 2, 3), timedelta(1, 3, 3)), "value"),
        Differ("the microseconds", lambda: (timedelta(1, 2, 3), timedelta(1, 2, 4)), "value"),
        Differ("a difference and its parts", lambda: (timedelta(1, 2, 3), (1, 2, 3)), "type"),
        Stable("a difference", lambda: timedelta(-1, 5, 9)),
    ),
    "zone": (
        Differ("two offsets", lambda: (timezone(timedelta(hours=1)), timezone(timedelta(hours=2))), "value"),
        Differ("an offset with a name", lambda: (timezone(timedelta(hours=1)), timezone(timedelta(hours=1), "CET")), "name"),
        Differ("two zones with one clock", lambda: (ZoneInfo(BERLIN), ZoneInfo("Europe/Paris")), "name"),
        Differ("an offset and a zone", lambda: (UTC, ZoneInfo("UTC")), "type"),
        Agree("cached and not", lambda: (ZoneInfo(BERLIN), ZoneInfo.no_cache(BERLIN))),
        Agree("UTC and no offset", lambda: (UTC, dt.timezone(timedelta(0)))),
        Stable("a zone", lambda: ZoneInfo(BERLIN)),
        Differ("two offsets of one name", lambda: (timezone(timedelta(hours=1), "x"), timezone(timedelta(hours=2), "x")), "value"),
        Differ("an offset and its parts", lambda: (timezone(timedelta(hours=1), "x"), (timedelta(hours=1), "x")), "type"),
        Differ("a zone and its parts", lambda: (ZoneInfo(BERLIN), (BERLIN,)), "type"),
        Differ("a zone and its name", lambda: (ZoneInfo(BERLIN), BERLIN), "type"),
    ),
}  # fmt: skip


def _at(hour: int, zone: dt.tzinfo, fold: int = 0) -> datetime:
    """Return an hour of the day on which the clocks of Berlin are put back."""
    return datetime(2026, 10, 25, hour, 30, tzinfo=zone, fold=fold)
