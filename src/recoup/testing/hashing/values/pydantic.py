"""Values of pydantic."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


class Item(BaseModel):
    """A model."""

    a: int
    tags: list[str] = []


class Thing(BaseModel):
    """The same in another class."""

    a: int
    tags: list[str] = []


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pydantic.BaseModel": (
        Differ("a field", lambda: (Item(a=1), Item(a=2)), "value"),
        Differ("two classes", lambda: (Item(a=1), Thing(a=1)), "type"),
        Agree("read and made", lambda: (Item(a=1), Item.model_validate_json('{"a": 1, "tags": []}').model_copy(update={"tags": []}))),
    ),
}  # fmt: skip
