"""What a program says of its own classes and of others': `__recoup_digest__` and `register_digest`."""

import threading

import pytest

from recoup.exceptions import ConfigurationError, HashError
from recoup.hashing import digest, register_digest


class Client:
    def __init__(self, url):
        self.url, self._lock = url, threading.Lock()

    def __recoup_digest__(self):
        return self.url


class Special(Client):
    pass


class Undone(Client):
    __recoup_digest__ = None


class ByClass:
    def __init__(self, seed):
        self.seed = seed

    @classmethod
    def __recoup_digest__(cls):
        return cls.__name__


class ByNobody:
    def __init__(self, seed):
        self.seed = seed

    @staticmethod
    def __recoup_digest__():
        return "always the same"


def test_a_class_says_what_stands_for_its_instances():
    assert digest(Client("a")) == digest(Client("a")) != digest(Client("b"))


def test_the_class_stays_part_of_the_digest():
    assert len({digest(Client("a")), digest(Special("a")), digest("a")}) == 3


def test_subclasses_inherit_the_word_and_can_take_it_back():
    assert digest(Special("a")) == digest(Special("a")) != digest(Special("b"))
    with pytest.raises(HashError, match="lock"):
        digest(Undone("a"))


@pytest.mark.parametrize("kind", [ByClass, ByNobody])
def test_class_and_static_methods_speak_for_all_instances(kind):
    assert digest(kind(1)) == digest(kind(2))


def test_the_class_itself_is_its_name_and_is_not_asked():
    assert digest(Client) == digest(Client) != digest(Special)


def test_an_attribute_of_an_instance_is_state_not_a_word():
    one, other = ByHand(), ByHand()
    one.__recoup_digest__ = "one"
    other.__recoup_digest__ = "other"
    assert digest(one) != digest(other)


class ByHand:
    pass


class Raising:
    def __recoup_digest__(self):
        raise ZeroDivisionError("no url yet")


class Itself:
    def __recoup_digest__(self):
        return self


class Holding:
    def __recoup_digest__(self):
        return {"inner": threading.Lock()}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Raising, "Raising has no digest: its `__recoup_digest__` raised ZeroDivisionError: no url yet"),
        (Itself, "Itself has no digest: its `__recoup_digest__` returns the value itself"),
        (Holding, r"cfg\['inner'\]`: _thread.lock has no stable content"),
    ],
)
def test_a_word_that_says_nothing_is_refused_and_named(kind, text):
    with pytest.raises(HashError, match=text):
        _hash(kind())


def _hash(value):
    from recoup.hashing import Hasher

    return Hasher().token(value, "cfg")


def test_the_nearest_ancestor_decides_and_there_the_registration():
    class Base:
        pass

    class Own(Base):
        def __recoup_digest__(self):
            return "own"

    class Registered(Own):
        pass

    assert digest(Own()) == digest(Own())
    register_digest(Base, lambda _: threading.Lock())  # a word that nobody hears: `Own` is nearer
    assert digest(Own()) == digest(Own())
    register_digest(Own, lambda _: ["registered"])
    register_digest(Registered, lambda _: ["nearer"])
    with pytest.raises(HashError, match="lock"):
        digest(Base())
    assert digest(Registered()) == digest(Registered()) != digest(Own())


def test_a_registration_takes_the_place_of_what_is_known_of_a_type():
    class Settings(dict):
        pass

    before = digest(Settings(a=1))
    register_digest(Settings, len)
    assert digest(Settings(a=1)) == digest(Settings(b=2)) != before


@pytest.mark.parametrize("kind", [int, str, dict, tuple, type(None), object])
def test_plain_types_keep_their_digest(kind):
    with pytest.raises(ConfigurationError, match="cannot have another digest"):
        register_digest(kind, repr)


@pytest.mark.parametrize(("kind", "function"), [("Client", repr), (Client("a"), repr), (Client, "url"), (Client, None)])
def test_only_a_class_and_a_function_can_be_registered(kind, function):
    with pytest.raises(ConfigurationError, match="register_digest"):
        register_digest(kind, function)
