"""pyarrow: arrays, tables, schemas, scalars.

Chunks, slices, runs, what lies under a null and what Arrow itself calls the items of a list do not count. Metadata do, but for
the versions of the libraries that pandas notes among them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recoup.hashing import _arrow
from recoup.hashing._columns import array_data
from recoup.hashing._forms import Form, Unhashable, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from recoup.hashing._forms import Encoder

_ARRAY, _COLUMN, _TABLE, _SCALAR = tag("arrow.array"), tag("arrow.chunked"), tag("arrow.table"), tag("arrow.scalar")
_TENSOR: Final = tag("arrow.tensor")
_SCHEMA, _FIELD, _TYPE, _NESTED = tag("arrow.schema"), tag("arrow.field"), tag("arrow.type"), tag("arrow.nested-type")

_FLOATS: Final = {pa.float16(): "<f2", pa.float32(): "<f4", pa.float64(): "<f8"}


# --- data -----------------------------------------------------------------------------------


def _column(column: Any) -> Form:
    """Encode a chunked array: type, how many, which are null, and the content in the shape that the type asks for."""
    nulls = array_data(_nulls(column)) if column.null_count else None
    return Form(_COLUMN, (column.type, len(column), nulls, *_content(column)), nameless)


def _nulls(column: Any) -> Iterator[NDArray[Any]]:
    return map(_arrow.null_flags, _arrow.parts(column.chunks))


def _content(column: Any) -> tuple[Any, ...]:
    kind = column.type
    found = next((parts for test, parts in _SHAPES if test(kind)), None)
    if found is None:
        raise Unhashable(f"has elements of type {kind}, which Recoup cannot read", "cast it to another type")
    return found(column)


def _extended(column: Any) -> tuple[Any, ...]:
    return (pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type),)


def _texts(column: Any) -> tuple[Any, ...]:
    return (_arrow.texts(column.chunks),)


def _viewed_texts(column: Any) -> tuple[Any, ...]:
    return _texts(column.cast(pa.large_string() if pa.types.is_string_view(column.type) else pa.large_binary()))


def _dictionary(column: Any) -> tuple[Any, ...]:
    """Return the dictionary, whose unused entries count, and the indices; nested entries, which Arrow cannot unite, in full."""
    kind = column.type
    if kind.value_type.num_fields:
        return (pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], kind.value_type),)
    unified = column.unify_dictionaries()
    dictionary = unified.chunk(0).dictionary if unified.num_chunks else pa.array([], kind.value_type)
    return dictionary, pa.chunked_array([chunk.indices for chunk in unified.chunks], kind.index_type)


def _runs(column: Any) -> tuple[Any, ...]:
    return (pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], column.type.value_type),)


def _maps(column: Any) -> tuple[Any, ...]:
    entry = pa.struct([column.type.key_field, column.type.item_field])
    return _lists(column.cast(pa.list_(entry)))


def _unions(column: Any) -> tuple[Any, ...]:
    """Return which type each element has, then the elements of each type."""
    kind = column.type
    codes = array_data(chunk.type_codes.to_numpy() for chunk in column.chunks)
    members = range(kind.num_fields)
    return codes, *(pa.chunked_array([_member(chunk, i) for chunk in column.chunks], kind.field(i).type) for i in members)


def _member(chunk: Any, place: int) -> Any:
    rows = np.flatnonzero(chunk.type_codes.to_numpy() == chunk.type.type_codes[place])
    return chunk.field(place).take(pa.array(chunk.offsets.to_numpy()[rows] if chunk.type.mode == "dense" else rows))


def _lists(column: Any) -> tuple[Any, ...]:
    def lengths() -> Iterator[NDArray[Any]]:
        for chunk in column.chunks:
            yield pc.fill_null(pc.list_value_length(chunk).cast("int64"), 0).to_numpy(zero_copy_only=False)

    return array_data(lengths()), pa.chunked_array([chunk.flatten() for chunk in column.chunks], column.type.value_type)


def _fixed(column: Any) -> tuple[Any, ...]:
    return (array_data(block for chunk in column.chunks for block in _fixed_blocks(chunk)),)


def _fixed_blocks(chunk: Any) -> Iterator[NDArray[Any]]:
    """Yield the values of a fixed-width chunk, with zeros under the nulls."""
    for part in _arrow.parts([chunk]) if chunk.null_count else [chunk]:
        values = _values(part)
        if part.null_count:
            values = np.where(_arrow.null_flags(part) == 1, np.zeros((), values.dtype), values)
        yield values


def _values(chunk: Any) -> NDArray[Any]:
    if pa.types.is_boolean(chunk.type):
        return np.asarray(pc.fill_null(chunk, False).to_numpy(zero_copy_only=False))
    width = chunk.type.bit_width // 8
    dtype = _FLOATS.get(chunk.type, f"V{width}" if width not in (1, 2, 4, 8) else f"<i{width}")
    buffer = chunk.buffers()[1]
    if buffer is None or width == 0:
        return np.empty(len(chunk), dtype)
    return np.frombuffer(buffer, dtype, count=len(chunk), offset=chunk.offset * width)


def _is_list(kind: Any) -> bool:
    return isinstance(kind, pa.ListType | pa.LargeListType | pa.FixedSizeListType | pa.ListViewType | pa.LargeListViewType)


def _is_fixed(kind: Any) -> bool:
    return bool(pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or pa.types.is_fixed_size_binary(kind))


_SHAPES: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], tuple[Any, ...]]], ...]] = (
    (lambda kind: isinstance(kind, pa.BaseExtensionType), _extended),
    (pa.types.is_null, lambda _: ()),
    (_is_fixed, _fixed),
    (pa.types.is_dictionary, _dictionary),
    (lambda kind: pa.types.is_string_view(kind) or pa.types.is_binary_view(kind), _viewed_texts),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind), _texts),
    (lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind), _texts),
    (_is_list, _lists),
    (pa.types.is_struct, lambda column: tuple(column.flatten())),
    (pa.types.is_map, _maps),
    (pa.types.is_run_end_encoded, _runs),
    (pa.types.is_union, _unions),
)
"""Test on the type -> the parts of a column's content; asked in order."""


