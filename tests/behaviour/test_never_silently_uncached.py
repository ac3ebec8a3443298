"""Where reuse was asked for and cannot happen, one line says which argument or option, why, and what to write.

Every message is compared in full; the call itself always gets its value.
"""

import enum
import io
import json
import re
import resource
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Annotated

import pytest

from recoup import Ignore, flow, task, task_input_hash
from recoup.cache_policies import CODE, FLOW_PARAMETERS, INPUTS, NO_CACHE
from recoup.engine.runs import read_runs
from recoup.events import Advised, MutatedInput, NotCached, WillCompute, WriteFailed, subscribed
from recoup.exceptions import ConfigurationError, HashError, NewerFormat, NotAStorage, StoreError, StoreFull, StorePermissionError
from recoup.hashing import register_digest
from recoup.hashing._dispatch import handler_for
from recoup.settings import temporary_settings
from recoup.storage import MemoryStorage
from recoup.testing.stores import Failing
from recoup.wording import Teller


@pytest.fixture
def lines(recoup_events):
    """Return a function that tells the lines of the events which say that something is not cached or not kept."""

    def told():
        teller = Teller()
        return [str(teller.tell(e)) for e in recoup_events if isinstance(e, NotCached | WriteFailed | MutatedInput)]

    return told


class Client:
    def __init__(self):
        self._lock = threading.Lock()


class Config:
    def __init__(self):
        self.client = Client()


@task(cache=True)
def load(source, day=1):
    return day


@task(cache=True)
def make(maker):
    return {"lock": threading.Lock, "stream": lambda: iter([]).__iter__}[maker]()


# --- arguments -----------------------------------------------------------------------------------


def test_an_argument_without_stable_content_is_named_once(lines):
    with sqlite3.connect(":memory:") as connection:
        assert [load(connection), load(connection), load(connection, day=2)] == [1, 1, 2]
    connection.close()
    assert lines() == [
        (
            "not cached load · cannot hash `source`: sqlite3.Connection has no stable content. Leave it out of the key: "
            "source: Annotated[sqlite3.Connection, Ignore]; or say what stands for it: register_digest(sqlite3.Connection, function)."
        )
    ]


def test_the_place_inside_an_argument_is_named(lines):
    assert load({"api": Config()}) == 1
    assert lines() == [
        (
            "not cached load · cannot hash `source['api'].client._lock`: _thread.lock has no stable content. Leave it out of "
            "the key: source: Annotated[dict, Ignore]; or give `Client` a method `__recoup_digest__` that returns what stands "
            "for it."
        )
    ]


def test_an_iterator_is_not_consumed(lines):
    @task(cache=True)
    def total(numbers):
        return sum(numbers)

    assert total(iter([1, 2, 3])) == 6
    assert lines() == [
        (
            "not cached total · cannot hash `numbers`: list_iterator is used up by looking at it, so it was left alone. Leave it "
            "out of the key: numbers: Annotated[list_iterator, Ignore]; or pass something that can be read twice: a list, or a path."
        )
    ]


def test_the_line_of_the_body_repeats_the_reason(recoup_events):
    load(threading.Lock())
    (event,) = [event for event in recoup_events if isinstance(event, WillCompute)]
    assert (event.cause, event.why) == ("no-key", "no key: cannot hash `source`: _thread.lock has no stable content")


def test_strict_keys_raise_instead():
    with temporary_settings(tasks_strict_keys=True), pytest.raises(HashError) as caught:
        load(threading.Lock())
    assert str(caught.value).startswith("cannot hash `source`: _thread.lock has no stable content.")


def test_without_caching_nothing_is_hashed_and_nothing_said(lines):
    @task
    def plain(source):
        return sum(source)

    assert plain(iter([1, 2])) == 3
    assert plain.with_options(cache=False)(iter([1, 2])) == 3
    assert lines() == []


def test_an_argument_changed_in_place_is_named_and_the_result_not_stored(lines):
    @task(cache=True)
    def extend(numbers, by=1):
        numbers.append(by)
        return numbers

    assert extend([1]) == [1, 1]
    assert not extend.cached([1])
    assert lines() == [
        (
            "not kept extend · its body changed its argument numbers in place, which a hit would not do. Change a copy, and "
            "return it."
        )
    ]


