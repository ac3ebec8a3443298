"""What Prefect has servers and workers do: the methods are there, and say what to write instead."""

from __future__ import annotations

from typing import NoReturn

from recoup.exceptions import NotSupported

__all__ = ["FlowsElsewhere", "TasksElsewhere", "mapped_in_background"]


class TasksElsewhere:
    """Methods of Prefect's tasks that need its server: calls that a worker makes some time later."""

    name: str

    def delay(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`: there are no workers that would make the call later."""
        raise NotSupported(_in_background(self.name, "delay(...)"))

    def apply_async(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`, as `delay` does."""
        raise NotSupported(_in_background(self.name, "apply_async(...)"))

    def serve(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`: there are no calls that wait for a worker."""
        raise NotSupported(_in_background(self.name, "serve()"))


class FlowsElsewhere:
    """Methods of Prefect's flows that need its server: deployments."""

    name: str

    def serve(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`: there is no server that would start runs."""
        raise NotSupported(_deployed(self.name, "serve(...)"))

    def deploy(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`, as `serve` does."""
        raise NotSupported(_deployed(self.name, "deploy(...)"))

    def to_deployment(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise `NotSupported`, as `serve` does."""
        raise NotSupported(_deployed(self.name, "to_deployment(...)"))


def mapped_in_background(task: str) -> NotSupported:
    """Return the error for `map(deferred=True)`."""
    return NotSupported(_in_background(task, "map(..., deferred=True)", "map(...)"))


def _in_background(task: str, asked: str, instead: str = "submit(...)") -> str:
    return (
        f"{task}.{asked} is for background tasks, which a worker of Prefect's server runs; Recoup has no server. "
        f"Write {task}.{instead} in a flow, which runs it on a thread or, with ProcessPoolTaskRunner, in a process; "
        f"or start a flow as a program of its own: recoup run FILE:FLOW"
    )


def _deployed(flow: str, asked: str) -> str:
    return (
        f"{flow}.{asked} is for deployments, which Prefect's server starts; Recoup has no server. "
        f"Have cron, or whatever starts your programs, start it: recoup run FILE:FLOW"
    )
