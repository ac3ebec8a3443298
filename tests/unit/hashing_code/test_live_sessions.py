"""A program that is changed while it runs gets a new fingerprint at its next call, and no other."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import threading
import types

import numpy as np
import pytest

from recoup import task
from recoup.hashing.code import fingerprint, look_again

SOURCE = """
import functools
import numpy as np
{imports}

LIMIT = 3
TABLE = {{"a": [1, 2]}}
WEIGHTS = np.zeros(4)
LARGE = list(range(50_000))
MEMO = {{}}
count = 0

def helper(x, scale=1):
    return x * scale

STEPS = {{"h": helper}}

class Model:
    rate = 1
    def predict(self):
        return helper(1)
    def other(self):
        return 2

class Sub(Model):
    pass

MODEL = Model()
MODEL.depth = 1

def adder(amount):
    def add(x):
        return x + amount
    return add

add = adder(1)

def work(x):
    global count
    count += 1
    MEMO[x] = helper(x)
    return helper(x) + LIMIT + len(TABLE), WEIGHTS, LARGE, STEPS, Sub().predict(), MODEL, add(1), undefined
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Import a program of two modules afresh."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "live_tools.py").write_text("def tool():\n    return 1\n")
    (tmp_path / "live_program.py").write_text(SOURCE.format(imports="import live_tools"))
    monkeypatch.syspath_prepend(tmp_path)
    import live_program

    yield live_program
    del sys.modules["live_program"], sys.modules["live_tools"]


def other_helper(x, scale=1):
    return x - scale


