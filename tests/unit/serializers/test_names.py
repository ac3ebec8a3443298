"""Serializers are found by name, by users and by records."""

import sys
import types
from typing import Literal

import pytest

from recoup.abc import Encoded
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers import (
    AutoSerializer,
    CompressedJSONSerializer,
    CompressedPickleSerializer,
    CompressedSerializer,
    JSONSerializer,
    PickleSerializer,
    Serializer,
    base,
    decoder,
    register_serializer,
    resolve_serializer,
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(base, "_serializers", dict(base._serializers))
    monkeypatch.setattr(Serializer, "classes", dict(Serializer.classes))


class Upper(Serializer):
    type = "upper"

    def encode(self, value):
        return Encoded(self.type, [value.upper().encode()], exact=False)

    def decode(self, data):
        return bytes(data).decode()


@pytest.mark.parametrize(
    ("name", "serializer"),
    [
        ("auto", AutoSerializer()),
        (None, AutoSerializer()),
        ("pickle", PickleSerializer()),
        ("json", JSONSerializer()),
        ("compressed/pickle", CompressedPickleSerializer()),
        ("compressed/json", CompressedJSONSerializer()),
        ("compressed/pickle", CompressedSerializer()),
        ("compressed/zstd/json", CompressedSerializer("json", "zstd")),
        ("compressed/lzma/json", CompressedJSONSerializer("lzma")),
        ("compressed/gzip/auto", CompressedSerializer(AutoSerializer(), compressionlib="gzip")),
    ],
)
def test_a_name_means_a_serializer(name, serializer):
    assert resolve_serializer(name) == serializer
    assert hash(resolve_serializer(name)) == hash(serializer)


@pytest.mark.parametrize(
    "name", ["auto", "pickle", "json", "compressed/pickle", "compressed/json", "compressed/lzma/json", "compressed/bz2/auto"]
)
def test_a_serializer_knows_its_name(name):
    assert resolve_serializer(name).type == name


@pytest.mark.parametrize("library", ["zstd", "lzma", "gzip", "bz2", "zlib"])
@pytest.mark.parametrize("inner", ["pickle", "json", "auto"])
def test_a_record_names_all_that_is_needed_to_read_it(library, inner):
    """What was chosen inside, and by which library it was compressed."""
    encoded = CompressedSerializer(inner, library).encode({"a": [1]})
    assert decoder(encoded.serializer).decode(b"".join(encoded.chunks)) == {"a": [1]}
    assert encoded.serializer.endswith("pickle" if inner == "pickle" else "json")


@pytest.mark.parametrize(("value", "exact"), [([1], True), ((1,), False)])
def test_compression_is_as_exact_as_what_it_compresses(value, exact):
    assert CompressedJSONSerializer().encode(value).exact is exact


def test_a_serializer_is_itself():
    mine = Upper()
    assert resolve_serializer(mine) is mine


@pytest.mark.parametrize(
    "spec", ["picle", "", "compressed", "compressed/", "compressed/picle", "json/pickle", 3, ["json"], PickleSerializer]
)
def test_what_is_no_serializer_is_explained(spec):
    with pytest.raises(ConfigurationError) as caught:
        resolve_serializer(spec)
    assert repr(spec) in str(caught.value)
    for name in ("'auto'", "'pickle'", "'json'", "'compressed/pickle'"):
        assert name in str(caught.value)


def test_an_unknown_compression_is_explained():
    with pytest.raises(ConfigurationError, match="'snappy' is not one of 'zstd', 'gzip', 'zlib', 'bz2', 'lzma'"):
        CompressedSerializer("json", "snappy")


@pytest.mark.parametrize("name", ["lower", "compressed/lower", "compressed/snappy/json"])
def test_a_record_of_an_unknown_serializer_is_not_loadable_here(name):
    """The bytes are fine; this environment lacks something."""
    with pytest.raises(NotLoadableHere, match="Import the module"):
        decoder(name)


def test_ones_own_serializer_is_registered_by_its_type():
    register_serializer(Upper)
    assert resolve_serializer("upper").dumps("abc") == b"ABC"
    assert decoder("compressed/upper").loads(CompressedSerializer("upper").dumps("abc")) == "ABC"


def test_a_class_may_be_defined_again_but_not_take_a_name():
    """A notebook cell runs twice; but another class under a name would misread records."""
    register_serializer(Upper)
    register_serializer(Upper())

    with pytest.raises(ConfigurationError, match="Give it another `type`"):

        class Json(Upper):
            type = "json"

    assert resolve_serializer("json") == JSONSerializer()


def test_an_instance_cannot_take_a_name_either():
    another = Upper()
    another.type = "json"
    with pytest.raises(ConfigurationError, match="Give it another `type`"):
        register_serializer(another)


def lines():
    class Lines(Serializer):
        type: Literal["lines"] = "lines"

        def dumps(self, obj):
            return "\n".join(obj).encode()

        def loads(self, blob):
            return blob.decode().split("\n")

    return Lines


def test_a_serializer_written_for_prefect_has_dumps_and_loads_and_is_known_once_it_is_defined():
    lines()
    lines()  # again, as by a notebook cell
    assert resolve_serializer("lines").encode(["a", "b"]) == Encoded("lines", [b"a\nb"], exact=False)
    assert decoder("compressed/lines").decode(CompressedSerializer("lines").dumps(["a", "b"])) == ["a", "b"]


def test_a_serializer_without_half_of_its_work_cannot_be_made():
    class Half(Serializer):
        type = "half"

        def dumps(self, obj):
            return b""

    with pytest.raises(TypeError, match="decode"):
        Half()
    with pytest.raises(NotLoadableHere):
        decoder("half")


@pytest.mark.parametrize("name", ["pickle", "json", "compressed/pickle", "compressed/json"])
def test_the_contract_makes_the_serializer_of_a_type(name):
    assert Serializer(type=name) == resolve_serializer(name)


@pytest.mark.parametrize(
    ("options", "serializer"),
    [
        ({"type": "json", "dumps_kwargs": {"indent": 2}}, JSONSerializer(dumps_kwargs={"indent": 2})),
        ({"type": "pickle", "picklelib": "pickle"}, PickleSerializer("pickle")),
        ({"type": "compressed", "serializer": "json"}, CompressedSerializer("json")),
        ({"type": "compressed", "serializer": "pickle", "compressionlib": "bz2"}, CompressedSerializer("pickle", "bz2")),
        ({"type": "compressed/json", "compressionlib": "lzma"}, CompressedJSONSerializer("lzma")),
        ({"type": "compressed/pickle", "compressionlib": "gzip"}, CompressedPickleSerializer("gzip")),
    ],
)
def test_the_contract_passes_options_to_the_serializer_of_a_type(options, serializer):
    assert Serializer(**options) == serializer


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (Serializer, r"Serializer\(\) needs a type, as in Serializer\(type='json'\)"),
        (lambda: Serializer(type="nope"), "'nope' is no serializer; write one of 'json'"),
        (lambda: PickleSerializer(foo=1), "PickleSerializer: got an unexpected keyword argument 'foo'; it takes picklelib"),
        (lambda: Serializer(type="json", foo=1), "JSONSerializer: got an unexpected keyword argument 'foo'; it takes jsonlib"),
        (lambda: CompressedSerializer("json", foo=1), "CompressedSerializer: got an unexpected keyword argument 'foo'"),
    ],
)
def test_options_that_there_are_not_are_refused(make, text):
    with pytest.raises(ConfigurationError, match=text):
        make()


