"""Generator tasks are kept item by item and replayed as a stream (defect 28: never cached, async ones store `None`)."""

import asyncio
import contextvars
import gc
import pickle
import threading
import tracemalloc
from datetime import timedelta
from types import AsyncGeneratorType, GeneratorType

import pytest

from recoup import flow, get_run_logger, task
from recoup.cache_policies import INPUTS
from recoup.context import TaskRunContext
from recoup.events import DidCompute, DidFail, DidStore, Hit, NotCached, NotPublished, WillCompute, WillRetry, WriteFailed
from recoup.exceptions import ParameterBindError, StreamDiverged
from recoup.results import ledger_of
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.transactions import get_transaction, transaction
from streams import asynchronous, reader

LARGE = 100_000


@pytest.fixture(params=["sync", "async"])
def stream(request):
    """Return a function that makes a stream task of a generator function, and reads its calls as generators."""

    def make(body=None, **options):
        if body is None:
            return lambda body: make(body, **options)
        made = task(**{"cache_policy": INPUTS, **options})(body if request.param == "sync" else asynchronous(body))

        def call(*args, **kwargs):
            return reader(made(*args, **kwargs))

        call.task, call.kind = made, request.param
        return call

    return make


@pytest.fixture
def store():
    return MemoryStorage()


def kinds(events):
    return [type(event).__name__ for event in events if not type(event).__name__.startswith("Flow")]


def one(events, kind):
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def count(n):
    yield from range(n)


# --- serving -------------------------------------------------------------------------------------


def test_a_stream_is_kept_and_replayed(stream, recoup_events):
    numbers = stream(count)
    assert list(numbers(3)) == list(numbers(3)) == [0, 1, 2]
    assert kinds(recoup_events) == ["WillCompute", "DidCompute", "DidStore", "Hit"]


def test_a_call_returns_a_generator_of_its_kind(stream):
    made = stream(count).task(1)
    assert type(made) in (GeneratorType, AsyncGeneratorType)


def test_a_replay_gives_the_return_value(recoup_events):
    @task(cache=True)
    def numbers(n):
        yield from range(n)
        return {"total": n}

    def whole():
        total = yield from numbers(2)
        yield total

    assert list(whole()) == list(whole()) == [0, 1, {"total": 2}]
    assert kinds(recoup_events)[-1] == "Hit"


def test_an_empty_stream_is_kept(stream, recoup_events):
    numbers = stream(count)
    assert list(numbers(0)) == list(numbers(0)) == []
    assert kinds(recoup_events)[-1] == "Hit"


def test_nothing_runs_before_the_first_item_is_asked_for(stream, recoup_events):
    said = []

    @stream
    def talk(words):
        for word in words:
            said.append(word)
            yield word

    words = ["a"]
    talking = talk(words)
    words.append("b")  # as with any generator, the arguments are those of the moment when it begins
    assert (said, recoup_events) == ([], [])
    assert [next(talking), *said] == ["a", "a"]
    assert list(talking) == ["b"]
    assert talk.task.cached(["a", "b"])


def test_each_item_reaches_the_consumer_before_the_next_is_made(stream):
    told = []

    @stream
    def make(n):
        for number in range(n):
            told.append(f"made {number}")
            yield number

    for number in make(2):
        told.append(f"got {number}")  # noqa: PERF401 - the order of both is the point
    assert told == ["made 0", "got 0", "made 1", "got 1"]


def test_wrong_arguments_fail_at_the_call(stream):
    with pytest.raises(ParameterBindError):
        stream(count).task(1, 2, 3)


def test_seconds_are_the_bodys_own(stream, recoup_clock, recoup_events):
    @stream
    def slow(n):
        for number in range(n):
            recoup_clock.tick(2)
            yield number

    for _ in slow(3):
        recoup_clock.tick(100)
    assert one(recoup_events, DidCompute).seconds == 6
    assert slow.task.record(3).compute_seconds == 6


def test_replayed_items_are_fresh_objects(stream):
    @stream
    def rows(n):
        for number in range(n):
            yield {"n": number}

    for _ in range(3):
        for number, row in enumerate(rows(2)):
            assert row == {"n": number}
            row["n"] = "changed"


