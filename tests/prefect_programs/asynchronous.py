"""Async tasks and flows: gathered, submitted, cached and failing."""

import asyncio

from prefect import flow, task
from prefect.cache_policies import INPUTS

ran = []


@task
async def fetch(page: int) -> str:
    await asyncio.sleep(0)
    ran.append(page)
    return f"page {page}"


@task(cache_policy=INPUTS)
async def fetch_once(page: int) -> str:
    ran.append(page)
    return f"page {page} once"


@task(retries=2)
async def unsteady(page: int) -> int:
    ran.append(page)
    if ran.count(page) < 2:
        raise ConnectionError("try again")
    return ran.count(page)


@task
def parse(text: str) -> int:
    return int(text.split()[1])


@flow
async def inner(page: int) -> str:
    return await fetch(page)


@flow
async def crawl() -> list[int]:
    pages = await asyncio.gather(*[fetch(page) for page in range(3)])
    print(pages, await inner(9))
    print(await fetch_once(7), (await fetch_once(7, return_state=True)).name)
    print(await unsteady(50))
    state = await unsteady.with_options(retries=0)(60, return_state=True)
    print(state.type.value, state.message)
    future = fetch.submit(4)
    print(future.result(), parse.submit(future).result(), parse.map(fetch.map([5, 6])).result())
    return [parse(page) for page in pages]


@flow
async def failing() -> None:
    results = await asyncio.gather(fetch(1), unsteady.with_options(retries=0)(70), return_exceptions=True)
    print([repr(result) for result in results])
    await unsteady.with_options(retries=0)(80)


if __name__ == "__main__":
    print(asyncio.run(crawl()))
    print(asyncio.run(fetch(8)))
    try:
        asyncio.run(failing())
    except ConnectionError as error:
        print("ConnectionError", error)
    print(sorted(ran))
