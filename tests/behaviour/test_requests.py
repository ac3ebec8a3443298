"""What a call asks of its storage: each request is a round trip where the storage is far away.

Prefect reads and decodes a record twice for a hit, looks results up that nobody asked to keep, and pays milliseconds
for every call (PREFECT.md, section 3: 13, 17, 18).
"""

from collections import Counter

import pytest

from recoup import flow, task
from recoup.serializers import PickleSerializer
from recoup.storage import MemoryStorage
from recoup.testing.stores import Recording


class Decoding(PickleSerializer):
    """Counts what it decodes."""

    decoded = 0

    def decode(self, data):
        type(self).decoded += 1
        return super().decode(data)


@pytest.fixture
def store():
    return Recording(MemoryStorage())


def asked_of(store):
    """Return the requests since last time, by operation and first folder."""
    found = Counter((operation, name.partition("/")[0]) for (operation, name), n in store.asked.items() for _ in range(n))
    store.asked.clear()
    return dict(found)


def double(x):
    return 2 * x


def test_a_hit_is_one_request(store):
    kept = task(cache=True, result_storage=store)(double)
    kept("a")
    kept("a")
    store.asked.clear()
    assert kept("a") == "aa"
    assert asked_of(store) == {("get", "records"): 1}


def test_a_large_hit_is_one_request_for_its_record_and_one_for_its_value(store):
    kept = task(cache=True, result_storage=store)(double)
    text = "a" * 100_000
    kept(text)
    store.asked.clear()
    assert kept(text) == 2 * text
    assert asked_of(store) == {("get", "records"): 1, ("get", "values"): 1}


def test_a_miss_looks_once_and_writes_once(store):
    kept = task(cache=True, result_storage=store)(double)
    kept("a")
    store.asked.clear()
    kept("b")
    assert asked_of(store) == {("get", "records"): 1, ("put", "records"): 1}


def test_a_refresh_looks_at_nothing(store):
    kept = task(cache=True, result_storage=store)(double)
    kept("a")
    store.asked.clear()
    kept.with_options(refresh_cache=True)("a")
    assert asked_of(store) == {("put", "records"): 1}


def test_a_hit_is_decoded_once(monkeypatch):
    monkeypatch.setattr("recoup.engine.ledger.decoder", lambda _: Decoding())
    kept = task(cache=True, result_storage=MemoryStorage())(double)
    kept("a")
    before = Decoding.decoded
    assert kept("a") == "aa"
    assert Decoding.decoded == before + 1


def test_a_task_that_keeps_nothing_asks_for_nothing(store):
    @flow(result_storage=store, persist_result=False)
    def program():
        store.asked.clear()
        task(double)("a")
        return asked_of(store)

    assert program() == {}


def test_decorating_and_importing_ask_for_nothing(store):
    task(cache=True, result_storage=store)(double).with_options(retries=1)
    flow(result_storage=store)(double)
    assert asked_of(store) == {}