def test_what_consumer_and_body_do_to_an_item_later_does_not_reach_the_other(stream):
    """Else the first reader would see another stream than all later ones."""

    @stream
    def growing(n):
        items = []
        for number in range(n):
            items.append(number)
            yield items

    first = growing(2)
    one = next(first)
    one.append("x")
    assert [one, *first] == [[0, "x"], [0, 1]]
    assert list(growing(2)) == [[0], [0, 1]]


def test_types_of_items_stay(stream):
    items = [1, 1.0, True, "1", (1, 2), [1, 2], None, b"x", {1, 2}]

    @stream
    def mixed():
        yield from items

    for _ in range(2):
        assert [(type(item), item) for item in mixed()] == [(type(item), item) for item in items]


def test_a_lossy_serializer_gives_the_first_reader_what_it_gives_the_others(stream):
    @stream(result_serializer="json")
    def pairs(n):
        yield from ((number, number) for number in range(n))

    assert list(pairs(2)) == list(pairs(2)) == [[0, 0], [1, 1]]
    assert not pairs.task.record(2).exact


# --- consumers -----------------------------------------------------------------------------------


def test_a_stream_that_was_not_read_to_its_end_is_not_kept(stream, recoup_events):
    closed = []

    @stream
    def numbers(n):
        try:
            yield from range(n)
        finally:
            closed.append(n)

    for _ in range(2):
        reading = numbers(5)
        assert [next(reading), next(reading)] == [0, 1]
        reading.close()
    assert closed == [5, 5]
    assert one(recoup_events, NotCached).reason == (
        "its consumer stopped after 2 items, and only a stream that was read to its end is kept. Read all of it once."
    )
    assert kinds(recoup_events) == ["WillCompute", "NotCached", "DidCompute", "WillCompute", "DidCompute"]
    assert list(numbers(5)) == list(numbers(5)) == [0, 1, 2, 3, 4]


def test_a_stream_that_is_dropped_is_closed(recoup_events):
    closed = []

    @task(cache=True)
    def numbers(n):
        try:
            yield from range(n)
        finally:
            closed.append(n)

    next(numbers(5))
    gc.collect()
    assert closed == [5]
    assert not numbers.cached(5)


def test_a_replay_may_be_left_at_any_item(stream, recoup_events):
    numbers = stream(count)
    list(numbers(3))
    reading = numbers(3)
    next(reading)
    reading.close()
    assert kinds(recoup_events)[3:] == ["Hit"]
    assert list(numbers(3)) == [0, 1, 2]


def echo(n):
    given = yield n
    while given is not None:
        try:
            given = yield given
        except KeyError as exc:
            given = yield str(exc)


def test_a_stream_into_which_is_sent_works_and_is_not_kept(stream, recoup_events):
    talk = stream(echo)
    for _ in range(2):
        talking = talk(1)
        assert [next(talking), talking.send("a"), talking.send("b"), *talking] == [1, "a", "b"]
    assert one(recoup_events, NotCached).reason.startswith("its consumer sends into it, so that its items depend on more than")
    assert not talk.task.cached(1)


def test_sending_into_a_replay_runs_the_body_up_to_there(stream, recoup_events):
    talk = stream(echo)
    assert list(talk(1)) == [1]
    talking = talk(1)
    assert [next(talking), talking.send("a"), *talking] == [1, "a"]
    assert [event.why for event in recoup_events if isinstance(event, WillCompute)] == [
        "first time",
        "its consumer sends into it, which a stored stream cannot answer",
    ]
    assert list(talk(1)) == [1]
    assert kinds(recoup_events)[-1] == "Hit"


def test_an_error_that_is_thrown_in_reaches_the_body(stream):
    talk = stream(echo)
    for _ in range(2):
        talking = talk(1)
        assert [next(talking), talking.send("a"), talking.throw(KeyError("k"))] == [1, "a", "'k'"]
        assert list(talking) == []
    assert not talk.task.cached(1)


def test_an_error_that_is_thrown_in_and_not_caught_comes_back_without_a_retry(stream, recoup_events):
    numbers = stream(count, retries=2)
    reading, error = numbers(3), ValueError("stop")
    next(reading)
    with pytest.raises(ValueError, match="stop") as caught:
        reading.throw(error)
    assert caught.value is error
    assert kinds(recoup_events) == ["WillCompute", "NotCached", "DidFail"]
    assert list(numbers(3)) == [0, 1, 2]


