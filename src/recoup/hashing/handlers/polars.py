"""polars: frames and series, by way of Arrow; chunks do not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_FRAME, _SERIES = tag("polars.frame"), tag("polars.series")


def _series(series: Any) -> Form:
    return Form(_SERIES, (series.name, str(series.dtype), series.to_arrow()), nameless)


def _frame(frame: Any) -> Form:
    names = frame.columns
    return Form(_FRAME, (frame.height, *frame.get_columns()), lambda i: f"column {names[i - 1]!r}" if i else "")


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {pl.DataFrame: _frame, pl.Series: _series}
