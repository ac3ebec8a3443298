"""jax: arrays and keys of random numbers. Where the shards of an array lie does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jax
import numpy as np

from recoup.hashing._columns import plain_array
from recoup.hashing._forms import Form, Unhashable, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_ARRAY, _KEYS, _COMPILED = tag("jax.array"), tag("jax.keys"), tag("jax.compiled")


def _array(array: Any) -> Form:
    """Encode content, and whether the type is weak, which decides what arithmetic makes of it."""
    if jax.dtypes.issubdtype(array.dtype, jax.dtypes.prng_key):
        return Form(_KEYS, (str(jax.random.key_impl(array)), jax.random.key_data(array)), nameless)
    return Form(_ARRAY, (bool(array.weak_type), plain_array(np.asarray(array))), nameless)


def _tracer(_value: Any) -> Form:
    raise Unhashable("stands for a value inside a transformation", "call the task outside of `jit`, `grad` and `vmap`")


def _compiled(function: Any) -> Form:
    return Form(_COMPILED, (function.__wrapped__,), lambda _: ".__wrapped__")


HANDLERS: Final[dict[type, Encoder]] = {type(jax.jit(_compiled)): _compiled}

FAMILIES: Final[dict[type, Encoder]] = {jax.Array: _array, jax.core.Tracer: _tracer}
