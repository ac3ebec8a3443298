"""Every part of the encoding is needed: without any one of them, two values of the corpus share a digest.

`python tests/conformance/test_encoding.py` prints which parts of all handlers, also of other libraries, no pair of the corpus needs.
"""

import contextlib
import re
from collections import defaultdict
from unittest import mock

import pytest

from recoup.hashing import _canonical, _walk
from recoup.hashing._canonical import ATOMS, BYTES, DICT, FROZENSET, LIST, SET, STR, TUPLE, container, framed
from recoup.hashing._forms import Form, Kind, Stream, tag
from recoup.hashing.handlers import callables
from recoup.testing.hashing import cases
from recoup.types import Token

TAG = re.compile(rb"[A-Za-z][A-Za-z0-9._-]*[\x01-\x1f]")

PLAIN = {Kind.SEQUENCE: TUPLE, Kind.SET: FROZENSET, Kind.MAPPING: DICT}
"""What is left of a form without the tag that says what it is."""

NEIGHBOURS = {TUPLE: LIST, FROZENSET: SET, DICT: tag("counter"), BYTES: tag("bytearray")}
"""Where that is the tag itself: what it would be taken for."""

ONLY_INSIDE = {
    "array.numbers": "the bytes of an `array`, always after its type code",
    "attributes": "the named state of an object, always where its class is",
    "members": "the members of a subclass of a set, always after its class",
}
"""Tags that no value has as its own: they stand at one place of a form that has another."""

HOLD_SUCH = {
    "array", "code", "counter-of", "exception", "fields", "library-function", "local-class", "memory-file", "namespace",
    "partial", "set-of",
}  # fmt: skip
"""Tags of forms that hold one of those: nothing that a program could pass has the same members."""

HOLD_NAMES = {"new-type", "type-variable"}
"""Tags of forms that begin with the bytes of a name in this project, which no case can spell."""

NOT_SHOWN = {
    ("library-function", 0): "the version of the library, of which one is installed",
    ("enum", 2): "the value of a member whose class is known by its name, after an edit",
}


class Alteration:
    """The handlers' answers, with one thing changed."""

    def __init__(self, change=lambda form: form):
        self.change = change
        self.met = {}
        self.ask = _walk.form_of

    def __call__(self, value):
        form = self.ask(value)
        if type(form) is Token:
            return form
        if type(form) is bytes:
            found = TAG.match(form)
            form = Stream(found[0], (form[found.end() :],))
        arity = len(form.members) if type(form) is Form and form.kind is Kind.SEQUENCE else 0
        self.met[form.tag] = min(arity, self.met.get(form.tag, arity))
        return self.change(form)


@contextlib.contextmanager
def altered(alteration):
    """Walk every value member by member, asking `alteration` what each is."""
    callables._class_name.cache_clear()
    with (
        mock.patch.object(_walk, "form_of", alteration),
        mock.patch.object(_walk, "_flat", {}.get),
        mock.patch.object(callables, "framed", bytes),
        mock.patch.object(callables, "Token", bytes),
    ):
        yield
    callables._class_name.cache_clear()


def tokens(case):
    return [_walk.walk(value, {}, "") for value in case.values()]


def collides(case):
    one, other = tokens(case)
    return one == other


def pairs_by_tag(library=""):
    """Return for each tag how many members its forms have at least, and the pairs that must differ in which it occurs."""
    arity, pairs = {}, defaultdict(list)
    for case in cases("differ", library=library):
        alteration = Alteration()
        with altered(alteration):
            tokens(case)
        for mark, members in alteration.met.items():
            arity[mark] = min(members, arity.get(mark, members))
            pairs[mark].append(case)
    return arity, pairs


def without_tag(mark):
    def change(form):
        if form.tag != mark:
            return form
        plain = BYTES if type(form) is Stream else PLAIN[form.kind]
        return form._replace(tag=NEIGHBOURS.get(mark, plain))

    return change


def without_member(mark, place):
    def change(form):
        if form.tag != mark:
            return form
        return form._replace(members=[*form.members[:place], None, *form.members[place + 1 :]])

    return change


def is_needed(change, among):
    """Say whether a pair that must differ would share a digest after `change`."""
    with altered(Alteration(change)):
        return any(map(collides, among))


def name_of(mark):
    return mark[:-1].decode()


