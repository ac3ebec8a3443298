"""scikit-learn: estimators by their parameters and what they learned, without the version that wrote it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sklearn.base import BaseEstimator

from recoup.hashing._forms import Attributes, Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_ESTIMATOR, _MADE = tag("sklearn.estimator"), tag("sklearn.made")
_PASSING: Final = ("_sklearn_version", "_stop_words_id")
"""What an estimator notes of its surroundings: the version of the library, and the address of an object."""


def _estimator(estimator: Any) -> Form:
    """Encode what an estimator pickles; only what it says by a `__reduce__` of its own goes before that."""
    kind: Any = type(estimator)
    if kind.__reduce__ is not object.__reduce__:
        return Form(_MADE, (kind, *estimator.__reduce__()), nameless)
    state: Any = estimator.__getstate__()
    if type(state) is not dict:
        return Form(_MADE, (kind, state), nameless)
    return Form(_ESTIMATOR, (kind, Attributes({k: v for k, v in state.items() if k not in _PASSING})), nameless)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {BaseEstimator: _estimator}
