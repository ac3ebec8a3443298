"""Objects that lie, count, compute and never end: they have the digest of what they hold, or none."""

import dataclasses
import datetime as dt
import decimal
import fractions
import functools
import ipaddress
import itertools
import types
import unittest.mock

import pytest

from recoup.exceptions import HashError
from recoup.hashing import _walk, digest

LOOKS = []


@pytest.fixture(autouse=True)
def looks():
    LOOKS.clear()
    return LOOKS


class Eager:
    """Answers to any name, and counts the questions."""

    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        LOOKS.append(name)
        raise AttributeError(name)

    @property
    def loaded(self):
        LOOKS.append("loaded")
        return object()

    def __eq__(self, other):
        LOOKS.append("eq")
        return True

    __hash__ = None

    def __len__(self):
        LOOKS.append("len")
        return 3

    def __iter__(self):
        LOOKS.append("iter")
        return iter(())

    def __bool__(self):
        LOOKS.append("bool")
        return False

    def __repr__(self):
        LOOKS.append("repr")
        return ""


def test_nothing_of_an_objects_own_code_runs(looks):
    assert digest(Eager(1)) == digest(Eager(1)) != digest(Eager(2))
    assert digest([Eager([1])]) != digest([Eager([2])])
    assert looks == []


class Liar:
    def __init__(self, x):
        self.x = x

    @property
    def __class__(self):
        return int


def test_a_lie_about_the_class_changes_nothing():
    assert isinstance(Liar(1), int)
    assert len({digest(Liar(1)), digest(Liar(2)), digest(1), digest(0)}) == 4


class AnyName(type):
    def __getattr__(cls, name):
        return lambda *_: name


class OfAnyName(metaclass=AnyName):
    def __init__(self, x):
        self.x = x


def test_a_metaclass_that_answers_to_any_name_is_not_asked():
    assert digest(OfAnyName(1)) == digest(OfAnyName(1)) != digest(OfAnyName(2))


class Comparing(type):  # noqa: PLW1641 - that it has no hash is the case
    def __eq__(cls, other):
        return True


class OfComparing(metaclass=Comparing):
    pass


@pytest.mark.parametrize("value", [OfComparing(), [OfComparing()], {"a": (OfComparing(),)}])
def test_a_class_that_cannot_be_looked_up_is_refused_and_crashes_nothing(value):
    with pytest.raises(HashError, match="raised TypeError"):
        digest(value)


class Endless(list):
    def __iter__(self):
        return itertools.count()


class Other(dict):
    def items(self):
        return {"not": "these"}.items()


def test_a_list_and_a_dict_are_what_they_hold_not_what_they_say():
    assert digest(Endless([1])) == digest(Endless([1])) != digest(Endless([2]))
    assert digest(Other(a=1)) == digest(Other(a=1)) != digest(Other(a=2))


class Deeper:
    def __recoup_digest__(self):
        return Deeper()


class Further:
    def __getstate__(self):
        return {"next": Further()}


@pytest.mark.parametrize("kind", [Deeper, Further])
def test_what_never_ends_is_refused(kind, monkeypatch):
    monkeypatch.setattr(_walk, "DEEPEST", 10_000)
    with pytest.raises(HashError, match="without an end"):
        digest(kind())


class Lazy:
    def __init__(self, x):
        self.x = x

    @functools.cached_property
    def squared(self):
        return self.x**2


class LazySubclass(Lazy):
    pass


@dataclasses.dataclass
class LazyFields:
    x: int

    @functools.cached_property
    def squared(self):
        return self.x**2


class LazyDict(dict):
    @functools.cached_property
    def size(self):
        return len(self)


class OnlyLazy:
    @functools.cached_property
    def size(self):
        return 1


class LazyError(ValueError):
    @functools.cached_property
    def size(self):
        return len(self.args)


class LazySet(set):
    size = LazyDict.__dict__["size"]


