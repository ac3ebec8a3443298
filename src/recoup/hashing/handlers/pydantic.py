"""pydantic models: their fields, extras and private attributes, in the order in which the class names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pydantic

from recoup.hashing._forms import Attributes, Form, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_MODEL: Final = tag("pydantic.model")


def _model(model: Any) -> Form:
    names = tuple(name for name in type(model).model_fields if name in model.__dict__)
    extra = Attributes(model.__pydantic_extra__ or {})
    private = Attributes(model.__pydantic_private__ or {})
    members = (type(model), names, extra, private, *(model.__dict__[name] for name in names))
    return Form(_MODEL, members, lambda i: f".{names[i - 4]}" if i > 3 else "")  # noqa: PLR2004 - after class, names, extra, private


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {pydantic.BaseModel: _model}
