"""`recoup config` tells every setting, and where it comes from."""

import json

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
