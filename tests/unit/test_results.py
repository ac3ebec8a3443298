"""`recoup.results`: the names of Prefect, over records of Recoup."""

import asyncio
import datetime as dt
import pickle
import threading

import pytest

from recoup import flow, task
from recoup.exceptions import ConfigurationError, MissingResult, SerializationError, StoreError
from recoup.results import (
    ResultRecord,
    ResultStore,
    get_default_result_storage,
    get_result_store,
    resolve_result_storage,
    resolve_serializer,
    should_persist_result,
)
from recoup.serializers import JSONSerializer
from recoup.settings import temporary_settings
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.testing.stores import Failing

BIG = 100_000


def stored(store, folder):
    return [info.name for info in store.result_storage.list(folder)]


def test_what_is_written_is_read():
    store = ResultStore(serializer="json")
    store.write({"a": 1}, key="k")
    record = store.read("k")
    assert (record.result, record.metadata.storage_key, record.expiration) == ({"a": 1}, "k", None)
    assert record.serializer == JSONSerializer()


def test_a_store_without_arguments_is_what_the_settings_say(tmp_path):
    with temporary_settings(results_local_storage_path=tmp_path, results_default_serializer="json"):
        store = ResultStore()
        assert (store.result_storage, store.serializer) == (LocalFileSystem(tmp_path), JSONSerializer())
        assert get_default_result_storage() == LocalFileSystem(tmp_path)


def test_a_result_that_is_not_there_is_missing():
    store = ResultStore()
    assert not store.exists("k")
    with pytest.raises(MissingResult, match="there is no result under 'k' in MemoryStorage"):
        store.read("k")


def test_an_expired_result_does_not_exist_but_can_be_read(recoup_clock):
    store = ResultStore()
    store.write(1, key="k", expiration=dt.datetime.fromtimestamp(recoup_clock.time() + 10, dt.UTC))
    assert store.exists("k")
    recoup_clock.tick(10)
    assert not store.exists("k"), "an expiration is the moment from which on it is not served"
    assert store.read("k").result == 1


def test_whether_a_result_exists_is_asked_without_loading_it():
    class Loaded:
        def __reduce__(self):
            return pytest.fail, ("it was loaded",)

    store = ResultStore()
    store.write(Loaded(), key="k")
    assert store.exists("k")


def test_a_storage_that_does_not_answer_is_not_taken_for_an_empty_one():
    store = ResultStore(Failing(MemoryStorage(), StoreError("the line is dead"), {"get"}))
    with pytest.raises(StoreError, match="the line is dead"):
        store.exists("k")


@pytest.mark.parametrize("folder", ["records", "values"])
def test_a_damaged_result_is_missing_not_wrong(folder):
    store = ResultStore()
    store.write("x" * BIG, key="k")
    [name] = stored(store, folder)
    store.result_storage.put(name, [store.result_storage.get(name)[:-1] + b"?"])
    assert store.exists("k") is (folder == "values"), "large values are not read for that question"
    with pytest.raises(MissingResult):
        store.read("k")


def test_a_record_can_be_made_before_it_is_written():
    store = ResultStore(serializer="json")
    record = store.create_result_record([1], key="k")
    assert not store.exists("k")
    store.persist_result_record(record)
    assert store.read("k").result == [1]


def test_a_record_without_a_key_gets_one_of_its_own():
    store = ResultStore()
    one, other = store.create_result_record(1), store.create_result_record(1)
    assert one.metadata.storage_key != other.metadata.storage_key
    assert ResultStore(storage_key_fn=lambda: "mine").create_result_record(1).metadata.storage_key == "mine"


def test_a_value_that_no_serializer_takes_is_an_error():
    with pytest.raises(SerializationError, match="Failed to serialize object of type"):
        ResultStore().write(threading.Lock(), key="k")


def test_each_twin_does_what_the_other_does():
    async def use():
        store = ResultStore()
        await store.awrite(1, key="a")
        await store.apersist_result_record(store.create_result_record(2, key="b"))
        of_task = await store.aupdate_for_task(json)
        of_flow = await store.aupdate_for_flow(pipeline)
        assert (of_task.serializer, of_flow.serializer) == (JSONSerializer(), JSONSerializer())
        return [await store.aexists("a"), await store.aexists("c"), (await store.aread("b")).result]

    json, pipeline = task(result_serializer="json")(lambda: 1), flow(result_serializer="json")(lambda: 1)
    assert asyncio.run(use()) == [True, False, 2]


def test_a_written_result_is_a_record_like_any_other():
    """It is listed, verified and says where it comes from."""

    @flow
    def pipeline():
        get_result_store().write("x", key="k")

    pipeline()
    [record] = get_result_store().ledger.records()
    assert (record.key, record.run_name[:8], record.producer.python[:2]) == ("k", "pipeline", "3.")
    assert [part.text for part in record.parts] == ["k"]


def test_a_store_survives_pickling(tmp_path):
    store = ResultStore(tmp_path, "json", cache_result_in_memory=False)
    store.write(1, key="k")
    again = pickle.loads(pickle.dumps(store))
    assert (again.read("k").result, again.serializer, again.cache_result_in_memory) == (1, JSONSerializer(), False)


# --- tasks -----------------------------------------------------------------------------------------


def test_the_store_of_a_task_reads_its_results_by_key():
    double = task(cache=True)(lambda x: 2 * x)
    double(4)
    store = get_result_store().update_for_task(double)
    assert store.read(double.key(4)).result == 8
    assert not store.exists(double.key(5))


def test_what_is_written_into_the_store_of_a_task_is_served_to_it():
    double = task(cache_key_fn=lambda ctx, args: f"double-{args['x']}")(lambda x: pytest.fail("it ran"))
    get_result_store().update_for_task(double).write(8, key="double-4")
    assert double(4) == 8


