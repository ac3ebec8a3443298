"""Values of pydantic."""

from __future__ import annotations

import functools
import pickle
from typing import Any, Final, Generic, TypeVar

from pydantic import AnyUrl, BaseModel, HttpUrl, PrivateAttr, RootModel, SecretBytes, SecretStr, create_model
from pydantic.dataclasses import dataclass

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]

T = TypeVar("T")


class Item(BaseModel):
    """A model."""

    a: int
    tags: list[str] = []


class Thing(BaseModel):
    """The same in another class."""

    a: int
    tags: list[str] = []


class Open(BaseModel, extra="allow"):
    """A model that takes whatever comes."""

    a: int = 1


class Frozen(BaseModel, frozen=True):
    """A model that has a hash."""

    a: str = "a"


class Private(BaseModel):
    """A model with something private, and something that it computes once."""

    a: int = 1
    _b: int = PrivateAttr(default=0)

    @functools.cached_property
    def double(self) -> int:
        """Return twice the number."""
        return self.a * 2


class Numbers(RootModel[list[int]]):
    """A model that is a list."""


class Box(BaseModel, Generic[T]):
    """A model of any type."""

    content: T


class Login(BaseModel):
    """A model with a secret."""

    password: SecretStr


@dataclass
class Data:
    """A dataclass that checks its fields."""

    a: int


@dataclass
class Other:
    """The same in another class."""

    a: int


def _private(number: int) -> Private:
    model = Private()
    model._b = number  # noqa: SLF001 - the case
    return model


def _asked(model: Private) -> Private:
    assert model.double == model.a * 2
    return model


def _hashed(model: Frozen) -> Frozen:
    hash(model)
    return model


def _made(**fields: Any) -> Any:
    return create_model("Made", __module__=__name__, **fields)()


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pydantic.BaseModel": (
        Differ("a field", lambda: (Item(a=1), Item(a=2)), "value"),
        Differ("two classes", lambda: (Item(a=1), Thing(a=1)), "type"),
        Differ("a list in a field", lambda: (Item(a=1), Item(a=1, tags=["x"])), "length"),
        Differ("an extra field", lambda: (Open(), Open(b=1)), "value"),  # type: ignore[call-arg]  # the case
        Differ("names of extra fields", lambda: (Open(b=1), Open(c=1)), "name"),  # type: ignore[call-arg]  # the case
        Differ("something private", lambda: (_private(1), _private(2)), "value"),
        Differ("a model and its dict", lambda: (Item(a=1), Item(a=1).model_dump()), "type"),
        Differ("types of one model", lambda: (Box[int](content=1), Box[bool](content=True)), "type"),
        Differ("a value that was not checked", lambda: (Item(a=1), Item.model_construct(a="1")), "type"),
        Differ("fields of classes that are made in a program", lambda: (_made(a=(int, 1)), _made(b=(int, 1))), "name"),
        Agree("read and made", lambda: (Item(a=1), Item.model_validate_json('{"a": 1, "tags": []}').model_copy(update={"tags": []}))),
        Agree("a default, said and not", lambda: (Item(a=1), Item(a=1, tags=[]))),
        Agree("order of extra fields", lambda: (Open(b=1, c=2), Open(c=2, b=1))),  # type: ignore[call-arg]  # the case
        Agree("something computed once, asked for and not", lambda: (Private(), _asked(Private()))),
        Agree("hashed and not", lambda: (Frozen(), _hashed(Frozen()))),
        Agree("a copy", lambda: (Item(a=1, tags=["x"]), Item(a=1, tags=["x"]).model_copy(deep=True))),
        Agree("sent elsewhere", lambda: (Item(a=1), pickle.loads(pickle.dumps(Item(a=1))))),
        Stable("a model", lambda: Item(a=1, tags=["x"])),
    ),
    "pydantic value": (
        Differ("a secret", lambda: (Login(password=SecretStr("a")), Login(password=SecretStr("b"))), "value"),
        Differ("secrets of two types", lambda: (SecretStr("a"), SecretBytes(b"a")), "type"),
        Differ("a secret and its text", lambda: (SecretStr("a"), "a"), "type"),
        Differ("a model that is a list", lambda: (Numbers([1]), Numbers([2])), "value"),
        Differ("a list and a model that is one", lambda: (Numbers([1]), [1]), "type"),
        Differ("addresses", lambda: (AnyUrl("http://a.example"), AnyUrl("http://b.example")), "value"),
        Differ("addresses of two types", lambda: (AnyUrl("http://a.example"), HttpUrl("http://a.example")), "type"),
        Differ("a field of a dataclass", lambda: (Data(1), Data(2)), "value"),
        Differ("two dataclasses", lambda: (Data(1), Other(1)), "type"),
        Differ("classes", lambda: (Item, Thing), "type"),
        Agree("one secret", lambda: (Login(password=SecretStr("a")), Login.model_validate({"password": "a"}))),
        Agree("a field that was converted", lambda: (Data(1), Data("1"))),
        Stable("an address", lambda: HttpUrl("http://a.example")),
        Stable("a dataclass", lambda: Data(1)),
    ),
}  # fmt: skip
