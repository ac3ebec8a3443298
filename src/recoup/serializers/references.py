"""Classes and functions of the user's project, named from the project root instead of by the process they live in.

A class of a script lives in `__main__`, and in `pipelines.train` when the file is imported. Named by module, its
instances could not be loaded elsewhere; pickled by value, they would come back as strangers to their own class. So
whatever a project file offers for import is pickled as a reference, its module path and qualified name, and looked
up where it lives when the pickle is loaded.
"""

from __future__ import annotations

import importlib
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recoup.exceptions import NotLoadableHere
from recoup.project import is_project_file, module_path, project_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FunctionType, ModuleType

__all__ = ["find", "reference_to"]

_NOTHING = object()


def reference_to(thing: type | FunctionType) -> tuple[str, str] | None:
    """Return module path and qualified name of what a project file offers for import, else `None`."""
    module = sys.modules.get(thing.__module__ or "")
    if module is None or not _is_of_project(module) or _look_up(module, thing.__qualname__) is not thing:
        return None
    return module_path(module), thing.__qualname__


def find(path: str, qualname: str) -> Any:
    """Return what `reference_to` named: from a module that is loaded, or by importing it.

    Stored pickles call this function by its name: it must not move.
    """
    for module in _loaded(path):
        found = _look_up(module, qualname)
        if found is not _NOTHING:
            return found
    found = _look_up(_import(path), qualname)
    if found is _NOTHING:
        raise NotLoadableHere(f"the value needs {qualname} of the project module {path}, which does not have it (any more)")
    return found


def _look_up(module: ModuleType, qualname: str) -> Any:
    found: Any = module
    for name in qualname.split("."):
        found = getattr(found, name, _NOTHING)  # `<locals>` and `<lambda>` are never found
    return found


def _is_of_project(module: ModuleType) -> bool:
    if module.__name__.partition(".")[0] == "recoup":  # a project file only in a checkout of Recoup
        return False
    return is_project_file(getattr(module, "__file__", None) or "")


# --- where a module is -----------------------------------------------------------------------

_names: dict[str, str] = {}  # module path -> name in sys.modules, as found last


def _loaded(path: str) -> Iterator[ModuleType]:
    """Yield the loaded modules with this module path, the running program first."""
    likely = ("__main__", _names.get(path, path), path)
    for name in chain(likely, (name for name in tuple(sys.modules) if name not in likely)):
        module = sys.modules.get(name)
        if module is not None and _is_of_project(module) and module_path(module) == path:
            _names[path] = name
            yield module


def _import(path: str) -> ModuleType:
    """Import the module as the rest of the program would, so that there is only one of it."""
    root = _root()
    name = _name_on_path(path, root)
    if name is None:
        # At the end, where it shadows nothing, and for good: what it imports later must be found as well.
        name = path
        sys.path.extend(folder for folder in (str(root), str(root / "src")) if folder not in sys.path)
    try:
        module = importlib.import_module(name)
    except ImportError as exc:
        raise NotLoadableHere(f"the value needs the project module {path}, which cannot be imported from {root}: {exc}") from exc
    if not _is_of_project(module):
        raise NotLoadableHere(f"the value needs the project module {path}, but {name} here is {module!r}")
    return module


def _root() -> Path:
    file = getattr(sys.modules["__main__"], "__file__", None)
    return project_root(Path(file).absolute().parent if file else Path.cwd())


def _name_on_path(path: str, root: Path) -> str | None:
    """Return the name under which `sys.path` offers the file of a module path."""
    relative = Path(*path.split("."))
    for base in (root, root / "src"):
        for file in (base / relative.with_suffix(".py"), base / relative / "__init__.py"):
            if file.is_file():
                return _import_name(file)
    return None


def _import_name(file: Path) -> str | None:
    dotted = file.parent if file.name == "__init__.py" else file.with_suffix("")
    for entry in map(Path, sys.path):
        folder = entry.absolute()
        if dotted.is_relative_to(folder) and folder != dotted and not (folder / "__init__.py").exists():
            return ".".join(dotted.relative_to(folder).parts)
    return None
