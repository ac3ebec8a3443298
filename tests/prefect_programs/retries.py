"""Retries: how often, how long in between, and under which condition."""

from prefect import flow, task
from prefect.tasks import exponential_backoff

attempts = []


def note(name: str, succeeds_at: int) -> int:
    attempts.append(name)
    if attempts.count(name) < succeeds_at:
        raise ConnectionError(f"{name} failed {attempts.count(name)} times")
    return attempts.count(name)


@task(retries=2)
def flaky() -> int:
    return note("flaky", 3)


@task(retries=3, retry_delay_seconds=[0.01, 0.02, 0.03])
def patient() -> int:
    return note("patient", 4)


@task(retries=1, retry_delay_seconds=0.01, retry_jitter_factor=0.5)
def hopeless() -> int:
    return note("hopeless", 99)


def is_worth_it(task, run, state) -> bool:
    error = state.result(raise_on_failure=False)
    print("asked about", task.name, state.name, type(error).__name__)
    return isinstance(error, ConnectionError)


@task(retries=2, retry_condition_fn=is_worth_it)
def picky(error: Exception) -> None:
    attempts.append("picky")
    raise error


@flow(retries=2)
def stubborn(name: str) -> int:
    kept(name)
    return note(name, 3)


@task(retries=1)
def parent(x: int) -> int:
    child(x)
    return note("parent", 2)


@task(persist_result=True)
def child(x: int) -> None:
    attempts.append("child")


@task(persist_result=True)
def kept(name: str) -> None:
    attempts.append(f"kept {name}")


@flow
def all_of_them() -> None:
    print(flaky(), patient(), parent(1))
    for failing in (hopeless, hopeless.with_options(retries=0)):
        state = failing(return_state=True)
        print(state.type.value, state.name, state.message)
    print(picky(ConnectionError("again"), return_state=True).name, picky(ValueError("no"), return_state=True).name)


if __name__ == "__main__":
    all_of_them()
    print(stubborn("night"))
    print({name: attempts.count(name) for name in dict.fromkeys(attempts) if name != "child"})
    print("the child of a parent that failed once ran", attempts.count("child"), "times")
    print(exponential_backoff(backoff_factor=2)(4))
