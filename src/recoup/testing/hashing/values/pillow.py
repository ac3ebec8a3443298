"""Values of pillow."""

from __future__ import annotations

from typing import Final

from PIL import Image

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "PIL.Image": (
        Differ("mode", lambda: (Image.new("L", (2, 2)), Image.new("P", (2, 2))), "dtype"),
        Differ("shape", lambda: (Image.new("L", (2, 3)), Image.new("L", (3, 2))), "shape"),
        Agree("made twice", lambda: (Image.new("RGB", (2, 2), "red"), Image.new("RGB", (2, 2), (255, 0, 0)))),
    ),
}  # fmt: skip
