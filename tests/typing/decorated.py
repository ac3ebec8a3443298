"""Signatures and types survive decoration; checked by mypy, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from recoup import State, flow, task
from recoup.futures import FutureList, PrefectFuture
from recoup.records import Record
from recoup.types import Key

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from recoup.tasks import Task


@task
def bare(x: int, y: str = "") -> float:
    return x + len(y)


@task(cache=True, retries=2)
def with_options(x: int) -> list[str]:
    return [str(x)]


@task(cache=True)
async def asynchronous(x: int) -> bytes:
    return bytes(x)


@flow
def pipeline(day: str) -> dict[str, int]:
    return {day: 1}


@flow(name="other")
async def async_pipeline(day: str) -> int:
    return len(day)


def calls() -> None:
    assert_type(bare(1, y="a"), float)
    assert_type(with_options(1), list[str])
    assert_type(pipeline("x"), dict[str, int])


async def async_calls() -> None:
    assert_type(await asynchronous(1), bytes)
    coroutine: Coroutine[Any, Any, bytes] = asynchronous(1)
    await coroutine
    assert_type(await async_pipeline("x"), int)


def futures() -> None:
    assert_type(bare.submit(1), PrefectFuture[float])
    assert_type(bare.submit(1).result(), float)
    assert_type(asynchronous.submit(1), PrefectFuture[bytes])
    assert_type(bare.submit(1).state, State[float])
    assert_type(bare.map([1, 2]), FutureList[float])
    assert_type(asynchronous.map([1, 2]).result(), list[bytes])


def looking() -> None:
    assert_type(with_options.key(1), Key | None)
    assert_type(with_options.record(1), Record | None)
    assert_type(with_options.cached(1), bool)
    assert_type(with_options.invalidate(1), bool)


def options() -> None:
    assert_type(bare.with_options(retries=1)(1), float)
    changed: Task[[int], list[str]] = with_options.with_options(refresh_cache=True)
    assert_type(changed(1), list[str])


def wrong_calls() -> None:
    bare("one")  # type: ignore[arg-type]
    bare()  # type: ignore[call-arg]
    with_options.key("one")  # type: ignore[arg-type]
    pipeline(1)  # type: ignore[arg-type]