def test_two_consumers_do_not_disturb_each_other(stream, recoup_events):
    numbers = stream(count)
    assert list(zip(numbers(3), numbers(3), strict=True)) == [(0, 0), (1, 1), (2, 2)]
    assert list(zip(numbers(3), numbers(3), strict=True)) == [(0, 0), (1, 1), (2, 2)]
    assert kinds(recoup_events)[-2:] == ["Hit", "Hit"]


# --- what is not kept ----------------------------------------------------------------------------


def test_a_body_that_raises_has_given_its_items_and_is_not_kept(stream, recoup_events):
    @stream
    def breaking(n):
        yield from range(n)
        raise KeyError("broken")

    for _ in range(2):
        reading = breaking(2)
        assert [next(reading), next(reading)] == [0, 1]
        with pytest.raises(KeyError, match="broken") as caught:
            next(reading)
        assert caught.value.__context__ is None
    assert kinds(recoup_events) == ["WillCompute", "DidFail"] * 2


def test_an_item_that_cannot_be_kept_still_reaches_the_consumer(stream, recoup_events):
    @stream
    def locks(n):
        for _ in range(n):
            yield threading.Lock()

    assert len(list(locks(3))) == 3
    failed = one(recoup_events, WriteFailed)
    assert failed.error.startswith("item 1 of its stream: Failed to serialize object of type 'lock'")
    assert not locks.task.cached(3)


def test_a_storage_that_fails_midway_costs_the_consumer_nothing(stream, recoup_events):
    class Full(MemoryStorage):
        def put(self, name, chunks, *, create=False):
            if name.startswith("values/") and len(self.names()) > 3:
                raise OSError("no space left")
            super().put(name, chunks, create=create)

        def names(self):
            return [info.name for info in self.list("values")]

    @stream(result_storage=Full())
    def large(n):
        for number in range(n):
            yield str(number) * LARGE

    assert [item[0] for item in large(8)] == list("01234567")
    assert one(recoup_events, WriteFailed).error == "item 5 of its stream: OSError: no space left"


def test_a_body_that_changes_its_arguments_is_not_kept(stream, recoup_events):
    @stream
    def draining(items):
        while items:
            yield items.pop()

    assert list(draining([1, 2])) == [2, 1]
    assert kinds(recoup_events) == ["WillCompute", "DidCompute", "MutatedInput"]


def test_a_stream_of_a_task_that_keeps_nothing_is_passed_on_as_it_is(stream, recoup_events):
    items = [threading.Lock(), []]

    @stream(cache_policy=None)
    def plain():
        yield from items

    assert [id(item) for item in plain()] == [id(item) for item in items]
    assert kinds(recoup_events) == ["WillCompute", "DidCompute"]


def test_a_stream_has_no_plain_copy(stream, recoup_events, store):
    named = stream(count, cache_policy=None, result_storage_key="numbers", result_storage=store)
    assert list(named(2)) == list(named(2)) == [0, 1]
    assert one(recoup_events, NotPublished).reason.startswith("a stream has no plain copy.")
    assert not store.exists("numbers")


# --- time ----------------------------------------------------------------------------------------


def test_a_refresh_overwrites_and_an_expired_stream_runs_again(stream, recoup_events, recoup_clock):
    numbers = stream(count, cache_expiration=timedelta(hours=1))
    list(numbers(2))
    recoup_clock.tick(hours=2)
    list(numbers(2))
    assert one(recoup_events[3:], WillCompute).cause == "expired"
    list(reader(numbers.task.with_options(refresh_cache=True)(2)))
    assert [event.cause for event in recoup_events if isinstance(event, WillCompute)] == ["first", "expired", "refresh"]
    list(numbers(2))
    assert kinds(recoup_events)[-1] == "Hit"


# --- retries -------------------------------------------------------------------------------------


def test_a_retry_goes_on_where_the_consumer_is(stream, recoup_events, recoup_clock):
    """Prefect gives the first items twice."""
    attempts = []

    @stream(retries=1, retry_delay_seconds=5)
    def flaky(n):
        attempts.append(n)
        for number in range(n):
            if number == 2 and len(attempts) == 1:
                raise ConnectionError("lost")
            yield [number]

    assert list(flaky(4)) == list(flaky(4)) == [[0], [1], [2], [3]]
    assert kinds(recoup_events) == ["WillCompute", "WillRetry", "DidCompute", "DidStore", "Hit"]
    assert recoup_clock.slept == [5]


