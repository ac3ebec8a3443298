"""The marks around arguments where programs written for Prefect import them from; they live in `recoup.annotations`."""

from recoup.annotations import allow_failure, opaque, quote, unmapped

__all__ = ["allow_failure", "opaque", "quote", "unmapped"]
