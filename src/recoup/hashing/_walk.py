"""The walk over a value: depth first, with a stack of its own, so that no depth is too deep and no cycle hangs.

A member that is met again on a cycle is encoded as a *back reference*: how many entries of the trail lie between.
The trail is Tarjan's stack: what has been entered and still belongs to an unfinished cycle. So

- what lies on no cycle hashes as if every shared reference were a copy, and is remembered: a graph with much sharing
  costs one visit per node;
- what lies on a cycle is numbered from where the cycle was entered, also one visit per node, and remembered only as a whole;
- members without an order (of a set, keys of a dict) do not see each other's numbers, only their ancestors'.
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recoup.hashing._canonical import (
    ATOMS,
    BACK,
    BYTES,
    COLLECTIONS,
    FEW,
    FLAT,
    LARGE,
    STR,
    atom_tokens,
    container,
    framed,
    size,
    stream_token,
)
from recoup.hashing._dispatch import handler_for
from recoup.hashing._forms import Form, Kind, Stream, Unhashable
from recoup.hashing._refusal import refusal
from recoup.types import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.exceptions import HashError
    from recoup.hashing._forms import Label

__all__ = ["Known", "form_of", "place_label", "walk"]

DETOURS: Final = 1_000_000
"""How many members of cycles may be walked again before a value is refused as too intertwined: a second's work."""

DEEPEST: Final = 1_000_000
"""How many levels a value may nest: what is deeper makes a new member each time it is looked at, and never ends."""

_UNIT: Final = 64
"""Bytes that weigh as much as one member. What weighs less than `FEW` is hashed again rather than remembered."""

_first = itemgetter(0)
_atom, _flat, _collection = ATOMS.get, FLAT.get, COLLECTIONS.get


class Known(NamedTuple):
    """A remembered token, with what keeps the ids in it alive, and about how many bytes it took to hash."""

    value: Any
    token: bytes
    form: Form | None
    weight: int


def form_of(value: Any) -> Form | Stream | bytes:
    """Take `value` apart by one level."""
    kind: type = type(value)
    if kind is Form or kind is Stream:
        return value  # type: ignore[no-any-return]  # narrowed by the exact type
    if kind is str:
        return Stream(STR, (value.encode("utf-8", "surrogatepass"),))
    if kind is bytes:
        return Stream(BYTES, (value,))
    return (_collection(kind) or handler_for(kind))(value)


def place_label(kind: Kind, label: Label | None, place: Any) -> str:
    """Say how the member at `place` is reached from its container."""
    if label is not None:
        return label(place)
    if kind is Kind.SET:
        return ".member"
    text = repr(place) if type(place) in ATOMS else f"<{type(place).__name__}>"
    return f"[{text[:60]}]"


class _Frame:
    """One container that is being walked: its members still to come, and the tokens of those that came."""

    __slots__ = ("alone", "form", "keys", "lowest", "members", "order", "slot", "tokens", "value", "weight")

    def __init__(self, value: Any, form: Form, slot: int) -> None:
        self.value = value
        self.form = form
        self.slot = self.lowest = slot
        self.weight = 0
        self.tokens: list[bytes] = []
        self.keys: Sequence[bytes] | None = None
        self.order: Sequence[Any] = ()
        self.members = iter(form.members)
        self.alone = form.kind is not Kind.SEQUENCE
        """Whether the members that come now must not see each other."""
        if form.kind is Kind.MAPPING:
            keys = atom_tokens(form.members)
            if keys is not None:
                self.go_on_with_values(keys)

    def go_on_with_values(self, keys: Sequence[bytes]) -> None:
        """Of a mapping, turn from the keys to the values, in the order of the keys' tokens."""
        members = self.form.members
        if len(keys) > 1:
            keys, self.order, values = zip(*sorted(zip(keys, members, members.values(), strict=True), key=_first), strict=True)
            self.members = iter(values)
        else:
            self.order = list(members)
            self.members = iter(members.values())
        self.keys = keys
        self.tokens = []
        self.alone = False

    def encoding(self) -> bytes:
        """Return the canonical bytes, once all tokens are there."""
        form, tokens = self.form, self.tokens
        if form.kind is Kind.SEQUENCE:
            return container(form.tag, len(tokens), tokens)
        if self.keys is None:
            return container(form.tag, len(tokens), sorted(tokens))
        return container(form.tag, len(tokens), chain.from_iterable(sorted(zip(self.keys, tokens, strict=True))))

    def label(self) -> str:
        """Say how the member that is due is reached."""
        place: Any = len(self.tokens)
        if self.form.kind is Kind.MAPPING:
            if self.keys is None:
                return ".key"
            place = self.order[place]
        return place_label(self.form.kind, self.form.label, place)


def form_items(form: Form) -> Any:
    """Return the members that have a place, with it: index or key."""
    return form.members.items() if form.kind is Kind.MAPPING else enumerate(form.members)


