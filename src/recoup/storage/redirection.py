"""Where results go instead of the storage that a program or a setting names.

Nothing is redirected unless a test runs (`recoup.testing.pytest_plugin`): then results stay in memory, whatever a
task says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.abc import ObjectStore

__all__ = ["redirected", "set_redirection"]

_redirection: Callable[[ObjectStore], ObjectStore] | None = None


def set_redirection(redirection: Callable[[ObjectStore], ObjectStore] | None) -> None:
    """Use what `redirection` returns for a storage instead of that storage, from now on; `None` ends it."""
    global _redirection  # noqa: PLW0603 - there is one for the process, as there is one environment
    _redirection = redirection


def redirected(store: ObjectStore) -> ObjectStore:
    """Return the storage that is used in the place of `store`, most often itself."""
    return store if _redirection is None else _redirection(store)
