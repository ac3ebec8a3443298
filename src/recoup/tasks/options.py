"""The options of tasks: what there is, what contradicts, and what is inferred from what."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from recoup.cache_policies import CODE, DEFAULT, INPUTS, NO_CACHE, CacheKeyFnPolicy, CachePolicy, versioned
from recoup.exceptions import ConfigurationError
from recoup.runs.hooks import check_hooks
from recoup.tasks.storage_keys import StorageKeyPolicy
from recoup.types import NotSet, NotSetType

if TYPE_CHECKING:
    from pathlib import Path

    from recoup.abc import ObjectStore, Serializer
    from recoup.context import TaskRunContext
    from recoup.settings import Settings

__all__ = [
    "COMMIT_HOOKS",
    "HOOKS",
    "Reuse",
    "TaskOptions",
    "advice",
    "check",
    "complete",
    "pauses",
    "persistence_of",
    "policy_of",
    "reuse_of",
]

CacheKeyFn = Callable[["TaskRunContext", dict[str, Any]], str | None]
Hook = Callable[..., object]
RetryDelays = float | Sequence[float] | Callable[[int], list[float]]


class TaskOptions(TypedDict, total=False):
    """What `task` takes by name; `recoup.tasks.task` tells what each does."""

    name: str | None
    description: str | None
    cache: bool | None
    cache_policy: CachePolicy | NotSetType | None
    cache_key_fn: CacheKeyFn | None
    cache_expiration: timedelta | None
    refresh_cache: bool | None
    persist_result: bool | None
    result_storage: ObjectStore | str | Path | None
    result_serializer: Serializer | str | None
    result_storage_key: str | None
    cache_result_in_memory: bool | None
    retries: int | None
    retry_delay_seconds: RetryDelays | None
    retry_jitter_factor: float | None
    retry_condition_fn: Callable[..., Any] | None
    timeout_seconds: float | None
    task_run_name: str | Callable[..., str] | None
    tags: Iterable[str] | None
    version: str | None
    log_prints: bool | None
    on_running: Sequence[Hook] | None
    on_completion: Sequence[Hook] | None
    on_failure: Sequence[Hook] | None
    on_cached: Sequence[Hook] | None
    on_commit: Sequence[Hook] | None
    on_rollback: Sequence[Hook] | None
    task_key: str | None
    cache_version: str | None


HOOKS = ("on_running", "on_completion", "on_failure", "on_cached")
"""Hooks that are called with the task, its run and the state."""

COMMIT_HOOKS = ("on_commit", "on_rollback")
"""Hooks that are called with the transaction."""

_NAMES = tuple(TaskOptions.__annotations__)


def complete(given: TaskOptions, task: str) -> dict[str, Any]:
    """Return all options, with `None` (or `NotSet`) for those not given. Raise `ConfigurationError` for unknown ones."""
    for name in given:
        if name not in _NAMES:
            import difflib  # noqa: PLC0415 - only for a mistake

            near = difflib.get_close_matches(name, _NAMES, 1)
            hint = f"did you mean {near[0]}?" if near else f"the options are {', '.join(_NAMES)}."
            raise ConfigurationError(f"task {task}: there is no option {name}; {hint}")
    options: dict[str, Any] = {**dict.fromkeys(_NAMES), "cache_policy": NotSet, **given}
    for name in (*HOOKS, *COMMIT_HOOKS):
        check_hooks(options[name], name, f"task {task}")
        options[name] = list(options[name] or ())  # the task's own: decorators add to it
    return options


def check(options: dict[str, Any], task: str) -> None:
    """Raise `ConfigurationError` for options that cannot work, alone or together; warn of those that are ignored."""
    policy, key_fn, persist = options["cache_policy"], options["cache_key_fn"], options["persist_result"]
    if policy not in (NotSet, None) and not isinstance(policy, CachePolicy):
        raise ConfigurationError(
            f"task {task}: cache_policy is {type(policy).__name__}; give a policy such as INPUTS + CODE, or write cache=True"
        )
    if options["cache"] is not None:
        _check_cache(options, task)
    _check_version(options, task)
    expiration = options["cache_expiration"]
    if expiration is not None and (not isinstance(expiration, timedelta) or expiration <= timedelta(0)):
        raise ConfigurationError(
            f"task {task}: cache_expiration is {expiration!r}; give a positive timedelta, such as timedelta(hours=24)"
        )
    for name, works, remedy in _KINDS:
        value = options[name]
        if value is not None and not works(value):
            raise ConfigurationError(f"task {task}: {name} is {value!r}; give {remedy}")
    if key_fn and policy not in (NotSet, None):
        warnings.warn(f"task {task}: both cache_policy and cache_key_fn are set; cache_key_fn is used", stacklevel=4)
    template = options["result_storage_key"]
    if template is not None and (key_fn or policy not in (NotSet, None, NO_CACHE)):
        ignored = "cache_key_fn" if key_fn else "cache_policy"
        warnings.warn(f"task {task}: ignoring {ignored} because result_storage_key is the key", stacklevel=4)
    elif persist is False and (key_fn or policy not in (NotSet, None, NO_CACHE)):
        ignored = "cache_key_fn" if key_fn else "cache_policy"
        warnings.warn(f"task {task}: ignoring {ignored} because persist_result is False", stacklevel=4)
    if template is not None and persist is False:
        warnings.warn(f"task {task}: ignoring result_storage_key because persist_result is False", stacklevel=4)


def _check_version(options: dict[str, Any], task: str) -> None:
    for way in ("cache_key_fn", "result_storage_key"):
        if options["cache_version"] is not None and options[way] is not None:
            raise ConfigurationError(
                f"task {task}: cache_version and {way} contradict each other. {way} is the key: put the version into it."
            )


def _is_pause(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(text, str) for text in value)


def _is_pauses(value: object) -> bool:
    return callable(value) or _is_pause(value) or (isinstance(value, list | tuple) and all(map(_is_pause, value)))


_KINDS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("cache", lambda value: isinstance(value, bool), "True or False"),
    ("name", lambda value: isinstance(value, str), "a text"),
    ("cache_key_fn", callable, "a function of the context and the arguments that returns a str"),
    (
        "result_storage_key",
        lambda value: isinstance(value, str) and value != "",
        "a text such as 'reports/{parameters[day]}.json'",
    ),
    ("cache_result_in_memory", lambda value: isinstance(value, bool), "True or False"),
    ("retries", lambda value: isinstance(value, int) and _is_pause(value), "a whole number, 0 or more"),
    ("retry_delay_seconds", _is_pauses, "a number of seconds, a list of them, or a function such as exponential_backoff(2)"),
    ("retry_jitter_factor", _is_pause, "a number, 0 or more: 0.5 makes pauses up to half longer or shorter"),
    ("retry_condition_fn", callable, "a function of (task, task_run, state) that says whether to retry"),
    ("timeout_seconds", lambda value: _is_pause(value) and value > 0, "a number of seconds above 0"),
    ("tags", _is_texts, "a list of texts"),
    ("version", lambda value: isinstance(value, str), "a text, such as '2'"),
    ("cache_version", lambda value: isinstance(value, str) and value != "", "a text, such as '2'"),
    ("log_prints", lambda value: isinstance(value, bool), "True or False"),
    ("task_key", lambda value: isinstance(value, str) and value != "", "a text"),
)


def _check_cache(options: dict[str, Any], task: str) -> None:
    cache = options["cache"]
    contradicted = [name for name in ("cache_policy", "cache_key_fn") if options[name] not in (NotSet, None)]
    if cache and options["result_storage_key"] is not None:
        contradicted.append("result_storage_key")
    if cache and options["persist_result"] is False:
        contradicted.append("persist_result=False")
    if contradicted:
        stands_for = "cache_policy=INPUTS + CODE, persisted" if cache else "cache_policy=NO_CACHE"
        raise ConfigurationError(
            f"task {task}: cache={cache} and {contradicted[0]} contradict each other. cache={cache} stands for {stands_for}: "
            "give one of the two."
        )


def policy_of(options: dict[str, Any]) -> CachePolicy | NotSetType | None:
    """Return the policy that the options ask for: `NotSet` where they ask for none, `None` where a name is the key."""
    if options["result_storage_key"] is not None:
        return NO_CACHE if options["cache"] is False or options["cache_policy"] == NO_CACHE else None
    if options["cache_key_fn"] is not None:
        return CacheKeyFnPolicy(options["cache_key_fn"])
    if options["cache"] is not None:
        return INPUTS + CODE if options["cache"] else NO_CACHE
    policy: CachePolicy | NotSetType | None = options["cache_policy"]
    return policy


def persistence_of(options: dict[str, Any]) -> bool | None:
    """Infer what `persist_result` is where it was not said (Prefect's rule)."""
    if options["persist_result"] is not None:
        return bool(options["persist_result"])
    if policy_of(options) not in (NotSet, None, NO_CACHE):
        return True
    return (
        True if any(options[name] is not None for name in ("result_storage_key", "result_storage", "result_serializer")) else None
    )


class Reuse(NamedTuple):
    """What is kept of a task's results: `policy` makes the keys, or is `None` where nothing is kept, and `uncached` says why.

    With `never`, results are kept under their name and not reused.
    """

    policy: CachePolicy | None
    uncached: str = ""
    never: bool = False


def reuse_of(options: dict[str, Any], policy: CachePolicy | NotSetType | None, settings: Settings, *, persists: bool) -> Reuse:
    """Decide what is kept and reused where `settings` are in force, in the order that Prefect decides it."""
    if settings.tasks_disable_caching:
        return Reuse(None, "caching is turned off by a setting")
    if not persists:
        return Reuse(None, "caching was not asked for")
    template = options["result_storage_key"]
    unsaid = policy is NotSet or (template is not None and options["cache_policy"] is NotSet)
    no_cache = policy == NO_CACHE or (unsaid and settings.tasks_default_no_cache)
    if template is not None:
        return Reuse(StorageKeyPolicy(template), "its cache policy is NO_CACHE" if no_cache else "", no_cache)
    if no_cache or policy is None:
        return Reuse(None, "its cache policy is NO_CACHE")
    policy = policy if isinstance(policy, CachePolicy) else DEFAULT
    version = options["cache_version"]
    return Reuse((policy if version is None else versioned(policy, version)).under(settings))


def advice(options: dict[str, Any], *, kept: bool) -> str:
    """Return what to tell a user who plausibly meant reuse across runs and will not get it."""
    policy = policy_of(options)
    given = [
        name
        for name in ("cache_expiration", "cache_version", "refresh_cache", "result_storage", "persist_result")
        if options[name]
    ]
    if not given or policy not in (NotSet, None, NO_CACHE) or options["result_storage_key"] is not None:
        return ""
    if policy is not NotSet:
        return f"{', '.join(given)} with NO_CACHE: its results are not kept. To reuse them across runs, write cache=True."
    does = "its results are kept for this run and its retries only" if kept else "its results are not kept"
    return f"{', '.join(given)} without a cache policy: {does}. To reuse them across runs, write cache=True."


def pauses(delays: RetryDelays, retries: int, jitter: float = 0.0) -> Callable[[int], float]:
    """Return the pause in seconds after each failed attempt, counted from 1; the last of a list repeats.

    With `jitter` it is up to that part longer or shorter, by chance, so that calls that failed together do not come
    again together.
    """
    if callable(delays):
        delays = delays(retries)
    listed = [float(pause) for pause in (delays if isinstance(delays, Sequence) else [delays])] or [0.0]

    def pause(attempt: int) -> float:
        exact = listed[min(attempt, len(listed)) - 1]
        if not jitter:
            return exact
        import random  # noqa: PLC0415 - 1 ms for tasks with jitter

        return max(0.0, random.uniform(1 - jitter, 1 + jitter) * exact)  # noqa: S311 - no secret

    return pause
