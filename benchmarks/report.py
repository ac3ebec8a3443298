"""From samples to a table: medians, ratios to Recoup, verdicts against the budgets; as Markdown and as JSON."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.rows import MS, US, amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.rows import Row

Samples = dict[str, list[float]]  # nanoseconds by tool


def row_report(row: Row, samples: Samples) -> dict[str, Any]:
    """Return one row as data: for each tool its median, spread and ratio to Recoup, and the verdicts."""
    medians = {tool: median(values) for tool, values in samples.items() if values}
    ours = medians.get("recoup")
    return {
        "name": row.name,
        "title": row.title,
        "unit": "ms" if row.unit == MS else "µs",
        "tools": {
            tool: {
                "median": medians[tool] / row.unit,
                "low": min(samples[tool]) / row.unit,
                "high": max(samples[tool]) / row.unit,
                "rounds": len(samples[tool]),
                "ratio": medians[tool] / ours if ours else None,
            }
            for tool in medians
        },
        "verdicts": [{"text": verdict.text, "met": verdict.met, "word": verdict.word} for verdict in row_verdicts(row, medians)],
    }


def row_verdicts(row: Row, medians: Mapping[str, float]) -> list[Any]:
    """Judge the row by each of its budgets."""
    return [budget.judge(medians) for budget in row.budgets]


def document(
    rows: Iterable[Row],
    samples: Mapping[str, Samples],
    versions: Mapping[str, str | None],
    failures: Mapping[str, str],
    about: Mapping[str, str],
) -> dict[str, Any]:
    """Return the whole run as data."""
    return {
        "format": 1,
        "about": dict(about),
        "versions": dict(versions),
        "failures": dict(failures),
        "rows": [row_report(row, samples.get(row.name, {})) for row in rows],
    }


def markdown(report: Mapping[str, Any]) -> str:
    """Write the run as a page: the table, the verdicts, and what it was measured on."""
    tools = list(report["versions"])
    heads = ["", *(f"{tool} {report['versions'][tool] or ''}".strip() for tool in tools)]
    body = [[row["title"], *(_cell(report, row, tool) for tool in tools)] for row in report["rows"]]
    verdicts = [[row["name"], verdict["word"], verdict["text"]] for row in report["rows"] for verdict in row["verdicts"]]
    about = "; ".join(f"{name}: {value}" for name, value in report["about"].items())
    return "\n\n".join([table(heads, body), table(["row", "budget", "measured, allowed"], verdicts), about]) + "\n"


def _cell(report: Mapping[str, Any], row: Mapping[str, Any], tool: str) -> str:
    """Write one measurement, or why there is none."""
    if (found := row["tools"].get(tool)) is None:
        return "failed" if tool in report["failures"] else "n/a" if report["versions"][tool] else "missing"
    unit = MS if row["unit"] == "ms" else US
    return amount(found["median"] * unit, unit) + ("" if tool == "recoup" else _ratio(found["ratio"]))


def _ratio(ratio: float | None) -> str:
    """Write how many times Recoup's median a peer's is."""
    if ratio is None:
        return ""
    return f" ({ratio:.2g} x)" if ratio < 10 else f" ({ratio:,.0f} x)"


def table(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table whose columns also line up on a terminal."""
    widths = [max(map(len, column)) for column in zip(heads, *body, strict=True)]
    lines = [heads, ["-" * width for width in widths], *body]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
