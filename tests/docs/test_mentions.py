"""Nothing public is left unsaid: each setting, event, error, policy and cause is found in the docs."""

from pathlib import Path
from typing import get_args

import pytest

from recoup import cache_policies, events, exceptions, settings
from recoup.cache_policies import CachePolicy

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", settings.Settings.__struct_fields__)
def test_each_setting_is_told(name):
    assert f"| `{name}` |" in (DOCS / "settings.md").read_text()
    assert settings.DESCRIPTIONS[name].endswith(".")


@pytest.mark.parametrize("name", [n for n in exceptions.__all__ if n != "RecoupError"])
def test_each_error_is_told(name):
    assert f"`{name}`" in (DOCS / "errors.md").read_text()


def event_names():
    return [n for n in events.__all__ if isinstance(getattr(events, n), type) and issubclass(getattr(events, n), events.Event)]


@pytest.mark.parametrize("name", [n for n in event_names() if n != "Event"])
def test_each_event_is_told(name):
    assert f"`{name}`" in (DOCS / "why.md").read_text()


@pytest.mark.parametrize("cause", get_args(events.Cause))
def test_each_cause_is_told(cause):
    assert f"`{cause}`" in (DOCS / "why.md").read_text()


@pytest.mark.parametrize("name", [n for n in cache_policies.__all__ if isinstance(getattr(cache_policies, n), CachePolicy)])
def test_each_policy_is_told(name):
    assert f"`{name}`" in (DOCS / "keys.md").read_text()
