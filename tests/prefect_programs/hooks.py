"""Hooks, run names, tags and the runtime: what a run knows of itself and tells others."""

from prefect import flow, tags, task
from prefect.cache_policies import INPUTS
from prefect.context import FlowRunContext, TaskRunContext
from prefect.runtime import flow_run, task_run


def told(subject, run, state) -> None:
    print("hook", subject.name, type(state).__name__, state.type.value, state.name)


@task(on_running=[told], on_completion=[told], on_failure=[told], task_run_name="visit {city} for {days}d", tags={"travel"})
def visit(city: str, days: int = 2) -> str:
    if days > 5:
        raise ValueError("too long")
    return f"{task_run.name} {sorted(task_run.tags)} {task_run.parameters}"


def named_by_parameters() -> str:
    return f"note-{task_run.parameters['text']}"


@task(task_run_name=named_by_parameters)
def note(text: str) -> str:
    context = TaskRunContext.get()
    return f"{task_run.name} {context.task.name} {context.task_run.name} {task_run.task_name}"


@task(cache_policy=INPUTS, on_completion=[told])
def remembered(x: int) -> int:
    return x


@remembered.on_running
def starts(task, run, state) -> None:
    print("starts", task.name, state.name)


@flow(flow_run_name="trip to {city}", on_completion=[told], on_failure=[told], on_running=[told])
def trip(city: str, days: int = 2) -> None:
    print(flow_run.name, flow_run.flow_name, flow_run.parameters, sorted(flow_run.tags))
    print(visit(city))
    with tags("cheap", "soon"):
        print(visit(city, days=3), note("milk"))
    print(FlowRunContext.get().flow_run.name, visit(city, days, return_state=True).name)
    for _ in range(2):
        print(remembered(1, return_state=True).name)
    if days > 7:
        raise RuntimeError("homesick")


if __name__ == "__main__":
    trip("Rome")
    print(trip("Oslo", days=8, return_state=True).message)
    with tags("vacation"):
        trip.with_options(flow_run_name="any")("Bonn")
    print(flow_run.name, task_run.name, task_run.parameters, flow_run.tags)
