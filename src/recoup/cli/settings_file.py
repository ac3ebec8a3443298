"""Changing `config.toml` in the home line by line, so that its comments and its order stay.

Settings are plain values, one to a line; a library that edits any TOML would be a dependency for this alone. What was
written is parsed before it takes the place of the file, so a file that is written otherwise is left untouched.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recoup.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["change_settings_file", "edited"]


def change_settings_file(file: Path, changes: Mapping[str, Any]) -> None:
    """Set each of `changes` in `file`, which is made if there is none; `None` takes a setting out."""
    try:
        before = file.read_text() if file.exists() else ""
        after = edited(before, changes, str(file))
        if after != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            _replace(file, after)
    except OSError as exc:
        raise ConfigurationError(f"{file} cannot be changed: {exc.strerror}. Name another folder with RECOUP_HOME.") from exc


def edited(text: str, changes: Mapping[str, Any], place: str) -> str:
    r"""Return the TOML in `text` with `changes`; raise `ConfigurationError` where that cannot be done line by line.

    >>> edited("retries = 1  # for now\n", {"retries": 3, "level": "DEBUG"}, "config.toml")
    'retries = 3  # for now\nlevel = "DEBUG"\n'
    """
    lines = text.splitlines()
    for name, value in changes.items():
        lines = _with_line(lines, name, None if value is None else _literal(value))
    after = "".join(f"{line}\n" for line in lines)
    try:
        wanted = {**tomllib.loads(text), **changes}
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError(f"{place} cannot be read as TOML: {exc}") from exc
    if not _says(after, {name: _plain(value) for name, value in wanted.items() if value is not None}):
        raise ConfigurationError(f"{place} is written in a way that cannot be changed from here; edit it by hand")
    return after


def _says(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _with_line(lines: list[str], name: str, literal: str | None) -> list[str]:
    pattern = re.compile(rf"""\s*(["']?){re.escape(name)}\1\s*=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#]*?)(\s*#.*)?$""")
    found = next(((index, match) for index, line in enumerate(lines) if (match := pattern.match(line))), None)
    if found is None:
        return lines if literal is None else [*lines, f"{name} = {literal}"]
    index, match = found
    line = [] if literal is None else [f"{name} = {literal}{match[2] or ''}"]
    return [*lines[:index], *line, *lines[index + 1 :]]


def _literal(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)  # of texts, numbers, truth values and lists, TOML writes the same


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _replace(file: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w") as out:
            out.write(text)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
