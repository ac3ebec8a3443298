"""Models of pydantic 1, as pydantic 2 carries it along: like those of pydantic 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.v1 import BaseModel

from recoup.hashing._forms import Attributes, Form, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_MODEL: Final = tag("pydantic.model-v1")


def _model(model: Any) -> Form:
    kind: Any = type(model)
    names = tuple(name for name in kind.__fields__ if name in model.__dict__)
    extra = Attributes({name: value for name, value in model.__dict__.items() if name not in kind.__fields__})
    private = Attributes({name: getattr(model, name) for name in kind.__private_attributes__ if hasattr(model, name)})
    members = (kind, names, extra, private, *(model.__dict__[name] for name in names))
    return Form(_MODEL, members, lambda i: f".{names[i - 4]}" if i > 3 else "")  # noqa: PLR2004 - after class, names, extra, private


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {BaseModel: _model}
