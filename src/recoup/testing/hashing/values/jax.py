"""Values of jax."""

from __future__ import annotations

from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]


def _double(x: Any) -> Any:
    return x * 2


def _inside() -> Any:
    """Return what stands for a value inside a transformation."""
    seen: list[Any] = []

    def look(x: Any) -> Any:
        seen.append(x)
        return x

    jax.make_jaxpr(look)(1.0)
    return seen[0]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "jax.Array": (
        Differ("dtype", lambda: (jnp.zeros(2), jnp.zeros(2, dtype="int32")), "dtype"),
        Differ("halves of two kinds", lambda: (jnp.zeros(2, jnp.float16), jnp.zeros(2, jnp.bfloat16)), "dtype"),
        Differ("bytes of two kinds", lambda: (jnp.zeros(2, jnp.float8_e4m3fn), jnp.zeros(2, jnp.float8_e5m2)), "dtype"),
        Differ("shape", lambda: (jnp.zeros((2, 3)), jnp.zeros((3, 2))), "shape"),
        Differ("no axis and one", lambda: (jnp.float32(1), jnp.ones(1)), "shape"),
        Differ("an element", lambda: (jnp.zeros(3), jnp.zeros(3).at[1].set(1)), "value"),
        Differ("order", lambda: (jnp.arange(3), jnp.arange(3)[::-1]), "order"),
        Differ("an array and numpy's", lambda: (jnp.zeros(2), np.zeros(2, "f4")), "type"),
        Differ("a type that gives way", lambda: (jnp.asarray(1.0), jnp.float32(1.0)), "dtype"),
        Agree("made twice", lambda: (jnp.zeros(2), jnp.zeros(2))),
        Agree("from numpy", lambda: (jnp.arange(6).reshape(2, 3), jnp.asarray(np.asfortranarray(np.arange(6, dtype="i4").reshape(2, 3))))),
        Agree("computed", lambda: (jnp.ones(3) + 1, jnp.full(3, 2.0, "float32"))),
        Refuse("inside a transformation", _inside),
        Stable("halves", lambda: jnp.arange(5, dtype=jnp.bfloat16)),
    ),
    "jax key": (
        Differ("seeds", lambda: (jax.random.key(0), jax.random.key(1)), "value"),
        Differ("algorithms", lambda: (jax.random.key(0), jax.random.key(0, impl="rbg")), "type"),
        Differ("a key and the old kind", lambda: (jax.random.key(0), jax.random.PRNGKey(0)), "type"),
        Differ("one key and many", lambda: (jax.random.key(0), jax.random.split(jax.random.key(0), 1)), "shape"),
        Differ("order of keys", lambda: (jax.random.split(jax.random.key(0), 2), jax.random.split(jax.random.key(0), 2)[::-1]), "order"),
        Differ("a key and what it holds", lambda: (jax.random.key(0), jax.random.key_data(jax.random.key(0))), "type"),
        Differ("split and not", lambda: (jax.random.key(0), jax.random.split(jax.random.key(0))[0]), "value"),
        Differ("seeds of the old kind", lambda: (jax.random.PRNGKey(0), jax.random.PRNGKey(1)), "value"),
        Agree("one seed", lambda: (jax.random.key(7), jax.random.key(7))),
        Stable("a key", lambda: jax.random.key(7)),
        Stable("a compiled function", lambda: jax.jit(_double)),
    ),
}  # fmt: skip
