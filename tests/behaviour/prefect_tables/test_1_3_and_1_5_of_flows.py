"""What flows say of keeping results, and which storage their tasks and flows use: Prefect's rules 1.3 and 1.5."""

import pytest

from recoup import flow, task
from recoup.exceptions import StoreFull
from recoup.results import get_default_result_storage, get_result_store, ledger_of, should_persist_result
from recoup.serializers import JSONSerializer
from recoup.settings import temporary_settings
from recoup.states import Completed
from recoup.storage import LocalFileSystem, MemoryStorage
from recoup.testing.stores import Failing


@task
def told():
    """Return whether results are kept here."""
    return should_persist_result()


@flow
def inner():
    return should_persist_result(), told()


def outer(**options):
    """Return what a flow, its task and a flow inside it keep."""

    @flow(**options)
    def outer():
        return should_persist_result(), told(), inner()

    return outer()


ALL, NOTHING = (True, True, (True, True)), (False, False, (False, False))


# --- 1.3: is a result persisted? -----------------------------------------------------------------


def test_by_default_nothing_is_kept():
    assert outer() == NOTHING


@pytest.mark.parametrize(
    "options", [{"persist_result": True}, {"result_storage": MemoryStorage()}, {"result_serializer": "json"}]
)
def test_what_a_flow_keeps_its_tasks_and_flows_keep(options):
    assert outer(**options) == ALL


def test_a_flow_that_says_no_goes_before_the_defaults(tmp_path):
    with temporary_settings(results_persist_by_default=True, results_default_storage_block=str(tmp_path)):
        assert outer(persist_result=False) == NOTHING


@pytest.mark.parametrize("name", ["results_persist_by_default", "results_default_storage_block"])
def test_a_default_storage_and_the_default_of_persistence_turn_it_on_where_nobody_says_otherwise(name, tmp_path):
    with temporary_settings({name: str(tmp_path) if name.endswith("block") else True}):
        assert outer() == ALL


def test_the_setting_for_tasks_goes_before_what_their_flow_says():
    with temporary_settings(tasks_default_persist_result=False):
        assert outer(persist_result=True)[1] is False


# --- 1.5: which storage and serializer? ----------------------------------------------------------


def seen():
    store = get_result_store()
    return store.result_storage, store.serializer


def test_flows_inside_inherit_storage_and_serializer(tmp_path):
    own = LocalFileSystem(tmp_path)

    @flow(result_storage=own, result_serializer="json")
    def outer():
        return seen(), flow(seen)()

    assert outer() == ((own, JSONSerializer()), (own, JSONSerializer()))


def test_a_flow_inside_may_say_otherwise_and_keeps_the_rest():
    other = MemoryStorage()
    assert flow(result_serializer="json")(lambda: [flow(result_storage=other)(seen)()])() == [(other, JSONSerializer())]


def test_then_the_default_storage_of_the_settings_then_the_local_folder(tmp_path):
    assert flow(seen)()[0] == get_default_result_storage()
    with temporary_settings(results_default_storage_block=str(tmp_path / "block"), results_local_storage_path=tmp_path / "local"):
        assert flow(seen)()[0] == LocalFileSystem(tmp_path / "block")
    with temporary_settings(results_default_storage_block=None, results_local_storage_path=tmp_path / "local"):
        assert flow(seen)()[0] == LocalFileSystem(tmp_path / "local")


def test_results_of_tasks_lie_in_the_storage_of_their_flow():
    own = MemoryStorage()
    kept = task(cache=True)(lambda x: x)
    flow(result_storage=own)(lambda: [flow(lambda: kept(1))()])()
    assert [info.name for info in own.list("records") if "lambda" in info.name]
    assert not list(get_default_result_storage().list("records"))


def kept(x):
    return [x]


def kept_in(*stores):
    """Return which of the storages have a result of a task."""
    return [any("/kept-" in info.name for info in store.list("records")) for store in stores]


def test_a_task_uses_its_own_storage_then_that_of_its_flow_then_the_default():
    own, flows = MemoryStorage(), MemoryStorage()
    around = flow(result_storage=flows)(lambda made: made(1))
    around(task(cache=True, result_storage=own)(kept))
    assert kept_in(own, flows, get_default_result_storage()) == [True, False, False]
    around(task(cache=True)(kept))
    assert kept_in(own, flows, get_default_result_storage()) == [True, True, False]
    task(cache=True)(kept)(1)
    assert kept_in(own, flows, get_default_result_storage()) == [True, True, True]


