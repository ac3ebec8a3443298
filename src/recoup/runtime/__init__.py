"""What a running flow or task knows of its own run: `flow_run.id`, `task_run.name` and the like."""

from recoup.runtime import flow_run, task_run

__all__ = ["flow_run", "task_run"]
