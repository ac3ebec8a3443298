"""The algebra of policies."""

from dataclasses import dataclass

import pytest

from recoup import flow, task
from recoup.cache_policies import (
    CODE,
    DEFAULT,
    FLOW_PARAMETERS,
    INPUTS,
    NO_CACHE,
    NONE,
    RUN_ID,
    TASK_SOURCE,
    CacheKeyFnPolicy,
    CachePolicy,
    CompoundCachePolicy,
    Inputs,
)
from recoup.events import NotCached
from recoup.exceptions import ConfigurationError, HashError
from recoup.locking.lease import LeaseLockManager
from recoup.locking.memory import MemoryLockManager
from recoup.storage import MemoryStorage
from recoup.types import IsolationLevel


def test_nothing_added_is_nothing():
    assert NO_CACHE is NONE
    assert INPUTS + NO_CACHE == NO_CACHE + INPUTS == INPUTS
    assert NO_CACHE + NO_CACHE == NO_CACHE


def test_sums_are_flat_and_merge_what_is_left_out():
    total = (INPUTS - "a") + (TASK_SOURCE + (INPUTS - "b"))
    assert total == CompoundCachePolicy((Inputs(("a", "b")), TASK_SOURCE))


@pytest.mark.parametrize("name", ["x", "inputs.x"])
def test_an_argument_is_left_out_by_either_name(name):
    kept = task(cache_policy=DEFAULT - name)(lambda x, y: x)
    assert "inputs.x" not in [part[0] for part in kept.key(1, 2).parts]
    assert "inputs.y" in [part[0] for part in kept.key(1, 2).parts]


def test_every_built_in_policy_has_the_task_in_its_key():
    for policy in (INPUTS, CODE, TASK_SOURCE, RUN_ID, DEFAULT):
        assert "task" in [part[0] for part in task(cache_policy=policy)(lambda x: x).key(1).parts]


@pytest.mark.parametrize("policy", [FLOW_PARAMETERS, RUN_ID, TASK_SOURCE, NO_CACHE])
def test_a_name_that_a_policy_does_not_have_is_refused(policy):
    with pytest.raises(ConfigurationError, match=r"leaves nothing out: only INPUTS and CODE have named parts$"):
        policy - "x"


@pytest.mark.parametrize("name", [5, None, INPUTS])
def test_only_names_are_subtracted(name):
    with pytest.raises(TypeError, match=f"a policy minus {type(name).__name__} means nothing"):
        TASK_SOURCE - name


def test_only_policies_are_added():
    with pytest.raises(TypeError):
        INPUTS + "x"


LIMIT = 3


def limited(x):
    return min(x, LIMIT)


def test_a_constant_is_left_out_by_its_name(monkeypatch):
    """A name of code that is subtracted does not move the key any more."""
    fingerprint = next(part[2] for part in task(cache=True)(limited).key(1).parts if part[0] == "code")
    (name,) = [part.name for part in fingerprint.parts if part.name.endswith(".LIMIT")]
    keyed, free = task(cache=True)(limited), task(cache_policy=INPUTS + CODE - name)(limited)
    before = keyed.key(1), free.key(1)
    monkeypatch.setitem(globals(), "LIMIT", 4)
    assert keyed.key(1) != before[0]
    assert free.key(1) == before[1]


def test_a_policy_of_ones_own():
    class Rounded(CachePolicy):
        def compute_key(self, task_ctx, inputs, flow_parameters, **kwargs):
            return str(round(inputs["x"]))

    kept = task(cache_policy=Rounded())(lambda x: x)
    assert kept.key(1.1) == kept.key(0.9) != kept.key(2.2)
    assert [kept(1.1), kept(0.9)] == [1.1, 1.1]


def test_a_policy_of_ones_own_adds_to_others():
    class Season(CachePolicy):
        def compute_key(self, task_ctx, inputs, flow_parameters, **kwargs):
            return "summer"

    kept = task(cache_policy=INPUTS + Season())(lambda x: x)
    assert kept.key(1) != kept.key(2)
    assert "custom" in [part[0] for part in kept.key(1).parts]


def test_from_cache_key_fn():
    policy = CachePolicy.from_cache_key_fn(lambda ctx, args: f"k{args['x']}")
    assert isinstance(policy, CacheKeyFnPolicy)
    assert task(cache_policy=policy)(lambda x: x).key(3) == "k3"


