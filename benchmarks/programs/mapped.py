"""Map one small task over many numbers with one tool, and print what a task cost: `mapped.py TOOL TASKS THREADS`.

`work` is told in microseconds for each task, from the call of `map` until all have ended; `held` in bytes for each task, while all
futures are held, and `left` when they are gone: the memory of the process, by which all tools are measured alike.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import time
from pathlib import Path

TOOL, TASKS, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
PAGE = os.sysconf("SC_PAGE_SIZE")
WARM = 100


def double(number):
    return 2 * number


def memory():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def measure(run, first=10 * WARM):
    """Return what a map over TASKS numbers from `first` costs; `run(numbers)` returns its futures and a function that waits."""
    futures, wait = run(range(WARM))
    wait(futures)
    del futures
    before = memory()
    started = time.perf_counter_ns()
    futures, wait = run(range(first, first + TASKS))
    wait(futures)
    seconds = time.perf_counter_ns() - started
    held = memory()
    del futures, wait
    return {"work": seconds / TASKS / 1e3, "held": (held - before) / TASKS, "left": (memory() - before) / TASKS}


def with_futures():
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(THREADS) as pool:
        return {"no flows": measure(lambda numbers: ([pool.submit(double, number) for number in numbers], wait))}


def with_dask():
    from distributed import Client, wait

    client = Client(processes=False, n_workers=1, threads_per_worker=THREADS, dashboard_address=None)
    return {"not kept": measure(lambda numbers: (client.map(double, numbers, pure=False), wait))}


def with_recoup():
    from recoup import flow, task
    from recoup.task_runners import ThreadPoolTaskRunner

    return in_a_flow(flow, ThreadPoolTaskRunner, task(double), task(cache=True)(double))


def with_prefect():
    from prefect import flow, task
    from prefect.cache_policies import INPUTS
    from prefect.task_runners import ThreadPoolTaskRunner

    return in_a_flow(flow, ThreadPoolTaskRunner, task(double), task(cache_policy=INPUTS, persist_result=True)(double))


def in_a_flow(flow, runner, plain, kept):
    """Measure inside a flow, whose own start and end are not counted; what was kept is mapped a second time."""

    @flow(task_runner=runner(max_workers=THREADS))
    def measured():
        for kind, task in (("not kept", plain), ("kept", kept), ("hit", kept)):
            told[kind] = measure(lambda numbers, task=task: (task.map(numbers), lambda futures: futures.wait()))

    told = {}
    measured()
    return told


if __name__ == "__main__":
    logging.disable(logging.INFO)  # thousands of lines are no part of the work
    print(json.dumps(globals()[f"with_{TOOL}"]()), flush=True)
    os._exit(0)  # some tools take seconds to leave
