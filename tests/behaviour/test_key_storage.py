"""`policy.configure(key_storage=…)`: records in one storage, large results in another."""

import pytest

from recoup import flow, task
from recoup.cache_policies import CODE, DEFAULT, INPUTS
from recoup.results import ResultStore
from recoup.storage import MemoryStorage

LARGE = 100_000


@pytest.fixture
def keys():
    return MemoryStorage()


@pytest.fixture
def values():
    return MemoryStorage()


def repeat(text):
    return text * LARGE


def folders(store):
    return {info.name.partition("/")[0] for info in store.list()}


def test_records_lie_in_the_one_and_large_results_in_the_other(keys, values):
    kept = task(cache_policy=(INPUTS + CODE).configure(key_storage=keys), result_storage=values)(repeat)
    assert kept("a") == kept("a") == "a" * LARGE
    assert folders(keys) == {"recoup.json", "records", "parts"}
    assert folders(values) == {"values"}
    assert kept.cached("a")
    assert not kept.cached("b")


def test_a_hit_needs_both(keys, values, recoup_events):
    """A record whose result is gone is a miss, which is repaired."""
    kept = task(cache_policy=INPUTS.configure(key_storage=keys), result_storage=values)(repeat)
    kept("a")
    for info in list(values.list()):
        values.delete(info.name)
    assert kept("a") == "a" * LARGE
    assert [event.cause for event in recoup_events if hasattr(event, "cause")] == ["first", "missing"]
    assert kept.cached("a")


def test_a_result_that_is_withdrawn_leaves_the_keys(keys, values):
    kept = task(cache_policy=INPUTS.configure(key_storage=keys), result_storage=values)(repeat)
    kept("a")
    assert kept.invalidate("a")
    assert not list(keys.list("records"))
    assert not kept.cached("a")


def test_a_task_without_a_storage_of_its_own_keeps_large_results_where_its_flow_does(keys, values):
    kept = task(cache_policy=DEFAULT.configure(key_storage=keys))(repeat)

    @flow(result_storage=values)
    def program():
        return kept.submit("a").result() == kept("a")

    assert program()
    assert [info for info in keys.list("records") if "repeat" in info.name]
    assert folders(values) >= {"values", "runs"}
    assert not [info for info in values.list("records") if "repeat" in info.name]


@pytest.mark.recoup(storage="default")
def test_a_path_is_a_folder_of_keys(tmp_path, values):
    kept = task(cache_policy=INPUTS.configure(key_storage=tmp_path / "keys"), result_storage=tmp_path / "results")(repeat)
    assert kept("a") == kept("a")
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"recoup.json", "records"}
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"values"}


def test_the_store_of_a_task_reads_what_its_policy_keeps_apart(keys, values):
    kept = task(cache_policy=INPUTS.configure(key_storage=keys), result_storage=values)(repeat)
    kept("a")
    assert ResultStore().update_for_task(kept).read(kept.key("a")).result == "a" * LARGE
