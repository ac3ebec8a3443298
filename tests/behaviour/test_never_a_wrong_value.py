"""A torn, flipped, missing or foreign record or value is a reported miss: never a wrong result, never a failed task.

The storage in memory is changed behind Recoup's back, byte by byte.
"""

import pytest
from blake3 import blake3
from msgspec.structs import replace

from recoup import flow, task
from recoup.engine.reference import Reference
from recoup.events import DidCompute, Hit, NotCached, WillCompute, WriteFailed
from recoup.exceptions import MissingResult, NewerFormat, StoreError, StoreFull
from recoup.records import decode_record, encode_record
from recoup.results import get_default_result_storage
from recoup.storage import MemoryStorage
from recoup.testing.stores import Failing

BIG = 100_000


@task(cache=True)
def word(x):
    return f"word {x}"


@task(cache=True)
def many(x):
    return b"%d" % x * BIG


@task(cache=True)
def length(text):
    return len(text)


def stored(folder):
    """Return the name and bytes of the one object of a folder."""
    store = get_default_result_storage()
    (info,) = store.list(folder)
    return info.name, store.get(info.name)


def overwrite(name, data):
    get_default_result_storage().put(name, [data])


def causes(events):
    return [event.cause for event in events if isinstance(event, WillCompute)]


def hits(events):
    return [event for event in events if isinstance(event, Hit)]


# --- records -------------------------------------------------------------------------------------


def damaged_variants(data):
    for place in range(len(data)):
        yield data[:place]
        for flip in (0x01, 0x80):
            yield data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]
    yield data + b"\0"
    yield data[::-1]
    yield data + data


def test_every_flipped_byte_and_every_truncation_of_a_record_is_a_reported_miss(recoup_events):
    """The body runs again, the reason is damage, and what it wrote is served from then on."""
    word(1)
    name, data = stored("records")
    for broken in damaged_variants(data):
        overwrite(name, broken)
        recoup_events.clear()
        assert word(1) == "word 1"
        assert causes(recoup_events) == ["damaged"], broken
        assert word(1) == "word 1"
        assert len(hits(recoup_events)) == 1


def test_a_damaged_record_says_so(recoup_events):
    word(1)
    name, data = stored("records")
    overwrite(name, data.replace(b"word 1", b"word 2"))
    assert word(1) == "word 1"
    (event,) = [event for event in recoup_events if isinstance(event, WillCompute) and event.cause == "damaged"]
    assert event.why == "its record was damaged: its bytes do not match their digest"


def test_a_record_that_belongs_to_another_key_is_not_served(recoup_events):
    """A copy under a wrong name is intact in itself, but not what was asked for."""
    word(1)
    name, _ = stored("records")
    word.invalidate(1)
    word(2)
    _, other = stored("records")
    overwrite(name, other)
    recoup_events.clear()
    assert word(1) == "word 1"
    assert causes(recoup_events) == ["damaged"]


def test_a_deleted_record_is_a_miss(recoup_events):
    word(1)
    get_default_result_storage().delete(stored("records")[0])
    assert word(1) == "word 1"
    assert causes(recoup_events) == ["first", "missing"]


def test_a_record_of_a_newer_format_is_left_where_it_is(recoup_events):
    """It is somebody's; ours is kept beside it, and served."""
    word(1)
    name, data = stored("records")
    record, payload = decode_record(data)
    newer = encode_record(record, bytes(payload)).replace(b'{"recoup":1,', b'{"recoup":9,')
    body = newer[: newer.index(b',"check"')]
    newer = body + b',"check":"%b"}\n' % blake3(body).hexdigest(8).encode() + bytes(payload)
    overwrite(name, newer)
    recoup_events.clear()
    assert [word(1), word(1)] == ["word 1", "word 1"]
    assert causes(recoup_events) == ["unreadable"]
    assert len(hits(recoup_events)) == 1
    assert get_default_result_storage().get(name) == newer


