"""What the pages show works as shown.

A `python` block whose first line is `# NAME.py` is a file of the reader's project; any other one is run. Of a `console` block
each `$ command` is run there, and what it prints must be what follows, where `…` stands for anything within a line and a line
of `…` for any lines.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_works_word_for_word(page, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "RECOUP_HOME": str(tmp_path / ".recoup"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    for number, (language, text) in enumerate(BLOCK.findall(page.read_text())):
        if language == "console":
            for command, expected in sessions(text):
                printed = run(command, tmp_path, environment, shell=True, fails="error: " in expected)
                assert matches(expected, printed), f"{page.name}: $ {command}\nshows\n{expected}\nprinted\n{printed}"
        elif named := re.match(r"# (\w+\.py)\n", text):
            (tmp_path / named[1]).write_text(text)
        else:
            file = tmp_path / f"snippet_{number}.py"
            file.write_text(text)
            run([sys.executable, "-W", "error", file.name], tmp_path, environment)


def sessions(text):
    """Yield each command of a console block with the output that follows it."""
    for session in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = session.partition("\n")
        yield command, expected.strip("\n")


def run(command, folder, environment, *, shell=False, fails=False):
    done = subprocess.run(
        command,
        shell=shell,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout.strip("\n")


def matches(expected, printed):
    parts = [
        "(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
        for line in expected.split("\n")
    ]
    return re.fullmatch("".join(parts), re.sub(r"[ \t]+\n", "\n", printed + "\n")) is not None


def test_the_comparison_bites():
    """An output that differs from the page is noticed."""
    assert matches("a … c\n…\nd", "a b c\nx\ny\nd")
    assert not matches("a … c", "a b d")
    assert not matches("a\nb", "a")
