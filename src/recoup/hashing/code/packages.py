"""Which distribution a library module comes from, and its version, without scanning all of them.

`importlib.metadata.packages_distributions` reads every `RECORD`; here most modules are found by the name of
their `.dist-info` folder, the rest by a search for the module's own file.
"""

from __future__ import annotations

import functools
import re
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

import msgspec
from blake3 import blake3

__all__ = ["Package", "file_of_module", "package_of_module"]


@dataclass(frozen=True, slots=True)
class Package:
    """An installed distribution; `contents` tells builds of one version apart (empty for released ones)."""

    name: str
    version: str = ""
    contents: str = ""


@functools.cache
def package_of_module(name: str) -> Package:
    """Return the distribution that holds the library module `name`, whether it is imported or not."""
    top = name.partition(".")[0]
    file = file_of_module(name)
    if file is None:
        return package_of_module(top) if top != name else Package(top)
    folder = _folder_of(Path(file), name)
    info = _by_name(folder, top) if not _is_namespace(top) else None
    info = info or _by_file(folder, Path(file))
    return _package(info) if info else _unlisted(top, file)


def _unlisted(top: str, file: str) -> Package:
    """Return what no distribution lists: by the version that it says of itself, else by the contents of the file."""
    version = getattr(sys.modules.get(top), "__dict__", {}).get("__version__")
    if isinstance(version, str):
        return Package(top, version)
    try:
        return Package(top, contents=blake3(Path(file).read_bytes()).hexdigest(8))
    except OSError:
        return Package(top)


def file_of_module(name: str) -> str | None:
    """Return the file of a module without importing anything."""
    module = sys.modules.get(name)
    if isinstance(module, ModuleType) and getattr(module, "__file__", None):
        return module.__file__
    path = None
    spec = None
    for end in (i for i in range(len(name) + 1) if i == len(name) or name[i] == "."):
        try:
            spec = PathFinder.find_spec(name[:end], path)
        except (ImportError, ValueError):
            return None
        if spec is None:
            return None
        path = spec.submodule_search_locations
    if spec is None:
        return None
    if spec.origin:
        return spec.origin
    locations = list(spec.submodule_search_locations or ())
    return str(Path(locations[0]) / "__init__.py") if locations else None


def _is_namespace(top: str) -> bool:
    module = sys.modules.get(top)
    return module is not None and getattr(module, "__file__", None) is None


def _folder_of(file: Path, name: str) -> Path:
    """Return the folder on the import path that holds the file of module `name`."""
    levels = name.count(".") + (1 if file.stem == "__init__" else 0)
    return file.parents[min(levels, len(file.parents) - 1)]


@functools.cache
def _infos(folder: Path) -> dict[str, Path]:
    """Return the `.dist-info` folders beside the packages of `folder` by normalised name, and `.egg-info` of older tools."""
    listed = [*sorted(folder.glob("*.egg-info")), *sorted(folder.glob("*.dist-info"))]
    return {_normal(info.name.removesuffix(".egg-info").split("-")[0]): info for info in listed}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _by_name(folder: Path, top: str) -> Path | None:
    return _infos(folder).get(_normal(top))


def _by_file(folder: Path, file: Path) -> Path | None:
    """Return the distribution whose `RECORD` lists the file."""
    line = b"\n" + str(file.relative_to(folder)).encode() + b"," if file.is_relative_to(folder) else b""
    for info in _infos(folder).values():
        try:
            record = b"\n" + (info / "RECORD").read_bytes()
        except OSError:
            continue
        if line and line in record:
            return info
    return None


def _package(info: Path) -> Package:
    name, _, version = info.name.removesuffix(".dist-info").removesuffix(".egg-info").partition("-")
    return Package(name.replace("_", "-").lower(), version.partition("-py")[0], _contents(info))


def _contents(info: Path) -> str:
    """Return a digest of the installed files where the version does not stand for them: installed from a path or VCS."""
    try:
        msgspec.json.decode((info / "direct_url.json").read_bytes())
        lines = (info / "RECORD").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, msgspec.DecodeError):
        return ""
    # Scripts hold the path of this environment, and what the installer notes or compiles is its own affair.
    own = sorted(line for line in lines if not line.startswith("..") and ".dist-info/" not in line and ".pyc," not in line)
    return blake3("\n".join(own).encode()).hexdigest(8)
