"""What the engine is told of a call: the terms of its task, and the call itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from recoup.arguments import LEAVES, replace_members
from recoup.cache_policies import TaskContext
from recoup.engine.keying import make_key
from recoup.engine.reference import Reference
from recoup.hashing import Hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from recoup.abc import Clock, Serializer
    from recoup.arguments import Binder
    from recoup.cache_policies import CachePolicy
    from recoup.engine.ledger import Ledger
    from recoup.engine.staging import Joined
    from recoup.engine.steps import Outcome
    from recoup.events import CallId
    from recoup.settings import Settings
    from recoup.types import Key

__all__ = ["Call", "CallContext", "Terms"]


class CallContext(TaskContext, Protocol):
    """What the engine asks of the context of a call (`recoup.context.TaskRunContext`)."""

    parameters: Mapping[str, Any]
    transaction: Joined | None

    @property
    def flow_parameters(self) -> Mapping[str, Any]:
        """Return the parameters of the flow run, empty outside one."""
        ...

    def enter(self, attempt: int) -> object:
        """Make this the current context, because the body is about to run; return what `leave` takes."""
        ...

    def leave(self, token: Any) -> None:
        """Make what was current before current again."""
        ...

    def accept(self, returned: Any) -> Any:
        """Return the value that a body's value stands for; raise what a returned state says of a failure."""
        ...

    def may_retry(self, error: Exception) -> bool:
        """Say whether the body may run again after `error`; the retries that are left are counted elsewhere."""
        ...

    def name_after(self, error: Exception) -> str:
        """Return the name of the state in which the call ends that `error` ended."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a task's options come to where it is called.

    `streams` says that the function is a generator function, `reads_values` that code of the user's makes the key.
    `ledger` is `None` when nothing is looked up or kept, and `uncached` says why. `expiration` is in seconds;
    `refresh` asks for new results; those of the run `refreshed_in`, which was resumed, are new enough.
    `publishes` asks for a plain copy of each result under its key; `delay(attempt)` is the pause in seconds after a
    failed attempt.
    """

    name: str
    identity: str
    fn: Callable[..., Any]
    streams: bool
    binder: Binder
    policy: CachePolicy
    reads_values: bool
    ledger: Ledger | None
    uncached: str
    serializer: Serializer
    expiration: float | None
    refresh: bool
    refreshed_in: str | None
    publishes: bool
    retries: int
    delay: Callable[[int], float]
    settings: Settings
    clock: Clock


class Call:
    """One call of a task: its arguments, its key, and the context that its body will see.

    `uncached` says why there is no key. `lazy` asks for a reference instead of a loaded value on a hit;
    `run_again` computes the result anew where a reference finds it gone.
    """

    __slots__ = (
        "args", "context", "hasher", "id", "inputs", "key", "kwargs", "lazy", "run", "run_again", "run_name", "started",
        "terms", "uncached",
    )  # fmt: skip

    def __init__(
        self,
        id: CallId,  # noqa: A002 - it is called so
        terms: Terms,
        context: CallContext,
        inputs: dict[str, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        run_name: str | None,
    ) -> None:
        self.id = id
        self.terms = terms
        self.context = context
        self.inputs = inputs
        self.args = args
        self.kwargs = kwargs
        self.run = id.run
        self.run_name = run_name
        self.lazy = False
        self.run_again: Callable[[], Outcome | None] | None = None
        self.started = terms.clock.monotonic()
        self.key: Key | None = None
        self.uncached = terms.uncached
        if terms.ledger is not None:
            self.rekey()

    @property
    def is_serial(self) -> bool:
        """Say whether it runs while no other call with its key does."""
        joined = self.context.transaction
        return joined is not None and joined.is_serial and self.key is not None

    def rekey(self) -> None:
        """Make the key from the arguments as they are; code of the user's is given values, never references."""
        if self.terms.reads_values:
            self.bring_arguments()
        self.hasher = Hasher()
        self.key, self.uncached = make_key(self)

    def bring_arguments(self) -> bool:
        """Load the references among the arguments; say whether one is no longer what the key was made of."""
        if LEAVES.issuperset(map(type, self.inputs.values())):
            return False
        changed = False

        def load(reference: Reference) -> Any:
            nonlocal changed
            before = reference.__recoup_token__
            value = reference.load()
            changed = changed or reference.__recoup_token__ != before
            return value

        brought = {name: replace_members(value, Reference, load) for name, value in self.inputs.items()}
        if any(brought[name] is not value for name, value in self.inputs.items()):
            self.inputs = self.context.parameters = brought
            self.args, self.kwargs = self.terms.binder.unbind(brought)
        return changed and self.key is not None
