"""What a user is told about a value that has no stable content."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from recoup.annotations import Place
from recoup.exceptions import HashError

if TYPE_CHECKING:
    from recoup.hashing._forms import Unhashable

_DEEPEST = 20
"""How many steps of a path are told; of a longer one, both ends."""

__all__ = ["join_path", "refusal", "type_name"]


def type_name(kind: type) -> str:
    """Return the name by which a person knows a type."""
    return (
        kind.__qualname__ if kind.__module__ in ("builtins", "recoup.annotations") else f"{kind.__module__}.{kind.__qualname__}"
    )


def join_path(path: str, label: str) -> str:
    """Return `path` extended by `label`; labels that are words stand apart."""
    return f"{path} {label}" if path and label[:1].isalpha() else path + label


def refusal(verdict: Unhashable, value: Any, path: str, holders: list[Any], labels: list[str]) -> HashError:
    """Return the error for `value`, found in the innermost of `holders` by following `labels` from `path`."""
    for label in labels if len(labels) <= _DEEPEST else [*labels[: _DEEPEST // 2], "…", *labels[-_DEEPEST // 2 :]]:
        path = join_path(path, label)
    kind = type_name(type(value))
    remedies = "; or ".join(_remedies(verdict, value, path, holders))
    return HashError(f"cannot hash `{path or 'value'}`: {kind} {verdict.why}. {remedies}.", path=path, kind=kind)


def _remedies(verdict: Unhashable, value: Any, path: str, holders: list[Any]) -> list[str]:
    argument = re.match(r"\w+", path)
    name = argument.group() if argument else ""
    leave_out = _ignored(name, holders[0] if holders else value) if name else "cache_key_fn=lambda context, arguments: ..."
    owner = next((holder for holder in (value, *reversed(holders)) if _is_of_the_user(type(holder))), None)
    if verdict.instead:
        second = verdict.instead
    elif owner is not None:
        second = f"give `{type(owner).__qualname__}` a method `__recoup_digest__` that returns what stands for it"
    else:
        second = f"say what stands for it: register_digest({type_name(type(value))}, function)"
    return [f"Leave it out of the key: {leave_out}", second]


def _ignored(name: str, argument: Any) -> str:
    """Return the annotation by which an argument counts no more, whatever the policy."""
    kind = type(argument)
    plain = "str" if isinstance(argument, Place) else kind.__name__ if _is_of_the_user(kind) else type_name(kind)
    return f"{name}: Annotated[{plain}, Ignore]"


def _is_of_the_user(kind: type) -> bool:
    root = kind.__module__.partition(".")[0]
    if root in sys.stdlib_module_names and root != "__main__":
        return False
    return root != "recoup" and kind.__flags__ & _HEAP_TYPE != 0


_HEAP_TYPE = 1 << 9