def test_key_functions_see_the_context():
    seen = []

    @task(cache_key_fn=lambda ctx, args: seen.append((ctx.task.name, ctx.parameters["x"], args)) or "k")
    def seen_by(x, y=2):
        return x

    seen_by.key(1)
    assert seen == [("seen_by", 1, {"x": 1, "y": 2})]


def test_a_hash_error_of_a_key_function_is_passed_on():
    def refuse(ctx, args):
        raise HashError("no")

    assert task(cache_key_fn=refuse)(lambda x: x).key(1) is None


@dataclass
class Versioned(CachePolicy):
    """A policy as Prefect's documentation shows them: a dataclass, which has no hash."""

    version: object

    def compute_key(self, task_ctx, inputs, flow_parameters, **kwargs):
        return self.version if self.version != "bad" else 1 // 0


def test_policies_of_ones_own_combine_in_any_order():
    one, two = (
        task(cache_policy=policy)(lambda x: x).with_options(task_key="t").key(1)
        for policy in (Versioned("a") + INPUTS + Versioned("b"), Versioned("b") + Versioned("a") + INPUTS + Versioned("a"))
    )
    assert one == two


@pytest.mark.parametrize(
    ("version", "reason"),
    [("bad", "its policy Versioned raised ZeroDivisionError: "), (3, "its policy Versioned returned int, not text.")],
)
def test_a_policy_of_ones_own_that_makes_no_key_leaves_the_call_uncached(recoup_events, version, reason):
    assert task(cache_policy=Versioned(version))(lambda x: x)(1) == 1
    [told] = [event.reason for event in recoup_events if isinstance(event, NotCached)]
    assert told.startswith(reason)


def test_sums_are_equal_in_any_order():
    assert INPUTS + TASK_SOURCE == TASK_SOURCE + INPUTS != INPUTS + RUN_ID
    assert hash(INPUTS + TASK_SOURCE) == hash(TASK_SOURCE + INPUTS)


# --- Prefect's table, row by row ---------------------------------------------------------------------


def test_a_policy_is_configured_with_nothing():
    assert (INPUTS - "x").configure(isolation_level=None) == INPUTS - "x"


@pytest.mark.parametrize("level", ["SERIALIZABLE", IsolationLevel.SERIALIZABLE])
def test_an_isolation_level_is_a_text_or_its_member(level):
    policy = INPUTS.configure(isolation_level=level, lock_manager=MemoryLockManager())
    assert policy.isolation_level is IsolationLevel.SERIALIZABLE
    assert policy.lock_manager == MemoryLockManager()
    assert policy == INPUTS.configure(lock_manager=MemoryLockManager()).configure(isolation_level=level) != INPUTS
    assert repr(policy).endswith(
        ".configure(lock_manager=MemoryLockManager(), isolation_level=<IsolationLevel.SERIALIZABLE: 'SERIALIZABLE'>)"
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"key_storage": 5}, "key_storage is int; give a storage, a path or a URL"),
        ({"lock_manager": object()}, "lock_manager is object; give a lock manager"),
        ({"isolation_level": "serial"}, "isolation_level is 'serial'"),
    ],
)
def test_what_a_policy_cannot_be_configured_with_is_refused(options, text):
    with pytest.raises(ConfigurationError, match=text):
        INPUTS.configure(**options)


KEYS = MemoryStorage("keys")


@pytest.mark.parametrize("policy", [INPUTS, CODE, INPUTS + CODE, RUN_ID])
def test_a_configured_policy_is_its_own_and_makes_the_same_keys(policy):
    configured = policy.configure(key_storage=KEYS)
    assert configured == policy.configure(key_storage=KEYS) != policy
    assert (configured.key_storage, policy.key_storage) == (KEYS, None)
    assert repr(configured).endswith(".configure(key_storage=MemoryStorage('keys'))")
    one, other = (task(cache_policy=each, task_key="one")(lambda x: x) for each in (policy, configured))
    if policy != RUN_ID:  # outside flows each call is a run
        assert one.key(1) == other.key(1)


