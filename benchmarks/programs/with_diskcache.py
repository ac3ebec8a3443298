"""`diskcache.Cache.memoize`: SQLite in a folder."""

import os

from diskcache import Cache
from stage import perform
from work import work

cache = Cache(os.environ["BENCHMARK_FOLDER"])
perform(cache.memoize()(work))
