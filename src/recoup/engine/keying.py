"""Making the key of a call, and saying so where none can be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recoup.cache_policies import Asked
from recoup.events import NotCached, OtherCodeOnWorker, emit
from recoup.exceptions import HashError
from recoup.hashing.hidden import remember_arguments
from recoup.secrecy import redacted
from recoup.types import Key

if TYPE_CHECKING:
    from recoup.engine.call import Call

__all__ = ["agree", "code_tokens", "make_key", "tell_not_cached"]

_MOST_TOLD = 1000


def make_key(call: Call) -> tuple[Key | None, str]:
    """Return the key of `call`, or `None` and why there is none.

    That a key was asked for and cannot be made is told once for each task and cause. Raises `HashError` instead
    where the settings ask for strict keys, and `ConfigurationError` for a policy that names what is not there.
    """
    terms = call.terms
    try:
        key = terms.policy.key(Asked(call.context, call.inputs, call.context.flow_parameters, call.hasher))
    except HashError as exc:
        marks = call.context.task.marks
        remember_arguments(call.inputs, marks.secret if marks is not None else ())
        if terms.settings.tasks_strict_keys:
            raise
        return None, tell_not_cached(call, f"{exc.kind} {exc.path}", redacted(str(exc)))
    return key, "no key: its key function returned None" if key is None else ""


def code_tokens(key: Key) -> tuple[tuple[str, bytes], ...]:
    """Return the parts of a key that stand for code."""
    return tuple((name, bytes(token)) for name, token, _ in key.parts if name in ("code", "source"))


def agree(call: Call, text: str | None, code: tuple[tuple[str, bytes], ...]) -> None:
    """Use the key that was made where `call` was submitted; where the code here is another, keep nothing."""
    if text is None or call.key is None:
        call.key = None
    elif code_tokens(call.key) == code:
        call.key = Key(text, call.key.parts)
    else:
        emit(OtherCodeOnWorker(at=call.terms.clock.time(), call=call.id, key=text))
        call.key, call.uncached = None, "its code on the worker is another"


def tell_not_cached(call: Call, cause: str, reason: str) -> str:
    """Tell once for each task and cause that a result is not kept; return why, without the remedy."""
    told = call.terms.ledger.told if call.terms.ledger is not None else set()
    if (call.terms.identity, cause) not in told:
        if len(told) >= _MOST_TOLD:  # paths have names in them that a program may make without end
            told.clear()
        told.add((call.terms.identity, cause))
        emit(NotCached(at=call.terms.clock.time(), call=call.id, reason=reason))
    return f"no key: {reason.partition('. ')[0]}"  # the remedy is told once, the reason with every run of the body
