"""From what a user writes to a storage."""

from pathlib import Path

import pytest

from recoup.exceptions import ConfigurationError
from recoup.filesystems import LocalFileSystem as PrefectNamed
from recoup.filesystems import WritableFileSystem
from recoup.storage import LocalFileSystem, MemoryStorage, resolve


@pytest.mark.parametrize(
    ("spec", "folder"),
    [
        ("/data/results", "/data/results"),
        ("/", "/"),
        ("./results", "/work dir/results"),
        (".", "/work dir"),
        ("..", "/"),
        ("../results", "/results"),
        ("~/results", "/home/ada/results"),
        ("~", "/home/ada"),
        (Path("results"), "/work dir/results"),
        (Path("~/results"), "/home/ada/results"),
        ("file:///data/results", "/data/results"),
        ("file:///data/my%20results", "/data/my results"),
        ("file:///data/what?#1", "/data/what?#1"),
        ("file://localhost/data", "/data"),
    ],
)
def test_paths_are_folders(spec, folder, monkeypatch):
    """A string that looks like a path, a `Path`, and a file URL are folders."""
    monkeypatch.setattr("os.getcwd", lambda: "/work dir")
    monkeypatch.setenv("HOME", "/home/ada")
    assert resolve(spec) == LocalFileSystem(folder)


@pytest.mark.parametrize("spec", ["C:\\results", "d:/results"])
def test_a_drive_is_a_path(spec):
    assert isinstance(resolve(spec), LocalFileSystem)


def test_a_memory_url_names_a_storage_of_the_process():
    assert resolve("memory://scratch") == MemoryStorage("scratch")


def test_a_storage_is_itself():
    store = MemoryStorage()
    assert resolve(store) is store


@pytest.mark.parametrize("spec", ["results", "s3-bucket/prod", "local-file-system/x", "cache/keys", ""])
def test_a_bare_name_is_a_block_not_a_folder(spec):
    """Prefect misread relative paths as blocks; here the message says what to write."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(spec)
    assert repr(spec) in str(caught.value)
    assert "saved block" in str(caught.value)
    assert "'./results' or Path('results')" in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("s3://bucket/prefix", "not one of file://, memory://"),
        ("file://results", "three slashes"),
        ("file://", "three slashes"),
        ("memory://", "has no name"),
        (None, "NoneType"),
        (3, "int"),
        (b"/data", "bytes"),
    ],
)
def test_what_cannot_be_a_storage_is_explained(spec, said):
    with pytest.raises(ConfigurationError, match=said):
        resolve(spec)


def test_prefects_names_are_the_same_objects():
    assert PrefectNamed is LocalFileSystem
    assert isinstance(MemoryStorage(), WritableFileSystem)
    assert isinstance(LocalFileSystem("/x"), WritableFileSystem)
