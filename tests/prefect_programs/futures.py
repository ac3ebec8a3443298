"""Futures: work on its way, in the order in which it ends."""

import threading

from prefect import flow, task
from prefect.futures import as_completed, resolve_futures_to_results, wait
from prefect.task_runners import ThreadPoolTaskRunner

gates = {name: threading.Event() for name in ("first", "second", "third")}
log = []


@task
def pass_gate(name: str) -> str:
    gates[name].wait(timeout=30)
    return name


@task
def say(text: str) -> str:
    log.append(text)
    return text.upper()


@task
def fail(text: str) -> None:
    raise RuntimeError(text)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=4))
def racing() -> None:
    futures = [pass_gate.submit(name) for name in gates]
    for future in futures:
        future.add_done_callback(lambda ended: log.append(ended.result()))
    try:
        futures[0].result(timeout=0.01)
    except TimeoutError:
        print("TimeoutError", futures[0].state.is_final())
    done, not_done = wait(futures, timeout=0.01)
    print(len(done), len(not_done))
    ended = as_completed(futures)
    for name in ("third", "first", "second"):
        gates[name].set()
        print(next(ended).result())
    print(len(wait(futures).done), [future.state.name for future in futures])


@flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
def ordered() -> str:
    hello = say.submit("hello")
    world = say.submit("world", wait_for=[hello])
    both = say.submit(hello)
    failed = fail.submit("out of words")
    after = say.submit("never", wait_for=[failed])
    after.wait()
    print(after.state.type.value, after.state.name)
    print(repr(failed.result(raise_on_failure=False)), failed.state.message)
    try:
        failed.result()
    except RuntimeError as error:
        print("RuntimeError", error)
    print(resolve_futures_to_results({"greeting": [hello, world], "n": 1}), both.result())
    return say("end", wait_for=[both])


if __name__ == "__main__":
    racing()
    print(sorted(log))
    log.clear()
    print(ordered())
    print(log)
    try:
        print(say.submit("outside").result())
    except RuntimeError:
        print("RuntimeError")
