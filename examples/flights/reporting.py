"""What people get to see: a table of the airlines, a chart, a report."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from features import KNOWN

from recoup import task

if TYPE_CHECKING:
    import pandas as pd
    from models import Verdict


@dataclass(frozen=True)
class Score:
    """One line of the table: `skill` is the share of the ups and downs of the delays that the model explains."""

    airline: str
    name: str
    flights: int
    model: float
    guess: float
    skill: float


@task(cache=True)
def score(verdicts: list[Verdict], airlines: pd.DataFrame) -> list[Score]:
    """Put the airlines in order, the one that can be foretold best first."""
    names = airlines.set_index("carrier")["name"]
    scores = [
        Score(found.airline, names[found.airline], found.flights, found.model, found.guess, skill(found.model, found.guess))
        for found in verdicts
    ]
    return sorted(scores, key=lambda line: line.skill, reverse=True)


@task(cache=True)
def chart(scores: list[Score]) -> bytes:
    """Draw by how many minutes models and guesses miss, as a PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second that a cached run never pays

    lines = scores[::-1]  # charts count from below
    names, models, guesses = ([getattr(line, column) for line in lines] for column in ("name", "model", "guess"))
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    axes.hlines(names, models, guesses, color="lightgrey", linewidth=4)
    axes.plot(guesses, names, "o", color="grey", label="the mean")
    axes.plot(models, names, "o", color="tab:red", label="the model")
    axes.set_xlabel("minutes by which a prediction typically misses")
    axes.set_title("Arrival delays from New York, 2013, in weeks not seen before", loc="left")
    axes.legend(loc="upper right", frameon=False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return png(figure)


@task(cache=True)
def report(scores: list[Score], drivers: list[dict[str, float]], airlines: list[str]) -> str:
    """Write the report, in Markdown."""
    matters = dict(zip(airlines, drivers, strict=True))
    flights = sum(line.flights for line in scores)
    return "\n".join(
        [
            "# How late will it be?",
            "",
            f"{flights:,} flights left New York in 2013 and arrived. Two hours before departure, how late they would be could be",
            "foretold this well, in weeks that the models had not seen:",
            "",
            "![minutes by which predictions miss](delays.png)",
            "",
            "| airline | flights | the mean misses by | the model misses by | skill | what matters most |",
            "|---|--:|--:|--:|--:|---|",
            *(row(line, matters[line.airline]) for line in scores),
            "",
        ],
    )


def row(line: Score, matters: dict[str, float]) -> str:
    """Write one airline's row of the table."""
    cells = (line.name, f"{line.flights:,}", f"{line.guess:.1f} min", f"{line.model:.1f} min", f"{line.skill:.0%}", most(matters))
    return f"| {' | '.join(cells)} |"


def most(matters: dict[str, float], *, count: int = 2) -> str:
    """Name the few things that matter most, unless nothing does."""
    ranked = sorted((worse, name) for name, worse in matters.items() if worse > 0.01)
    return ", ".join(KNOWN[name] for _, name in reversed(ranked[-count:])) or "too few flights to tell"


def skill(model: float, guess: float) -> float:
    """Return the share of the variance that the model explains and the guess does not."""
    return 1 - (model / guess) ** 2


def png(figure) -> bytes:
    """Return the same bytes for the same figure, whatever the version that drew it calls itself."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=120, metadata={"Software": None})
    return file.getvalue()
