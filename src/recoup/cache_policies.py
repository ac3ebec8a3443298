"""What a key is made of: policies, their algebra, and the parts they contribute.

A policy turns a call into named parts; the key is a hash of all of them, in an order that does not depend on how
the policy was written. Every built-in policy adds the identity of the task. Names are Prefect's; `CODE` is new.

    INPUTS + CODE                    what `cache=True` means
    INPUTS - "debug"                 one argument left out
    CODE - "code.pkg.log_progress"   one helper left out
"""

from __future__ import annotations

import copy
import operator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

from blake3 import blake3

from recoup.abc import ObjectStore
from recoup.exceptions import ConfigurationError, HashError, KeyFunctionError
from recoup.hashing import Hasher
from recoup.hashing import token as token_of
from recoup.hashing.code import PACKAGES, PYTHON, carried, fingerprint, is_code, source_token
from recoup.locking.protocol import LockManager
from recoup.types import IsolationLevel, Key, Token
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from recoup.hashing.code import Fingerprint, Packages, Python
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
    "CacheVersion",
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
_CONFIGURED = ("key_storage", "lock_manager", "isolation_level")
_by_name = operator.itemgetter(0, 1)  # and token: two policies of users' own are both called `custom`


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


class CodeSettings(Protocol):
    """What policies ask of the settings (`recoup.settings.Settings`)."""

    @property
    def tasks_code_packages(self) -> Packages: ...
    @property
    def tasks_code_python(self) -> Python: ...


class Asked(NamedTuple):
    """What a policy is asked about: a call, and the hasher that remembers what was hashed of it."""

    context: TaskContext
    inputs: Mapping[str, Any]
    flow_parameters: Mapping[str, Any]
    hasher: Hasher


class CachePolicy:
    """A way to make keys. Subclass it and define `compute_key`, or combine the built-in ones with `+` and `-`."""

    key_storage: ObjectStore | str | Path | None = None
    """Where records are kept, if not beside their results; set by `configure`, as are the next two."""
    lock_manager: LockManager | None = None
    """What locks the keys of calls whose isolation level is `SERIALIZABLE`."""
    isolation_level: IsolationLevel | None = None
    """Whether only one of several calls with one key runs at a time; `None` is what the transaction around a call says."""

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

    def under(self, settings: CodeSettings) -> CachePolicy:  # noqa: ARG002 - most have nothing that settings decide
        """Return this policy with what it leaves open as `settings` say."""
        return self

    def check(self, arguments: Sequence[str]) -> None:
        """Raise `ConfigurationError` for names that a task with these `arguments` does not have."""

    def __add__(self, other: object) -> CachePolicy:
        """Make keys of what both contribute."""
        if not isinstance(other, CachePolicy):
            return NotImplemented
        options = _options(self)
        for name, value in _options(other).items():
            if options.setdefault(name, value) != value:
                raise ConfigurationError(
                    f"{self!r} + {other!r}: they have two different {name}; configure the sum instead: (a + b).configure(…)"
                )
        policies = [p for p in (*_members(self), *_members(other)) if p != NO_CACHE]
        added = CompoundCachePolicy(tuple(policies)) if len(policies) > 1 else (policies or [NO_CACHE])[0]
        return _with(added, options)

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
        options = ((name, value) for name, value in vars(self).items() if value not in ((), None) and name not in _CONFIGURED)
        return _configured(self, f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in options)})")

    def configure(
        self,
        key_storage: ObjectStore | str | Path | None = None,
        lock_manager: LockManager | None = None,
        isolation_level: IsolationLevel | str | None = None,
    ) -> Self:
        """Return this policy with its records in `key_storage`, apart from large results, or with locks.

        With `isolation_level="SERIALIZABLE"`, of several calls with one key one runs at a time, and those that come later find
        its result. `lock_manager` locks the keys (`recoup.locking`); without one it is that of the transaction around a call.

        Raises `ConfigurationError` for what is none of these.
        """
        if not isinstance(key_storage, ObjectStore | str | Path | None):
            raise ConfigurationError(
                f"key_storage is {type(key_storage).__name__}; give a storage, a path or a URL, such as key_storage='keys'"
            )
        if lock_manager is not None and not isinstance(lock_manager, LockManager):
            raise ConfigurationError(
                f"lock_manager is {type(lock_manager).__name__}; give a lock manager, such as recoup.locking.memory.MemoryLockManager()"
            )
        if isolation_level not in (None, *IsolationLevel):
            raise ConfigurationError(
                f"isolation_level is {isolation_level!r}; write IsolationLevel.SERIALIZABLE or READ_COMMITTED"
            )
        level = None if isolation_level is None else IsolationLevel(isolation_level)
        given = {"key_storage": key_storage, "lock_manager": lock_manager, "isolation_level": level}
        named = {name: value for name, value in given.items() if value is not None}
        return self if self == NO_CACHE else _with(self, _options(self) | named)

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
            return _with(Inputs((*self.exclude, name.removeprefix("inputs."))), _options(self))
        return super().__sub__(name)


