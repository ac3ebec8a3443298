"""Keys of calls, for `check_edits`: what is imported here is imported once for all projects."""

from recoup import Task, task

__all__ = ["by_recoup"]


def by_recoup(function, arguments):
    """Return the key of a call of a task, or of a function as if it were one."""
    called = function if isinstance(function, Task) else task(cache=True)(function)
    return called.key(**arguments)
