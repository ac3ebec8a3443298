"""What belongs to this process and its moment: refused by name, where its state could be read and would say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Form, Unhashable

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.hashing._forms import Encoder

_CLASSES: Final = {
    "asyncio": (
        "mixins._LoopBoundMixin", "events.AbstractEventLoop", "events.Handle", "futures.Future", "protocols.BaseProtocol",
        "runners.Runner", "streams.StreamReader", "streams.StreamWriter", "subprocess.Process", "taskgroups.TaskGroup",
        "timeouts.Timeout", "transports.BaseTransport",
    ),
    "_asyncio": ("Future",),
    "aiohttp": ("client.ClientSession",),
    "builtins": ("super",),
    "concurrent": ("futures._base.Executor", "futures._base.Future"),
    "contextlib": ("_BaseExitStack",),
    "ftplib": ("FTP",),
    "http": ("client.HTTPConnection",),
    "httpx": ("Client", "AsyncClient", "_client.BaseClient"),
    "imaplib": ("IMAP4",),
    "logging": ("Handler",),
    "multiprocessing": (
        "managers.BaseManager", "managers.BaseProxy", "pool.Pool", "process.BaseProcess", "shared_memory.SharedMemory",
    ),
    "poplib": ("POP3",),
    "requests": ("sessions.Session",),
    "selectors": ("BaseSelector",),
    "smtplib": ("SMTP",),
    "socketserver": ("BaseServer",),
    "subprocess": ("Popen",),
    "tempfile": ("TemporaryDirectory",),
    "threading": ("Barrier", "Condition", "Event", "Semaphore", "Thread"),
    "urllib": ("request.OpenerDirector",),
    "urllib3": ("poolmanager.PoolManager",),
    "weakref": (
        "CallableProxyType", "ProxyType", "ReferenceType", "WeakKeyDictionary", "WeakValueDictionary", "finalize",
    ),
    "_weakrefset": ("WeakSet",),
    "xmlrpc": ("client.ServerProxy",),
}  # fmt: skip
"""First name of a module -> the classes there that, with their subclasses, have no stable content."""


def _is_resource(kind: type) -> bool:
    names = (f"{ancestor.__module__}.{ancestor.__qualname__}".partition(".") for ancestor in kind.__mro__)
    return any(rest in _CLASSES.get(library, ()) for library, _, rest in names)


def _refuse(_value: Any) -> Form:
    raise Unhashable("has no stable content")


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {}

PREDICATES: Final[tuple[tuple[Callable[[type], bool], Encoder], ...]] = ((_is_resource, _refuse),)
