"""What pickle writes: whole buffers without copies, and errors that say where."""

import datetime as dt
import errno
import pickle
import sys
import threading
import types

import numpy as np
import pytest

from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers import AutoSerializer, JSONSerializer, PickleSerializer, resolve_serializer


class Client:
    def __init__(self):
        self.lock = threading.Lock()


class Rude:
    def __reduce__(self):
        raise ZeroDivisionError


class Fragile:
    """Can be pickled, but not loaded."""

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return Fragile, ()


# --- buffers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_are_not_copied(order):
    """A chunk is the array's own memory."""
    array = np.ones((500, 500), order=order)
    chunks = PickleSerializer().encode({"a": array}).chunks
    assert sum(np.shares_memory(np.frombuffer(chunk, "u1"), array) for chunk in chunks) == 1


def test_large_bytes_are_not_copied():
    large = b"x" * 100_000
    assert any(chunk is large for chunk in PickleSerializer().encode([large]).chunks)


def test_chunks_of_temporary_buffers_stay_valid():
    """A state that is made while pickling dies afterwards; its bytes must not."""

    class Temporary:
        def __reduce__(self):
            return np.array, (np.full(100_000, 7.0),)

    chunks = PickleSerializer().encode([Temporary(), "é" * 100_000]).chunks
    churn = [np.zeros(100_000) for _ in range(50)]
    array, text = pickle.loads(b"".join(chunks))
    assert (array == 7.0).all()
    assert text == "é" * 100_000
    assert len(churn) == 50


def test_the_bytes_are_a_plain_pickle():
    """No wrapper: a person can load the file."""
    array = np.arange(100_000)
    np.testing.assert_array_equal(pickle.loads(PickleSerializer().dumps(array)), array)


# --- what cannot be written --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "place", "kind"),
    [
        ({"cfg": [0, {"conn": threading.Lock()}]}, "['cfg'][1]['conn']", "lock"),
        ((1, Client()), "[1].lock", "lock"),
        ([[Rude()]], "[0][0]", "Rude"),
        ({1: (i for i in range(3))}, "[1]", "generator"),
    ],
)
def test_the_part_that_cannot_be_written_is_named(value, place, kind):
    with pytest.raises(SerializationError) as caught:
        PickleSerializer().encode(value)
    said = str(caught.value)
    assert said.startswith(f"Failed to serialize object of type '{type(value).__name__}' with serializer 'pickle': ")
    assert f"The part at {place} is a '{kind}'." in said
    assert 'result_serializer="json"' in said
    assert "cache=False" in said
    assert caught.value.__cause__ is not None


def test_json_advises_pickle():
    with pytest.raises(SerializationError) as caught:
        JSONSerializer().encode({"a": [1, object()]})
    assert "The part at ['a'][1] is a 'object'." in str(caught.value)
    assert 'result_serializer="pickle"' in str(caught.value)


@pytest.mark.parametrize("name", ["auto", "pickle", "json", "compressed/pickle"])
def test_a_value_of_no_parts_is_named_as_a_whole(name):
    with pytest.raises(SerializationError, match="object of type 'lock'"):
        resolve_serializer(name).encode(threading.Lock())


def test_json_does_not_hang_on_a_circle():
    circle = []
    circle.append(circle)
    with pytest.raises(SerializationError, match="Circular"):
        JSONSerializer().encode(circle)


# --- what cannot be loaded ---------------------------------------------------------------------------


def test_a_missing_module_is_not_loadable_here(monkeypatch):
    """The bytes are fine; the environment lacks what they need."""
    module = types.ModuleType("not_installed_there")
    module.Thing = type("Thing", (), {"__module__": "not_installed_there"})
    monkeypatch.setitem(sys.modules, "not_installed_there", module)
    data = pickle.dumps(module.Thing())
    del module.Thing
    with pytest.raises(NotLoadableHere, match="Thing"):
        PickleSerializer().decode(data)
    monkeypatch.delitem(sys.modules, "not_installed_there")
    with pytest.raises(NotLoadableHere, match="not_installed_there"):
        PickleSerializer().decode(data)


def test_a_value_that_cannot_be_made_again_is_a_serialization_error():
    data = PickleSerializer().dumps(Fragile(3))
    with pytest.raises(SerializationError, match="TypeError") as caught:
        PickleSerializer().decode(data)
    assert not isinstance(caught.value, NotLoadableHere)


# --- other libraries ---------------------------------------------------------------------------------


def test_another_library_writes_what_pickle_reads(monkeypatch):
    library = types.ModuleType("dillish")
    library.dumps = lambda value: pickle.dumps(("by dillish", value), 2)
    monkeypatch.setitem(sys.modules, "dillish", library)
    encoded = PickleSerializer(picklelib="dillish").encode(3)
    assert encoded.serializer == "pickle"
    assert PickleSerializer().decode(encoded.chunks[0]) == ("by dillish", 3)


