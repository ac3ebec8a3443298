"""What a key is made of: policies, their algebra, and the parts they contribute.

A policy turns a call into named parts; the key is a hash of all of them, in an order that does not depend on how
the policy was written. Every built-in policy adds the identity of the task. Names are Prefect's; `CODE` is new.

    INPUTS + CODE                    what `cache=True` means
    INPUTS - "debug"                 one argument left out
    CODE - "code.pkg.log_progress"   one helper left out
"""

from __future__ import annotations

import copy
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

from blake3 import blake3

from recoup.abc import ObjectStore
from recoup.exceptions import ConfigurationError, HashError, KeyFunctionError
from recoup.hashing import Hasher
from recoup.hashing import token as token_of
from recoup.hashing.code import carried, fingerprint, source_token
from recoup.types import IsolationLevel, Key, Token
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from recoup.hashing.code import Fingerprint
    from recoup.hashing.marks import Marks

__all__ = [
    "CODE",
    "DEFAULT",
    "FLOW_PARAMETERS",
    "INPUTS",
    "NONE",
    "NO_CACHE",
    "RUN_ID",
    "TASK_SOURCE",
    "CacheKeyFnPolicy",
    "CachePolicy",
    "Code",
    "CompoundCachePolicy",
    "FlowParameters",
    "Inputs",
    "Part",
    "RunId",
    "TaskSource",
]

P = TypeVar("P", bound="CachePolicy")

_KEY_SCHEME = b"recoup key 1\0"
_by_name = itemgetter(0, 1)  # and token: two policies of users' own are both called `custom`


class Part(NamedTuple):
    """A named ingredient of a key: `subject` is what a description of it looks at, made only on a miss."""

    name: str
    token: Token
    subject: object = None


class KeyedTask(Protocol):
    """What policies ask of a task."""

    @property
    def name(self) -> str: ...
    @property
    def task_key(self) -> str: ...
    @property
    def fn(self) -> Callable[..., Any]: ...
    @property
    def marks(self) -> Marks | None: ...
    def salt(self) -> bytes: ...


class TaskContext(Protocol):
    """What policies ask of the context of a call (`recoup.context.TaskRunContext`)."""

    @property
    def task(self) -> KeyedTask: ...
    @property
    def run_id(self) -> str: ...
    @property
    def flow_marks(self) -> Marks | None: ...


class Asked(NamedTuple):
    """What a policy is asked about: a call, and the hasher that remembers what was hashed of it."""

    context: TaskContext
    inputs: Mapping[str, Any]
    flow_parameters: Mapping[str, Any]
    hasher: Hasher


