"""What the annotations of parameters say about keys: `Ignore`, `Secret`, `Digest(fn)`, `File` and `Dir`.

They are read once, where a function is decorated. A parameter whose annotation says something has a *stand-in*: a
function that makes what is hashed, and shown, in place of the argument. The body gets the argument itself.
"""

from __future__ import annotations

import builtins
import inspect
import os
import types
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Final, NamedTuple, NewType, Union, get_args, get_origin

from blake3 import blake3

from recoup.annotations import Digest, Dir, File, Ignore, Secret
from recoup.exceptions import ConfigurationError, HashError
from recoup.hashing._forms import Instead, Reference
from recoup.hashing._refusal import type_name
from recoup.hashing.hasher import Hasher
from recoup.secrecy import REDACTED, is_secret_name, is_secret_type
from recoup.types import Token

__all__ = ["Making", "Marks", "StandIn", "marks_of", "salted", "unread_advice"]

_SCHEME: Final = b"recoup secret 1\0"
_MARKS: Final = (Ignore, Secret, Digest, File, Dir)
_WORDS: Final = ("Annotated", *(mark.__name__ for mark in _MARKS))


class Making(NamedTuple):
    """What stand-ins are made with; `path` is the argument's name, for errors."""

    hasher: Hasher
    salt: Callable[[], bytes]
    path: str


StandIn = Callable[[Any, Making], Any]


class Marks(NamedTuple):
    """What the annotations of one function say.

    `ignored` parameters are left out of keys; nothing is shown of `secret` ones; `loads` says that values have to be
    there when the key is made. `unread` are annotations that cannot be evaluated, perhaps not yet.
    """

    ignored: frozenset[str]
    secret: frozenset[str]
    stand_ins: Mapping[str, StandIn]
    loads: bool
    unread: Mapping[str, str]

    def stand_in(self, name: str, value: Any, hasher: Hasher, salt: Callable[[], bytes]) -> Any:
        """Return what is hashed in place of the argument `value`. Raises `HashError` where that cannot be told."""
        make = self.stand_ins.get(name)
        return value if make is None else make(value, Making(hasher, salt, name))


def salted(token: bytes, salt: bytes) -> Token:
    """Return what a secret contributes: nobody can tell it from its token who does not have the salt (32 bytes)."""
    return Token(b"\xff" + blake3(_SCHEME + token, key=salt).digest())


# --- reading annotations -----------------------------------------------------------------------


def marks_of(fn: Callable[..., Any], parameters: Mapping[str, inspect.Parameter], who: str) -> Marks | None:
    """Return what the annotations of `parameters` say, `None` where that is nothing.

    A name that looks like a secret's says `Secret`, and so does one anywhere in an annotation, of the whole argument. Raises `ConfigurationError` for marks that mean nothing where they stand.
    """
    ignored, secret, unread = set(), set(), {}
    stand_ins: dict[str, StandIn] = {}
    loads = False
    for name, parameter in parameters.items():
        annotation, named_so = parameter.annotation, is_secret_name(name)
        if isinstance(annotation, str):
            annotation, failed = _evaluated(annotation, fn)
            if failed:
                unread[name] = parameter.annotation
        if annotation is parameter.empty and not named_so:
            continue
        reader = _Reader(f"{who}: parameter {name}")
        stand_in = reader.whole(annotation, parameter.kind)
        if named_so or reader.secret:
            secret.add(name)
        if reader.ignored:
            ignored.add(name)
            continue
        loads = loads or reader.loads
        if named_so or reader.secret:
            stand_in = partial(_hidden, stand_in)
        if stand_in is not None:
            stand_ins[name] = stand_in
    if not (ignored or secret or stand_ins or unread):
        return None
    return Marks(frozenset(ignored), frozenset(secret), stand_ins, loads, unread)


def unread_advice(name: str, text: str) -> str:
    """Return what a person is told of an annotation that cannot be evaluated."""
    return (
        f"the annotation of its parameter {name} cannot be evaluated, so what it says of the key is not known: {text}. "
        "Import its names where the program runs, not under `if TYPE_CHECKING`."
    )


def _evaluated(text: str, fn: Callable[..., Any]) -> tuple[Any, bool]:
    """Return what an annotation that is a text says, and whether it may say something and cannot be evaluated."""
    names = _Names(_function_of(fn))
    try:
        found = eval(text, names.known, names)  # noqa: S307 - the user's own source
    except Exception:  # noqa: BLE001 - it may raise anything
        return inspect.Parameter.empty, any(word in text for word in _WORDS)
    if any(word in name for name in names.missing for word in _WORDS):
        return inspect.Parameter.empty, True
    return found, False


