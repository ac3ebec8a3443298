"""Every body that runs says why, in one line, from the latest records of its task."""

from datetime import timedelta

import pandas as pd
import pytest

from projects import Project
from recoup import flow, task
from recoup.cache_policies import INPUTS, RUN_ID
from recoup.events import Hit, WillCompute
from recoup.results import get_default_result_storage
from recoup.settings import temporary_settings
from recoup.wording import Teller


@pytest.fixture
def whys(recoup_events):
    """Return a function that tells why the bodies ran so far, as cause and text."""
    return lambda: [(event.cause, event.why) for event in recoup_events if isinstance(event, WillCompute)]


class Settings:
    def __init__(self, lr, layers=2):
        self.lr = lr
        self.layers = layers


@task(cache=True)
def train(cfg, frame=None):
    return 1


# --- arguments -----------------------------------------------------------------------------------


def test_the_first_time(whys):
    train(1)
    assert whys() == [("first", "first time")]


def test_an_argument_shows_before_and_after(whys):
    train(1)
    train(2)
    assert whys()[1] == ("argument", "argument cfg 1 → 2")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (Settings(0.1), Settings(0.2), "argument cfg.lr 0.1 → 0.2"),
        (Settings(0.1, 2), Settings(0.2, 3), "argument cfg.lr 0.1 → 0.2, argument cfg.layers 2 → 3"),
        ({"opt": {"lr": 0.1}}, {"opt": {"lr": 0.2}}, "argument cfg['opt']['lr'] 0.1 → 0.2"),
        ({"a": 1}, {"a": 1, "b": 2}, "argument cfg['b'] (absent) → 2"),
        ([1, 2, 3], [1, 5, 3], "argument cfg[1] 2 → 5"),
        (1, 1.0, "argument cfg 1 → 1.0"),
        ("x" * 500, "y" * 500, "argument cfg changed"),
        ({"password": "a"}, {"password": "b"}, "argument cfg['password'] changed"),
    ],
)
def test_the_place_inside_an_argument_is_named(whys, before, after, text):
    train(before)
    train(after)
    assert whys()[1] == ("argument", text)


def test_a_column_of_a_frame_is_named(whys):
    frame = pd.DataFrame({"day": [1, 2], "delay": [0.5, 1.5]})
    train(1, frame)
    train(1, frame.assign(delay=[0.5, 9.5]))
    assert whys()[1] == ("argument", "argument frame column 'delay' changed")


def test_the_nearest_record_is_compared_with(whys):
    """Not merely the latest one: what differs least is what a person changed."""
    train(Settings(0.1), "a")
    train(Settings(0.5, 7), "b")
    train(Settings(0.2), "a")
    assert whys()[2] == ("argument", "argument cfg.lr 0.1 → 0.2")


def test_the_items_of_one_map_are_not_explained_by_each_other(whys):
    @flow
    def pipeline(items):
        return train.map(items).result()

    pipeline([1, 2])
    assert {cause for cause, _ in whys()} == {"first"}
    assert all(text.startswith("first time") for _, text in whys())


# --- the life of a record ------------------------------------------------------------------------


def test_an_expired_result(whys, recoup_clock):
    daily = train.with_options(cache_expiration=timedelta(hours=24))
    daily(1)
    recoup_clock.tick(hours=25)
    daily(1)
    assert whys()[1] == ("expired", "expired 1 h ago (kept for 1 d)")


def test_a_result_older_than_the_reader_takes(whys, recoup_clock):
    train(1)
    recoup_clock.tick(hours=3)
    train.with_options(cache_expiration=timedelta(hours=2))(1)
    assert whys()[1] == ("expired", "expired: 3 h old, and cache_expiration is 2 h")


def test_a_refresh(whys):
    train(1)
    train.with_options(refresh_cache=True)(1)
    with temporary_settings(tasks_refresh_cache=True):
        train(1)
        train.with_options(refresh_cache=False)(1)
    assert whys()[1:] == [("refresh", "refresh asked for")] * 2


def test_a_damaged_record(whys):
    train(1)
    (info,) = get_default_result_storage().list("records")
    get_default_result_storage().put(info.name, [b"torn"])
    train(1)
    assert whys()[1] == ("damaged", "its record was damaged: its first line does not match its check")


@pytest.mark.parametrize("in_a_flow", [False, True])
def test_a_withdrawn_record(whys, in_a_flow):
    def program():
        train(1)
        assert train.invalidate(1)
        assert not train.invalidate(1)
        train(1)

    (flow(program) if in_a_flow else program)()
    assert whys()[1] == ("missing", "its record was withdrawn or removed")


def test_another_run(whys):
    """A key with the run in it is no key for the next run."""
    kept = train.with_options(cache_policy=INPUTS + RUN_ID)

    @flow
    def pipeline():
        return kept(1)

    pipeline()
    pipeline()
    assert whys()[1] == ("run", "another run (the run is part of its key)")


def test_a_key_of_ones_own(whys):
    version = ["v1"]
    keyed = train.with_options(cache_key_fn=lambda context, arguments: f"{arguments['cfg']}-{version[0]}", cache=None)
    keyed(1)
    version[0] = "v2"
    keyed(1)
    assert whys()[1] == ("custom", "key '1-v1' → '1-v2'")


