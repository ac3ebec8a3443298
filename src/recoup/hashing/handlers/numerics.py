"""`decimal` and `fractions`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_DECIMAL, _FRACTION = tag("decimal"), tag("fraction")


def _decimal(value: Decimal) -> Form:
    """Encode sign, digits and exponent: `1.0` and `1.00` print and round differently, so they are two values."""
    sign, digits, exponent = value.as_tuple()
    return Form(_DECIMAL, (sign, bytes(digits), exponent), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    Decimal: _decimal,
    Fraction: lambda value: Form(_FRACTION, (value.numerator, value.denominator), nameless),
}

FAMILIES: Final[dict[type, Encoder]] = {}
