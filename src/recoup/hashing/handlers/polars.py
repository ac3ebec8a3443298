"""polars: frames, series, plans and expressions; with or without pyarrow.

Chunks, slices, sorted flags, what lies under a null and the order in which categories became known do not count.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from recoup.hashing import _arrow
from recoup.hashing._columns import array_data
from recoup.hashing._forms import Form, Unhashable, nameless, tag
from recoup.hashing._texts import text_column, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from recoup.hashing._forms import Encoder

_FRAME, _SERIES, _DTYPE = tag("polars.frame"), tag("polars.series"), tag("polars.dtype")
_PLAN, _EXPRESSION = tag("polars.plan"), tag("polars.expression")

_FEW, _MANY = 1 << 14, 1 << 16
_PYTHON: Final = (b"PLPYFN", b"OpaquePython", b"PythonScan", b"PythonDataset", b"cloudpickle")
"""The words by which polars announces a Python function or source in a plan."""


# --- frames and series ------------------------------------------------------------------------


def _frame(frame: Any) -> Form:
    names = frame.columns
    kind = None if type(frame) is pl.DataFrame else type(frame)
    return Form(_FRAME, (kind, frame.height, *frame.get_columns()), lambda i: f"column {names[i - 2]!r}" if i > 1 else "")


def _series(series: Any) -> Form:
    nulls = array_data(_nulls(series)) if series.null_count() else None
    kind = None if type(series) is pl.Series else type(series)
    members = (kind, series.name, _dtype(series.dtype), len(series), nulls, *_content(series))
    return Form(_SERIES, members, nameless)


def _parts(series: Any, rows: int = _FEW) -> Iterator[Any]:
    for chunk in series.get_chunks():
        for start in range(0, len(chunk), rows):
            yield chunk.slice(start, rows)


def _nulls(series: Any) -> Iterator[NDArray[Any]]:
    for part in _parts(series):
        yield part.is_null().to_numpy()


# --- content ----------------------------------------------------------------------------------


def _content(series: Any) -> tuple[Any, ...]:
    if hasattr(series.dtype, "ext_name"):
        return (series.ext.storage(),)
    found = _SHAPES.get(series.dtype.base_type())
    if found is None:
        raise Unhashable(f"has elements of type {series.dtype}, which Recoup cannot read", "cast it to another type")
    return found(series)


def _fixed(series: Any) -> tuple[Any, ...]:
    return (array_data(_numbers(series)),)


def _temporal(series: Any) -> tuple[Any, ...]:
    return _fixed(series.to_physical())


def _numbers(series: Any) -> Iterator[NDArray[Any]]:
    for chunk in series.get_chunks():
        if chunk.null_count() or chunk.dtype == pl.Boolean:
            for part in _parts(chunk, _MANY):
                yield part.fill_null(False if chunk.dtype == pl.Boolean else 0).to_numpy()
        else:
            yield chunk.to_numpy()


def _texts(series: Any) -> tuple[Any, ...]:
    def lengths() -> Iterator[NDArray[Any]]:
        for part in _parts(series, _MANY):
            counted = part.str.len_bytes()
            nulls = part.null_count()
            yield (counted.cast(pl.Int64).fill_null(-1) if nulls else counted).to_numpy().astype("<i8", copy=False)

    contents = (_content_of_texts(part) for part in _parts(series))
    return (text_column(len(series), lengths(), contents),)


def _content_of_texts(part: Any) -> Any:
    """Return the strings in one piece: by Arrow where a program has it, which is faster, and never a reason to load it."""
    if sys.modules.get("pyarrow") is not None:
        return _arrow.content(part.to_arrow())
    return part.str.join("", ignore_nulls=True).cast(pl.Binary).item()


def _as_texts(series: Any) -> tuple[Any, ...]:
    return _texts(series.cast(pl.String))


def _binaries(series: Any) -> tuple[Any, ...]:
    return (texts(len(series), lambda: (part.to_list() for part in _parts(series))),)


def _lists(series: Any) -> tuple[Any, ...]:
    def lengths() -> Iterator[NDArray[Any]]:
        for part in _parts(series):
            yield part.list.len().cast(pl.Int64).fill_null(0).to_numpy()

    filled = series.filter(series.list.len() > 0)
    return array_data(lengths()), filled.explode().alias("")


def _arrays(series: Any) -> tuple[Any, ...]:
    return (series.drop_nulls().explode().alias(""),) if series.dtype.size else ()


def _structs(series: Any) -> tuple[Any, ...]:
    there = series.drop_nulls() if series.null_count() else series
    return tuple(there.struct.unnest().get_columns())


def _physical(series: Any) -> tuple[Any, ...]:
    return (series.to_physical().alias(""),)


_SHAPES: Final[dict[Any, Callable[[Any], tuple[Any, ...]]]] = {
    **dict.fromkeys((pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64), _fixed),
    **dict.fromkeys((pl.Float32, pl.Float64, pl.Boolean), _fixed),
    **dict.fromkeys((pl.Date, pl.Datetime, pl.Duration, pl.Time), _temporal),
    **dict.fromkeys((pl.Categorical, pl.Enum, pl.Decimal, pl.Int128), _as_texts),
    pl.String: _texts,
    pl.Binary: _binaries,
    pl.List: _lists,
    pl.Array: _arrays,
    pl.Struct: _structs,
    pl.Object: lambda series: (series.to_list(),),
    pl.Null: lambda _: (),
}
_LATER: Final = {"Float16": _fixed, "UInt128": _as_texts, "Map": _physical}
_SHAPES.update({getattr(pl, name): shape for name, shape in _LATER.items() if hasattr(pl, name)})


# --- types ------------------------------------------------------------------------------------


def _dtype(dtype: Any) -> Form:
    """Encode a type by its name and its parts; of a categorical its own space of categories, if it has one."""
    fields = tuple((field.name, _dtype(field.dtype)) for field in dtype.fields) if isinstance(dtype, pl.Struct) else ()
    inner = [
        _dtype(getattr(dtype, name)) for name in ("inner", "key", "value") if isinstance(getattr(dtype, name, None), pl.DataType)
    ]
    traits = tuple(getattr(dtype, name, None) for name in _TRAITS)
    categories = getattr(dtype, "categories", None)
    if categories is not None and not isinstance(categories, pl.Series):
        categories = (categories.name(), categories.namespace(), str(categories.physical()))
    extension = (dtype.ext_name(), dtype.ext_metadata(), _dtype(dtype.ext_storage())) if hasattr(dtype, "ext_name") else ()
    return Form(_DTYPE, (dtype.base_type().__name__, fields, *inner, *traits, categories, extension), nameless)


_TRAITS: Final = ("time_unit", "time_zone", "precision", "scale", "size")


# --- what is still to be computed -------------------------------------------------------------


def _plan(frame: Any) -> Form:
    """Encode a plan as polars writes it: with the frames in it, and with the names of files, not with what is in them."""
    return Form(_PLAN, (type(frame), _without_functions(frame.serialize())), nameless)


def _expression(expression: Any) -> Form:
    return Form(_EXPRESSION, (_without_functions(expression.meta.serialize()),), nameless)


def _without_functions(written: bytes) -> bytes:
    if any(word in written for word in _PYTHON):
        raise Unhashable("holds a Python function, which polars pickles", "collect it first, or build it in the task")
    return written


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {
    pl.DataFrame: _frame,
    pl.Series: _series,
    pl.LazyFrame: _plan,
    pl.Expr: _expression,
}