def test_no_caching(whys):
    train.with_options(cache=False)(1)
    train.with_options(cache=None)(1)
    with temporary_settings(tasks_disable_caching=True):
        train(1)
    assert [cause for cause, _ in whys()] == ["no-cache"] * 3
    assert [text for _, text in whys()] == [
        "caching was not asked for",
        "caching was not asked for",
        "caching is turned off by a setting",
    ]


# --- hits ----------------------------------------------------------------------------------------


def test_a_program_without_flows_says_it_on_standard_error(tmp_path):
    program = """
        from recoup import task

        @task(cache=True)
        def double(number):
            return 2 * number

        double(1), double(1)
    """
    finished = Project(tmp_path, {"program.py": program}).run("program.py")
    assert "ran double · first time · " in finished.stderr


def test_a_hit_says_which_run_it_comes_from_and_what_it_saved(recoup_events, recoup_clock):
    @task(cache=True)
    def slow(x):
        recoup_clock.tick(seconds=90)
        return x

    @flow
    def pipeline():
        return slow(1)

    pipeline()
    pipeline()
    (hit,) = [event for event in recoup_events if isinstance(event, Hit)]
    assert (hit.saved, hit.from_run) == (90.0, recoup_events[0].run)
    assert str(Teller().tell(hit)) == f"cached slow · from run {recoup_events[0].name}, saved 1 min 30 s"


# --- code: real files, edited between processes ----------------------------------------------------

FILES = {
    "shop/__init__.py": "",
    "shop/cleaning.py": """
        from shop import deeper

        LIMIT = 3

        def clean(x):
            # what is too large is cut
            return min(x, LIMIT) + deeper.round_up(x)
        """,
    "shop/deeper.py": """
        import tinypack

        def round_up(x):
            return tinypack.up(x)
        """,
    "shop/tasks.py": """
        import json

        from recoup import task
        from recoup.events import WillCompute, subscribe
        from shop.cleaning import clean

        told = []
        subscribe(lambda event: told.append((event.cause, event.why)) if isinstance(event, WillCompute) else None)

        @task(cache=True)
        def features(x):
            return clean(x) * 2

        if __name__ == "__main__":
            features(1)
            print(json.dumps(told))
        """,
    "site-packages/tinypack/__init__.py": "def up(x):\n    return x + 1\n",
    "site-packages/tinypack-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tinypack\nVersion: 1.0\n",
    "site-packages/tinypack-1.0.dist-info/top_level.txt": "tinypack\n",
}


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """A project whose task has been computed once."""
    project = Project(tmp_path_factory.mktemp("why"), FILES)
    assert project.answer("shop/tasks.py") == [["first", "first time"]]
    return project


@pytest.fixture
def project(computed, tmp_path):
    """Return a copy of the computed project to edit."""
    return computed.copy(tmp_path / "copy")


@pytest.mark.parametrize(
    ("file", "before", "after", "why"),
    [
        ("shop/cleaning.py", "min(", "max(", ["code", "helper clean() changed"]),
        ("shop/deeper.py", "up(x)\n", "up(x) + 1\n", ["code", "helper round_up() changed"]),
        ("shop/cleaning.py", "LIMIT = 3", "LIMIT = 4", ["constant", "constant LIMIT 3 → 4"]),
        ("shop/tasks.py", "* 2", "* 3", ["code", "its own code changed"]),
        ("shop/tasks.py", "features(1)", "features(2)", ["argument", "argument x 1 → 2"]),
    ],
)
def test_what_changed_in_the_program_is_named(project, file, before, after, why):
    project.edit(file, before, after)
    assert project.answer("shop/tasks.py") == [why]
    assert project.answer("shop/tasks.py") == []


def test_two_changes_are_both_named(project):
    project.edit("shop/cleaning.py", "LIMIT = 3", "LIMIT = 4")
    project.edit("shop/cleaning.py", "min(", "max(")
    assert project.answer("shop/tasks.py") == [["code", "helper clean() changed, constant LIMIT 3 → 4"]]


def test_a_new_version_of_a_package_is_named(project):
    folder = project.code / "site-packages"
    (folder / "tinypack-1.0.dist-info").rename(folder / "tinypack-2.0.dist-info")
    project.edit("site-packages/tinypack-2.0.dist-info/METADATA", "Version: 1.0", "Version: 2.0")
    assert project.answer("shop/tasks.py") == [["package", "package tinypack 1.0 → 2.0"]]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("shop/cleaning.py", "# what is too large is cut", "# another comment"),
        ("shop/cleaning.py", "def clean(x):", 'def clean(x: int) -> int:\n    """Clean."""'),
        ("shop/tasks.py", "@task(cache=True)", "@task(cache=True, retries=3)"),
        ("shop/tasks.py", "return clean(x) * 2", "return (\n        clean(x) * 2\n    )"),
    ],
)
def test_what_does_not_change_the_program_is_no_miss(project, file, before, after):
    project.edit(file, before, after)
    assert project.answer("shop/tasks.py") == []
