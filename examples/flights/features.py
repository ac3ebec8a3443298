"""What a model may know about a departure two hours ahead."""

from __future__ import annotations

import pandas as pd

from recoup import task

NOTICE = pd.Timedelta(hours=2)

KNOWN = {
    "late_before": "delays at the airport two hours earlier",
    "queue": "departures in the same hour",
    "minute": "the time of day",
    "weekday": "the day of the week",
    "season": "the season",
    "origin": "the airport",
    "distance": "the distance",
    "under_way": "the time allowed by the timetable",
    "age": "the age of the plane",
    "seats": "the size of the plane",
    "temp": "the temperature",
    "dewp": "the dew point",
    "humid": "the humidity",
    "wind_speed": "the wind",
    "wind_gust": "the gusts",
    "precip": "rain and snow",
    "pressure": "the air pressure",
    "visib": "the visibility",
}
"""The columns that a model learns from, and what they are called among people."""


@task(cache=True)
def add_features(flights: pd.DataFrame) -> pd.DataFrame:
    """Return one row per flight that arrived: what was known, its week, and the delay that came of it."""
    departure = flights["departure"]
    described = flights.assign(
        minute=departure.dt.hour * 60 + departure.dt.minute,
        weekday=departure.dt.dayofweek,
        season=season(departure.dt.month),
        week=departure.dt.dayofyear // 7,
        origin=flights["origin"].astype("category").cat.codes,
        age=departure.dt.year - flights["built"],
        queue=queue(flights),
        late_before=late_before(flights),
        delay=flights["arr_delay"],
    )
    arrived = described.dropna(subset="delay").reset_index(drop=True)
    return arrived[["carrier"]].astype("category").join(arrived[["week", *KNOWN, "delay"]].astype("float32"))


def season(month: pd.Series) -> pd.Series:
    """Return 0 for winter, 1 for spring, 2 for summer, 3 for autumn."""
    return month % 12 // 3


def queue(flights: pd.DataFrame) -> pd.Series:
    """Count the departures that share an airport and an hour, cancelled ones too."""
    return flights.groupby(["origin", "hour"])["dest"].transform("size")


def late_before(flights: pd.DataFrame) -> pd.Series:
    """Return how late, on average, the flights left that were due at the same airport two hours earlier.

    Of a flight that was due two hours ago and has not left, one knows only that it is two hours late: a longer delay
    counts as two hours, so that no model looks into the future.
    """
    late = flights["dep_delay"].clip(upper=NOTICE / pd.Timedelta(minutes=1))
    by_hour = late.groupby([flights["origin"], flights["hour"]]).mean()
    earlier = pd.MultiIndex.from_arrays([flights["origin"], flights["hour"] - NOTICE])
    return pd.Series(by_hour.reindex(earlier).to_numpy(), index=flights.index)
