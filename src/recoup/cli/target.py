"""From `FILE.py:FLOW` or `package.module:FLOW` to a flow, imported as if its program had been started."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recoup.exceptions import FlowNotFound
from recoup.flows import Flow
from recoup.project import adopt_program, file_module_path, project_root
from recoup.spelling import nearest
from recoup.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["ImportFailed", "load_flow"]


class ImportFailed(Exception):
    """The user's module raised `error` when it was imported."""

    def __init__(self, place: str, error: Exception) -> None:
        super().__init__(place)
        self.error = error


def load_flow(target: str) -> Flow[..., Any]:
    """Import the file or module of `target` and return its flow.

    Raises `FlowNotFound` where there is none, and `ImportFailed` when the module itself raised.
    """
    place, _, name = target.partition(":")
    is_file = place.endswith(".py") or "/" in place or place in (".", "..", "~")
    module = _import_file(Path(place).absolute(), place) if is_file else _import_module(place)
    return _flow_named(name, module, place) if name else _only_flow(module, place)


# --- importing -----------------------------------------------------------------------------------


def _import_file(file: Path, said: str) -> ModuleType:
    """Import a file under its path from the project root, where pickles and keys will look for it."""
    if not file.is_file():
        raise FlowNotFound(_no_file(file, said))
    _adopt(file.parent)
    with _importing(said):
        for name in (file_module_path(str(file)), file.stem):
            if _is_at(name, file):
                return importlib.import_module(name)
        return _import_from(file, f"__run__{file.stem}")


def _import_module(name: str) -> ModuleType:
    folder = Path.cwd()
    _adopt(folder)
    if not name or not all(part.isidentifier() for part in name.split(".")) or not _exists(name):
        file = Path(f"{name}.py")
        hint = f"; did you mean {file}:…?" if file.is_file() else ""
        raise FlowNotFound(
            f"there is no module {name!r} in {folder} or on the Python path{hint}. "
            "Write FILE.py:FLOW, or package.module:FLOW as for `python -m`."
        )
    with _importing(name):
        return importlib.import_module(name)


def _adopt(folder: Path) -> None:
    """Make the project of `folder` the program: the folder first on the path, as Python does, the project behind the rest."""
    root = project_root(folder)
    adopt_program(root)
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry != str(folder))]
    sys.path.extend(entry for entry in (str(root), str(root / "src")) if entry not in sys.path and Path(entry).is_dir())
    importlib.invalidate_caches()


def _import_from(file: Path, name: str) -> ModuleType:
    """Import a file whose name leads elsewhere, such as a `json.py`."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _is_at(name: str, file: Path) -> bool:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).absolute() == file


def _exists(name: str) -> bool:
    parent, _, _ = name.rpartition(".")
    if parent and not _exists(parent):
        return False
    with _importing(parent):
        try:
            return importlib.util.find_spec(name) is not None
        except (ModuleNotFoundError, ValueError):  # its parent is no package
            return False


@contextlib.contextmanager
def _importing(place: str) -> Iterator[None]:
    try:
        yield
    except Exception as exc:
        raise ImportFailed(place, exc) from exc


# --- finding -------------------------------------------------------------------------------------


def _flow_named(name: str, module: ModuleType, place: str) -> Flow[..., Any]:
    try:
        found = inspect.getattr_static(module, name) if "." not in name else _dotted(module, name)
    except AttributeError:
        flows = _flows(module)
        raise FlowNotFound(f"{place} has no flow {name!r}{nearest(name, flows)}; {_listed(flows, place)}") from None
    if isinstance(found, Flow):
        return found
    kind = "a task" if isinstance(found, Task) else f"a {type(found).__name__}"
    raise FlowNotFound(f"{name} in {place} is {kind}, not a flow; {_listed(_flows(module), place)}")


def _dotted(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _only_flow(module: ModuleType, place: str) -> Flow[..., Any]:
    flows = _flows(module)
    if len(set(map(id, flows.values()))) == 1:  # it may have several names
        return next(iter(flows.values()))
    missing = "has more than one flow" if flows else "has no flow"
    raise FlowNotFound(f"{place} {missing}; {_listed(flows, place)}")


def _flows(module: ModuleType) -> dict[str, Flow[..., Any]]:
    """Return the flows that a module defines, or, where it defines none, those that it imports."""
    flows = {name: value for name, value in vars(module).items() if isinstance(value, Flow)}
    own = {name: flow for name, flow in flows.items() if flow.fn.__module__ == module.__name__}
    return own or flows


def _listed(flows: dict[str, Any], place: str) -> str:
    if not flows:
        return "write @flow above the function to run"
    return f"there {'is' if len(flows) == 1 else 'are'} {', '.join(f'{place}:{name}' for name in flows)}"


def _no_file(file: Path, said: str) -> str:
    if file.is_dir():
        return f"{said} is a folder; name the file in it, as in {said.rstrip('/')}/pipeline.py:FLOW"
    folder = file.parent
    if not folder.is_dir():
        return f"there is no file {said}: the folder {folder} does not exist"
    names = sorted(other.name for other in folder.glob("*.py"))
    close = nearest(file.name, names)
    return f"there is no file {said}{close}; it is looked for in {folder}"
