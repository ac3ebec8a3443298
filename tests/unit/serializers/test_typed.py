"""JSON gives back what Prefect's JSON gives back: instances of the classes that were written."""

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import pickle
import uuid

import pydantic
import pytest

from recoup import task
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers import (
    CompressedJSONSerializer,
    CompressedPickleSerializer,
    CompressedSerializer,
    JSONSerializer,
    PickleSerializer,
    decoder,
    resolve_serializer,
)


class Model(pydantic.BaseModel):
    a: int
    when: dt.date


@dataclasses.dataclass
class Config:
    rate: float
    model: Model
    limits: tuple[int, int] = (1, 2)


class Colour(enum.Enum):
    RED = "red"


VALUES = [
    Model(a=1, when=dt.date(2026, 1, 1)), Config(0.5, Model(a=1, when=dt.date(2026, 1, 1))), [Config(1.0, Model(a=2, when=dt.date(2026, 1, 1)))],
    {1, 2}, frozenset({1}), Colour.RED, {"colour": Colour.RED}, b"abc", b"\xff", 1 + 2j, dt.timedelta(days=1), dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    decimal.Decimal("1.50"), uuid.UUID(int=7), pathlib.Path("a/b"), pathlib.PurePosixPath("c"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("serializer", [JSONSerializer(), CompressedJSONSerializer()], ids=["json", "compressed"])
def test_instances_come_back(serializer, value):
    encoded = serializer.encode(value)
    decoded = decoder(encoded.serializer).decode(b"".join(encoded.chunks))
    assert (type(decoded), decoded) == (type(value), value)
    assert serializer.loads(serializer.dumps(value)) == value


def test_an_exception_comes_back():
    error = JSONSerializer().loads(JSONSerializer().dumps(ValueError("no such day")))
    assert (type(error), error.args) == (ValueError, ("no such day",))


def test_a_task_gives_instances_on_the_first_run_and_on_hits():
    @task(cache=True, result_serializer="json")
    def load():
        return {"model": Model(a=1, when=dt.date(2026, 1, 1)), "pair": (1, 2)}

    assert load() == load() == {"model": Model(a=1, when=dt.date(2026, 1, 1)), "pair": [1, 2]}
    assert load.record().serializer == "json/typed"


def test_plain_data_that_looks_like_an_instance_stays_data():
    """Nothing is imported for what a record calls plain JSON."""
    value = {"__class__": "os.system", "data": "echo"}
    kept = task(cache=True, result_serializer="json")(lambda: value)
    assert kept() == kept() == value
    assert kept.record().serializer == "json"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (b'{"__class__":"no.such.Kind","data":1}', NotLoadableHere, "the value needs no.such.Kind"),
        (b'{"__class__":"Kind","data":1}', NotLoadableHere, "the value needs Kind"),
        (b'{"__class__":"no.project:Kind","data":1}', NotLoadableHere, "no.project"),
        (b'{"__class__":"datetime.date","data":"x"}', SerializationError, "an instance of datetime.date cannot be made"),
        (b'{"__exc_type__":"builtins.int","message":"1"}', SerializationError, "stored as an exception and is none"),
        (b"{", SerializationError, "the text is not JSON"),
    ],
)
def test_what_cannot_be_read_says_why(text, error, says):
    with pytest.raises(error, match=says):
        decoder("json/typed").decode(text)


def test_a_value_without_a_json_form_is_refused_by_the_part_that_has_none():
    with pytest.raises(SerializationError, match=r"Failed to serialize object of type 'dict' with serializer 'json'.*at \['f'\]"):
        JSONSerializer().dumps({"f": range(3)})


# --- options ---------------------------------------------------------------------------------------


def encode_range(value):
    return {"range": [value.start, value.stop]}


def decode_range(members):
    return range(*members["range"]) if "range" in members else members


def test_functions_of_ones_own_write_and_read():
    mine = JSONSerializer(object_encoder=f"{__name__}.encode_range", object_decoder=f"{__name__}.decode_range")
    assert mine.loads(mine.dumps({"r": range(3)})) == {"r": range(3)}


def test_a_record_says_what_is_needed_to_read_it():
    mine = JSONSerializer(object_encoder=f"{__name__}.encode_range", object_decoder=f"{__name__}.decode_range")
    kept = task(cache=True, result_serializer=mine)(lambda: range(3))
    assert kept() == kept() == range(3)
    assert decoder(kept.record().serializer).object_decoder == f"{__name__}.decode_range"
    assert hash(resolve_serializer(mine.type)) == hash(JSONSerializer(object_decoder=mine.object_decoder))


def test_functions_among_the_arguments_are_named_in_the_record():
    exact = JSONSerializer(loads_kwargs={"parse_float": decimal.Decimal, "parse_int": int, "strict": False})
    kept = task(cache=True, result_serializer=exact)(lambda: [1.5, 2])
    assert kept() == kept() == [decimal.Decimal("1.5"), 2]
    assert decoder(kept.record().serializer).loads_kwargs == exact.loads_kwargs
    assert pickle.loads(pickle.dumps(exact)) == exact


@pytest.mark.parametrize("value", [lambda text: text, [object()]])
def test_what_a_record_cannot_say_is_refused(value):
    with pytest.raises(ConfigurationError, match="loads_kwargs: parse_float="):
        JSONSerializer(loads_kwargs={"parse_float": value})


@pytest.mark.parametrize(
    "serializer",
    [
        JSONSerializer(jsonlib="json", dumps_kwargs={"indent": 1}),
        JSONSerializer(object_encoder=f"{__name__}.encode_range", object_decoder=f"{__name__}.decode_range"),
        CompressedSerializer(JSONSerializer(object_decoder=f"{__name__}.decode_range"), compressionlib="bz2"),
        CompressedJSONSerializer("lzma"),
        CompressedPickleSerializer(),
        PickleSerializer("pickle"),
    ],
    ids=repr,
)
def test_serializers_survive_pickling_and_records(serializer):
    again = pickle.loads(pickle.dumps(serializer))
    assert (again, again.type, hash(again)) == (serializer, serializer.type, hash(serializer))
    kept = task(cache=True, result_serializer=again)(lambda: {"a": [1]})
    assert kept() == kept() == {"a": [1]}


def test_arguments_go_to_the_library():
    assert JSONSerializer(dumps_kwargs={"indent": 1, "sort_keys": True}).dumps({"b": 1, "a": 2}) == b'{\n "a": 2,\n "b": 1\n}'
    floats = JSONSerializer(loads_kwargs={"parse_int": "x"})
    assert floats.type == 'json/{"jsonlib":"json","loads_kwargs":{"parse_int":"x"}}'


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"dumps_kwargs": {"default": str}},
            "dumps_kwargs cannot have 'default'; write object_encoder='module.function' instead",
        ),
        ({"loads_kwargs": {"object_hook": str}}, "loads_kwargs cannot have 'object_hook'; write object_decoder="),
        ({"jsonlib": "no_such_library"}, "'no_such_library.dumps' is no function"),
        ({"object_encoder": "no.such"}, "'no.such' is no function"),
    ],
)
def test_options_that_cannot_work_are_refused_at_once(options, says):
    with pytest.raises(ConfigurationError, match=says):
        JSONSerializer(**options)
