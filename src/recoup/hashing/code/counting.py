"""How exactly the surroundings of a program count: the versions of packages, and Python's own."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Literal, get_args

from recoup.hashing.code.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["PACKAGES", "PYTHON", "Packages", "Python", "counted"]

Packages = Literal["exact", "minor", "major", "off"]
"""How much of a package's version counts: 2.1.3, 2.1, 2, or nothing."""
Python = Literal["minor", "off"]
"""Whether the standard library counts, by Python's minor version."""
PACKAGES: tuple[str, ...] = get_args(Packages)
PYTHON: tuple[str, ...] = get_args(Python)

_SEGMENTS = {"minor": 2, "major": 1}
_RELEASE = re.compile(r"(?:\d+!)?\d+(?:\.\d+)*")


def counted(parts: Iterable[Part], packages: Packages, python: Python) -> Iterator[Part]:
    """Yield parts with as much of the versions as counts."""
    if python == "minor":
        yield _version("package.python", f"{sys.version_info.major}.{sys.version_info.minor}")
    for part in parts:
        if part.kind != "package" or packages == "exact":
            yield part
        elif packages != "off":
            yield _version(part.name, _shortened(part.text, _SEGMENTS[packages]))


def _version(name: str, text: str) -> Part:
    return Part(name, "package", text.encode(), text=text)


def _shortened(text: str, segments: int) -> str:
    """Return the first segments of a version; what was installed from a path or VCS still counts by its contents."""
    version, plus, contents = text.partition("+")
    release = _RELEASE.match(version)
    short = ".".join(release[0].split(".")[:segments]) if release else version
    return short + plus + contents