def walk(root: Any, known: dict[int, Known], path: str, code: dict[int, Any] | None = None) -> bytes:
    """Return the token of `root`, remembering those of its larger members in `known`, and the code that it names in `code`.

    Raises `HashError` with the path of the first member, in depth-first order, that has no stable content.
    """
    journey = _Walk(known, root, {} if code is None else code)
    try:
        return journey.run(root)
    except Unhashable as verdict:
        raise journey.refusal(verdict, path) from verdict.__cause__
    except Exception as exc:  # a value's own code ran (`__reduce__`, a property): its errors are no reason to fail a task
        raise journey.refusal(Unhashable(f"raised {type(exc).__name__} when it was looked at"), path) from exc


class _Walk:
    __slots__ = ("code", "current", "detours", "frames", "known", "slots", "trail", "unsettled")

    def __init__(self, known: dict[int, Known], root: Any, code: dict[int, Any]) -> None:
        self.known = known
        self.code = code
        self.frames: list[_Frame] = []
        self.trail: list[Any] = []
        self.slots: dict[int, int] = {}
        self.unsettled: dict[int, Any] = {}
        self.detours = 0
        self.current = root

    def refusal(self, verdict: Unhashable, path: str) -> HashError:
        """Return the error about the value that is being looked at, by the way that led to it."""
        holders = [frame.value for frame in self.frames]
        return refusal(verdict, self.current, path, holders, [frame.label() for frame in self.frames])

    def run(self, root: Any) -> bytes:
        atom = _atom(type(root))
        token = (atom(root) if atom is not None else None) or self.enter(root)
        while token is None:
            token = self.advance(self.frames[-1])
        return token

    def advance(self, frame: _Frame) -> bytes | None:
        """Go on with the innermost container; return the root's token when that was the last thing to do."""
        tokens = frame.tokens
        for member in frame.members:
            atom = _atom(type(member))
            token = atom(member) if atom is not None else None
            if token is None:
                token = self.enter(member)
                if token is None:
                    return None
            tokens.append(token)
        if frame.keys is None and frame.form.kind is Kind.MAPPING:
            frame.go_on_with_values(tokens)
            return None
        token = self.leave(frame)
        if not self.frames:
            return token
        self.frames[-1].tokens.append(token)
        return None

    def enter(self, value: Any) -> bytes | None:
        """Return the token of `value` if it can be had at once; else open a frame for it."""
        kind = type(value)
        flat = _flat(kind)
        if flat is not None:
            token = flat(value)
            if token is not None:
                return token
        place = id(value)
        known = self.known.get(place)
        if known is not None:
            return known.token
        slot = self.slots.get(place)
        if slot is not None:
            frame = self.frames[-1]
            frame.lowest = min(frame.lowest, slot)
            return framed(BACK + size(len(self.trail) - slot))
        self.current = value
        return self.open(value)

    def open(self, value: Any) -> bytes | None:
        """Take `value` apart; return its token unless it has members."""
        form = form_of(value)
        kind = type(form)
        if kind is Form:
            if id(value) in self.unsettled:
                self.count_detour(form)  # type: ignore[arg-type]  # narrowed by the exact type
            slot = len(self.trail)
            if len(self.frames) >= DEEPEST:
                raise Unhashable(f"nests deeper than {DEEPEST:,} levels, or without an end")
            self.frames.append(_Frame(value, form, slot))  # type: ignore[arg-type]  # as above
            self.slots[id(value)] = slot
            self.trail.append(value)
            return None
        if kind is Stream:
            token, length = stream_token(form)  # type: ignore[arg-type]  # as above
            self.weigh(length // _UNIT)
            if length >= LARGE:
                self.known[id(value)] = Known(value, token, None, length)
            return token
        if callable(value) or type(value) is ModuleType:
            self.code[id(value)] = value  # known by its name alone: what it does is for the policy `CODE`
        elif kind is Token:
            self.code.update(getattr(value, "__recoup_code__", {}))
        return form if kind is Token else framed(form)  # type: ignore[return-value, arg-type]  # as above

    def leave(self, frame: _Frame) -> bytes:
        """Close the innermost frame. Its token is worth remembering only if it depends on nothing around it."""
        token = framed(frame.encoding())
        self.frames.pop()
        weight = frame.weight + len(frame.tokens)
        self.weigh(weight)
        if frame.lowest >= frame.slot:
            self.forget(frame.slot)
            if weight >= FEW:
                self.known[id(frame.value)] = Known(frame.value, token, frame.form, weight * _UNIT)
        else:
            parent = self.frames[-1]
            parent.lowest = min(parent.lowest, frame.lowest)
            if parent.alone:
                self.forget(frame.slot)
        return token

    def weigh(self, weight: int) -> None:
        """Add to the weight of the innermost container."""
        if self.frames:
            self.frames[-1].weight += weight

    def forget(self, slot: int) -> None:
        """Take everything from `slot` on off the trail: a later visit starts anew."""
        trail, slots = self.trail, self.slots
        if len(trail) == slot + 1:
            del slots[id(trail.pop())]
            return
        for value in trail[slot:]:
            del slots[id(value)]
            self.unsettled[id(value)] = value
        del trail[slot:]

    def count_detour(self, form: Form) -> None:
        """Give up on values whose cycles would be walked for ever."""
        self.detours += 1 + len(form.members)
        if self.detours > DETOURS:
            raise Unhashable("refers to itself on too many ways to follow")
