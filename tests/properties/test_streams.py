"""Any reading of a stream task, beside the plain generator: both do the same, whether the body runs or is replayed.

The storage may be damaged at any moment, and the reader may do what readers of generators can do.
"""

import contextlib

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from recoup import task
from recoup.cache_policies import INPUTS
from recoup.storage import MemoryStorage
from streams import asynchronous, reader

LONG = {"BIG text": "x" * 70_000, "BIG list": [1] * 70_000}

items = st.one_of(
    st.integers(), st.none(), st.booleans(), st.text(max_size=3), st.lists(st.integers(), max_size=2),
    st.just("BIG text"), st.just("BIG list"),
)  # fmt: skip
scripts = st.lists(st.one_of(items, st.just(KeyError)), max_size=6)
damages = st.tuples(st.just("damage"), st.integers(0, 99), st.integers(0, 999))
asked = st.lists(st.one_of(*[st.just("next")] * 6, st.sampled_from(["send", "throw", "close"]), damages), max_size=12)


def play(script):
    """Yield a script; what is sent in is yielded back, and of what is thrown in a `LookupError` is caught."""
    for short in script:
        item = LONG.get(short, short) if isinstance(short, str) else short
        if item is KeyError:
            raise KeyError("script")
        try:
            given = yield item
            while given is not None:
                given = yield {"given": given}
        except IndexError:
            yield "caught"
    return len(script)


def read(stream, asks, damage=None):
    """Return what the reader sees at each step."""
    seen = []
    started = False
    for ask in asks:
        try:
            if ask[0] == "damage":
                if damage:
                    damage(*ask[1:])
            elif ask == "close":
                seen.append(("closed", stream.close()))
                started = False
            elif ask == "throw" and started:
                seen.append(stream.throw(IndexError("thrown")))
            else:
                seen.append(stream.send("sent" if ask == "send" and started else None))
                started = True
        except StopIteration as end:
            seen.append(("ended", end.value))
            started = False  # Python's own generators, sync and async, differ in what they do with errors thrown in after the end
        except (KeyError, IndexError) as exc:
            seen.append((type(exc), str(exc)))
            started = False
    return seen


def damaging(store):
    """Return what flips a byte somewhere in a storage."""

    def damage(which, where):
        names = sorted(info.name for info in store.list() if info.name != "recoup.json")
        if names:
            content = store.get(names[which % len(names)])
            place = len(content) * where // 1000
            store.put(names[which % len(names)], [content[:place], bytes([content[place] ^ 0xFF]), content[place + 1 :]])

    return damage


@pytest.mark.parametrize("kind", ["sync", "async"])
@given(script=scripts, readings=st.lists(asked, min_size=1, max_size=4), retries=st.integers(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_stream_task_is_read_as_its_generator(kind, script, readings, retries):
    store = MemoryStorage()
    options = {"cache_policy": INPUTS, "result_storage": store, "retries": retries}

    if kind == "sync":
        playing = task(**options)(lambda: (yield from play(script)))
    else:
        playing = task(**options)(asynchronous(lambda: play(script)))

    for asks in [*readings, ["next"] * 8, ["next"] * 8]:
        expected = read(play(script), asks)
        if kind == "async":
            expected = [("ended", None) if isinstance(step, tuple) and step[0] == "ended" else step for step in expected]
        with contextlib.closing(reader(playing())) as stream:
            assert read(stream, asks, damaging(store)) == expected
    assert playing.cached() == (KeyError not in script)
