"""A secret among the arguments is found nowhere that Recoup writes: not in a storage, the home, a log or a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from blake3 import blake3

from recoup.hashing import digest, token
from recoup.records import fold

PROGRAM = """
import os
import sys
from dataclasses import dataclass
from typing import Annotated

import pydantic
from pydantic import SecretBytes, SecretStr

from recoup import Secret, flow, task
from recoup.cache_policies import DEFAULT, FLOW_PARAMETERS, INPUTS
from recoup.task_runners import ProcessPoolTaskRunner

PLANTED = dict(line.split("=", 1) for line in open("planted.txt").read().split())
API_KEY = PLANTED["constant"]


@dataclass
class Config:
    url: str
    token: str
    depth: int = 1


class Model(pydantic.BaseModel):
    user: str
    key: SecretStr
    raw: SecretBytes


@dataclass
class Marked:
    code: Annotated[str, Secret]


class MarkedModel(pydantic.BaseModel):
    code: "Annotated[str, Secret]"


class Session:
    def __init__(self, password):
        self.host = "example.org"
        self._password = password


@task(cache=True)
def login(day, password, pin: Annotated[str, Secret], *, secret_number: int = 0):
    return day


@task(cache=True)
def load(cfg, model, session, options):
    return API_KEY[:0]


@task(cache=True, retries=1)
def fail(password, cfg):
    raise ValueError(f"no login with {password} or {cfg.token}, {cfg.url!r}")


@task(cache=True)
def each(password):
    return len(password)


@task(cache_policy=FLOW_PARAMETERS)
def by_flow():
    return 1


@task
def uncached(token):
    raise RuntimeError("refused " + token)


@task(cache=True)
def unhashable(password, cfg):
    return 1


@flow
def inner(password, options):
    return login(1, password, PLANTED["pin"])


def arguments():
    return (
        Config("postgres://user:" + PLANTED["url"] + "@host/db?api_key=" + PLANTED["field"], PLANTED["token"]),
        Model(user="me", key=PLANTED["model"], raw=PLANTED["raw"].encode()),
        Session(PLANTED["private"]),
        [
            {"headers": {"Authorization": PLANTED["header"]}, "nested": (SecretStr(PLANTED["nested"]),)},
            [Marked(PLANTED["marked"]), MarkedModel(code=PLANTED["modelled"])],
        ],
    )


@flow
def pipeline(password, options: dict, pin: Annotated[str, Secret], key: SecretStr, broken: bool = False):
    cfg, model, session, deep = arguments()
    login(1, password, pin, secret_number=int(PLANTED["number"]))
    load(cfg, model, session, deep)
    by_flow()
    inner(password, deep)
    each.map([PLANTED["mapped"], PLANTED["mapped2"]]).result()
    unhashable(password, {"lock": sys.stdout, "token": PLANTED["unhashable"]})
    for call in (lambda: fail(password, cfg), lambda: uncached(PLANTED["uncached"])):
        try:
            call()
        except (ValueError, RuntimeError) as error:
            print(type(error).__name__)
    if broken:
        raise RuntimeError(f"the flow fails with {password}, {pin} and {options['inner']['api_key']}")
    return 1


@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def workers(password):
    states = [call.submit(*given, return_state=True) for call, given in ((login, (2, password, PLANTED["pin"])), (uncached, (PLANTED["uncached"],)))]
    return len(states)


def given():
    return {
        "password": PLANTED["password"],
        "options": {"inner": {"api_key": PLANTED["option"]}},
        "pin": PLANTED["pin"],
        "key": SecretStr(PLANTED["key"]),
    }


if __name__ == "__main__":
    for _ in range(2):
        pipeline(**given())
    try:
        pipeline(**given(), broken=True)
    except RuntimeError:
        print("failed")
    workers(PLANTED["password"])
