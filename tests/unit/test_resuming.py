"""A run is called again as itself: with its id, its parameters, and what its tasks kept."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest
from pydantic import SecretStr

from recoup import Secret, flow, task
from recoup.cache_policies import RUN_ID
from recoup.context import FlowRunContext
from recoup.engine import run_arguments
from recoup.engine.runs import read_runs
from recoup.exceptions import ParameterBindError, RunIsAlive, RunNotFound, RunNotResumable
from recoup.flows.resuming import Origin, starting
from recoup.results import get_default_result_storage
from recoup.storage import LocalFileSystem, MemoryStorage


@dataclass
class Config:
    rate: float
    days: tuple[date, ...]


class Broken(Exception):
    """What a first attempt raises."""


def last_run(store=None):
    return read_runs(store or get_default_result_storage())[0]


def fails_once(*parameters):
    """Return a persisting flow that fails when it is called first, and what its bodies saw."""
    seen = []

    @task
    def work(value):
        seen.append(value)
        return value

    @flow(persist_result=True)
    def pipeline(one, two=2):
        result = work(one)
        if len(attempts) < 2:
            raise Broken
        return FlowRunContext.get().run, result, one, two

    attempts = []

    def attempt(call):
        attempts.append(call)
        return call()

    with pytest.raises(Broken):
        attempt(lambda: pipeline(*parameters))
    return lambda *args, **options: attempt(lambda: pipeline.resume(*args, **options)), seen


# --- the same run --------------------------------------------------------------------------------


def test_a_resumed_run_has_its_id_its_parameters_and_its_results():
    resume, seen = fails_once([1, 2])
    run = last_run()
    assert resume(run.name) == (run.run, [1, 2], [1, 2], 2)
    assert seen == [[1, 2]]
    again = last_run()
    assert (again.run, again.name, again.attempt, again.completed) == (run.run, run.name, 2, True)
    assert (again.ran, again.cached, again.begun) == (0, 1, run.started)


def test_its_beginning_is_enough_to_name_a_run():
    resume, _ = fails_once(1)
    run = last_run()
    assert resume(run.run[:8])[0] == run.run


def test_without_a_name_it_is_the_latest_run_of_the_flow():
    resume, _ = fails_once(1)
    run = last_run()

    @flow
    def another(): ...

    another()
    with pytest.raises(RunNotFound, match="there are no runs of the flow third"):
        flow(lambda: 1, name="third").resume()
    assert resume()[0] == run.run


def test_asynchronous_flows_are_resumed_by_awaiting():
    bodies = []

    @task
    async def work():
        bodies.append(1)

    @flow(persist_result=True)
    async def pipeline():
        await work()
        if not broken:
            return FlowRunContext.get().run
        raise Broken

    broken = [1]
    with pytest.raises(Broken):
        asyncio.run(pipeline())
    broken.clear()

    async def resumed():
        return await pipeline.resume(last_run().name)

    assert asyncio.run(resumed()) == last_run().run
    assert bodies == [1]


def test_a_run_can_be_resumed_more_than_once():
    @flow
    def pipeline():
        raise Broken

    pipeline(return_state=True)
    for attempt in (2, 3):
        assert pipeline.resume(last_run().run, return_state=True).is_failed()
        assert last_run().attempt == attempt
    assert len({run.run for run in read_runs(get_default_result_storage())}) == 1


def test_the_storage_where_a_run_was_found_is_the_storage_that_it_goes_on_in():
    """Elsewhere the flow's own storage may mean another place."""
    here, there = MemoryStorage(), MemoryStorage()

    @task(persist_result=True)
    def work():
        raise Broken

    @flow
    def pipeline():
        work()

    pipeline.with_options(result_storage=there)(return_state=True)
    pipeline.with_options(result_storage=here).resume(last_run(there).name, storage=there, return_state=True)
    assert last_run(there).attempt == 2
    assert read_runs(here) == []


def test_a_refresh_is_finished_and_not_repeated():
    """What this run refreshed is new enough; what an earlier run kept is not."""
    bodies, broken = [], []

    @task(cache=True, refresh_cache=True)
    def work(n):
        bodies.append(n)
        return n

    @flow
    def inner(n):
        return work(n)

    @flow
    def pipeline():
        work(1)
        inner(2)
        if broken:
            raise Broken
        work(3)

    pipeline()
    broken.append(1)
    pipeline(return_state=True)
    broken.clear()
    bodies.clear()
    pipeline.resume(next(run for run in read_runs(get_default_result_storage()) if not run.parent).run)
    assert bodies == [3]


# --- flows inside flows ----------------------------------------------------------------------------


