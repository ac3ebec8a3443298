"""Values of Pillow."""

from __future__ import annotations

import io
from typing import Any, Final

from PIL import Image

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


def _gradient(size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.merge("RGB", [Image.linear_gradient("L").resize(size)] * 3)


def _file(kind: str = "PNG", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    _gradient().save(file, kind, **options)
    return file


def _opened(kind: str = "PNG", **options: Any) -> Image.Image:
    return Image.open(_file(kind, **options))


def _read(image: Image.Image) -> Image.Image:
    image.load()
    return image


def _shown(image: Image.Image, frame: int) -> Image.Image:
    image.seek(frame)
    return image


def _moving(*colours: str) -> Image.Image:
    first, *others = (Image.new("RGB", (4, 4), colour) for colour in colours)
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others)
    return Image.open(file)


def _with_palette(change: int) -> Image.Image:
    image = _gradient().convert("P")
    palette = image.getpalette() or []
    palette[0] ^= change
    image.putpalette(palette)
    return image


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "PIL.Image": (
        Differ("mode", lambda: (Image.new("L", (2, 2)), Image.new("P", (2, 2))), "dtype"),
        Differ("shape", lambda: (Image.new("L", (2, 3)), Image.new("L", (3, 2))), "shape"),
        Differ("a pixel", lambda: (Image.new("L", (2, 2)), Image.new("L", (2, 2), 1)), "value"),
        Differ("the palette", lambda: (_with_palette(0), _with_palette(1)), "value"),
        Differ("what goes with it", lambda: (_opened(), _opened(dpi=(300, 300))), "value"),
        Differ("a file and an image", lambda: (_opened(), _opened().copy()), "type"),
        Differ("files of two kinds", lambda: (_opened("PNG"), _opened("BMP")), "type"),
        Differ("an image and its bytes", lambda: (_gradient(), _gradient().tobytes()), "type"),
        Differ("turned", lambda: (_gradient((30, 30)), _gradient((30, 30)).transpose(Image.Transpose.ROTATE_90)), "order"),
        Differ("nothing in two shapes", lambda: (Image.new("L", (0, 3)), Image.new("L", (3, 0))), "shape"),
        Differ("a later frame", lambda: (_moving("red", "blue"), _moving("red", "green")), "value"),
        Differ("which frame is shown", lambda: (_moving("red", "blue"), _shown(_moving("red", "blue"), 1)), "value"),
        Agree("made twice", lambda: (Image.new("RGB", (2, 2), "red"), Image.new("RGB", (2, 2), (255, 0, 0)))),
        Agree("read yet or not", lambda: (_opened(), _read(_opened()))),
        Agree("compressed more or less", lambda: (_opened(compress_level=1), _opened(compress_level=9))),
        Agree("a copy", lambda: (_gradient(), _gradient().copy())),
        Stable("a gradient", _gradient),
        Stable("frames", lambda: _moving("red", "blue")),
    ),
}  # fmt: skip
