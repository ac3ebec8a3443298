"""Process workers lose nothing: what a call returned in a worker is in the storage, however the worker ends.

The programs are scripts that are run as users run them, so their tasks live in `__main__`.
"""

import pytest

from projects import Project

METHODS = ("fork", "spawn", "forkserver")
POOLS = {
    "Pool": """
        def call_each(function, numbers):
            with multiprocessing.get_context(METHOD).Pool(2) as pool:
                return pool.map(function, numbers)
    """,
    "ProcessPoolExecutor": """
        def call_each(function, numbers):
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(METHOD)) as pool:
                return list(pool.map(function, numbers))
    """,
    "Process": """
        def put(queue, function, number):
            queue.put((number, function(number)))

        def call_each(function, numbers):
            context = multiprocessing.get_context(METHOD)
            queue = context.Queue()
            workers = [context.Process(target=put, args=(queue, function, number)) for number in numbers]
            for worker in workers:
                worker.start()
            returned = dict(queue.get(timeout=60) for _ in workers)
            for worker in workers:
                worker.join()
            return [returned[number] for number in numbers]
    """,
}
HEAD = """
import json, multiprocessing, os, signal, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from recoup import flow, task
METHOD = sys.argv[1]
"""


@pytest.fixture
def script(tmp_path):
    """Return a function that runs a script with a start method and returns what it prints last."""

    def run(method, *sources):
        from textwrap import dedent

        project = Project(tmp_path, {"program.py": HEAD + "\n".join(map(dedent, sources))})
        return project.answer("-W", "ignore::DeprecationWarning", "program.py", method)  # of threads where there is a fork

    return run


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pool", POOLS)
def test_tasks_and_flows_of_a_script_are_functions_that_workers_take_and_what_they_return_is_kept(script, pool, method):
    tasks = """
        class Point:
            def __init__(self, at):
                self.at = at

        @task(cache=True)
        def square(number):
            return Point(number * number)

        @task(cache=True)
        def key_of(number):
            return square.key(number)

        @flow
        def increase(number):
            return number + 1

        if __name__ == "__main__":
            numbers = list(range(4))
            points = call_each(square, numbers)
            same_keys = call_each(key_of, numbers) == [square.key(number) for number in numbers]
            kept = [square.cached(number) and square(number).at for number in numbers]
            print(json.dumps([kept, [type(point) is Point for point in points], same_keys, call_each(increase, numbers)]))
    """
    assert script(method, POOLS[pool], tasks) == [[0, 1, 4, 9], [True] * 4, True, [1, 2, 3, 4]]


