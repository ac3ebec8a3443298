"""Where the cases are: a module for each library, imported only where the library is installed."""

from __future__ import annotations

import importlib
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KINDS", "VALUES", "cases", "not_installed"]

VALUES: Final = "recoup.testing.hashing.values"
KINDS: Final[dict[str, type[Case]]] = {"differ": Differ, "agree": Agree, "stable": Stable, "refuse": Refuse}

LIBRARIES: Final = {
    "numbers": "",
    "texts": "",
    "containers": "",
    "subclasses": "",
    "dates": "",
    "names": "",
    "objects": "",
    "errors": "",
    "callables": "",
    "types": "",
    "library": "",
    "resources": "",
    "aspects": "",
    "numpy": "numpy",
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pyarrow",
    "scipy": "scipy",
    "xarray": "xarray",
    "torch": "torch",
    "jax": "jax",
    "pillow": "PIL",
    "sklearn": "sklearn",
    "networkx": "networkx",
    "pydantic": "pydantic",
    "attrs": "attrs",
    "msgspec": "msgspec",
}
"""Module with cases -> the library that it imports, none for the standard library."""


def cases(kind: str = "", *, of: str = "", library: str | None = None, package: str = VALUES) -> Iterator[Case]:
    """Go through the cases of one kind, type or library (`""`: the standard library), or all of them.

    >>> sorted({type(case).__name__ for case in cases(of="float")})
    ['Agree', 'Differ', 'Stable']
    """
    wanted = KINDS[kind] if kind else Case
    for name, needed in LIBRARIES.items():
        if (library is not None and library != needed) or not _is_installed(needed):
            continue
        for subject, found in importlib.import_module(f"{package}.{name}").CASES.items():
            if of in ("", subject):
                yield from (replace(case, of=subject) for case in found if isinstance(case, wanted) and _can_run(case))


def not_installed() -> tuple[str, ...]:
    """Return the libraries whose cases cannot be run here."""
    return tuple(sorted({name for name in LIBRARIES.values() if not _is_installed(name)}))


def _can_run(case: Case) -> bool:
    return all(map(_is_installed, case.needs))


def _is_installed(library: str) -> bool:
    return not library or find_spec(library) is not None
