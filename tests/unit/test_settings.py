"""Where each setting comes from, and what is refused."""

import os
import subprocess
import sys

import pytest

import recoup.settings
from recoup.exceptions import ConfigurationError
from recoup.settings import (
    PREFECT_TASKS_DEFAULT_RETRIES,
    forget,
    get_current_settings,
    sourced_settings,
    temporary_settings,
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that writes the settings of a project, in which the test runs."""
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "pyproject.toml").write_text(f"[tool.recoup]\n{text}\n")
        forget()

    return write


def test_what_is_built_in():
    settings = get_current_settings()
    assert (settings.tasks_default_retries, settings.logging_level, settings.results_default_serializer) == (0, "INFO", "auto")


def test_the_environment_comes_before_the_project_and_the_project_before_the_home(project, monkeypatch, tmp_path):
    project("tasks_default_retries = 2\nresults_persist_by_default = true")
    monkeypatch.setenv("RECOUP_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home/config.toml").write_text('tasks_default_retries = 1\nresults_previews = "off"')
    monkeypatch.setenv("RECOUP_RESULTS_PERSIST_BY_DEFAULT", "no")
    found = sourced_settings()
    assert found["tasks_default_retries"] == (2, f"{tmp_path}/pyproject.toml")
    assert found["results_persist_by_default"] == (False, "RECOUP_RESULTS_PERSIST_BY_DEFAULT")
    assert found["results_previews"] == ("off", f"{tmp_path}/home/config.toml")
    assert found["home"] == (tmp_path / "home", "RECOUP_HOME")


def test_settings_of_prefect_that_say_how_to_behave_are_fallbacks(monkeypatch):
    monkeypatch.setenv("PREFECT_TASKS_DEFAULT_RETRIES", "4")
    monkeypatch.delenv("RECOUP_RESULTS_DEFAULT_SERIALIZER", raising=False)
    monkeypatch.setenv("PREFECT_RESULTS_DEFAULT_SERIALIZER", "json")
    monkeypatch.setenv("PREFECT_TASKS_REFRESH_CACHE", "true")
    monkeypatch.setenv("RECOUP_TASKS_REFRESH_CACHE", "false")
    found = sourced_settings()
    assert found["tasks_default_retries"] == (4, "PREFECT_TASKS_DEFAULT_RETRIES")
    assert found["results_default_serializer"] == ("json", "PREFECT_RESULTS_DEFAULT_SERIALIZER")
    assert found["tasks_refresh_cache"] == (False, "RECOUP_TASKS_REFRESH_CACHE")


@pytest.mark.parametrize("variable", ["PREFECT_RESULTS_LOCAL_STORAGE_PATH", "PREFECT_LOCAL_STORAGE_PATH"])
def test_a_folder_of_prefect_is_a_fallback_where_it_is_there(monkeypatch, tmp_path, variable):
    monkeypatch.delenv("RECOUP_RESULTS_LOCAL_STORAGE_PATH", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "absent"))
    assert sourced_settings()["results_local_storage_path"].source == "built-in"
    (tmp_path / "absent").mkdir()
    assert sourced_settings()["results_local_storage_path"] == (tmp_path / "absent", variable)


@pytest.mark.parametrize("variable", ["PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK", "PREFECT_DEFAULT_RESULT_STORAGE_BLOCK"])
@pytest.mark.parametrize(("text", "value"), [("s3-bucket/prod", None), ("/shared/results", "/shared/results")])
def test_a_storage_of_prefect_is_a_fallback_where_it_is_no_block_of_a_server(monkeypatch, variable, text, value):
    monkeypatch.delenv("RECOUP_RESULTS_DEFAULT_STORAGE_BLOCK", raising=False)
    monkeypatch.setenv(variable, text)
    assert sourced_settings()["results_default_storage_block"].value == value


@pytest.mark.parametrize(("name", "text"), [("RESULTS_DEFAULT_SERIALIZER", "mine"), ("HOME", "/x"), ("LOGGING_LEVEL", "DEBUG")])
def test_what_means_something_else_to_prefect_is_no_fallback(monkeypatch, name, text):
    monkeypatch.setenv(f"PREFECT_{name}", text)
    assert not sourced_settings()[name.lower()].source.startswith("PREFECT_")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("yes", True), ("on", True), ("0", False), ("OFF", False), ("", False)]
)
def test_spellings_of_yes_and_no(monkeypatch, text, value):
    monkeypatch.setenv("RECOUP_TASKS_REFRESH_CACHE", text)
    assert get_current_settings().tasks_refresh_cache is value


def test_off_is_a_value_where_it_is_one(monkeypatch):
    monkeypatch.setenv("RECOUP_TASKS_CHECK_MUTATION", "off")
    assert get_current_settings().tasks_check_mutation == "off"


def test_a_value_that_does_not_work_is_named_with_its_source(monkeypatch):
    monkeypatch.setenv("RECOUP_TASKS_DEFAULT_RETRIES", "-1")
    with pytest.raises(ConfigurationError, match=r"^RECOUP_TASKS_DEFAULT_RETRIES = '-1' cannot be used: .* How often a failing"):
        get_current_settings()


def test_an_unknown_setting_of_a_file_is_refused(project, tmp_path):
    project("tasks_default_retry = 2")
    with pytest.raises(ConfigurationError) as caught:
        get_current_settings()
    assert str(caught.value) == (
        f"{tmp_path}/pyproject.toml sets tasks_default_retry, which Recoup does not know; `recoup config` lists the settings"
    )


def test_temporary_settings_end_with_their_block():
    with temporary_settings(tasks_default_retries=3):
        with temporary_settings(tasks_refresh_cache=True) as inner:
            assert (inner.tasks_default_retries, get_current_settings()) == (3, inner)
        assert not get_current_settings().tasks_refresh_cache
    assert get_current_settings().tasks_default_retries == 0


def test_unknown_temporary_settings_are_refused():
    with (
        pytest.raises(ConfigurationError, match=r"^unknown settings: retries; the names are home, "),
        temporary_settings(retries=1),
    ):
        pass


def test_temporary_settings_are_written_as_in_prefect_too():
    with temporary_settings({PREFECT_TASKS_DEFAULT_RETRIES: 3, "RECOUP_TASKS_REFRESH_CACHE": True}) as settings:
        assert (settings.tasks_default_retries, settings.tasks_refresh_cache) == (3, True)
        assert PREFECT_TASKS_DEFAULT_RETRIES.value() == 3
        with temporary_settings(set_defaults={"tasks_default_retries": 5, "tasks_disable_caching": True}) as inner:
            assert (inner.tasks_default_retries, inner.tasks_disable_caching) == (3, True)
        with temporary_settings(restore_defaults=["tasks_default_retries"]) as inner:
            assert (inner.tasks_default_retries, inner.tasks_refresh_cache) == (0, True)


def test_an_unknown_setting_of_prefect_is_told():
    with (
        pytest.raises(ConfigurationError, match=r"^there is no setting PREFECT_TASKS_RETRIES \(did you mean"),
        temporary_settings({"PREFECT_TASKS_RETRIES": 1}),
    ):
        pass
    with pytest.raises(AttributeError, match="PREFECT_API_URL"):
        recoup.settings.PREFECT_API_URL


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    monkeypatch.delenv("RECOUP_HOME", raising=False)

    def none(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.expanduser", none)
    with pytest.raises(
        ConfigurationError, match=r"^this user has no home folder: set RECOUP_HOME to a folder that Recoup may write"
    ):
        sourced_settings()


PROGRAM = """
from recoup import flow, task

@task(cache=True)
def double(x):
    return 2 * x

@flow
def pipeline():
    return double(2)

print(pipeline(), pipeline(), double(3))
"""


def test_a_program_goes_on_when_its_working_directory_is_deleted(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    gone = tmp_path / "gone"
    gone.mkdir()
    environment = os.environ | {"RECOUP_HOME": str(tmp_path / "home")}
    script = f"import os, runpy; os.rmdir({str(gone)!r}); runpy.run_path({str(tmp_path / 'program.py')!r}, run_name='__main__')"
    ran = subprocess.run([sys.executable, "-c", script], cwd=gone, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "4 4 6\n"), ran.stderr


def test_a_command_in_a_deleted_working_directory_says_so(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); from recoup.cli.main import main; raise SystemExit(main(['config']))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=gone, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "error: the working directory does not exist any more; change to one that does\n")


def test_settings_are_read_in_groups_as_in_prefect():
    with temporary_settings(tasks_refresh_cache=True, tasks_runner_thread_pool_max_workers=3) as settings:
        assert settings.tasks.refresh_cache is True
        assert settings.tasks.runner.thread_pool_max_workers == 3
        assert settings.logging.level == settings.logging_level


@pytest.mark.parametrize("name", ["nonsense", "task", "__deepcopy__"])
def test_a_group_that_is_not_there_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match="there is no setting"):
        getattr(get_current_settings(), name)
