"""Library modules are known by their distribution, found without scanning all of them."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version

import pytest

from recoup.hashing.code.packages import Package, file_of_module, package_of_module


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a folder on the import path to install into."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    package_of_module.cache_clear()
    yield folder
    package_of_module.cache_clear()


def install(site, module, distribution, *, record="", direct_url=""):
    path = site / module.replace(".", "/") / "__init__.py"
    path.parent.mkdir(parents=True)
    path.touch()
    info = site / f"{distribution}.dist-info"
    info.mkdir()
    (info / "RECORD").write_text(f"{path.relative_to(site)},sha256=1{record},0\n{info.name}/INSTALLER,sha256=x,0\n")
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)


def test_a_module_named_like_its_distribution():
    assert package_of_module("numpy.linalg") == Package("numpy", version("numpy"))


def test_a_module_named_otherwise():
    assert package_of_module("sklearn.linear_model") == Package("scikit-learn", version("scikit-learn"))


def test_a_module_that_is_not_imported_is_not_imported(site):
    install(site, "lib_unseen", "lib_unseen-1.2")
    assert package_of_module("lib_unseen.part") == Package("lib-unseen", "1.2")
    assert "lib_unseen" not in sys.modules
    assert file_of_module("lib_unseen") == str(site / "lib_unseen" / "__init__.py")


def test_distributions_that_share_a_namespace_are_told_apart(site):
    install(site, "lib_shared.one", "lib_one-1.0")
    install(site, "lib_shared.two", "lib_two-2.0")
    assert package_of_module("lib_shared.one") == Package("lib-one", "1.0")
    assert package_of_module("lib_shared.two") == Package("lib-two", "2.0")


def test_an_install_from_a_path_is_known_by_its_contents(site):
    install(site, "lib_built", "lib_built-1.0", direct_url='{"url": "file:///somewhere"}')
    install(site, "lib_other", "lib_other-1.0", record="2", direct_url='{"url": "file:///somewhere"}')
    built, other = package_of_module("lib_built"), package_of_module("lib_other")
    assert built.contents
    assert other.contents
    assert built.contents != other.contents


def test_a_distribution_of_an_older_tool_has_a_version(site):
    (site / "lib_old.py").touch()
    (site / "Lib_Old-5.4.1-py3.11.egg-info").touch()
    assert package_of_module("lib_old") == Package("lib-old", "5.4.1")


def test_what_no_distribution_lists_goes_by_its_own_version_or_contents(site):
    (site / "lib_stray.py").touch()
    (site / "lib_other_stray.py").write_text("1\n")
    one, other = package_of_module("lib_stray"), package_of_module("lib_other_stray")
    assert (one.name, one.version) == ("lib_stray", "")
    assert one.contents
    assert one.contents != other.contents
    (site / "lib_versioned.py").write_text("__version__ = '3.1'\n")
    importlib.import_module("lib_versioned")
    assert package_of_module("lib_versioned") == Package("lib_versioned", "3.1")
    del sys.modules["lib_versioned"]
    assert package_of_module("lib_that_is_not_there") == Package("lib_that_is_not_there")
