"""`recoup config`: every setting, its value and where it comes from, and changing those of the home."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from recoup.cli.exits import Exit, Usage
from recoup.cli.settings_file import change_settings_file
from recoup.cli.tables import print_json, table_lines
from recoup.exceptions import ConfigurationError
from recoup.secrecy import REDACTED
from recoup.settings import DESCRIPTIONS, read_setting, setting_name, sourced_settings
from recoup.spelling import nearest

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["main"]


def main(options: Namespace) -> int:
    """List the settings, or change those in the home's `config.toml`."""
    match options.action:
        case "set":
            return _change(dict(_assignment(text) for text in options.assignments))
        case "unset":
            return _change({_in_home(name): None for name in options.names})
        case _:
            return _list(options)


def _list(options: Namespace) -> int:
    """List the settings; names in the environment that are none are pointed out."""
    settings = sourced_settings()
    if options.json:
        print_json(
            [
                {
                    "name": name,
                    "value": _plain(_hidden(name, found.value)),
                    "source": found.source,
                    "description": DESCRIPTIONS[name],
                }
                for name, found in settings.items()
            ]
        )
    else:
        rows = [(name, _text(_hidden(name, found.value)), found.source) for name, found in settings.items()]
        header, *lines = table_lines(("SETTING", "VALUE", "SOURCE"), rows)
        print(header)
        for line, name in zip(lines, settings, strict=True):
            print(f"{line}\n    {DESCRIPTIONS[name]}")
    for variable in _unknown_variables():
        print(f"warning: {variable} is no setting{nearest(variable, _variables())}", file=sys.stderr)
    return Exit.DONE


# --- changing ----------------------------------------------------------------------------------


def _assignment(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise Usage(f"{text} has no value; write recoup config set {text}=VALUE, or recoup config unset {text}")
    if not value:
        raise Usage(f"{text} has no value; to take the setting out, write recoup config unset {name}")
    name = _in_home(name)
    return name, read_setting(name, value)


def _in_home(name: str) -> str:
    try:
        setting = setting_name(name.strip())
    except ConfigurationError as exc:
        raise Usage(str(exc)) from exc
    if setting == "home":
        raise Usage("home says where the settings are kept, so it is not kept there; set RECOUP_HOME in the environment")
    return setting


def _change(changes: dict[str, Any]) -> int:
    """Change the file, once all values are known to work; say what is in force now."""
    file = sourced_settings()["home"].value / "config.toml"
    change_settings_file(file, changes)
    for name, found in sourced_settings().items():
        if name not in changes:
            continue
        print(f"{name} = {_text(_hidden(name, found.value))} ({found.source})")
        if changes[name] is not None and found.source != str(file):
            print(f"note: {found.source} wins over {file}, which says {_text(_hidden(name, changes[name]))}", file=sys.stderr)
    return Exit.DONE


# --- showing -----------------------------------------------------------------------------------


def _unknown_variables() -> list[str]:
    return sorted(name for name in os.environ if name.startswith("RECOUP_") and name not in _variables())


def _variables() -> list[str]:
    return [f"RECOUP_{name.upper()}" for name in DESCRIPTIONS]


def _hidden(name: str, value: object) -> object:
    return REDACTED if name == "key_salt" and value is not None else value


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
