"""Recoup, as `@task(cache=True)` in a `@flow`."""

from stage import perform
from work import work

from recoup import flow, task

perform(task(cache=True)(work), flow)
