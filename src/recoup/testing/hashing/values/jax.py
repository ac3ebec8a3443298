"""Values of jax."""

from __future__ import annotations

from typing import Final

from jax import numpy as jnp

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "jax.Array": (
        Differ("dtype", lambda: (jnp.zeros(2), jnp.zeros(2, dtype="int32")), "dtype"),
        Agree("made twice", lambda: (jnp.zeros(2), jnp.zeros(2))),
    ),
}  # fmt: skip
