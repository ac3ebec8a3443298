"""Functions, methods, classes and modules: things that have a name.

What can be found under its name is encoded by it: the module's dotted path from the project root, so that a script and
an import agree, and the qualified name. What cannot (lambdas, inner functions, notebooks, a decorator's wrapper that
carries another's name) is encoded by its code and what it encloses. The code of named things is the business of the
`CODE` policy.
"""

from __future__ import annotations

import functools
import sys
import types
from typing import TYPE_CHECKING, Any, Final

from recoup.exceptions import HashError
from recoup.hashing._canonical import ATOMS, framed
from recoup.hashing._declarations import declared_by, without_made
from recoup.hashing._forms import Attributes, Form, Reference, Unhashable, nameless, tag
from recoup.hashing._names import is_named, of_project, of_session, public_name
from recoup.project import module_path
from recoup.types import Token

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_CLASS, _FUNCTION, _CODE, _BUILTIN = tag("class"), tag("function"), tag("code"), tag("builtin")
_LOCAL_CLASS, _METHOD, _PARTIAL, _MODULE = tag("local-class"), tag("method"), tag("partial"), tag("module")
_DECLARED_CLASS = tag("local-class", 2)
_WRAPPER, _FOREIGN, _DESCRIPTOR, _PROPERTY = map(tag, ("wrapper", "library-function", "descriptor", "property"))

_PLAIN: Final = (*ATOMS, tuple, frozenset, type)


# --- classes --------------------------------------------------------------------------------


def _class(value: type) -> Form | bytes:
    local = "<locals>" in value.__qualname__ or of_session(value)
    # What is remembered is found by equality, of which some metaclasses have their own idea.
    find = _class_name if type(value).__eq__ is type.__eq__ else _class_name.__wrapped__
    name = None if local else find(value)
    if name is not None:
        return name
    declared = declared_by(value)
    content = Attributes(_content(value) if declared is None else {**without_made(_content(value)), **declared})
    return Form(_LOCAL_CLASS if declared is None else _DECLARED_CLASS, (value.__qualname__, value.__bases__, content), nameless)


@functools.lru_cache(maxsize=4096)
def _class_name(value: type) -> Token | None:
    """Return the token of a class by its name, `None` for one that the project made at run time and nobody finds there."""
    module = value.__module__
    # `types` is where `types.new_class` and older versions of `make_dataclass` say that their classes are.
    if (of_project(module) or module == "types") and not is_named(value) and not _is_being_imported(module):
        return None
    return Token(framed(_CLASS + public_name(value, value.__qualname__)))


def _is_being_imported(module: str) -> bool:
    return getattr(getattr(sys.modules[module], "__spec__", None), "_initializing", False)


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
    if is_named(value):
        return _FUNCTION + public_name(value, value.__qualname__)
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
    return _bound(owner, value.__name__)


def _method(value: types.MethodType) -> Form | bytes:
    return _bound(value.__self__, value.__func__)


def _bound(owner: Any, function: Any) -> Form | bytes:
    """Encode a method with what it is bound to; `random.random` and its like are functions that only look like methods."""
    module = sys.modules.get(type(owner).__module__)
    if getattr(module, "_inst", None) is owner:
        return _BUILTIN + f"{type(owner).__module__}:{getattr(function, '__name__', function)}".encode()
    return Form(_METHOD, (owner, function), (".__self__", "").__getitem__)


def _partial(value: functools.partial[Any]) -> Form:
    members = (value.func, value.args, value.keywords, Attributes(vars(value)))
    return Form(_PARTIAL, members, (".func", ".args", ".keywords", "").__getitem__)


def _wrapper(value: Any) -> Form | bytes:
    """Encode the result of `functools.lru_cache`: what it remembers is not part of it."""
    if is_named(value):
        return _FUNCTION + public_name(value, value.__qualname__)
    return Form(_WRAPPER, (type(value), value.__wrapped__), ("", ".__wrapped__").__getitem__)


# --- descriptors ----------------------------------------------------------------------------


def _property(value: property) -> Form:
    return Form(_PROPERTY, (type(value), value.fget, value.fset, value.fdel), ("", ".fget", ".fset", ".fdel").__getitem__)


def _class_or_static_method(value: Any) -> Form:
    return Form(_WRAPPER, (type(value), value.__func__), ("", ".__func__").__getitem__)


def _cached_property(value: functools.cached_property[Any]) -> Form:
    return Form(_PROPERTY, (type(value), value.func, value.attrname), ("", ".func", "").__getitem__)


def _descriptor(value: types.GetSetDescriptorType) -> Form:
    return Form(_DESCRIPTOR, (value.__objclass__, value.__name__), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    types.FunctionType: _function,
    types.BuiltinFunctionType: _builtin,
    types.MethodType: _method,
    types.GetSetDescriptorType: _descriptor,
    functools.partial: _partial,
    functools.cached_property: _cached_property,
    type(_class_name): _wrapper,
}

FAMILIES: Final[dict[type, Encoder]] = {
    type: _class,
    property: _property,
    staticmethod: _class_or_static_method,
    classmethod: _class_or_static_method,
    types.ModuleType: lambda value: _MODULE + module_path(value).encode(),
}
