"""Prefect's place for what programs import from there; nothing lives here."""
