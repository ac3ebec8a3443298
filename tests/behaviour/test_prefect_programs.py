"""A program written for Prefect 3 prints the same under Recoup once `prefect` is `recoup` in its imports.

`tests/prefect_programs/expected` is what Prefect 3.9.1 prints; `make programs` asks the real one again, and `RECORD=1 make
programs` writes it down. Where Recoup differs on purpose, `differences.toml` there has the line of both and the subject, which
the migration guide explains.
"""

import os
import re
import sys
import tomllib

import pytest

from real_prefect import HOUSE, PREFECT, prefect_environment, prefect_printed, printed_by

FOLDER = HOUSE / "tests" / "prefect_programs"
GUIDE = HOUSE / "docs" / "migrating.md"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
DIFFERENCES = tomllib.loads((FOLDER / "differences.toml").read_text())


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_prints_the_same_under_recoup(name, tmp_path):
    program = tmp_path / f"{name}.py"
    program.write_text(moved((FOLDER / program.name).read_text()))
    environment = {**os.environ, "HOME": str(tmp_path), "RECOUP_HOME": str(tmp_path / "home")}
    assert printed_by([sys.executable, program], tmp_path, environment) == with_differences(name, expected_of(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_only_imports_know_of_prefect(name):
    assert "prefect" not in moved((FOLDER / f"{name}.py").read_text()).lower()


def test_each_difference_is_explained_by_the_guide():
    subjects = {difference["subject"] for differences in DIFFERENCES.values() for difference in differences}
    assert subjects <= set(re.findall(r"^\| (.+?) \|", GUIDE.read_text(), re.MULTILINE))


def test_a_difference_in_a_line_that_nobody_prints_is_noticed():
    with pytest.raises(AssertionError, match="stands 0 times"):
        with_differences("caching", "something else\n")


if PREFECT:

    @pytest.fixture(scope="module")
    def environment(tmp_path_factory):
        with prefect_environment(tmp_path_factory.mktemp("prefect")) as variables:
            yield variables

    @pytest.mark.long
    @pytest.mark.parametrize("name", PROGRAMS)
    def test_it_prints_the_same_under_prefect(name, tmp_path, environment):
        printed = prefect_printed(FOLDER / f"{name}.py", tmp_path, environment)
        if "RECORD" in os.environ:
            (FOLDER / "expected" / f"{name}.txt").write_text(printed)
        assert printed == expected_of(name)


def moved(source):
    """Return what a user makes of `source`: `prefect` is `recoup` in its imports."""
    return re.sub(r"^(\s*(?:from|import)) prefect\b", r"\1 recoup", source, flags=re.MULTILINE)


def expected_of(name):
    return (FOLDER / "expected" / f"{name}.txt").read_text()


def with_differences(name, text):
    """Return `text` with each line of Prefect's that differs on purpose replaced by Recoup's."""
    lines = text.splitlines(keepends=True)
    for difference in DIFFERENCES.get(name, ()):
        theirs, ours = difference["prefect"] + "\n", difference["recoup"] + "\n"
        assert lines.count(theirs) == 1, f"{name}: {theirs!r} stands {lines.count(theirs)} times"
        lines[lines.index(theirs)] = ours
    return "".join(lines)