class CachePolicy:
    """A way to make keys. Subclass it and define `compute_key`, or combine the built-in ones with `+` and `-`."""

    key_storage: ObjectStore | str | Path | None = None
    """Where records are kept, if not beside their results; set by `configure`."""

    @property
    def reads_values(self) -> bool:
        """Say whether arguments have to be loaded before the key is made: code of the user's looks at them."""
        return True

    def compute_key(
        self,
        task_ctx: TaskContext,
        inputs: Mapping[str, Any],
        flow_parameters: Mapping[str, Any],
        **_kwargs: object,
    ) -> str | None:
        """Return the key of a call, or `None` when it is not to be cached.

        `inputs` are the bound arguments with defaults. What it raises is reported, and the call runs uncached.
        """
        return self.key(Asked(task_ctx, inputs, flow_parameters, Hasher()))

    def key(self, asked: Asked) -> Key | None:
        """Return the key with its parts."""
        parts = self.parts(asked)
        if not parts:
            return None
        parts.append(Part("task", token_of(asked.context.task.task_key), asked.context.task.task_key))
        parts.sort(key=_by_name)
        frames = [_KEY_SCHEME]
        for name, contributed, _ in parts:
            frames += (name.encode(), b"\0", contributed)
        return Key(blake3(b"".join(frames)).hexdigest(), parts)

    def parts(self, asked: Asked) -> list[Part]:
        """Return what this policy contributes; the key of a policy of one's own is a single part."""
        key = _own_key(
            f"its policy {type(self).__name__}",
            lambda: self.compute_key(asked.context, asked.inputs, asked.flow_parameters),
        )
        return [] if key is None else [Part("custom", token_of(key), key)]

    def check(self, arguments: Sequence[str]) -> None:
        """Raise `ConfigurationError` for names that a task with these `arguments` does not have."""

    def __add__(self, other: object) -> CachePolicy:
        """Make keys of what both contribute."""
        if not isinstance(other, CachePolicy):
            return NotImplemented
        places = [policy.key_storage for policy in (self, other) if policy.key_storage is not None]
        if any(place != places[0] for place in places):
            raise ConfigurationError(
                f"{self!r} + {other!r}: they have two different key_storage; configure the sum instead: (a + b).configure(…)"
            )
        policies = [p for p in (*_members(self), *_members(other)) if p != NO_CACHE]
        added = CompoundCachePolicy(tuple(policies)) if len(policies) > 1 else (policies or [NO_CACHE])[0]
        return _keyed_in(added, places[0] if places else None)

    def __sub__(self, name: object) -> CachePolicy:
        """Leave out an argument (`"debug"`, `"inputs.debug"`), helper (`"code.…"`) or package (`"package.…"`)."""
        if not isinstance(name, str):
            raise TypeError(f"a policy minus {type(name).__name__} means nothing: subtract a name, such as INPUTS - 'debug'")
        raise ConfigurationError(f"{self!r} - {name!r} leaves nothing out: only INPUTS and CODE have named parts")

    def __eq__(self, other: object) -> bool:
        """Compare by value: the same kind with the same options."""
        return isinstance(other, CachePolicy) and type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        options = ((name, value) for name, value in vars(self).items() if value != () and name != "key_storage")
        return _configured(self, f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in options)})")

    def configure(
        self,
        key_storage: ObjectStore | str | Path | None = None,
        lock_manager: object = None,
        isolation_level: IsolationLevel | str | None = None,
    ) -> Self:
        """Return this policy with its records in `key_storage`, apart from large results.

        Raises `ConfigurationError` for a `lock_manager` and the isolation level `SERIALIZABLE`.
        """
        if not isinstance(key_storage, ObjectStore | str | Path | None):
            raise ConfigurationError(
                f"key_storage is {type(key_storage).__name__}; give a storage, a path or a URL, such as key_storage='keys'"
            )
        level = isolation_level.name if isinstance(isolation_level, IsolationLevel) else isolation_level
        if level not in (None, *IsolationLevel.__members__):
            raise ConfigurationError(f"isolation_level is {isolation_level!r}; write IsolationLevel.READ_COMMITTED")
        if lock_manager is not None or level == IsolationLevel.SERIALIZABLE.name:
            raise ConfigurationError(
                f"{self!r}.configure(): there are no lock managers yet, which isolation level SERIALIZABLE needs. Leave both out: "
                "a record is seen whole or not at all, and either of two that are written at once is right."
            )
        return self if key_storage is None or self == NO_CACHE else _keyed_in(self, key_storage)

    @classmethod
    def from_cache_key_fn(cls, cache_key_fn: Callable[[Any, dict[str, Any]], str | None]) -> CacheKeyFnPolicy:
        """Make keys with a function of the context and the arguments."""
        return CacheKeyFnPolicy(cache_key_fn)


class _BuiltIn(CachePolicy):
    """Makes keys of digests alone, also of results that are only known by their records."""

    @property
    def reads_values(self) -> bool:
        return False


class Inputs(_BuiltIn):
    """The arguments by content, whatever their type; no arguments give a key, too."""

    def __init__(self, exclude: Iterable[str] = ()) -> None:
        self.exclude = tuple(sorted(set(exclude)))

    def parts(self, asked: Asked) -> list[Part]:
        """Return a part for each argument that is not excluded."""
        token, inputs = asked.hasher.token, asked.inputs
        if self.exclude:
            inputs = {name: value for name, value in inputs.items() if name not in self.exclude}
        marks = asked.context.task.marks
        if marks is not None:
            inputs = _marked(inputs, marks, asked)
        parts = [Part(_input_name(name), token(value, name), value) for name, value in inputs.items()]
        return parts or [Part("inputs", token_of("no arguments"), "no arguments")]

    def check(self, arguments: Sequence[str]) -> None:
        """Refuse exclusions that are no arguments of the task."""
        for name in self.exclude:
            if name not in arguments:
                raise ConfigurationError(
                    f"policy - {name!r}: the task has no such argument. Its arguments are {', '.join(arguments) or 'none'}; "
                    "helpers and packages are subtracted as 'code.<name>' and 'package.<name>'."
                )

    def __sub__(self, name: object) -> CachePolicy:
        """Leave out an argument."""
        if isinstance(name, str) and not name.startswith(("code.", "package.")):
            return _keyed_in(Inputs((*self.exclude, name.removeprefix("inputs."))), self.key_storage)
        return super().__sub__(name)