# --- keys ----------------------------------------------------------------------------------------


def key_of_the_missing(context, arguments):
    return arguments["nope"]


@pytest.mark.parametrize(
    ("key_fn", "text"),
    [
        (
            key_of_the_missing,
            (
                "its key function key_of_the_missing raised KeyError: 'nope'. Mend it, or let it return None to leave a call "
                "uncached."
            ),
        ),
        (
            lambda context, arguments: 5,
            "its key function <lambda> returned int, not text. Return a str, such as f'{…}', or None to leave a call uncached.",
        ),
        (
            lambda context, arguments: "\ud800",
            (
                "its key function <lambda> returned '\\ud800', which has a lone surrogate that no record can hold. Return text "
                "that UTF-8 can write."
            ),
        ),
        (
            lambda context: "x",
            (
                "its key function <lambda> raised TypeError: <lambda>() takes 1 positional argument but 2 were given. Mend it, or "
                "let it return None to leave a call uncached."
            ),
        ),
    ],
)
def test_a_key_function_that_does_not_work_is_told_once(lines, key_fn, text):
    @task(cache_key_fn=key_fn)
    def keyed(x):
        return x

    assert [keyed(1), keyed(2)] == [1, 2]
    assert lines() == [f"not cached keyed · {text}"]


def test_a_key_function_that_returns_none_is_obeyed_in_silence(lines, recoup_events):
    @task(cache_key_fn=lambda context, arguments: None)
    def keyed(x):
        return x

    assert keyed(1) == 1
    assert lines() == []
    assert [e.why for e in recoup_events if isinstance(e, WillCompute)] == ["no key: its key function returned None"]


# --- results -------------------------------------------------------------------------------------


def test_a_result_that_no_serializer_takes_reaches_the_caller(lines):
    @task(cache=True)
    def lock(x):
        return threading.Lock()

    assert type(lock(1)).__name__ == "lock"
    (line,) = lines()
    assert line.startswith(
        "not kept lock · Failed to serialize object of type 'lock' with serializer 'pickle': cannot pickle '_thread.lock' object."
    )


class Odd:
    """Fails in its own way when it is pickled."""

    def __reduce__(self):
        raise ZeroDivisionError("odd")


def test_a_result_whose_own_code_fails_when_it_is_written_reaches_the_caller(lines):
    @task(cache=True)
    def odd(x):
        return Odd()

    assert type(odd(1)) is Odd
    (line,) = lines()
    assert line.startswith("not kept odd · Failed to serialize object of type 'Odd' with serializer 'pickle': ")


def test_nothing_else_is_lost_by_a_result_that_cannot_be_kept(lines):
    """In a flow, its future has the value, and what follows is computed."""

    @task(cache=True)
    def lock(x):
        return threading.Lock()

    @flow
    def pipeline():
        future = lock.submit(1)
        return type(future.result()).__name__, load.submit(future, day=3).result()

    assert pipeline() == ("lock", 3)
    assert [line.partition(" · ")[0] for line in lines()] == ["not kept lock", "not cached load"]


@pytest.mark.parametrize(
    ("options", "give", "kind", "serializer", "part"),
    [
        ({}, lambda future: future, "PrefectFuture", "pickle", ""),
        ({}, lambda future: [future], "list", "pickle", " The part at [0] is a 'PrefectFuture'."),
        ({"result_serializer": "json"}, lambda future: {"a": future}, "dict", "json", " The part at ['a'] is a 'PrefectFuture'."),
    ],
)
def test_a_returned_future_is_passed_on_and_not_kept_and_the_line_says_what_to_return(
    lines, options, give, kind, serializer, part
):
    @task
    def inner():
        return 1

    @task(cache=True, **options)
    def passes():
        return give(inner.submit())

    @flow
    def program():
        return passes()

    program()
    [line] = lines()
    assert line.endswith(
        f"not kept passes · Failed to serialize object of type '{kind}' with serializer '{serializer}': "
        f"a future is of its run only; return its result instead, future.result().{part}"
    )


