"""Keys that are names of the user's choice: the templates of `result_storage_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.abc import check_name
from recoup.cache_policies import CachePolicy, Part
from recoup.exceptions import ConfigurationError, InvalidName
from recoup.hashing import token as token_of
from recoup.types import Key
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recoup.cache_policies import Asked

__all__ = ["OWN_FOLDERS", "StorageKeyPolicy", "check_published_name"]

OWN_FOLDERS = frozenset({"records", "values", "parts", "runs", "arguments", "events", "claims", "copies", "recoup.json"})
"""What lies at the root of a storage by Recoup's own hand."""


class StorageKeyPolicy(CachePolicy):
    """A template with the arguments and the run in it gives the key, verbatim within the task.

    The key is also the name under which a plain copy of the result is published.
    """

    def __init__(self, template: str) -> None:
        self.template = template

    def key(self, asked: Asked) -> Key:
        """Return the filled template. Raise `ConfigurationError` where it cannot be filled, or gives no name."""
        where = f"task {asked.context.task.name}: result_storage_key={self.template!r}"
        text = self._filled(where, asked)
        try:
            check_published_name(text)
        except InvalidName as exc:
            raise ConfigurationError(f"{where} gives {exc}") from exc
        return Key(text, [Part("custom", token_of(text), text)])

    def _filled(self, where: str, asked: Asked) -> str:
        context: Any = asked.context
        names: dict[str, Any] = {"parameters": asked.inputs, "task_run": _Run("task_run", _task_run_of(context, asked.inputs))}
        flow = getattr(context, "flow_run_context", None)
        if flow is not None:
            names["flow_run"] = _Run("flow_run", flow.flow_run)
        try:
            return self.template.format(**names)
        except (KeyError, IndexError) as exc:
            missing = exc.args[0] if isinstance(exc, KeyError) else "a positional argument"
            parameters = ", ".join(f"{{parameters[{name}]}}" for name in asked.inputs)
            raise ConfigurationError(
                f"{where} cannot be filled in: there is no {missing!r}"
                f"{' outside a flow run' if missing == 'flow_run' else ''}. "
                f"It may name {parameters or 'no parameters, as there are none'}, {{task_run.name}}, {{task_run.task_name}}, "
                f"{{flow_run.name}}, {{flow_run.id}} and {{flow_run.flow_name}}."
            ) from exc
        except Exception as exc:  # whatever a value's own formatting raises
            raise ConfigurationError(f"{where} cannot be filled in: {said(exc)}") from exc


class _Run:
    """What templates see of a run: its fields, and an error that names the run for those that it has not."""

    def __init__(self, name: str, fields: object) -> None:
        self._name = name
        self._fields = fields

    def __getattr__(self, field: str) -> Any:
        try:
            return getattr(self._fields, field)
        except AttributeError:
            raise KeyError(f"{self._name}.{field}") from None


def _task_run_of(context: Any, inputs: Mapping[str, Any]) -> object:
    class Fields:
        task_name = context.task.name
        parameters = inputs

        def __getattr__(self, field: str) -> Any:
            return getattr(context.task_run, field)

    return Fields()


def check_published_name(name: str) -> str:
    """Return `name` if a result may be published under it, else raise `InvalidName`."""
    try:
        check_name(name)
    except InvalidName as exc:
        raise InvalidName(
            f"{name!r}, which cannot be the name of a stored object. Use letters, digits and _.+=@- in segments joined by '/', "
            f"such as 'reports/2026-01-01.json'; {{parameters[day]:%Y-%m-%d}} formats a date."
        ) from exc
    own = name.partition("/")[0]
    if own.casefold() in OWN_FOLDERS:
        raise InvalidName(f"{name!r}, but {own!r} is where Recoup keeps its own. Choose another first segment.")
    return name
