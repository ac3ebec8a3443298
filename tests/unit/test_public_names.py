"""Public is a decision: `__all__` says what a module offers, and all of it is there."""

import importlib
import pkgutil

import pytest

import recoup
from recoup.testing.hashing import not_installed
from recoup.testing.hashing.corpus import LIBRARIES, VALUES

MODULES = sorted(m.name for m in pkgutil.walk_packages(recoup.__path__, "recoup.") if "._" not in m.name)


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_offers_is_there_and_told(name):
    package, _, last = name.rpartition(".")
    if package in (VALUES, "recoup.hashing.handlers") and LIBRARIES.get(last) in not_installed():
        pytest.skip("speaks about values of a library that is not installed")
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for offered in getattr(module, "__all__", []):
        assert hasattr(module, offered), f"{name}.{offered}"


def test_the_front_door_offers_each_name_from_one_place():
    for name in recoup.__all__:
        assert getattr(recoup, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'flwo'"):
        recoup.flwo
