"""Where each setting comes from, and what is refused."""

import pytest

from recoup.exceptions import ConfigurationError
from recoup.settings import forget, get_current_settings, sourced_settings, temporary_settings


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
    monkeypatch.setenv("PREFECT_RESULTS_LOCAL_STORAGE_PATH", "/elsewhere")
    found = sourced_settings()
    assert found["tasks_default_retries"] == (4, "PREFECT_TASKS_DEFAULT_RETRIES")
    assert found["results_local_storage_path"].source == "RECOUP_RESULTS_LOCAL_STORAGE_PATH"


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