ENDS = {
    "Pool": """
        def start(function, numbers):
            pool = multiprocessing.get_context(METHOD).Pool(2)
            pool.map_async(function, numbers, 1)
            def end():
                pool.terminate()
                pool.join()
            return end
    """,
    "ProcessPoolExecutor": """
        def start(function, numbers):
            pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(METHOD))
            pool.map(function, numbers)
            def end():
                for worker in list(pool._processes.values()):
                    worker.kill()
                pool.shutdown()
            return end
    """,
    "Process": """
        def start(function, numbers):
            workers = [multiprocessing.get_context(METHOD).Process(target=function, args=(number,)) for number in numbers]
            for worker in workers:
                worker.start()
            def end():
                for worker in workers:
                    os.kill(worker.pid, signal.SIGTERM)
                    worker.join()
            return end
    """,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pool", ENDS)
def test_what_was_captured_stays_when_workers_are_terminated_killed_or_get_sigterm(script, pool, method):
    tasks = """
        @task(cache=True)
        def square(number):
            return number * number

        def square_and_stay(number):
            square(number)
            Path(f"returned-{number}").touch()
            time.sleep(600)

        if __name__ == "__main__":
            end = start(square_and_stay, [1, 2])
            while not (Path("returned-1").exists() and Path("returned-2").exists()):
                time.sleep(0.01)
            end()
            print(json.dumps([square.cached(1), square.cached(2), square.cached(3)]))
    """
    assert script(method, ENDS[pool], tasks) == [True, True, False]


HELD = {
    "a write to the storage": "put",
    "the list of earlier records": "list",
    "a record": "get",
}


@pytest.mark.parametrize("operation", HELD.values(), ids=HELD)
def test_a_fork_while_another_thread_is_in_the_storage_leaves_a_child_that_can_keep_results(script, operation):
    program = f"""
        from recoup.storage import LocalFileSystem

        begun, go_on = threading.Event(), threading.Event()

        class Held(LocalFileSystem):
            def {operation}(self, *args, **kwargs):
                if threading.current_thread().name == "held":
                    begun.set()
                    go_on.wait()
                return super().{operation}(*args, **kwargs)

        @task(cache=True, result_storage=Held("results"))
        def square(number):
            return number * number

        if __name__ == "__main__":
            holder = threading.Thread(target=square, args=(1,), name="held")
            holder.start()
            begun.wait()
            child = multiprocessing.get_context("fork").Process(target=square, args=(2,))
            child.start()
            child.join(30)
            go_on.set()
            holder.join()
            print(json.dumps([child.exitcode, square.cached(1), square.cached(2)]))
            child.kill()
    """
    assert script("fork", program) == [0, True, True]


def test_no_lock_that_another_thread_holds_at_a_fork_stops_the_child(script):
    program = """
        import contextlib, logging, shutil
        from recoup import futures
        from recoup.engine import reference, tally
        from recoup.hashing.code import fingerprint
        from recoup.results import ResultStore, ledger_of, get_default_result_storage

        @task(cache=True)
        def square(number):
            return number * number

        @task(cache=True)
        def cube(number):
            return number * square(number)

        def in_child(states):
            assert states[0].result() == 9 and square(3) == 9 and cube(2) == 8
            other = cube.with_options(name="other")
            assert other(3) == 27

        @flow
        def states():
            state = square(3, return_state=True)
            ledger = ledger_of(get_default_result_storage())
            ledger.withdraw(square.task_key, square.key(3))
            return [state]

        if __name__ == "__main__":
            square(1)
            ledger = ledger_of(get_default_result_storage())
            history = ledger.history(square.task_key)
            known = states()
            locks = [ledger._lock, history._lock, fingerprint.__globals__["_walk_lock"]]
            locks += [found.lock for found in (type(square).task_key, ResultStore.ledger) if hasattr(found, "lock")]
            locks += [handler.lock for handler in logging.getLogger("recoup").handlers]
            locks += [reference._mending.setdefault(id(known[0].data), threading.Lock())]
            held, go_on = threading.Event(), threading.Event()

            def hold():
                with contextlib.ExitStack() as stack:
                    for lock in locks:
                        stack.enter_context(lock)
                    held.set()
                    go_on.wait()

            holder = threading.Thread(target=hold)
            holder.start()
            held.wait()
            child = multiprocessing.get_context("fork").Process(target=in_child, args=(known,))
            child.start()
            child.join(30)
            go_on.set()
            holder.join()
            print(json.dumps([child.exitcode, len(locks) >= 5]))
            child.kill()
    """
    assert script("fork", program) == [0, True]


def test_a_forked_child_of_a_flow_belongs_to_its_run_and_neither_ends_it_nor_waits_for_its_threads(script):
    program = """
        from recoup.events import subscribe
        from recoup.engine.runs import run_events
        from recoup.results import get_default_result_storage

        @task(persist_result=True)
        def square(number):
            return number * number

        def in_child(run):
            from recoup.context import FlowRunContext
            assert FlowRunContext.get().run == run
            assert square(2) == 4 and square.submit(3).result() == 9

        @flow
        def parent():
            from recoup.context import FlowRunContext
            run = FlowRunContext.get().run
            assert square.submit(1).result() == 1
            child = multiprocessing.get_context("fork").Process(target=in_child, args=(run,))
            child.start()
            child.join(30)
            child.kill()
            if not (left := os.fork()):
                sys.exit()  # through the flow, whose end is not this process's to tell
            os.waitpid(left, 0)
            assert [square.cached(2), square.cached(3)] == [True, True]
            return child.exitcode, run

        if __name__ == "__main__":
            told = []
            subscribe(told.append)
            code, run = parent()
            ended = sorted(event["type"] for event in run_events(get_default_result_storage(), run))
            print(json.dumps([code, ended, [type(event).__name__ for event in told if type(event).__name__ != "Advised"]]))
    """
    code, ended, told = script("fork", program)
    assert code == 0
    assert (
        ended == ["DidCompute"] * 3 + ["DidStore"] * 3 + ["WillCompute"] * 3
    )  # one each by the parent, the child and its thread
    assert told == ["FlowStarted", "WillCompute", "DidCompute", "DidStore", "FlowEnded"]


def test_forked_children_that_write_at_the_same_time_take_different_temporary_names(script):
    program = """
        from recoup.storage import LocalFileSystem

        def write(barrier, worker):
            store = LocalFileSystem("results")
            barrier.wait()
            for number in range(200):
                store.put("same", [b"%d" % worker * 1000])
                store.put(f"own/{worker}-{number}", [b"x"])

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            LocalFileSystem("results").put("first", [b"x"])
            barrier = context.Barrier(4)
            workers = [context.Process(target=write, args=(barrier, worker)) for worker in range(4)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            same = Path("results/same").read_bytes()
            left = [file.name for file in Path("results").rglob(".*")]
            whole = len(same) == 1000 and len(set(same)) == 1
            print(json.dumps([whole, len(list(Path("results/own").iterdir())), left, [worker.exitcode for worker in workers]]))
    """
    assert script("fork", program) == [True, 800, [], [0, 0, 0, 0]]