def test_a_key_that_one_task_has_is_found_without_naming_it():
    """As with Prefect, where a storage has one result under each key."""
    named = task(cache_key_fn=lambda ctx, args: "k")(lambda: "of the task")
    named()
    assert get_result_store().exists("k")
    assert get_result_store().read("k").result == "of the task"
    get_result_store().write("my own", key="k")
    assert get_result_store().read("k").result == "my own"
    assert named() == "of the task"


def test_a_key_that_several_tasks_have_asks_whose_is_meant():
    for name in "ab":
        task(cache_key_fn=lambda ctx, args: "k", task_key=name)(lambda: 1)()
    with pytest.raises(ConfigurationError, match=r"several tasks have a result under 'k': a, b\. Say whose you mean"):
        get_result_store().read("k")


def test_a_store_is_updated_with_what_tasks_and_flows_say(tmp_path):
    plain, json = task(lambda: 1), task(result_serializer="json")(lambda: 1)
    local = flow(result_storage=tmp_path)(lambda: 1)
    store = ResultStore(MemoryStorage("elsewhere"), "pickle")
    assert store.update_for_task(plain).result_storage == store.result_storage
    assert store.update_for_task(json).serializer == JSONSerializer()
    assert store.update_for_flow(local).result_storage == LocalFileSystem(tmp_path)
    assert store.update_for_flow(local).serializer == resolve_serializer("pickle")


def test_inside_a_run_the_store_is_that_of_the_task_else_of_the_flow(tmp_path):
    @task(result_storage=tmp_path / "task")
    def own():
        return get_result_store().result_storage

    @task
    def inherits():
        return get_result_store().result_storage

    @flow(result_storage=tmp_path / "flow")
    def pipeline():
        return own(), inherits(), get_result_store().result_storage

    assert pipeline() == tuple(LocalFileSystem(tmp_path / name) for name in ("task", "flow", "flow"))


def test_names_of_storages_and_serializers_are_resolved(tmp_path):
    assert resolve_result_storage(tmp_path) == LocalFileSystem(tmp_path)
    assert resolve_serializer("json") == JSONSerializer()


def test_whether_results_are_kept_here_can_be_asked():
    @flow(persist_result=True)
    def pipeline():
        return should_persist_result()

    assert [should_persist_result(), pipeline()] == [False, True]


# --- memory ----------------------------------------------------------------------------------------


def test_two_reads_give_two_objects():
    store = ResultStore()
    store.write([1], key="k")
    store.read("k").result.append("mine")
    assert store.read("k").result == [1]


def test_equal_keys_in_two_storages_are_two_results():
    one, other = ResultStore(MemoryStorage()), ResultStore(MemoryStorage())
    one.write(1, key="k")
    other.write(2, key="k")
    assert (one.read("k").result, other.read("k").result) == (1, 2)


def test_equal_keys_of_tasks_with_two_storages_are_two_results():
    """Prefect keeps them apart only on the disk: the memory of a run has one entry for both."""

    @flow
    def pipeline():
        return [named() for named in tasks for _ in range(2)]

    tasks = [
        task(cache_key_fn=lambda ctx, args: "k", result_storage=MemoryStorage(), task_key="t")(lambda n=n: n) for n in (1, 2)
    ]
    assert pipeline() == [1, 1, 2, 2]


def test_results_are_read_and_written_from_many_threads():
    store = ResultStore()
    failures = []

    def work(number):
        try:
            for key in range(60):
                store.write(key, key=f"k{key}")
                assert store.read(f"k{(key + number) % (key + 1)}").result <= key
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_what_is_remembered_is_bounded_by_bytes_and_can_be_left_out():
    remembers, forgets = ResultStore(), ResultStore(cache_result_in_memory=False)
    for number in range(400):
        remembers.write("x" * 60_000, key=f"k{number}")
        assert len(remembers.read(f"k{number}").result) == len(forgets.read(f"k{number}").result)
    assert 0 < remembers.ledger.remembered <= 16 * 1024 * 1024
    assert forgets.ledger.remembered == 0


def test_a_task_says_whether_its_bytes_are_remembered():
    forgetful = task(cache=True, cache_result_in_memory=False)(lambda: [1])
    assert [forgetful(), forgetful()] == [[1], [1]]
    assert ResultStore(cache_result_in_memory=False).ledger.remembered == 0
    assert task(cache=True)(lambda: 1).cache_result_in_memory is True


# --- records ---------------------------------------------------------------------------------------


def test_a_small_record_of_recoup_is_read_from_its_bytes():
    store = ResultStore()
    store.write({"a": 1}, key="k")
    [name] = stored(store, "records")
    record = ResultRecord.deserialize(store.result_storage.get(name))
    assert (record.result, record.metadata.storage_key) == ({"a": 1}, "k")


@pytest.mark.parametrize(("size", "text"), [(10, "is damaged: its bytes do not match"), (BIG, "lies beside its record")])
def test_a_record_that_does_not_hold_its_value_is_not_read_from_its_bytes(size, text):
    store = ResultStore()
    store.write("x" * size, key="k")
    [name] = stored(store, "records")
    with pytest.raises(SerializationError, match=text):
        ResultRecord.deserialize(store.result_storage.get(name)[:-1] + b"?" if size == 10 else store.result_storage.get(name))


def test_bytes_that_are_no_record_are_read_by_a_serializer_that_is_named():
    assert ResultRecord.deserialize(b"[1]", JSONSerializer()).result == [1]
    with pytest.raises(SerializationError, match="the bytes are no record of a result"):
        ResultRecord.deserialize(b"[1]")
