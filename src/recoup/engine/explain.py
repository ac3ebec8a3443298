"""Why a body runs: the difference between a call's parts and those of the nearest earlier record, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recoup.events import Cause
    from recoup.records import CodePart, CodeParts, KeyPart, Leaf, Record

__all__ = ["Difference", "Why", "differences", "explain"]

_NAMED = 3
_LONGEST_TEXT = 60
_STEP = re.compile(r"[.\[]")


class Why(NamedTuple):
    """A cause for machines, a line for a person, the names of the parts that changed."""

    cause: Cause
    text: str
    changed: tuple[str, ...] = ()


class Difference(NamedTuple):
    """One thing that changed: the part's name, what kind it is, and how a person says it."""

    name: str
    cause: Cause
    text: str


def explain(
    parts: Sequence[KeyPart], code: CodeParts | None, before: Record, code_before: CodeParts | None, identity: str
) -> Why:
    """Say what makes a call differ from the record `before`."""
    by_function, was_by_function = ([part.name for part in some] == ["custom"] for some in (parts, before.parts))
    if by_function != was_by_function:  # nothing in the one key is comparable with anything in the other
        return Why("custom", f"its key is now made by {'a key function' if by_function else 'its cache policy'}", ("custom",))
    found = list(differences(parts, code, before, code_before, identity))
    if not found:
        return Why("missing", "its record was withdrawn or removed")
    texts = [difference.text for difference in found[:_NAMED]]
    if len(found) > _NAMED:
        texts.append(f"and {len(found) - _NAMED} more")
    return Why(found[0].cause, ", ".join(texts), tuple(difference.name for difference in found))


def differences(
    parts: Sequence[KeyPart], code: CodeParts | None, before: Record, code_before: CodeParts | None, identity: str
) -> Iterator[Difference]:
    """Yield what changed, the most telling first: code, then arguments, then the rest."""
    old = {part.name: part for part in before.parts}
    new = {part.name: part for part in parts}
    if "code" in new and "code" in old and new["code"].digest != old["code"].digest:
        yield from _code_differences(code, code_before, identity)
    for name, part in new.items():
        if name not in old:
            yield _appeared(part)
        elif part.digest != old[name].digest and name != "code":
            yield _changed(part, old[name])
    for name in old:
        if name not in new:
            yield Difference(name, _cause(name), f"{_say(name)} is no longer part of the key")


# --- arguments ---------------------------------------------------------------------------------


def _changed(part: KeyPart, before: KeyPart) -> Difference:
    said = _say(part.name)
    if part.name == "run":
        return Difference(part.name, "run", "another run (the run is part of its key)")
    if part.name == "source":
        return Difference(part.name, "code", "its own code changed")
    if part.name == "task":
        return Difference(part.name, "identity", "the task moved or was renamed")
    leaves = list(_leaf_differences(part.leaves, before.leaves))
    if not leaves:
        return Difference(part.name, _cause(part.name), _from_to(said, before.text, part.text))
    shown = leaves if len(leaves) <= _NAMED else leaves[:1]
    texts = [_from_to(f"{said}{path}" if path[:1] in ".[" else f"{said} {path}", old, new) for path, old, new in shown]
    if len(leaves) > len(shown):
        texts.append(f"and {len(leaves) - len(shown)} more of its members")
    return Difference(part.name, _cause(part.name), ", ".join(texts))


def _leaf_differences(new: dict[str, Leaf], old: dict[str, Leaf]) -> Iterator[tuple[str, str, str]]:
    """Yield path, old text and new text of the innermost places that differ."""
    differing = [path for path in (*new, *(p for p in old if p not in new)) if _digest(new, path) != _digest(old, path)]
    holders = {path[: match.start()] for path in differing for match in _STEP.finditer(path)}
    for path in differing:
        if path not in holders:
            yield path, _text(old, path), _text(new, path)


def _digest(leaves: dict[str, Leaf], path: str) -> str:
    return leaves[path].digest if path in leaves else ""


def _text(leaves: dict[str, Leaf], path: str) -> str:
    return leaves[path].text if path in leaves else "(absent)"


def _appeared(part: KeyPart) -> Difference:
    return Difference(part.name, _cause(part.name), f"{_say(part.name)} is new in the key")


def _say(name: str) -> str:
    kind, _, rest = name.partition(".")
    spoken = {"inputs": f"argument {rest}" if rest else "the arguments", "flow_parameters": f"flow parameter {rest}"}
    return spoken.get(
        kind,
        {"custom": "key", "code": "its code", "version": "its cache version", "depends_on": "what it depends on"}.get(kind, name),
    )


def _cause(name: str) -> Cause:
    causes: dict[str, Cause] = {
        "code": "code",
        "source": "code",
        "version": "code",
        "depends_on": "code",
        "custom": "custom",
        "run": "run",
        "task": "identity",
    }
    return causes.get(name.partition(".")[0], "argument")


def _from_to(said: str, old: str, new: str) -> str:
    if not old or not new or old == new or len(old) > _LONGEST_TEXT or len(new) > _LONGEST_TEXT:
        return f"{said} changed"
    return f"{said} {old} → {new}"


# --- code --------------------------------------------------------------------------------------


def _code_differences(code: CodeParts | None, before: CodeParts | None, identity: str) -> Iterator[Difference]:
    if code is None or before is None:
        yield Difference("code", "code", "its code changed")
        return
    new = {part.name: part for part in code.parts}
    old = {part.name: part for part in before.parts}
    changed = [name for name in new if name in old and new[name].digest != old[name].digest]
    own = f"code.{identity.split('~', maxsplit=1)[0].replace(':', '.')}"
    if own in changed:
        yield Difference(own, "code", "its own code changed")
        return  # what it newly reaches follows from that
    for name in sorted(changed, key=lambda name: new[name].kind != "function"):
        yield _code_change(new[name], old[name], _short(name, changed))
    if not changed:  # otherwise these follow from a changed helper that now reaches other things
        yield from (Difference(n, _code_cause(new[n]), f"{_describe(new[n], _short(n, ()))} is new") for n in new if n not in old)
        yield from (
            Difference(n, _code_cause(old[n]), f"{_describe(old[n], _short(n, ()))} is gone") for n in old if n not in new
        )


def _code_change(part: CodePart, before: CodePart, name: str) -> Difference:
    said = _describe(part, name)
    text = _from_to(said, before.text, part.text) if part.kind in ("constant", "package") else f"{said} changed"
    return Difference(part.name, _code_cause(part), text)


def _describe(part: CodePart, name: str) -> str:
    return f"helper {name}()" if part.kind in ("function", "code") else f"{part.kind} {name}"


def _code_cause(part: CodePart) -> Cause:
    return part.kind if part.kind in ("constant", "package") else "code"


def _short(name: str, others: Iterable[str]) -> str:
    """Return the last name of a dotted one, or all of it where another ends alike."""
    prefix, _, rest = name.partition(".")
    last = rest.rpartition(".")[2] if prefix == "code" else rest
    alike = sum(other.rpartition(".")[2] == last for other in others)
    return rest if alike > 1 else last or name