# --- storages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        StoreFull("cannot write there: No space left on device."),
        StorePermissionError("cannot write there: Permission denied."),
        StoreError("cannot write there: Input/output error."),
    ],
)
def test_a_storage_that_cannot_be_written_loses_nothing(lines, error):
    kept = load.with_options(result_storage=Failing(MemoryStorage(), error, {"put"}))
    assert [kept("a"), kept("b")] == [1, 1]
    assert lines() == [f"not kept load · {error}"] * 2


def test_the_state_says_that_a_result_could_not_be_kept():
    kept = load.with_options(result_storage=Failing(MemoryStorage(), StoreFull("no room"), {"put"}))
    state = kept("a", return_state=True)
    assert (state.name, state.message, state.result()) == ("Completed", "its result could not be kept: no room", 1)
    assert load("b", return_state=True).message is None


def test_a_result_that_has_to_be_kept_fails_its_task_when_it_cannot_be(lines):
    kept = load.with_options(result_storage=Failing(MemoryStorage(), StoreFull("no room"), {"put"}))
    with temporary_settings(results_on_persist_failure="fail"):
        assert kept("a", return_state=True).is_failed()
        with pytest.raises(StoreFull, match="no room"):
            kept("a")
    assert lines()[-1] == "not kept load · no room"


def test_a_folder_that_cannot_be_one_says_where_to_look(lines, tmp_path):
    (tmp_path / "file").touch()
    kept = load.with_options(result_storage=tmp_path / "file" / "results")
    assert kept("a") == 1
    assert lines() == [
        (
            f"not kept load · cannot write {tmp_path}/file/results/recoup.json: Not a directory. Look for a file where a folder "
            "should be, or a folder in place of the file."
        )
    ]


