"""What marks on parameters come to is a format, as digests are."""

import pathlib

from recoup.annotations import Dir, File
from recoup.hashing import digest, token
from recoup.hashing.marks import salted

FOLDER = pathlib.Path(__file__).with_name("folder")


def test_files_and_folders_have_the_digests_they_had():
    assert digest(File(FOLDER / "data.csv")).hex() == FILE
    assert digest(Dir(FOLDER)).hex() == DIR


def test_secrets_have_the_tokens_they_had():
    assert salted(token("hunter2"), bytes(32)).hex() == SALTED


FILE = "0cb1779edb5d549ba7acc1fb316d51d511890300e7e6565451076fcb7912a914"
DIR = "abd8c88b2be11d389e49760e664d1b00d2eaabe0e6809dc8f73299cdeb05596a"
SALTED = "ffadf4eb3d08d7cec944217b9fa666fcc8fea807c6c694ad5a51915af21a7596f8"
