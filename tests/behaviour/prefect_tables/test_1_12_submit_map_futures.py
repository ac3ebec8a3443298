"""Submitting, mapping and futures, row by row as Prefect 3 has them."""

import threading

import pytest

from recoup import allow_failure, flow, opaque, quote, task, unmapped
from recoup.exceptions import (
    MappingLengthMismatch,
    MappingMissingIterable,
    MissingContextError,
    NotSupported,
    ParameterBindError,
    UpstreamTaskError,
)
from recoup.futures import (
    DoneAndNotDoneFutures,
    PrefectFuture,
    PrefectFutureList,
    as_completed,
    resolve_futures_to_results,
    resolve_futures_to_states,
    wait,
)
from recoup.states import Completed, Failed, Pending


@task
def same(x):
    return x


@task
def pair(x, y=(1, 2)):
    return x, y


@task
def gather(*args, **kwargs):
    return args, kwargs


@task
def fail(x=0):
    raise ValueError(f"no {x}")


def in_flow(body):
    return flow(body)()


# --- calling, submitting -------------------------------------------------------------------


def test_return_state_gives_the_state_of_calls_of_submitted_calls_and_of_maps():
    def body():
        assert same(1, return_state=True).result() == 1
        assert same.submit(1, return_state=True).result() == 1
        return [state.result() for state in same.map([1, 2], return_state=True)]

    assert in_flow(body) == [1, 2]


def test_submit_and_map_need_a_flow():
    for call in (lambda: same.submit(1), lambda: same.map([1])):
        with pytest.raises(MissingContextError, match=r"work inside a flow"):
            call()


@pytest.mark.parametrize(
    ("call", "written", "instead"),
    [
        (lambda: same.delay(1), "same.delay(...)", "same.submit(...)"),
        (lambda: same.apply_async([1], {}), "same.apply_async(...)", "same.submit(...)"),
        (lambda: same.map([1], deferred=True), "same.map(..., deferred=True)", "same.map(...)"),
        (same.serve, "same.serve()", "same.submit(...)"),
        (lambda: flow(same.fn).serve(name="nightly"), "same.serve(...)", "recoup run FILE:FLOW"),
        (lambda: flow(same.fn).deploy("nightly", work_pool_name="pool"), "same.deploy(...)", "recoup run FILE:FLOW"),
        (lambda: flow(same.fn).to_deployment("nightly"), "same.to_deployment(...)", "recoup run FILE:FLOW"),
    ],
)
def test_what_needs_a_server_says_what_to_write_instead(call, written, instead):
    with pytest.raises(NotSupported) as told:
        call()
    assert str(told.value).startswith(f"{written} is for ")
    assert instead in str(told.value)
    assert isinstance(told.value, NotImplementedError)


def test_deferred_is_an_option_of_map_unless_the_task_has_such_a_parameter():
    @task
    def later(x, deferred):
        return x, deferred

    assert in_flow(lambda: same.map([1], deferred=False).result()) == [1]
    assert in_flow(lambda: later.map([1, 2], deferred=True).result()) == [(1, True), (2, True)]


def test_wait_for_takes_futures_states_lists_of_them_and_a_single_one():
    def body():
        first, state = same.submit(1), same(2, return_state=True)
        return [same(3, wait_for=given) for given in ([first], first, [[first], state], (f for f in [first]), [], None)]

    assert in_flow(body) == [3] * 6


@pytest.mark.parametrize("call", [same, same.submit])
def test_what_waits_for_a_failure_is_not_ready(call):
    state = in_flow(lambda: quote(call(1, wait_for=[fail.submit()], return_state=True))).value
    assert (state.name, type(state.result(raise_on_failure=False))) == ("NotReady", UpstreamTaskError)


@pytest.mark.parametrize("made", [lambda: fail.submit(0), lambda: Failed(message="bad"), lambda: [Pending()]])
@pytest.mark.parametrize("call", [same, same.submit])
def test_a_failed_argument_makes_its_dependents_not_ready_and_says_whose_failure_it_was(made, call):
    def body():
        states = [call(made(), return_state=True)]
        return quote(states)

    [state] = in_flow(body).value
    assert (state.name, state.type.value) == ("NotReady", "PENDING")
    assert state.message.startswith("same was not started, because ")