def test_what_is_configured_survives_sums_and_differences():
    keyed = INPUTS.configure(key_storage=KEYS)
    assert (keyed - "x").key_storage == (keyed + CODE).key_storage == (CODE + keyed - "x").key_storage is KEYS
    assert ((CODE.configure(key_storage=KEYS) - "code.x") + keyed).key_storage is KEYS
    assert keyed + NO_CACHE == NO_CACHE + keyed == keyed
    assert NO_CACHE.configure(key_storage=KEYS) == NO_CACHE


def test_two_places_of_records_contradict_each_other():
    with pytest.raises(ValueError, match="two different key_storage; configure the sum instead"):
        INPUTS.configure(key_storage=KEYS) + CODE.configure(key_storage=MemoryStorage("others"))


def test_locks_and_isolation_survive_sums_and_differences():
    locked = INPUTS.configure(lock_manager=MemoryLockManager(), isolation_level="SERIALIZABLE")
    for policy in (locked - "x", locked + CODE, CODE + locked - "x", locked + NO_CACHE, locked.configure(key_storage=KEYS)):
        assert policy.lock_manager == MemoryLockManager()
        assert policy.isolation_level is IsolationLevel.SERIALIZABLE


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ({"isolation_level": "SERIALIZABLE"}, {"isolation_level": "READ_COMMITTED"}, "isolation_level"),
        ({"lock_manager": MemoryLockManager()}, {"lock_manager": LeaseLockManager(KEYS)}, "lock_manager"),
    ],
)
def test_two_different_ways_to_lock_contradict_each_other(one, other, name):
    with pytest.raises(ValueError, match=f"two different {name}; configure the sum instead"):
        INPUTS.configure(**one) + CODE.configure(**other)
    assert INPUTS.configure(**one) + CODE.configure(**one) == (INPUTS + CODE).configure(**one)


def test_no_arguments_give_a_key_of_the_task():
    """With Prefect they give none, so that the task is never cached."""
    one, other = (task(cache_policy=INPUTS, task_key=name)(lambda: 1) for name in "ab")
    assert one.key() is not None
    assert one.key() != other.key()


def test_all_arguments_left_out_give_a_key_of_the_task():
    """With Prefect the key is the same for all tasks."""
    one, other = (task(cache_policy=INPUTS - "x", task_key=name)(lambda x: 1) for name in "ab")
    assert one.key(1) == one.key(2) != other.key(1)


def test_inputs_are_bound_with_defaults():
    kept = task(cache_policy=INPUTS)(lambda x, y=2: x)
    assert kept.key(1) == kept.key(1, 2) == kept.key(y=2, x=1)


def test_flow_parameters_give_a_key_inside_flows_only():
    kept = task(cache_policy=FLOW_PARAMETERS)(lambda: 1)

    @flow
    def pipeline(day):
        return kept.key()

    assert kept.key() is None
    assert pipeline(1) == pipeline(1) != pipeline(2)


def test_a_run_is_a_key_of_its_own():
    kept = task(cache_policy=RUN_ID)(lambda: 1)

    @flow
    def pipeline():
        return kept.key(), kept.key()

    first, second = pipeline(), pipeline()
    assert first[0] == first[1] != second[0]
    assert kept.key() != kept.key(), "outside flows every call is a run of its own"


def test_no_cache_gives_no_key():
    assert task(cache_policy=NO_CACHE, persist_result=True)(lambda: 1).key() is None


def test_the_default_is_inputs_code_and_run():
    assert DEFAULT == INPUTS + CODE + RUN_ID


def test_a_policy_is_found_by_either_way_of_writing_it():
    """The order of a sum does not matter, for keys of whatever it is made of."""
    keyed = [
        task(cache_policy=policy, task_key="t")(lambda x: x).key(1) for policy in (TASK_SOURCE + INPUTS, INPUTS + TASK_SOURCE)
    ]
    assert keyed[0] == keyed[1]


def test_a_key_function_is_given_two_arguments_and_wins():
    with pytest.warns(UserWarning, match="both cache_policy and cache_key_fn are set; cache_key_fn is used"):
        kept = task(cache_policy=INPUTS, cache_key_fn=lambda context, arguments: "mine")(lambda x: x)
    assert kept.key(1) == "mine"


def test_subtracting_keeps_the_rest_of_a_sum():
    assert (INPUTS + TASK_SOURCE) - "x" == (INPUTS - "x") + TASK_SOURCE