FULL = """
import json, logging, resource, sys
from recoup import flow, task
from recoup.settings import load_settings

@task(cache=True)
def big(n):
    return b"x" * n

@flow
def pipeline(n):
    return len(big.submit(n).result())

small = pipeline(1_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
print(json.dumps([small, pipeline(200_000), pipeline(1_000)]))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="the limit stands for a full disk")
def test_a_full_disk_loses_nothing_but_the_reuse(tmp_path, monkeypatch):
    """The run goes on, one line says so, and what was kept before is served."""
    monkeypatch.setenv("RECOUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RECOUP_RESULTS_LOCAL_STORAGE_PATH", str(tmp_path / "results"))
    (tmp_path / "program.py").write_text(FULL)
    ran = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [1_000, 200_000, 1_000]
    not_kept = [line[9:] for line in ran.stderr.splitlines() if "not kept" in line]
    (line,) = not_kept
    assert re.fullmatch(
        rf"not kept big · cannot write {tmp_path}/results/values/(..)/\1\w+: File too large\. Free some space there, or keep "
        r"results in another storage\.",
        line,
    )
    assert "cached big · from run pipeline-" in ran.stderr
    assert not list(tmp_path.rglob(".tmp-*"))


NEWER = """is kept in format 9, and this Recoup knows formats up to 1. Update Recoup (pip install -U recoup), or use another storage."""


@pytest.fixture
def newer(tmp_path):
    (tmp_path / "recoup.json").write_text('{"recoup":9,"created":1,"by":"recoup 9"}')
    return tmp_path


def test_a_storage_of_a_newer_format_is_left_alone_by_a_task(lines, newer):
    kept = load.with_options(result_storage=newer)
    assert kept("a") == 1
    assert lines() == [f"not kept load · LocalFileSystem('{newer}') {NEWER}"]
    assert [path.name for path in newer.iterdir()] == ["recoup.json"]


def test_a_storage_of_a_newer_format_ends_a_flow_before_it_begins(newer):
    ran = []

    @flow(result_storage=newer)
    def pipeline():
        ran.append(1)

    with pytest.raises(NewerFormat) as caught:
        pipeline()
    assert str(caught.value) == f"LocalFileSystem('{newer}') {NEWER}"
    assert (ran, [path.name for path in newer.iterdir()]) == ([], ["recoup.json"])


@pytest.mark.parametrize("error", [StorePermissionError("no access"), NotAStorage("a file is there"), NewerFormat("format 9")])
def test_a_flow_whose_storage_cannot_be_used_ends_before_it_begins(error):
    """All that it computes would be lost."""
    ran = []

    @flow(result_storage=Failing(MemoryStorage(), error, {"put"}))
    def pipeline():
        ran.append(1)

    with pytest.raises(StoreError, match=str(error)):
        pipeline()
    assert ran == []


@pytest.mark.parametrize("on", [{"put"}, {"get", "put", "list", "info", "folders"}])
def test_a_flow_whose_storage_does_not_answer_computes_and_says_so(on, caplog):
    """An outage costs what was kept, not the run."""
    store = Failing(MemoryStorage(), StoreError("no answer"), on)
    load = task(cache=True)(lambda: 5)

    @flow(result_storage=store)
    def pipeline():
        store_was_down = load()
        store.error = None
        return store_was_down, load()

    assert pipeline() == (5, 5)
    assert caplog.messages[0] == "no answer. The run goes on without what it holds; what cannot be kept is told."
    assert [run.state for run in read_runs(store)] == ["Completed"]
    assert pipeline() == (5, 5)


def test_many_lines_of_one_kind_are_cut_short(caplog):
    """A thousand results for a full disk are not a thousand lines."""
    kept = load.with_options(result_storage=Failing(MemoryStorage(), StoreFull("it is full"), {"put"}))
    for number in range(20):
        kept(number)
    told = [record.getMessage() for record in caplog.records if "not kept" in record.getMessage()]
    assert told == ["not kept load · it is full"] * 5 + ["not kept load · and more, not shown one by one"]


# --- options -------------------------------------------------------------------------------------


def name_of(x):
    return x


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"cache": True, "cache_policy": INPUTS},
            (
                "task name_of: cache=True and cache_policy contradict each other. cache=True stands for cache_policy=INPUTS + CODE, "
                "persisted: give one of the two."
            ),
        ),
        (
            {"cache": False, "cache_policy": INPUTS},
            (
                "task name_of: cache=False and cache_policy contradict each other. cache=False stands for cache_policy=NO_CACHE: "
                "give one of the two."
            ),
        ),
        (
            {"cache": True, "cache_key_fn": key_of_the_missing},
            (
                "task name_of: cache=True and cache_key_fn contradict each other. cache=True stands for cache_policy=INPUTS + CODE, "
                "persisted: give one of the two."
            ),
        ),
        (
            {"cache": True, "persist_result": False},
            (
                "task name_of: cache=True and persist_result=False contradict each other. cache=True stands for "
                "cache_policy=INPUTS + CODE, persisted: give one of the two."
            ),
        ),
        (
            {"cache_policy": "inputs"},
            "task name_of: cache_policy is str; give a policy such as INPUTS + CODE, or write cache=True",
        ),
        (
            {"cache_expiration": 24},
            "task name_of: cache_expiration is 24; give a positive timedelta, such as timedelta(hours=24)",
        ),
        (
            {"cache_expiration": timedelta(0)},
            "task name_of: cache_expiration is datetime.timedelta(0); give a positive timedelta, such as timedelta(hours=24)",
        ),
        ({"retries": -1}, "task name_of: retries is -1; give a whole number, 0 or more"),
        ({"retries": "3"}, "task name_of: retries is '3'; give a whole number, 0 or more"),
        (
            {"retry_delay_seconds": "x"},
            (
                "task name_of: retry_delay_seconds is 'x'; give a number of seconds, a list of them, or a function such as "
                "exponential_backoff(2)"
            ),
        ),
        (
            {"cache_key_fn": "k"},
            "task name_of: cache_key_fn is 'k'; give a function of the context and the arguments that returns a str",
        ),
        ({"task_key": 5}, "task name_of: task_key is 5; give a text"),
        ({"cache": "no"}, "task name_of: cache is 'no'; give True or False"),
        ({"name": 5}, "task 5: name is 5; give a text"),
        ({"cahe": True}, "task name_of: there is no option cahe; did you mean cache?"),
        (
            {"cache_policy": INPUTS - "y"},
            (
                "policy - 'y': the task has no such argument. Its arguments are x; helpers and packages are subtracted as "
                "'code.<name>' and 'package.<name>'."
            ),
        ),
    ],
)
def test_options_that_cannot_work_are_refused_where_they_are_written(options, text):
    with pytest.raises(ConfigurationError) as caught:
        task(**options)(name_of)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: task(dict),
            "dict has no signature that Python knows; call it in a function of your own, and decorate that",
        ),
        (
            lambda: flow(staticmethod(name_of)),
            "flow() takes a function, not a staticmethod; write @staticmethod above @flow, not below it",
        ),
    ],
)
def test_what_cannot_be_decorated_is_refused_where_it_is_written(make, text):
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"result_storage": "results"},
            (
                "'results' would be the name of a saved block, and there are no saved blocks yet; write a path such as './results' "
                "or Path('results'), or a storage such as LocalFileSystem('results')"
            ),
        ),
        (
            {"cache_policy": CODE - "code.nope"},
            (
                "policy - 'code.nope': the task reaches no such code. It reaches code.tests.behaviour."
                "test_never_silently_uncached.name_of."
            ),
        ),
    ],
)
def test_options_that_cannot_work_here_are_refused_at_the_first_call(options, text):
    with pytest.raises(ConfigurationError) as caught:
        task(**options)(name_of)(1)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"cache_policy": INPUTS, "cache_key_fn": key_of_the_missing},
            "task name_of: both cache_policy and cache_key_fn are set; cache_key_fn is used",
        ),
        (
            {"cache_policy": INPUTS, "persist_result": False},
            "task name_of: ignoring cache_policy because persist_result is False",
        ),
        (
            {"cache_key_fn": key_of_the_missing, "persist_result": False},
            "task name_of: ignoring cache_key_fn because persist_result is False",
        ),
    ],
)
def test_options_that_are_ignored_are_warned_of_where_they_are_written(options, text):
    """As in Prefect."""
    with pytest.warns(UserWarning, match=re.escape(text)) as caught:
        task(**options)(name_of)
    assert [str(warning.message) for warning in caught] == [text]
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"cache_expiration": timedelta(days=1)}, "cache_expiration without a cache policy: its results are not kept."),
        ({"refresh_cache": True}, "refresh_cache without a cache policy: its results are not kept."),
        (
            {"result_storage": MemoryStorage()},
            "result_storage without a cache policy: its results are kept for this run and its retries only.",
        ),
        (
            {"persist_result": True, "cache_expiration": timedelta(days=1)},
            "cache_expiration, persist_result without a cache policy: its results are kept for this run and its retries only.",
        ),
        ({"persist_result": True, "cache_policy": NO_CACHE}, "persist_result with NO_CACHE: its results are not kept."),
        ({"cache_expiration": timedelta(days=1), "cache": False}, "cache_expiration with NO_CACHE: its results are not kept."),
    ],
)
def test_options_that_do_less_than_they_seem_to_are_explained_once(options, text):
    told = []
    noted = task(**options)(name_of)
    with subscribed(told.append):
        assert [noted(1), noted(2)] == [1, 2]
    lines = [str(Teller().tell(event)) for event in told if type(event).__name__ == "Advised"]
    assert lines == [f"note on name_of · {text} To reuse them across runs, write cache=True."]


def test_a_method_is_advised_once_whichever_instance_it_is_called_on(recoup_events):
    class Model:
        @task(persist_result=True)
        def fit(self, x):
            return x

    assert [Model().fit(1), Model().fit(2)] == [1, 2]
    assert [event.task for event in recoup_events if isinstance(event, Advised)] == ["fit"]


# --- remedies ------------------------------------------------------------------------------------


class Holder:
    """A class of the user's, made anew for each test."""


