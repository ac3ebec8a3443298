"""Locks in a Redis server, which needs the extra `recoup[redis]`.

Each step is one script in the server, so that nothing happens between its reads and its writes; time is the server's.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.exceptions import ConfigurationError, LockNotHeld, StoreError
from recoup.forking import renew_in_children
from recoup.locking._beating import Beating
from recoup.locking._bells import Bell, Bells
from recoup.locking._waiting import WaitingLockManager
from recoup.locking.tickets import Owner, Sight, line_name, shown

try:
    import redis
    import redis.backoff
    import redis.retry
except ImportError as exc:
    raise ImportError("RedisLockManager needs the Redis client: pip install 'recoup[redis]'") from exc

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RedisLockManager"]

_SOONEST, _SLOWER, _LATEST = 0.002, 1.5, 0.1
_IN_LINE_SECONDS = 10.0
"""How long one who waits may be silent; who waits looks ten times a second."""


class RedisLockManager(WaitingLockManager):
    """Locks in the Redis server at `host` and `port`, for all processes that reach it.

    `ttl` is the longest time in seconds that a holder may be silent: whoever holds a lock shows every third of it, on a
    thread of its own, that it is there. On one machine a process that ended is noticed at once, and one that runs is never
    taken for dead. What the server forgets when it is restarted is free.
    """

    is_remote = True

    def __init__(
        self,
        host: str = "localhost",
        port: int = 6379,
        db: int = 0,
        username: str | None = None,
        password: str | None = None,
        ssl: bool = False,
        ttl: float = 60.0,
    ) -> None:
        if ttl <= 0:
            raise ConfigurationError(f"RedisLockManager: ttl is {ttl!r}; give the seconds that a holder may be silent, as 60")
        self.host, self.port, self.db, self.ssl = host, port, db, ssl
        self.username, self.password = username, password
        self.ttl = float(ttl)
        once = redis.retry.Retry(redis.backoff.NoBackoff(), 1)  # for connections that were idle too long
        self._client = redis.Redis(host=host, port=port, db=db, username=username, password=password, ssl=ssl, retry=once)
        self._scripts = {name: self._client.register_script(_COMMON + text) for name, text in _SCRIPTS.items()}
        self._begin()
        renew_in_children(self)

    def _begin(self) -> None:
        self._mutex = threading.Lock()
        self._held: dict[tuple[str, str], str] = {}
        self._beating = Beating(self._beat, self.ttl / 3)

    def after_fork(self) -> None:
        """Hold nothing: what the parent holds is the parent's."""
        self._begin()

    def __repr__(self) -> str:
        return f"RedisLockManager(host={self.host!r}, port={self.port!r}, db={self.db!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._place == other._place

    def __hash__(self) -> int:
        return hash(self._place)

    def __reduce__(self) -> tuple[type[RedisLockManager], tuple[Any, ...]]:
        options = self.host, self.port, self.db, self.username, self.password, self.ssl, self.ttl
        return RedisLockManager, options

    @property
    def _place(self) -> tuple[str, int, int]:
        return self.host, self.port, self.db

    # --- the face ----------------------------------------------------------------------------

    def release_lock(self, key: str, holder: str) -> None:
        """Free the lock. Raises `StoreError` when the server does not answer; it is then freed as soon as it does."""
        with self._mutex:
            token = self._held.pop((key, holder), "")
        if not self._free(key, token, holder):
            raise LockNotHeld(
                f"the lock of {key!r} is not held by {holder!r}: it was released before, held too long, or taken over "
                "because its holder was silent"
            )

    def is_locked(self, key: str) -> bool:
        """Say whether somebody holds the lock."""
        return self._holder(key) is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether `holder` holds the lock, here or in another process."""
        return self._holder(key) == _spelled(holder)

    # --- what the server does ----------------------------------------------------------------

    def run(self, script: str, key: str, *arguments: object) -> list[bytes]:
        """Run a script on the lock of `key`. Raises `StoreError`."""
        name = f"recoup:lock:{{{line_name(key)}}}"
        keys = [name, f"{name}:line", f"{name}:alive", f"{name}:number"]
        try:
            answer: list[bytes] = self._scripts[script](keys=keys, args=[round(self.ttl * 1000), *map(_spelled, arguments)])
        except redis.RedisError as exc:
            raise StoreError(f"the Redis server at {self.host}:{self.port} did not do what was asked: {exc}") from exc
        return answer

    def run_knowing(self, script: str, key: str, *arguments: object) -> list[bytes]:
        """Run a script that is told what can be seen from here of who is before us: whether they ended, or may be silent.

        Silence counts only if they are silent still when the script runs again.
        """
        ended, silent = b"", b""
        while True:
            answer = self.run(script, key, ended, silent, *arguments)
            if len(answer) == 1 or answer[1] in (ended, silent):
                return answer
            seen = msgspec.json.decode(answer[2], type=Owner).sight()
            if seen is Sight.GONE:
                ended = answer[1]
            elif seen is Sight.RUNNING or answer[3] == b"heard":
                return answer
            else:
                silent = answer[1]

    def _holder(self, key: str) -> bytes | None:
        answer = self.run_knowing("look", key)
        return None if answer[0] == b"free" else answer[4]

    def _free(self, key: str, token: str, holder: str) -> bool:
        try:
            return self.run("free", key, token, holder)[0] == b"done"
        except StoreError:
            self._beating.add(lambda: self.run("free", key, token, holder))
            raise
        finally:
            _bells.ring((self._place, key))

    def leave(self, key: str, token: str) -> None:
        """Give up a place in a line, or the lock; now, or as soon as the server answers."""
        try:
            self.run("leave", key, token)
        except StoreError:
            self._beating.add(lambda: self.run("leave", key, token))
        _bells.ring((self._place, key))

    # --- holding -----------------------------------------------------------------------------

    def took(self, key: str, holder: str, token: str) -> None:
        """Hold a lock from now on."""
        with self._mutex:
            self._held[key, holder] = token
        self._beating.start()

    def lost(self, key: str, holder: str, token: str) -> None:
        """Hold it no more."""
        with self._mutex:
            if self._held.get((key, holder)) == token:
                del self._held[key, holder]

    def _holds_again(self, key: str, holder: str, hold_timeout: float | None) -> bool:
        token = self._held.get((key, holder))
        return token is not None and self.run("again", key, token, _milliseconds(hold_timeout))[0] == b"done"

    def _beat(self) -> float | None:
        with self._mutex:
            held = list(self._held.items())
        for (key, holder), token in held:
            with contextlib.suppress(StoreError):  # the next time, then
                if self.run("beat", key, token)[0] != b"done":
                    self.lost(key, holder, token)
        return self.ttl / 3 if held else None

    def _line_up(self, key: str, holder: str, hold_timeout: float | None) -> _InLine:
        return _InLine(self, key, holder, hold_timeout)

    def _watch(self, key: str) -> _Watching:
        return _Watching(self, key)


class _Looking:
    """One who looks at a lock again and again, at first soon."""

    def __init__(self, manager: RedisLockManager, key: str) -> None:
        self.bell = Bell()
        self.manager = manager
        self.key = key
        self._pauses = _growing()
        self.lock = manager._place, key  # noqa: SLF001 - places are its own
        _bells.hang(self.lock, self.bell)

    def leave(self) -> None:
        _bells.take_down(self.lock, self.bell)


class _Watching(_Looking):
    """One who waits until a lock is free."""

    def look(self) -> float | None:
        return next(self._pauses) if self.manager.is_locked(self.key) else None


class _InLine(_Looking):
    """One who wants a lock."""

    def __init__(self, manager: RedisLockManager, key: str, holder: str, hold_timeout: float | None) -> None:
        super().__init__(manager, key)
        self._holder = holder
        self._token = secrets.token_hex(16)
        self._told = (
            self._token, holder, msgspec.json.encode(Owner.of(os.getpid())), shown(key), _milliseconds(hold_timeout),
            round(_IN_LINE_SECONDS * 1000),
        )  # fmt: skip

    def look(self) -> float | None:
        answer = self.manager.run_knowing("take", self.key, *self._told)
        if answer[0] == b"shared":  # the same holder has it in another process
            super().leave()
            return None
        if answer[0] == b"taken":
            super().leave()
            self.manager.took(self.key, self._holder, self._token)
            return None
        _bells.hang(self.lock, self.bell, int(answer[0]))
        return next(self._pauses)

    def leave(self) -> None:
        super().leave()
        self.manager.lost(self.key, self._holder, self._token)
        self.manager.leave(self.key, self._token)


def _growing() -> Iterator[float]:
    pause = _SOONEST
    while True:
        yield pause
        pause = min(pause * _SLOWER, _LATEST)


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else str(round(seconds * 1000))


def _spelled(argument: object) -> bytes:
    return argument if isinstance(argument, bytes) else str(argument).encode("utf-8", "surrogatepass")


_bells = Bells()

_COMMON = """
local lock, line, alive, number = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ttl = tonumber(ARGV[1])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local forgotten = ttl * 10 + 86400000

