"""What a function says is found once for all processes of a user, and believed only where it is still true."""

from __future__ import annotations

import importlib
import sys

import pytest

from recoup.hashing.code import fingerprint, known_pieces, pieces
from recoup.settings import get_current_settings

SOURCE = """
import functools

LIMIT = 3

def helper(x):
    return [y for y in x if y > LIMIT]

@functools.lru_cache
def memoised(x: int):
    import json
    return json.dumps(x)

def work(x):
    return helper(x), memoised(x)
"""


class Program:
    """A module that is loaded as a new process would."""

    def __init__(self, folder):
        self.file = folder / "known_program.py"
        self.file.write_text(SOURCE)

    def fingerprint(self):
        sys.modules.pop("known_program", None)
        known_pieces._texts.clear()
        importlib.invalidate_caches()
        return fingerprint(importlib.import_module("known_program").work)

    def edit(self, old, new):
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))


@pytest.fixture
def program(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Program(tmp_path)
    sys.modules.pop("known_program", None)


def kept():
    return sorted((get_current_settings().home / "memo" / "code-1").iterdir())


@pytest.fixture
def unread(monkeypatch):
    """Fail where a source file is parsed."""

    def parse():
        monkeypatch.setattr(pieces, "function_node", lambda code, space: pytest.fail(f"parsed {code.co_qualname}"))

    return parse


def test_a_file_is_parsed_once(program, unread):
    before = program.fingerprint()
    assert len(kept()) == 1
    unread()
    after = program.fingerprint()
    assert after == before
    assert after.not_covered == before.not_covered


def test_its_source_is_shown_all_the_same(program):
    before = program.fingerprint()
    assert program.fingerprint().parts == before.parts
    assert any("for y in x" in part.source for part in before.parts)


@pytest.mark.parametrize(
    ("old", "new"), [("y > LIMIT", "y < LIMIT"), ("import json\n    return json", "import csv as json\n    return json")]
)
def test_an_edited_file_is_read_again(program, old, new):
    before = program.fingerprint()
    program.edit(old, new)
    assert program.fingerprint() != before


def test_a_comment_makes_no_other_program_of_it(program):
    before = program.fingerprint()
    program.edit("    return helper", "    # a comment\n    return helper")
    assert program.fingerprint() == before


def test_code_that_its_file_does_not_compile_to_is_not_believed(program):
    program.fingerprint()
    module = sys.modules["known_program"]
    before = fingerprint(module.helper)
    exec(compile("\n\n\n\n\ndef helper(x):\n    return []", str(program.file), "exec"), module.__dict__)  # noqa: S102 - as a live session would
    assert fingerprint(module.helper) != before


def test_what_a_decorator_is_may_change_elsewhere(program, tmp_path):
    (tmp_path / "known_decorators.py").write_text("from functools import lru_cache as kept\n")
    program.edit("import functools", "from known_decorators import kept")
    program.edit("@functools.lru_cache", "@kept")
    before = program.fingerprint()
    (tmp_path / "known_decorators.py").write_text("def kept(function):\n    return function\n")
    del sys.modules["known_decorators"]
    after = program.fingerprint()
    del sys.modules["known_decorators"]
    sources = {part.source for part in after.parts}
    assert after != before
    assert any("x: int" in source for source in sources)  # a decorator of the project may read annotations


@pytest.mark.parametrize("damage", [b"", b"recoup code 1\n", b"something else"])
def test_a_damaged_memo_is_ignored(program, damage):
    before = program.fingerprint()
    (place,) = kept()
    place.write_bytes(damage or place.read_bytes()[:-9])
    assert program.fingerprint() == before
    assert len(place.read_bytes()) > 100


def test_a_home_that_cannot_be_written_is_no_obstacle(program, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(known_pieces, "write_file", refuse)
    assert program.fingerprint() == program.fingerprint()
