"""Mapping: one call for each item, with what is common to all, and with what failed."""

from prefect import allow_failure, flow, task, unmapped
from prefect.exceptions import MappingLengthMismatch, MappingMissingIterable, UnfinishedRun
from prefect.utilities.annotations import quote


@task
def add(x: int, y: int = 10) -> int:
    return x + y


@task
def reciprocal(x: float) -> float:
    return 1 / x


@task
def describe(value: object, unit: str = "m") -> str:
    return f"{type(value).__name__} {value} {unit}"


@task
def combine(values: list[object], base: int) -> str:
    return f"{values} {base}"


@flow
def mapping() -> None:
    print(add.map([1, 2, 3]).result(), add.map([1, 2], [3, 4]).result(), add.map(x=[1, 2], y=unmapped(5)).result())
    print(add.map(range(3), 1).result(), add.map((i * i for i in (1, 2)), y=unmapped(0)).result())
    sums = add.map([1, 2], 0)
    print(add.map(sums, 100).result(), combine(sums, 1), combine.submit(sums, base=2).result())
    print(describe.map(["ab", "cd"], unit="km").result(), describe.map([[1], {"k": 2}]).result())
    print(combine.map(unmapped([1, 2]), [7, 8]).result(), combine.submit(quote([3]), 9).result())
    for wrong in (lambda: add.map([1, 2], [1, 2, 3]), lambda: add.map(1)):
        try:
            wrong()
        except (MappingLengthMismatch, MappingMissingIterable) as error:
            print(type(error).__name__)


@flow
def failing() -> None:
    results = reciprocal.map([4, 0])
    results.wait()
    print([future.state.name for future in results])
    for downstream in (describe.map(results), describe.map(allow_failure(results))):
        downstream.wait()
        print([future.state.name for future in downstream], downstream[0].result())
    blocked = describe.submit(results[1])
    try:
        blocked.result()
    except UnfinishedRun:
        print("UnfinishedRun", blocked.state.type.value, blocked.state.name)
    print(describe.submit(allow_failure(results[1])).result())


if __name__ == "__main__":
    mapping()
    failing()