class Code(_BuiltIn):
    """The task's code and all project code, constants and packages that it reaches."""

    def __init__(self, exclude: Iterable[str] = ()) -> None:
        self.exclude = tuple(sorted(set(exclude)))

    def parts(self, asked: Asked) -> list[Part]:
        """Return one part, whose subject is the fingerprint."""
        inside = asked.hasher.code
        beside = carried(inside.values()) if inside else ()
        found = fingerprint(asked.context.task.fn, beside=beside, without=self.exclude)
        if self.exclude:
            self._check_excluded(found)
        return [Part("code", found.token, found)]

    def _check_excluded(self, found: Fingerprint) -> None:
        for name in self.exclude:
            if name not in found.left_out:
                reached = ", ".join(part.name for part in found.parts)
                raise ConfigurationError(f"policy - {name!r}: the task reaches no such code. It reaches {reached}.")

    def __sub__(self, name: object) -> CachePolicy:
        """Leave out a helper, class, constant or package."""
        if isinstance(name, str) and name.startswith(("code.", "package.")):
            return _keyed_in(Code((*self.exclude, name)), self.key_storage)
        return super().__sub__(name)


class TaskSource(_BuiltIn):
    """The task's own normalised syntax, without what it calls."""

    def parts(self, asked: Asked) -> list[Part]:
        """Return one part."""
        return [Part("source", source_token(asked.context.task.fn), "its own code")]


class FlowParameters(_BuiltIn):
    """The parameters of the flow run."""

    def parts(self, asked: Asked) -> list[Part]:
        """Return a part for each parameter."""
        parameters, marks = asked.flow_parameters, asked.context.flow_marks
        if marks is not None:
            parameters = _marked(parameters, marks, asked)
        return [Part(f"flow_parameters.{name}", asked.hasher.token(value, name), value) for name, value in parameters.items()]


class RunId(_BuiltIn):
    """The flow run; outside flows, the call itself."""

    def parts(self, asked: Asked) -> list[Part]:
        """Return one part."""
        return [Part("run", token_of(asked.context.run_id), asked.context.run_id)]


class _NoCache(_BuiltIn):
    def parts(self, _asked: Asked) -> list[Part]:
        return []

    def __repr__(self) -> str:
        return "NO_CACHE"


def _marked(arguments: Mapping[str, Any], marks: Marks, asked: Asked) -> Mapping[str, Any]:
    """Return what is hashed in place of arguments whose annotations say so, without those that are left out."""
    hasher, salt = asked.hasher, asked.context.task.salt
    return {name: marks.stand_in(name, value, hasher, salt) for name, value in arguments.items() if name not in marks.ignored}


def _own_key(maker: str, make: Callable[[], object]) -> str | None:
    """Return the key that code of the user's makes; raise `KeyFunctionError` when it raises, or returns what is no text."""
    try:
        key = make()
    except (HashError, ConfigurationError):
        raise
    except Exception as exc:
        raise KeyFunctionError(f"{maker} raised {said(exc)}. Mend it, or let it return None to leave a call uncached.") from exc
    if key is not None and not isinstance(key, str):
        raise KeyFunctionError(
            f"{maker} returned {type(key).__name__}, not text. Return a str, such as f'{{…}}', or None to leave a call uncached."
        )
    if key is not None and not _is_storable(key):
        raise KeyFunctionError(
            f"{maker} returned {key!r}, which has a lone surrogate that no record can hold. Return text that UTF-8 can write."
        )
    return key


