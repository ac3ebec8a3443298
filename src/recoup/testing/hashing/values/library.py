"""What else the standard library has that is passed around as a value."""

# ruff: noqa: S311 - these random numbers guard nothing

from __future__ import annotations

import io
import operator
import random
import string
import struct
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlparse, urlsplit

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CASES"]


class Upload(io.BytesIO):
    """A file in memory of a class of one's own."""


def _after(value: Any, *steps: Callable[[Any], Any]) -> Any:
    for step in steps:
        step(value)
    return value


def _named(name: str) -> io.BytesIO:
    file = Upload(b"ab")
    file.name = name  # as programs do that send files
    return file


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "file in memory": (
        Differ("the content", lambda: (io.BytesIO(b"ab"), io.BytesIO(b"ac")), "value"),
        Differ("a file and its content", lambda: (io.BytesIO(b"ab"), b"ab"), "type"),
        Differ("the position", lambda: (io.BytesIO(b"ab"), _after(io.BytesIO(b"ab"), lambda file: file.seek(1))), "value"),
        Differ("of bytes and of text", lambda: (io.BytesIO(b""), io.StringIO("")), "type"),
        Differ("the text", lambda: (io.StringIO("ab"), io.StringIO("ac")), "value"),
        Differ("the position in a text", lambda: (io.StringIO("ab"), _after(io.StringIO("ab"), lambda file: file.read(1))), "value"),
        Differ("the ends of lines", lambda: (io.StringIO("ab", newline="\r"), io.StringIO("ab", newline="")), "value"),
        Differ("a name that it was given", lambda: (_named("a"), _named("b")), "attribute"),
        Differ("a class of one's own", lambda: (Upload(b"ab"), io.BytesIO(b"ab")), "type"),
        Differ("a file and its parts", lambda: (io.BytesIO(b"ab"), (io.BytesIO, b"ab", 0)), "type"),
        Agree("written and wound back", lambda: (io.BytesIO(b"ab"), _after(io.BytesIO(), lambda file: file.write(b"ab"), lambda file: file.seek(0)))),
        Stable("a file in memory", lambda: io.StringIO("recoup")),
    ),
    "operator": (
        Differ("an index", lambda: (operator.itemgetter(1), operator.itemgetter(2)), "value"),
        Differ("one index and two", lambda: (operator.itemgetter(1), operator.itemgetter(1, 2)), "length"),
        Differ("indexes in another order", lambda: (operator.itemgetter(1, 2), operator.itemgetter(2, 1)), "order"),
        Differ("an index and its text", lambda: (operator.itemgetter(1), operator.itemgetter("1")), "type"),
        Differ("items and attributes", lambda: (operator.itemgetter("a"), operator.attrgetter("a")), "type"),
        Differ("a path of attributes", lambda: (operator.attrgetter("a.b"), operator.attrgetter("a", "b")), "length"),
        Differ("attributes and methods", lambda: (operator.attrgetter("a"), operator.methodcaller("a")), "type"),
        Differ("arguments of a method", lambda: (operator.methodcaller("a", 1), operator.methodcaller("a", x=1)), "name"),
        Agree("made twice", lambda: (operator.itemgetter(1, "a"), operator.itemgetter(1, "a"))),
        Stable("a method with arguments", lambda: operator.methodcaller("a", 1, x={"b", "c"})),
    ),
    "struct": (
        Differ("the byte order", lambda: (struct.Struct("<i"), struct.Struct(">i")), "order"),
        Differ("the type", lambda: (struct.Struct("<i"), struct.Struct("<f")), "dtype"),
        Differ("the count", lambda: (struct.Struct("<i"), struct.Struct("<ii")), "length"),
        Differ("a struct and its format", lambda: (struct.Struct("<i"), "<i"), "type"),
        Differ("a struct and its parts", lambda: (struct.Struct("<i"), ("<i",)), "type"),
        Differ("packed and aligned", lambda: (struct.Struct("<bi"), struct.Struct("@bi")), "dtype"),
        Differ("a struct and its size", lambda: (struct.Struct("<i"), 4), "type"),
        Agree("made twice", lambda: (struct.Struct("<ih"), struct.Struct("<ih"))),
        Stable("a struct", lambda: struct.Struct("<qd")),
    ),
    "random source": (
        Differ("the seed", lambda: (random.Random(1), random.Random(2)), "value"),
        Differ("a number was drawn", lambda: (random.Random(1), _after(random.Random(1), lambda drawn: drawn.random())), "value"),
        Differ("half a pair was drawn", lambda: (random.Random(1), _after(random.Random(1), lambda drawn: drawn.gauss(0, 1))), "value"),
        Differ("two functions", lambda: (random.random, random.gauss), "name"),
        Differ("one's own and that of the module", lambda: (random.Random(1).random, random.random), "value"),
        Differ("a generator and its state", lambda: (random.Random(1), random.Random(1).getstate()), "type"),
        Agree("seeded again", lambda: (random.Random(1), _after(random.Random(2), lambda drawn: drawn.seed(1)))),
        Agree("drawn from in the meantime", lambda: (random.random, _after(random, lambda module: module.random()).random)),
        Stable("a generator", lambda: random.Random(7)),
        Stable("a function of the module", lambda: random.choice),
    ),
    "address": (
        Differ("the address", lambda: (ip_address("10.0.0.1"), ip_address("10.0.0.2")), "value"),
        Differ("an address and its number", lambda: (ip_address("10.0.0.1"), 167772161), "type"),
        Differ("an address and its text", lambda: (ip_address("10.0.0.1"), "10.0.0.1"), "type"),
        Differ("an address and its network", lambda: (ip_address("10.0.0.1"), ip_network("10.0.0.1")), "type"),
        Differ("the length of a prefix", lambda: (ip_network("10.0.0.0/8"), ip_network("10.0.0.0/9")), "length"),
        Differ("a network and an interface", lambda: (ip_network("10.0.0.0/8"), ip_interface("10.0.0.0/8")), "type"),
        Differ("two versions", lambda: (ip_address("0.0.0.1"), ip_address("::1")), "type"),
        Agree("of text and of number", lambda: (ip_address("10.0.0.1"), ip_address(167772161))),
        Agree("asked for what it computes", lambda: (ip_network("10.0.0.0/8"), _after(ip_network("10.0.0.0/8"), lambda net: net.broadcast_address))),
        Stable("an address", lambda: ip_address("fe80::1")),
    ),
    "URL": (
        Differ("split and parsed", lambda: (urlsplit("http://a/b"), urlparse("http://a/b")), "type"),
        Differ("of text and of bytes", lambda: (urlsplit("http://a/b"), urlsplit(b"http://a/b")), "type"),
        Differ("the host", lambda: (urlsplit("http://a/b"), urlsplit("http://c/b")), "value"),
        Differ("the path", lambda: (urlsplit("http://a/b"), urlsplit("http://a/c")), "value"),
        Differ("host and path", lambda: (urlsplit("//a"), urlsplit("a")), "order"),
        Differ("a URL and its text", lambda: (urlsplit("http://a/b"), "http://a/b"), "type"),
        Differ("a URL and its parts", lambda: (urlsplit("http://a/b"), tuple(urlsplit("http://a/b"))), "type"),
        Agree("the scheme in capitals", lambda: (urlsplit("http://a/b"), urlsplit("HTTP://a/b"))),
        Stable("a URL", lambda: urlsplit("https://user@host:8080/path?query#fragment")),
    ),
    "template": (
        Differ("the text", lambda: (string.Template("$a"), string.Template("$b")), "value"),
        Differ("a template and its text", lambda: (string.Template("$a"), "$a"), "type"),
        Differ("a template and its parts", lambda: (string.Template("$a"), {"template": "$a"}), "type"),
        Differ("a trailing space", lambda: (string.Template("$a"), string.Template("$a ")), "length"),
        Differ("an empty one and None", lambda: (string.Template(""), None), "type"),
        Differ("braces", lambda: (string.Template("$a"), string.Template("${a}")), "value"),
        Differ("a template and a formatter", lambda: (string.Template(""), string.Formatter()), "type"),
        Agree("made twice", lambda: (string.Template("$a"), string.Template("$a"))),
        Stable("a template", lambda: string.Template("$a and $b")),
    ),
}  # fmt: skip