"""

NAMES = [
    "password",
    "pin",
    "token",
    "url",
    "field",
    "model",
    "raw",
    "private",
    "header",
    "nested",
    "mapped",
    "mapped2",
    "uncached",
    "unhashable",
    "option",
    "key",
    "constant",
    "number",
    "marked",
    "modelled",
]


def planted():
    """Return secrets that stand nowhere else by chance."""
    found = {name: f"{name}Ψ".encode().hex() + os.urandom(6).hex() for name in NAMES}
    return found | {"number": str(int.from_bytes(os.urandom(7), "big") | 1 << 55)}


def spellings(secret):
    """Return a secret, and what its digests are without a salt, in all the ways in which they might be written."""
    value = int(secret) if secret.isdigit() and len(secret) < 20 else secret
    forms = [value, secret.encode(), [secret], {"password": secret}]
    digests = [blake3(secret.encode()).digest(), *(digest(form) for form in forms)]
    yield secret
    for form in forms:
        yield fold(token(form))
        yield token(form).hex()
    for one in digests:
        yield from (one.hex(), one.hex()[:32])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Run the program, twice from the command line too, and return the folder of everything that was written."""
    folder = tmp_path_factory.mktemp("secrets")
    project = folder / "project"
    project.mkdir()
    secrets = planted()
    (project / "pyproject.toml").write_text("")
    (project / "program.py").write_text(PROGRAM)
    (project / "planted.txt").write_text("\n".join(f"{name}={secret}" for name, secret in secrets.items()))
    (folder / "storage").mkdir()

    def run(name, *command, **environment):
        ours = {
            "RECOUP_HOME": str(folder / "home"),
            "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(folder / "storage"),
            "RECOUP_LOGGING_LEVEL": "DEBUG",
            "RECOUP_RESULTS_PERSIST_BY_DEFAULT": "true",
        }
        done = subprocess.run(
            [sys.executable, *command],
            cwd=project,
            env=os.environ | ours | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        (folder / f"{name}.out").write_text(done.stdout)
        (folder / f"{name}.err").write_text(done.stderr)
        return done

    recoup = ("-m", "recoup.cli.main")
    first = run("program", "program.py")
    assert first.returncode == 0, first.stderr
    parameters = [f"password={secrets['password']}", f"pin={secrets['pin']}", f"key={secrets['key']}"]
    parameters += ["options=" + json.dumps({"inner": {"api_key": secrets["option"]}}), "broken=true"]
    options = [word for parameter in parameters for word in ("-p", parameter)]
    done = run("run", *recoup, "run", "program.py:pipeline", *options)
    assert done.returncode == 1, done.stderr
    (name,) = {line.split("`recoup resume ")[1].split("`")[0] for line in done.stderr.splitlines() if "`recoup resume " in line}
    refused = run("refused", *recoup, "resume", name)
    assert "secrets are not written" in refused.stderr, refused.stderr
    resumed = run("resumed", *recoup, "resume", name, *options[:-2])
    assert "cannot be resumed" not in resumed.stderr, resumed.stderr
    assert run("wrong", *recoup, "run", "program.py:pipeline", *options[:-2], "-p", "nothing=1").returncode == 2
    run("runs", *recoup, "runs", "show", name, "--json")
    listed = run("list", *recoup, "results", "list", "--json", "--limit", "0")
    for number, result in enumerate(json.loads(listed.stdout)):
        run(f"show{number}", *recoup, "results", "show", result["key"], "--json", "--source")
    run("config", *recoup, "config", RECOUP_KEY_SALT=secrets["constant"])
    (folder / "events.txt").write_text(json.dumps([len(listed.stdout)]))
    return folder, secrets


def written(folder):
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "planted.txt":
            yield file, file.name.encode() + b"\n" + file.read_bytes()


def test_planted_secrets_and_their_digests_are_nowhere(world):
    folder, secrets = world
    everything = list(written(folder))
    assert sum("records" in str(file) for file, _ in everything) >= 6
    assert sum("runs" in str(file) for file, _ in everything) >= 4
    found = [
        f"{name} ({spelling}) in {file.relative_to(folder)}"
        for name, secret in secrets.items()
        for spelling in spellings(secret)
        for file, data in everything
        if spelling.encode() in data
    ]
    assert found == []


def test_what_was_written_still_tells_what_happened(world):
    folder, _ = world
    told = (folder / "program.err").read_text()
    assert "failed fail · ValueError: no login with *** or ***, 'postgres://***@host/db?api_key=***" in told
    assert "failed uncached · RuntimeError: refused ***" in told
    assert "the flow fails with ***, *** and ***" in told
    assert "not cached unhashable" in told
    assert "cached login" in told
    assert "cached load" in told
    assert "cached by_flow" in told


def test_a_changed_secret_is_a_miss_that_says_no_more_than_that(tmp_path, recoup_events):
    from recoup import task

    @task(cache=True)
    def login(day, password, cfg):
        return day

    login(1, "hunter2", {"token": "abc"})
    login(1, "hunter3", {"token": "abc"})
    login(1, "hunter3", {"token": "abd"})
    assert login.cached(1, "hunter2", {"token": "abc"})
    why = [event.why for event in recoup_events if type(event).__name__ == "WillCompute"]
    assert why == ["first time", "argument password changed", "argument cfg['token'] changed"]


PROBE = """
import sys
from typing import Annotated
from recoup import Secret, task

@task(cache=True)
def login(password, pin: Annotated[int, Secret]): return 1

ran = login.cached("hunter2", 1234)
login("hunter2", 1234)
print(ran, login.key("hunter2", 1234))
"""


def test_keys_of_secrets_are_the_same_for_all_who_share_the_storage_or_the_salt(tmp_path):
    """Each storage has a salt, so one storage cannot be searched with what was prepared for another."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "probe.py").write_text(PROBE)

    def run(home, storage, **environment):
        ours = {"RECOUP_HOME": str(tmp_path / home), "RECOUP_RESULTS_LOCAL_STORAGE_PATH": str(tmp_path / storage)}
        done = subprocess.run(
            [sys.executable, "probe.py"],
            cwd=tmp_path,
            env=os.environ | ours | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    first = run("home1", "one")
    again = run("home2", "one")
    other = run("home1", "two")
    salted = [run("home3", storage, RECOUP_KEY_SALT="ours")[1] for storage in ("one", "two")]
    assert (first[0], again) == ("False", ["True", first[1]])
    assert len({first[1], other[1], salted[0]}) == 3
    assert salted[0] == salted[1]


def test_a_storage_made_before_salts_gets_one(tmp_path):
    from recoup import task
    from recoup.storage import LocalFileSystem

    marker = tmp_path / "recoup.json"
    marker.write_text('{"recoup":1,"created":1.0,"by":"recoup 0.0.1"}\n')
    login = task(cache=True, result_storage=LocalFileSystem(tmp_path))(lambda password: 1)
    login("hunter2")
    written = json.loads(marker.read_text())
    assert (written["recoup"], written["created"], written["by"]) == (1, 1.0, "recoup 0.0.1")
    assert len(bytes.fromhex(written["salt"])) == 32
    assert login.cached("hunter2")


@pytest.mark.parametrize(("previews", "shown"), [("full", "'monday'"), ("types", "str"), ("off", "")])
def test_the_settings_say_how_much_is_shown_of_what_is_not_secret(previews, shown, tmp_path):
    from recoup import flow, task
    from recoup.engine.runs import read_runs
    from recoup.settings import temporary_settings
    from recoup.storage import LocalFileSystem

    store = LocalFileSystem(tmp_path)

    @task(cache=True)
    def load(day, cfg):
        return 1

    @flow(result_storage=store)
    def program(day, password):
        load(day, {"day": day})
        return {part.name: part for part in load.record(day, {"day": day}).parts}

    with temporary_settings(results_previews=previews):
        parts = program("monday", "hunter2")
    assert parts["inputs.day"].text == shown
    assert bool(parts["inputs.cfg"].leaves) == (previews == "full")
    (run,) = read_runs(store)
    assert run.parameters == {"day": shown, "password": "***"}


def test_a_key_function_that_spells_a_secret_in_its_error_is_told_without_it(recoup_events):
    from recoup import task
    from recoup.settings import temporary_settings

    def key(context, arguments):
        raise ValueError(f"bad {arguments['password']}")

    login = task(cache_key_fn=key)(lambda password: 1)
    assert login("hunter2 and more") == 1
    with temporary_settings(tasks_strict_keys=True):
        state = login("hunter2 and more", return_state=True)
    told = [event.reason for event in recoup_events if type(event).__name__ == "NotCached"]
    assert "bad ***" in told[0]
    assert "hunter2" not in told[0] + state.message


def test_looking_for_secrets_runs_nothing_of_the_users():
    from recoup.hashing.hidden import secrets_within

    class Lazy:
        def __init__(self):
            self.__dict__["inner"] = {"password": "hunter2"}

        def __getattr__(self, name):
            raise AssertionError(name)

        def __iter__(self):
            raise AssertionError

    assert [hidden.value for hidden in secrets_within({"lazy": [Lazy()]})] == ["hunter2"]


def test_looking_for_secrets_ends(recwarn):
    from recoup.hashing.hidden import secrets_within

    loop = {"password": "first"}
    loop["again"] = [loop, range(10), list(range(10**6)), [{"n": n} for n in range(10**5)]]
    assert [hidden.value for hidden in secrets_within(loop)] == ["first"]


def test_a_secret_given_in_the_wrong_form_is_not_repeated(capsys, tmp_path):
    from recoup.cli.main import main

    program = "from typing import Annotated\nfrom recoup import Secret, flow\n\n@flow\ndef go(pin: Annotated[int, Secret], token: int = 5): ...\n"
    (tmp_path / "go.py").write_text(program)
    file = Path(tmp_path) / "go.py"
    assert main(["run", f"{file}:go", "-p", "pin=hunter2"]) == 2
    assert main(["run", f"{file}:go", "-p", "pin=1", "-p", "token=hunter2"]) == 2
    assert main(["run", f"{file}:go", "-p", "pine=1"]) == 2
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err
    assert "takes int, and *** is not one" in said.err
    assert "token=***" in said.err
