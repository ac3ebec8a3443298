"""Whose code a loaded thing is: the project's, a library's, Python's, or Recoup's own."""

from __future__ import annotations

import enum
import functools
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from recoup.project import file_module_path, is_project_file, is_standard_file, module_path

__all__ = ["Owner", "module_name_of_code", "owner_of_file", "owner_of_module", "stable_name"]


class Owner(enum.Enum):
    """Who answers for a change of some code."""

    PROJECT = "project"
    """The user: followed by content. Includes what was typed or executed without a file."""
    LIBRARY = "library"
    """An installed distribution: known by its version."""
    PYTHON = "python"
    """The standard library: contributes its names only."""
    RECOUP = "recoup"
    """This package: contributes its names only."""


def owner_of_module(name: str) -> Owner:
    """Say whose the module called `name` is, imported or not."""
    top = name.partition(".")[0]
    if top == "recoup":
        return Owner.RECOUP
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file:
        return owner_of_file(file)
    if top in sys.stdlib_module_names:
        return Owner.PYTHON
    if module is not None:
        folders = list(getattr(module, "__path__", ()))
        return owner_of_file(str(Path(folders[0]) / "__init__.py")) if folders else Owner.PROJECT
    return _owner_of_missing(name)


@functools.lru_cache(maxsize=4096)
def owner_of_file(file: str) -> Owner:
    """Say whose a source file is; names in angle brackets stand for typed or executed code."""
    if file.startswith("<frozen "):
        return Owner.PYTHON
    if file.startswith("<") or is_project_file(file):
        return Owner.PROJECT
    return Owner.PYTHON if is_standard_file(file) else Owner.LIBRARY


def module_name_of_code(file: str, module: str | None) -> str:
    """Return the dotted path of the module that holds code from `file`, as counted from the project root."""
    if file and not file.startswith("<") and is_project_file(file) and _is_source_of_module(file, module):
        return file_module_path(file)
    return module_path(module or "__main__")


def stable_name(value: Any) -> str:
    """Return what a thing of Python or a library is called, the same on all Pythons: `math:floor`."""
    if isinstance(value, ModuleType):
        return value.__name__
    named = value if isinstance(getattr(value, "__qualname__", None), str) else None
    named = named or (value if isinstance(getattr(value, "__name__", None), str) else type(value))
    # Submodules are left out and underscores dropped: `pathlib._local.Path` is `pathlib.Path`.
    top = str(getattr(named, "__module__", None) or type(value).__module__).partition(".")[0].lstrip("_")
    return f"{top}:{getattr(named, '__qualname__', None) or named.__name__}"


def _is_source_of_module(file: str, module: str | None) -> bool:
    """Say whether `file` is a module's file, and not a notebook cell or a template that happens to be a file."""
    found = sys.modules.get(module or "")
    return getattr(found, "__file__", None) is not None and os.path.exists(file)  # noqa: PTH110 - asked for every function


def _owner_of_missing(name: str) -> Owner:
    from recoup.hashing.code.packages import file_of_module  # noqa: PLC0415 - only modules that are not loaded need it

    file = file_of_module(name)
    return owner_of_file(file) if file else Owner.PROJECT
