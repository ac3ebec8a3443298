"""Which names a listing shows."""

from __future__ import annotations

from recoup.abc import check_name
from recoup.exceptions import InvalidName

__all__ = ["keeps_name"]


def keeps_name(name: str) -> bool:
    """Say whether `name` can be the name of a stored object: temporary and foreign files are not."""
    try:
        check_name(name)
    except InvalidName:
        return False
    return True
