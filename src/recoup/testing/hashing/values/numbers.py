"""Numbers, booleans, None."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction
from typing import Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class PrintsLikeTrue:
    """Is not true, and prints like it."""

    def __repr__(self) -> str:
        return "True"


def _nan(payload: int) -> float:
    """Return a NaN with this payload."""
    made: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | payload))[0]
    return made


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "bool": (
        Differ("true and an object that prints like it", lambda: (True, PrintsLikeTrue()), "type"),
        Differ("true and 1", lambda: (True, 1), "type"),
        Differ("false and 0", lambda: (False, 0), "type"),
        Differ("true and 1.0", lambda: (True, 1.0), "type"),
        Differ("true and false", lambda: (True, False), "value"),
        Differ("true and its name", lambda: (True, "True"), "type"),
        Differ("false and None", lambda: (False, None), "type"),
        Differ("keys true and 1", lambda: ({True: "a"}, {1: "a"}), "type"),
        Agree("a comparison and a literal", lambda: (len("ab") == 2, True)),
        Differ("true and empty bytes", lambda: (True, b""), "type"),
        Differ("false and empty bytes", lambda: (False, b""), "type"),
    ),
    "None": (
        Differ("None and its name", lambda: (None, "None"), "type"),
        Differ("None and 0", lambda: (None, 0), "type"),
        Differ("None and the empty text", lambda: (None, ""), "type"),
        Differ("None and the empty tuple", lambda: (None, ()), "type"),
        Differ("None and NaN", lambda: (None, math.nan), "type"),
        Differ("None and its class", lambda: (None, type(None)), "type"),
        Differ("None and Ellipsis", lambda: (None, ...), "type"),
        Differ("None twice and None once", lambda: ([None, None], [None]), "length"),
        Agree("two that are one", lambda: (None, vars(math).get("absent"))),
        Differ("None and empty bytes", lambda: (None, b""), "type"),
    ),
    "int": (
        Differ("1 and 1.0", lambda: (1, 1.0), "type"),
        Differ("1 and its text", lambda: (1, "1"), "type"),
        Differ("a number and its negative", lambda: (1, -1), "sign"),
        Differ("-1 and -2, whose hash is one", lambda: (-1, -2), "value"),
        Differ("2**61 and 1, whose hash is nearly one", lambda: (2**61, 1), "value"),
        Differ("0 and 2**61-1, whose hash is one", lambda: (0, 2**61 - 1), "value"),
        Differ("255 and -1, whose last byte is one", lambda: (255, -1), "sign"),
        Differ("128 and -128, whose byte is one", lambda: (128, -128), "sign"),
        Differ("neighbours of 4,300 digits", lambda: (10**4300, 10**4300 + 1), "value"),
        Differ("a big number and the float next to it", lambda: (2**53 + 1, float(2**53 + 1)), "type"),
        Agree("a literal and a sum", lambda: (10**30, 10**30 - 1 + 1)),
        Agree("a number and its text read", lambda: (257, int("257"))),
        Stable("a number of 10,000 digits", lambda: 7**11_832),
        Stable("the least number of 64 bits", lambda: -(2**63)),
        Differ("a number and the byte of it", lambda: (97, b"a"), "type"),
        Differ("0 and nothing", lambda: ([0], []), "length"),
    ),
    "float": (
        Differ("the sign of zero", lambda: (0.0, -0.0), "sign"),
        Differ("infinity and its negative", lambda: (math.inf, -math.inf), "sign"),
        Differ("NaN and infinity", lambda: (math.nan, math.inf), "value"),
        Differ("NaN and its name", lambda: (math.nan, "nan"), "type"),
        Differ("neighbours", lambda: (1.0, math.nextafter(1.0, 2.0)), "value"),
        Differ("the least number and zero", lambda: (5e-324, 0.0), "value"),
        Differ("0.1 + 0.2 and 0.3", lambda: (0.1 + 0.2, 0.3), "value"),
        Differ("a float and a complex of no imaginary part", lambda: (1.5, complex(1.5, 0.0)), "type"),
        Differ("a float and the same Decimal", lambda: (0.5, Decimal("0.5")), "type"),
        Agree("NaN of two payloads", lambda: (_nan(0), _nan(42))),
        Agree("NaN and NaN of the other sign", lambda: (math.nan, -math.nan)),
        Agree("two spellings", lambda: (1e3, 1000.0)),
        Agree("one NaN twice in a list, and two NaN", lambda: ([math.nan] * 2, [_nan(1), _nan(2)])),
        Stable("a third", lambda: 1 / 3),
        Stable("NaN", lambda: math.nan),
        Differ("a number and its eight bytes", lambda: (1.5, struct.pack("<d", 1.5)), "type"),
    ),
    "complex": (
        Differ("parts in the other order", lambda: (complex(1, 2), complex(2, 1)), "order"),
        Differ("the sign of the imaginary zero", lambda: (complex(1, 0.0), complex(1, -0.0)), "sign"),
        Differ("the sign of the real zero", lambda: (complex(0.0, 1), complex(-0.0, 1)), "sign"),
        Differ("a number and its conjugate", lambda: (1 + 2j, 1 - 2j), "sign"),
        Differ("a complex and the pair of its parts", lambda: (1 + 2j, (1.0, 2.0)), "type"),
        Differ("a complex and its text", lambda: (1 + 2j, "(1+2j)"), "type"),
        Differ("NaN here and NaN there", lambda: (complex(math.nan, 0), complex(0, math.nan)), "order"),
        Agree("NaN of two payloads", lambda: (complex(_nan(0), 1), complex(_nan(7), 1))),
        Agree("a sum and a literal", lambda: (complex(1, 2), 1 + 2j)),
        Stable("a complex with NaN", lambda: complex(math.nan, -0.0)),
    ),
    "Decimal": (
        Differ("1.0 and 1.00", lambda: (Decimal("1.0"), Decimal("1.00")), "exponent"),
        Differ("1E+2 and 100", lambda: (Decimal("1E+2"), Decimal(100)), "exponent"),
        Differ("the sign of zero", lambda: (Decimal(0), Decimal("-0")), "sign"),
        Differ("a Decimal and the same int", lambda: (Decimal(1), 1), "type"),
        Differ("a Decimal and its text", lambda: (Decimal("1.5"), "1.5"), "type"),
        Differ("quiet and signalling NaN", lambda: (Decimal("NaN"), Decimal("sNaN")), "value"),
        Differ("infinity and its negative", lambda: (Decimal("Infinity"), Decimal("-Infinity")), "sign"),
        Differ("the 28th digit", lambda: (Decimal("0." + "1" * 28), Decimal("0." + "1" * 27 + "2")), "value"),
        Agree("two spellings", lambda: (Decimal("1E-1"), Decimal("0.1"))),
        Agree("text and tuple", lambda: (Decimal("-1.50"), Decimal((1, (1, 5, 0), -2)))),
        Stable("40 digits", lambda: Decimal("3.141592653589793238462643383279502884197")),
        Differ("1E+2 and 1E+3", lambda: (Decimal("1E+2"), Decimal("1E+3")), "exponent"),
        Differ("NaN with a payload", lambda: (Decimal("NaN"), Decimal("NaN1")), "value"),
        Differ("a Decimal and its parts", lambda: (Decimal("-1.5"), (1, b"\x01\x05", -1)), "type"),
    ),
    "Fraction": (
        Differ("a half and the float", lambda: (Fraction(1, 2), 0.5), "type"),
        Differ("a whole one and the int", lambda: (Fraction(3, 1), 3), "type"),
        Differ("a fraction and its inverse", lambda: (Fraction(1, 2), Fraction(2, 1)), "order"),
        Differ("a half and a third", lambda: (Fraction(1, 2), Fraction(1, 3)), "value"),
        Differ("a fraction and its negative", lambda: (Fraction(1, 2), Fraction(-1, 2)), "sign"),
        Differ("a fraction and its parts", lambda: (Fraction(1, 2), (1, 2)), "type"),
        Differ("a fraction and its text", lambda: (Fraction(1, 2), "1/2"), "type"),
        Differ("a third and the float next to it", lambda: (Fraction(1, 3), Fraction(1 / 3)), "value"),
        Agree("not yet reduced", lambda: (Fraction(2, 4), Fraction(1, 2))),
        Agree("text and numbers", lambda: (Fraction("0.125"), Fraction(1, 8))),
        Stable("a third", lambda: Fraction(1, 3)),
        Differ("the denominator", lambda: (Fraction(1, 2), Fraction(1, 3)), "value"),
    ),
    "Ellipsis": (
        Differ("Ellipsis and its text", lambda: (..., "..."), "type"),
        Differ("Ellipsis and None", lambda: (..., None), "type"),
        Differ("Ellipsis and empty bytes", lambda: (..., b""), "type"),
        Differ("Ellipsis and NotImplemented", lambda: (..., NotImplemented), "type"),
        Differ("NotImplemented and empty bytes", lambda: (NotImplemented, b""), "type"),
        Differ("NotImplemented and its class", lambda: (NotImplemented, type(NotImplemented)), "type"),
        Differ("before and after", lambda: ((..., 1), (1, ...)), "order"),
        Agree("two that are one", lambda: (..., Ellipsis)),
        Stable("Ellipsis", lambda: ...),
    ),
}
