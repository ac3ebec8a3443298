"""What has no stable content is refused: with its path, its type, and two remedies that work."""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import functools
import hashlib
import http.client
import io
import itertools
import logging
import mmap
import multiprocessing
import queue
import random
import re
import selectors
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.request
import weakref
import xmlrpc.client
from dataclasses import dataclass

import pytest

from recoup.exceptions import HashError
from recoup.hashing import Hasher, digest, register_digest


class Client:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def refused(value, path=""):
    with pytest.raises(HashError) as caught:
        Hasher().token(value, path)
    return caught.value


async def _coroutine():
    """Do nothing."""


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: iter([1, 2, 3]), "list_iterator"),
        (lambda: (i for i in range(3)), "generator"),
        (lambda: map(str, [1, 2, 3]), "map"),
        (lambda: zip([1], [2], strict=True), "zip"),
        (itertools.count, "itertools.count"),
        (lambda: enumerate([1]), "enumerate"),
        (lambda: reversed([1, 2]), "list_reverseiterator"),
    ],
)
def test_iterators_are_refused_and_left_unconsumed(make, kind):
    iterator, untouched = make(), make()
    error = refused(iterator, "rows")
    assert error.kind == kind
    assert "list" in str(error)
    assert next(iterator) == next(untouched)


@pytest.mark.parametrize(
    "make",
    [
        threading.Lock,
        threading.RLock,
        threading.Event,
        threading.local,
        lambda: sqlite3.connect(":memory:"),
        lambda: weakref.ref(Client),
        lambda: _coroutine.__code__,
        object,
    ],
)
def test_locks_connections_and_the_like_are_refused(make):
    value = make()
    error = refused({"config": [value]}, "options")
    assert error.path.startswith("options['config'][0]")
    if isinstance(value, sqlite3.Connection):
        value.close()


class Referent:
    def method(self):
        """Do nothing."""


REFERENT = Referent()

RESOURCES = {
    "asyncio.Lock": asyncio.Lock,
    "asyncio.Event": asyncio.Event,
    "asyncio.Queue": asyncio.Queue,
    "asyncio.Semaphore": asyncio.Semaphore,
    "a context": contextvars.copy_context,
    "a context variable": lambda: contextvars.ContextVar("x"),
    "an executor": lambda: concurrent.futures.ThreadPoolExecutor(1),
    "a future": concurrent.futures.Future,
    "a thread": threading.Thread,
    "a condition": threading.Condition,
    "a semaphore": threading.Semaphore,
    "a barrier": lambda: threading.Barrier(2),
    "a timer": lambda: threading.Timer(1, print),
    "a queue": queue.Queue,
    "a simple queue": queue.SimpleQueue,
    "a process": multiprocessing.Process,
    "a lock between processes": multiprocessing.Lock,
    "a connection that is closed": lambda: http.client.HTTPConnection("localhost"),
    "an opener": urllib.request.build_opener,
    "a remote procedure": lambda: xmlrpc.client.ServerProxy("http://localhost"),
    "a mail client": smtplib.SMTP,
    "a TLS context": ssl.create_default_context,
    "a log handler": logging.StreamHandler,
    "a weak method": lambda: weakref.WeakMethod(REFERENT.method),
    "a weak proxy": lambda: weakref.proxy(REFERENT),
    "a weak set": weakref.WeakSet,
    "a weak dict": weakref.WeakValueDictionary,
    "a finalizer": lambda: weakref.finalize(REFERENT, print),
    "super": lambda: super(Referent, REFERENT),
    "a stack of contexts": contextlib.ExitStack,
    "a frame": sys._getframe,
    "a match": lambda: re.match("a", "a"),
    "a hash": hashlib.sha256,
    "random numbers of the system": random.SystemRandom,
    "mapped memory": lambda: mmap.mmap(-1, 10),
    "a selector": selectors.DefaultSelector,
    "a folder that will go": tempfile.TemporaryDirectory,
    "a session of a library that is not installed": type("Session", (), {"__module__": "requests.sessions"}),
}


@pytest.mark.parametrize("name", RESOURCES)
def test_what_belongs_to_this_process_is_refused_by_its_own_name(name):
    value = RESOURCES[name]()
    error = refused(Client(held=[value]), "cfg")
    assert error.path.startswith("cfg.held[0]")
    assert "no stable content" in str(error)
    for close in ("cleanup", "close"):
        if hasattr(type(value), close):
            getattr(value, close)()
            break


def test_a_process_that_runs_is_refused():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        assert refused(process).kind == "subprocess.Popen"


def test_subclasses_of_resources_are_refused_until_they_say_what_stands_for_them():
    class Worker(threading.Thread):
        pass

    class Named(Worker):
        def __recoup_digest__(self):
            return self.__class__.__name__

    assert refused(Worker()).kind.endswith("Worker")
    assert digest(Named()) == digest(Named())


