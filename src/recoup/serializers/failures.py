"""What to tell somebody whose value could not be serialized: which part of it, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.exceptions import SerializationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["not_encoded"]

_DEEPEST = 8
_MOST_MEMBERS = 200


def not_encoded(value: Any, serializer: str, cause: Exception, encode: Callable[[Any], object]) -> SerializationError:
    """Return the error for a value that `encode` does not take, naming the smallest part that fails alone."""
    path, part = _failing_part(value, encode)
    what = str(cause).rstrip(".") or type(cause).__name__
    where = f" The part at {path} is a '{type(part).__name__}'." if path else ""
    other = "pickle" if serializer.endswith("json") else "json"
    return SerializationError(
        f"Failed to serialize object of type '{type(value).__name__}' with serializer '{serializer}': {what}.{where} "
        f'You can try a different serializer (e.g. result_serializer="{other}") or leave its results '
        f"unkept (cache=False) for this task."
    )


def _failing_part(value: Any, encode: Callable[[Any], object]) -> tuple[str, Any]:
    path = ""
    for _ in range(_DEEPEST):
        for step, member in _members(value):
            if _fails(member, encode):
                path, value = path + step, member
                break
        else:
            break
    return path, value


def _fails(value: Any, encode: Callable[[Any], object]) -> bool:
    try:
        encode(value)
    except Exception:  # noqa: BLE001 - a value's own code may raise anything when it is asked for its state
        return True
    return False


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        members = ((f"[{key!r}]", member) for key, member in value.items())
    elif isinstance(value, list | tuple):
        members = ((f"[{index}]", member) for index, member in enumerate(value))
    else:
        members = ((f".{name}", member) for name, member in getattr(value, "__dict__", {}).items())
    for _, found in zip(range(_MOST_MEMBERS), members, strict=False):
        yield found
