"""Whatever is left out of the encoding, a pair of the corpus that must differ collides."""

from collections import defaultdict

import pytest

from recoup.hashing import _canonical, _walk, digest
from recoup.hashing._canonical import STR
from recoup.hashing._forms import Form, Kind
from recoup.testing.hashing import cases

HEAD = 7  # so many members of a form are parts that its handler chose; what comes then is content
REDUNDANT = {
    ("library-function", 0): "two functions of one text in two modules: see test_objects",
    ("memory-file", 4): "the attributes of a file of text follow its position, and every member moves up",
}
CONTENT = {
    "fields": 4,
    "deque": 1,
    "ordered-dict": 0,
    "values": 0,
    "keys": 0,
    "items": 0,
    "ordered-view": 1,
    "list": 0,
    "tuple": 0,
}
"""Forms whose members from this place on are content of any number."""


class Spy:
    """Stands in for the one place where values are taken apart, and replaces a member of some forms by None."""

    def __init__(self, form_of):
        self.form_of = form_of
        self.met = {}
        self.without = (b"", 0)

    def __call__(self, value):
        form = self.form_of(value)
        if type(form) is not Form or form.kind is not Kind.SEQUENCE:
            return form
        self.met[form.tag] = max(self.met.get(form.tag, 0), len(form.members))
        tag, place = self.without
        if form.tag != tag or len(form.members) <= place:
            return form
        members = list(form.members)
        members[place] = None
        return form._replace(members=members)


@pytest.fixture
def spy(monkeypatch):
    """Let every container be taken apart where the spy sees it."""
    spy = Spy(_walk.form_of)
    monkeypatch.setattr(_walk, "form_of", spy)
    for kind in list(_canonical.FLAT):
        monkeypatch.delitem(_canonical.FLAT, kind)
    return spy


def collides(case):
    one, other = case.values()
    try:
        return digest(one) == digest(other)
    except Exception:
        return False


def where_parts_are_met(spy):
    """Return tag -> (pairs that use it, number of members)."""
    pairs, sizes = defaultdict(list), {}
    for case in cases("differ", library=""):
        spy.met = {}
        for value in case.values():
            digest(value)
        for tag, size in spy.met.items():
            pairs[tag].append(case)
            sizes[tag] = max(sizes.get(tag, 0), size)
    return {tag: (pairs[tag], min(sizes[tag], CONTENT.get(tag[:-1].decode(), HEAD))) for tag in pairs}


def test_every_part_of_every_encoding_is_needed(spy):
    """Class, dtype, shape, name, unit, zone, mode: leaving one out makes two values of the corpus one."""
    survived = set()
    for tag, (pairs, size) in where_parts_are_met(spy).items():
        for place in range(size):
            spy.without = (tag, place)
            if not any(map(collides, pairs)):
                survived.add((tag[:-1].decode(), place))
    assert survived == set(REDUNDANT)


def test_without_types_pairs_of_every_kind_collide(monkeypatch):
    """Forms that lose their tags make one of a list and a tuple, a set and a frozenset, a UUID and its bytes."""
    monkeypatch.setattr(_walk, "form_of", lambda value, form_of=_walk.form_of: _untagged(form_of(value)))
    for kind in list(_canonical.FLAT):
        monkeypatch.delitem(_canonical.FLAT, kind)
    found = {str(case) for case in cases("differ") if case.shows == "type" and collides(case)}
    assert found >= {
        "list: a list and a tuple",
        "set: a set and a frozenset",
        "slice: a slice and its parts",
        "Counter: a counter and a dict",
    }


def _untagged(form):
    if type(form) is bytes:
        return form[form.index(b"\x01") + 1 :]
    return form._replace(tag=b"") if type(form) is Form or hasattr(form, "chunks") else form


def test_without_order_sequences_collide(spy):
    def unordered(value):
        form = spy.form_of(value)
        return form._replace(kind=Kind.SET) if type(form) is Form and form.kind is Kind.SEQUENCE else form

    _walk.form_of = unordered
    found = {case.of for case in cases("differ") if case.shows == "order" and collides(case)}
    assert found >= {"list", "tuple", "deque", "OrderedDict", "dataclass", "named tuple", "slice", "Fraction"}


def test_without_lengths_texts_collide(monkeypatch):
    """What stands for the frame is left out of short texts."""
    monkeypatch.setitem(_canonical.ATOMS, str, lambda value: STR + value.encode("utf-8", "surrogatepass"))
    found = {str(case) for case in cases("differ", of="list") if collides(case)}
    assert found == {"list: a text that looks like two"}
