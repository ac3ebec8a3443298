"""Values that annotations ask for: files and folders by content, and what a function says that stands for a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recoup.annotations import Dir, File
from recoup.hashing._forms import Form, Instead, Kind, nameless, tag
from recoup.hashing.files import digest_of_file, entries_of_folder

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_FILE, _DIR, _INSTEAD = tag("file"), tag("dir"), tag("instead")


def _folder(value: Dir) -> Form:
    return Form(_DIR, entries_of_folder(value.path), "/{}".format, Kind.MAPPING)


HANDLERS: Final[dict[type, Encoder]] = {
    File: lambda value: _FILE + digest_of_file(value.path),
    Dir: _folder,
    Instead: lambda value: Form(_INSTEAD, (value.by, value.kind, value.value), nameless),
}

FAMILIES: Final[dict[type, Encoder]] = {}
