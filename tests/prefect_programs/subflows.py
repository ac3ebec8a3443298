"""Flows in flows, and parameters that are checked and converted by their annotations."""

from datetime import date
from enum import Enum

from prefect import Flow, flow, task
from prefect.runtime import flow_run
from pydantic import BaseModel


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Address(BaseModel):
    street: str
    number: int = 1


@task
def label(text: str) -> str:
    return f"<{text}>"


@flow
def deliver(to: Address, day: date, size: Size = Size.SMALL, weights: list[float] | None = None) -> str:
    print(type(to).__name__, to.street, to.number, day.isoformat(), size.name, weights)
    return label(f"{to.street} {to.number}")


@flow(validate_parameters=False)
def unchecked(count: int) -> str:
    return f"{count!r} {flow_run.parameters}"


@flow(name="round trip", description="There and back.")
def tour(stops: int) -> list[str]:
    addresses = [{"street": "Main", "number": str(number)} for number in range(stops)]
    streets = [deliver(address, "2026-01-31", size="large", weights=["1.5", 2]) for address in addresses]
    state = deliver({"street": "Side"}, date(2026, 2, 1), return_state=True)
    return [*streets, state.name, unchecked("many")]


@flow
def broken_inside() -> str:
    state = deliver({"number": 1}, "never", return_state=True)
    print(state.type.value, state.name)
    return "still here"


if __name__ == "__main__":
    print(isinstance(tour, Flow), tour.name, tour.description)
    print(tour("2"))
    print(broken_inside())
    for wrong in (lambda: tour("two"), tour, lambda: tour(1, speed=3)):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__)
    try:

        @flow
        def reserved(return_state: bool) -> None: ...

        reserved(True)
    except Exception as error:
        print(type(error).__name__)
