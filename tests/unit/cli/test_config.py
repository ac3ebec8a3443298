"""`recoup config` tells every setting, and where it comes from."""

import json

import pytest

from recoup.settings import Settings


def test_every_setting_is_listed_with_its_source(recoup, project, monkeypatch):
    project("pyproject.toml", "[tool.recoup]\ntasks_default_retries = 2\n")
    monkeypatch.setenv("RECOUP_RESULTS_PREVIEWS", "types")
    settings = {setting["name"]: setting for setting in json.loads(recoup("config", "--json").out)}
    assert tuple(settings) == Settings.__struct_fields__
    assert (settings["tasks_default_retries"]["value"], settings["tasks_default_retries"]["source"][-14:]) == (
        2,
        "pyproject.toml",
    )
    assert (settings["results_previews"]["value"], settings["results_previews"]["source"]) == ("types", "RECOUP_RESULTS_PREVIEWS")
    assert settings["tasks_refresh_cache"]["source"] == "built-in"
    assert "How often a failing task runs again." in recoup("config").out


def test_a_variable_that_is_no_setting_is_pointed_out(recoup, monkeypatch):
    monkeypatch.setenv("RECOUP_RESULT_PREVIEWS", "types")
    said = recoup("config", "list")
    assert said.code == 0
    assert said.err == "warning: RECOUP_RESULT_PREVIEWS is no setting (did you mean 'RECOUP_RESULTS_PREVIEWS'?)\n"


# --- changing ------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return the `config.toml` of a home of this test's own."""
    monkeypatch.setenv("RECOUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home/config.toml"


def test_a_setting_is_kept_in_the_home_and_taken_out_again(recoup, file):
    assert recoup("config", "set", "tasks_default_retries=3").out == f"tasks_default_retries = 3 ({file})\n"
    assert file.read_text() == "tasks_default_retries = 3\n"
    assert recoup("config", "unset", "tasks_default_retries").out == "tasks_default_retries = 0 (built-in)\n"
    assert file.read_text() == ""


def test_comments_order_and_other_settings_stay(recoup, file):
    file.parent.mkdir()
    file.write_text('# mine\ntasks_default_retries = 1  # for now\nresults_previews = "off"\n')
    said = recoup("config", "set", "PREFECT_TASKS_DEFAULT_RETRIES=3", "logging_level=debug", "tasks_refresh_cache=yes")
    assert said.code == 0
    assert file.read_text() == (
        '# mine\ntasks_default_retries = 3  # for now\nresults_previews = "off"\nlogging_level = "DEBUG"\ntasks_refresh_cache = true\n'
    )
    recoup("config", "unset", "results_previews", "logging_level")
    assert file.read_text() == "# mine\ntasks_default_retries = 3  # for now\ntasks_refresh_cache = true\n"


def test_what_wins_over_a_setting_of_the_home_is_told(recoup, file, project, monkeypatch):
    project("pyproject.toml", '[tool.recoup]\nresults_previews = "types"\n')
    monkeypatch.setenv("RECOUP_TASKS_DEFAULT_RETRIES", "1")
    said = recoup("config", "set", "tasks_default_retries=3", "results_previews=off")
    assert said.err.splitlines() == [
        f"note: {file.parents[1]}/project/pyproject.toml wins over {file}, which says off",
        f"note: RECOUP_TASKS_DEFAULT_RETRIES wins over {file}, which says 3",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("set", "tasks_default_retry=3"), "there is no setting tasks_default_retry (did you mean 'tasks_default_retries'?); `recoup config` lists them"),
        (("set", "tasks_default_retries"), "tasks_default_retries has no value; write recoup config set tasks_default_retries=VALUE, or recoup config unset tasks_default_retries"),
        (("set", "tasks_default_retries="), "tasks_default_retries= has no value; to take the setting out, write recoup config unset tasks_default_retries"),
        (("set", "home=/elsewhere"), "home says where the settings are kept, so it is not kept there; set RECOUP_HOME in the environment"),
        (("unset", "xyzzy"), "there is no setting xyzzy; `recoup config` lists them"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(recoup, file, words, message):
    said = recoup("config", *words)
    assert (said.code, said.err) == (2, f"error: {message}\n")
    assert not file.exists()


def test_nothing_is_written_when_one_of_the_values_does_not_work(recoup, file):
    said = recoup("config", "set", "tasks_refresh_cache=yes", "tasks_default_retries=-1")
    assert (said.code, said.err[:52]) == (3, "error: tasks_default_retries = '-1' cannot be used: ")
    assert not file.exists()


def test_a_file_that_is_written_otherwise_is_left_untouched(recoup, file):
    file.parent.mkdir()
    file.write_text('results_default_storage_block = """\n/a"""\n')
    said = recoup("config", "set", "results_default_storage_block=/b")
    assert said.err == f"error: {file} is written in a way that cannot be changed from here; edit it by hand\n"
    assert file.read_text() == 'results_default_storage_block = """\n/a"""\n'
