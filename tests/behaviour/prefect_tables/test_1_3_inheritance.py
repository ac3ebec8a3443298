"""Sections 1.3 and 1.5: a call in a task's body inherits from that task first, then from the flow."""

import pytest

from recoup import flow, task
from recoup.results import get_result_store, should_persist_result
from recoup.settings import temporary_settings
from recoup.storage import MemoryStorage


@task
def inner(x):
    return should_persist_result(), get_result_store()


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("flows", [True, False, None])
def test_a_nested_task_is_kept_where_the_task_around_it_is(own, flows):
    @task(persist_result=own)
    def outer():
        return should_persist_result(), inner.key(1) is not None

    assert flow(persist_result=flows)(outer)() == (own, own)
    assert outer() == (own, own)


def test_a_task_that_says_nothing_passes_on_what_it_inherits():
    between = task(lambda: inner.key(1) is not None)
    kept = task(persist_result=True)(between)
    assert flow(kept)() is True
    assert flow(between)() is False
    assert flow(persist_result=True)(between)() is True
    with temporary_settings(results_persist_by_default=True):
        assert between() is True


def test_what_a_task_says_itself_goes_before_what_is_around_it():
    kept = inner.with_options(persist_result=True)
    off = inner.with_options(persist_result=False)
    assert task(persist_result=False)(lambda: kept.key(1) is not None)() is True
    assert task(persist_result=True)(lambda: off.key(1) is None)() is True


def test_a_nested_task_is_kept_in_the_storage_and_format_of_the_task_around_it():
    mine, flows = MemoryStorage(), MemoryStorage()

    @task
    def plain(x):
        return x, get_result_store().result_storage is mine

    @task(result_storage=mine, result_serializer="json")
    def outer():
        return plain(1), plain.record(1).serializer

    assert flow(result_storage=flows)(outer)() == [[1, True], "json"]
    assert flow(result_storage=flows)(lambda: plain(1))() == (1, False)


def test_calls_submitted_from_a_body_inherit_from_it_too():
    @task(persist_result=True)
    def outer():
        return inner.submit(1).result()[0]

    assert flow(outer)() is True


def test_a_flow_in_a_body_inherits_from_it_too():
    storage = MemoryStorage()

    @flow
    def inside():
        return should_persist_result(), get_result_store().result_storage is storage

    assert task(result_storage=storage)(inside)() == (True, True)
    assert task(result_storage=storage)(inside.with_options(persist_result=False))() == (False, True)
