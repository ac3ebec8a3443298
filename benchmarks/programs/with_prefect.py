"""Prefect 3, persisting to local storage, beside a server that is already running (`PREFECT_API_URL`)."""

from prefect import flow, task
from prefect.cache_policies import INPUTS
from stage import perform
from work import work

perform(task(cache_policy=INPUTS, persist_result=True)(work), flow)