def test_a_retry_that_begins_with_other_items_fails(stream, recoup_events, recoup_clock):
    attempts = []

    @stream(retries=3)
    def unsteady(n):
        attempts.append(n)
        yield len(attempts)
        raise ConnectionError("lost")

    reading = unsteady(1)
    assert next(reading) == 1
    with pytest.raises(StreamDiverged) as caught:
        next(reading)
    assert str(caught.value) == (
        "unsteady cannot go on after 1 item (ConnectionError: lost): it ran again, and did not begin with the items that were "
        "given. Call it again to read all of it, or let it yield the same for the same arguments."
    )
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert kinds(recoup_events) == ["WillCompute", "WillRetry", "DidFail"]


def test_a_retry_that_ends_too_early_fails(stream, recoup_clock):
    attempts = []

    @stream(retries=1)
    def shrinking():
        attempts.append(1)
        if len(attempts) == 1:
            yield 1
            raise ConnectionError("lost")

    reading = shrinking()
    next(reading)
    with pytest.raises(StreamDiverged):
        next(reading)


def test_retries_that_fail_before_the_consumers_place_may_be_followed_by_one_that_does_not(stream, recoup_clock):
    attempts = []

    @stream(retries=2)
    def flaky():
        attempts.append(1)
        for number in range(5):
            if number == {1: 3, 2: 1}.get(len(attempts)):
                raise ConnectionError("lost")
            yield number

    assert list(flaky()) == [0, 1, 2, 3, 4]
    assert len(attempts) == 3


def test_a_body_that_never_succeeds_raises_its_last_error(stream, recoup_events, recoup_clock):
    @stream(retries=1)
    def breaking():
        yield 1
        raise ConnectionError("lost")

    reading = breaking()
    assert next(reading) == 1
    with pytest.raises(ConnectionError):
        next(reading)
    assert kinds(recoup_events) == ["WillCompute", "WillRetry", "DidFail"]


def test_a_retry_without_a_key_compares_too(stream, recoup_clock):
    attempts = []

    @stream(retries=1, cache_policy=None)
    def flaky():
        attempts.append(1)
        yield {"n": 1}
        if len(attempts) == 1:
            raise ConnectionError("lost")
        yield {"n": 2}

    assert list(flaky()) == [{"n": 1}, {"n": 2}]


# --- long streams and damage ---------------------------------------------------------------------


def texts(n):
    for number in range(n):
        yield str(number) * LARGE


