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
    stays = _why_it_stays(part)
    what = stays or str(cause).rstrip(".") or type(cause).__name__
    where = f" The part at {path} is a '{type(part).__name__}'." if path else ""
    failed = f"Failed to serialize object of type '{type(value).__name__}' with serializer '{serializer}': {what}.{where}"
    other = "pickle" if serializer.endswith("json") else "json"
    remedy = f'You can try a different serializer (e.g. result_serializer="{other}") or leave its results unkept (cache=False) for this task.'
    return SerializationError(failed if stays else f"{failed} {remedy}")


def _why_it_stays(value: Any) -> str:
    """Return why no serializer takes such a value, if its class says so."""
    return getattr(type(value), "__recoup_stays__", "")


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
    if _why_it_stays(value):
        return
    if isinstance(value, dict):
        members = ((f"[{key!r}]", member) for key, member in value.items())
    elif isinstance(value, list | tuple):
        members = ((f"[{index}]", member) for index, member in enumerate(value))
    else:
        members = ((f".{name}", member) for name, member in getattr(value, "__dict__", {}).items())
    for _, found in zip(range(_MOST_MEMBERS), members, strict=False):
        yield found