def holder():
    made = type("Holder", (), {"__module__": __name__, "__init__": lambda self: setattr(self, "_lock", threading.Lock())})
    globals()["Holder"] = made
    return made()


CULPRITS = {
    "an object of the user's": lambda folder: {"api": [holder()]},
    "an object of a library": lambda folder: {"api": threading.Event()},
    "an iterator": lambda folder: iter([1, 2]),
    "an open file": lambda folder: (folder / "f").open("w"),
    "a sentinel": lambda folder: [object()],
}


@pytest.fixture
def culprit(request, tmp_path):
    value = CULPRITS[request.param](tmp_path)
    yield value
    if hasattr(value, "close"):
        value.close()


@pytest.mark.parametrize("culprit", CULPRITS, indirect=True)
def test_the_first_remedy_works(culprit, recoup_events):
    """The annotation that the line spells out leaves the argument out, under every policy that hashes arguments."""
    reason = refusal_of(culprit, recoup_events)
    annotation = re.search(r"Leave it out of the key: source: (Annotated\[.*?, Ignore\]); or ", reason)[1]
    known = {
        "Annotated": Annotated,
        "Ignore": Ignore,
        "threading": threading,
        "_io": io,
        "list_iterator": type(iter([])),
        "Holder": Holder,
    }

    def mended(source, day=1):
        return day

    mended.__annotations__["source"] = eval(annotation, known)  # noqa: S307 - what a person would copy
    for options in ({"cache": True}, {"cache_policy": INPUTS}, {"cache_key_fn": task_input_hash}, {"persist_result": True}):
        kept = task(**options)(mended)
        assert kept.key(culprit) is not None
        assert kept.key(culprit, day=1) is not None
    kept = task(cache=True)(mended)
    assert kept(culprit) == 1
    assert kept.cached(culprit)
    assert not kept.cached(culprit, day=2)