def _is_storable(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


class CacheKeyFnPolicy(CachePolicy):
    """A function of the context and the arguments returns the key, verbatim within the task, or `None`."""

    def __init__(self, cache_key_fn: Callable[[Any, dict[str, Any]], str | None]) -> None:
        self.cache_key_fn = cache_key_fn

    def compute_key(
        self,
        task_ctx: TaskContext,
        inputs: Mapping[str, Any],
        flow_parameters: Mapping[str, Any],  # noqa: ARG002 - Prefect's signature
        **_kwargs: object,
    ) -> str | None:
        """Call the function. Raise `KeyFunctionError` when it raises, or returns something that is no text."""
        name = getattr(self.cache_key_fn, "__name__", repr(self.cache_key_fn))
        return _own_key(f"its key function {name}", lambda: self.cache_key_fn(task_ctx, dict(inputs)))

    def key(self, asked: Asked) -> Key | None:
        """Return the function's text as the key."""
        key = self.compute_key(asked.context, asked.inputs, asked.flow_parameters)
        if key is None or isinstance(key, Key):
            return key
        return Key(key, [Part("custom", token_of(key), key)])


class CompoundCachePolicy(CachePolicy):
    """Several policies together, each contributing once; made by `+`."""

    def __init__(self, policies: Iterable[CachePolicy] = ()) -> None:
        merged: list[CachePolicy] = []  # compared, not hashed: policies of users' own need not be hashable
        for policy in policies:
            twin = next((known for known in merged if type(known) is type(policy)), None)
            if isinstance(policy, Inputs | Code) and isinstance(twin, Inputs | Code):
                merged[merged.index(twin)] = type(policy)((*twin.exclude, *policy.exclude))
            elif policy not in merged:
                merged.append(policy)
        self.policies = tuple(merged)
        self._in_order = tuple(sorted(merged, key=lambda policy: isinstance(policy, Code)))
        """Code last: what the others hash tells which code the arguments carry."""

    @property
    def reads_values(self) -> bool:
        """Ask every member."""
        return any(policy.reads_values for policy in self.policies)

    def parts(self, asked: Asked) -> list[Part]:
        """Return the parts of all."""
        if len(self.policies) == 1:
            return self.policies[0].parts(asked)
        parts: list[Part] = []
        for policy in self._in_order:
            parts += policy.parts(asked)
        return parts

    def check(self, arguments: Sequence[str]) -> None:
        """Ask every member."""
        for policy in self.policies:
            policy.check(arguments)

    def __sub__(self, name: object) -> CachePolicy:
        """Leave out a name in the member that has names of its kind."""
        kind = Code if isinstance(name, str) and name.startswith(("code.", "package.")) else Inputs
        if not any(isinstance(policy, kind) for policy in self.policies):
            return super().__sub__(name)
        rest = CompoundCachePolicy(tuple(p - name if isinstance(p, kind) else p for p in self.policies))
        return _keyed_in(rest, self.key_storage)

    def __eq__(self, other: object) -> bool:
        """Compare the members in any order, since keys do not depend on it."""
        if not isinstance(other, CompoundCachePolicy):
            return NotImplemented
        mine, theirs = self.policies, other.policies
        return self.key_storage == other.key_storage and len(mine) == len(theirs) and all(policy in theirs for policy in mine)

    def __hash__(self) -> int:
        return sum(map(hash, self.policies))

    def __repr__(self) -> str:
        joined = " + ".join(map(repr, self.policies))
        return joined if self.key_storage is None else _configured(self, f"({joined})")


def _members(policy: CachePolicy) -> Iterable[CachePolicy]:
    return policy.policies if isinstance(policy, CompoundCachePolicy) else (_keyed_in(policy, None),)


def _keyed_in(policy: P, key_storage: ObjectStore | str | Path | None) -> P:
    """Return `policy` with its records in `key_storage`; a copy, unless they are there."""
    if policy.key_storage == key_storage:
        return policy
    changed = copy.copy(policy)
    vars(changed).pop("key_storage", None)
    if key_storage is not None:
        changed.key_storage = key_storage
    return changed


def _configured(policy: CachePolicy, text: str) -> str:
    return text if policy.key_storage is None else f"{text}.configure(key_storage={policy.key_storage!r})"


_INPUT_NAMES: dict[str, str] = {}


def _input_name(name: str) -> str:
    found = _INPUT_NAMES.get(name)
    return found if found is not None else _INPUT_NAMES.setdefault(name, f"inputs.{name}")


INPUTS = Inputs()
TASK_SOURCE = TaskSource()
CODE = Code()
FLOW_PARAMETERS = FlowParameters()
RUN_ID = RunId()
NO_CACHE = _NoCache()
NONE = NO_CACHE
DEFAULT = INPUTS + CODE + RUN_ID
