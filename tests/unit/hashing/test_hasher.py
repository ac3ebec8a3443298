"""One call's arguments: tokens first, and the named places inside them only when somebody asks."""

import subprocess
import sys
import types
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pydantic
import pytest

from recoup.exceptions import HashError
from recoup.hashing import Hasher, Reference, _canonical, describe, token
from recoup.records import fold


@dataclass
class Optimiser:
    lr: float = 0.1
    steps: tuple = (1, 2)


@dataclass
class Config:
    opt: Optimiser = field(default_factory=Optimiser)
    day: str = "mon"
    credential: str = "hunter2"
    extra: dict = field(default_factory=dict)


@pytest.fixture
def hashed_bytes(monkeypatch):
    """Count the bytes that BLAKE3 is given."""
    counted = [0]

    class Counting:
        def __init__(self, data):
            counted[0] += len(data)
            self.inner = real(data)
            self.digest = self.inner.digest

        def update(self, chunk):
            counted[0] += memoryview(chunk).nbytes
            self.inner.update(chunk)

    real = _canonical.blake3
    monkeypatch.setattr(_canonical, "blake3", Counting)
    return counted


def texts(value):
    return {name: leaf.text for name, leaf in Hasher().leaves(value).items()}


def changed(one, other):
    before, after = Hasher().leaves(one), Hasher().leaves(other)
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def test_leaves_are_named_as_one_would_reach_them():
    assert texts(Config(extra={"k": [1, {"x": None}]})) == {
        ".opt.lr": "0.1",
        ".opt.steps[0]": "1",
        ".opt.steps[1]": "2",
        ".day": "'mon'",
        ".credential": "***",
        ".extra['k'][0]": "1",
        ".extra['k'][1]['x']": "None",
    }


def test_scalars_arrays_and_sets_have_no_leaves():
    for value in (1, "text", None, b"x" * 100_000, np.zeros(3), {1, 2}, Optimiser, Reference(token([1]))):
        assert Hasher().leaves(value) == {}


def test_empty_containers_are_leaves_of_what_holds_them():
    assert texts({"a": [], "b": {}}) == {"['a']": "[]", "['b']": "{}"}


def test_the_changed_leaf_is_the_one_that_differs():
    assert changed(Config(), Config(opt=Optimiser(lr=0.2))) == [".opt.lr"]
    assert changed({"a": [1, 2]}, {"a": [1, 3]}) == ["['a'][1]"]
    assert changed([1], [1, 2]) == ["[1]"]
    assert changed({"a": 1}, {"a": 1.0}) == ["['a']"]


def test_the_token_of_a_leaf_is_that_of_the_value_there():
    leaves = Hasher().leaves({"a": 1, "b": np.arange(100), "c": "a" * 100})
    assert leaves["['a']"].digest == fold(token(1))
    assert leaves["['b']"].digest == fold(token(np.arange(100)))
    assert leaves["['c']"].digest == fold(token("a" * 100))


def test_the_leaf_of_a_secret_does_not_spell_it_out():
    leaf = Hasher().leaves(Config(credential="hunter2"))[".credential"]
    assert b"hunter2" not in bytes.fromhex(leaf.digest)
    assert changed(Config(credential="a"), Config(credential="b")) == [".credential"]


@pytest.mark.parametrize(
    "value",
    [
        {"token": "hunter2"},
        {"credentials": {"user": ["hunter2"]}},
        {"a": [types.SimpleNamespace(auth=("user", "hunter2"))]},
        {"a": pydantic.SecretStr("hunter2")},
    ],
    ids=["a key", "below a key", "below a field", "a type"],
)
def test_nothing_is_told_of_the_places_inside_a_secret(value):
    assert "hunter2" not in str(Hasher().leaves(value))


def test_nothing_is_told_of_the_places_inside_an_argument_named_like_a_secret():
    assert "hunter2" not in str(Hasher().leaves({"user": "hunter2"}, "password"))


def test_at_most_a_thousand_places_are_told_and_none_is_lost():
    wide = {f"k{i}": list(range(50)) for i in range(100)}
    leaves = Hasher().leaves(wide)
    assert 100 <= len(leaves) <= 1_000
    for key in wide:
        assert [name for name in leaves if name.startswith(f"['{key}']")]
    assert len(Hasher().leaves(list(range(5_000)))) == 1_000