def test_a_result_that_this_environment_cannot_decode_is_kept_beside_ours(recoup_events):
    """Another environment's record is intact: it is neither served nor overwritten, and `cached` knows ours."""
    word(1)
    name, data = stored("records")
    record, _ = decode_record(data)
    foreign_payload = b"cbuiltins\nnothing_of_that_name\n."
    value = replace(record.value, digest=blake3(foreign_payload).hexdigest(), size=len(foreign_payload))
    foreign = encode_record(replace(record, serializer="pickle", value=value), foreign_payload)
    overwrite(name, foreign)
    recoup_events.clear()
    assert not word.cached(1)
    assert [word(1), word(1)] == ["word 1", "word 1"]
    assert causes(recoup_events) == ["unreadable"]
    assert word.cached(1)
    assert word.record(1).value.digest == record.value.digest
    assert get_default_result_storage().get(name) == foreign
    assert word.invalidate(1)
    assert not list(get_default_result_storage().list("records"))


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, BIG // 2, BIG - 1])
def test_a_flipped_byte_of_a_large_value_is_a_reported_miss(recoup_events, place):
    many(1)
    name, data = stored("values")
    overwrite(name, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    assert many(1) == many(1) == b"1" * BIG
    assert causes(recoup_events) == ["first", "damaged"]
    assert stored("values") == (name, data)


@pytest.mark.parametrize("size", [0, 1, BIG // 2, BIG - 1])
def test_a_truncated_large_value_is_a_reported_miss(recoup_events, size):
    many(1)
    name, data = stored("values")
    overwrite(name, data[:size])
    assert many(1) == many(1) == b"1" * BIG
    assert causes(recoup_events) == ["first", "damaged"]
    assert stored("values") == (name, data)


def test_a_deleted_large_value_is_a_reported_miss(recoup_events):
    many(1)
    name, data = stored("values")
    get_default_result_storage().delete(name)
    assert not many.cached(1)
    assert many(1) == many(1) == b"1" * BIG
    assert causes(recoup_events) == ["first", "missing"]
    assert stored("values") == (name, data)


@pytest.mark.parametrize("damage", ["delete", "flip", "truncate"])
def test_a_future_whose_value_is_gone_is_computed_again_when_somebody_looks(recoup_events, damage):
    """The look-up of a future reads no values; when one turns out to be unusable, the call runs after all."""
    many(1)
    name, data = stored("values")

    @flow
    def pipeline():
        future = many.submit(1)
        future.wait()
        if damage == "delete":
            get_default_result_storage().delete(name)
        else:
            overwrite(name, data[:-1] + (b"x" if damage == "flip" else b""))
        return future.result() == future.result() == b"1" * BIG

    assert pipeline()
    assert causes(recoup_events) == ["first", "missing" if damage == "delete" else "damaged"]
    assert stored("values") == (name, data)


def test_an_argument_whose_value_is_gone_is_computed_again_before_the_body_runs(recoup_events):
    @flow
    def pipeline(value):
        future = many.submit(value)
        future.wait()
        get_default_result_storage().delete(stored("values")[0])
        return length.submit(future).result()

    many(1)
    assert pipeline(1) == BIG
    assert [event.call.task for event in recoup_events if isinstance(event, DidCompute)] == ["many", "many", "length"]


def test_a_recomputed_argument_that_differs_changes_the_key_of_what_follows(recoup_events):
    """The downstream key follows the new value, so that its record never speaks of a value that is gone."""
    filling = [b"a"]

    @task(cache_key_fn=lambda ctx, args: "fill")
    def fill():
        return filling[0] * BIG

    @task(cache=True)
    def first(text):
        return text[:1]

    @flow
    def pipeline():
        future = fill.submit()
        future.wait()
        get_default_result_storage().delete(stored("values")[0])
        filling[0] = b"b"
        return first.submit(future).result()

    fill()
    assert pipeline() == b"b"
    assert first(b"b" * BIG) == b"b"
    assert len(hits(recoup_events)) == 2  # of fill in the flow, and of the last call
    assert not first.cached(b"a" * BIG)


def test_a_value_that_is_computed_again_while_the_storage_is_full_reaches_whoever_looks(recoup_events):
    """And what depends on it is keyed by the value, not by what was recorded of the one that is gone."""
    filling = [b"a"]
    store = Failing(MemoryStorage(), None, {"put"})
    fill = task(cache=True, result_storage=store, task_key="fill")(lambda: filling[0] * BIG)
    first = task(cache=True)(lambda data: data[:1])

    @flow
    def pipeline():
        future = fill.submit()
        future.wait()
        store.delete(next(info.name for info in store.list("values")))
        filling[0] = b"b"
        store.error = StoreFull("no room")
        return first.submit(future).result(), future.result()[:1], first.submit(future).result()

    fill()
    assert pipeline() == (b"b", b"b", b"b")
    assert first.cached(b"b" * BIG)
    assert not first.cached(b"a" * BIG)


def test_a_result_that_cannot_be_recreated_says_what_recreates_it():
    many(1)
    record = many.record(1)
    from recoup.results import get_result_store

    get_default_result_storage().delete(stored("values")[0])
    with pytest.raises(MissingResult) as caught:
        Reference(get_result_store().ledger, record, None, None).load()
    assert str(caught.value) == (
        f"the result of {record.task} is not available: its stored value is gone. Run the flow again to recreate it."
    )


# --- parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"", b"{", b'{"recoup":1,"digest":"0","parts":[]}', None])
def test_damaged_code_parts_cost_an_explanation_and_nothing_else(recoup_events, damage):
    """They are written anew by the next process that keeps a result of the same code."""
    from recoup import results

    word(1)
    name, data = stored("parts")
    overwrite(name, damage) if damage is not None else get_default_result_storage().delete(name)
    results.forget()  # as a new process would
    assert [word(1), word.with_options(task_key=None)(2)] == ["word 1", "word 2"]
    assert causes(recoup_events) == ["first", "argument"]
    assert stored("parts") == (name, data)


# --- storages ------------------------------------------------------------------------------------


def failing(error, on):
    return Failing(MemoryStorage(), error, on)


@pytest.mark.parametrize("error", [StoreError("the disk is away"), NewerFormat("it is kept in format 9")])
def test_a_storage_that_does_not_answer_is_a_reported_miss(recoup_events, error):
    """Whether there is a record is unknown: the body runs, and its result is kept if that works."""
    store = failing(error, {"get"})
    kept = word.with_options(result_storage=store)
    assert kept(1) == "word 1"
    (event,) = [event for event in recoup_events if isinstance(event, WillCompute)]
    assert (event.cause, event.why) == ("unknown", f"the storage could not be read: {error}")


def test_a_storage_that_answers_again_is_used_again(recoup_events):
    store = failing(None, {"get"})
    kept = word.with_options(result_storage=store)
    kept(1)
    store.error = StoreError("the disk is away")
    assert kept(1) == "word 1"
    store.error = None
    assert kept(1) == "word 1"
    assert causes(recoup_events) == ["first", "unknown"]
    assert len(hits(recoup_events)) == 1


@pytest.mark.parametrize("marker", [b"torn{", b"", b"[]", b'{"recoup":"x"}'])
def test_a_damaged_format_marker_fails_no_task(recoup_events, marker):
    store = MemoryStorage()
    store.put("recoup.json", [marker])
    kept = word.with_options(result_storage=store)
    assert [kept(1), kept(1)] == ["word 1", "word 1"]
    assert not any(isinstance(event, NotCached) for event in recoup_events)
    reported = any(isinstance(event, WriteFailed) for event in recoup_events)
    assert reported or len(hits(recoup_events)) == 1


def test_bytes_of_every_serializer_are_verified_before_they_are_decoded(recoup_events):
    """What is not what was written never reaches a decoder."""
    kept = word.with_options(result_serializer="compressed/pickle")
    kept(1)
    name, data = stored("records")
    overwrite(name, data[:-1] + bytes([data[-1] ^ 0xFF]))
    assert kept(1) == "word 1"
    assert causes(recoup_events) == ["first", "damaged"]