# --- tables and scalars -----------------------------------------------------------------------


def _table(table: Any) -> Form:
    names = table.column_names
    members = (type(table).__name__, table.schema, table.num_rows, *map(_as_column, table.columns))
    return Form(_TABLE, members, lambda i: f"column {names[i - 3]!r}" if i > 2 else "")  # noqa: PLR2004 - after kind, schema, rows


def _as_column(column: Any) -> Any:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _array(array: Any) -> Form:
    return Form(_ARRAY, (_column(pa.chunked_array([array])),), nameless)


def _scalar(scalar: Any) -> Form:
    kind = scalar.type
    single = pa.repeat(scalar, 1) if scalar.is_valid else pa.nulls(1, kind)
    if pa.types.is_dictionary(kind) and scalar.is_valid:
        single = pa.DictionaryArray.from_arrays(pa.array([0], kind.index_type), pa.repeat(scalar.value, 1), ordered=kind.ordered)
    return Form(_SCALAR, (_column(pa.chunked_array([single], kind)),), nameless)


def _tensor(tensor: Any) -> Form:
    return Form(_TENSOR, (tensor.to_numpy(), tensor.dim_names), nameless)


# --- types ----------------------------------------------------------------------------------


def _type(kind: Any) -> Form | bytes:
    """Encode a type by its name; a nested one by its parts, since names of fields may look like types."""
    if pa.types.is_dictionary(kind):
        return Form(_NESTED, ("dictionary", kind.index_type, kind.value_type, kind.ordered), nameless)
    if isinstance(kind, pa.BaseExtensionType):
        parameters = kind.__arrow_ext_serialize__() if isinstance(kind, pa.ExtensionType) else str(kind)
        return Form(_NESTED, ("extension", kind.extension_name, kind.storage_type, parameters), nameless)
    if kind.num_fields:
        extra = str(kind) if pa.types.is_union(kind) else getattr(kind, "list_size", None) or getattr(kind, "keys_sorted", None)
        return Form(_NESTED, (str(kind).partition("<")[0], extra, *_parts(kind)), nameless)
    return _TYPE + str(kind).encode()


def _parts(kind: Any) -> list[Any]:
    """Return the fields of a nested type, those of lists and maps under the usual names: Arrow takes any others for equal."""
    if _is_list(kind):
        return [kind.field(0).with_name("item")]
    if pa.types.is_map(kind):
        entry = [kind.key_field.with_name("key"), kind.item_field.with_name("value")]
        return [pa.field("entries", pa.struct(entry), nullable=False)]
    return [kind.field(i) for i in range(kind.num_fields)]


def _field(field: Any) -> Form:
    return Form(_FIELD, (field.name, field.type, field.nullable, field.metadata), nameless)


def _schema(schema: Any) -> Form:
    return Form(_SCHEMA, (_metadata(schema.metadata), *(schema.field(i) for i in range(len(schema)))), nameless)


def _metadata(metadata: Any) -> Any:
    """Return the metadata of a schema without the versions of the libraries that made it."""
    try:
        noted = json.loads((metadata or {}).get(b"pandas", b""))
    except ValueError:
        return metadata
    if type(noted) is not dict:
        return metadata
    return metadata | {b"pandas": {name: member for name, member in noted.items() if name not in _PROVENANCE}}


_PROVENANCE: Final = ("creator", "pandas_version")


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {
    pa.Array: _array,
    pa.ChunkedArray: _column,
    pa.DataType: _type,
    pa.Field: _field,
    pa.RecordBatch: _table,
    pa.Scalar: _scalar,
    pa.Schema: _schema,
    pa.Table: _table,
    pa.Tensor: _tensor,
}