def mend_by_method(remedy, folder):
    name = re.search(r"give `(\w+)` a method `__recoup_digest__` that returns", remedy)[1]
    globals()[name].__recoup_digest__ = lambda self: "what stands for it"
    handler_for.cache_clear()
    return [{"api": [globals()[name]()]}, {"api": [globals()[name]()]}]


def mend_by_registration(remedy, folder):
    call = re.search(r"say what stands for it: (register_digest\(.*, function\))$", remedy)[1]
    known = {"register_digest": register_digest, "threading": threading, "function": lambda event: event.is_set()}
    eval(call, known)  # noqa: S307 - as above
    return [{"api": threading.Event()}, {"api": threading.Event()}]


def mend_by_list(remedy, folder):
    assert remedy == "pass something that can be read twice: a list, or a path"
    return [[1, 2], [1, 2]]


def mend_by_path(remedy, folder):
    assert remedy == "pass the path"
    return [folder / "f", folder / "f"]


def mend_by_enum(remedy, folder):
    assert remedy == "use an Enum member as the sentinel"
    return [[Sentinel.MISSING], [Sentinel.MISSING]]


class Sentinel(enum.Enum):
    MISSING = 1


MENDED = dict(zip(CULPRITS, (mend_by_method, mend_by_registration, mend_by_list, mend_by_path, mend_by_enum), strict=True))


@pytest.mark.parametrize(("culprit", "mend"), MENDED.items(), indirect=["culprit"])
def test_the_second_remedy_works(culprit, mend, tmp_path, recoup_events, monkeypatch):
    monkeypatch.setattr("recoup.hashing._dispatch._registered", {})
    remedy = refusal_of(culprit, recoup_events).rstrip(".").partition("; or ")[2]
    one, equal = mend(remedy, tmp_path)
    assert load(one) == 1
    assert load.cached(equal)
    handler_for.cache_clear()


def refusal_of(culprit, events):
    """Return the one line about a call with this argument, whose body ran."""
    task(cache=True)(load.fn)(culprit)
    (reason,) = [event.reason for event in events if isinstance(event, NotCached)]
    return reason


def test_the_parameter_of_a_flow_that_cannot_be_hashed_has_a_remedy_that_works_too(lines):
    @task(cache_policy=FLOW_PARAMETERS)
    def by_flow():
        return by_flow.key()

    @flow
    def program(source, day=1):
        return by_flow()

    @flow
    def mended(source: Annotated[object, Ignore], day=1):
        return by_flow()

    assert program(threading.Lock()) is None
    assert (
        "cannot hash `source`: _thread.lock has no stable content. Leave it out of the key: source: Annotated[_thread.lock, Ignore]"
        in lines()[0]
    )
    assert mended(threading.Lock()) is not None
