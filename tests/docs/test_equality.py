"""The table of what is equal, in `docs/keys.md`: every line of it is a test, and its digests are frozen.

`python tests/docs/test_equality.py` prints what the frozen digests would be.
"""

import atexit
import contextlib
import importlib.util
import itertools
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from recoup.exceptions import HashError
from recoup.hashing import digest

PAGE = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8").partition("### Type by type")[2]
FROZEN = Path(__file__).parents[1] / "golden" / "equality.json"
TABLES = [re.findall(r"^\| (.*) \|$", table, re.MULTILINE)[1:] for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)]
EQUALITY, REFUSED = TABLES[:2]


BY_CODE = {"lambda, inner function"}
"""What is known by its code, whose normal form has versions of its own."""


def namespace():
    """Import the page's own imports and classes from a project of their own, wherever this checkout lies."""
    folder = Path(tempfile.mkdtemp(prefix="recoup-examples-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "pyproject.toml").touch()
    (folder / "examples.py").write_text(re.search(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[1], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("examples", folder / "examples.py")
    sys.modules["examples"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


NAMES = namespace()


def cells(row):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]


def expressions(cell):
    return [text.replace("\\|", "|") for text in re.findall(r"`([^`]+)`", cell)]


def value(expression):
    return eval(expression, NAMES)  # noqa: S307 - an expression of our own page


def rows():
    """Yield subject, equal and different expressions of each line."""
    for row in EQUALITY:
        subject, equal, different, _ = cells(row)
        yield subject, expressions(equal), expressions(different)


ROWS = list(rows())


@pytest.mark.parametrize(("subject", "equal", "different"), ROWS, ids=[row[0] for row in ROWS])
def test_a_line_of_the_table_is_true(subject, equal, different):
    digests = {expression: digest(value(expression)) for expression in (*equal, *different)}
    assert len({digests[expression] for expression in equal}) == 1
    for one, other in itertools.combinations([equal[0], *different], 2):
        assert digests[one] != digests[other], f"{one} and {other}"


@pytest.mark.parametrize(("subject", "equal"), [row[:2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_line_speaks_about_the_types_that_it_names(subject, equal):
    kinds = [NAMES[name] for name in expressions(subject) if isinstance(NAMES.get(name), type)]
    assert not kinds or isinstance(value(equal[0]), tuple(kinds))


def test_the_digests_of_the_table_are_what_they_were():
    assert table() == json.loads(FROZEN.read_text(encoding="utf-8"))


def test_no_two_lines_share_a_digest_unless_they_share_a_value():
    seen = {}
    for expression, found in table().items():
        if (other := seen.setdefault(found, expression)) != expression:
            assert type(value(other)) is type(value(expression)), (other, expression)


@pytest.mark.parametrize("expression", [expression for row in REFUSED for expression in expressions(cells(row)[1])])
def test_what_the_page_says_has_no_digest_has_none(expression):
    refused = value(expression)
    with contextlib.closing(refused) if hasattr(refused, "close") else contextlib.nullcontext(), pytest.raises(HashError):
        digest({"held": [refused]})


def table():
    """Return expression -> hex digest of every value in the table, as it is now."""
    frozen = ((equal[0], *different) for subject, equal, different in ROWS if subject not in BY_CODE)
    return {expression: digest(value(expression)).hex() for expression in itertools.chain.from_iterable(frozen)}


if __name__ == "__main__":
    print(json.dumps(table(), indent=1, ensure_ascii=False))
