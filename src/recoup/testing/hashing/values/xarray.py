"""Values of xarray."""

from __future__ import annotations

from typing import Final

import xarray as xr

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "xarray.DataArray": (
        Differ("names of dimensions", lambda: (xr.DataArray([1, 2], dims="x"), xr.DataArray([1, 2], dims="y")), "name"),
        Agree("made twice", lambda: (xr.DataArray([1, 2], dims="x"), xr.DataArray([1, 2], dims="x"))),
    ),
}  # fmt: skip