local function holder()
    local found = redis.call('HMGET', lock, 'token', 'owner', 'holder', 'until', 'ends')
    if not found[1] then return nil end
    return {token = found[1], owner = found[2], holder = found[3], till = tonumber(found[4]), ends = tonumber(found[5])}
end

local function is_over(held, ended, silent)
    if held.ends and now >= held.ends then return true end
    return held.token == ended or (held.token == silent and now >= held.till)
end

local function seen(till)
    return now >= till and 'silent' or 'heard'
end

local function end_of(hold)
    if hold == '' then return '' end
    return now + tonumber(hold)
end
"""
"""KEYS: the lock, its line, who of the line is alive until when, the last number. ARGV: the lease, then what each script wants."""

_SCRIPTS = {
    # ended, silent, token, holder, owner, key, hold, silence -> taken | shared | the number, and who is before us
    "take": """
local ended, silent, token, me, owner, key, hold, silence = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local held = holder()
if held and is_over(held, ended, silent) then
    redis.call('DEL', lock)
    held = nil
end
if held and held.holder == me then
    redis.call('ZREM', line, token)
    redis.call('HDEL', alive, token)
    return {'shared'}
end
local mine = redis.call('ZSCORE', line, token)
if not mine then
    mine = redis.call('INCR', number)
    redis.call('ZADD', line, mine, token)
