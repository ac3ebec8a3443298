"""Failures, timeouts and logs: what ends badly says so, and the flow decides."""

import asyncio
import logging
import sys
import time

from prefect import flow, get_run_logger, task
from prefect.exceptions import MissingContextError


class Shown(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if "file" in record.getMessage():
            sys.stdout.write(f"log {record.levelname}: {record.getMessage()}\n")


@task(log_prints=True)
def talkative(name: str) -> str:
    logger = get_run_logger()
    getattr(logger, "logger", logger).addHandler(Shown())
    print("working on", name)
    logger.warning("careful with %s", name)
    return name


@task(timeout_seconds=0.1)
def slow() -> None:
    for _ in range(500):
        time.sleep(0.01)


@task(timeout_seconds=0.1)
async def slow_too() -> None:
    await asyncio.sleep(5)


@task
def fragile(x: int) -> float:
    return 1 / x


@flow
def handled() -> str:
    talkative("a file")
    try:
        fragile(0)
    except ZeroDivisionError as error:
        print("caught", error)
    state = fragile(0, return_state=True)
    return f"{state.name}: {state.message}"


@flow
def timing() -> None:
    state = slow(return_state=True)
    print(state.type.value, state.name, isinstance(state.result(raise_on_failure=False), TimeoutError))
    try:
        slow()
    except TimeoutError:
        print("TimeoutError")
    state = asyncio.run(slow_too(return_state=True))
    print(state.type.value, state.name)


@flow(timeout_seconds=0.2)
def too_long() -> None:
    for _ in range(500):
        time.sleep(0.01)


@flow
def unhandled() -> None:
    fragile.submit(1)
    fragile(0)


if __name__ == "__main__":
    print(handled())
    timing()
    state = too_long(return_state=True)
    print(state.type.value, state.name)
    state = unhandled(return_state=True)
    print(state.type.value, state.name, state.message)
    try:
        get_run_logger()
    except MissingContextError as error:
        print(type(error).__name__)
