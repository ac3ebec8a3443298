"""The options of `@task`, row by row as Prefect 3 has them, and what `with_options` makes of them."""

import inspect
from datetime import timedelta

import pytest

from recoup import Task, task
from recoup.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE, CacheKeyFnPolicy
from recoup.events import WillCompute, WillRetry
from recoup.exceptions import ConfigurationError
from recoup.settings import temporary_settings
from recoup.storage import LocalFileSystem, MemoryStorage

SET = {
    "name": "other",
    "description": "what it does",
    "cache_key_fn": lambda context, arguments: "key",
    "cache_expiration": timedelta(hours=1),
    "refresh_cache": True,
    "persist_result": True,
    "result_storage": MemoryStorage(),
    "result_serializer": "json",
    "cache_result_in_memory": False,
    "retries": 3,
    "retry_delay_seconds": 2,
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": lambda task, run, state: True,
    "timeout_seconds": 5,
    "task_run_name": "{x}",
    "tags": ["a"],
    "version": "2",
    "log_prints": True,
    "on_running": [print],
    "on_completion": [print],
    "on_failure": [print],
    "on_cached": [print],
    "on_commit": [print],
    "on_rollback": [print],
    "task_key": "shared",
}
ATTRIBUTES = {name: f"{name}_hooks" if name.startswith("on_") else name for name in SET}


def plain(x):
    return x


@pytest.mark.parametrize("name", SET)
def test_with_options_sets_each_option_and_unsets_it_with_none(name):
    """Prefect keeps a `cache_key_fn`, a `cache_expiration` and others that are set to `None`."""
    unset = getattr(task(plain), ATTRIBUTES[name])
    changed = task(plain).with_options(**{name: SET[name]})
    assert getattr(changed, ATTRIBUTES[name]) != unset
    assert getattr(changed.with_options(**{name: None}), ATTRIBUTES[name]) == unset
    assert getattr(task(**{name: SET[name]})(plain), ATTRIBUTES[name]) == getattr(changed, ATTRIBUTES[name])


def test_with_options_infers_persistence_anew():
    kept = task(cache_key_fn=SET["cache_key_fn"])(plain)
    assert kept.persist_result is True
    assert kept.with_options(cache_key_fn=None).persist_result is None
    assert task(result_storage=MemoryStorage())(plain).with_options(result_storage=None).persist_result is None


def test_dropping_a_key_function_leaves_the_policy_that_was_given():
    policy = task(cache_policy=INPUTS)(plain)
    assert policy.with_options(cache_key_fn=None).cache_policy == INPUTS
    assert policy.with_options(cache_policy=TASK_SOURCE).cache_policy == TASK_SOURCE


def test_options_that_were_not_named_stay():
    one = task(cache_policy=INPUTS, retries=2, tags=["a"])(plain)
    other = one.with_options(name="other")
    assert (other.cache_policy, other.retries, other.tags, other.name, one.name) == (INPUTS, 2, {"a"}, "other", "plain")


def test_a_key_function_wins_over_a_policy_with_a_warning():
    with pytest.warns(UserWarning, match="both cache_policy and cache_key_fn are set; cache_key_fn is used"):
        both = task(cache_policy=INPUTS, cache_key_fn=lambda context, arguments: "k")(plain)
    assert isinstance(both.cache_policy, CacheKeyFnPolicy)
    assert both.key(1) == "k"


def test_a_key_function_gets_the_context_and_the_arguments():
    seen = []
    keyed = task(cache_key_fn=lambda context, arguments: seen.append((context.task.name, dict(arguments))))(plain)
    keyed(5)
    assert seen == [("plain", {"x": 5})]


@pytest.mark.parametrize(
    "options", [{"cache_expiration": timedelta(1)}, {"refresh_cache": True}, {"cache_result_in_memory": False}]
)
def test_options_about_reuse_alone_keep_nothing(options):
    once = task(**options)(plain)
    once(1)
    assert once.persist_result is None
    assert not once.cached(1)


