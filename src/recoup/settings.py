"""Typed settings and where each value comes from.

A setting `results_persist_by_default` is the environment variable `RECOUP_RESULTS_PERSIST_BY_DEFAULT`, else the
same name after `PREFECT_` where it says how to behave, else the member of `[tool.recoup]` in the project's
`pyproject.toml`, else that of `config.toml` in the home, else what is built in. Settings are read when a flow run
begins and, outside flows, at the first call of a process; `temporary_settings` replaces some for a while.
"""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_type_hints

import msgspec

from recoup.exceptions import ConfigurationError
from recoup.project import project_root, working_directory
from recoup.setting_groups import grouped
from recoup.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "Setting",
    "Settings",
    "SourcedValue",
    "get_current_settings",
    "load_settings",
    "read_setting",
    "setting_name",
    "sourced_settings",
    "temporary_settings",
]

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings, resolved. `describe_setting` has a sentence about each."""

    home: Path
    results_local_storage_path: Path
    results_default_storage_block: str | None = None
    results_default_serializer: str = "auto"
    results_persist_by_default: bool = False
    results_on_persist_failure: Literal["warn", "fail"] = "warn"
    results_previews: Literal["full", "types", "off"] = "full"
    key_salt: str | None = None
    tasks_default_persist_result: bool | None = None
    tasks_refresh_cache: bool = False
    tasks_default_no_cache: bool = False
    tasks_disable_caching: bool = False
    tasks_strict_keys: bool = False
    tasks_code_packages: Literal["exact", "minor", "major", "off"] = "exact"
    tasks_code_python: Literal["off", "minor"] = "off"
    tasks_check_mutation: Literal["small", "always", "off"] = "small"
    tasks_longest_wait_seconds: Seconds = 60.0
    tasks_default_retries: Count = 0
    tasks_default_retry_delay_seconds: Seconds | tuple[Seconds, ...] = 0.0
    tasks_runner_thread_pool_max_workers: Annotated[int, msgspec.Meta(ge=1)] = 64
    tasks_runner_process_pool_max_workers: Annotated[int, msgspec.Meta(ge=1)] | None = None
    runs_lease_seconds: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    logging_level: LogLevel = "INFO"
    logging_log_prints: bool = False

    if not TYPE_CHECKING:  # programs of Prefect read groups; ours are told of misspelled names by the type checker

        def __getattr__(self, name: str) -> Any:
            """Return a group of settings: `settings.tasks.refresh_cache` is `settings.tasks_refresh_cache`."""
            return grouped(self, name)


DESCRIPTIONS = {
    "home": "The private folder of this user: default storage and settings.",
    "results_local_storage_path": "Where results are kept when nothing else is named.",
    "results_default_storage_block": "The default storage: a path, a URL or the name of a saved block; also turns persistence on.",
    "results_default_serializer": "The serializer of tasks and flows that name none.",
    "results_persist_by_default": "Persist the results of all tasks and flows that do not say otherwise.",
    "results_on_persist_failure": "What a result that cannot be kept does to its task: one line says so, or the task fails.",
    "results_previews": "How much of an argument a record shows: its value, its type, or nothing.",
    "key_salt": "What secrets are hashed with; without it each storage has a salt of its own.",
    "tasks_default_persist_result": "Persist the results of tasks that do not say otherwise, whatever their flow says.",
    "tasks_refresh_cache": "Run every cached task and overwrite its record, except where `refresh_cache=False`.",
    "tasks_default_no_cache": "Cache only where a policy was given explicitly.",
    "tasks_disable_caching": "Neither look up nor keep any result.",
    "tasks_strict_keys": "Raise an error where an argument cannot be hashed, instead of running uncached.",
    "tasks_code_packages": "How much of the versions of packages counts as code: 2.1.3, 2.1, 2, or nothing.",
    "tasks_code_python": "Whether Python's minor version counts as code.",
    "tasks_check_mutation": "Hash arguments again after the body: those below 1 MiB, all, or none.",
    "tasks_longest_wait_seconds": "How long a call that holds a lock waits for another lock, before it goes on without it.",
    "tasks_default_retries": "How often a failing task runs again.",
    "tasks_default_retry_delay_seconds": "The pause before a failing task runs again, or a list of them.",
    "tasks_runner_thread_pool_max_workers": "How many submitted tasks of a flow run at the same time.",
    "tasks_runner_process_pool_max_workers": "How many processes a ProcessPoolTaskRunner has: one for each processor.",
    "runs_lease_seconds": "How long a run may be silent before another machine may resume it.",
    "logging_level": "What is logged to standard error where the program configured no logging.",
    "logging_log_prints": "Log what flows and tasks print, except where `log_prints=False`.",
}
"""A sentence about each setting."""

_OWN_ONLY = {"home", "logging_level", "key_salt"}
"""What means something else to Prefect: these have no `PREFECT_*` fallback."""

_ALIASES = {
    "results_default_storage_block": "PREFECT_DEFAULT_RESULT_STORAGE_BLOCK",
    "results_local_storage_path": "PREFECT_LOCAL_STORAGE_PATH",
}
"""Older names that Prefect still takes."""

_SHARED_SERIALIZERS = ("pickle", "json", "compressed/pickle", "compressed/json")

_FOLDERS = {"home", "results_local_storage_path"}
_HINTS: dict[str, Any] = {}


class SourcedValue(NamedTuple):
    """A setting's value and where it was found: a variable's name, a file, or `built-in`."""

    value: Any
    source: str


_override: ContextVar[Settings | None] = ContextVar("recoup_settings", default=None)
_process: Settings | None = None


def get_current_settings() -> Settings:
    """Return the settings in force here."""
    found = _override.get() or _process
    return found if found is not None else load_settings()


def load_settings() -> Settings:
    """Read the settings afresh and put them in force for this process."""
    global _process  # noqa: PLW0603 - replaced whole, so that readers need no lock
    override = _override.get()
    if override is not None:
        return override
    _process = Settings(**{name: found.value for name, found in sourced_settings().items()})
    return _process


def forget() -> None:
    """Read the settings of this process afresh when they are needed next."""
    global _process  # noqa: PLW0603 - as above
    _process = None


def sourced_settings() -> dict[str, SourcedValue]:
    """Return every setting with its source. Raise `ConfigurationError` for values and names that do not work."""
    home = _home()
    here = working_directory()
    project_file = project_root(here) / "pyproject.toml" if here is not None else None
    files = {str(project_file): _project_table(project_file)} if project_file is not None else {}
    files[str(home.value / "config.toml")] = _home_table(home.value)
    for file, table in files.items():
        _refuse_unknown(file, table)
    found: dict[str, SourcedValue] = {}
    for name in DESCRIPTIONS:
        found[name] = home if name == "home" else _find(name, files, home.value)
    return found


def _find(name: str, files: Mapping[str, Mapping[str, Any]], home: Path) -> SourcedValue:
    for variable in _variables(name):
        text = os.environ.get(variable)
        if text is not None and (variable.startswith("RECOUP_") or _resolves(name, text)):
            return SourcedValue(_convert(name, text, variable), variable)
    for file, table in files.items():
        if name in table:
            return SourcedValue(_convert(name, table[name], f"{name} in {file}"), file)
    if name == "results_local_storage_path":
        return SourcedValue(home / "storage", "built-in")
    return SourcedValue(_defaults()[name], "built-in")


def _variables(name: str) -> tuple[str, ...]:
    """Return the variables that may hold a setting, the one that counts most first."""
    own = f"RECOUP_{name.upper()}"
    if name in _OWN_ONLY:
        return (own,)
    return (own, f"PREFECT_{name.upper()}", *([_ALIASES[name]] if name in _ALIASES else []))


def _resolves(name: str, text: str) -> bool:
    """Say whether what was set for Prefect means something here: a folder that is there, not a block of its server."""
    match name:
        case "results_local_storage_path":
            return Path(text).expanduser().is_dir()
        case "results_default_storage_block":
            return "://" in text or text.startswith(("/", "./", "../", "~"))
        case "results_default_serializer":
            return text in _SHARED_SERIALIZERS
        case _:
            return True


def _home() -> SourcedValue:
    text = os.environ.get("RECOUP_HOME")
    try:
        if text:
            return SourcedValue(Path(text).expanduser().absolute(), "RECOUP_HOME")
        return SourcedValue(Path("~/.recoup").expanduser(), "built-in")
    except RuntimeError as exc:
        raise ConfigurationError(
            "this user has no home folder: set RECOUP_HOME to a folder that Recoup may write, as in RECOUP_HOME=/var/lib/recoup"
        ) from exc


def _convert(name: str, value: object, where: str) -> Any:
    if name in _FOLDERS and value:
        return Path(str(value)).expanduser().absolute()
    if not _HINTS:  # a millisecond, which most programs need not pay
        _HINTS.update(get_type_hints(Settings, include_extras=True))
    kind = _HINTS[name]
    if isinstance(value, str):
        value = {"": None, "yes": "true", "no": "false", "on": "true", "off": "off" if "off" in str(kind) else "false"}.get(
            value.lower(), value.upper() if name == "logging_level" else value
        )
    if isinstance(value, str) and value.startswith("["):
        value = _listed(value)
    if value is None and type(None) not in getattr(kind, "__args__", ()):
        return _defaults()[name]
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as exc:
        raise ConfigurationError(f"{where} = {value!r} cannot be used: {exc}. {DESCRIPTIONS[name]}") from exc


def _listed(text: str) -> Any:
    """Return the list that a text such as `[1, 10]` stands for."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _defaults() -> dict[str, Any]:
    return dict(zip(Settings.__struct_fields__[-len(Settings.__struct_defaults__) :], Settings.__struct_defaults__, strict=True))


