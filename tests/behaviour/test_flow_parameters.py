"""Parameters of flows are what their annotations say before anything runs."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Annotated

import pandas as pd
import pydantic
import pytest

from recoup import flow, task
from recoup.engine.runs import read_runs
from recoup.exceptions import ParameterTypeError, UpstreamTaskError
from recoup.results import get_default_result_storage


class Model(pydantic.BaseModel):
    rate: float
    days: list[dt.date] = []


@flow
def typed(day: dt.date, n: int = "5", *args: int, path: Path = Path("x"), **rest: int):
    return day, n, args, path, rest


def test_parameters_are_converted_by_their_annotations():
    """And so are defaults; what `*args` and `**kwargs` collect is not."""
    assert typed("2026-01-31", path="a/b") == (dt.date(2026, 1, 31), 5, (), Path("a/b"), {})
    assert typed("2026-01-31", 1.0, "2", z="3") == (dt.date(2026, 1, 31), 1, ("2",), Path("x"), {"z": "3"})


def test_parameters_of_async_flows_are_converted_too():
    @flow
    async def double(x: int):
        return 2 * x

    assert asyncio.run(double("4")) == 8


def test_each_wrong_parameter_is_told_with_what_to_write_and_nothing_runs():
    with pytest.raises(ParameterTypeError) as caught:
        typed("soon", [1], path=5)
    assert str(caught.value).splitlines() == [
        "parameter day of flow typed takes date, and 'soon' is not one. Give, for example, day='2026-01-31'",
        "parameter n of flow typed takes int, and [1] is not one. Give, for example, n=3",
        "parameter path of flow typed takes Path, and 5 is not one. Give, for example, path='data/input.csv'",
    ]
    assert list(read_runs(get_default_result_storage())) == []


def test_a_wrong_parameter_is_a_failed_state_for_who_asked_for_one():
    state = typed("soon", return_state=True)
    assert state.is_failed()
    assert isinstance(state.data, ParameterTypeError)


def test_a_secret_is_not_told():
    @flow
    def login(password: int): ...

    with pytest.raises(ParameterTypeError) as caught:
        login("hunter2")
    assert "hunter2" not in str(caught.value)


def test_validation_can_be_turned_off():
    assert flow(validate_parameters=False)(lambda x: x)("1") == "1"
    unvalidated = typed.with_options(validate_parameters=False)
    assert unvalidated("soon", path=5) == ("soon", "5", (), 5, {})


def test_models_of_pydantic_are_validated_by_pydantic():
    @flow
    def fit(model: Model, n: Annotated[int, pydantic.Field(gt=3)] = 5, models: dict[str, Model] | None = None):
        return model, n, models

    given = Model(rate=1)
    assert fit(given)[0] is given
    assert fit({"rate": "1", "days": ["2026-01-31"]}) == (Model(rate=1, days=[dt.date(2026, 1, 31)]), 5, None)
    assert fit(given, models={"a": {"rate": 2}})[2] == {"a": Model(rate=2)}
    with pytest.raises(ParameterTypeError) as caught:
        fit({"days": ["soon"]}, n=2)
    first, second = str(caught.value).splitlines()
    assert "(at .rate: Field required; at .days[0]: Input should be a valid date or datetime, input is too short)" in first
    assert second.endswith("takes int, and 2 is not one (Input should be greater than 3).")


def test_frames_and_other_objects_are_passed_on_as_they_are():
    frame = pd.DataFrame({"a": [1]})

    @flow
    def size(frame: pd.DataFrame, other):
        return frame is other

    assert size(frame, frame)
    with pytest.raises(ParameterTypeError, match=r"^parameter frame of flow size takes DataFrame, and 5 is not one\.$"):
        size(5, None)


def test_what_cannot_be_evaluated_is_not_validated():
    def body(x: "NotDefined", y: "int"):  # noqa: F821 - as for type checkers only
        return x, y

    assert flow(body)("1", "2") == ("1", 2)


def test_methods_are_flows():
    class Model:
        @flow
        def double(self, x: int):
            return 2 * x

        @staticmethod
        @flow
        def triple(x: int):
            return 3 * x

        @classmethod
        @flow
        def named(cls, x: int):
            return cls.__name__, x

    assert (Model().double("2"), Model.triple("2"), Model().named("2")) == (4, 6, ("Model", 2))


@task(persist_result=True)
def one():
    return 1


@task
def fail():
    raise ValueError("no")


def test_futures_and_states_are_their_results():
    @flow
    def double(x: int, more: list[int]):
        return 2 * x, more

    @flow
    def outer():
        return double(one.submit(), [one.submit(), one(return_state=True)])

    @flow
    async def aouter():
        return double(one.submit(), [one.submit()])

    assert outer() == (2, [1, 1])
    assert asyncio.run(aouter()) == (2, [1])


def test_a_flow_is_not_started_with_what_failed():
    @flow
    def double(x):
        raise AssertionError

    @flow
    def outer():
        return double(fail.submit())

    with pytest.raises(UpstreamTaskError, match=r"^double was not started, because fail-\d+ is Failed: ValueError: no$"):
        outer()


def test_parameters_of_tasks_are_not_validated():
    @task
    def same(x: int):
        return x

    assert flow(lambda: same("1"))() == "1"
