"""Submitted calls in worker processes.

The parent looks up; a worker runs the body and keeps its result, and only a reference comes back. Each thread of the
runner has a worker of its own, which it starts when a body has to run and hands one call after the other. See
`design/0003-process-workers.md`.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from recoup.context import current_transaction
from recoup.engine.drive import is_recorded
from recoup.exceptions import ConfigurationError
from recoup.settings import get_current_settings
from recoup.task_runners.threads import PooledTaskRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from recoup.engine.call import Call
    from recoup.states import State
    from recoup.task_runners.workers import Worker

__all__ = ["ProcessPoolTaskRunner"]


class ProcessPoolTaskRunner(PooledTaskRunner):
    """Runs bodies in up to `max_workers` processes (default: the setting of that name, else one for each processor).

    The processes are spawned, so a script calls its flow under `if __name__ == "__main__":`. Arguments, and results
    that are not kept, travel as pickles. `initializer(*initargs)` runs once in each process, before its first call.
    """

    def __init__(
        self, max_workers: int | None = None, *, initializer: Callable[..., object] | None = None, initargs: tuple[Any, ...] = ()
    ) -> None:
        super().__init__(max_workers)
        self.initializer = initializer
        self.initargs = initargs
        self._begin()

    def _begin(self) -> None:
        self._own = threading.local()
        self._workers: list[Worker] = []
        self._closed = False

    def after_fork(self) -> None:
        """Begin anew in a forked child, with workers of its own."""
        self._begin()
        super().after_fork()

    def duplicate(self) -> ProcessPoolTaskRunner:
        """Return a runner with the same options."""
        return ProcessPoolTaskRunner(self.max_workers, initializer=self.initializer, initargs=self.initargs)

    def workers(self) -> int:
        """Return how many processes there are at most."""
        return self.max_workers or get_current_settings().tasks_runner_process_pool_max_workers or os.cpu_count() or 1

    def serve(self, call: Call, here: Callable[[Call], State[Any]]) -> State[Any]:
        """Serve a recorded result here, and have a worker run any other call; but transactions and locks are of this process."""
        joined = call.context.transaction
        if current_transaction.get() is not None or (joined is not None and joined.is_inside_locks) or is_recorded(call):
            return here(call)
        return self._worker().serve(call)

    def _worker(self) -> Worker:
        """Return the worker of this thread; a new one if the last one died."""
        worker: Worker | None = getattr(self._own, "worker", None)
        if worker is None or not worker.lives:
            from recoup.task_runners.workers import Worker  # noqa: PLC0415 - multiprocessing costs what most programs never need

            with self._lock:
                worker = self._own.worker = Worker(self.initializer, self.initargs, may_begin=not self._closed)
                self._workers = [*(other for other in self._workers if other.lives), worker]
        return worker

    def __enter__(self) -> Self:
        """Take calls; a worker starts when a body has to run."""
        process = sys.modules.get("multiprocessing.process")
        if process is not None and getattr(process.current_process(), "_inheriting", False):
            raise ConfigurationError(
                'a worker process imports this script, which calls the flow again. Call it under: if __name__ == "__main__":'
            )
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the workers: when they have done what they began, or at once if the program is interrupted."""
        try:
            if error is not None and not isinstance(error, Exception):
                self._kill()
            super().__exit__(kind, error, trace)
        except BaseException:
            self._kill()
            raise
        finally:
            for worker in self._workers:
                worker.dismiss()
            for worker in self._workers:
                worker.join()
            self._begin()

    def _kill(self) -> None:
        with self._lock:
            self._closed = True
            for worker in self._workers:
                worker.kill()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProcessPoolTaskRunner):
            return NotImplemented
        return self._options() == other._options()

    def __hash__(self) -> int:
        return hash((type(self), self.max_workers))

    def _options(self) -> tuple[object, ...]:
        return self.max_workers, self.initializer, self.initargs

    def __repr__(self) -> str:
        return f"ProcessPoolTaskRunner(max_workers={self.max_workers})"
