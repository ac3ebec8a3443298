"""`recoup config`: every setting, its value, and where it comes from."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from recoup.cli.exits import Exit
from recoup.cli.tables import print_json, table_lines
from recoup.settings import DESCRIPTIONS, sourced_settings
from recoup.spelling import nearest

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["main"]


def main(options: Namespace) -> int:
    """List the settings; names in the environment that are none are pointed out."""
    settings = sourced_settings()
    if options.json:
        print_json(
            [
                {"name": name, "value": _plain(found.value), "source": found.source, "description": DESCRIPTIONS[name]}
                for name, found in settings.items()
            ]
        )
    else:
        rows = [(name, _text(found.value), found.source) for name, found in settings.items()]
        header, *lines = table_lines(("SETTING", "VALUE", "SOURCE"), rows)
        print(header)
        for line, name in zip(lines, settings, strict=True):
            print(f"{line}\n    {DESCRIPTIONS[name]}")
    for variable in _unknown_variables():
        print(f"warning: {variable} is no setting{nearest(variable, _variables())}", file=sys.stderr)
    return Exit.DONE


def _unknown_variables() -> list[str]:
    return sorted(name for name in os.environ if name.startswith("RECOUP_") and name not in _variables())


def _variables() -> list[str]:
    return [f"RECOUP_{name.upper()}" for name in DESCRIPTIONS]


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
