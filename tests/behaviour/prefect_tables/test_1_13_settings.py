"""The settings of Prefect that are about results, row by row: what each does under its name of Prefect (1.13)."""

import pytest

from recoup import flow, task
from recoup.cache_policies import INPUTS
from recoup.results import get_default_result_storage, get_result_store, should_persist_result
from recoup.serializers import JSONSerializer
from recoup.settings import forget, get_current_settings
from recoup.storage import LocalFileSystem
from recoup.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner


@pytest.fixture
def prefect(monkeypatch):
    """Return a function that sets a variable of Prefect's, where nothing is set for Recoup."""

    def set_variable(name, value):
        monkeypatch.delenv(f"RECOUP_{name}", raising=False)
        monkeypatch.setenv(f"PREFECT_{name}", str(value))
        forget()

    return set_variable


def calls(made, times=2):
    """Call a task in a flow, and return how often its body ran."""
    ran = []
    called = made(lambda x: ran.append(x) or x)
    flow(lambda: [called(1) for _ in range(times)])()
    return len(ran)


def test_persist_by_default_keeps_what_says_nothing_itself(prefect):
    assert not flow(should_persist_result)()
    prefect("RESULTS_PERSIST_BY_DEFAULT", "true")
    assert flow(should_persist_result)()
    assert calls(task) == 1


def test_the_default_serializer_is_that_of_who_names_none(prefect):
    prefect("RESULTS_DEFAULT_SERIALIZER", "json")
    assert get_result_store().serializer == JSONSerializer()


@pytest.mark.parametrize("name", ["RESULTS_DEFAULT_STORAGE_BLOCK", "DEFAULT_RESULT_STORAGE_BLOCK"])
def test_the_default_storage_is_used_and_switches_persistence_on(prefect, monkeypatch, tmp_path, name):
    monkeypatch.delenv("RECOUP_RESULTS_DEFAULT_STORAGE_BLOCK", raising=False)
    prefect(name, tmp_path / "shared")
    assert get_default_result_storage() == LocalFileSystem(tmp_path / "shared")
    assert should_persist_result()
    assert flow(should_persist_result)()


@pytest.mark.parametrize("name", ["RESULTS_LOCAL_STORAGE_PATH", "LOCAL_STORAGE_PATH"])
def test_the_local_folder_is_used_where_it_is_there(prefect, monkeypatch, tmp_path, name):
    monkeypatch.delenv("RECOUP_RESULTS_LOCAL_STORAGE_PATH", raising=False)
    monkeypatch.delenv("RECOUP_RESULTS_DEFAULT_STORAGE_BLOCK", raising=False)
    prefect(name, tmp_path)
    assert get_current_settings().results_local_storage_path == tmp_path


def test_default_persist_result_beats_the_flow_and_not_the_task(prefect):
    prefect("TASKS_DEFAULT_PERSIST_RESULT", "false")
    assert flow(persist_result=True)(should_persist_result)() is False
    assert calls(task(persist_result=True)) == 1


def test_refresh_cache_runs_and_overwrites_and_a_task_may_shield_itself(prefect):
    prefect("TASKS_REFRESH_CACHE", "true")
    assert calls(task(cache=True, refresh_cache=False)) == 1
    assert calls(task(cache=True)) == 2


def test_default_no_cache_leaves_explicit_policies_alone(prefect):
    prefect("TASKS_DEFAULT_NO_CACHE", "true")
    assert calls(task(persist_result=True)) == 2
    assert calls(task(cache_policy=INPUTS)) == 1


def test_disable_caching_beats_every_policy(prefect):
    prefect("TASKS_DISABLE_CACHING", "true")
    assert calls(task(cache_policy=INPUTS)) == 2
    assert calls(task(result_storage_key="named")) == 2


def test_default_retries_and_their_delay_are_those_of_tasks_that_name_none(prefect):
    prefect("TASKS_DEFAULT_RETRIES", 2)
    prefect("TASKS_DEFAULT_RETRY_DELAY_SECONDS", 0)
    attempts = []

    @task
    def flaky():
        attempts.append(1)
        if len(attempts) < 3:
            raise ValueError("no")
        return len(attempts)

    assert flow(lambda: flaky())() == 3  # noqa: PLW0108 - a flow, not the task


def test_thread_pool_max_workers_bounds_what_runs_at_the_same_time(prefect):
    prefect("TASKS_RUNNER_THREAD_POOL_MAX_WORKERS", 3)
    with ThreadPoolTaskRunner() as runner:
        assert runner._crew.most == 3


def test_process_pool_max_workers_bounds_the_worker_processes(prefect):
    prefect("TASKS_RUNNER_PROCESS_POOL_MAX_WORKERS", 2)
    assert ProcessPoolTaskRunner().workers() == 2
    assert ProcessPoolTaskRunner(max_workers=5).workers() == 5


@pytest.mark.parametrize(
    "name", ["TASKS_SCHEDULING_DEFAULT_STORAGE_BLOCK", "SERVER_TASKS_MAX_CACHE_KEY_LENGTH", "API_URL", "LOGGING_LEVEL"]
)
def test_what_is_about_a_server_is_not_read(prefect, name):
    before = get_current_settings()
    prefect(name, "elsewhere")
    assert get_current_settings() == before
    assert calls(task(cache=True)) == 1
