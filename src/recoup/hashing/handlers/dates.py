"""`datetime` and `zoneinfo`."""

from __future__ import annotations

import datetime as dt
import pickle
import zoneinfo
from typing import TYPE_CHECKING, Final

from recoup.hashing._forms import Form, Unhashable, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_DATE, _TIME, _DATETIME, _TIMEDELTA = tag("date"), tag("time"), tag("datetime"), tag("timedelta")
_TIMEZONE, _ZONEINFO = tag("timezone"), tag("zoneinfo")


def _datetime(value: dt.datetime) -> Form | bytes:
    """Encode the wall clock, the fold and the zone: two zones are two values, also at the same instant."""
    wall = value.replace(tzinfo=None, fold=0).isoformat().encode()
    if value.tzinfo is None and not value.fold:
        return _DATETIME + wall
    return Form(_DATETIME, (wall, value.fold, value.tzinfo), lambda i: ("", "", ".tzinfo")[i])


def _time(value: dt.time) -> Form:
    wall = value.replace(tzinfo=None, fold=0).isoformat()
    return Form(_TIME, (wall, value.fold, value.tzinfo), lambda i: ("", "", ".tzinfo")[i])


def _timezone(value: dt.timezone) -> Form:
    return Form(_TIMEZONE, (value.utcoffset(None), value.tzname(None)), nameless)


def _zoneinfo(value: zoneinfo.ZoneInfo) -> Form:
    try:
        value.__reduce__()
    except pickle.PicklingError:
        raise Unhashable("was read from a file and has no name to go by", 'name the zone: ZoneInfo("Europe/Berlin")') from None
    return Form(_ZONEINFO, (value.key,), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    dt.date: lambda value: _DATE + value.isoformat().encode(),
    dt.datetime: _datetime,
    dt.time: _time,
    dt.timedelta: lambda value: Form(_TIMEDELTA, (value.days, value.seconds, value.microseconds), nameless),
    dt.timezone: _timezone,
    zoneinfo.ZoneInfo: _zoneinfo,
}

FAMILIES: Final[dict[type, Encoder]] = {}
