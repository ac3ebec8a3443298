"""Every key is made of named parts, and all that speaks of them has the same names."""

import pandas as pd

from recoup import flow, task
from recoup.cache_policies import CODE, FLOW_PARAMETERS, INPUTS, RUN_ID
from recoup.events import WillCompute

HERE = "tests.behaviour.test_key_parts"
LIMIT = 3


def clean(x):
    return min(x, LIMIT)


def load(frame, cfg, debug=False):
    pd.isna(1)
    return clean(2)


def parts_of(task, *args, **kwargs):
    return {part.name: part for part in task.record(*args, **kwargs).parts}


def test_a_record_names_everything_that_its_key_is_made_of():
    kept = task(cache=True)(load)
    frame = pd.DataFrame({"delay": [1, 2]})
    kept(frame, {"lr": 0.1, "password": "hunter2"})
    parts = parts_of(kept, frame, {"lr": 0.1, "password": "hunter2"})
    assert {name: part.text for name, part in parts.items()} == {
        "inputs.frame": "DataFrame 2 x 1",
        "inputs.cfg": "{'lr': 0.1, 'password': ***}",
        "inputs.debug": "False",
        f"code.{HERE}.load": "function",
        f"code.{HERE}.clean": "function",
        f"code.{HERE}.LIMIT": "3",
        "package.pandas": pd.__version__,
        "task": f"'{HERE}:load'",
    }
    assert all(len(part.digest) == 32 for part in parts.values())


def test_parts_of_runs_flows_and_key_functions_have_names_too():
    plain = task(cache_policy=FLOW_PARAMETERS + RUN_ID)(lambda: 1)
    own = task(cache_key_fn=lambda context, arguments: "chosen")(lambda: 1)

    @flow
    def program(day):
        plain()
        own()
        return list(parts_of(plain)), list(parts_of(own))

    assert program(1) == (["flow_parameters.day", "run", "task"], ["custom"])


def test_a_hit_works_out_no_parts(monkeypatch):
    kept = task(cache=True)(load)
    frame = pd.DataFrame({"delay": [1, 2]})
    kept(frame, {"lr": [0.1]})
    monkeypatch.setattr("recoup.engine.perform.described", None)
    monkeypatch.setattr("recoup.engine.perform.described_code", None)
    monkeypatch.setattr("recoup.hashing.hasher.Hasher.leaves", None)
    assert kept(frame, {"lr": [0.1]}) == 2


def test_a_text_is_cut_at_200_characters():
    kept = task(cache=True)(load)
    kept(["x" * 50] * 50, 1)
    text = parts_of(kept, ["x" * 50] * 50, 1)["inputs.frame"].text
    assert text.startswith("['xxx")
    assert text.endswith(("… (50 in all)", "…] (50 in all)"))
    assert len(text) <= 200


def test_the_names_in_a_record_are_those_that_say_why_and_those_that_policies_leave_out(monkeypatch, recoup_events):
    """What a line says has changed can be subtracted by the name that the record has for it."""
    kept = task(cache=True)(load)
    kept(1, 2)
    monkeypatch.setitem(globals(), "LIMIT", 4)
    kept(1, 2, debug=True)
    changed = [event.changed for event in recoup_events if isinstance(event, WillCompute)][-1]
    assert changed == (f"code.{HERE}.LIMIT", "inputs.debug")
    assert set(changed) <= set(parts_of(kept, 1, 2, debug=True))

    free = task(cache_policy=INPUTS - changed[1] + CODE - changed[0])(load)
    free(1, 2)
    monkeypatch.setitem(globals(), "LIMIT", 5)
    assert free.cached(1, 2, debug=True)


def test_packages_are_left_out_by_the_name_in_the_record():
    free = task(cache_policy=INPUTS + CODE - "package.pandas")(load)
    assert str(free.key(1, 2)) != str(task(cache=True)(load).key(1, 2))