def test_flows_inside_flows_keep_their_ids_in_whatever_order_threads_call_them():
    """Results that are kept for a run are found by the very run that kept them."""
    ids = []

    @task(cache_policy=RUN_ID)
    def secret_number():
        return FlowRunContext.get().parameters["n"]

    @flow
    def inner(n):
        ids[-1].append((n, FlowRunContext.get().run))
        return secret_number()

    @task
    def call(n):
        return inner(n)

    @flow
    def outer():
        ids.append([])
        order = (1, 2, 2) if len(ids) == 1 else (2, 1, 2)
        results = [call(n) for n in order]
        assert results == list(order)
        if len(ids) == 1:
            raise Broken

    outer(return_state=True)
    outer.resume(next(run for run in read_runs(get_default_result_storage()) if not run.parent).name)
    first, second = ids
    assert sorted(first) == sorted(second)
    assert len(set(first)) == 3


def test_a_flow_inside_a_flow_whose_parameter_has_no_content_keeps_its_id_too():
    ids = []

    @flow
    def inner(lock):
        ids.append(FlowRunContext.get().run)
        raise Broken

    @flow
    def outer():
        inner(threading.Lock())

    outer(return_state=True)
    outer.resume(next(run for run in read_runs(get_default_result_storage()) if not run.parent).name, return_state=True)
    assert ids[0] == ids[1]


def test_a_retried_flow_calls_the_same_flows_again():
    ids = []

    @flow
    def inner():
        ids.append(FlowRunContext.get().run)

    @flow(retries=1)
    def outer():
        inner(), inner()
        if len(ids) < 4:
            raise Broken

    outer()
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


def test_a_flow_inside_a_flow_is_resumed_with_the_outermost():
    @flow
    def inner():
        raise Broken

    @flow
    def outer():
        inner()

    outer(return_state=True)
    (child,) = [run for run in read_runs(get_default_result_storage()) if run.parent]
    assert child.arguments == {}
    with pytest.raises(RunNotResumable, match=f"`recoup resume {child.parent[:8]}`"):
        inner.resume(child.name)


# --- parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [1, 1.0, True, None, "text", b"bytes", (1, [2]), {1: date(2026, 1, 31)}, Config(0.1, (date(2026, 1, 1),)), float("inf")],
    ids=repr,
)
def test_parameters_come_back_equal_and_of_equal_types(value):
    resume, _ = fails_once(value)
    back = resume(last_run().name)[2]
    assert (back, type(back)) == (value, type(value))


def test_large_parameters_lie_beside_the_run(tmp_path):
    store = LocalFileSystem(tmp_path)
    attempts = []

    @flow(result_storage=store)
    def pipeline(large):
        attempts.append(large)
        raise Broken

    pipeline(b"x" * 100_000, return_state=True)
    assert store.info(f"arguments/{last_run(store).run}/1").size > 100_000
    assert store.info(f"runs/{last_run(store).run}").size < 10_000
    pipeline.resume(last_run(store).name, return_state=True)
    assert attempts[0] == attempts[1]


def test_a_parameter_that_is_too_large_is_told_on_resume(monkeypatch):
    monkeypatch.setattr(run_arguments, "_MOST", 2 << 20)
    resume, _ = fails_once(b"x" * (3 << 20))
    with pytest.raises(RunNotResumable, match="it has 3 MiB, and up to 2 are kept; pass a path"):
        resume()
    assert resume(parameters={"one": 5})[1] == 5


def test_a_default_that_was_changed_since_does_not_change_the_run():
    @flow
    def pipeline(rate=1):
        raise Broken

    pipeline(return_state=True)
    seen = []

    @flow(name="pipeline")
    def changed(rate=2):
        seen.append(rate)

    changed.resume(last_run().name)
    assert seen == [1]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (threading.Lock(), "lock"),
        (iter([1]), "a list_iterator can be read only once"),
        (type("Stubborn", (), {"__reduce__": lambda _: 1 / 0})(), "Stubborn"),
    ],
)
def test_a_parameter_that_cannot_be_kept_is_told_on_resume_not_at_the_start(value, why):
    resume, _ = fails_once(value)
    with pytest.raises(RunNotResumable, match=why) as told:
        resume(last_run().name)
    assert "-p one=…" in str(told.value)
    assert resume(last_run().name, parameters={"one": 5})[1] == 5


def test_a_secret_is_not_written_and_given_again():
    store = MemoryStorage()
    seen = []

    @flow(result_storage=store)
    def pipeline(password, day):
        seen.append((password, day))
        raise Broken

    pipeline("hunter2", "monday", return_state=True)
    assert all(b"hunter2" not in store.get(info.name) for info in store.list())
    name = last_run(store).name
    with pytest.raises(RunNotResumable, match="its parameter password, which was not kept: secrets are not written"):
        pipeline.resume(name)
    pipeline.resume(name, parameters={"password": "hunter2"}, return_state=True)
    assert seen == [("hunter2", "monday")] * 2


