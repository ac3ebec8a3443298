"""Tables for people: aligned columns, cut to the width of a terminal, whole where they are piped."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import math
import shutil
import sys
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["clock", "print_json", "print_table", "size", "table_lines"]

_KIB, _UNITS = 1024, ("KiB", "MiB", "GiB", "TiB")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their column names."""
    for line in table_lines(columns, rows):
        print(line)


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the names of columns and then rows as aligned lines; for a terminal they are cut to fit."""
    widths = [max(map(_width, cells)) for cells in zip(columns, *rows, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for cells in (columns, *rows):
        line = "  ".join(f"{cell}{' ' * (width - _width(cell))}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        yield line if not room else _cut(line, room)


def _cut(line: str, room: int) -> str:
    if _width(line) <= room:
        return line
    while _width(line) >= room:
        line = line[:-1]
    return f"{line}…"


def _width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def print_json(value: object) -> None:
    """Print a value as JSON: readable on a terminal, on one line where it is piped."""
    import msgspec  # noqa: PLC0415 - tables need none of it

    data = msgspec.json.encode(value)
    print((msgspec.json.format(data, indent=2) if sys.stdout.isatty() else data).decode())


def clock(seconds: float) -> str:
    """Return a moment as local date and time, to the second."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(count: float) -> str:
    """Return a number of bytes as a person says it: `812 B`, `3.4 MiB`."""
    if count < _KIB:
        return f"{count:.0f} B"
    power = min(int(math.log(count, _KIB)), len(_UNITS))
    return f"{count / _KIB**power:.1f} {_UNITS[power - 1]}"
