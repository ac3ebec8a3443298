"""Pillow: images by class, mode, size, pixels, palette and `info`, whether their file was read yet or not; of several frames, all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image

from recoup.hashing._forms import Form, Stream, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.hashing._forms import Encoder

_IMAGE, _PIXELS, _FRAME = tag("pillow.image"), tag("pillow.pixels"), tag("pillow.frame")
_BAND: Final = 1 << 20


def _image(image: Image.Image) -> Form:
    count = getattr(image, "n_frames", 1)
    if count == 1:
        return Form(_IMAGE, (type(image), _frame(image)), nameless)
    shown = image.tell()
    try:
        frames = [_seen(image, place) for place in range(count)]
    finally:
        image.seek(shown)
    return Form(_IMAGE, (type(image), shown, *frames), nameless)


def _seen(image: Image.Image, place: int) -> Form:
    """Return one frame of several, which the next one replaces: so its pixels are copied."""
    image.seek(place)
    return _frame(image.copy())


def _frame(image: Image.Image) -> Form:
    image.load()
    palette = image.palette
    colours = (palette.mode, bytes(image.getpalette(None) or ())) if palette is not None else None
    return Form(_FRAME, (image.mode, image.size, image.info, colours, Stream(_PIXELS, _bands(image))), nameless)


def _bands(image: Image.Image) -> Iterator[bytes]:
    """Yield the pixels some rows at a time: Pillow only gives copies of them."""
    width, height = image.size
    rows = max(_BAND // max(width * 4, 1), 1)
    for top in range(0, height, rows):
        yield image.crop((0, top, width, min(top + rows, height))).tobytes()


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {Image.Image: _image}
