"""Classes and functions of the user's project, named from the project root instead of by the process they live in.

A class of a script lives in `__main__`, and in `pipelines.train` when the file is imported. Pickled under the name
of its module, its instances could not be loaded elsewhere; pickled by value, they would come back as strangers to
their own class. So whatever a project file offers for import is pickled as a reference, its module path and its
qualified name, and looked up where it lives when the pickle is loaded.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recoup.exceptions import NotLoadableHere
from recoup.project import file_module_path, is_project_file, program_root, project_root, working_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find", "reference_to"]

_NOTHING = object()


def reference_to(thing: Any) -> tuple[str, str] | None:
    """Return module path and qualified name of what a project file offers for import, else `None`."""
    module = sys.modules.get(thing.__module__)
    path = _path_of(module)
    if path is None or _look_up(module, thing.__qualname__) is not thing:
        return None
    return path, thing.__qualname__


def find(path: str, qualname: str) -> Any:
    """Return what `reference_to` named, from a module that is loaded or by importing it.

    Stored pickles call this function by its name: it stays where it is, for ever.
    """
    for module in _loaded(path):
        found = _look_up(module, qualname)
        if found is not _NOTHING:
            return found
    found = _look_up(_import(path), qualname)
    if found is _NOTHING:
        raise NotLoadableHere(f"the value needs {qualname} of the project module {path}, which does not have it (any more)")
    return found


def _look_up(module: object, qualname: str) -> Any:
    found: object = module
    for name in qualname.split("."):
        found = getattr(found, name, _NOTHING)
        if found is _NOTHING:  # as for `<locals>` and `<lambda>`
            break
    return found


def _path_of(module: object) -> str | None:
    """Return the path from the project root of a module of the project, `None` for any other object."""
    known = getattr(module, "__dict__", {})  # lazy modules of some libraries import themselves when they are asked for more
    file, name = known.get("__file__"), known.get("__name__", "")
    if not file or name.partition(".")[0] == "recoup" or not is_project_file(file):  # Recoup is one in its own checkout
        return None
    return file_module_path(file)


# --- where a module is -----------------------------------------------------------------------

_names: dict[str, str] = {}  # module path -> name in sys.modules, as found last


def _loaded(path: str) -> Iterator[object]:
    """Yield the loaded modules with this path: the running program first, then the likely names, then all."""
    likely = ("__main__", _names.get(path, path), path)
    for name in likely:
        if _path_of(module := sys.modules.get(name)) == path:
            yield module
    for name, module in tuple(sys.modules.items()):
        if name not in likely and _path_of(module) == path:
            _names[path] = name
            yield module


def _import(path: str) -> object:
    """Import the module under the name that the rest of the program would use, so that there is only one of it."""
    try:
        module = importlib.import_module(_name_of(path))
    except (Exception, SystemExit) as exc:  # whatever the module does when it is imported, the value is intact
        why = f"{type(exc).__name__}: {exc}"
        raise NotLoadableHere(f"the value needs the project module {path}, which cannot be imported here: {why}") from exc
    if _path_of(module) != path:
        raise NotLoadableHere(f"the value needs the project module {path}, but here that name means {module!r}")
    return module


def _name_of(path: str) -> str:
    relative = Path(*path.split("."))
    for root in _roots():
        for base in (root, root / "src"):
            if (base / relative).with_suffix(".py").is_file() or (base / relative / "__init__.py").is_file():
                return _name_on_path(base, base / relative) or _put_on_path(base, path)
    return path  # of another project, which is installed or on the path


def _roots() -> list[Path]:
    """Return the projects of the running program and of the working directory."""
    here = working_directory()
    return list(dict.fromkeys([program_root(), *([project_root(here)] if here is not None else [])]))


def _name_on_path(base: Path, source: Path) -> str | None:
    for folder in (Path(entry).absolute() for entry in sys.path):
        inside = folder.is_relative_to(base) and source.is_relative_to(folder) and source != folder
        if inside and not (folder / "__init__.py").exists():
            return ".".join(source.relative_to(folder).parts)
    return None


def _put_on_path(base: Path, path: str) -> str:
    # At the end, where it shadows nothing, and for good: what the module imports later has to be found as well.
    sys.path.append(str(base))
    return path
