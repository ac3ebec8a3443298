"""Exceptions: class, arguments, attributes, cause; not where they were raised."""

from __future__ import annotations

from typing import Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Refused(ValueError):
    """An error with an attribute."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


def _raised(error: BaseException, cause: BaseException | None = None) -> Any:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "exception": (
        Differ("two classes", lambda: (ValueError("a"), TypeError("a")), "type"),
        Differ("the arguments", lambda: (ValueError("a"), ValueError("b")), "value"),
        Differ("the type of an argument", lambda: (KeyError(1), KeyError("1")), "type"),
        Differ("an attribute", lambda: (Refused("a", 1), Refused("a", 2)), "attribute"),
        Differ("an error and its class", lambda: (ValueError(), ValueError), "type"),
        Differ("a subclass and its base", lambda: (Refused("a"), ValueError("a")), "type"),
        Differ("the cause", lambda: (_raised(ValueError("a"), KeyError(1)), _raised(ValueError("a"), KeyError(2))), "value"),
        Differ("in a group", lambda: (ExceptionGroup("g", [ValueError(1)]), ExceptionGroup("g", [ValueError(2)])), "value"),
        Agree("raised and only made", lambda: (_raised(ValueError("a")), ValueError("a"))),
        Stable("an error", lambda: Refused("a", 3)),
        Differ("an error and its parts", lambda: (ValueError("a"), (ValueError, ("a",))), "type"),
        Differ("a note", lambda: (_noted("a"), _noted("b")), "attribute"),
        Differ("the file of an error of the system", lambda: (OSError(2, "no", "a"), OSError(2, "no", "b")), "name"),
        Differ("the module that was not found", lambda: (ImportError("no", name="a"), ImportError("no", name="b")), "name"),
        Differ("the order of a group", lambda: (_group(KeyError, OSError), _group(OSError, KeyError)), "order"),
        Agree("raised while another was handled", lambda: (_raised_in_another(), ValueError("a"))),
    ),
}


def _noted(text: str) -> ValueError:
    error = ValueError("a")
    error.add_note(text)
    return error


def _group(*kinds: type[Exception]) -> ExceptionGroup[Exception]:
    return ExceptionGroup("g", [kind() for kind in kinds])


def _raised_in_another() -> Any:
    try:
        raise KeyError  # noqa: TRY301 - the context is the case
    except KeyError:
        return _raised(ValueError("a"))