def values(store):
    """Return the names of large items, by the character that they are made of."""
    return {store.get(info.name)[LARGE // 2 : LARGE // 2 + 1].decode(): info.name for info in store.list("values")}


def flip(store, name):
    data = store.get(name)
    store.put(name, [bytes([data[0] ^ 0xFF]), data[1:]])


@pytest.mark.parametrize("damage", [flip, MemoryStorage.delete])
def test_an_item_that_is_found_damaged_is_computed_again_and_the_stream_goes_on(stream, store, recoup_events, damage):
    large = stream(texts, result_storage=store)
    expected = list(large(4))
    damage(store, values(store)["2"])
    assert list(large(4)) == expected
    assert kinds(recoup_events)[3:] == ["Hit", "WillCompute", "DidCompute", "DidStore"]
    why = recoup_events[4].why
    assert why.endswith("(item 3 of its stream)")
    assert list(large(4)) == expected
    assert kinds(recoup_events)[-1] == "Hit"


def test_a_damaged_segment_is_computed_again_and_the_stream_goes_on(stream, store, recoup_events):
    numbers = stream(count, result_storage=store)
    expected = list(numbers(10_000))
    segments = [info.name for info in store.list("values")]
    assert len(segments) == 2
    for name in segments:
        flip(store, name)
        assert list(numbers(10_000)) == expected
        assert kinds(recoup_events)[-1] == "DidStore"
        assert list(numbers(10_000)) == expected
        assert kinds(recoup_events)[-1] == "Hit"
    assert "its stored value was damaged: its bytes do not match their digest (item 4097 of its stream)" in [
        event.why for event in recoup_events if isinstance(event, WillCompute)
    ]


def test_a_stream_goes_on_when_all_that_is_stored_of_it_disappears(stream, store):
    large = stream(texts, result_storage=store)
    expected = list(large(4))
    reading = large(4)
    given = [next(reading), next(reading)]
    for info in list(store.list()):
        store.delete(info.name)
    assert [*given, *reading] == expected


def test_equal_items_go_on_though_their_bytes_differ(stream, store):
    """Sets are written in another order by another process."""
    runs = []

    @stream(result_storage=store)
    def sets(n):
        runs.append(n)
        yield {0, 8} if len(runs) == 1 else {8, 0}
        yield "x" * LARGE

    first = list(sets(1))
    for name in values(store).values():
        store.delete(name)
    assert pickle.dumps({0, 8}) != pickle.dumps({8, 0})
    assert list(sets(1)) == first


def test_a_body_that_begins_otherwise_after_damage_fails_and_the_next_call_begins_anew(stream, store, recoup_events):
    runs = []

    @stream(result_storage=store)
    def unsteady(n):
        runs.append(n)
        for number in range(n):
            yield f"{len(runs)}{number}" * LARGE

    list(unsteady(3))
    flip(store, next(info.name for info in store.list("values") if b"1212" in store.get(info.name)[:200]))
    reading = unsteady(3)
    given = []
    with pytest.raises(StreamDiverged) as caught:
        given.extend(item[:2] for item in reading)
    assert "(its stored stream was damaged): it ran again, and did not begin with the items that were given" in str(caught.value)
    assert [item[:2] for item in unsteady(3)] == ["30", "31", "32"]
    list(unsteady(3))
    assert kinds(recoup_events)[-1] == "Hit"


def test_a_damaged_record_is_computed_again_before_any_item(stream, store, recoup_events):
    numbers = stream(count, result_storage=store)
    list(numbers(3))
    (info,) = store.list("records")
    flip(store, info.name)
    assert list(numbers(3)) == [0, 1, 2]
    assert one(recoup_events[3:], WillCompute).cause == "damaged"
    assert not [event for event in recoup_events if isinstance(event, Hit)]


@pytest.mark.parametrize(("size", "few"), [(1, 9_000), (1000, 1_000)])
def test_a_long_stream_takes_no_more_memory_than_a_short_one(tmp_path, size, few):
    @task(cache_policy=INPUTS, result_storage=LocalFileSystem(tmp_path))
    def items(n):
        for number in range(n):
            yield f"{number:>{size}}"

    def peak(n):
        tracemalloc.start()
        assert sum(1 for _ in items(n)) == n
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    first, replayed = peak(few), peak(few)
    assert peak(2 * few) < 1.3 * first
    assert peak(2 * few) < 1.3 * replayed
    assert items.record(2 * few).stream.items == 2 * few


# --- futures, states and looking -----------------------------------------------------------------


def test_the_future_of_a_stream_has_the_list_of_its_items(stream, recoup_events):
    numbers = stream(count).task

    @flow
    def pipeline():
        return numbers.submit(3).result(), numbers.map([1, 2]).result(), numbers(2, return_state=True)

    for _ in range(2):
        submitted, mapped, state = pipeline()
        if hasattr(state, "__await__"):
            state = asyncio.run(state)
        assert (submitted, mapped) == ([0, 1, 2], [[0], [0, 1]])
        assert state.result() == [0, 1]
    assert kinds(recoup_events).count("WillCompute") == 3


def test_the_state_of_a_stream_says_how_it_ended(stream):
    @stream
    def breaking(n):
        yield 1
        raise KeyError(n)

    state = breaking.task(1, return_state=True)
    if not hasattr(state, "name"):
        state = asyncio.run(state)
    assert (state.name, type(state.result(raise_on_failure=False))) == ("Failed", KeyError)


def test_a_cached_pipeline_of_submitted_streams_reads_no_items(store, recoup_events):
    made = task(cache_policy=INPUTS, result_storage=store)(texts)

    @task(cache_policy=INPUTS, result_storage=store)
    def count_texts(items):
        return len(items)

    @flow
    def pipeline():
        return count_texts.submit(made.submit(3)).result()

    assert pipeline() == 3
    reads = []
    get = store.get
    store.get = lambda name: reads.append(name) or get(name)
    assert pipeline() == 3
    assert not [name for name in reads if name.startswith("values")]
    assert kinds(recoup_events)[-2:] == ["Hit", "Hit"]


def test_a_future_of_a_stream_whose_items_are_gone_computes_them_again(store):
    made = task(cache_policy=INPUTS, result_storage=store)(texts)

    @flow
    def pipeline():
        future = made.submit(3)
        future.wait()
        for info in list(store.list("values")):
            store.delete(info.name)
        return future.result()

    for _ in range(2):
        assert [item[0] for item in pipeline()] == ["0", "1", "2"]


def test_a_stream_that_is_mended_and_cannot_be_kept_is_not_run_once_more(store, recoup_events):
    large = task(cache_policy=INPUTS, result_storage=store)(texts)
    expected = list(large(3))
    flip(store, values(store)["1"])

    def full(name, chunks, *, create=False):
        raise OSError("no space left")

    store.put = full
    state = large(3, return_state=True)
    assert [state.result(), state.result()] == [expected, expected]
    assert kinds(recoup_events).count("WillCompute") == 2


def test_a_stream_is_looked_up_and_withdrawn_as_other_results(stream, store, recoup_events):
    large = stream(texts, result_storage=store).task
    assert (large.cached(3), large.record(3)) == (False, None)
    list(reader(large(3)))
    assert large.cached(3)
    record = large.record(3)
    assert record.key == large.key(3)
    assert (record.stream.items, record.size) == (3, one(recoup_events, DidStore).size)
    assert record.size > 3 * LARGE
    assert large.invalidate(3)
    assert not large.cached(3)


def test_a_stream_that_lost_an_item_is_not_cached_and_is_listed_as_damaged(store):
    large = task(cache_policy=INPUTS, result_storage=store)(texts)
    list(large(3))
    store.delete(values(store)["1"])
    assert not large.cached(3)
    (found,) = ledger_of(store).examine()
    assert found.problem == "its stored value is gone"


def test_waiting_for_another_task_happens_at_the_first_item(stream):
    numbers = stream(count).task

    @task
    def breaking():
        raise KeyError("no")

    @flow
    def pipeline():
        failed = breaking.submit()
        reading = reader(numbers(2, wait_for=[failed]))
        with pytest.raises(Exception, match="was not started, because"):
            next(reading)
        return [*reader(numbers(2, wait_for=[numbers.submit(1)])), *reader(numbers(n=numbers.submit(1).result()[0] + 1))]

    assert pipeline() == [0, 1, 0]


def test_a_plain_function_and_a_generator_function_do_not_read_each_others_results(store, recoup_events):
    """Under `INPUTS` the edit of a body is not noticed; that it yields now is."""
    options = {"cache_policy": INPUTS, "task_key": "numbers", "result_storage": store}
    listed = task(**options)(lambda n: list(range(n)))
    yielded = task(**options)(count)
    for _ in range(2):
        assert listed(2) == [0, 1]
        assert list(yielded(2)) == [0, 1]
    causes = [(event.cause, event.why) for event in recoup_events if isinstance(event, WillCompute)][1:3]
    assert causes == [("code", "it is a generator function now"), ("code", "it was a generator function before")]


def test_methods_stream(stream):
    class Counter:
        def __init__(self, start):
            self.start = start

        @task(cache_policy=INPUTS)
        def count(self, n):
            yield from range(self.start, self.start + n)

    assert list(Counter(5).count(2)) == list(Counter(5).count(2)) == [5, 6]
    assert Counter(5).count.cached(2)
    assert not Counter(6).count.cached(2)


# --- transactions --------------------------------------------------------------------------------


def test_a_stream_commits_when_it_has_ended(stream, recoup_events):
    """On its own, since it may be read when the block around its call has ended."""
    committed = []

    @stream(on_commit=[lambda txn: committed.append(txn.get("n"))])
    def numbers(n):
        get_transaction().set("n", n)
        yield from range(n)

    with transaction():
        reading = numbers(3)
        next(reading)
    assert committed == []
    assert list(reading) == [1, 2]
    assert committed == [3]
    assert list(numbers(3)) == [0, 1, 2]
    assert committed == [3]
    assert kinds(recoup_events) == ["WillCompute", "DidCompute", "DidStore", "Hit"]


def test_a_stream_whose_body_asks_for_its_transaction_is_kept(stream, recoup_events):
    @stream
    def numbers(n):
        get_transaction()
        yield from range(n)

    assert list(numbers(3)) == list(numbers(3)) == [0, 1, 2]
    assert kinds(recoup_events)[-1] == "Hit"


# --- contexts ------------------------------------------------------------------------------------

setting = contextvars.ContextVar("setting", default="outside")


def test_the_body_runs_in_a_context_of_its_own(stream):
    """Even between two items the consumer sees nothing of it, and it finds what it set."""

    @stream(cache_policy=None)
    def seen(n):
        setting.set("body")
        for _ in range(n):
            get_run_logger().debug("seen")
            yield TaskRunContext.get().task.name, setting.get()

    assert [(item, TaskRunContext.get(), setting.get()) for item in seen(3)] == [(("seen", "body"), None, "outside")] * 3


def test_the_body_belongs_to_the_flow_in_which_it_was_called(stream, recoup_events):
    numbers = stream(count).task

    @flow
    def pipeline():
        return [numbers(2)]

    (made,) = pipeline()
    assert list(reader(made)) == [0, 1]
    assert one(recoup_events, DidStore).call.run is not None


def test_tasks_inside_the_body_are_calls_of_its_run(stream, recoup_events):
    @task
    def double(x):
        return 2 * x

    @stream
    def doubled(n):
        for number in range(n):
            yield double(number)

    @flow
    def pipeline():
        return list(doubled(2))

    assert pipeline() == [0, 2]
    assert len({event.call.run for event in recoup_events if isinstance(event, DidCompute)}) == 1


def test_streams_of_streams_are_kept_each(stream, recoup_events):
    inner = task(cache_policy=INPUTS)(count)

    @stream
    def outer(n):
        for number in range(n):
            yield from inner(number)

    assert list(outer(3)) == list(outer(3)) == [0, 0, 1]
    assert kinds(recoup_events).count("DidStore") == 4
    assert kinds(recoup_events)[-1] == "Hit"


def test_a_cancelled_stream_is_crashed_and_not_kept(recoup_events):
    started = asyncio.Event()

    @task(cache=True)
    async def endless():
        yield 1
        started.set()
        await asyncio.Event().wait()

    async def read():
        return [item async for item in endless()]

    async def program():
        reading = asyncio.create_task(read())
        await started.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(program())
    assert one(recoup_events, DidFail).state == "Crashed"
    assert not endless.cached()


@pytest.mark.parametrize("options", [{}, {"timeout_seconds": 30}])
def test_a_stream_that_is_left_open_is_closed_with_its_loop(recoup_events, options):
    closed, kept = [], []

    @task(cache=True, **options)
    async def numbers():
        try:
            yield 1
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            closed.append(1)

    async def program():
        kept.append(numbers())
        return await anext(kept[0])

    assert asyncio.run(program()) == 1
    assert closed == [1]
    assert kinds(recoup_events) == ["WillCompute", "NotCached", "DidCompute"]


def test_an_error_while_the_body_is_closed_reaches_who_closes_it(stream, recoup_events):
    @stream
    def stubborn():
        try:
            yield 1
        finally:
            raise KeyError("closing")

    reading = stubborn()
    next(reading)
    with pytest.raises(KeyError, match="closing"):
        reading.close()
    assert kinds(recoup_events) == ["WillCompute", "NotCached", "DidFail"]


def test_streams_that_are_read_side_by_side_on_one_loop_let_each_other_go_on():
    arrived = asyncio.Event()

    @task(cache=True)
    async def waiting():
        yield 1
        await asyncio.wait_for(arrived.wait(), 30)
        yield 2

    @task(cache=True)
    async def arriving():
        yield 1
        arrived.set()

    async def read(stream):
        return [item async for item in stream]

    async def program():
        return await asyncio.gather(read(waiting()), read(arriving()))

    assert asyncio.run(program()) == [[1, 2], [1]]


def test_timeouts_inside_an_asynchronous_body_work_across_items():
    """The body stays in the task of its consumer, as `asyncio.timeout` asks."""

    @task(cache=True)
    async def timed():
        async with asyncio.timeout(30):
            yield 1
            await asyncio.sleep(0)
            yield 2

    async def program():
        return [item async for item in timed()]

    assert asyncio.run(program()) == [1, 2]


def test_an_iterator_among_the_arguments_is_not_consumed(stream, recoup_events):
    @stream
    def doubled(items):
        for item in items:
            yield 2 * item

    assert list(doubled(iter([1, 2]))) == [2, 4]
    assert one(recoup_events, NotCached).reason.startswith("cannot hash `items`: list_iterator is used up by looking")


def test_retries_are_told_as_of_other_tasks(stream, recoup_events, recoup_clock):
    attempts = []

    @stream(retries=1)
    def flaky():
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError("lost")
        yield TaskRunContext.get().task_run.run_count

    assert list(flaky()) == [2]
    assert one(recoup_events, WillRetry).error == "ConnectionError: lost"
