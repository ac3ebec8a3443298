"""`joblib.Memory.cache`: a folder for each call."""

import os

from joblib import Memory
from stage import perform
from work import work

memory = Memory(os.environ["BENCHMARK_FOLDER"], verbose=0)
perform(memory.cache(work))
