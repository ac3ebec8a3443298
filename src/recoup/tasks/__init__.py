"""Tasks: functions whose results are kept and reused.

    @task(cache=True)
    def load(day): ...

A task is called like its function, inside flows and outside; `submit` and `map` run it on the flow's task runner.
"""

from __future__ import annotations

from recoup.tasks._task import Task, exponential_backoff, task, task_input_hash

__all__ = ["Task", "exponential_backoff", "task", "task_input_hash"]