def test_cycles_end():
    value = {"a": 1}
    value["self"] = value
    assert set(Hasher().leaves(value)) == {"['a']", "['self']"}


def test_a_column_is_not_hashed_again_for_its_leaf(hashed_bytes):
    table = pd.DataFrame({"a": np.random.default_rng(0).random(200_000), "b": ["text"] * 200_000, "c": 1})
    hasher = Hasher()
    hasher.token(table)
    once = hashed_bytes[0]
    assert once > 3_000_000
    assert len(hasher.leaves(table)) > 3
    assert hashed_bytes[0] - once < 50_000


def test_a_large_member_is_not_hashed_again_for_its_leaf(hashed_bytes):
    value = {"array": np.zeros(200_000), "text": "a" * 1_000_000, "blob": b"a" * 1_000_000, "rows": [np.ones(200_000)]}
    hasher = Hasher()
    hasher.token(value)
    once = hashed_bytes[0]
    leaves = hasher.leaves(value)
    assert hashed_bytes[0] - once < 1_000
    assert leaves["['rows'][0]"].digest == fold(token(np.ones(200_000)))


def test_an_array_given_twice_is_hashed_once(hashed_bytes):
    array = np.zeros(200_000)
    hasher = Hasher()
    assert hasher.token([array, {"again": array}]) == token([array.copy(), {"again": array.copy()}])
    hashed_bytes[0] = 0
    hasher.token(array)
    assert hashed_bytes[0] == 0


def test_the_path_of_an_error_begins_with_the_arguments_name():
    with pytest.raises(HashError) as caught:
        Hasher().token([iter([])], "rows")
    assert caught.value.path == "rows[0]"


def test_tokens_do_not_depend_on_what_the_hasher_saw_before():
    node = {"name": "a"}
    node["me"] = node
    other = [node, {"x": node}]
    fresh = (token(node), token(other))
    hasher = Hasher()
    assert (hasher.token(node), hasher.token(other)) == fresh
    hasher = Hasher()
    assert (hasher.token(other), hasher.token(node)) == fresh[::-1]


def test_values_made_on_the_way_are_not_mistaken_for_each_other():
    """An object's state is a new dict at each look; its address must not stand for an older one."""

    class Made:
        def __init__(self, n):
            self.n = n

        def __getstate__(self):
            return {"rows": [[self.n] * 70, list(range(70))]}

    assert len({Hasher().token(Made(n)) for n in range(50)}) == 50
    hasher = Hasher()
    assert len({hasher.token(Made(n)) for n in range(50)} | {hasher.token([Made(n)]) for n in range(50)}) == 100


def loaded_after(program):
    code = f"import sys\n{program}\nprint(*sorted(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_hashing_loads_nothing_large():
    loaded = loaded_after("import recoup.hashing")
    assert not loaded & {"numpy", "pandas", "pyarrow", "msgspec", "decimal", "uuid", "pathlib", "dataclasses", "inspect", "ast"}


def test_plain_values_load_no_library_and_a_date_loads_no_numpy():
    loaded = loaded_after("from recoup.hashing import digest; import datetime; digest([1, {'a': datetime.date(2026, 1, 1)}])")
    assert "recoup.hashing.handlers.dates" in loaded
    assert not loaded & {"numpy", "pandas", "pyarrow", "recoup.hashing.handlers.numpy", "recoup.hashing.handlers.numerics"}


def test_an_array_loads_its_own_handler_only():
    loaded = loaded_after("from recoup.hashing import digest; import numpy; digest(numpy.zeros(3))")
    assert "recoup.hashing.handlers.numpy" in loaded
    assert not loaded & {"recoup.hashing.handlers.pandas", "recoup.hashing.handlers.pyarrow", "pandas", "pyarrow"}


def test_describing_does_not_load_the_handlers():
    assert describe(np.zeros(3)) == "float64 array (3,)"


@pytest.mark.parametrize(
    "make", [lambda n: [1] * n, lambda n: "a" * n * 64, lambda n: np.zeros(n * 8), lambda n: {"rows": [0] * n}]
)
def test_the_weight_of_a_value_is_about_the_bytes_that_were_hashed(make):
    hasher = Hasher()
    large, small = make(100_000), make(1)
    hasher.token(large), hasher.token(small)
    assert 3_000_000 < hasher.weight(large) < 10_000_000
    assert hasher.weight(small) == 0