def test_secrets_among_keyword_arguments_are_not_written_either():
    store = MemoryStorage()

    @flow(result_storage=store)
    def pipeline(day, **options):
        raise Broken

    pipeline("monday", api_key="hunter2", retries=3, return_state=True)
    assert all(b"hunter2" not in store.get(info.name) for info in store.list())
    with pytest.raises(RunNotResumable, match="parameter options, which was not kept: it holds api_key"):
        pipeline.resume()


class Session:
    def __init__(self, password):
        self.host, self.password = "example.org", password


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Session("hunter2"), "it holds password, and secrets are not written"),
        ([{"nested": [Session("hunter2")]}], "it holds password, and secrets are not written"),
        ("postgres://me:hunter2@host/db", "it holds a URL with a password, and secrets are not written"),
        (["https://host/?api_key=hunter2"], "it holds a URL with a password, and secrets are not written"),
        ([SecretStr("hunter2")], "it holds a secret, and secrets are not written"),
        (SecretStr("hunter2"), "secrets are not written"),
    ],
)
def test_secrets_inside_a_parameter_are_not_written_either(value, reason):
    store = MemoryStorage()

    @flow(result_storage=store)
    def pipeline(day, place):
        raise Broken

    pipeline("monday", value, return_state=True)
    assert all(b"hunter2" not in store.get(info.name) for info in store.list())
    with pytest.raises(RunNotResumable, match=f"parameter place, which was not kept: {reason}"):
        pipeline.resume()


def test_a_secret_that_only_its_annotation_tells_is_not_written():
    store = MemoryStorage()

    @flow(result_storage=store)
    def pipeline(pin: Annotated[str, Secret]):
        raise Broken

    pipeline("hunter2", return_state=True)
    assert all(b"hunter2" not in store.get(info.name) for info in store.list())
    with pytest.raises(RunNotResumable, match="parameter pin, which was not kept: secrets are not written"):
        pipeline.resume()


def test_a_parameter_that_was_kept_cannot_be_changed():
    resume, _ = fails_once(1)
    with pytest.raises(RunNotResumable, match="has its parameter one already"):
        resume(last_run().name, parameters={"one": 2})


def test_a_flow_whose_parameters_are_others_now_says_so():
    @flow
    def pipeline(day):
        raise Broken

    pipeline(1, return_state=True)

    @flow(name="pipeline")
    def without(): ...

    @flow(name="pipeline")
    def more(day, rate): ...

    with pytest.raises(RunNotResumable, match="it began with a parameter day, which the flow pipeline has no longer"):
        without.resume(last_run().name)
    with pytest.raises(ParameterBindError, match="rate"):
        more.resume(last_run().name)


# --- what is not resumed -----------------------------------------------------------------------------


def test_a_run_that_completed_is_not_resumed():
    @flow
    def pipeline(): ...

    pipeline()
    with pytest.raises(RunNotResumable, match="completed; there is nothing to resume"):
        pipeline.resume(last_run().name)


def test_a_run_of_another_flow_is_not_resumed():
    @flow
    def pipeline():
        raise Broken

    pipeline(return_state=True)
    with pytest.raises(RunNotResumable, match="is a run of the flow pipeline, not of other"):
        flow(lambda: 1, name="other").resume(last_run().name)


def test_an_unknown_run_and_one_of_several_of_a_name_are_told():
    @flow(flow_run_name="nightly")
    def pipeline():
        raise Broken

    with pytest.raises(RunNotFound, match="no run 'nightly'"):
        pipeline.resume("nightly")
    pipeline(return_state=True)
    pipeline(return_state=True)
    with pytest.raises(RunNotFound, match="may mean 2 runs") as told:
        pipeline.resume("nightly")
    assert f"({last_run().run[:8]})" in str(told.value)


def test_a_run_that_is_going_on_is_not_resumed():
    @flow
    def pipeline():
        with pytest.raises(RunIsAlive, match="is being run by process"):
            pipeline.resume(FlowRunContext.get().run)

    pipeline()


@pytest.mark.parametrize("store", [MemoryStorage(), None], ids=["memory", "folder"])
def test_of_many_that_take_a_run_over_exactly_one_gets_it(store, tmp_path):
    """They all saw that it was dead; the storage says who was first."""
    store = store or LocalFileSystem(tmp_path)
    barrier, bodies = threading.Barrier(8), []

    @flow(result_storage=store)
    def pipeline():
        bodies.append(1)
        raise Broken

    pipeline(return_state=True)
    origin, ends = Origin(last_run(store), store), []

    def resume():
        with starting(origin):
            barrier.wait()
            ends.append(pipeline(return_state=True))

    threads = [threading.Thread(target=resume) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 2
    assert sorted(type(end.data).__name__ for end in ends) == ["Broken"] + ["RunIsAlive"] * 7
