"""Functions, methods, classes, modules and generic aliases: things that have a name.

What can be found under its name is encoded by it: the module's dotted path from the project root, so that a script and
an import agree, and the qualified name. What cannot (lambdas, inner functions, notebooks, a decorator's wrapper that
carries another's name) is encoded by its code and what it encloses. The code of named things is the business of the
`CODE` policy.
"""

from __future__ import annotations

import functools
import sys
import types
import typing
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from recoup.exceptions import HashError
from recoup.hashing._canonical import ATOMS, framed
from recoup.hashing._forms import Attributes, Form, Kind, Reference, Unhashable, nameless, tag
from recoup.project import is_project_file, module_path
from recoup.types import Token

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_CLASS, _FUNCTION, _CODE, _BUILTIN = tag("class"), tag("function"), tag("code"), tag("builtin")
_LOCAL_CLASS, _METHOD, _PARTIAL, _MODULE = tag("local-class"), tag("method"), tag("partial"), tag("module")
_ALIAS, _UNION, _WRAPPER, _FOREIGN = tag("alias"), tag("union"), tag("wrapper"), tag("library-function")

_PLAIN: Final = (*ATOMS, tuple, frozenset, type)


def _name(thing: Any, qualname: str) -> bytes:
    """Return where `thing` is found: in a project by its module, in a library by the outermost package that exports it.

    Libraries move things between private modules (`pandas.core.frame`, `pathlib._local`) and keep their public names.
    """
    name = thing.__module__
    module = sys.modules.get(name)
    if is_project_file(getattr(module, "__file__", None) or ""):
        return f"{module_path(name)}:{qualname}".encode()
    parts = name.split(".")
    packages = [".".join(parts[:length]) for length in range(1, len(parts))]
    public = (package for package in packages if getattr(sys.modules.get(package), "__dict__", {}).get(qualname) is thing)
    return f"{next(public, name)}:{qualname}".encode()


def _is_named(thing: Any) -> bool:
    """Say whether the qualified name leads from the module to `thing`, for everyone who imports that module."""
    module = sys.modules.get(thing.__module__ or "")
    if "<" in thing.__qualname__ or module is None or (module.__name__ == "__main__" and not hasattr(module, "__file__")):
        return False
    try:
        return attrgetter(thing.__qualname__)(module) is thing
    except AttributeError:
        return False


# --- classes --------------------------------------------------------------------------------


def _class(value: type) -> Form | bytes:
    if "<locals>" in value.__qualname__ or _is_of_session(value):
        return Form(_LOCAL_CLASS, (value.__qualname__, value.__bases__, Attributes(_content(value))), nameless)
    return _class_name(value)


@functools.lru_cache(maxsize=4096)
def _class_name(value: type) -> Token:
    return Token(framed(_CLASS + _name(value, value.__qualname__)))


def _is_of_session(value: type) -> bool:
    return value.__module__ == "__main__" and not hasattr(sys.modules["__main__"], "__file__")


def _content(value: type) -> dict[str, Any]:
    """Return what a class body defined and does not change: its functions, and its constants."""
    content: dict[str, Any] = {}
    for name, member in vars(value).items():
        functions = _functions(member)
        if functions:
            content[name] = (type(member).__name__, *functions)
        elif isinstance(member, _PLAIN) and not name.startswith("__"):
            content[name] = member
    return content


def _functions(member: Any) -> tuple[Any, ...]:
    """Return the functions behind a member of a class."""
    if isinstance(member, property):
        found: tuple[Any, ...] = (member.fget, member.fset, member.fdel)
    elif isinstance(member, functools.cached_property):
        found = (member.func,)
    else:
        found = (getattr(member, "__func__", member),)
    return tuple(function for function in found if isinstance(function, types.FunctionType))


# --- functions ------------------------------------------------------------------------------


def _function(value: types.FunctionType) -> Form | bytes:
    if _is_named(value):
        return _FUNCTION + _name(value, value.__qualname__)
    from recoup.hashing.code.locals import carried_by, function_token  # noqa: PLC0415 - reading code is heavy, and few values need it

    try:
        token = Reference(function_token(value))
    except HashError as exc:
        instead = "pass a function of a module, and what it needs as an argument"
        raise Unhashable("encloses a variable without stable content", instead) from exc
    carried = carried_by(value)
    if carried is None:
        return Form(_CODE, (token,), nameless)
    own, defaults, enclosed = carried
    return Form(_FOREIGN, (token, own, Attributes(defaults), Attributes(enclosed)), nameless)


def _builtin(value: types.BuiltinFunctionType) -> Form | bytes:
    owner = value.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        return _BUILTIN + f"{value.__module__}:{value.__qualname__}".encode()
    return Form(_METHOD, (owner, value.__name__), (".__self__", "").__getitem__)


def _method(value: types.MethodType) -> Form:
    return Form(_METHOD, (value.__self__, value.__func__), (".__self__", "").__getitem__)


def _partial(value: functools.partial[Any]) -> Form:
    members = (value.func, value.args, value.keywords, Attributes(vars(value)))
    return Form(_PARTIAL, members, (".func", ".args", ".keywords", "").__getitem__)


def _wrapper(value: Any) -> Form | bytes:
    """Encode the result of `functools.lru_cache`: what it remembers is not part of it."""
    if _is_named(value):
        return _FUNCTION + _name(value, value.__qualname__)
    return Form(_WRAPPER, (type(value), value.__wrapped__), ("", ".__wrapped__").__getitem__)


# --- modules and aliases --------------------------------------------------------------------


def _alias(value: Any) -> Form:
    return Form(
        _ALIAS,
        (isinstance(value, types.GenericAlias), value.__origin__, value.__args__, getattr(value, "__metadata__", ())),
        nameless,
    )


def _union(value: Any) -> Form:
    return Form(_UNION, list(value.__args__), nameless, Kind.SET)


def _typing(value: Any) -> Form | bytes:
    if getattr(value, "__origin__", None) is typing.Union:
        return _union(value)
    if hasattr(value, "__args__"):
        return _alias(value)
    name = getattr(value, "_name", None) or getattr(value, "__name__", None)
    if not isinstance(name, str):
        raise Unhashable("has no name to go by")
    return _CLASS + _name(value, name)


HANDLERS: Final[dict[type, Encoder]] = {
    types.FunctionType: _function,
    types.BuiltinFunctionType: _builtin,
    types.MethodType: _method,
    types.GenericAlias: _alias,
    types.UnionType: _union,
    functools.partial: _partial,
    type(functools.lru_cache(_name)): _wrapper,
}

FAMILIES: Final[dict[type, Encoder]] = {
    type: _class,
    types.ModuleType: lambda value: _MODULE + module_path(value).encode(),
    type(typing.Any): _class,
    typing.TypeVar: _typing,
    type(typing.Union): _typing,
    type(typing.Literal[0]).__mro__[1]: _typing,
}
