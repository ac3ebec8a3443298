"""Signatures and types survive decoration; checked by mypy and pyright, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from recoup import State, Task, flow, task
from recoup.records import Record
from recoup.types import Key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator


@task
def bare(x: int, y: str = "") -> float:
    return x + len(y)


@task(cache=True, retries=2)
def with_options(x: int) -> list[str]:
    return [str(x)]


@task(cache=True)
async def asynchronous(x: int) -> bytes:
    return bytes(x)


@task
def lines(path: str) -> Iterator[str]:
    yield path


@task
async def async_lines(path: str) -> AsyncIterator[str]:
    yield path


class Model:
    @task
    def score(self, x: int) -> float:
        return float(x)

    @flow
    def fit(self, rows: list[int]) -> int:
        return len(rows)

    @staticmethod
    @task
    def version(x: int) -> str:
        return str(x)


@flow
def pipeline(day: str) -> dict[str, int]:
    return {day: 1}


@flow(name="other", retries=1)
async def async_pipeline(day: str) -> int:
    return len(day)


def calls() -> None:
    assert_type(bare(1, y="a"), float)
    assert_type(with_options(1), list[str])
    assert_type(pipeline("x"), dict[str, int])
    for line in lines("a"):
        assert_type(line, str)


async def async_calls() -> None:
    assert_type(await asynchronous(1), bytes)
    coroutine: Coroutine[Any, Any, bytes] = asynchronous(1)
    await coroutine
    assert_type(await async_pipeline("x"), int)
    async for line in async_lines("a"):
        assert_type(line, str)


def methods() -> None:
    assert_type(Model().score(1), float)
    assert_type(Model.score(Model(), 1), float)
    assert_type(Model().fit([1]), int)
    assert_type(Model.version(1), str)


def looking() -> None:
    assert_type(with_options.key(1), Key | None)
    assert_type(with_options.record(1), Record | None)
    assert_type(with_options.cached(1), bool)
    assert_type(with_options.invalidate(1), bool)


def options() -> None:
    assert_type(bare.with_options(retries=1)(1), float)
    assert_type(pipeline.with_options(retries=1)("x"), dict[str, int])
    changed: Task[[int], list[str]] = with_options.with_options(refresh_cache=True)
    assert_type(changed(1), list[str])
    takes_any_result(changed)


def takes_any_result(given: Task[[int], object]) -> None:
    assert_type(given(1), object)


async def states() -> None:
    assert_type(bare(1, return_state=True), State[float])
    assert_type(await asynchronous(1, return_state=True), State[bytes])
    assert_type(pipeline("x", return_state=True), State[dict[str, int]])
    assert_type(await async_pipeline("x", return_state=True), State[int])
    assert_type(bare(1, return_state=True).result(), float)
    assert_type(bare(1, return_state=True).result(raise_on_failure=False), float | BaseException)


def waiting() -> None:
    assert_type(bare(1, wait_for=[bare.submit(2)]), float)


def wrong_calls() -> None:
    bare("one")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    bare()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Model().score("one")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    with_options.key("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pipeline(1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
