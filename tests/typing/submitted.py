"""Submitted and mapped calls keep the types of what they are given and of what comes back; checked, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from recoup import State, task, unmapped
from recoup.futures import FutureList, PrefectFuture, as_completed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@task
def double(x: int) -> float:
    return 2.0 * x


@task
async def fetch(page: int) -> bytes:
    return bytes(page)


@task
def rows(path: str) -> Iterator[int]:
    yield len(path)


@task
async def pages(path: str) -> AsyncIterator[bytes]:
    yield path.encode()


def futures() -> None:
    future = double.submit(1)
    assert_type(future, PrefectFuture[float])
    assert_type(future.result(), float)
    assert_type(future.result(timeout=1.5), float)
    assert_type(future.result(raise_on_failure=False), float | BaseException)
    assert_type(future.state, State[float])
    assert_type(future.state.result(), float)
    assert_type(fetch.submit(1), PrefectFuture[bytes])
    assert_type(rows.submit("a"), PrefectFuture[list[int]])
    assert_type(pages.submit("a"), PrefectFuture[list[bytes]])
    assert_type(double.with_options(retries=2).submit(x=1), PrefectFuture[float])
    assert_type([done.result() for done in as_completed([future])], list[float])


def dependent_futures() -> None:
    first = double.submit(1)
    assert_type(double.submit(2, wait_for=[first]), PrefectFuture[float])
    assert_type(fetch.submit(2, wait_for=[first]), PrefectFuture[bytes])
    assert_type(double.submit(1, return_state=True), State[Any])


def mapped() -> None:
    doubled = double.map([1, 2])
    assert_type(doubled, FutureList[float])
    assert_type(doubled[0], PrefectFuture[float])
    assert_type(doubled.result(), list[float])
    assert_type(doubled.result(raise_on_failure=False), list[float | BaseException])
    assert_type(fetch.map([1, 2]).result(), list[bytes])
    assert_type(rows.map(["a", "b"]).result(), list[list[int]])
    assert_type(double.map(unmapped(1), wait_for=[doubled]), FutureList[float])
    assert_type(double.map([1], return_state=True), list[State[Any]])


def wrong_calls() -> None:
    double.submit("one")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    double.submit(1).result("soon")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    text: str = double.submit(1).result()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(text)
