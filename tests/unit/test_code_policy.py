"""What of a program counts can be said: how exactly versions do, what a task depends on besides, a version by hand."""

import sys

import msgspec
import pytest

from recoup import File, task
from recoup.cache_policies import CODE, DEFAULT, INPUTS
from recoup.exceptions import ConfigurationError
from recoup.hashing import fingerprint
from recoup.hashing.code.packages import Package
from recoup.settings import temporary_settings


def installed(monkeypatch, version, contents=""):
    """Make a function that uses a library of this version."""
    package = Package("msgspec", version, contents)
    monkeypatch.setattr("recoup.hashing.code.reach.package_of_module", lambda module: package)

    def encode(value):
        return msgspec.json.encode(value)

    fingerprint(encode)  # once, and remembered
    return encode


SAME = [
    ("exact", "2.1.3", "2.1.3"), ("minor", "2.1.3", "2.1.4"), ("minor", "2.1.3rc1", "2.1"), ("major", "2.1.3", "2.4"),
    ("major", "1!2.1", "1!2.2"), ("minor", "unknown", "unknown"), ("off", "2.1.3", "3.0"),
]  # fmt: skip
DIFFERENT = [
    ("exact", "2.1.3", "2.1.4"), ("minor", "2.1.3", "2.2.3"), ("major", "2.1.3", "3.1.3"), ("major", "1!2.1", "2!2.1"),
    ("minor", "unknown", "other"), ("minor", "2.1", "21"),
]  # fmt: skip


def keys(monkeypatch, packages, *versions):
    policy = CODE.configure(packages=packages)
    return {task(cache_policy=policy, task_key="encode")(installed(monkeypatch, version)).key(1) for version in versions}


@pytest.mark.parametrize(("packages", "one", "other"), SAME)
def test_versions_that_count_alike(monkeypatch, packages, one, other):
    assert len(keys(monkeypatch, packages, one, other)) == 1


@pytest.mark.parametrize(("packages", "one", "other"), DIFFERENT)
def test_versions_that_do_not(monkeypatch, packages, one, other):
    assert len(keys(monkeypatch, packages, one, other)) == 2


def test_what_is_installed_from_a_path_counts_by_its_contents_however_exactly(monkeypatch):
    found = [installed(monkeypatch, "1.0.0", contents) for contents in ("a", "b")]
    for packages, count in (("exact", 2), ("minor", 2), ("major", 2), ("off", 1)):
        assert len({fingerprint(function).counting(packages, "off").digest for function in found}) == count


def test_the_setting_decides_where_the_policy_does_not(monkeypatch):
    one, other = (task(cache=True, task_key="e")(installed(monkeypatch, version)) for version in ("2.1.3", "2.1.4"))
    assert one.key(1) != other.key(1)
    with temporary_settings({"tasks_code_packages": "minor"}):
        assert one.key(1) == other.key(1)
        exact = INPUTS + CODE.configure(packages="exact")
        assert one.with_options(cache_policy=exact).key(1) != other.with_options(cache_policy=exact).key(1)


def test_python_counts_where_it_is_asked_for():
    def plain():
        return 1

    found = fingerprint(plain)
    assert not any(part.kind == "package" for part in found.parts)
    (python,) = [part for part in found.counting("exact", "minor").parts if part.kind == "package"]
    assert (python.name, python.text) == ("package.python", f"{sys.version_info.major}.{sys.version_info.minor}")
    assert task(cache_policy=CODE)(plain).key() != task(cache_policy=CODE.configure(python="minor"))(plain).key()


def test_what_cannot_be_configured_is_refused():
    with pytest.raises(ConfigurationError, match=r"packages='patch'\): write one of 'exact', 'minor', 'major', 'off'"):
        CODE.configure(packages="patch")
    with pytest.raises(ConfigurationError, match="say it once"):
        CODE.configure(packages="minor") + CODE.configure(packages="major")


def test_what_is_configured_survives_sums_and_differences():
    policy = INPUTS + CODE.configure(packages="minor", python="minor", key_storage="keys").depends_on(len)
    (code,) = [member for member in (policy - "package.b").policies if member != INPUTS]
    assert (code.packages, code.python, code.also, code.exclude) == ("minor", "minor", (len,), ("package.b",))
    assert policy.key_storage == "keys"


def by_no_name(x):
    return x


def test_a_task_depends_on_what_it_is_told_to(tmp_path):
    """Functions count by their code, files by their content, whatever the task reaches by name."""
    model = tmp_path / "model.bin"
    model.write_bytes(b"1")

    def work():
        return 1

    plain, on_function = task(cache_policy=CODE)(work), task(cache_policy=CODE.depends_on(by_no_name))(work)
    assert plain.key() != on_function.key()
    names = [part.name for part in next(subject for name, _, subject in on_function.key().parts if name == "code").parts]
    assert any(name.endswith("test_code_policy.by_no_name") for name in names)

    on_file = task(cache_policy=CODE.depends_on(File(model)))(work)
    before = on_file.key()
    assert before == on_file.key() != plain.key()
    model.write_bytes(b"2")
    assert on_file.key() != before


def test_a_version_by_hand_stands_for_the_code():
    def one():
        return 1

    def other():
        return 2

    def key(function, version, **options):
        return task(cache_version=version, task_key="t", **options)(function).key()

    assert key(one, "1", cache=True) == key(other, "1", cache=True)
    assert key(one, "1", cache=True) != key(one, "2", cache=True)
    assert key(one, "1", cache_policy=DEFAULT) != key(one, "1", cache_policy=DEFAULT)  # the run is part of it
    assert key(one, "1", cache_policy=INPUTS) != key(one, "2", cache_policy=INPUTS)
    names = [name for name, _, _ in key(one, "1", cache=True).parts]
    assert names == ["inputs", "task", "version"]


@pytest.mark.parametrize("options", [{"cache_key_fn": lambda *_: "k"}, {"result_storage_key": "k"}])
def test_a_version_beside_a_key_of_ones_own_is_refused(options):
    with pytest.raises(ConfigurationError, match=f"cache_version and {next(iter(options))} contradict"):
        task(cache_version="1", **options)(lambda: 1)
