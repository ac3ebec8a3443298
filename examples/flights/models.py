"""A model of the delays of each airline, and an honest judgement of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from features import KNOWN

from recoup import task

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.base import RegressorMixin
    from sklearn.ensemble import RandomForestRegressor


@dataclass(frozen=True)
class ModelConfig:
    """How the models learn, and on how many parts of the year they are judged."""

    trees: int = 16
    leaf: int = 20
    folds: int = 5
    seed: int = 2013


@dataclass(frozen=True)
class Verdict:
    """By how many minutes a model, and a plain guess, typically miss the delay in weeks that they have not seen."""

    airline: str
    flights: int
    model: float
    guess: float


@task(cache=True)
def train(airline: str, departures: pd.DataFrame, config: ModelConfig) -> RandomForestRegressor:
    """Fit the model of one airline to the whole year."""
    flown = flown_by(airline, departures)
    return forest(config).fit(flown[list(KNOWN)], flown["delay"])


@task(cache=True)
def evaluate(airline: str, departures: pd.DataFrame, config: ModelConfig) -> Verdict:
    """Judge the model of one airline, beside guessing the mean delay."""
    flown = flown_by(airline, departures)
    model = miss_in_unseen_weeks(forest(config), flown, config.folds)
    return Verdict(airline, len(flown), model, guess=miss_in_unseen_weeks(mean(), flown, config.folds))


@task(cache=True)
def drivers(airline: str, model: RandomForestRegressor, departures: pd.DataFrame, config: ModelConfig) -> dict[str, float]:
    """Return how much worse the model explains the delays of some flights when it is misinformed about one thing."""
    from sklearn.inspection import permutation_importance  # noqa: PLC0415 - a second that a cached run never pays

    flown = flown_by(airline, departures)
    some = flown.sample(min(len(flown), 2_000), random_state=config.seed)
    worse = permutation_importance(model, some[list(KNOWN)], some["delay"], n_repeats=3, random_state=config.seed)
    return dict(zip(KNOWN, worse.importances_mean.tolist(), strict=True))


def flown_by(airline: str, departures: pd.DataFrame) -> pd.DataFrame:
    """Return the flights of one airline."""
    return departures[departures["carrier"] == airline]


def miss_in_unseen_weeks(candidate: RegressorMixin, flown: pd.DataFrame, folds: int) -> float:
    """Return the root mean square error, in minutes, of predictions for weeks that were held out.

    Single flights held out would flatter the model, since the flights of one day share their weather and their jams.
    """
    from sklearn.metrics import root_mean_squared_error  # noqa: PLC0415 - as above
    from sklearn.model_selection import GroupKFold, cross_val_predict  # noqa: PLC0415 - as above

    known, delay = flown[list(KNOWN)], flown["delay"]
    predicted = cross_val_predict(candidate, known, delay, groups=flown["week"], cv=GroupKFold(folds))
    return float(root_mean_squared_error(delay, predicted))


def forest(config: ModelConfig) -> RandomForestRegressor:
    """Return a model that has learnt nothing yet."""
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415 - as above

    return RandomForestRegressor(config.trees, min_samples_leaf=config.leaf, max_features=1 / 3, random_state=config.seed)


def mean() -> RegressorMixin:
    """Return the guess that knows nothing but the mean."""
    from sklearn.dummy import DummyRegressor  # noqa: PLC0415 - as above

    return DummyRegressor()
