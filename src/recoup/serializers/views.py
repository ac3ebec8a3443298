"""Views of memory as pickles: their elements, in their format and shape, whatever they were a view of."""

from __future__ import annotations

from typing import Any

__all__ = ["reduced_view", "shown"]


def reduced_view(view: memoryview) -> Any:
    """Return how `view` is made again. Raises for formats that Python cannot make views of, such as big-endian ones."""
    data, elements, shape = view.tobytes(), view.format, view.shape or ()
    shown(data, elements, shape)
    return shown, (data, elements, shape)


def shown(data: bytes, elements: Any, shape: tuple[int, ...]) -> memoryview:
    """Return a view of `data` with this format and shape.

    Stored pickles call this function by its name: it stays where it is, for ever.
    """
    view = memoryview(data)
    return view.cast(elements) if len(shape) == 1 else view.cast(elements, shape)
