"""Locks by key: who of several may compute something. Managers by the names that Prefect gives them, one file each."""
