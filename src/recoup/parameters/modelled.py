"""Annotations that mention pydantic: their values are validated by pydantic itself, which is imported already."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, get_args

from recoup.parameters.admitting import Inadmissible

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["admit_modelled", "is_modelled"]


def is_modelled(annotation: Any) -> bool:
    """Say whether a pydantic model, type or field stands anywhere in `annotation`."""
    if "pydantic" not in sys.modules:
        return False
    kind = annotation if isinstance(annotation, type) else type(annotation)
    if hasattr(kind, "__pydantic_core_schema__") or kind.__module__.startswith(("pydantic", "annotated_types")):
        return True
    return any(map(is_modelled, (*get_args(annotation), *getattr(annotation, "__metadata__", ()))))


def admit_modelled(value: Any, annotation: Any) -> Any:
    """Return `value` as pydantic has it in its lax mode; raise `Inadmissible` with what it says."""
    from pydantic import ValidationError  # noqa: PLC0415 - the program uses it

    try:
        return _adapter(annotation).validate_python(value)
    except ValidationError as exc:
        told = []
        for error in exc.errors(include_url=False):
            path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
            told.append(f"at {path}: {error['msg']}" if path else error["msg"])
        raise Inadmissible("; ".join(told)) from exc


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    from pydantic import PydanticUserError, TypeAdapter  # noqa: PLC0415 - as above

    try:
        return TypeAdapter(annotation, config={"arbitrary_types_allowed": True})
    except PydanticUserError:  # a model has a configuration of its own
        return TypeAdapter(annotation)
