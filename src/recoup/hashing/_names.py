"""By which names functions, classes and type variables are known."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import Any

from recoup.project import is_project_file, module_path

__all__ = ["is_named", "of_project", "of_session", "public_name"]


def public_name(thing: Any, qualname: str) -> bytes:
    """Return where `thing` is found: in a project by its module, in a library by the outermost package that exports it.

    Libraries move things between private modules (`pandas.core.frame`, `pathlib._local`) and keep their public names.
    """
    name = thing.__module__
    if of_project(name):
        return f"{module_path(name)}:{qualname}".encode()
    parts = name.split(".")
    packages = [".".join(parts[:length]) for length in range(1, len(parts))]
    public = (package for package in packages if getattr(sys.modules.get(package), "__dict__", {}).get(qualname) is thing)
    return f"{next(public, name)}:{qualname}".encode()


def is_named(thing: Any) -> bool:
    """Say whether the qualified name leads from the module to `thing`, for everyone who imports that module."""
    module = sys.modules.get(thing.__module__ or "")
    if "<" in thing.__qualname__ or module is None or of_session(thing):
        return False
    try:
        return attrgetter(thing.__qualname__)(module) is thing
    except AttributeError:
        return False


def of_session(thing: Any) -> bool:
    """Say whether `thing` was made in a REPL or notebook, where nobody else can import it."""
    return thing.__module__ == "__main__" and not hasattr(sys.modules["__main__"], "__file__")


def of_project(module: str) -> bool:
    """Say whether the module called so is loaded from a file of somebody's project."""
    return is_project_file(getattr(sys.modules.get(module), "__file__", None) or "")
