"""Recoup's digest passes the corpus that is shipped, and the corpus finds out hashers that are wrong."""

import json
import pickle
import subprocess
import sys
from collections import Counter

import pytest

from pythons import other_pythons
from recoup.hashing import digest
from recoup.testing.hashing import (
    Agree,
    Circumstances,
    Differ,
    Fault,
    cases,
    check,
    check_edits,
    check_stability,
    edits,
    not_installed,
)

LIBRARIES = (
    "numpy.ndarray", "pandas.DataFrame", "polars.DataFrame", "pyarrow.Table", "scipy.sparse", "xarray.DataArray", "torch.Tensor",
    "jax.Array", "PIL.Image", "sklearn estimator", "networkx.Graph", "pydantic.BaseModel", "attrs class", "msgspec.Struct",
)  # fmt: skip
STANDARD = (
    "None", "bool", "int", "float", "complex", "Decimal", "Fraction", "str", "bytes", "bytearray", "memoryview", "array",
    "list", "tuple", "dict", "set", "frozenset", "deque", "OrderedDict", "defaultdict", "Counter", "mappingproxy", "range", "slice",
    "subclass of int", "subclass of float", "subclass of str", "subclass of list", "subclass of dict", "subclass of set",
    "subclass of OrderedDict", "Enum", "Flag", "date", "datetime", "time", "timedelta", "zone", "UUID", "path", "pattern",
    "dataclass", "named tuple", "namespace", "object", "exception", "type", "generic alias", "type variable",
    "function", "lambda", "partial", "bound method", "module",
)  # fmt: skip

KNOWN_BY_BYTECODE = {"lambda: two that were typed in a session", "lambda: a lambda and its code"}
"""Functions whose source nobody has: bytecode differs between versions of Python."""


def by_repr(value):
    """Forgets types, and prints addresses."""
    return repr(value)


def by_pickle(value):
    """Follows the order of sets and what is shared."""
    return pickle.dumps(value)


def test_no_case_is_wrong():
    assert not check(digest).faults


def test_every_type_has_eight_pairs():
    """Pairs that differ and pairs that agree, for each type whose values tasks are given."""
    pairs = Counter(case.of for case in cases() if isinstance(case, Differ | Agree))
    assert {kind: pairs[kind] for kind in {*STANDARD, *LIBRARIES, *pairs} if pairs[kind] < 8} == {}


def test_every_case_has_a_name_of_its_own():
    names = [str(case) for case in cases()]
    assert len(names) == len(set(names))
    assert len({str(edit) for edit in edits()}) == len(list(edits()))


def test_digests_of_the_standard_library_are_the_same_in_every_process():
    """Hash seed, folder, checkout and the start method of a worker do not count."""
    assert not check_stability("recoup.hashing:digest", library="").faults


def test_digests_of_all_libraries_are_the_same_in_another_process():
    elsewhere = Circumstances("another hash seed, folder and checkout", seed=1)
    assert not check_stability("recoup.hashing:digest", circumstances=(elsewhere,)).faults


@pytest.mark.parametrize("python", other_pythons())
def test_digests_are_the_same_in_every_minor_version_of_python(python):
    found = check_stability("recoup.hashing:digest", library="", circumstances=(), pythons=(python,)).of_kind("unstable")
    assert set(found) <= KNOWN_BY_BYTECODE


def test_types_that_look_alike_are_found_out():
    found = check(by_repr, cases(library=""))
    assert "bool: true and an object that prints like it" in found.of_kind("collision")
    assert "dict: the other order" in found.of_kind("needless")
    assert "lambda: a lambda" in found.of_kind("unstable")


def test_layout_is_found_out():
    found = check(by_pickle, cases(library=""))
    assert "list: shared and copied members" in found.of_kind("needless")
    assert "lambda: a lambda" in found.of_kind("refused")


def test_a_hash_seed_is_found_out(tmp_path, monkeypatch):
    (tmp_path / "seeded.py").write_text("def by_hash_seed(value):\n    return hash(repr(value))\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = check_stability("seeded:by_hash_seed", library="")
    assert Fault("unstable", "float: a third", "another hash seed, folder and checkout") in found.faults


def test_keys_of_calls_are_judged_by_edits(tmp_path, monkeypatch):
    (tmp_path / "keys.py").write_text(
        "import pathlib\n"
        "def of_nothing(function, arguments):\n    return function.__qualname__\n"
        "def of_everything(function, arguments):\n"
        "    return ''.join(path.read_text() for path in sorted(pathlib.Path.cwd().rglob('*.py')))\n"
        "def broken(function, arguments):\n    raise TypeError('cannot')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    among = [edit for edit in edits() if edit.name in ("the body", "a comment")]
    assert [(fault.kind, fault.case) for fault in check_edits("keys:of_nothing", among).faults] == [
        ("collision", "shop: the body")
    ]
    assert [(fault.kind, fault.case) for fault in check_edits("keys:of_everything", among).faults] == [
        ("needless", "shop: a comment")
    ]
    assert {fault.kind for fault in check_edits("keys:broken", among).faults} == {"refused"}


def test_the_corpus_costs_no_library():
    """It tells which libraries are missing, and imports none before a case asks for it."""
    asked = """if True:
        import json, sys
        from recoup.testing.hashing import *

        not_installed()
        list(cases(library=""))
        print(json.dumps(sorted({"numpy", "pandas", "polars", "pyarrow", "pydantic", "blake3"} & set(sys.modules))))
    """
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_a_missing_library_is_told(monkeypatch):
    monkeypatch.setattr("recoup.testing.hashing.corpus.find_spec", lambda name: None if name != "attrs" else name)
    assert {"polars", "numpy"} <= set(not_installed())
    assert {case.of for case in cases()} >= {"float", "attrs class"}
    assert not list(cases(library="polars"))
    assert "not installed: PIL, jax" in str(check(lambda value: 1))
