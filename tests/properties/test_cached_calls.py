"""Any sequence of calls, edits of the storage and ticks of the clock, beside a model of ten lines.

Whatever happens, the value is right; and the body runs exactly when the model says so.
"""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from recoup import flow, task
from recoup.cache_policies import INPUTS
from recoup.clock import use_clock
from recoup.storage import MemoryStorage
from recoup.testing.clock import ManualClock

LIFETIME = 100
BIG = 70_000

arguments = st.sampled_from([0, 1, 2, True, 1.0, "1", (1, 2), [1, 2]])
kinds = st.sampled_from(["small", "large"])
ways = st.sampled_from(["call", "state", "submit", "flow"])


class CachedCalls(RuleBasedStateMachine):
    """The model: which keys are in the storage, until when."""

    def __init__(self):
        super().__init__()
        self.clock = ManualClock()
        self.using = use_clock(self.clock)
        self.using.__enter__()
        self.store = MemoryStorage()
        self.ran = 0
        self.expected = 0
        self.good = {}

    @initialize()
    def define(self):
        def small(x):
            self.ran += 1
            return ["small", x]

        def large(x):
            self.ran += 1
            return f"{x!r:>{BIG}}"

        options = {
            "cache_policy": INPUTS,
            "result_storage": self.store,
            "cache_expiration": timedelta(seconds=LIFETIME),
        }
        self.tasks = {fn.__name__: task(**options, task_key=fn.__name__)(fn) for fn in (small, large)}

    def model(self, kind, x):
        return ["small", x] if kind == "small" else f"{x!r:>{BIG}}"

    def name(self, kind, x):
        return kind, type(x), str(x)

    @rule(kind=kinds, x=arguments, way=ways, refresh=st.booleans())
    def call(self, kind, x, way, refresh):
        called = self.tasks[kind].with_options(refresh_cache=True) if refresh else self.tasks[kind]
        name = self.name(kind, x)
        if refresh or self.good.get(name, 0) <= self.clock.time():
            self.expected += 1
            self.good[name] = self.clock.time() + LIFETIME
        value = self.value_of(called, x, way)
        assert (type(value), value) == (type(self.model(kind, x)), self.model(kind, x))
        assert kind == "large" or type(value[1]) is type(x)

    def value_of(self, called, x, way):
        if way == "call":
            return called(x)
        if way == "state":
            return called(x, return_state=True).result()
        return flow(lambda: called.submit(x).result() if way == "submit" else called(x))()

    @rule(kind=kinds, x=arguments)
    def invalidate(self, kind, x):
        removed = self.tasks[kind].invalidate(x)
        was_good = self.good.pop(self.name(kind, x), 0) > self.clock.time()
        assert removed or not was_good

    @rule(seconds=st.sampled_from([1, LIFETIME // 2, LIFETIME]))
    def tick(self, seconds):
        self.clock.tick(seconds)

    @rule(kind=kinds, x=arguments)
    def look(self, kind, x):
        """Asking runs nothing and is right."""
        assert self.tasks[kind].cached(x) == (self.good.get(self.name(kind, x), 0) > self.clock.time())

    @precondition(lambda self: self.good)
    @rule(data=st.data(), damage=st.sampled_from(["flip", "truncate", "delete"]))
    def damage_a_record(self, data, damage):
        name = data.draw(st.sampled_from(sorted(self.good, key=str)))
        kind, _, _ = name
        x = next(x for x in [0, 1, 2, True, 1.0, "1", (1, 2), [1, 2]] if self.name(kind, x) == name)
        record = self.tasks[kind].record(x)
        if record is not None:
            self.damage(self.record_name(kind, record.key), data, damage)
            del self.good[name]

    def record_name(self, kind, key):
        from blake3 import blake3

        (folder,) = [f for f in self.store.folders("records") if f.startswith(f"records/{kind}-")]
        return f"{folder}/{blake3(key.encode()).hexdigest()}"

    def damage(self, name, data, damage):
        content = self.store.get(name)
        place = data.draw(st.integers(0, len(content) - 1))
        if damage == "delete":
            self.store.delete(name)
        elif damage == "truncate":
            self.store.put(name, [content[:place]])
        else:
            self.store.put(name, [content[:place], bytes([content[place] ^ 0xFF]), content[place + 1 :]])

    @invariant()
    def bodies_ran_when_the_model_says(self):
        assert self.ran == self.expected

    def teardown(self):
        self.using.__exit__(None, None, None)


CachedCalls.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_cached_calls = CachedCalls.TestCase
