"""What must not be shown or written: values that are named or typed as secrets, and texts in which they stand."""

from __future__ import annotations

import functools
import re
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from recoup.forking import renew_in_children

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "REDACTED",
    "is_secret",
    "is_secret_name",
    "is_secret_type",
    "redacted",
    "remember_secrets",
    "secret_fields",
    "url_secrets",
    "without_url_secrets",
]

REDACTED: Final = "***"

_SECRET_NAME = re.compile(
    r"""pass(wd|word|phrase|code)|(?<![a-z])pwd(?![a-z])|secret|credential|authorization|cookie
    |(api|access|private|signing|encryption|ssh|account|shared)_?key|(?<![a-z])(auth|bearer|jwt)(?![a-z])|token$""",
    re.VERBOSE,
)
_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s.-]+")
_SECRET_TYPE = re.compile(r"_?Secret(Str|Bytes|String|Value|Field|Dict)?")
_URL_PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)")
_URL_FIELD = re.compile(r"(?<=[?&])([\w.-]+)=([^&#\s]+)")

_SECRET_MARK = re.compile(r"Annotated\[.*\bSecret\b")

_secret_fields: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()
_secret_types: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


@functools.lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Say whether a parameter, field or key is named like something that must not be shown.

    >>> is_secret_name("api_key"), is_secret_name("accessKey"), is_secret_name("tokenizer"), is_secret_name("monkey")
    (True, True, False, False)
    """
    return _SECRET_NAME.search(_WORD_BOUNDARY.sub("_", name).lower()) is not None


def is_secret_type(kind: type) -> bool:
    """Say whether a type is made for secrets, such as pydantic's `SecretStr`."""
    known = _secret_types.get(kind)
    if known is None:
        known = _secret_types[kind] = any(_SECRET_TYPE.fullmatch(base.__name__) for base in kind.__mro__)
    return known


def is_secret(value: Any, name: str = "") -> bool:
    """Say whether nothing must be shown of `value`, because of its name or because its type is made for secrets."""
    return bool(name and is_secret_name(name)) or is_secret_type(type(value))


def secret_fields(kind: type) -> frozenset[str]:
    """Return the fields of a class that its annotations mark as `Secret`."""
    known = _secret_fields.get(kind)
    if known is None:
        import inspect  # noqa: PLC0415 - texts are for misses; a process that only hashes never loads it

        known = _secret_fields[kind] = frozenset(
            name
            for base in kind.__mro__
            for name, annotation in inspect.get_annotations(base).items()
            if _says_secret(annotation)
        )
    return known


def _says_secret(annotation: Any) -> bool:
    if isinstance(annotation, str):  # not evaluated: to hide a field too many harms nobody
        return _SECRET_MARK.search(annotation) is not None
    marks = getattr(annotation, "__metadata__", ())
    if any("Secret" in (getattr(mark, "__name__", ""), type(mark).__name__) for mark in marks):
        return True
    return any(map(_says_secret, getattr(annotation, "__args__", ())))


def without_url_secrets(text: str) -> str:
    """Return `text` without the passwords, and the fields named like secrets, of URLs in it."""
    if "://" not in text:
        return text
    shown = _URL_PASSWORD.sub(REDACTED, text)
    return _URL_FIELD.sub(lambda field: f"{field[1]}={REDACTED}" if is_secret_name(field[1]) else field[0], shown)


def url_secrets(text: str) -> list[str]:
    """Return the passwords, and the fields named like secrets, of URLs in `text`."""
    if "://" not in text:
        return []
    passwords = [found.partition(":")[2] for found in _URL_PASSWORD.findall(text)]
    return [*passwords, *(value for name, value in _URL_FIELD.findall(text) if is_secret_name(name))]


# --- secrets in texts of others ----------------------------------------------------------------


_SHORTEST: Final = 4
"""Shorter ones would make a text unreadable, and are found in any."""

_MOST: Final = 1_000


class _Remembered:
    """The secrets of this process that a text of somebody else's might have in it, such as that of an exception."""

    def __init__(self) -> None:
        self.texts: OrderedDict[str, None] = OrderedDict()
        self.lock = threading.Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Take no lock over that another thread holds in the parent."""
        self.lock = threading.Lock()


_remembered = _Remembered()


def remember_secrets(texts: Iterable[str]) -> None:
    """Leave these texts out of what is told of errors from now on: the thousand latest."""
    spelled = [text for text in texts if len(text) >= _SHORTEST]
    with _remembered.lock:
        for text in spelled:
            _remembered.texts[text] = None
            _remembered.texts.move_to_end(text)
        while len(_remembered.texts) > _MOST:
            _remembered.texts.popitem(last=False)


def redacted(text: str) -> str:
    """Return `text` without the secrets that this process was told of, and those of URLs."""
    if _remembered.texts:
        with _remembered.lock:
            known = sorted(_remembered.texts, key=len, reverse=True)
        for secret in known:
            if secret in text:
                text = text.replace(secret, REDACTED)
    return without_url_secrets(text)
