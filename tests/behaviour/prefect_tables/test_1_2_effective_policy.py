"""Which cache policy a task has, and whether its results are kept: Prefect's rules in their order (1.2 and 1.3)."""

import pytest

from recoup import flow, task
from recoup.cache_policies import DEFAULT, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE
from recoup.context import TaskRunContext
from recoup.events import Advised, NotCached
from recoup.results import should_persist_result
from recoup.settings import temporary_settings
from recoup.storage import MemoryStorage
from recoup.types import NotSet


def key_fn(context, arguments):
    return "key"


def made(**options):
    return task(**options)(lambda x: x)


def parts(made_task, *args):
    """Return the names of the parts of the key that a call has in a flow that persists, `None` without a key."""

    @flow(persist_result=True)
    def main():
        key = made_task.key(*(args or (1,)))
        return key if key is None else [name for name, _, _ in key.parts]

    return main()


DEFAULT_PARTS = ["code", "inputs.x", "run", "task"]


# --- 1.2, in the order of evaluation -------------------------------------------------------


def test_1_the_setting_no_cache_is_for_tasks_without_a_policy_of_their_own():
    with temporary_settings(tasks_default_no_cache=True):
        assert parts(made()) is None
        assert parts(made(cache_policy=INPUTS)) == ["inputs.x", "task"]
        assert parts(made(cache_key_fn=key_fn)) == ["custom"]


def test_2_a_key_function_is_the_policy_and_its_text_the_key_verbatim():
    assert made(cache_key_fn=key_fn).key(1) == "key"
    assert made(cache_key_fn=lambda context, arguments: None).key(1) is None


def test_3_persistence_is_inferred_before_caching_is_turned_off():
    with temporary_settings(tasks_disable_caching=True):
        assert made(cache_policy=INPUTS).persist_result is True


def test_4_caching_that_is_turned_off_beats_every_policy():
    with temporary_settings(tasks_disable_caching=True):
        for options in ({"cache_policy": INPUTS}, {"cache_key_fn": key_fn}, {"cache": True}, {"result_storage_key": "name"}):
            off = made(**options)
            off(1)
            assert off.key(1) is None
    assert not made(cache_policy=INPUTS).cached(1)


@pytest.mark.parametrize("policy", [{"cache_policy": INPUTS}, {"cache_key_fn": key_fn}])
def test_5_a_task_that_persists_nothing_has_no_key_and_says_which_option_it_ignores(policy):
    with pytest.warns(UserWarning, match=r"ignoring cache_(policy|key_fn) because persist_result is False"):
        off = made(persist_result=False, **policy)
    assert parts(off) is None
    assert parts(made(persist_result=False)) is None


def test_6_without_a_policy_it_is_the_default_which_holds_for_one_run():
    assert parts(made()) == DEFAULT_PARTS == parts(made(cache_policy=DEFAULT))


def test_7_a_template_is_the_key_and_replaces_the_policy():
    with pytest.warns(UserWarning, match="ignoring cache_policy because result_storage_key is the key"):
        named = made(result_storage_key="name-{parameters[x]}", cache_policy=INPUTS)
    assert named.cache_policy is None
    assert named.key(1) == "name-1"


def test_8_else_the_policy_is_as_given():
    assert parts(made(cache_policy=INPUTS + RUN_ID)) == ["inputs.x", "run", "task"]
    assert parts(made(cache_policy=TASK_SOURCE)) == ["source", "task"]
    assert parts(made(cache_policy=NO_CACHE)) is parts(made(cache_policy=None)) is None


@pytest.mark.parametrize(
    ("options", "persists", "policy"),
    [
        ({}, None, NotSet),
        ({"cache_policy": DEFAULT}, True, DEFAULT),
        ({"cache_policy": NO_CACHE}, None, NO_CACHE),
        ({"cache_policy": None}, None, None),
        ({"cache_result_in_memory": False}, None, NotSet),
        ({"result_storage_key": "x"}, True, None),
        ({"result_storage_key": "x", "cache_policy": NO_CACHE}, True, NO_CACHE),
        ({"result_serializer": "json"}, True, NotSet),
        ({"result_storage": MemoryStorage()}, True, NotSet),
        ({"cache": True}, True, None),
        ({"cache": False}, None, NO_CACHE),
    ],
)
def test_what_was_observed_of_prefect(options, persists, policy):
    """`NotSet` is what becomes `DEFAULT` where results are kept."""
    one = made(**options)
    assert one.persist_result is persists
    if "cache" not in options or not options["cache"]:
        assert one.cache_policy == policy


# --- 1.3, whether a result is kept ---------------------------------------------------------


@pytest.mark.parametrize(
    "asks",
    [
        {"cache_policy": INPUTS},
        {"cache_key_fn": key_fn},
        {"result_storage_key": "x"},
        {"result_storage": MemoryStorage()},
        {"result_serializer": "json"},
        {"cache": True},
    ],
)
def test_a_task_that_says_how_results_are_kept_keeps_them(asks):
    assert made(**asks).persist_result is True


@pytest.mark.parametrize(
    ("own", "setting", "flows", "default", "kept"),
    [
        (True, False, False, False, True),
        (False, True, True, True, False),
        (None, True, False, False, True),
        (None, False, True, True, False),
        (None, None, True, False, True),
        (None, None, False, True, False),
        (None, None, None, True, True),
        (None, None, None, False, False),
    ],
)
def test_what_the_task_says_goes_before_the_setting_for_tasks_before_the_flow_before_the_default(
    own, setting, flows, default, kept
):
    one = made(persist_result=own)

    @flow(persist_result=flows)
    def main():
        one(1)
        return one.cached(1)

    with temporary_settings(tasks_default_persist_result=setting, results_persist_by_default=default):
        assert main() is kept


@pytest.mark.parametrize("options", [{"result_storage": MemoryStorage()}, {"result_serializer": "json"}])
def test_a_flow_that_says_how_results_are_kept_keeps_those_of_its_tasks(options):
    one = made()
    flow(**options)(lambda: one(1))()
    assert flow(**options)(lambda: one.key(1) is not None)()
    assert flow(persist_result=False, **options)(lambda: one.key(1))() is None


def test_a_default_storage_turns_persistence_on_where_no_flow_says_otherwise(tmp_path):
    with temporary_settings(results_default_storage_block=str(tmp_path)):
        assert made().key(1) is not None
        assert flow(lambda: made().key(1))() is not None
        assert flow(persist_result=False)(lambda: made().key(1))() is None


def test_should_persist_result_tells_it_inside_a_run():
    assert flow(persist_result=True)(should_persist_result)() is True
    assert flow(should_persist_result)() is False


class Untouchable:
    """An argument that fails whoever hashes it."""

    def __recoup_digest__(self):
        raise AssertionError("it was hashed")


def test_where_nothing_is_kept_nothing_is_hashed_and_nothing_is_looked_up(recoup_events):
    """Defect 1 and 22 of Prefect: it hashes everything always, empties iterators, and complains of what it cannot hash."""
    one = task(lambda x: list(x) if hasattr(x, "__next__") else TaskRunContext.get().task.name)
    assert one(iter([1, 2])) == [1, 2]
    assert one(n for n in range(3)) == [0, 1, 2]
    assert one(Untouchable()) == "<lambda>"
    assert not [event for event in recoup_events if isinstance(event, NotCached | Advised)]
