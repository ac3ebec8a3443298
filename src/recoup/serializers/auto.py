"""The default: a format that a person can open where it gives back exactly the value, else pickle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recoup.abc import Buffer, Encoded, Serializer
from recoup.serializers.base import register_serializer
from recoup.serializers.json import JSONSerializer, encode_plain
from recoup.serializers.pickle import PickleSerializer

__all__ = ["AutoSerializer"]

_MOST_TEXT = 64 * 1024  # beyond it nobody reads the text, and pickle is faster
_PICKLE_START = 0x80

_json = JSONSerializer()
_pickle = PickleSerializer()


@register_serializer
@dataclass(frozen=True)
class AutoSerializer(Serializer):
    """JSON for small plain values (see `recoup.serializers.json`), pickle for the rest.

    What it encodes carries the name of the format that was chosen.
    """

    type = "auto"

    def encode(self, value: Any) -> Encoded:
        """Return JSON if that is exact and small, else the pickle."""
        text = encode_plain(value, _MOST_TEXT)
        if text is not None:
            return Encoded("json", [text], exact=True)
        return _pickle.encode(value)

    def decode(self, data: Buffer) -> Any:
        """Return the value; the first byte tells the format."""
        chosen = _pickle if data[:1] == bytes([_PICKLE_START]) else _json
        return chosen.decode(data)
