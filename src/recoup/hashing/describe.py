"""Short safe texts for people: what an argument was, without its secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from recoup.secrecy import REDACTED, is_secret, is_secret_name, secret_fields, without_url_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["describe", "fields_of"]

LONGEST: Final = 200
"""How many characters a text has at most."""

_MEMBERS, _DEPTH, _STRING = 12, 4, 80
_LONGEST_URL: Final = 2_000


def describe(value: Any, name: str = "") -> str:
    """Return a text of at most 200 characters that says what `value` is. Never raises, never calls a user's `repr`.

    `name` is the name under which the value is known; if that looks like a secret, or the value is of a type
    made for secrets, nothing is shown of it. So also for fields and keys inside.

    >>> describe({"lr": 0.1, "password": "hunter2"})
    "{'lr': 0.1, 'password': ***}"
    """
    plain = _PLAIN.get(type(value))
    if plain is not None and not (name and is_secret_name(name)):
        return _cut(plain(value, 0))
    try:
        return _cut(_text(value, name, 0))
    except Exception:  # noqa: BLE001 - a text for people must not be the reason why a task fails
        return f"<{type(value).__name__}>"


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _text(value: Any, name: str, depth: int) -> str:
    kind = type(value)
    if is_secret(value, name):
        return REDACTED
    if hasattr(kind, "__members__"):
        return _enum(value)
    for ancestor in kind.__mro__:
        teller = _TELLERS.get(ancestor) or _FOREIGN.get(f"{ancestor.__module__.partition('.')[0]}.{ancestor.__name__}")
        if teller is not None:
            return teller(value, depth)
    return _object(value, depth)


# --- scalars --------------------------------------------------------------------------------


def _str(value: str, _depth: int = 0) -> str:
    text = str.__str__(value)
    shown = without_url_secrets(text[:_LONGEST_URL])[: _STRING + 1]
    return repr(shown) if len(text) <= _STRING else repr(shown[:_STRING])[:-1] + f"…' ({len(text):,} characters)"


def _bytes(value: bytes | bytearray | memoryview, _depth: int = 0) -> str:
    size = memoryview(value).nbytes
    return repr(bytes(value)) if size <= _MEMBERS else f"{type(value).__name__} of {size:,}"


def _int(value: int, _depth: int = 0) -> str:
    bits = value.bit_length()
    return int.__repr__(value) if bits <= 256 else f"int of {bits:,} bits"  # noqa: PLR2004 - 77 digits are enough to read


def _by(show: Callable[[Any], str]) -> Callable[[Any, int], str]:
    return lambda value, _depth: show(value)


# --- containers -----------------------------------------------------------------------------


def _preview(texts: Iterable[str], count: int, opening: str, closing: str) -> str:
    """Join the first texts, as many as a line holds, and say how many there are in all."""
    shown: list[str] = []
    length = 0
    for text in (_cut(text, _STRING) for text in texts):
        length += len(text) + 2
        if len(shown) == _MEMBERS or length > LONGEST - 24:
            break
        shown.append(text)
    if len(shown) == count:
        return opening + ", ".join(shown) + closing
    return opening + ", ".join([*shown, "…"]) + closing + f" ({count:,} in all)"


def _sequence(opening: str, closing: str) -> Callable[[Any, int], str]:
    def tell(value: Any, depth: int) -> str:
        if depth == _DEPTH:
            return f"{opening}…{closing}"
        ending = "," + closing if type(value) is tuple and len(value) == 1 else closing
        return _preview((_text(member, "", depth + 1) for member in value), len(value), opening, ending)

    return tell


def _set(value: Any, depth: int) -> str:
    if len(value) > _MEMBERS or depth == _DEPTH:
        return f"{type(value).__name__} of {len(value):,}"
    texts = sorted(_text(member, "", depth + 1) for member in value)
    return _preview(texts, len(texts), "{", "}") if texts else f"{type(value).__name__}()"


def _dict(value: Any, depth: int) -> str:
    if depth == _DEPTH:
        return "{…}"
    pairs = (
        f"{_text(key, '', depth + 1)}: {_text(member, key if isinstance(key, str) else '', depth + 1)}"
        for key, member in value.items()
    )
    return _preview(pairs, len(value), "{", "}")


def _tuple(value: Any, depth: int) -> str:
    return _object(value, depth) if hasattr(type(value), "_fields") else _sequence("(", ")")(value, depth)


def _exception(value: BaseException, depth: int) -> str:
    return type(value).__name__ + _sequence("(", ")")(list(value.args), depth)


def _object(value: Any, depth: int) -> str:
    """Tell an object by its class and the fields that can be read without running its code."""
    kind = type(value)
    if isinstance(getattr(value, "__qualname__", None), str):
        return str(value.__qualname__)
    fields = fields_of(value)
    if not fields or depth == _DEPTH:
        return kind.__name__ + ("(…)" if fields else "()")
    hidden = secret_fields(kind)
    texts = (f"{name}={REDACTED if name in hidden else _text(member, name, depth + 1)}" for name, member in fields.items())
    return _preview(texts, len(fields), kind.__name__ + "(", ")")


def fields_of(value: Any, *, private: bool = False) -> dict[str, Any]:
    """Return the fields of an object that can be read without running its code."""
    kind = type(value)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return dict(zip(kind._fields, value, strict=False))
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            descriptor = base.__dict__.get(slot)
            if descriptor is not None and not slot.startswith("__"):
                try:
                    found[slot] = descriptor.__get__(value, kind)
                except AttributeError:
                    continue
    if kind.__dictoffset__:
        found.update(value.__dict__)
    return found if private else {name: member for name, member in found.items() if not name.startswith("_")}


# --- other libraries' values, told without importing them ---------------------------------------


def _by_shape(value: Any, _depth: int) -> str:
    dtype = str(value.dtype).removeprefix("torch.")
    return f"{dtype} {'tensor' if type(value).__module__.startswith('torch') else 'array'} {tuple(value.shape)}"


def _table(rows: str, columns: str) -> Callable[[Any, int], str]:
    return lambda value, _depth: f"{type(value).__name__} {getattr(value, rows):,} x {getattr(value, columns):,}"


def _frame(value: Any, _depth: int) -> str:
    return f"{type(value).__name__} {value.shape[0]:,} x {value.shape[1]:,}"


def _column(value: Any, _depth: int) -> str:
    dtype = getattr(value, "dtype", None) or getattr(value, "type", "")
    name = getattr(value, "name", None)
    label = f" {_str(name)}" if isinstance(name, str) else ""
    return f"{type(value).__name__}{label} of {len(value):,} ({dtype})"


def _sparse(value: Any, _depth: int) -> str:
    return f"sparse {value.dtype} {type(value).__name__} {tuple(value.shape)}, {value.nnz:,} stored"


def _sklearn(value: Any, depth: int) -> str:
    """Tell an estimator by the parameters that it was made with, not by what it learned."""
    fields = {name: member for name, member in vars(value).items() if not name.endswith("_") and not name.startswith("_")}
    texts = (f"{name}={_text(member, name, depth + 1)}" for name, member in fields.items())
    return _preview(texts, len(fields), type(value).__name__ + "(", ")")


def _enum(value: Any) -> str:
    return f"{type(value).__name__}.{value.name or value.value}"


def _reference(value: Any, _depth: int) -> str:
    return value.text or "a stored result"


def _place(value: Any, _depth: int) -> str:
    return f"{type(value).__name__} {_str(value.path)}"


def _function(value: Any, _depth: int) -> str:
    return f"{value.__module__}.{value.__qualname__}"


_TELLERS: Final[dict[type, Callable[[Any, int], str]]] = {
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    bool: _by(repr),
    int: _int,
    float: _by(float.__repr__),
    complex: _by(complex.__repr__),
    type(None): _by(repr),
    type(...): _by(repr),
    range: _by(repr),
    slice: _by(repr),
    list: _sequence("[", "]"),
    tuple: _tuple,
    set: _set,
    frozenset: _set,
    dict: _dict,
    type: _function,
    BaseException: _exception,
    type(_cut): _function,
    type(len): _by(lambda value: value.__name__),
    type(re): _by(lambda value: value.__name__),
}

_PLAIN: Final = {kind: _TELLERS[kind] for kind in (str, bool, int, float, type(None))}

_FOREIGN: Final[dict[str, Callable[[Any, int], str]]] = {
    "collections.deque": _sequence("deque([", "])"),
    "datetime.date": _by(lambda value: value.isoformat()),
    "datetime.time": _by(lambda value: value.isoformat()),
    "datetime.timedelta": _by(str),
    "decimal.Decimal": _by(str),
    "fractions.Fraction": _by(str),
    "numpy.generic": _by(lambda value: f"{type(value).__name__}({_text(value.item(), '', 0)})"),
    "numpy.ndarray": _by_shape,
    "pandas.DataFrame": _frame,
    "pandas.ExtensionArray": _column,
    "pandas.Index": _column,
    "pandas.BaseOffset": _by(str),
    "pandas.Interval": _by(str),
    "pandas.NAType": _by(str),
    "pandas.Period": _by(str),
    "pandas.Series": _column,
    "pathlib.PurePath": _by(lambda value: _str(str(value))),
    "polars.DataFrame": _frame,
    "polars.Series": _column,
    "pyarrow.Array": _column,
    "pyarrow.ChunkedArray": _column,
    "pyarrow.RecordBatch": _table("num_rows", "num_columns"),
    "pyarrow.Table": _table("num_rows", "num_columns"),
    "re.Pattern": _by(lambda value: _str(value.pattern) if isinstance(value.pattern, str) else _bytes(value.pattern)),
    "recoup.Dir": _place,
    "recoup.File": _place,
    "recoup.Instead": lambda value, depth: _text(value.value, "", depth),
    "recoup.Reference": _reference,
    "scipy.sparray": _sparse,
    "scipy.spmatrix": _sparse,
    "sklearn.BaseEstimator": _sklearn,
    "torch.Tensor": _by_shape,
    "uuid.UUID": _by(str),
}
"""By the first name of the module and the name of the class, so that nothing is imported."""
