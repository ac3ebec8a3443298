"""`recoup results`: what is stored, what it was computed from, and by which run."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import itertools
import os
import time
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.cli.exits import Exit, Usage
from recoup.cli.stores import chosen_store
from recoup.cli.tables import clock, print_json, print_table, size
from recoup.engine.key_parts import spelled_out
from recoup.engine.steps import LoadFailed
from recoup.engine.streams.reading import stored_items
from recoup.exceptions import ConfigurationError
from recoup.results import ledger_of
from recoup.spelling import nearest
from recoup.storage.local import LocalFileSystem
from recoup.wording import duration

if TYPE_CHECKING:
    from argparse import Namespace

    from recoup.abc import ObjectStore
    from recoup.engine.ledger import Examined, Ledger
    from recoup.records import CodePart, CodeParts, KeyPart, Record

__all__ = ["main"]

_SHORT_KEY = 12
_NAMED = 5
_LEAVES_SHOWN = 20
_LONGEST_VALUE = 2000
_WRITABLE_BY_ALL = 0o002


def main(options: Namespace) -> int:
    """List the results of a storage, or show one."""
    ledger = ledger_of(chosen_store(options))
    found = list(ledger.examine())
    if options.action == "show":
        _show(_find(found, options.key, ledger.store), ledger, options)
    else:
        _list(found, ledger.store, options)
    return Exit.DONE


# --- listing -----------------------------------------------------------------------------------


def _list(found: list[Examined], store: ObjectStore, options: Namespace) -> None:
    if options.task:
        found = _of_task(found, options.task, store)
    found.sort(key=lambda one: one.record.created if one.record else 0.0, reverse=True)
    shown = found[: options.limit or None]
    if options.json:
        print_json([_as_data(one) for one in shown])
        return
    if not found:
        print(f"no results in {store!r}")
        return
    columns = ("KEY", "CREATED", "SIZE", "TOOK", "STATE", "RUN", "TASK")
    print_table(columns, [_cells(one) for one in shown])
    if len(shown) < len(found):
        print(f"{len(found) - len(shown)} more; --limit 0 shows all, --task those of one task")


def _of_task(found: list[Examined], task: str, store: ObjectStore) -> list[Examined]:
    chosen = [one for one in found if one.record and task in (one.record.task, *_short_names(one.record.task))]
    if not chosen:
        names = sorted({one.record.task for one in found if one.record})
        known = [*names, *(short for name in names for short in _short_names(name))]
        some = f"; there are {', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''}" if names else ""
        raise Usage(f"no result of a task {task!r} in {store!r}{nearest(task, known)}{some}")
    return chosen


def _short_names(task: str) -> tuple[str, str]:
    """Return what a person calls a task: its function with its class, and alone."""
    qualified = task.rpartition(":")[2].partition("~")[0]
    return qualified, qualified.rpartition(".")[2]


def _cells(one: Examined) -> tuple[str, ...]:
    record = one.record
    if record is None:
        return ("?", "", "", "", "damaged", "", f"{one.name.split('/')[1]} ({one.problem})")
    expires = f"expires {clock(record.expires)}" if record.expires else ""
    return (
        _short(record.key),
        clock(record.created),
        size(record.size),
        duration(record.compute_seconds),
        "elsewhere" if one.elsewhere else "damaged" if one.problem else _state(one) or expires,
        record.run_name or "",
        f"{record.task} ({one.problem})" if one.problem else record.task,
    )


def _short(key: str) -> str:
    """Return the beginning of a key that is a digest, and all of one that a key function chose."""
    is_digest = len(key) == _DIGEST and not set(key) - set("0123456789abcdef")
    return key[:_SHORT_KEY] if is_digest else key


_DIGEST = 64


def _state(one: Examined) -> str:
    if one.problem:
        return one.problem if one.elsewhere else f"damaged: {one.problem}"
    expires = one.record.expires if one.record else None
    return "expired" if expires is not None and expires <= time.time() else ""


# --- finding -----------------------------------------------------------------------------------


def _find(found: list[Examined], wanted: str, store: ObjectStore) -> list[Examined]:
    """Return the results under a key (of several tasks, perhaps), or under the only key that begins so."""
    keys = {one.record.key for one in found if one.record}
    begun = [wanted] if wanted in keys else sorted(key for key in keys if key.startswith(wanted))
    if len(begun) == 1:
        return [one for one in found if one.record and one.record.key == begun[0]]
    if begun:
        some = ", ".join(map(_short, begun[:_NAMED])) if len(wanted) < _SHORT_KEY else ", ".join(begun[:_NAMED])
        raise Usage(f"{wanted!r} is the beginning of {len(begun)} keys: {some}{' …' if len(begun) > _NAMED else ''}")
    close = nearest(wanted, [*keys, *(key[: len(wanted)] for key in keys)])
    raise Usage(f"no result has the key {wanted!r} in {store!r}{close}; `recoup results list` shows the keys")


# --- showing -----------------------------------------------------------------------------------


def _show(found: list[Examined], ledger: Ledger, options: Namespace) -> None:
    if options.value:
        _refuse_foreign(ledger.store)
    shown = [_verified(one, ledger) for one in found]
    if options.json:
        data = [_details(one, ledger, with_source=options.source, with_value=options.value) for one in shown]
        print_json(data[0] if len(data) == 1 else data)
        return
    for one in shown:
        assert one.record is not None
        code = ledger.code_parts(one.record.code) if one.record.code else None
        _print_record(one, one.record, [part for part in one.record.parts if code is None or part.name != "code"])
        if code is not None:
            _print_code(code, with_source=options.source)
        if options.value:
            print(f"\nvalue\n  {_preview(one, ledger)}")


def _verified(one: Examined, ledger: Ledger) -> Examined:
    """Look at every byte of the value too."""
    assert one.record is not None
    if one.elsewhere:
        return one
    try:
        ledger.verify(one.record, one.payload)
    except LoadFailed as exc:
        return one._replace(problem=str(exc))
    return one


def _print_record(one: Examined, record: Record, parts: list[KeyPart]) -> None:
    run = f" by run {record.run_name}" if record.run_name else ""
    exact = "" if record.exact else ", which does not give back an equal value"
    producer = record.producer
    facts = {
        "key": record.key,
        "task": record.task,
        "state": _state(one) or "valid",
        "created": f"{clock(record.created)}{run}, took {duration(record.compute_seconds)}",
        "expires": clock(record.expires) if record.expires else "never",
        "value": f"{size(record.size)}{_items(record)}, written by {record.serializer}{exact}",
        "computed on": f"{producer.host}, Python {producer.python}, recoup {producer.recoup}",
        "stored as": one.name,
        **({"published": f"as {record.key}"} if record.published else {}),
    }
    for name, text in facts.items():
        print(f"{name:12}{text}")
    print("\nmade from")
    width = max((len(part.name) for part in parts), default=0)
    for part in parts:
        print(f"  {part.name:{width}}  {part.text or part.digest[:_SHORT_KEY]}")
        leaves = list(part.leaves.items())
        for path, leaf in leaves[:_LEAVES_SHOWN]:
            print(f"  {'':{width}}    {path}  {leaf.text}")
        if len(leaves) > _LEAVES_SHOWN:
            print(f"  {'':{width}}    … and {len(leaves) - _LEAVES_SHOWN} more")
    if record.not_covered:
        print("\nnot covered")
        for text in record.not_covered:
            print(f"  {text}")


def _items(record: Record) -> str:
    return "" if record.stream is None else f" in {record.stream.items} item{'' if record.stream.items == 1 else 's'}"


def _print_code(code: CodeParts, *, with_source: bool) -> None:
    print("\ncode")
    for part in code.parts:
        print(f"  {part.kind:9} {part.name}{f'  {part.text}' if part.text else ''}")
        if with_source and part.source:
            print("\n".join(f"      {line}" for line in part.source.splitlines()))


# --- values ------------------------------------------------------------------------------------


def _refuse_foreign(store: ObjectStore) -> None:
    """Raise where somebody else may have written values: decoding one runs the code that it brings."""
    if not isinstance(store, LocalFileSystem) or not os.path.isdir(store.basepath):  # noqa: PTH112 - the path is a text
        return
    status = os.stat(store.basepath)  # noqa: PTH116 - as above
    if status.st_uid != os.getuid() or status.st_mode & _WRITABLE_BY_ALL:
        whose = "others can write to it" if status.st_uid == os.getuid() else "it belongs to another user"
        raise ConfigurationError(
            f"values of {store.basepath} are not decoded, because {whose}, and decoding can run code. "
            "Leave out --value, or copy the storage to a folder of your own."
        )


def _loaded(record: Record, payload: memoryview | None, ledger: Ledger) -> Any:
    """Return the value; of a stream no more items than are shown."""
    if record.stream is None:
        return ledger.load(record, payload)
    return list(itertools.islice(stored_items(ledger, record, payload), _LONGEST_VALUE))


def _preview(one: Examined, ledger: Ledger) -> str:
    assert one.record is not None
    if one.elsewhere:
        return f"cannot be shown: {one.problem}"
    try:
        value = _loaded(one.record, one.payload, ledger)
    except LoadFailed as exc:
        return f"cannot be shown: {exc}"
    try:
        text = repr(value)
    except Exception as exc:  # noqa: BLE001 - it is the user's, and may do anything
        return f"cannot be shown: its repr raised {type(exc).__name__}: {exc}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} … ({len(text)} characters)"


# --- as data -----------------------------------------------------------------------------------


def _as_data(one: Examined) -> dict[str, Any]:
    """Return all that is known of a result, with defaults written out, and its state."""
    record = one.record
    known = {} if record is None else {name: getattr(record, name) for name in record.__struct_fields__ if name != "recoup"}
    return {"name": one.name, **known, "state": _state(one) or "valid"}


def _details(one: Examined, ledger: Ledger, *, with_source: bool, with_value: bool) -> dict[str, Any]:
    data = _as_data(one)
    code = ledger.code_parts(data["code"]) if data["code"] else None
    if one.record is not None:
        data["parts"] = spelled_out(one.record, code).parts
    data["code_parts"] = [_code_part(part, with_source=with_source) for part in code.parts] if code else []
    if with_value:
        data["preview"] = _preview(one, ledger)
    return data


def _code_part(part: CodePart, *, with_source: bool) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(part)
    if not with_source:
        data.pop("source", None)
    return data
