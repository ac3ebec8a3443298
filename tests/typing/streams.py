"""Generator tasks keep their types, and their futures and states are of lists; checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import assert_type

from recoup import State, task
from recoup.futures import FutureList, PrefectFuture


@task(cache=True)
def numbers(n: int) -> Generator[int, str, bool]:
    yield n
    return True


@task(cache=True)
async def pages(site: str) -> AsyncGenerator[bytes, None]:
    yield site.encode()


@task
def lines(path: str) -> Iterator[str]:
    yield path


@task
async def rows(n: int) -> AsyncIterator[int]:
    yield n


async def calls() -> None:
    assert_type(numbers(1), Generator[int, str, bool])
    assert_type(pages("x"), AsyncGenerator[bytes, None])
    assert_type(lines("x"), Iterator[str])
    assert_type([row async for row in rows(1)], list[int])


def futures() -> None:
    assert_type(numbers.submit(1), PrefectFuture[list[int]])
    assert_type(pages.submit("x").result(), list[bytes])
    assert_type(numbers.map([1, 2]), FutureList[list[int]])
    assert_type(rows.map([1, 2]), FutureList[list[int]])


async def states() -> None:
    assert_type(numbers(1, return_state=True), State[list[int]])
    assert_type(await pages("x", return_state=True), State[list[bytes]])
