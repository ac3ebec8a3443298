"""Local classes that `dataclass`, `namedtuple`, `Enum` or `attrs` made from a declaration: what was declared.

What these make of it differs between versions of Python and of attrs, and follows from the declaration.
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any, Final

from recoup.project import is_standard_file

__all__ = ["declared_by", "without_made"]

_PARAMETERS: Final = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")
_OF_NAMEDTUPLES: Final = ("_make", "_replace", "_asdict", "_fields")
_FIELD: Final = ("init", "repr", "compare", "hash", "kw_only", "eq", "order")


def declared_by(kind: type) -> dict[str, Any] | None:
    """Return what the declaration of a class says besides its methods and constants, `None` for other classes."""
    own: Any = vars(kind)
    if "__dataclass_fields__" in own:
        import dataclasses  # noqa: PLC0415 - loaded already, where there is such a class

        parameters = [getattr(own["__dataclass_params__"], name) for name in _PARAMETERS]
        return {"dataclass": parameters, "fields": {field.name: _field(field) for field in dataclasses.fields(kind)}}
    if "__attrs_attrs__" in own:
        return {"attrs": [(field.name, _field(field)) for field in own["__attrs_attrs__"]]}
    if issubclass(kind, tuple) and "_field_defaults" in own:
        return {"fields": own["_fields"], "defaults": own["_field_defaults"]}
    if "_member_map_" in own:
        return {"members": [(name, member._value_) for name, member in own["_member_map_"].items()]}
    return None


def _field(field: Any) -> dict[str, Any]:
    """Return how a field differs from one of which nothing is said."""
    said = {name: getattr(field, name, None) for name in _FIELD}
    for name in ("default", "default_factory"):
        value = getattr(field, name, None)
        if type(value).__name__ not in ("_MISSING_TYPE", "_Nothing", "NoneType") or (name == "default" and value is None):
            said[name] = (value,)
    return said


def without_made(content: dict[str, Any]) -> dict[str, Any]:
    """Leave out the functions that were made from the declaration, and what `enum` notes for itself."""
    return {
        name: member
        for name, member in content.items()
        if not (name[:1] == "_" and (name[-1:] == "_" or name in _OF_NAMEDTUPLES) and (_is_made(member) or name[:2] != "__"))
    }


def _is_made(member: Any) -> bool:
    functions = [part for part in member if isinstance(part, FunctionType)] if isinstance(member, tuple) else []
    return bool(functions) and all(_is_generated(function.__code__.co_filename) for function in functions)


def _is_generated(file: str) -> bool:
    if file.startswith(("<string>", "<attrs generated")) or is_standard_file(file):
        return True
    attrs = sys.modules.get("attr")
    return attrs is not None and file.startswith(str(attrs.__file__).removesuffix("__init__.py"))
