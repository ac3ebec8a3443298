"""Whether a found record may be served: pure decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recoup.engine.steps import Absent, Found, Rejected

if TYPE_CHECKING:
    from recoup.engine.call import Terms

__all__ = ["judge"]

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def judge(found: Found | Absent | Rejected, terms: Terms) -> Found | Rejected:
    """Return the record if it may be served under `terms`, else why not.

    Fresh means fresh by the record *and* by the reader: a record expires when either its own `expires` or the
    reader's `cache_expiration` says so.
    """
    if isinstance(found, Rejected):
        return found
    if isinstance(found, Absent):
        return Rejected("first")
    record = found.record
    if terms.refreshed_in is not None and record.run != terms.refreshed_in:
        return Rejected("refresh")
    if (record.stream is not None) is not terms.streams:
        return Rejected("code", "it was a generator function before" if record.stream else "it is a generator function now")
    age = found.now - record.created
    if record.expires is not None and found.now >= record.expires:
        kept = record.expires - record.created
        return Rejected("expired", f"expired {span(found.now - record.expires)} ago (kept for {span(kept)})")
    if terms.expiration is not None and age >= terms.expiration:
        return Rejected("expired", f"expired: {span(age)} old, and cache_expiration is {span(terms.expiration)}")
    return found


def span(seconds: float) -> str:
    """Return a length of time as a person says it: `3 d`, `2.5 h`, `40 s`."""
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{max(seconds, 0) * 1000:.3g} ms"