def test_sockets_are_refused():
    with socket.socket() as connection:
        assert refused(connection).kind == "socket.socket"


def test_open_files_are_refused_unread(tmp_path):
    (tmp_path / "a").write_text("content")
    for mode in ("r", "rb"):
        with (tmp_path / "a").open(mode) as file:
            assert "path" in str(refused(file, "source"))
            assert file.tell() == 0
    with io.BufferedReader(io.BytesIO(b"abc")) as reader:
        refused(reader)


def test_coroutines_are_refused_and_can_still_be_awaited():
    waiting = _coroutine()
    refused(waiting)
    asyncio.run(waiting)


@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (lambda bad: Client(client=Client(_lock=bad)), "cfg.client._lock"),
        (lambda bad: [0, 1, 2, {"x": bad}], "cfg[3]['x']"),
        (lambda bad: {"a": ({"b": bad},)}, "cfg['a'][0]['b']"),
        (lambda bad: {(1, 2): bad}, "cfg[<tuple>]"),
        (lambda bad: functools.partial(print, bad), "cfg.args[0]"),
        (lambda bad: Client(run=Client(inner=bad).__init__), "cfg.run.__self__.inner"),
        (lambda bad: {"z": 1, "a": [bad], "m": 2}, "cfg['a'][0]"),
        (slice, "cfg.stop"),
        (ValueError, "cfg.args[0]"),
    ],
)
def test_the_path_leads_to_the_culprit(wrap, path):
    assert refused(wrap(threading.Lock()), "cfg").path == path


def test_a_long_path_shows_both_ends():
    value = threading.Lock()
    for _ in range(500):
        value = [value]
    error = refused(Client(deep=value), "cfg")
    assert error.path.startswith("cfg.deep[0][0]")
    assert "…" in error.path
    assert len(str(error)) < 500


def test_the_message_names_value_type_and_two_remedies():
    error = refused(Client(client=Client(_lock=threading.Lock())), "cfg")
    assert str(error) == (
        "cannot hash `cfg.client._lock`: _thread.lock has no stable content. Leave it out of the key: "
        "cfg: Annotated[Client, Ignore]; or give `Client` a method `__recoup_digest__` that returns what stands for it."
    )


def test_a_class_that_is_not_the_users_is_registered_instead():
    connection = sqlite3.connect(":memory:")
    assert "register_digest(sqlite3.Connection, function)" in str(refused([connection], "conn"))
    connection.close()


def test_without_a_name_there_is_no_argument_to_leave_out():
    error = refused([threading.Lock()])
    assert error.path == "[0]"
    assert "cache_key_fn" in str(error)


def test_the_cause_is_kept():
    assert isinstance(refused(threading.Lock()).__cause__, TypeError)


def test_an_error_in_the_users_own_reduce_is_a_refusal_too():
    class Broken:
        def __reduce__(self):
            raise ZeroDivisionError

    assert isinstance(refused(Broken()).__cause__, ZeroDivisionError)


@dataclass
class Rude:
    a: int = 0

    def __getattribute__(self, name):
        if name == "a":
            raise ZeroDivisionError
        return object.__getattribute__(self, name)


class RudeDigest:
    def __recoup_digest__(self):
        raise ZeroDivisionError


@pytest.mark.parametrize("kind", [Rude, RudeDigest])
def test_errors_in_the_values_own_code_are_refusals(kind):
    error = refused({"a": kind()}, "arg")
    assert error.path == "arg['a']"
    assert "raised ZeroDivisionError" in str(error)
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_a_remedy_works_own_method():
    class Connection:
        def __init__(self, url):
            self.url, self._lock = url, threading.Lock()

        def __recoup_digest__(self):
            return self.url

    assert digest(Connection("a")) == digest(Connection("a"))
    assert digest(Connection("a")) != digest(Connection("b"))
    assert digest(Connection("a")) != digest("a")


def test_what_a_method_returns_may_be_refused_as_well():
    class Connection:
        def __recoup_digest__(self):
            return [threading.Lock()]

    assert refused({"c": Connection()}, "arg").path == "arg['c'][0]"


def test_a_remedy_works_registration():
    class Foreign:
        def __init__(self, url):
            self.url, self._lock = url, threading.Lock()

    class Special(Foreign):
        pass

    refused(Foreign("a"))
    register_digest(Foreign, lambda foreign: foreign.url)
    assert digest(Foreign("a")) == digest(Foreign("a")) != digest(Foreign("b"))
    assert digest(Special("a")) != digest(Foreign("a"))


def test_plain_types_cannot_be_registered():
    for kind in (int, dict, object):
        with pytest.raises(ValueError, match="cannot have another digest"):
            register_digest(kind, repr)


def test_a_lambda_over_something_without_content_is_refused():
    lock = threading.Lock()
    error = refused([lambda: lock], "callbacks")
    assert error.path == "callbacks[0]"
    assert "lock" in str(error.__cause__)
