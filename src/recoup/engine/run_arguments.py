"""The parameters of a run, kept so that the run can be resumed, and read back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from recoup.exceptions import RunNotResumable, StoreError
from recoup.hashing.hidden import secrets_within
from recoup.records import Argument
from recoup.secrecy import is_secret_name
from recoup.serializers import AutoSerializer, decoder

if TYPE_CHECKING:
    from recoup.abc import Encoded, ObjectStore
    from recoup.records import RunRecord

__all__ = ["keep_arguments", "kept_arguments"]

_MOST_INLINE = 64 << 10
_MOST = 64 << 20

_SECRET = Argument(reason="secrets are not written")
_auto = AutoSerializer()


def keep_arguments(
    store: ObjectStore, run: str, parameters: Mapping[str, Any], secret: Collection[str] = ()
) -> dict[str, Argument]:
    """Return the parameters of a run as its record holds them; large ones are written beside it.

    Secrets are not: those of the names in `secret`, and what is named, typed or spelled as one. Never raises: what cannot be kept is an obstacle to resuming the run, not to the run.
    """
    return {
        name: _SECRET if name in secret else _keep(store, f"arguments/{run}/{number}", name, value)
        for number, (name, value) in enumerate(parameters.items(), 1)
    }


def _keep(store: ObjectStore, place: str, name: str, value: object) -> Argument:
    hidden = next(secrets_within(value, name), None)
    if hidden is not None:
        holds = hidden.name if is_secret_name(hidden.name) else "a URL with a password" if hidden.in_url else "a secret"
        return (
            _SECRET
            if hidden.value is value and not hidden.in_url
            else Argument(reason=f"it holds {holds}, and secrets are not written")
        )
    if isinstance(value, Iterator):
        return Argument(reason=f"a {type(value).__name__} can be read only once")
    try:
        encoded = _auto.encode(value)
        return _placed(store, place, encoded, sum(memoryview(chunk).nbytes for chunk in encoded.chunks))
    except Exception as exc:  # noqa: BLE001 - the methods of users' own classes raise anything
        return Argument(reason=str(exc))


def _placed(store: ObjectStore, place: str, encoded: Encoded, size: int) -> Argument:
    if size > _MOST:
        return Argument(reason=f"it has {size >> 20} MiB, and up to {_MOST >> 20} are kept; pass a path, or load it in a task")
    if size > _MOST_INLINE:
        store.put(place, encoded.chunks)
        return Argument(encoded.serializer, place=place)
    data = b"".join(encoded.chunks)
    if encoded.serializer == "json":
        return Argument(encoded.serializer, text=data.decode())
    return Argument(encoded.serializer, data=data)


def kept_arguments(store: ObjectStore, record: RunRecord, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a run: those that were kept, and those `given` because they were not.

    Raises `RunNotResumable` where one is missing, or is given although the run has it.
    """
    kept = {name: argument for name, argument in record.arguments.items() if not argument.reason}
    surplus = sorted(set(given) & set(kept))
    if surplus:
        raise RunNotResumable(
            f"{record.name} has its parameter {surplus[0]} already ({record.parameters.get(surplus[0], '')}), and a run is resumed with the "
            f"parameters that it began with. Leave it out, or run the flow anew."
        )
    missing = {name: argument for name, argument in record.arguments.items() if argument.reason and name not in given}
    if missing:
        name, argument = next(iter(missing.items()))
        raise RunNotResumable(
            f"{record.name} cannot be resumed without its parameter {name}, which was not kept: {argument.reason}. "
            f"Give it again: -p {name}=…, or `FLOW.resume(RUN, parameters={{{name!r}: …}})` in Python."
        )
    return {name: given[name] if name in given else _read(store, record, name, kept[name]) for name in record.arguments} | dict(
        given
    )


def _read(store: ObjectStore, record: RunRecord, name: str, argument: Argument) -> Any:
    try:
        data = store.get(argument.place) if argument.place else argument.data or argument.text.encode()
        return decoder(argument.serializer).decode(data)
    except (StoreError, TypeError) as exc:
        raise RunNotResumable(f"{record.name} cannot be resumed, because its parameter {name} cannot be read: {exc}") from exc
