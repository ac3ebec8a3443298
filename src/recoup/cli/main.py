"""`recoup`: read the command line, do what it says, and turn errors into one message and an exit code."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import TYPE_CHECKING

from recoup.cli.exits import Exit, Usage, code_of
from recoup.cli.parser import parse
from recoup.exceptions import RecoupError
from recoup.runs.interrupts import Terminated, die

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what `arguments` (default: those of the process) say, and return the exit code."""
    try:
        _refuse_deleted_folder()
        options = parse(sys.argv[1:] if arguments is None else arguments)
        options.whole_process = arguments is None
        noun = importlib.import_module(f"recoup.cli.{options.command}")  # only what this command needs
        return int(noun.main(options))
    except Terminated:
        die()
    except SystemExit as exc:  # --help and --version, or the flow's own
        return _code_of_exit(exc)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    except RecoupError as exc:
        print(f"error: {exc}", file=sys.stderr)
        if os.environ.get("RECOUP_LOGGING_LEVEL", "").upper() == "DEBUG":
            traceback.print_exc()
        return code_of(exc)


def _refuse_deleted_folder() -> None:
    try:
        os.getcwd()  # noqa: PTH109 - the path itself is not needed
    except FileNotFoundError:
        raise Usage("the working directory does not exist any more; change to one that does") from None


def _code_of_exit(exc: SystemExit) -> int:
    if isinstance(exc.code, int | None):
        return exc.code or 0
    print(exc.code, file=sys.stderr)
    return Exit.FAILED


if __name__ == "__main__":
    sys.exit(main())
