"""`map`: which calls a task with iterable arguments comes to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from recoup.annotations import Annotation, unmapped
from recoup.exceptions import MappingLengthMismatch, MappingMissingIterable
from recoup.futures import PrefectFuture
from recoup.hashing import describe
from recoup.secrecy import is_secret
from recoup.states import State
from recoup.upstream import require

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from recoup.arguments import Binder

__all__ = ["MappedCall", "calls_of"]

_LONGEST_LABEL = 40


class MappedCall(NamedTuple):
    """One call of a map: its arguments, and what tells it from its siblings."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    label: str


def calls_of(
    task: str, binder: Binder, args: tuple[Any, ...], kwargs: dict[str, Any], bound: int, secret: Collection[str] = ()
) -> Iterator[MappedCall]:
    """Yield a call for each item of the iterable arguments; the first `bound` ones are never mapped.

    Labels show nothing of `secret` arguments.

    Raises `MappingMissingIterable` where there are none, and `MappingLengthMismatch` where their lengths differ.
    """
    inputs = binder.spread(binder.bind(args, kwargs))
    given = binder.spread(binder.given(args, kwargs))
    items: dict[str, list[Any]] = {}
    for name, value in list(given.items())[bound:]:
        found = _items(value)
        if found is not None:
            items[name] = found
    _check(task, items, inputs)
    whole = {name: value.value if isinstance(value, unmapped) else value for name, value in inputs.items() if name not in items}
    for index, members in enumerate(zip(*items.values(), strict=True)):
        one = dict(zip(items, members, strict=True))
        every = binder.gathered({name: one[name] if name in one else whole[name] for name in inputs})
        positional, named = binder.unbind(every)
        yield MappedCall(
            positional[bound:], named, _label({name: value for name, value in one.items() if name not in secret}, index)
        )


def _items(value: Any) -> list[Any] | None:
    """Return the items of an argument that is mapped, `None` for one that is passed whole."""
    if isinstance(value, Annotation):
        inner = None if isinstance(value, unmapped) or isinstance(value.value, PrefectFuture | State) else _items(value.value)
        return None if inner is None else [value.rewrap(item) for item in inner]
    if isinstance(value, PrefectFuture | State):
        return _items_of_run(value)
    if isinstance(value, str | bytes | bytearray) or hasattr(value, "readline") or not isinstance(value, Iterable):
        return None
    return list(value)


def _items_of_run(run: PrefectFuture[Any] | State[Any]) -> list[Any] | None:
    """Return the items of a result that is a list; a failure, or a single value, is passed on whole."""
    if isinstance(run, PrefectFuture):
        run.wait()
    state = run.state if isinstance(run, PrefectFuture) else run
    return _items(state.result()) if state.is_completed() else None


def _check(task: str, items: dict[str, list[Any]], inputs: dict[str, Any]) -> None:
    if not items:
        runs = [value for value in inputs.values() if isinstance(value, PrefectFuture | State)]
        require(runs, f"{task}.map()")  # a failure there is why nothing is iterable
        raise MappingMissingIterable(
            f"{task}.map(): no argument is iterable. Pass a list for at least one of {', '.join(inputs) or 'its parameters'}, "
            f"or call {task}.submit(...)."
        )
    lengths = {name: len(members) for name, members in items.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise MappingLengthMismatch(
            f"{task}.map(): the iterables differ in length: {shown}. Pass what is the same for all as unmapped(...)."
        )


def _label(arguments: dict[str, Any], index: int) -> str:
    """Return what tells a mapped call from its siblings: its plain arguments, else its number."""
    shown = {
        name: value for name, value in arguments.items() if isinstance(value, str | int | float) and not is_secret(value, name)
    }
    plain = [str.__str__(value) if isinstance(value, str) else describe(value) for value in shown.values()]
    text = ",".join(plain)
    return text if plain and len(text) <= _LONGEST_LABEL and text.isprintable() else str(index)
