"""Caching: what is computed, what is served again, and what the keys are made of."""

from collections import Counter
from datetime import timedelta

from prefect import flow, task
from prefect.cache_policies import DEFAULT, FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE, CachePolicy

ran = Counter()


def make(name, **options):
    @task(name=name, **options)
    def body(x: int, verbose: bool = False) -> int:
        ran[name] += 1
        return x * x

    return body


square = make("square", cache_policy=INPUTS + TASK_SOURCE)
quiet = make("quiet", cache_policy=INPUTS + TASK_SOURCE - "verbose")
parity = make("parity", cache_key_fn=lambda context, arguments: f"{context.task.name}-{arguments['x'] % 2}")
fleeting = make("fleeting", cache_key_fn=lambda context, arguments: "fleeting", cache_expiration=timedelta(microseconds=1))
lasting = make("lasting", cache_key_fn=lambda context, arguments: "lasting", cache_expiration=timedelta(days=1))
kept = make("kept", persist_result=True)
uncached = make("uncached", cache_policy=NO_CACHE)
of_the_day = make("of_the_day", cache_policy=FLOW_PARAMETERS + TASK_SOURCE)


@task(cache_policy=INPUTS)
def double(x: int) -> int:
    return 2 * x


@task(cache_policy=INPUTS)
def triple(x: int) -> int:
    return 3 * x


@task(cache_policy=INPUTS)
def nothing() -> None: ...


@flow
def pipeline(day: str) -> None:
    calls = [(square, 3), (square, 3), (square, 4), (parity, 5), (parity, 7), (parity, 8), (fleeting, 1), (fleeting, 1)]
    calls += [(lasting, 1), (lasting, 2), (kept, 1), (kept, 1), (uncached, 1), (uncached, 1), (of_the_day, 1), (of_the_day, 2)]
    for called, x in calls:
        state = called(x, return_state=True)
        print(called.name, x, state.type.value, state.name, state.result())
    print("quiet", quiet(2), quiet(2, verbose=True, return_state=True).name)
    print("refreshed", square.with_options(refresh_cache=True)(3, return_state=True).name)


if __name__ == "__main__":
    for day in ("monday", "monday", "tuesday"):
        pipeline(day)
        print(day, sorted(ran.items()))
    print(isinstance(INPUTS + RUN_ID, CachePolicy), NO_CACHE + INPUTS == INPUTS, DEFAULT == INPUTS + TASK_SOURCE + RUN_ID)
    print("two tasks with equal inputs:", double(7), triple(7))
    print("no arguments:", [nothing(return_state=True).name for _ in range(2)])
