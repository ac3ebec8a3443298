"""What the options of a task come to where it is called: with the flow around it, and the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.cache_policies import NO_CACHE
from recoup.clock import clock
from recoup.engine.call import Terms
from recoup.results import ResultStore, should_persist_result
from recoup.tasks.bodies import surrounded
from recoup.tasks.options import pauses, reuse_of

if TYPE_CHECKING:
    from recoup.context import FlowRunContext
    from recoup.settings import Settings
    from recoup.tasks import Task

__all__ = ["make_terms"]


def make_terms(task: Task[..., Any], settings: Settings, store: ResultStore | None, flow: FlowRunContext | None) -> Terms:
    """Return the terms of calls of `task` in this flow run, or outside flows, where they inherit `store`."""
    task.settle_marks()
    own = ResultStore.of_options(task.result_storage, task.result_serializer, store, task.remembers)
    persists = should_persist_result(task.persist_result)
    reuse = reuse_of(task._options, task.cache_policy, settings, persists=persists)  # noqa: SLF001 - it is about them
    retries = settings.tasks_default_retries if task.retries is None else task.retries
    delays = settings.tasks_default_retry_delay_seconds if task.retry_delay_seconds is None else task.retry_delay_seconds
    refresh = settings.tasks_refresh_cache if task.refresh_cache is None else task.refresh_cache
    policy = reuse.policy or NO_CACHE
    return Terms(
        name=task.name,
        identity=task.task_key,
        fn=surrounded(task, flow),
        streams=task.isgenerator,
        binder=task.binder,
        policy=policy,
        reads_values=policy.reads_values or (task.marks is not None and task.marks.loads),
        ledger=None if reuse.policy is None else own.keyed_in(policy.key_storage).ledger,
        uncached=reuse.uncached,
        serializer=own.serializer,
        expiration=None if task.cache_expiration is None else task.cache_expiration.total_seconds(),
        refresh=reuse.never or refresh,
        refreshed_in=flow.run if refresh and flow is not None and flow.resumed and not reuse.never else None,
        retries=retries,
        delay=pauses(delays, retries, task.retry_jitter_factor or 0.0),
        publishes=task.result_storage_key is not None,
        settings=settings,
        clock=clock,
    )