@pytest.mark.parametrize(
    ("own", "setting", "runs"), [(True, False, 2), (None, True, 2), (False, True, 1), (None, False, 1), (True, True, 2)]
)
def test_refresh_cache_runs_and_overwrites_and_false_shields_from_the_setting(own, setting, runs, recoup_events):
    once = task(cache_policy=INPUTS, refresh_cache=own)(plain)
    with temporary_settings(tasks_refresh_cache=setting):
        once(1)
        once(1)
    assert len([event for event in recoup_events if isinstance(event, WillCompute)]) == runs
    assert task(cache_policy=INPUTS)(plain).cached(1)


def test_an_expired_result_is_not_served_and_a_hit_does_not_extend_its_life(recoup_clock):
    once = task(cache_policy=INPUTS, cache_expiration=timedelta(seconds=10))(plain)
    once(1)
    recoup_clock.tick(9)
    assert once(1, return_state=True).name == "Cached"
    recoup_clock.tick(2)
    assert once(1, return_state=True).name == "Completed"


def test_storage_is_an_object_a_path_or_a_text_and_needs_no_server(tmp_path):
    for storage in (LocalFileSystem(tmp_path / "a"), tmp_path / "b", str(tmp_path / "c"), "memory://tables"):
        once = task(cache_policy=INPUTS, result_storage=storage)(plain)
        once(1)
        assert once.cached(1)


def test_each_option_that_prefect_takes_is_taken():
    options = """name description tags version cache_policy cache_key_fn cache_expiration task_run_name retries retry_delay_seconds
        retry_jitter_factor persist_result result_storage result_storage_key result_serializer cache_result_in_memory
        timeout_seconds log_prints refresh_cache on_completion on_failure on_running on_rollback on_commit retry_condition_fn"""
    assert task(**dict.fromkeys(options.split()))(plain)(1) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"retry_jitter_factor": -1}, "retry_jitter_factor is -1; give a number, 0 or more"),
        ({"retry_condition_fn": 3}, "retry_condition_fn is 3; give a function of"),
        ({"timeout_seconds": 0}, "timeout_seconds is 0; give a number of seconds above 0"),
        ({"tags": "nightly"}, "tags is 'nightly'; give a list of texts"),
        ({"version": 2}, "version is 2; give a text"),
        ({"log_prints": "yes"}, "log_prints is 'yes'; give True or False"),
        ({"retries": True}, "retries is True; give a whole number"),
        ({"on_comit": [print]}, "there is no option on_comit; did you mean on_commit?"),
    ],
)
def test_an_option_that_cannot_work_is_refused_where_it_is_written(options, says):
    with pytest.raises(ConfigurationError) as caught:
        task(**options)(plain)
    assert says in str(caught.value)


def test_a_task_is_made_by_the_decorator_and_by_the_class_alike():
    assert Task(plain, retries=2, on_commit=[print]).on_commit_hooks == task(retries=2, on_commit=[print])(plain).on_commit_hooks
    assert inspect.signature(plain) == Task(plain).binder.signature


@pytest.mark.parametrize(("text", "delays"), [("[1, 20]", [1, 20, 20]), ("3", [3, 3, 3])])
def test_retries_and_their_pauses_have_settings(text, delays, monkeypatch, recoup_events, recoup_clock):
    monkeypatch.setenv("PREFECT_TASKS_DEFAULT_RETRIES", "3")
    monkeypatch.setenv("PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS", text)
    from recoup import settings

    settings.forget()

    @task
    def fail():
        raise ValueError

    fail(return_state=True)
    fail.with_options(retries=0)(return_state=True)
    assert [event.delay for event in recoup_events if isinstance(event, WillRetry)] == delays


def test_no_cache_as_a_policy_stays_with_none_as_no_policy():
    assert task(cache_policy=NO_CACHE)(plain).key(1) is None
    assert task(cache_policy=None, persist_result=True)(plain).key(1) is None
