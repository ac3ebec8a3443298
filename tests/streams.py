"""Reading streams step by step: synchronous and asynchronous ones in the words of generators."""

from __future__ import annotations

import asyncio
import functools

__all__ = ["AsyncReader", "asynchronous", "reader"]


def reader(stream):
    """Return `stream` if it is a generator, else what reads it as one."""
    return AsyncReader(stream) if hasattr(stream, "asend") else stream


class AsyncReader:
    """An asynchronous generator, read on a loop of its own, which is closed with it."""

    def __init__(self, stream):
        self._stream = stream
        self._runner = None

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        return self._run(self._stream.asend, value)

    def throw(self, error):
        return self._run(self._stream.athrow, error)

    def close(self):
        try:
            self._run(self._stream.aclose)
        finally:
            self._end()

    def _run(self, method, *args):
        async def program():
            return await method(*args)

        self._runner = self._runner or asyncio.Runner()
        try:
            return self._runner.run(program())
        except StopAsyncIteration:
            self._end()
        except BaseException:
            self._end()
            raise
        raise StopIteration

    def _end(self):
        if self._runner is not None:
            self._runner.close()
            self._runner = None


def asynchronous(body):
    """Return the asynchronous generator function that does what `body` does."""

    @functools.wraps(body)
    async def program(*args, **kwargs):
        inner = body(*args, **kwargs)
        go_on, given = inner.send, None
        while True:
            try:
                item = go_on(given)
            except StopIteration:
                return
            await asyncio.sleep(0)
            try:
                go_on, given = inner.send, (yield item)
            except GeneratorExit:
                inner.close()
                raise
            except BaseException as exc:
                go_on, given = inner.throw, exc

    return program