end
redis.call('HSET', alive, token, (now + tonumber(silence)) .. ' ' .. owner)
local first, first_owner
while not first do
    first = redis.call('ZRANGE', line, 0, 0)[1]
    local till, its_owner = string.match(redis.call('HGET', alive, first) or '0 {}', '^(%d+) (.*)$')
    first_owner = its_owner
    if first ~= token and (first == ended or now >= tonumber(till)) then
        redis.call('ZREM', line, first)
        redis.call('HDEL', alive, first)
        first = nil
    end
end
if not held and first == token then
    redis.call('HSET', lock, 'token', token, 'holder', me, 'owner', owner, 'key', key, 'until', now + ttl, 'ends', end_of(hold))
    redis.call('ZREM', line, token)
    redis.call('HDEL', alive, token)
    for _, each in ipairs({lock, number}) do redis.call('PEXPIRE', each, forgotten) end
    return {'taken'}
end
for _, each in ipairs({line, alive, number}) do redis.call('PEXPIRE', each, forgotten) end
if held then return {tostring(mine), held.token, held.owner, seen(held.till)} end
return {tostring(mine), first, first_owner, 'heard'}
""",
    # ended, silent -> free | held, and by whom
    "look": """
local held = holder()
if not held or is_over(held, ARGV[2], ARGV[3]) then return {'free'} end
return {'held', held.token, held.owner, seen(held.till), held.holder}
""",
    # token, hold -> done | no
    "again": """
local held = holder()
if not held or held.token ~= ARGV[2] or (held.ends and now >= held.ends) then return {'no'} end
redis.call('HSET', lock, 'until', now + ttl, 'ends', end_of(ARGV[3]))
return {'done'}
""",
    # token -> done | no
    "beat": """
local held = holder()
if not held or held.token ~= ARGV[2] then return {'no'} end
if held.ends and now >= held.ends then
    redis.call('DEL', lock)
    return {'no'}
end
redis.call('HSET', lock, 'until', now + ttl)
redis.call('PEXPIRE', lock, forgotten)
return {'done'}
""",
    # token or '', holder -> done | no
    "free": """
local held = holder()
if not held or held.holder ~= ARGV[3] or (ARGV[2] ~= '' and held.token ~= ARGV[2]) then return {'no'} end
redis.call('DEL', lock)
if held.ends and now >= held.ends then return {'no'} end
return {'done'}
""",
    # token -> done
    "leave": """
local held = holder()
if held and held.token == ARGV[2] then redis.call('DEL', lock) end
redis.call('ZREM', line, ARGV[2])
redis.call('HDEL', alive, ARGV[2])
return {'done'}
""",
}
