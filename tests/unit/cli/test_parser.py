"""The command line says what there is, and what was probably meant."""

import argparse
from pathlib import Path

import pytest

from recoup.cli.exits import Exit
from recoup.cli.parser import ACTIONS, make_parser
from recoup.version import __version__

PAGE = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rnu",), "recoup has no command 'rnu' (did you mean 'run'?); there are run, resume, runs, results, config"),
        (("runs", "shwo"), "recoup runs has no action 'shwo' (did you mean 'show'?); there are list, show"),
        (
            ("runs", "--limit", "x"),
            "argument --limit: 'x' is no number; give 0 or more; `recoup runs list --help` shows what there is",
        ),
        (
            ("runs", "--limit", "-1"),
            "argument --limit: '-1' is no number; give 0 or more; `recoup runs list --help` shows what there is",
        ),
        (
            ("run",),
            "the following arguments are required: FILE.py:FLOW|MODULE:FLOW; `recoup run --help` shows what there is",
        ),
    ],
)
def test_a_mistake_is_one_message(recoup, arguments, message):
    assert recoup(*arguments) == (2, "", f"error: {message}\n")


def test_help_and_version_are_no_mistakes(recoup):
    assert recoup("--version") == (0, f"recoup {__version__}\n", "")
    assert recoup() == recoup("--help")
    assert recoup("runs", "--help").code == 0


def commands(parser, words=()):
    """Yield each command with its parser."""
    nested = next((a for a in parser._actions if isinstance(a, argparse._SubParsersAction)), None)
    if nested is None:
        yield " ".join(words), parser
        return
    for word, inner in nested.choices.items():
        yield from commands(inner, (*words, word))


@pytest.mark.parametrize(("command", "parser"), list(commands(make_parser())))
def test_each_command_and_option_is_told_in_the_docs(command, parser):
    assert f"`recoup {command}" in PAGE
    section = PAGE.partition(f"## `recoup {command.split()[0]}")[2].partition("\n## ")[0]
    for option in (name for action in parser._actions for name in action.option_strings):
        assert option in ("-h", "--help") or f"`{option}" in section


@pytest.mark.parametrize("code", Exit)
def test_each_exit_code_is_told_in_the_docs(code):
    assert f"\n| {code.value} | " in PAGE


def test_each_command_has_a_file():
    folder = Path(__file__).parents[3] / "src" / "recoup" / "cli"
    assert all((folder / f"{command}.py").is_file() for command in ACTIONS)
