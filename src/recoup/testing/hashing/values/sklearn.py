"""Values of sklearn."""

from __future__ import annotations

from typing import Final

from sklearn.linear_model import LinearRegression, Ridge

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "sklearn estimator": (
        Differ("a parameter", lambda: (Ridge(alpha=1.0), Ridge(alpha=2.0)), "value"),
        Differ("fitted and not", lambda: (LinearRegression(), LinearRegression().fit([[0], [1]], [0, 1])), "value"),
        Agree("fitted twice", lambda: [LinearRegression().fit([[0], [1]], [0, 1]) for _ in range(2)]),
    ),
}  # fmt: skip
