"""Bytes under names.

`local` and `memory` keep them, `url` finds out which one a user means, `marker` says what format is kept there.
"""

from __future__ import annotations

from recoup.storage.local import LocalFileSystem
from recoup.storage.memory import MemoryStorage
from recoup.storage.url import resolve

__all__ = ["LocalFileSystem", "MemoryStorage", "resolve"]
