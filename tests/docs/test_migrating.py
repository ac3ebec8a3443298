"""The programs of the migration guide print what the guide shows, before and after.

Three blocks belong together: the program before, whose language is followed by the library, the program after, and what both
print. The program before runs where its library is installed.
"""

import os
import re
import sys
from importlib.util import find_spec

import pytest

from real_prefect import HOUSE, PREFECT, prefect_environment, prefect_printed, printed_by

CODE = r"```python {}\n(.*?)^```\n\n"
PAIR = re.compile(CODE.format(r"(\w+)") + CODE.format("recoup") + r"```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDE = (HOUSE / "docs" / "migrating.md").read_text()
PAIRS = {library: (before, after, printed) for library, before, after, printed in PAIR.findall(GUIDE)}


def test_each_library_has_a_pair():
    assert list(PAIRS) == ["prefect", "joblib", "functools", "diskcache"]


@pytest.mark.parametrize("library", [library for library in PAIRS if find_spec(library)])
def test_the_program_before_prints_what_the_guide_shows(library, tmp_path):
    before, _, printed = PAIRS[library]
    assert printed_by([sys.executable, saved(before, tmp_path)], tmp_path, {**os.environ}) == printed


@pytest.mark.parametrize("library", PAIRS)
def test_the_program_after_prints_the_same(library, tmp_path):
    _, after, printed = PAIRS[library]
    environment = {**os.environ, "RECOUP_HOME": str(tmp_path / "home")}
    assert printed_by([sys.executable, saved(after, tmp_path)], tmp_path, environment) == printed


def test_from_prefect_only_imports_are_edited():
    before, after, _ = PAIRS["prefect"]
    assert after == before.replace("from prefect", "from recoup")


if PREFECT:

    @pytest.mark.long
    def test_the_real_prefect_prints_what_the_guide_shows(tmp_path):
        before, _, printed = PAIRS["prefect"]
        with prefect_environment(tmp_path) as environment:
            assert prefect_printed(saved(before, tmp_path), tmp_path, environment) == printed


def saved(program, folder):
    path = folder / "program.py"
    path.write_text(program)
    return path
