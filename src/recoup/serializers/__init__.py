"""Values to bytes and back.

Importing this package registers the formats that Recoup knows; `base` finds them by name.
"""

from __future__ import annotations

from recoup.abc import Serializer
from recoup.serializers.auto import AutoSerializer
from recoup.serializers.base import decoder, register_serializer, resolve_serializer
from recoup.serializers.compressed import CompressedJSONSerializer, CompressedPickleSerializer, CompressedSerializer
from recoup.serializers.json import JSONSerializer
from recoup.serializers.pickle import PickleSerializer

__all__ = [
    "AutoSerializer",
    "CompressedJSONSerializer",
    "CompressedPickleSerializer",
    "CompressedSerializer",
    "JSONSerializer",
    "PickleSerializer",
    "Serializer",
    "decoder",
    "register_serializer",
    "resolve_serializer",
]
