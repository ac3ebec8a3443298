"""What a running flow or task knows of its own run: `task_run.name`, `task_run.parameters` and the like."""

from recoup.runtime import task_run

__all__ = ["task_run"]
