"""Values of xarray."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import xarray as xr

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]


def _array(**changes: Any) -> Any:
    given = {"dims": ("x", "y"), "coords": {"x": [1, 2], "place": ("x", ["a", "b"])}, "attrs": {"unit": "m"}, "name": "height"}
    return xr.DataArray(np.arange(4.0).reshape(2, 2), **{**given, **changes})


def _to_be_written(array: Any) -> Any:
    array.encoding["dtype"] = "float32"
    return array


def _dataset(**changes: Any) -> Any:
    return _array().to_dataset().assign({"extra": ("x", [1, 2]), **changes})


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "xarray.DataArray": (
        Differ("names of dimensions", lambda: (xr.DataArray([1, 2], dims="x"), xr.DataArray([1, 2], dims="y")), "name"),
        Differ("order of dimensions", lambda: (_array(), _array().T), "order"),
        Differ("name", lambda: (_array(), _array(name="depth")), "name"),
        Differ("attributes", lambda: (_array(), _array(attrs={"unit": "km"})), "value"),
        Differ("coordinates", lambda: (_array(), _array(coords={"x": [1, 3], "place": ("x", ["a", "b"])})), "value"),
        Differ("names of coordinates", lambda: (_array(coords={"a": ("x", [1, 2])}), _array(coords={"b": ("x", [1, 2])})), "name"),
        Differ("indexed and not", lambda: (_array(), _array().drop_indexes("x")), "value"),
        Differ("data", lambda: (_array(), _array() + 1), "value"),
        Differ("dtype", lambda: (_array(), _array().astype("f4", keep_attrs=True)), "dtype"),
        Differ("an array and its data", lambda: (xr.DataArray([1, 2]), np.array([1, 2])), "type"),
        Differ("an array and a dataset", lambda: (_array(), _array().to_dataset()), "type"),
        Differ("levels stacked in another order", lambda: (_array().stack(z=("x", "y")), _array().stack(z=("y", "x"))), "order"),
        Agree("made twice", lambda: (xr.DataArray([1, 2], dims="x"), xr.DataArray([1, 2], dims="x"))),
        Agree("how it is to be written", lambda: (_array(), _to_be_written(_array()))),
        Agree("a slice", lambda: (_array()[1:], _array().isel(x=[1]))),
        Agree("order of coordinates", lambda: (_array(coords={"a": 1, "b": 2}), _array(coords={"b": 2, "a": 1}))),
        Refuse("chunks that are to be computed", lambda: _array().chunk({"x": 1}), needs=("dask",)),
        Stable("an array", _array),
    ),
    "xarray.Dataset": (
        Differ("names of variables", lambda: (_dataset(), _dataset().rename(extra="more")), "name"),
        Differ("a variable", lambda: (_dataset(), _dataset().drop_vars("extra")), "length"),
        Differ("data", lambda: (_dataset(), _dataset(extra=("x", [1, 3]))), "value"),
        Differ("attributes", lambda: (_dataset(), _dataset().assign_attrs(source="a")), "value"),
        Differ("attributes of a variable", lambda: (_array().to_dataset(), _array(attrs={}).to_dataset()), "value"),
        Differ("a variable and a coordinate", lambda: (_dataset(), _dataset().set_coords("extra")), "type"),
        Differ("rows", lambda: (_dataset(), _dataset().isel(x=[0])), "shape"),
        Differ("a dataset and its dict", lambda: (_dataset(), _dataset().to_dict()), "type"),
        Differ("a dataset and a tree of it", lambda: (_dataset(), xr.DataTree(_dataset())), "type"),
        Differ("where it hangs in a tree", lambda: (xr.DataTree.from_dict({"/a": _dataset()}), xr.DataTree.from_dict({"/b": _dataset()})), "name"),
        Agree("order of variables, as for xarray's `identical`", lambda: (_dataset(), _dataset()[["extra", "height"]])),
        Agree("a copy", lambda: (_dataset(), _dataset().copy(deep=True))),
        Refuse("chunks that are to be computed", lambda: _dataset().chunk({"x": 1}), needs=("dask",)),
        Stable("a dataset", _dataset),
    ),
}  # fmt: skip