class Code(_BuiltIn):
    """The task's code and all project code, constants and packages that it reaches, also through its arguments.

    `packages` and `python` say how exactly versions count, `None` as the settings say. `also` is what the task depends on
    besides: code that it reaches by no name, files, data.
    """

    def __init__(
        self,
        exclude: Iterable[str] = (),
        packages: Packages | None = None,
        python: Python | None = None,
        also: tuple[Any, ...] = (),
    ) -> None:
        self.exclude = tuple(sorted(set(exclude)))
        self.packages = packages
        self.python = python
        self.also = also

    def parts(self, asked: Asked) -> list[Part]:
        """Return one part, whose subject is the fingerprint; and one for each file or piece of data that it depends on."""
        task, inside = asked.context.task, asked.hasher.code
        if not (inside or self.also or self.exclude):  # as most are
            found, parts = fingerprint(task.fn), []
        else:
            others = [thing for thing in self.also if not is_code(thing)]
            parts = [
                Part(f"depends_on.{n}", asked.hasher.token(thing, f"depends_on.{n}"), thing) for n, thing in enumerate(others)
            ]
            beside = (*(carried(inside.values()) if inside else ()), *(thing for thing in self.also if is_code(thing)))
            found = fingerprint(task.fn, beside=beside, without=self.exclude)
            self._check_excluded(found)
        if self.packages is not None or self.python is not None:
            found = found.counting(self.packages or "exact", self.python or "off")
        parts.append(Part("code", found.token, found))
        return parts

    def configure(self, *args: Any, packages: Packages | None = None, python: Python | None = None, **options: Any) -> Self:
        """Say how exactly versions count, besides what every policy can be configured with.

        `packages` is "exact" (2.1.3), "minor" (2.1), "major" (2) or "off"; `python="minor"` lets the standard library count
        by Python's minor version.
        """
        for name, value, known in (("packages", packages, PACKAGES), ("python", python, PYTHON)):
            if value is not None and value not in known:
                raise ConfigurationError(f"CODE.configure({name}={value!r}): write one of {', '.join(map(repr, known))}")
        changed = self._but(packages=packages or self.packages, python=python or self.python)
        return CachePolicy.configure(changed, *args, **options)

    def depends_on(self, *things: Any) -> Self:
        """Count `things` as well: functions, classes, modules and tasks by their code, all else (`File("model.bin")`) by content."""
        return self._but(also=(*self.also, *things))

    def under(self, settings: CodeSettings) -> Code:
        """Return this policy with what it leaves open as `settings` say."""
        packages, python = self.packages or settings.tasks_code_packages, self.python or settings.tasks_code_python
        plain = (packages, python) == ("exact", "off") and self.packages is None and self.python is None
        return self if plain else self._but(packages=packages, python=python)

    def merged(self, other: Code) -> Code:
        """Return one policy for both; raise `ConfigurationError` where they contradict each other."""
        for name in ("packages", "python"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if None not in (mine, theirs) and mine != theirs:
                raise ConfigurationError(
                    f"{self!r} + {other!r}: {name} is {mine!r} in one and {theirs!r} in the other; say it once"
                )
        also = (*self.also, *(thing for thing in other.also if not any(thing is mine for mine in self.also)))
        return Code((*self.exclude, *other.exclude), self.packages or other.packages, self.python or other.python, also)

    def _but(self, **changed: Any) -> Self:
        policy = copy.copy(self)
        vars(policy).update(changed)
        return policy

    def __eq__(self, other: object) -> bool:
        """Compare by value; what the policies depend on by identity."""
        return (
            isinstance(other, Code)
            and _options(self) == _options(other)
            and (self.exclude, self.packages, self.python) == (other.exclude, other.packages, other.python)
            and list(map(id, self.also)) == list(map(id, other.also))
        )

    def __hash__(self) -> int:
        return hash((Code, self.exclude, self.packages, self.python))

    def _check_excluded(self, found: Fingerprint) -> None:
        for name in self.exclude:
            if name not in found.left_out:
                reached = ", ".join(part.name for part in found.parts)
                raise ConfigurationError(f"policy - {name!r}: the task reaches no such code. It reaches {reached}.")

    def __sub__(self, name: object) -> CachePolicy:
        """Leave out a helper, class, constant or package."""
        if isinstance(name, str) and name.startswith(("code.", "package.")):
            return self._but(exclude=tuple(sorted({*self.exclude, name})))
        return super().__sub__(name)


class CacheVersion(_BuiltIn):
    """A text that stands for the task's code: `cache_version="2"` says that it is another program, and nothing else does."""

    def __init__(self, version: str) -> None:
        self.version = version

    def parts(self, asked: Asked) -> list[Part]:  # noqa: ARG002 - it is the same for all calls
        """Return one part."""
        return [Part("version", token_of(self.version), self.version)]


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
            if isinstance(policy, Code) and isinstance(twin, Code):
                merged[merged.index(twin)] = twin.merged(policy)
            elif isinstance(policy, Inputs) and isinstance(twin, Inputs):
                merged[merged.index(twin)] = Inputs((*twin.exclude, *policy.exclude))
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

    def under(self, settings: CodeSettings) -> CachePolicy:
        """Ask every member."""
        members = [policy.under(settings) for policy in self.policies]
        if all(map(operator.is_, members, self.policies)):
            return self
        return _with(CompoundCachePolicy(members), _options(self))

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
        return _with(rest, _options(self))

    def __eq__(self, other: object) -> bool:
        """Compare the members in any order, since keys do not depend on it."""
        if not isinstance(other, CompoundCachePolicy):
            return NotImplemented
        mine, theirs = self.policies, other.policies
        return _options(self) == _options(other) and len(mine) == len(theirs) and all(policy in theirs for policy in mine)

    def __hash__(self) -> int:
        return sum(map(hash, self.policies))

    def __repr__(self) -> str:
        joined = " + ".join(map(repr, self.policies))
        return _configured(self, f"({joined})") if _options(self) else joined


def versioned(policy: CachePolicy, version: str) -> CachePolicy:
    """Return `policy` with a version in place of the task's code."""
    members = [member for member in _members(policy) if not isinstance(member, Code | TaskSource)]
    return _with(CompoundCachePolicy((*members, CacheVersion(version))), _options(policy))


def _members(policy: CachePolicy) -> Iterable[CachePolicy]:
    return policy.policies if isinstance(policy, CompoundCachePolicy) else (_with(policy, {}),)


def _options(policy: CachePolicy) -> dict[str, Any]:
    """Return what `configure` gave to `policy`."""
    return {name: value for name, value in vars(policy).items() if name in _CONFIGURED}


def _with(policy: P, options: dict[str, Any]) -> P:
    """Return `policy` with these options of `configure`, and no others; a copy, unless it has them."""
    if _options(policy) == options:
        return policy
    changed = copy.copy(policy)
    for name in _CONFIGURED:
        vars(changed).pop(name, None)
    vars(changed).update(options)
    return changed


def _configured(policy: CachePolicy, text: str) -> str:
    options = ", ".join(f"{name}={value!r}" for name, value in _options(policy).items())
    return f"{text}.configure({options})" if options else text


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