def test_a_task_uses_its_own_serializer_then_that_of_its_flow_then_the_default():
    own, plain = task(cache=True, result_serializer="pickle")(kept), task(cache=True)(kept)
    with temporary_settings(results_default_serializer="compressed/json"):
        for made, around, expected in (
            (own, flow(result_serializer="json"), "pickle"),
            (plain, flow(result_serializer="json"), "json"),
            (plain, flow, "compressed/json"),
        ):
            storage = MemoryStorage()
            one = made.with_options(result_storage=storage)
            around(lambda one=one: one(1))()
            assert [record.serializer for record in ledger_of(storage).records()] == [expected]


# --- the result of the flow itself ---------------------------------------------------------------


def test_the_state_of_a_flow_that_keeps_its_result_loads_it_for_each_who_looks():
    store = MemoryStorage()
    state = flow(result_storage=store)(lambda: [1, 2])(return_state=True)
    first = state.result()
    first.append("spoilt")
    assert state.result() == [1, 2]
    assert [info.name for info in store.list("records")]


def test_a_caller_who_asks_for_no_state_gets_what_the_function_returned():
    value = [1, 2]
    assert flow(persist_result=True)(lambda: value)() is value


def test_a_flow_that_keeps_nothing_hands_on_its_result():
    value = [1, 2]
    assert flow(lambda: value)(return_state=True).result() is value
    made = Completed(data=value)
    assert flow(persist_result=True)(lambda: made)(return_state=True) is made


def test_states_that_a_flow_returns_keep_their_own_results():
    one = task(cache=True)(lambda: [1])
    state = flow(persist_result=True)(lambda: [one.submit()])(return_state=True)
    assert [inner.result() for inner in state.result()] == [[1]]


@pytest.mark.parametrize(
    ("storage", "value"),
    [(Failing(MemoryStorage(), StoreFull("no room"), {"put"}), 5), (MemoryStorage(), (x for x in ()))],
)
def test_a_result_that_cannot_be_kept_is_told_and_reaches_the_caller(storage, value, caplog):
    state = flow(name="f", result_storage=storage)(lambda: value)(return_state=True)
    assert state.result() is value
    assert any(message.startswith("the result of the run f-") and " is not kept: " in message for message in caplog.messages)


# --- 1.1 and 1.8: are stored bytes remembered in this process? -----------------------------------


def remembering(**options):
    """Return whether the stores of a flow, of its task, and of tasks in the flow that say something, remember bytes."""

    @task
    def here():
        return get_result_store().cache_result_in_memory, nested()

    @task
    def nested():
        return get_result_store().cache_result_in_memory

    @flow(**options)
    def asked():
        says_yes, says_no = (here.with_options(cache_result_in_memory=said) for said in (True, False))
        return get_result_store().cache_result_in_memory, here(), says_yes(), says_no()

    return asked()


@pytest.mark.parametrize(("options", "flows"), [({}, True), ({"cache_result_in_memory": False}, False)])
def test_a_flow_says_it_for_its_tasks_unless_they_say_otherwise_and_a_task_for_those_inside_it(options, flows):
    assert remembering(**options) == (flows, (flows, flows), (True, True), (False, False))


def test_bytes_of_a_flow_that_forgets_are_not_remembered():
    forgetful, storage = task(cache=True)(lambda number: "x" * number), MemoryStorage()

    @flow(result_storage=storage, cache_result_in_memory=False)
    def forgets():
        return [len(forgetful(number)) for number in (1, 1, 2)]

    assert forgets(return_state=True).result() == [1, 1, 2]
    assert [ledger_of(storage, remembers=kind).remembered for kind in (True, False)] == [0, 0]


def test_a_flow_inside_a_flow_says_it_for_itself():
    @flow
    def inside():
        return get_result_store().cache_result_in_memory

    @flow(cache_result_in_memory=False)
    def around():
        return inside(), inside.with_options(cache_result_in_memory=True)()

    assert around() == (False, True)
