"""Where a flow is, said so that another process on another machine finds it: `pipelines/train.py:pipeline`."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from recoup.project import is_project_file, project_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["Target", "target_of"]


class Target(NamedTuple):
    """Where a flow is, and the folder from which its file is counted; both are empty where nobody else can find it."""

    target: str
    project: str


def target_of(flow: object, fn: Callable[..., Any]) -> Target:
    """Return where `flow`, made of `fn`, is: a file of its project, or the name of a module that is installed."""
    module = sys.modules.get(getattr(fn, "__module__", None) or "")
    file = getattr(module, "__file__", None)
    if module is None or not file:
        return Target("", "")
    name = _name_in(module, flow, str(getattr(fn, "__qualname__", "")))
    if not is_project_file(file):  # that of a program that was typed or piped in leads nowhere
        return Target("" if module.__name__ == "__main__" else f"{module.__name__}:{name}", "")
    path, root = _place(file)
    return Target(f"{path}:{name}", root)


@functools.lru_cache(maxsize=256)
def _place(file: str) -> tuple[str, str]:
    path = Path(os.path.abspath(file))  # noqa: PTH100 - as in `project`: links are not followed
    root = project_root(path.parent)
    return path.relative_to(root).as_posix(), str(root)


def _name_in(module: ModuleType, flow: object, name: str) -> str:
    """Return the name under which `module` has `flow`; that of its function where it has none."""
    found: Any = module
    for step in name.split("."):
        found = getattr(found, step, None)
    if found is flow:
        return name
    return next((other for other, value in tuple(vars(module).items()) if value is flow), name)
