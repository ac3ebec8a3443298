"""Where submitted calls run: on threads of this process, or in worker processes."""

from __future__ import annotations

from recoup.task_runners.base import TaskRunner
from recoup.task_runners.processes import ProcessPoolTaskRunner
from recoup.task_runners.threads import ConcurrentTaskRunner, ThreadPoolTaskRunner

__all__ = ["ConcurrentTaskRunner", "ProcessPoolTaskRunner", "TaskRunner", "ThreadPoolTaskRunner"]