@pytest.mark.parametrize("library", ["no_such_module", "errno"])
def test_a_library_without_dumps_is_refused_at_once(library):
    assert not hasattr(errno, "dumps")
    with pytest.raises(ConfigurationError, match=library):
        PickleSerializer(picklelib=library)


# --- json forms --------------------------------------------------------------------------------------


def test_json_writes_contents_of_other_types():
    """A tuple is a list, a number as a key a text: readable, and marked as not exact."""
    encoded = JSONSerializer().encode({"pair": (1, "é"), 3: None})
    assert b"".join(encoded.chunks).decode() == '{"pair":[1,"é"],"3":null}'
    assert (encoded.serializer, encoded.exact) == ("json", False)


def test_json_writes_the_class_of_what_it_has_no_form_for():
    encoded = JSONSerializer().encode({"day": dt.date(2024, 1, 31), "seen": {1}, "error": ValueError("no")})
    assert b"".join(encoded.chunks).decode() == (
        '{"day":{"__class__":"datetime.date","data":"2024-01-31"},"seen":{"__class__":"builtins.set","data":[1]},'
        '"error":{"__exc_type__":"builtins.ValueError","message":"no"}}'
    )
    assert (encoded.serializer, encoded.exact) == ("json/typed", False), "records tell it from mere data"


@pytest.mark.parametrize("value", ["\ud800", "é\udfff\\", {"\ud800": 1}])
def test_lone_surrogates_survive_json(value):
    assert JSONSerializer().loads(JSONSerializer().dumps(value)) == value


def test_what_is_not_a_number_survives_json():
    assert repr(JSONSerializer().loads(JSONSerializer().dumps([float("nan"), float("-inf")]))) == "[nan, -inf]"


def test_auto_text_can_be_read_by_a_person():
    assert AutoSerializer().dumps({"name": "Zoë", "scores": [1, 2.5, None]}) == '{"name":"Zoë","scores":[1,2.5,null]}'.encode()


# --- exceptions --------------------------------------------------------------------------------------


class Worded(ValueError):
    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code = code


class Prefixed(OSError):
    def __init__(self, text):
        super().__init__(2, f"no {text}", "a file")


class Several(ExceptionGroup):
    def __new__(cls, *members):
        return super().__new__(cls, "several", members)


class SeveralWithCode(Several):
    def __init__(self, *members):
        super().__init__("several")
        self.code = len(members)


class OwnWay(Exception):
    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code

    def __reduce__(self):
        return type(self), (self.code + 1,)


def back(value):
    return PickleSerializer().decode(b"".join(PickleSerializer().encode(value).chunks))


@pytest.mark.parametrize(
    ("error", "attributes"),
    [
        (Worded(4, "late"), {"args": ("4: late",), "code": 4}),
        (Prefixed("entry"), {"errno": 2, "strerror": "no entry", "filename": "a file"}),
        (Several(Worded(1, "a"), KeyError("b")), {"message": "several"}),
        (SeveralWithCode(Worded(1, "a"), KeyError("b")), {"message": "several", "code": 2}),
        (KeyError("k"), {"args": ("k",)}),
    ],
    ids=repr,
)
def test_exceptions_come_back_as_they_are_whatever_their_constructors_take(error, attributes):
    error.add_note("noted")
    again = back(error)
    assert (type(again), str(again), again.__notes__) == (type(error), str(error), ["noted"])
    assert {name: getattr(again, name) for name in attributes} == attributes


def test_an_exception_that_says_how_it_is_pickled_is_pickled_so():
    assert back(OwnWay(1)).code == 2


def test_the_constructor_of_an_exception_does_not_run_again():
    again = back([Worded(1, "x")] * 2)
    assert again[0] is again[1]
    assert pickle.loads(pickle.dumps(again[0].args)) == ("1: x",)


# --- what comes back is what was given, or the record says that it is not -------------------------------


@pytest.mark.parametrize(
    "view",
    [
        memoryview(b"ab"),
        memoryview(b""),
        memoryview(b"abcd")[::2],
        memoryview(np.arange(3.0)),
        memoryview(np.arange(6, dtype="i2").reshape(2, 3)),
        memoryview(np.array(7)),
    ],
    ids=lambda view: f"{view.format}{view.shape}",
)
def test_a_view_of_memory_comes_back_as_a_view(view):
    back = PickleSerializer().decode(PickleSerializer().dumps([view]))[0]
    assert (type(back), back.format, back.shape, back.tobytes()) == (memoryview, view.format, view.shape, view.tobytes())


def test_a_view_that_python_cannot_make_is_no_pickle():
    with pytest.raises(SerializationError):
        PickleSerializer().encode([memoryview(np.arange(3, dtype=">i4"))])


def test_an_exception_with_a_cause_is_not_said_to_come_back_whole():
    error, caused = ValueError("x"), ValueError("x")
    caused.__cause__ = KeyError("y")
    assert PickleSerializer().encode([error]).exact
    assert not PickleSerializer().encode([error, {"a": caused}]).exact
