"""Data that code reaches by name: its token, and whether it can change under our feet."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import os
import pathlib
import re
import sys
import uuid
from typing import TYPE_CHECKING, Any

from recoup.hashing import Hasher

if TYPE_CHECKING:
    from recoup.types import Token

__all__ = ["PLAIN", "is_frozen", "is_small", "token_of"]

PLAIN, OTHER = (20_000, 1 << 20), (2_000, 1 << 18)
"""How many members and bytes mutable data may have to be looked at on every call, which then costs up to a millisecond.

Plain data is compared as bytes, anything else is hashed. Larger data is looked at once in a run.
"""

_FROZEN = (
    type(None), bool, int, float, complex, str, bytes, range, type(...), decimal.Decimal, uuid.UUID, re.Pattern, enum.Enum,
    dt.date, dt.time, dt.timedelta, dt.tzinfo, pathlib.PurePath,
)  # fmt: skip
_DEEPEST = 20


def token_of(value: Any, root: str) -> Token | None:
    """Return the token of plain data, `None` for what has no stable content.

    Paths below the project's folder `root` count relative to it.
    """
    if _is_logger(value):
        return None  # named after its module, which is `__main__` in a script
    try:
        return Hasher().token(_relocated(value, root, _DEEPEST))
    except Exception:  # noqa: BLE001 - whatever a foreign object does when it is looked at, the task must run
        return None


def is_frozen(value: Any, depth: int = _DEEPEST) -> bool:
    """Say whether a value cannot change as long as the same object is there."""
    if isinstance(value, _FROZEN):
        return True
    return type(value) in (tuple, frozenset) and depth > 0 and all(is_frozen(item, depth - 1) for item in value)


def is_small(value: Any, limits: tuple[int, int] = OTHER) -> bool:
    """Say whether the whole of a value is within the limits."""
    waiting, (members, budget) = [value], limits
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        members -= 1
        budget -= _bytes_of(item)
        if budget < 0 or members < 0:
            return False
        if isinstance(item, dict):
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, list | tuple | set | frozenset):
            waiting += item
        else:
            waiting += getattr(item, "__dict__", {}).values() if not isinstance(item, type) else ()
    return True


def _bytes_of(item: Any) -> int:
    sizes = [sys.getsizeof(item, 0)]
    for name in ("nbytes", "estimated_size"):
        size = getattr(item, name, None) if not isinstance(item, type) else None
        size = size() if callable(size) else size
        sizes.append(size if isinstance(size, int) else 0)
    return max(sizes)


def _relocated(value: Any, root: str, depth: int) -> Any:
    """Return `value` with the paths below `root` made relative, itself when there are none."""
    if not root or depth == 0:
        return value
    kind = type(value)
    if kind is str:
        return _below(value, root) or value
    if isinstance(value, pathlib.PurePath):
        return _below(str(value), root) or value
    if kind is dict:
        moved = {_relocated(k, root, depth - 1): _relocated(v, root, depth - 1) for k, v in value.items()}
        same = all(a is b and moved[a] is value[b] for a, b in zip(moved, value, strict=False)) and len(moved) == len(value)
        return value if same else moved
    if kind in (list, tuple, set, frozenset):
        items = [_relocated(item, root, depth - 1) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else kind(items)
    return value


def _below(path: str, root: str) -> _ProjectPath | None:
    if path == root or path.startswith(root + os.sep):
        return _ProjectPath(("path in the project", path[len(root) :].replace(os.sep, "/")))
    return None


class _ProjectPath(tuple[str, str]):
    """A path from the project root on. A type of its own, so that no tuple of the user's looks like it."""

    __slots__ = ()

    def __recoup_digest__(self) -> tuple[str, ...]:
        return tuple(self)


def _is_logger(value: Any) -> bool:
    logging = sys.modules.get("logging")
    return logging is not None and isinstance(value, logging.Logger | logging.LoggerAdapter)
