"""Print the digests of all values of the corpus as JSON: the program of each process of `check_stability`."""

from __future__ import annotations

import json
import multiprocessing
import sys
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from recoup.testing.hashing.corpus import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from multiprocessing.connection import Connection

__all__ = ["digests", "load"]


def load(name: str) -> Callable[..., Any]:
    """Import `package.module:attribute`."""
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = attrgetter(attribute)(import_module(module))
    return found


def digests(hasher: Callable[[Any], Any], package: str, library: str | None, leave_out: Collection[str]) -> dict[str, list[str]]:
    """Return case -> what is printed of the digests of its values; a refusal is as good as any."""
    found: dict[str, list[str]] = {}
    for case in cases(library=library, package=package):
        if str(case) in leave_out:
            continue
        values = case.values()
        try:
            found[str(case)] = [repr(hasher(value)) for value in values]
        except Exception as exc:  # noqa: BLE001 - a hasher may raise what it likes
            found[str(case)] = [type(exc).__name__]
        finally:
            case.close(values)
    return found


def _send(pipe: Connection, name: str, *what: Any) -> None:
    pipe.send(digests(load(name), *what))


def _main(name: str, package: str, library: str, start: str) -> None:
    what = package, None if library == "*" else library, frozenset(json.load(sys.stdin))
    if start == "program":
        found = digests(load(name), *what)
    else:
        context: Any = multiprocessing.get_context(start)
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_send, args=(sending, name, *what))
        process.start()
        sending.close()
        found = receiving.recv()
        process.join()
    print(json.dumps(found))  # noqa: T201 - the other end reads it


if __name__ == "__main__":
    _main(*sys.argv[1:])
