"""What was probably meant by a misspelt name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that a misspelt one resembles, as the middle of a message, or nothing.

    >>> nearest("dya", ["day", "rate"])
    " (did you mean 'day'?)"
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    found = get_close_matches(name, list(known), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
