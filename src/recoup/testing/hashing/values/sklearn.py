"""Values of scikit-learn."""

from __future__ import annotations

import pickle
from typing import Any, Final

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]

FEATURES: Final = np.random.default_rng(3).random((60, 3))
LABELS: Final = (FEATURES[:, 0] > 0.5).astype(int)
WORDS: Final = ["one two three", "two three four", "five"]


class Own(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator of a project's own."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor


def _forest(seed: int = 0, **options: Any) -> Any:
    return RandomForestClassifier(3, random_state=seed, **options).fit(FEATURES, LABELS)


def _queried(tree: Any) -> Any:
    tree.query(FEATURES[:3], k=2)
    return tree


def _used(estimator: Any) -> Any:
    estimator.predict(FEATURES)
    return estimator


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "sklearn estimator": (
        Differ("a parameter", lambda: (Ridge(alpha=1.0), Ridge(alpha=2.0)), "value"),
        Differ("fitted and not", lambda: (LinearRegression(), LinearRegression().fit([[0], [1]], [0, 1])), "value"),
        Differ("fitted to other data", lambda: (Ridge().fit(FEATURES, LABELS), Ridge().fit(FEATURES, 1 - LABELS)), "value"),
        Differ("classes", lambda: (StandardScaler(), MinMaxScaler()), "type"),
        Differ("seeds", lambda: (_forest(0), _forest(1)), "value"),
        Differ("how many workers", lambda: (Ridge(), Ridge(max_iter=7)), "value"),
        Differ("order of steps", lambda: (make_pipeline(StandardScaler(), MinMaxScaler()), make_pipeline(MinMaxScaler(), StandardScaler())), "order"),
        Differ("a parameter of a step", lambda: (make_pipeline(Ridge(1.0)), make_pipeline(Ridge(2.0))), "value"),
        Differ("a class of one's own", lambda: (Own(1.0), Own(2.0)), "value"),
        Differ("an estimator and its parameters", lambda: (Ridge(), Ridge().get_params()), "type"),
        Agree("fitted twice", lambda: [LinearRegression().fit([[0], [1]], [0, 1]) for _ in range(2)]),
        Agree("one seed", lambda: (_forest(), _forest())),
        Agree("sent elsewhere", lambda: (_forest(), pickle.loads(pickle.dumps(_forest())))),
        Agree("used and not", lambda: (_forest(), _used(_forest()))),
        Agree("neighbours, asked and not", lambda: (KNeighborsClassifier(2).fit(FEATURES, LABELS), _used(KNeighborsClassifier(2).fit(FEATURES, LABELS)))),
        Stable("a forest", _forest),
        Stable("words", lambda: TfidfVectorizer().fit(WORDS)),
        Stable("a pipeline", lambda: make_pipeline(StandardScaler(), Ridge()).fit(FEATURES, LABELS)),
    ),
    "sklearn tree of neighbours": (
        Differ("points", lambda: (KDTree(FEATURES), KDTree(FEATURES[:50])), "value"),
        Differ("kinds", lambda: (KDTree(FEATURES), BallTree(FEATURES)), "type"),
        Differ("how many points a leaf has", lambda: (KDTree(FEATURES), KDTree(FEATURES, leaf_size=3)), "value"),
        Differ("measures", lambda: (KDTree(FEATURES), KDTree(FEATURES, metric="manhattan")), "value"),
        Differ("order of points", lambda: (KDTree(FEATURES), KDTree(FEATURES[::-1].copy())), "order"),
        Differ("weights", lambda: (KDTree(FEATURES), KDTree(FEATURES, sample_weight=np.ones(60))), "value"),
        Differ("a tree and its points", lambda: (KDTree(FEATURES), FEATURES), "type"),
        Agree("asked and not", lambda: (KDTree(FEATURES), _queried(KDTree(FEATURES)))),
        Agree("sent elsewhere", lambda: (BallTree(FEATURES), pickle.loads(pickle.dumps(BallTree(FEATURES))))),
        Stable("a tree", lambda: BallTree(FEATURES)),
    ),
}  # fmt: skip