class _AnyName(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class _Unknown(metaclass=_AnyName):
    """What a name stands for that exists for type checkers only, or is defined further down: some type."""

    def __init__(self, *_args: object, **_options: object) -> None: ...

    def __class_getitem__(cls, _arguments: object) -> type[_Unknown]:
        return cls


class _Names(dict[str, Any]):
    """The names that an annotation may use: those around its function, of its module, and any other one."""

    def __init__(self, function: Any) -> None:
        super().__init__(_enclosed(function))
        self.known: dict[str, Any] = getattr(function, "__globals__", {})
        self.missing: set[str] = set()

    def __missing__(self, name: str) -> Any:
        if name in self.known:
            return self.known[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        self.missing.add(name)
        return _Unknown


def _function_of(fn: Any) -> Any:
    """Return the function in which the annotations of a callable stand."""
    fn = inspect.unwrap(fn)
    if isinstance(fn, partial):
        return _function_of(fn.func)
    return fn if hasattr(fn, "__code__") else vars(type(fn)).get("__call__", fn)


def _enclosed(fn: Any) -> dict[str, Any]:
    """Return the variables around a local function that it closes over."""
    found: dict[str, Any] = {}
    names, cells = getattr(getattr(fn, "__code__", None), "co_freevars", ()), getattr(fn, "__closure__", None)
    for name, cell in zip(names, cells or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


_REPEATED: Final = (list, set, frozenset, tuple)


class _Reader:
    """Reads one annotation, and notes what it says."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.ignored = self.secret = self.loads = False

    def whole(self, annotation: Any, kind: Any) -> StandIn | None:
        """Return the stand-in of the parameter. `Ignore` counts here and nowhere deeper."""
        annotation = _plain(annotation)
        if get_origin(annotation) is Annotated and any(_is(mark, Ignore) for mark in annotation.__metadata__):
            self._refuse_beside_ignore(annotation)
            self.ignored = True
        collecting = kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        stand_in = self.read(annotation, ignorable=True)
        if stand_in is None or not collecting:
            return stand_in
        return partial(_each_of, stand_in) if kind is inspect.Parameter.VAR_POSITIONAL else partial(_each_value, stand_in)

    def read(self, annotation: Any, *, ignorable: bool = False) -> StandIn | None:
        """Return the stand-in for values of `annotation`, `None` where the value stands for itself."""
        annotation = _plain(annotation)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._annotated(annotation, ignorable=ignorable)
        if annotation in (File, Dir) if isinstance(annotation, type) else False:
            self.loads = True
            return partial(_placed, annotation)
        if isinstance(annotation, _MARKS) or (isinstance(annotation, type) and issubclass(annotation, _MARKS)):
            raise ConfigurationError(f"{self.where}: {_shown(annotation)} is no type; write Annotated[str, {_shown(annotation)}]")
        if isinstance(annotation, type) and origin is None:
            self.secret = self.secret or is_secret_type(annotation)
            return None
        if origin in (Union, types.UnionType):
            return self._any_of(arguments)
        return self._container(origin, arguments) if isinstance(origin, type) else None

    def _annotated(self, annotation: Any, *, ignorable: bool) -> StandIn | None:
        marks = [mark for mark in annotation.__metadata__ if any(_is(mark, known) for known in _MARKS)]
        if any(_is(mark, Ignore) for mark in marks) and not ignorable:
            raise ConfigurationError(
                f"{self.where}: Ignore leaves out a whole parameter; write Annotated[…, Ignore] around all of it"
            )
        inner = self.read(annotation.__origin__)
        ways = [mark for mark in marks if not _is(mark, Ignore) and not _is(mark, Secret)]
        if len(ways) > 1:
            raise ConfigurationError(f"{self.where}: {' and '.join(map(_shown, ways))} contradict each other; keep one of them")
        self.secret = self.secret or any(_is(mark, Secret) for mark in marks)
        return self._way(ways[0]) if ways else inner

    def _way(self, mark: Any) -> StandIn:
        self.loads = True
        if mark in (File, Dir):
            return partial(_placed, mark)
        if mark is Digest:
            raise ConfigurationError(
                f"{self.where}: Digest needs a function; write Digest(lambda value: value.url), with what stands for it"
            )
        if isinstance(mark, Digest):
            return _Instead(mark.fn)
        raise ConfigurationError(
            f"{self.where}: {mark!r} has a path; write Annotated[str, {type(mark).__name__}], and the argument is the path"
        )

    def _refuse_beside_ignore(self, annotation: Any) -> None:
        others = [mark for mark in annotation.__metadata__ if any(_is(mark, kind) for kind in (Digest, File, Dir))]
        if others:
            raise ConfigurationError(
                f"{self.where}: Ignore and {_shown(others[0])} contradict each other; what is left out of the key is not hashed"
            )

    def _any_of(self, members: tuple[Any, ...]) -> StandIn | None:
        read = [(_class_of(member), self.read(member)) for member in members]
        marked_first = sorted(read, key=lambda member: member[1] is None)
        return partial(_first_of, marked_first) if any(stand_in for _, stand_in in read) else None

    def _container(self, origin: type, arguments: tuple[Any, ...]) -> StandIn | None:
        if issubclass(origin, Mapping):
            return self._mapping(arguments)
        if issubclass(origin, tuple) and arguments and arguments[-1] is not ...:
            read = [self.read(argument) for argument in arguments]
            return partial(_members, read) if any(read) else None
        if issubclass(origin, Iterable) and arguments:
            inner = self.read(arguments[0])
            return partial(_each_of, inner) if inner is not None else None
        return None

    def _mapping(self, arguments: tuple[Any, ...]) -> StandIn | None:
        read = [self.read(argument) for argument in arguments]
        if any(read[:1]):
            raise ConfigurationError(f"{self.where}: the keys of a mapping cannot be marked, only its values")
        return partial(_each_value, read[1]) if any(read[1:]) else None  # type: ignore[arg-type]  # `any` says that it is one


def _plain(annotation: Any) -> Any:
    """Return what aliases and new types stand for."""
    while True:
        if isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type Path = …`, from Python 3.12 on
            annotation = annotation.__value__
        else:
            return annotation


def _is(mark: Any, kind: type) -> bool:
    return mark is kind or isinstance(mark, kind)


def _shown(mark: Any) -> str:
    return mark.__name__ if isinstance(mark, type) else repr(mark)


def _class_of(annotation: Any) -> type | None:
    """Return the class whose instances a member of a union takes, `None` where that is not told."""
    annotation = _plain(annotation)
    if get_origin(annotation) is Annotated:
        if any(mark in (File, Dir) for mark in annotation.__metadata__ if isinstance(mark, type)):
            return File
        annotation = _plain(annotation.__origin__)
    if annotation in (File, Dir):
        return File
    kind = get_origin(annotation) or annotation
    if kind is _Unknown:
        return None
    return kind if isinstance(kind, type) else type(None) if kind is None else None


# --- stand-ins ---------------------------------------------------------------------------------


def _placed(kind: type[File | Dir], value: Any, making: Making) -> Any:
    """Return the file or folder at a path."""
    if value is None or isinstance(value, kind):
        return value
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    if not isinstance(value, str | os.PathLike):
        raise HashError(
            f"cannot hash `{making.path}`: it is annotated {kind.__name__} and is {type_name(type(value))}, not a path. "
            f"Pass a path; or annotate it list[{kind.__name__}] or the like, where there are several.",
            path=making.path,
            kind=type_name(type(value)),
        )
    return kind(os.fsdecode(value))


def _hidden(inner: StandIn | None, value: Any, making: Making) -> Reference:
    """Return what stands for a secret: a token that tells nothing, and no text."""
    token = making.hasher.token(value if inner is None else inner(value, making), making.path)
    return Reference(salted(token, making.salt()), REDACTED)


class _Instead:
    """Stands for a value by what a function returns for it. Another function makes another digest."""

    def __init__(self, fn: Callable[[Any], Any]) -> None:
        self._fn = fn
        self._code: Reference | None = None

    def __call__(self, value: Any, making: Making) -> Instead:
        if self._code is None:
            self._code = Reference(_code_of(self._fn))
        try:
            stands = self._fn(value)
        except Exception as exc:
            raise self._error(making, f"raised {type(exc).__name__}: {exc}") from exc
        if stands is None:
            raise self._error(making, "returned None, which would make all values equal")
        return Instead(self._code, type(value), stands)

    def _error(self, making: Making, did: str) -> HashError:
        name = getattr(self._fn, "__qualname__", repr(self._fn))
        return HashError(
            f"cannot hash `{making.path}`: the function {name} of its Digest {did}. Let it return something small and stable, "
            f"or leave the argument out of the key: {making.path}: Annotated[…, Ignore].",
            path=making.path,
            kind="Digest",
        )


def _code_of(fn: Callable[..., Any]) -> Token:
    from recoup.hashing.code import source_token  # noqa: PLC0415 - few parameters are annotated so

    try:
        return source_token(fn)
    except Exception:  # noqa: BLE001 - a callable of any kind
        return Hasher().token(getattr(fn, "__qualname__", type(fn).__qualname__))


def _first_of(members: list[tuple[type | None, StandIn | None]], value: Any, making: Making) -> Any:
    for kind, stand_in in members:
        if kind is None or isinstance(value, (str, os.PathLike) if kind is File else kind):
            return value if stand_in is None else stand_in(value, making)
    return value


def _each_of(stand_in: StandIn, value: Any, making: Making) -> Any:
    return type(value)(stand_in(member, making) for member in value) if type(value) in _REPEATED else value


def _each_value(stand_in: StandIn, value: Any, making: Making) -> Any:
    return {key: stand_in(member, making) for key, member in value.items()} if type(value) is dict else value


def _members(stand_ins: list[StandIn | None], value: Any, making: Making) -> Any:
    if type(value) is not tuple or len(value) != len(stand_ins):
        return value
    return tuple(
        member if stand_in is None else stand_in(member, making) for member, stand_in in zip(value, stand_ins, strict=True)
    )