def test_a_call_on_a_failed_future_raises_instead_of_returning_nothing():
    def body():
        with pytest.raises(UpstreamTaskError, match=r"^same was not started, because fail-\d+ is Failed: ValueError: no 0$"):
            same(fail.submit())

    in_flow(body)


def test_what_the_body_itself_raises_is_a_failure_even_when_it_is_an_upstream_error():
    @task
    def outer():
        same(fail.submit())

    assert in_flow(lambda: quote(outer(return_state=True))).value.name == "Failed"


def test_futures_and_states_among_the_arguments_become_their_results_at_any_depth():
    def body():
        return same({"a": [same.submit(1), (same(2, return_state=True),)]}), same(Completed(data=5))

    assert in_flow(body) == ({"a": [1, (2,)]}, 5)


# --- marks ---------------------------------------------------------------------------------


def test_allow_failure_gives_the_body_the_exception():
    def body():
        failed = fail.submit()
        direct, inside = same(allow_failure(failed)), same.submit([allow_failure(failed), allow_failure(1)]).result()
        around, waited = same(allow_failure([failed, same.submit(2)])), same(3, wait_for=[allow_failure(failed)])
        return [repr(direct), repr(inside), repr(around), waited]

    assert in_flow(body) == ["ValueError('no 0')", "[ValueError('no 0'), 1]", "[ValueError('no 0'), 2]", 3]


def test_a_quoted_argument_is_passed_on_as_it_is():
    def body():
        endless = fail.submit()
        return type(same(quote(endless))).__name__, [type(member).__name__ for member in same.submit([quote(endless)]).result()]

    assert in_flow(lambda: quote(body())).value == ("PrefectFuture", ["PrefectFuture"])


def test_an_opaque_argument_is_resolved_itself_and_not_searched():
    def body():
        future = same.submit(3)
        [inside] = same(opaque([future]))
        return same(opaque(future)), isinstance(inside, PrefectFuture)

    assert in_flow(body) == (3, True)


def test_a_call_takes_what_stands_in_unmapped():
    assert same(unmapped(3)) == 3


# --- mapping -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: same.map(n for n in range(3)), [0, 1, 2]),
        (lambda: same.map({"a": 1, "b": 2}), ["a", "b"]),
        (lambda: same.map([]), []),
        (lambda: pair.map("ab", [1]), [("ab", 1)]),
        (lambda: pair.map([1, 2]), [(1, (1, 2)), (2, (1, 2))]),
        (lambda: pair.map(y=[1, 2], x=5), [(5, 1), (5, 2)]),
        (lambda: pair.map([1, 2], unmapped([3])), [(1, [3]), (2, [3])]),
        (lambda: pair.map([1, 2], allow_failure([3, 4])), [(1, 3), (2, 4)]),
        (lambda: pair.map([1, 2], allow_failure(unmapped([3]))), [(1, [3]), (2, [3])]),
        (lambda: pair.map([1, 2], quote([3, 4])), [(1, 3), (2, 4)]),
        (lambda: pair.map([1, 2], [quote([3]), quote(4)]), [(1, [3]), (2, 4)]),
        (lambda: gather.map(a=[1, 2], b=unmapped([3])), [((), {"a": 1, "b": [3]}), ((), {"a": 2, "b": [3]})]),
        (lambda: gather.map(a=[1, 2, 3]), [((), {"a": 1}), ((), {"a": 2}), ((), {"a": 3})]),
    ],
)
def test_iterables_are_mapped_and_texts_defaults_and_unmapped_ones_are_passed_whole(call, expected):
    assert in_flow(lambda: call().result()) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: same.map(same.submit([1, 2])), [1, 2]),
        (lambda: same.map(same([1, 2], return_state=True)), [1, 2]),
        (lambda: same.map([same.submit(1), 2]), [1, 2]),
        (lambda: pair.map([1, 2], same.submit(7)), [(1, 7), (2, 7)]),
        (lambda: pair.map([1, 2], unmapped(same.submit([7]))), [(1, [7]), (2, [7])]),
        (lambda: pair.map([1, 2], unmapped([same.submit([7])])), [(1, [[7]]), (2, [[7]])]),
        (lambda: pair.map([1, 2], allow_failure(same.submit([3, 4]))), [(1, [3, 4]), (2, [3, 4])]),
        (lambda: pair.map([1, 2], unmapped(allow_failure(same.submit(3)))), [(1, 3), (2, 3)]),
    ],
)
def test_a_future_of_a_list_is_mapped_and_one_of_anything_else_is_passed_whole(call, expected):
    assert in_flow(lambda: call().result()) == expected


