"""What a call needs of other runs: futures and states among its arguments, and what it is told to wait for."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from recoup import loops
from recoup.annotations import Annotation, allow_failure, opaque, quote
from recoup.arguments import LEAVES, replace_members
from recoup.engine.reference import Reference
from recoup.exceptions import UpstreamTaskError
from recoup.futures import PrefectFuture, wait
from recoup.states import State
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["futures_in", "listed", "loaded", "require", "resolved", "until_ended"]

_RUNS = (PrefectFuture, State)
_MARKED = (PrefectFuture, State, Annotation)


def listed(wait_for: Any) -> list[Any]:
    """Return what was given as `wait_for` as a list: one run or mark, an iterable of them, or nothing."""
    if wait_for is None:
        return []
    return [wait_for] if isinstance(wait_for, _MARKED) else list(wait_for)


def futures_in(expr: Any) -> list[PrefectFuture[Any]]:
    """Return the futures inside `expr` that are waited for."""
    found: list[PrefectFuture[Any]] = []

    def note(member: Any) -> Any:
        if isinstance(member, PrefectFuture):
            found.append(member)
        elif not isinstance(member, quote | opaque) or (isinstance(member, opaque) and isinstance(member.value, PrefectFuture)):
            replace_members(member.value, (PrefectFuture, Annotation), note)
        return member

    replace_members(expr, (PrefectFuture, Annotation), note)
    return found


async def until_ended(futures: Iterable[PrefectFuture[Any]]) -> None:
    """Wait until all `futures` have ended, and let the loop go on meanwhile."""
    pending = [future for future in futures if not future.done()]
    if pending:
        await loops.to_thread(wait, pending)


def require(wait_for: Any, task: str) -> None:
    """Wait for all runs in `wait_for`; raise `UpstreamTaskError` when one did not complete that had to."""
    try:
        replace_members(listed(wait_for), _MARKED, _completed)
    except UpstreamTaskError as exc:
        raise UpstreamTaskError(f"{task} was not started, because {exc}") from exc.__cause__


def resolved(inputs: dict[str, Any], task: str) -> dict[str, Any]:
    """Return the inputs with futures and states replaced by what they stand for; the same dict when there are none.

    That is a reference where the result is kept, else the value. Raises `UpstreamTaskError` for what did not complete.
    """
    try:
        found = {
            name: value if type(value) in LEAVES else replace_members(value, _MARKED, _argument) for name, value in inputs.items()
        }
    except UpstreamTaskError as exc:
        raise UpstreamTaskError(f"{task} was not started, because {exc}") from exc.__cause__
    return inputs if all(map(operator.is_, inputs.values(), found.values())) else found


def loaded(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs with values in the place of references; the same dict when there are none."""
    found = {name: replace_members(value, Reference, Reference.load) for name, value in inputs.items()}
    return inputs if all(map(operator.is_, inputs.values(), found.values())) else found


def _argument(member: Any) -> Any:
    """Return what a body gets for a future, a state or a mark around something."""
    match member:
        case quote():
            return member.value
        case opaque():
            return _argument(member.value) if isinstance(member.value, _RUNS) else member.value
        case allow_failure():
            return replace_members(member.value, _MARKED, _argument_or_error)
        case Annotation():
            return replace_members(member.value, _MARKED, _argument)
        case _:
            return _data(_completed(member))


def _argument_or_error(member: Any) -> Any:
    if not isinstance(member, _RUNS):
        return _argument(member)
    state = _ended(member)
    return _data(state) if state.is_completed() else state.result(raise_on_failure=False)


def _data(state: State[Any]) -> Any:
    data = state.data
    return data if isinstance(data, Reference) and data.tells_its_value else state.result()


def _completed(member: Any) -> Any:
    """Return the state of a run that has completed; raise `UpstreamTaskError` otherwise."""
    if isinstance(member, allow_failure):
        return replace_members(member.value, _MARKED, _ended)
    if isinstance(member, Annotation):
        return replace_members(member.value, _MARKED, _completed)
    state = _ended(member)
    if state.is_completed():
        return state
    error = state.result(raise_on_failure=False) if state.is_final() or state.name == "NotReady" else None
    name = member.name if isinstance(member, PrefectFuture) else "an argument"
    raise UpstreamTaskError(f"{name} is {state.name}{f': {said(error)}' if error else ''}") from error


def _ended(member: Any) -> Any:
    """Return the final state of a run, and anything else as it is."""
    if isinstance(member, PrefectFuture):
        member.wait()
        return member.state
    return member
