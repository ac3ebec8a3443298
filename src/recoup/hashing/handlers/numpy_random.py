"""numpy.random: generators by their state; the one that the process shares, as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_STATE, _SHARED = tag("numpy.random-state"), tag("numpy.shared-random-state")


def _random_state(value: np.random.RandomState) -> Form | bytes:
    """Encode the state; of numpy's own global generator nothing more: libraries hang it on values that ask for chance."""
    if value is getattr(np.random.mtrand, "_rand", None):
        return _SHARED
    state: Any = value.get_state(legacy=False)
    return Form(_STATE, (type(value), state), nameless)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {np.random.RandomState: _random_state}
