"""A corpus by which any hasher of values can be judged, and any key of a call.

    >>> import joblib
    >>> from recoup.testing.hashing import check
    >>> print(check(joblib.hash))                            # doctest: +SKIP
    joblib.hashing.hash: 900 cases, 41 collision, 12 needless, …

A hasher is any function that takes a value and returns something comparable, or raises where it refuses. `Differ` and
`Agree` are pairs of values, `Stable` are values that must keep their digest in every process, `Refuse` those that have
none. Cases of libraries that are not installed are reported as not run; importing this package imports none of them.
"""

from __future__ import annotations

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable
from recoup.testing.hashing.circumstances import CIRCUMSTANCES, Circumstances, check_stability
from recoup.testing.hashing.corpus import cases, not_installed
from recoup.testing.hashing.edits import Change, Edit, check_edits, edits
from recoup.testing.hashing.judging import FAULTS, Fault, Report, check

__all__ = [
    "CIRCUMSTANCES", "FAULTS", "Agree", "Case", "Change", "Circumstances", "Differ", "Edit", "Fault", "Refuse", "Report", "Stable", "cases", "check", "check_edits",
    "check_stability", "edits", "not_installed",
]  # fmt: skip
