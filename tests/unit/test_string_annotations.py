"""Annotations that are texts, as after this import, say the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated

from recoup import task
from recoup.annotations import Digest, File, Ignore

if TYPE_CHECKING:
    from pathlib import Path

    from httpx import Client

Quiet = Annotated[bool, Ignore]


def load(path: Annotated[Path, File], names: list[str], quiet: Quiet = False): ...


def plain(path: Path, names: list[str]): ...


def test_texts_are_evaluated_where_the_function_stands(tmp_path):
    """Also where a name in them is known to type checkers only, as `Path` here."""
    made = task(cache=True)(load)
    assert made.marks.ignored == {"quiet"}
    file = tmp_path / "data"
    file.write_text("a")
    before = made.key(file, [])
    file.write_text("b")
    assert made.key(file, []) != before


def by_url(client: Annotated[Client, Digest(lambda client: client.url)] | None): ...


def test_a_type_that_is_not_known_takes_any_value():
    made = task(cache=True)(by_url)
    one, other = (SimpleNamespace(url="a", socket=socket) for socket in (1, 2))
    assert made.key(one) == made.key(other) != made.key(None)


def test_names_for_type_checkers_only_are_nobodys_concern_where_nothing_is_marked():
    assert task(cache=True)(plain).marks is None


def test_variables_around_a_function_count():
    marked = Ignore

    def inner(day, quiet: Annotated[bool, marked] = False):
        return marked

    assert task(cache=True)(inner).marks.ignored == {"quiet"}
