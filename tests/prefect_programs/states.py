"""States: what became of a call, a list of calls, a flow."""

from prefect import State, flow, task
from prefect.exceptions import FailedRun
from prefect.states import Cancelled, Completed, Failed, Pending, StateType


@task
def half(x: int) -> int:
    if x % 2:
        raise ValueError(f"{x} is odd")
    return x // 2


@task
def inspected(x: int) -> State:
    if x > 3:
        return Failed(message=f"{x} is too much")
    return Completed(message="fine", data=x, name="Inspected")


@flow
def one_value() -> int:
    return half(4)


@flow
def two_states() -> list[State]:
    return [half(4, return_state=True), half(3, return_state=True)]


@flow
def all_well() -> list[State]:
    return [half(4, return_state=True), half(2, return_state=True)]


@flow
def by_hand(well: bool) -> State:
    half(1, return_state=True)
    return Completed(message="good enough", data=42) if well else Failed(message="not good enough")


@flow
def raising() -> int:
    return half(5)


@flow
def of_futures() -> list[int]:
    return half.map([2, 4])


def show(state: State) -> None:
    print(state.type.value, state.name, state.message, state.is_completed(), state.is_failed(), state.is_final())


if __name__ == "__main__":
    for tried in (half, inspected):
        for x in (2, 5):
            show(tried(x, return_state=True))
    for run in (one_value, two_states, all_well, raising, of_futures):
        show(run(return_state=True))
    print(two_states(return_state=True).result(raise_on_failure=False)[1].message)
    print([state.result() for state in all_well(return_state=True).result()], by_hand(True))
    show(by_hand(True, return_state=True))
    for broken, error in ((lambda: by_hand(False), FailedRun), (raising, ValueError)):
        try:
            broken()
        except error as exc:
            print(type(exc).__name__, exc)
    print(inspected(4).name)
    print(repr(half(5, return_state=True).result(raise_on_failure=False)))
    show(Pending())
    show(Cancelled(message="enough"))
    print([kind.name for kind in StateType if kind.value in ("COMPLETED", "CRASHED", "PAUSED")])
