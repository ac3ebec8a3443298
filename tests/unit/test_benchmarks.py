"""The arithmetic of the benchmark report, and the page it writes."""

from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.syspath_prepend(str(HOUSE))
    return import_module("benchmarks.rows")


@pytest.fixture
def report(rows):
    return import_module("benchmarks.report")


@pytest.fixture
def hit(rows):
    """A row with one budget of each kind."""
    budgets = (rows.AtMost(50_000, rows.US), rows.AtMostTimes(2, "diskcache"), rows.FasterThan(150, "prefect"))
    return rows.Row("hit", "a hit", rows.Warm("hit", in_flow=True), "each", budgets=budgets)


def document(report, row, samples, **versions):
    return report.document([row], {"hit": samples}, versions, failures={"joblib": "exit code 1"}, about={"rounds": "quick"})


@pytest.mark.parametrize(
    ("nanoseconds", "unit", "text"),
    [(9_870, "US", "9.87 µs"), (24_440, "US", "24.4 µs"), (11_300_000, "US", "11,300 µs"), (930_000, "MS", "0.93 ms")],
)
def test_a_time_is_written_with_three_digits_that_matter(rows, nanoseconds, unit, text):
    assert rows.amount(nanoseconds, getattr(rows, unit)) == text


def test_a_row_holds_medians_spreads_and_ratios_to_recoup(report, hit):
    told = report.row_report(hit, {"recoup": [10_000, 99_000, 20_000], "diskcache": [30_000]})

    assert told["tools"]["recoup"] == {"median": 20, "low": 10, "high": 99, "rounds": 3, "ratio": 1}
    assert told["tools"]["diskcache"]["ratio"] == 1.5


def test_budgets_are_judged_by_the_medians(report, hit):
    told = report.row_report(hit, {"recoup": [50_000], "diskcache": [20_000], "prefect": [7_500_000]})

    assert [(verdict["word"], verdict["text"]) for verdict in told["verdicts"]] == [
        ("ok", "50.0 µs, at most 50.0 µs"),
        ("over", "2.50 x diskcache, at most 2 x diskcache"),
        ("ok", "150 x faster than prefect, at least 150 x faster than prefect"),
    ]


def test_a_budget_is_unknown_where_a_peer_is_missing(report, hit):
    told = report.row_report(hit, {"recoup": [40_000]})

    assert [verdict["word"] for verdict in told["verdicts"]] == ["ok", "unknown", "unknown"]


def test_the_page_shows_missing_and_failed_tools(report, hit):
    page = report.markdown(
        document(
            report, hit, {"recoup": [20_000], "diskcache": [30_000]}, recoup="0.1", diskcache="5.6", joblib="1.6", prefect=None
        )
    )

    assert page.splitlines()[:3] == [
        "|       | recoup 0.1 | diskcache 5.6   | joblib 1.6 | prefect |",
        "| ----- | ---------- | --------------- | ---------- | ------- |",
        "| a hit | 20.0 µs    | 30.0 µs (1.5 x) | failed     | missing |",
    ]


def test_exceeded_budgets_fail_only_a_check(report, rows, hit):
    main = import_module("benchmarks.__main__")
    told = document(report, hit, {"recoup": [60_000], "diskcache": [40_000]}, recoup="0.1", diskcache="5.6") | {"failures": {}}

    assert main.exit_code(told, check=False) == 0
    assert main.exit_code(told, check=True) == 1


def test_a_missing_recoup_is_a_failure(report, hit):
    main = import_module("benchmarks.__main__")
    told = document(report, hit, {}, recoup=None) | {"failures": {}}

    assert main.exit_code(told, check=False) == 1
