"""Settings in groups, as programs written for Prefect read them: `settings.tasks.refresh_cache`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec

__all__ = ["SettingsGroup", "grouped"]


class SettingsGroup:
    """The settings whose names begin alike."""

    __slots__ = ("_prefix", "_settings")

    def __init__(self, settings: msgspec.Struct, prefix: str) -> None:
        self._settings = settings
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        return grouped(self._settings, f"{self._prefix}_{name}")

    def __repr__(self) -> str:
        return f"SettingsGroup({self._prefix!r})"


def grouped(settings: msgspec.Struct, name: str) -> Any:
    """Return the setting `name`, or the group of those that begin with it; raise `AttributeError` when there is none."""
    names = settings.__struct_fields__
    if name in names:
        return getattr(settings, name)
    if any(known.startswith(f"{name}_") for known in names):
        return SettingsGroup(settings, name)
    raise AttributeError(f"there is no setting {name!r}; the settings are {', '.join(names)}")