def _project_table(file: Path) -> Mapping[str, Any]:
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    if b"[tool.recoup" not in data:  # most projects say nothing, and parsing costs milliseconds
        return {}
    table: Mapping[str, Any] = _parse(file, data).get("tool", {}).get("recoup", {})
    return table


def _home_table(home: Path) -> Mapping[str, Any]:
    file = home / "config.toml"
    try:
        return _parse(file, file.read_bytes())
    except OSError:
        return {}


def _parse(file: Path, data: bytes) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415 - only when it is needed

    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{file} cannot be read as TOML: {exc}") from exc


def _refuse_unknown(file: str, table: Mapping[str, Any]) -> None:
    unknown = sorted(set(table) - set(DESCRIPTIONS))
    if unknown:
        raise ConfigurationError(
            f"{file} sets {', '.join(unknown)}, which Recoup does not know; `recoup config` lists the settings"
        )


def setting_name(name: str) -> str:
    """Return the setting that `name` means, which may be spelt as its variable: `RECOUP_HOME`, `PREFECT_TASKS_REFRESH_CACHE`."""
    aliases = {variable: setting for setting, variable in _ALIASES.items()}
    found = aliases.get(name.upper()) or name.lower().removeprefix("recoup_").removeprefix("prefect_")
    if found not in DESCRIPTIONS:
        raise ConfigurationError(f"there is no setting {name}{nearest(found, DESCRIPTIONS)}; `recoup config` lists them")
    return found


