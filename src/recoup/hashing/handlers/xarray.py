"""xarray: arrays and datasets by dimensions, coordinates, indexes, attributes and data; how they are encoded on disk does not count.

As for xarray's own `identical`, the order of variables does not matter. What is read from a file on use is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import xarray as xr
from xarray.indexes import PandasMultiIndex

from recoup.hashing._forms import Form, Kind, Unhashable, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recoup.hashing._forms import Encoder

_VARIABLE, _NAMED, _ARRAY, _DATASET, _TREE = map(
    tag, ("xarray.variable", "xarray.named", "xarray.array", "xarray.dataset", "xarray.tree")
)


def _array(array: Any) -> Form:
    members = (type(array), array.name, _variable(array.variable), _named(array.coords), _indexes(array))
    return Form(_ARRAY, members, ("", "", "", ".coords", "").__getitem__)


def _dataset(dataset: Any) -> Form:
    members = (type(dataset), dataset.attrs, _named(dataset.data_vars), _named(dataset.coords), _indexes(dataset))
    return Form(_DATASET, members, ("", ".attrs", "", ".coords", "").__getitem__)


def _tree(tree: Any) -> Form:
    members = (type(tree), tree.name, tree.to_dataset(inherit=False), dict(tree.children))
    return Form(_TREE, members, ("", "", "", "").__getitem__)


def _named(arrays: Mapping[Any, Any]) -> Form:
    """Encode variables by name; one that a MultiIndex makes of its levels has no data of its own."""
    made = {name for name, array in arrays.items() if _is_made_of_levels(name, array)}
    variables = {name: array.dims if name in made else _variable(array.variable) for name, array in arrays.items()}
    return Form(_NAMED, variables, None, Kind.MAPPING)


def _is_made_of_levels(name: Any, array: Any) -> bool:
    index = array.xindexes.get(name)
    return isinstance(index, PandasMultiIndex) and index.dim == name


def _indexes(holder: Any) -> Form:
    return Form(_NAMED, {name: type(index).__qualname__ for name, index in holder.xindexes.items()}, nameless, Kind.MAPPING)


def _variable(variable: Any) -> Form:
    if variable.chunks is not None:
        raise Unhashable("is a plan of chunks that are still to be computed", "call `.compute()` first, or pass the path")
    return Form(_VARIABLE, (variable.dims, variable.attrs, variable.data), ("", ".attrs", "").__getitem__)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {
    xr.DataArray: _array,
    xr.Dataset: _dataset,
    xr.Variable: lambda variable: Form(_VARIABLE, (type(variable), _variable(variable)), nameless),
}
if hasattr(xr, "DataTree"):
    FAMILIES[xr.DataTree] = _tree
