"""Where the user's project is, and what its modules are called from there.

The dotted path of a module counts from the project root, so that a task has the same identity as a script, with
`-m`, when imported, under `recoup run` and in workers, on every machine and in every checkout.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = [
    "adopt_program",
    "file_module_path",
    "is_project_file",
    "is_standard_file",
    "module_path",
    "name_in_module",
    "original_of",
    "program_root",
    "project_root",
    "working_directory",
]

_MARKERS = ("pyproject.toml", ".git", ".hg", ".svn", ".jj")

_adopted: list[Path] = []


@functools.lru_cache(maxsize=1024)
def project_root(folder: Path) -> Path:
    """Return the nearest folder at or above `folder` that holds a project or repository.

    Without any, it is the folder that holds the outermost package (`__init__.py`), or `folder` itself.
    """
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    root = folder
    while (root / "__init__.py").exists() and root.parent != root:
        root = root.parent
    return root


@functools.lru_cache(maxsize=4096)
def file_module_path(file: str) -> str:
    """Return the dotted path of a source file from its project root, with `src/` and `__init__` dropped."""
    path = _absolute(file)
    parts = list(path.relative_to(project_root(path.parent)).with_suffix("").parts)
    if parts[0] == "src" and len(parts) > 1:
        del parts[0]
    if parts[-1] in ("__init__", "__main__") and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


@functools.lru_cache(maxsize=4096)
def is_project_file(file: str) -> bool:
    """Say whether a source file belongs to somebody's project, not to Python or an installed package."""
    if not file or file.startswith("<"):
        return False
    path = _absolute(file)
    return not {"site-packages", "dist-packages"} & set(path.parts) and not is_standard_file(file)


@functools.lru_cache(maxsize=4096)
def is_standard_file(file: str) -> bool:
    """Say whether a source file belongs to Python's standard library."""
    path = _absolute(file)
    if {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return any(path.is_relative_to(folder) for folder in _standard_folders())


def module_path(module: ModuleType | str) -> str:
    """Return the dotted path of `module` from its project root; of a library module, its name.

    A module without a file (REPL, notebook, frozen) keeps its name.
    """
    name = module if isinstance(module, str) else module.__name__
    found = sys.modules.get(name) if isinstance(module, str) else module
    file = getattr(found, "__file__", None)
    if not file or not is_project_file(file):
        return name
    return file_module_path(file)


def working_directory() -> Path | None:
    """Return the working directory, `None` where it was deleted under the running program."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def program_root() -> Path:
    """Return the project root of the running program: the adopted one, else that of its main file or working directory."""
    if _adopted:
        return _adopted[-1]
    file = getattr(sys.modules["__main__"], "__file__", None)
    folder = _absolute(file).parent if file and is_project_file(file) else working_directory()
    return project_root(folder or Path("/"))


def adopt_program(root: Path) -> None:
    """Say that this process runs a program of the project at `root`, wherever its own main file is (`recoup run`)."""
    _adopted[:] = [root]


def _absolute(file: str) -> Path:
    # `python ../train.py` leaves the dots in the name, and they must not count as folders; links are not followed.
    return Path(os.path.abspath(file))  # noqa: PTH100


@functools.lru_cache(maxsize=1)
def _standard_folders() -> tuple[Path, ...]:
    return (_absolute(os.__file__).parent,)  # sysconfig says the same, and costs 2 ms of every process


def name_in_module(value: Any) -> str | None:
    """Return the name that `value` has in its module, `None` where the module has it under no name."""
    name = getattr(value, "__qualname__", "")
    found: Any = sys.modules.get(getattr(value, "__module__", ""))
    for step in name.split("."):
        found = getattr(found, step, None)
    return name if found is value else None


def original_of(fn: Any, kind: type) -> Any:
    """Return what a module has under the name of `fn` if that was made of it, since `fn` itself has no name; else `fn`."""
    found: Any = sys.modules.get(getattr(fn, "__module__", ""))
    for step in getattr(fn, "__qualname__", "").split("."):
        found = getattr(found, step, None)
    return found if isinstance(found, kind) and getattr(found, "fn", None) is fn else fn