def read_setting(name: str, value: object) -> Any:
    """Return a value as the setting has it. Raise `ConfigurationError` where it has no such value."""
    return _convert(name, value, name)


class Setting(str):
    """A setting by the name of its variable, as Prefect has them: `PREFECT_TASKS_REFRESH_CACHE.value()`."""

    __slots__ = ()

    def value(self) -> Any:
        """Return the value that is in force here."""
        return getattr(get_current_settings(), setting_name(self))


def __getattr__(name: str) -> Setting:
    if name.startswith(("PREFECT_", "RECOUP_")):
        try:
            setting_name(name)
        except ConfigurationError as exc:
            raise AttributeError(f"module 'recoup.settings' has no attribute {name!r}: {exc}") from exc
        return Setting(name)
    raise AttributeError(f"module 'recoup.settings' has no attribute {name!r}")


@contextlib.contextmanager
def use_settings(settings: Settings) -> Iterator[None]:
    """Put `settings` in force inside the `with` block, in this context and the runs that it starts."""
    token = _override.set(settings)
    try:
        yield
    finally:
        _override.reset(token)


@contextlib.contextmanager
def temporary_settings(
    updates: Mapping[str, Any] | None = None,
    set_defaults: Mapping[str, Any] | None = None,
    restore_defaults: Iterable[str] | None = None,
    **changes: Any,
) -> Iterator[Settings]:
    """Replace some settings inside the `with` block, in this context and the runs that it starts.

    As in Prefect, `updates` are by name or variable, `set_defaults` apply where nobody said anything else, and
    `restore_defaults` are as they are built in.

    >>> with temporary_settings(tasks_refresh_cache=True) as settings:
    ...     settings.tasks_refresh_cache
    True
    """
    unknown = sorted(set(changes) - set(DESCRIPTIONS))
    if unknown:
        raise ConfigurationError(f"unknown settings: {', '.join(unknown)}; the names are {', '.join(DESCRIPTIONS)}")
    current = get_current_settings()
    wanted: dict[str, Any] = {setting_name(name): _built_in(setting_name(name)) for name in restore_defaults or ()}
    for name, value in (set_defaults or {}).items():
        setting = setting_name(name)
        if getattr(current, setting) == _built_in(setting) or setting in wanted:
            wanted[setting] = value
    wanted |= {setting_name(name): value for name, value in (updates or {}).items()} | changes
    converted: dict[str, Any] = {name: None if value is None else _convert(name, value, name) for name, value in wanted.items()}
    if "home" in converted and "results_local_storage_path" not in converted:
        converted["results_local_storage_path"] = converted["home"] / "storage"
    settings = msgspec.structs.replace(current, **converted)
    token = _override.set(settings)
    try:
        yield settings
    finally:
        _override.reset(token)


def _built_in(name: str) -> Any:
    home = Path("~/.recoup").expanduser()
    return {"home": home, "results_local_storage_path": home / "storage"}.get(name, _defaults().get(name))