def unneeded(library=""):
    """Return the tags, and the members of forms, without which all pairs would still differ."""
    arity, pairs = pairs_by_tag(library)
    tags = [name_of(mark) for mark in pairs if not is_needed(without_tag(mark), pairs[mark])]
    places = [(mark, place) for mark, members in arity.items() for place in range(members)]
    members = [(name_of(mark), place) for mark, place in places if not is_needed(without_member(mark, place), pairs[mark])]
    return tags, members


def test_every_tag_and_every_member_of_a_form_is_needed():
    tags, members = unneeded()
    assert {name for name in tags if name not in ("s", "bytes")} == ONLY_INSIDE.keys() | HOLD_SUCH | HOLD_NAMES
    assert set(members) == NOT_SHOWN.keys()


def test_a_tag_that_no_pair_shows_tells_a_value_from_the_tuple_of_its_parts():
    _, pairs = pairs_by_tag()
    for mark in pairs:
        if name_of(mark) in HOLD_SUCH | HOLD_NAMES:
            parts = next(form for form in forms_of(pairs[mark]) if form.tag == mark)
            assert _walk.walk(parts, {}, "") != _walk.walk(tuple(parts.members), {}, "")


def forms_of(among):
    found = []
    with altered(Alteration(lambda form: found.append(form) or form)):
        for case in among:
            tokens(case)
    return found


ATOM_TAGS = {
    "int": (int, lambda value: framed(BYTES + value.to_bytes((value.bit_length() >> 3) + 1, "little", signed=True))),
    "float": (float, lambda value: framed(BYTES + _canonical._pack_float(value))),
    "complex": (
        complex,
        lambda value: framed(container(TUPLE, 2, [_canonical._float(value.real), _canonical._float(value.imag)])),
    ),
    "str": (str, lambda value: framed(BYTES + value.encode("utf-8", "surrogatepass"))),
    "bytes": (bytes, lambda value: framed(tag("bytearray") + value)),
    "None": (type(None), lambda _: framed(BYTES)),
    "bool": (bool, lambda _: framed(BYTES)),
    "Ellipsis": (type(...), lambda _: framed(BYTES)),
}


@pytest.mark.parametrize("name", ATOM_TAGS)
def test_every_tag_of_a_plain_value_is_needed(name, monkeypatch):
    kind, encode = ATOM_TAGS[name]
    among = [case for case in cases("differ", library="") if case.of == name]
    with altered(Alteration()):
        assert not any(map(collides, among))
        monkeypatch.setitem(ATOMS, kind, encode)
        assert any(map(collides, among))


def in_any_order(mark, count, members):
    return container(mark, count, sorted(members))


def without_names(frame):
    return container(frame.form.tag, len(frame.tokens), frame.tokens)


def without_repetition(frame):
    return container(frame.form.tag, 0, sorted(set(frame.tokens)))


FRAMES = {
    "the length of members": lambda: mock.patch.multiple(_walk, framed=bytes, atom_tokens=lambda _: None),
    "the order of members": lambda: mock.patch.object(_walk, "container", in_any_order),
    "the names of members": lambda: mock.patch.object(_walk._Frame, "encoding", without_names),
    "how often a member occurs": lambda: mock.patch.object(_walk._Frame, "encoding", without_repetition),
}


@pytest.mark.parametrize("part", FRAMES)
def test_length_order_and_names_are_needed(part, monkeypatch):
    if part == "the length of members":
        monkeypatch.setitem(ATOMS, str, lambda value: STR + value.encode("utf-8", "surrogatepass"))
    with altered(Alteration()), FRAMES[part]():
        assert any(map(collides, cases("differ", library="")))


def test_every_handler_of_the_standard_library_is_met_by_the_corpus():
    """A new tag comes with pairs that need it."""
    _, pairs = pairs_by_tag()
    tags = {value for name in STANDARD for value in tags_of(name)}
    assert sorted(name_of(mark) for mark in tags - pairs.keys()) == []


STANDARD = ("array", "basics", "callables", "containers", "dates", "names", "numerics", "objects", "typing")


def tags_of(name):
    module = __import__(f"recoup.hashing.handlers.{name}", fromlist=["HANDLERS"])
    return [value for value in vars(module).values() if type(value) is bytes and TAG.fullmatch(value)]


if __name__ == "__main__":
    for kind, found in zip(("tags", "members"), unneeded(None), strict=True):
        print(kind, *sorted(map(str, found)), sep="\n  ")
