"""Texts and bytes."""

from __future__ import annotations

import array
from typing import Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Numbers(array.array):  # type: ignore[type-arg]  # of any numbers
    """An array with attributes."""

    unit: str


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "str": (
        Differ("a text and its bytes", lambda: ("text", b"text"), "type"),
        Differ("composed and decomposed", lambda: ("é", "e\u0301"), "value"),
        Differ("a trailing space", lambda: ("a", "a "), "length"),
        Differ("a trailing zero", lambda: ("a", "a\0"), "length"),
        Differ("upper and lower case", lambda: ("a", "A"), "value"),
        Differ("where two texts are cut", lambda: (["ab", "c"], ["a", "bc"]), "length"),
        Differ("two texts, and one with the comma", lambda: (["a", "b"], ["a', 'b"]), "length"),
        Differ("the empty text and an empty list", lambda: ("", []), "type"),
        Differ("half of a pair and a question mark", lambda: ("\ud800", "?"), "value"),
        Differ("half of a pair and what replaces it", lambda: ("\ud800", "\ufffd"), "value"),
        Differ("the last of a million letters", lambda: ("a" * 10**6, "a" * (10**6 - 1) + "b"), "value"),
        Differ("one in the middle of a million", lambda: ("a" * 10**6, "a" * 500_000 + "b" + "a" * 499_999), "value"),
        Agree("a literal and a join", lambda: ("recoup", "".join(["re", "coup"]))),
        Agree("one text twice, and two equal ones", lambda: (["recoup and coup"] * 2, ["recoup and coup", "recoup " + "and coup"])),
        Agree("wide and narrow in memory", lambda: ("abc", "abcä"[:3])),
        Stable("half of a pair", lambda: "\udcff"),
        Stable("a long text", lambda: "ä€𝄞" * 30_000),
        Differ("where two texts are cut, by one who knows the encoding", lambda: (["a", "bs\x01c"], ["as\x01b", "c"]), "length"),
    ),
    "bytes": (
        Differ("bytes and a bytearray", lambda: (b"a", bytearray(b"a")), "type"),
        Differ("bytes and a view of them", lambda: (b"a", memoryview(b"a")), "type"),
        Differ("bytes and the list of their numbers", lambda: (b"ab", [97, 98]), "type"),
        Differ("a trailing zero", lambda: (b"a", b"a\0"), "length"),
        Differ("what is not UTF-8, and its replacement", lambda: (b"\xff", "\ufffd".encode()), "value"),
        Differ("what is not UTF-8, and another such", lambda: (b"\xff", b"\xfe"), "value"),
        Differ("the last of a million", lambda: (bytes(10**6), bytes(10**6 - 1) + b"a"), "value"),
        Differ("where two are cut", lambda: ([b"ab", b"c"], [b"a", b"bc"]), "length"),
        Agree("a literal and a join", lambda: (b"recoup", b"".join([b"re", b"coup"]))),
        Stable("all bytes", lambda: bytes(range(256))),
    ),
    "bytearray": (
        Differ("one byte", lambda: (bytearray(b"ab"), bytearray(b"ac")), "value"),
        Differ("a bytearray and its text", lambda: (bytearray(b"a"), "a"), "type"),
        Agree("room for more", lambda: (bytearray(b"ab"), _with_room())),
        Stable("a bytearray", lambda: bytearray(b"ab")),
        Differ("a bytearray and bytes", lambda: (bytearray(b"ab"), b"ab"), "type"),
        Differ("a bytearray and the list of its numbers", lambda: (bytearray(b"ab"), [97, 98]), "type"),
        Differ("a trailing zero", lambda: (bytearray(b"a"), bytearray(b"a\0")), "length"),
        Differ("an empty one and None", lambda: (bytearray(), None), "type"),
        Differ("the last of a million", lambda: (bytearray(10**6), bytearray(10**6 - 1) + b"a"), "value"),
    ),
    "memoryview": (
        Differ("one shape and another", lambda: (_view((2, 3)), _view((3, 2))), "shape"),
        Differ("numbers of another format", lambda: (memoryview(array.array("i", [1])), memoryview(array.array("f", [1e-45]))), "dtype"),
        Agree("every second byte, and a copy of them", lambda: (memoryview(b"a.b.c.")[::2], memoryview(b"abc"))),
        Agree("of bytes and of a bytearray", lambda: (memoryview(b"ab"), memoryview(bytearray(b"ab")))),
        Stable("a view", lambda: memoryview(b"abc")),
        Differ("one byte", lambda: (memoryview(b"ab"), memoryview(b"ac")), "value"),
        Differ("bytes with and without sign", lambda: (memoryview(b"ab"), memoryview(b"ab").cast("b")), "dtype"),
        Differ("a view and its parts", lambda: (memoryview(b"ab"), ("B", (2,), bytearray(b"ab"))), "type"),
        Differ("one dimension more", lambda: (memoryview(b"ab"), memoryview(b"ab").cast("B", (1, 2))), "shape"),
    ),
    "array": (
        Differ("numbers of another width", lambda: (array.array("h", [1]), array.array("i", [1])), "dtype"),
        Differ("an array and a list", lambda: (array.array("i", [1]), [1]), "type"),
        Agree("appended", lambda: (array.array("i", [1, 2]), _appended())),
        Differ("a number", lambda: (array.array("i", [1]), array.array("i", [2])), "value"),
        Differ("numbers with and without sign", lambda: (array.array("b", [1]), array.array("B", [1])), "dtype"),
        Differ("empty ones of two types", lambda: (array.array("i"), array.array("d")), "dtype"),
        Differ("one number more", lambda: (array.array("i", [1]), array.array("i", [1, 0])), "length"),
        Differ("an array and a view of it", lambda: (array.array("B", [97]), memoryview(b"a")), "type"),
        Differ("a subclass", lambda: (Numbers("i", [1]), array.array("i", [1])), "type"),
        Differ("an attribute of a subclass", lambda: (_named("m"), _named("s")), "attribute"),
        Agree("NaN of two payloads", lambda: (array.array("d", [float("nan")]), array.array("d", [-float("nan")]))),
        Stable("numbers of every width", lambda: [array.array(code, [1, 2]) for code in "bBhHiIlLqQfd"]),
    ),
}  # fmt: skip


def _with_room() -> bytearray:
    grown = bytearray(b"ab" * 100)
    del grown[2:]
    return grown


def _view(shape: tuple[int, int]) -> memoryview:
    return memoryview(bytes(range(6))).cast("B", shape)


def _appended() -> array.array[int]:
    made = array.array("i", [1])
    made.append(2)
    return made


def _named(unit: str) -> Numbers:
    made = Numbers("i", [1])
    made.unit = unit
    return made