def test_a_mark_around_a_mapped_iterable_is_one_around_each_item():
    def body():
        failed = [fail.submit(), fail.submit()]
        kept = [type(item).__name__ for item in same.map(quote(failed)).result()]
        return [repr(item) for item in same.map(allow_failure(failed)).result()], kept

    assert in_flow(body) == (["ValueError('no 0')"] * 2, ["PrefectFuture"] * 2)


def test_mapped_iterables_have_one_length_and_there_is_at_least_one():
    def body():
        with pytest.raises(MappingLengthMismatch, match="x has 2, y has 1"):
            pair.map([1, 2], [3])
        with pytest.raises(MappingMissingIterable, match="no argument is iterable"):
            pair.map(1, "text")
        with pytest.raises(ParameterBindError):
            pair.map([1], z=2)

    in_flow(body)


def test_a_map_over_a_failed_future_says_whose_failure_it_was():
    def body():
        with pytest.raises(UpstreamTaskError, match=r"^same\.map\(\) was not started, because fail-\d+ is Failed"):
            same.map(fail.submit())

    in_flow(body)


# --- futures -------------------------------------------------------------------------------


def test_a_future_tells_its_run_its_state_and_its_result():
    def body():
        future = same.submit(1)
        future.wait()
        future.wait(timeout=1)
        return future.state.name, future.result(timeout=1)

    assert in_flow(body) == ("Completed", 1)


def test_wait_raises_neither_on_timeout_nor_on_failure():
    may_end = threading.Event()

    @task
    def blocked():
        may_end.wait(30)

    def body():
        late, failed = blocked.submit(), fail.submit()
        late.wait(timeout=0.01)
        failed.wait()
        done, not_done = wait([late, failed], timeout=0.01)
        assert (done, not_done) == ({failed}, {late})
        assert isinstance(wait([failed]), DoneAndNotDoneFutures)
        with pytest.raises(TimeoutError, match=r"^Task run .* did not complete within 0\.01 seconds$"):
            late.result(timeout=0.01)
        with pytest.raises(TimeoutError, match=r"within 0\.01 seconds$"):
            PrefectFutureList([failed, late]).result(timeout=0.01, raise_on_failure=False)
        may_end.set()

    in_flow(body)


def test_the_result_of_a_list_fails_as_soon_as_one_failed():
    may_end = threading.Event()

    @task
    def blocked():
        may_end.wait(30)

    def body():
        futures = PrefectFutureList([blocked.submit(), fail.submit()])
        try:
            with pytest.raises(ValueError, match="no 0"):
                futures.result()
            assert not futures[0].done()
        finally:
            may_end.set()
        return [type(result).__name__ for result in futures.result(raise_on_failure=False)]

    assert in_flow(body) == ["NoneType", "ValueError"]


def test_as_completed_yields_what_has_ended_first():
    may_end = threading.Event()

    @task
    def blocked():
        may_end.wait(30)
        return "late"

    def body():
        yielded = []
        for future in as_completed([blocked.submit(), same.submit("soon")]):
            may_end.set()
            yielded.append(future.result())
        return yielded

    assert in_flow(body) == ["soon", "late"]


def test_done_callbacks_get_the_future_and_do_not_harm_it():
    seen = []

    def body():
        future = same.submit(1)
        future.add_done_callback(seen.append)
        assert future.result() == 1
        return quote([future])

    assert in_flow(body).value == seen


def test_futures_in_data_are_resolved_to_states_and_to_results():
    def body():
        data = {"a": same.submit(1), "b": [fail.submit()]}
        states = resolve_futures_to_states(data)
        with pytest.raises(ValueError, match="no 0"):
            resolve_futures_to_results(data)
        return states["a"].name, states["b"][0].name, resolve_futures_to_results([data["a"]])

    assert in_flow(body) == ("Completed", "Failed", [1])