def test_any_module_that_compresses_may_be_named(monkeypatch):
    library = types.ModuleType("reversing")
    library.compress = library.decompress = lambda data: bytes(reversed(data))
    monkeypatch.setitem(sys.modules, "reversing", library)
    encoded = CompressedSerializer("json", "reversing").encode([1, 2])
    assert (encoded.serializer, b"".join(encoded.chunks)) == ("compressed/reversing/json", b"]2,1[")
    assert decoder("compressed/reversing/json").decode(b"]2,1[") == [1, 2]
    monkeypatch.delitem(sys.modules, "reversing")
    with pytest.raises(NotLoadableHere):
        decoder("compressed/reversing/json")


@pytest.mark.parametrize("library", ["no_such", "os", "", "."])
def test_what_does_not_compress_is_refused(library):
    with pytest.raises(ConfigurationError, match=r"is not one of 'zstd', .* nor a module here that has compress\(\)"):
        CompressedSerializer("json", library)


def test_options_that_a_record_would_not_remember_are_refused():
    """Another reader would not know them."""
    with pytest.raises(ConfigurationError, match="Derive a class with another `type`"):
        lines()(separator=";")


@pytest.mark.parametrize("name", ["json", "compressed/json", "compressed/lzma/json", "compressed/gzip/pickle", "pickle", "auto"])
@pytest.mark.parametrize("data", [b"", b"junk", b"\x80\x05", b"\x80\x05junk.", b'{"a":', b"[" * 100_000, b"(\xb5/\xfd junk"])
def test_foreign_bytes_are_an_error_of_the_serializer(name, data):
    """Never another exception, whatever the bytes: the caller takes it for a miss."""
    with pytest.raises(SerializationError):
        resolve_serializer(name).decode(data)


@pytest.mark.parametrize(
    "serializer",
    [
        PickleSerializer(),
        JSONSerializer(),
        AutoSerializer(),
        CompressedPickleSerializer(),
        CompressedSerializer("json", "lzma"),
        CompressedJSONSerializer("gzip"),
    ],
    ids=repr,
)
def test_the_repr_makes_an_equal_serializer(serializer):
    assert eval(repr(serializer)) == serializer  # noqa: S307 - the text is our own
