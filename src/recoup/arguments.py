"""Arguments of calls: binding them to a signature, and finding what stands inside them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from recoup.exceptions import ConfigurationError, ParameterBindError, ReservedArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["LEAVES", "RESERVED", "Binder", "replace_members"]

RESERVED = ("return_state", "wait_for")
"""Names that calls of tasks and flows take for themselves."""

LEAVES = frozenset({type(None), bool, int, float, complex, str, bytes})
"""Types in which nothing else stands."""


class Binder:
    """Binds arguments to the signature of one function, quickly for plain signatures."""

    def __init__(self, fn: Callable[..., Any], *, reserved: tuple[str, ...] = RESERVED) -> None:
        self._name = getattr(fn, "__name__", repr(fn))
        try:
            self.signature = inspect.signature(fn)
        except ValueError:
            raise ConfigurationError(
                f"{self._name} has no signature that Python knows; call it in a function of your own, and decorate that"
            ) from None
        parameters = self.signature.parameters
        taken = [name for name in reserved if name in parameters]
        if taken:
            raise ReservedArgumentError(
                f"{self._name}() has a parameter {taken[0]!r}, which calls of tasks and flows take for themselves; rename the parameter"
            )
        self.names = tuple(parameters)
        self._defaults = {p.name: p.default for p in parameters.values()}
        self._required = {p.name for p in parameters.values() if p.default is p.empty}
        self._rest = next((p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD), "")
        self._plain = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters.values())

    @property
    def takes_any(self) -> bool:
        """Say whether calls may name arguments that the signature does not."""
        return bool(self._rest)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, with defaults, in the order of the signature.

        Raises `ParameterBindError` when they do not fit.
        """
        names = self.names
        if self._plain and len(args) <= len(names):
            inputs = dict(zip(names, args, strict=False))
            if kwargs:
                if not inputs.keys().isdisjoint(kwargs):
                    return self._bind_any(args, kwargs)
                inputs.update(kwargs)
            elif len(inputs) == len(names):
                return inputs
            if inputs.keys() >= self._required:
                inputs = {**self._defaults, **inputs}
                if len(inputs) == len(names):
                    return inputs
        return self._bind_any(args, kwargs)

    def _bind_any(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as exc:
            raise ParameterBindError(f"{self._name}{self.signature} was called wrongly: {exc}") from None
        bound.apply_defaults()
        return dict(bound.arguments)

    def given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments that are not left to their defaults, in the order of the signature."""
        return dict(self.signature.bind(*args, **kwargs).arguments)

    def spread(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return `inputs` with the members of `**kwargs` as arguments of their own."""
        spread = dict(inputs)
        spread.update(spread.pop(self._rest, {}))
        return spread

    def gathered(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return `inputs` as they were before `spread`."""
        if not self._rest:
            return inputs
        own = {name: value for name, value in inputs.items() if name in self.names}
        return {**own, self._rest: {name: value for name, value in inputs.items() if name not in own}}

    def unbind(self, inputs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return positional and keyword arguments that bind to `inputs`."""
        bound = inspect.BoundArguments(self.signature, inputs)
        return bound.args, bound.kwargs


def replace_members(tree: Any, kind: type | tuple[type, ...], replacement: Callable[[Any], Any]) -> Any:
    """Return `tree` with each `kind` inside its lists, tuples, dicts and sets replaced.

    Containers in which nothing is replaced are returned as they are, so that their identity and type stay. What
    contains itself, or is nested deeper than Python's stack, is not looked into.
    """
    try:
        return _replaced(tree, kind, replacement)
    except RecursionError:
        return tree


def _replaced(tree: Any, kind: type | tuple[type, ...], replacement: Callable[[Any], Any]) -> Any:
    if type(tree) in LEAVES or (type(tree) is list and LEAVES.issuperset(map(type, tree))):
        return tree
    if isinstance(tree, kind):
        return replacement(tree)
    if isinstance(tree, list):  # subclasses too: a list of futures is one
        members = [_replaced(member, kind, replacement) for member in tree]
        return members if _differ(members, tree) else tree
    if type(tree) in (set, frozenset):
        members = [_replaced(member, kind, replacement) for member in tree]
        return type(tree)(members) if _differ(members, tree) else tree
    if isinstance(tree, tuple):
        members = [_replaced(member, kind, replacement) for member in tree]
        if not _differ(members, tree):
            return tree
        return tuple.__new__(type(tree), members)
    if type(tree) is dict:
        values = [_replaced(value, kind, replacement) for value in tree.values()]
        return dict(zip(tree, values, strict=True)) if _differ(values, tree.values()) else tree
    return tree


def _differ(members: Any, before: Any) -> bool:
    return any(new is not old for new, old in zip(members, before, strict=True))
