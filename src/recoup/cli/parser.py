"""The command line in one place: every command, argument and option, with the sentence that `--help` shows.

Nothing heavy is imported here: `recoup --help` must not wait for anything.
"""

from __future__ import annotations

import argparse
import itertools
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from recoup.cli.exits import Usage
from recoup.spelling import nearest
from recoup.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ACTIONS", "make_parser", "parse"]

ACTIONS = {"run": (), "resume": (), "runs": ("list", "show"), "results": ("list", "show"), "config": ("list", "set", "unset")}
"""The commands, and what each can do; the first is what it does when nothing is said."""

_SUMMARY = """\
A task is never computed twice for the same reason.

  recoup run pipeline.py:pipeline -p day=2026-01-01
  recoup resume
  recoup runs show
  recoup results list --task load
"""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are errors like all others."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with the command whose help says more."""
        raise Usage(f"{message[:1].lower()}{message[1:]}; `{self.prog} --help` shows what there is")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; raise `Usage` for what is none, `SystemExit` after `--help` and `--version`."""
    words = list(arguments)
    if not words:
        words = ["--help"]
    command = words[0]
    if not command.startswith("-"):
        _refuse_unknown("recoup", "command", command, ACTIONS)
        actions = ACTIONS[command]
        if actions:
            action = words[1] if len(words) > 1 else ""
            if not action or (action.startswith("-") and action not in ("-h", "--help")):
                words.insert(1, actions[0])
            elif not action.startswith("-"):
                _refuse_unknown(f"recoup {command}", "action", action, actions)
    if command in ("run", "resume"):
        _refuse_bare_parameters(command, words)
    return make_parser().parse_args(_joined(words))


def _refuse_bare_parameters(command: str, words: list[str]) -> None:
    """Say what is missing where a parameter stands alone: `recoup run f.py lr=3`."""
    positional = [word for before, word in itertools.pairwise(words) if not word.startswith("-") and before not in _TAKING]
    for word in positional[1:]:
        name, separator, _ = word.partition("=")
        if separator and name.isidentifier():
            raise Usage(
                f"{word} stands alone; a parameter is written -p {shlex.quote(word)}, as in recoup {command} {positional[0]} -p {shlex.quote(word)}"
            )


_TAKING = ("-p", "--params", "--storage", "--target", "--limit")
"""Options whose value is the next word."""


def _joined(words: list[str]) -> list[str]:
    """Return the words with negative counts joined to their option, which argparse would take for options."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--limit" and word[:1] == "-" and word[1:].isdecimal():
            joined[-1] = f"--limit={word}"
        else:
            joined.append(word)
    return joined


def _refuse_unknown(program: str, what: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        raise Usage(f"{program} has no {what} {word!r}{nearest(word, known)}; there are {', '.join(known)}")


def make_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(prog="recoup", description=_SUMMARY)
    parser.add_argument("--version", action="version", version=f"recoup {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    _add_run(commands)
    _add_resume(commands)
    _add_runs(commands)
    _add_results(commands)
    _add_config(commands)
    return parser


def _add_run(commands: Any) -> None:
    run = commands.add_parser(
        "run",
        help="run a flow, and show what runs, why, and what is reused",
        description="Run a flow. Results of its tasks are kept, so that a run that breaks off loses little.",
    )
    run.add_argument(
        "target", metavar="FILE.py:FLOW|MODULE:FLOW", help="the flow; its name can be left out where there is only one"
    )
    _add_parameters(run, "a parameter of the flow; repeatable")
    run.add_argument("--refresh", action="store_true", help="run every cached task, and overwrite its result")
    run.add_argument("--no-cache", action="store_true", help="neither look up nor keep any result")
    _add_running(run)


def _add_resume(commands: Any) -> None:
    resume = commands.add_parser(
        "resume",
        help="go on with a run that was killed, failed or was cancelled",
        description="Call the flow of a run again, as the same run and with the same parameters: what its tasks kept is not run again.",
    )
    resume.add_argument("run", metavar="RUN", nargs="?", help="its name, id, or how one of them begins (default: the latest)")
    resume.add_argument("--target", metavar="FILE.py:FLOW|MODULE:FLOW", help="where the flow is now, if it has moved")
    _add_parameters(resume, "a parameter that was not kept, such as a secret; repeatable")
    _add_running(resume)


def _add_parameters(parser: argparse.ArgumentParser, sentence: str) -> None:
    parser.add_argument("-p", dest="parameters", metavar="NAME=VALUE", action="append", default=[], help=sentence)
    parser.add_argument("--params", metavar="JSON", help="parameters as one JSON object; -p goes on top")


def _add_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-persist", action="store_true", help="keep only results of tasks that ask for it themselves")
    parser.add_argument("--storage", metavar="PATH|URL", help="where results are kept, unless the flow or a task says itself")
    parser.add_argument("--json", action="store_true", help="print events as they happen and a summary, one JSON object per line")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors and what the flow itself prints")


def _add_runs(commands: Any) -> None:
    actions = _noun(commands, "runs", "what ran, and why")
    listed = actions.add_parser("list", help="list the runs, newest first (default)")
    listed.add_argument("--limit", metavar="N", type=_count, default=20, help="how many (default 20; 0: all)")
    shown = actions.add_parser("show", help="show each call of a run: ran or cached, why, how long")
    shown.add_argument("run", metavar="RUN", nargs="?", help="its name, id, or how one of them begins (default: the latest)")
    for parser in (listed, shown):
        _add_common(parser)


def _add_results(commands: Any) -> None:
    actions = _noun(commands, "results", "what is stored")
    listed = actions.add_parser("list", help="list the stored results, newest first (default)")
    listed.add_argument("--task", metavar="NAME", help="only those of this task: `load` or `pipeline:load`")
    listed.add_argument("--limit", metavar="N", type=_count, default=50, help="how many (default 50; 0: all)")
    shown = actions.add_parser("show", help="show what a result was computed from, and by which run")
    shown.add_argument("key", metavar="KEY", help="its key, or how the key begins")
    shown.add_argument("--source", action="store_true", help="with the source of each function that the task reaches")
    shown.add_argument("--value", action="store_true", help="with the beginning of the value itself")
    for parser in (listed, shown):
        _add_common(parser)


def _add_config(commands: Any) -> None:
    actions = _noun(commands, "config", "the settings, and where each comes from")
    listed = actions.add_parser("list", help="list the settings (default)")
    listed.add_argument("--json", action="store_true", help="print JSON")
    changed = actions.add_parser("set", help="keep settings in config.toml of the home")
    changed.add_argument("assignments", metavar="NAME=VALUE", nargs="+", help="a setting; repeatable")
    removed = actions.add_parser("unset", help="take settings out of config.toml of the home")
    removed.add_argument("names", metavar="NAME", nargs="+", help="a setting; repeatable")


def _noun(commands: Any, name: str, sentence: str) -> Any:
    parser = commands.add_parser(name, help=sentence, description=f"Show {sentence}.")
    return parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--storage", metavar="PATH|URL", help="which storage (default: the one of the settings)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give 0 or more")
    return int(text)