def test_an_instance_that_only_remembers_has_no_state():
    used = OnlyLazy()
    assert used.size == 1
    assert digest(used) == digest(OnlyLazy())


@pytest.mark.parametrize("make", [Lazy, LazySubclass, LazyFields, lambda x: LazyDict(x=x), LazyError, lambda x: LazySet([x])])
def test_what_a_cached_property_computed_is_no_state(make):
    used = make(3)
    assert getattr(used, "squared", 9) == 9
    assert getattr(used, "size", 1) == 1
    assert digest(used) == digest(make(3)) != digest(make(4))


class Slotted:
    __slots__ = ("__private", "a")

    def __init__(self, a, private=0):
        self.a = a
        self.__private = private


class Mixed(Slotted):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b


class SlottedSet(set):
    __slots__ = ("k",)


class SlottedError(Exception):
    __slots__ = ("k",)


class SlottedBase:
    __slots__ = ("k",)


@dataclasses.dataclass
class FieldsOverSlots(SlottedBase):
    x: int = 1


def slotted(kind, k):
    value = kind()
    value.k = k
    return value


@pytest.mark.parametrize("kind", [SlottedSet, SlottedError, FieldsOverSlots])
def test_slots_are_state_wherever_they_stand(kind):
    assert digest(slotted(kind, 1)) == digest(slotted(kind, 1)) != digest(slotted(kind, 2))
    assert digest(kind()) != digest(slotted(kind, None))


def test_private_slots_and_dicts_beside_slots_count():
    values = [Slotted(1), Slotted(2), Slotted(1, 2), Mixed(1, 2), Mixed(1, 3), Mixed(2, 2)]
    assert len(set(map(digest, values))) == len(values)


class ByState:
    def __init__(self, kept, left):
        self.kept, self.left = kept, left

    def __getstate__(self):
        return {"kept": self.kept}


class ByReduce:
    def __init__(self, kept, left):
        self.kept, self.left = kept, left

    def __reduce__(self):
        return ByReduce, (self.kept, None)


@pytest.mark.parametrize("kind", [ByState, ByReduce])
def test_an_object_that_says_what_to_pickle_is_that(kind):
    assert digest(kind(1, object())) == digest(kind(1, 2)) != digest(kind(2, 2))


def test_a_mock_is_what_it_was_told():
    told = [unittest.mock.Mock(return_value=value) for value in (1, 1, 2)]
    assert digest(told[0]) == digest(told[1]) != digest(told[2])


def test_two_classes_made_at_run_time_under_one_name_differ():
    one, same, other = (type("Made", (), {"limit": limit}) for limit in (1, 1, 2))
    assert digest(one) == digest(same) != digest(other)
    assert digest(one()) == digest(same()) != digest(other())


def test_the_order_behind_a_proxy_counts_where_it_has_one():
    proxies = [types.MappingProxyType(functools.reduce(lambda d, k: {**d, k: 1}, names, {})) for names in ("ab", "ba")]
    assert digest(proxies[0]) == digest(proxies[1])


class Price(decimal.Decimal):
    pass


class Share(fractions.Fraction):
    pass


class Moment(dt.datetime):
    pass


class Day(dt.date):
    pass


class Pause(dt.timedelta):
    pass


class Host(ipaddress.IPv4Address):
    pass


@pytest.mark.parametrize(
    "make",
    [
        lambda: Price("1.5"),
        lambda: Share(1, 2),
        lambda: Moment(2026, 1, 2),
        lambda: Day(2026, 1, 2),
        lambda: Pause(1),
        lambda: Host("10.0.0.1"),
    ],
)
def test_attributes_that_python_itself_forgets_to_pickle_are_state(make):
    marked = [make() for _ in range(3)]
    for value, unit in zip(marked, ("m", "m", "s"), strict=True):
        value.unit = unit
    assert digest(marked[0]) == digest(marked[1])
    assert len({digest(value) for value in (make(), *marked)}) == 3
