"""Values from a shell or from JSON become what the parameter's annotation says."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from recoup.exceptions import ParameterBindError, ParameterTypeError
from recoup.parameters import convert_parameters


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


@dataclass
class Config:
    rate: float
    when: dt.date
    name: str = "plain"


class Connection:
    """Nothing that a text could stand for."""


def flow_with(annotation, default=None):
    def fn(x=default): ...

    fn.__annotations__["x"] = annotation
    return fn


def read(text, annotation):
    return convert_parameters("f", flow_with(annotation), texts={"x": text}, data={})["x"]


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (int, "3", 3),
        (float, "0.5", 0.5),
        (float, "3", 3.0),
        (bool, "yes", True),
        (bool, "off", False),
        (str, "3", "3"),
        (Decimal, "0.10", Decimal("0.10")),
        (dt.date, "2026-01-31", dt.date(2026, 1, 31)),
        (dt.datetime, "2026-01-31 12:00", dt.datetime(2026, 1, 31, 12)),  # noqa: DTZ001 - as it was written
        (dt.timedelta, "P1D", dt.timedelta(days=1)),
        (Path, "data/x.csv", Path("data/x.csv")),
        (Color, "RED", Color.RED),
        (Color, "red", Color.RED),
        (Color, "2", Color.BLUE),
        (Literal["a", 3], "3", 3),
        (list[str], '["a", "b"]', ["a", "b"]),
        (list[Path], '["a"]', [Path("a")]),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (tuple[int, ...], "[1, 2]", (1, 2)),
        (set[int], "[1]", {1}),
        (Config, '{"rate": 1, "when": "2026-01-31"}', Config(1.0, dt.date(2026, 1, 31))),
        (int | None, "null", None),
        (int | None, "3", 3),
        (str | None, "none", None),
        (int | str, "3", 3),
        (int | str, "three", "three"),
        (str | Path, "x", "x"),
        (Annotated[int, "anything"], "3", 3),
        ("dt.date", "2026-01-31", dt.date(2026, 1, 31)),
    ],
)
def test_a_text_becomes_a_value_of_the_annotated_type(annotation, text, value):
    found = read(text, annotation)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("annotation", [Any, "NotImported"])
@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("[1]", [1]), ("true", True), ("text", "text"), ("2026-01-31", "2026-01-31")]
)
def test_without_a_usable_annotation_json_is_json_and_text_is_text(annotation, text, value):
    assert read(text, annotation) == value


@pytest.mark.parametrize(
    ("annotation", "text", "said"),
    [
        (int, "x", "takes int, and 'x' is not one. Write, for example, -p x=3"),
        (dt.date, "tomorrow", "takes date, and 'tomorrow' is not one. Write, for example, -p x=2026-01-31"),
        (bool, "maybe", "takes bool, and 'maybe' is not one. Write, for example, -p x=true"),
        (Color, "green", "takes Color (RED, BLUE), and 'green' is not one. Write, for example, -p x=RED"),
        (Literal["a", "b"], "c", "takes 'a' or 'b', and 'c' is not one. Write, for example, -p x=a"),
        (list[str], "a,b", "takes list[str], and 'a,b' is not one. Write, for example, -p 'x=[\"text\"]'"),
        (
            list[int],
            '["a"]',
            "takes list[int], and '[\"a\"]' is not one (Expected `int`, got `str` - at `[0]`). Write, for example, -p 'x=[3]'",
        ),
        (
            Config | None,
            '{"rate": 1}',
            (
                "takes Config or null, and '{\"rate\": 1}' is not one (Object missing required field `when`). "
                'Write, for example, -p \'x={"rate": 0.5, "when": "2026-01-31"}\''
            ),
        ),
        (
            Connection,
            "3",
            (
                "takes Connection, and no text stands for a Connection. Leave it at its default, "
                "or let the flow take a plain value, such as a path, and make the rest of it."
            ),
        ),
    ],
)
def test_a_wrong_value_names_the_parameter_the_type_and_an_example(annotation, text, said):
    with pytest.raises(ParameterTypeError) as caught:
        read(text, annotation)
    assert str(caught.value) == f"parameter x of flow f {said}"


@pytest.mark.parametrize(
    "annotation", [int, float, dt.date, dt.timedelta, Color, Literal["a"], list[Config], dict[str, Path], Config]
)
def test_the_example_that_a_message_gives_works(annotation):
    from recoup.parameters.reading import example

    read(example(annotation), annotation)


def test_values_from_json_are_checked_too_and_texts_go_on_top():
    fn = flow_with(int)
    assert convert_parameters("f", fn, texts={}, data={"x": 3}) == {"x": 3}
    assert convert_parameters("f", fn, texts={"x": "4"}, data={"x": 3}) == {"x": 4}
    with pytest.raises(ParameterTypeError, match=r"takes int, and 3\.5 is not one"):
        convert_parameters("f", fn, texts={}, data={"x": 3.5})
    with pytest.raises(ParameterTypeError, match="takes str, and 3 is not one"):
        convert_parameters("f", flow_with(str), texts={}, data={"x": 3})


def test_an_unknown_parameter_lists_those_there_are():
    def fn(day, rate=0.1): ...

    with pytest.raises(ParameterBindError) as caught:
        convert_parameters("f", fn, texts={"dya": "1"}, data={})
    assert str(caught.value) == "flow f has no parameter 'dya' (did you mean 'day'?); its parameters are day, rate=0.1"


def test_missing_parameters_are_named_with_what_to_add():
    def fn(day: dt.date, items: list[int], rate=0.1): ...

    with pytest.raises(ParameterBindError) as caught:
        convert_parameters("f", fn, texts={}, data={})
    assert str(caught.value) == "flow f needs the parameters day, items: add, for example, -p day=2026-01-31 -p 'items=[3]'"


def test_a_flow_that_collects_keywords_takes_any_name():
    def fn(a, **rest): ...

    assert convert_parameters("f", fn, texts={"a": "1", "b": "2"}, data={}) == {"a": 1, "rest": {"b": 2}}