CHANGES = {
    "a helper is replaced in its module": lambda p: setattr(p, "helper", other_helper),
    "a helper's code is replaced": lambda p: setattr(p.helper, "__code__", other_helper.__code__),
    "a helper's default is replaced": lambda p: setattr(p.helper, "__defaults__", (2,)),
    "the task's own code is replaced": lambda p: setattr(p.work, "__code__", other_helper.__code__),
    "a constant is rebound": lambda p: setattr(p, "LIMIT", 4),
    "a constant is rebound to an equal value of another type": lambda p: setattr(p, "LIMIT", 3.0),
    "a table is changed in place": lambda p: p.TABLE["a"].append(3),
    "an array is changed in place": lambda p: p.WEIGHTS.__setitem__(0, 1),
    "a table of functions is changed in place": lambda p: p.STEPS.update(h=other_helper),
    "a method is replaced": lambda p: setattr(p.Model, "predict", lambda self: 0),
    "an inherited method is overridden": lambda p: setattr(p.Sub, "predict", lambda self: 0),
    "a class attribute is replaced": lambda p: setattr(p.Model, "rate", 2),
    "an attribute of an instance is changed": lambda p: setattr(p.MODEL, "depth", 2),
    "what a closure holds is changed": lambda p: setattr(p.add.__closure__[0], "cell_contents", 2),
    "a name that was missing is defined": lambda p: setattr(p, "undefined", 1),
    "a built-in is hidden": lambda p: setattr(p, "len", lambda x: 0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed(program, name):
    before = fingerprint(program.work)
    assert fingerprint(program.work) is before
    CHANGES[name](program)
    after = fingerprint(program.work)
    assert after.digest != before.digest
    assert fingerprint(program.work) is after


def test_what_the_program_changes_itself_is_no_change(program):
    program.undefined = None
    before = fingerprint(program.work)
    program.work(1)
    assert program.MEMO
    assert program.count == 1
    assert fingerprint(program.work) is before
    changed = {name for name, why in before.uncovered.items() if why == "the program changes it as it runs"}
    assert changed == {"code.live_program.MEMO", "code.live_program.count"}


def test_changing_back_gives_the_first_fingerprint_again(program):
    before = fingerprint(program.work).digest
    program.LIMIT = 4
    assert fingerprint(program.work).digest != before
    program.LIMIT = 3
    assert fingerprint(program.work).digest == before


def test_large_data_is_looked_at_once_in_a_run(program):
    before = fingerprint(program.work).digest
    program.LARGE.append(1)
    assert fingerprint(program.work).digest == before
    look_again()
    assert fingerprint(program.work).digest != before


def test_an_edit_within_the_second_of_the_import_does_not_count(tmp_path, monkeypatch):
    """Importing compares whole seconds; what was compiled then is not taken for the text that is there now."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    path = tmp_path / "edited_at_once.py"
    path.write_text("def work():\n    return 1\n")
    os.utime(path, ns=(0, 1_700_000_000_100_000_000))
    module = importlib.import_module("edited_at_once")
    os.utime(module.__cached__, ns=(0, 1_700_000_000_200_000_000))
    path.write_text("def work():\n    return 2\n")
    os.utime(path, ns=(0, 1_700_000_000_300_000_000))
    assert "return 2" not in str(fingerprint(module.work).parts)


def test_large_data_is_not_hashed_again_because_something_else_changed(program, monkeypatch):
    from recoup.hashing.code import reach

    hashed = []
    real = reach.token_of
    monkeypatch.setattr(reach, "token_of", lambda value, root: hashed.append(id(value)) or real(value, root))
    fingerprint(program.work)
    program.LIMIT = 4
    fingerprint(program.work)
    assert hashed.count(id(program.LARGE)) == 1


def test_a_file_edited_after_import_does_not_count(program, tmp_path):
    """What is loaded is described: a function that the file no longer holds by its bytecode, the others as ever."""
    path = tmp_path / "live_program.py"
    path.write_text(path.read_text().replace("return x * scale", "return x / scale"))
    parts = {part.name: part for part in fingerprint(program.work).parts}
    assert parts["code.live_program.helper"].source == ""
    assert "self" in parts["code.live_program.Model"].source
    assert not any("/ scale" in part.source for part in parts.values())


def test_a_file_edited_after_the_first_call_changes_nothing(program, tmp_path):
    before = fingerprint(program.work)
    path = tmp_path / "live_program.py"
    path.write_text("# one line more\n" + path.read_text().replace("return x * scale", "return x / scale"))
    program.LIMIT = 4
    after = fingerprint(program.work)
    changed = {a.name for a, b in zip(before.parts, after.parts, strict=True) if a != b}
    assert changed == {"code.live_program.LIMIT"}


def test_every_closure_has_a_fingerprint_of_its_own_and_is_not_kept(program):
    import gc
    import weakref

    one, two, again = program.adder(1), program.adder(2), program.adder(1)
    assert fingerprint(one).digest == fingerprint(again).digest != fingerprint(two).digest
    gone = weakref.ref(two)
    del two
    gc.collect()
    assert gone() is None


def test_threads_that_ask_at_once_agree(program):
    found, barrier = [], threading.Barrier(8)

    def ask():
        barrier.wait()
        found.append(fingerprint(program.work).digest)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_anything_callable_has_a_fingerprint(program):
    class Callable:
        def __call__(self):
            return 1

    for target in (len, functools.partial(program.helper, 1), Callable(), program.Model, program.Model().predict, np.mean, max):
        assert fingerprint(target).digest == fingerprint(target).digest


def test_code_without_a_file_has_a_fingerprint():
    def load(body):
        space = {"__name__": "nowhere", "K": 1}
        exec(f"def helper(x):\n    return x * {body}\n\ndef work(x):\n    return helper(x) + K\n", space)  # noqa: S102 - code without a file is the subject
        return types.SimpleNamespace(**space), space

    (first, space), (second, _), (third, _) = load(2), load(2), load(3)
    assert fingerprint(first.work).digest == fingerprint(second.work).digest != fingerprint(third.work).digest
    before = fingerprint(first.work).digest
    space["K"] = 2
    assert fingerprint(first.work).digest != before


def test_a_class_made_at_run_time_is_known_by_what_it_holds():
    def make(rate, helper):
        return type("Made", (), {"rate": rate, "go": helper})

    def one(self):
        return 1

    def two(self):
        return 2

    first = fingerprint(make(1, one)).digest
    assert fingerprint(make(1, one)).digest == first
    assert fingerprint(make(2, one)).digest != first
    assert fingerprint(make(1, two)).digest != first


def test_a_class_whose_methods_are_reloaded_is_another(program, tmp_path):
    """An autoreloader puts the new functions into the old class, under the old names."""
    before = fingerprint(program.Model).digest
    path = tmp_path / "live_program.py"
    path.write_text(path.read_text().replace("return 2", "return 3"))
    space = dict(vars(program))
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), space)  # noqa: S102 - what an autoreloader does
    program.Model.predict, program.Model.other = space["Model"].predict, space["Model"].other
    reloaded = fingerprint(program.Model)
    assert reloaded.digest != before
    assert "return 3" in str(reloaded.parts)


def test_a_variable_that_is_none_counts(program):
    assert fingerprint(program.adder(None)).digest != fingerprint(program.adder(0)).digest
    add = program.adder(None)
    before = fingerprint(add).digest
    add.__closure__[0].cell_contents = 0
    assert fingerprint(add).digest != before


def test_tasks_that_close_over_what_holds_them_have_a_fingerprint():
    """What leads back to itself has no content of its own: the walk ends, with the same digest for the same program."""

    class Holder:
        """Holds the tasks whose functions close over it."""

    def make(holder):
        def one():
            return holder

        def other():
            return [holder]

        holder.tasks = {"one": task(cache=True)(one), "other": task(cache=True)(other)}
        return holder.tasks

    first, second = make(Holder()), make(Holder())
    assert fingerprint(first["one"]).digest == fingerprint(second["one"]).digest != fingerprint(second["other"]).digest
    assert fingerprint(first["other"]).digest == fingerprint(second["other"]).digest
