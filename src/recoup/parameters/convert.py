"""Flow parameters from outside Python: a text such as `2026-01-31` becomes what the parameter's annotation says.

Standard types, dataclasses, enums, literals, paths, dates and containers of them are converted. Of a parameter without
annotation a text that is JSON is that value, and any other text is itself.
"""

from __future__ import annotations

import inspect
import json
import shlex
from typing import TYPE_CHECKING, Any, get_args

from recoup.annotations import Secret
from recoup.exceptions import ParameterBindError, ParameterTypeError
from recoup.parameters.reading import Unreadable, example, read_data, read_text, spelled
from recoup.secrecy import REDACTED, is_secret_name, is_secret_type
from recoup.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

__all__ = ["convert_parameters", "parameters_of"]

_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def convert_parameters(
    flow: str, fn: Callable[..., Any], *, texts: Mapping[str, str], data: Mapping[str, Any], kept: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the arguments of `fn` by name, from `texts` (as typed in a shell) and `data` (as parsed from JSON).

    Those in `kept` need not be given.
    Raises `ParameterBindError` for a name that `fn` does not have, or one that it needs and is not given;
    `ParameterTypeError` for a value that the annotation does not admit.
    """
    parameters = parameters_of(fn)
    given = {**data, **texts}
    _refuse_unknown(flow, parameters, given)
    _refuse_missing(flow, parameters, {*given, *kept})
    inputs: dict[str, Any] = {}
    rest = next((p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD), None)
    for name, value in given.items():
        known = parameters.get(name)
        annotation = known.annotation if known is not None and known.kind not in _COLLECTING else inspect.Parameter.empty
        converted = _convert(flow, name, value, annotation, typed=name in texts)
        if known is None and rest is not None:
            inputs.setdefault(rest, {})[name] = converted
        else:
            inputs[name] = converted
    return inputs


def parameters_of(fn: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of `fn` with their annotations evaluated, those that cannot be left out."""
    try:
        return inspect.signature(fn, eval_str=True).parameters
    except Exception:  # noqa: BLE001 - an annotation may name what exists for type checkers only, and raise anything
        return {name: _evaluated(p, fn) for name, p in inspect.signature(fn).parameters.items()}


def _evaluated(parameter: inspect.Parameter, fn: Callable[..., Any]) -> inspect.Parameter:
    if not isinstance(parameter.annotation, str):
        return parameter
    try:
        annotation = eval(parameter.annotation, getattr(fn, "__globals__", {}))  # noqa: S307 - the user's own source
    except Exception:  # noqa: BLE001 - as above
        annotation = parameter.empty
    return parameter.replace(annotation=annotation)


def _refuse_unknown(flow: str, parameters: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> None:
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    unknown = next((name for name in given if name not in parameters), None)
    if unknown is not None:
        shown = f"its parameters are {', '.join(map(_shown, parameters.values()))}" if parameters else "it takes none"
        raise ParameterBindError(f"flow {flow} has no parameter {unknown!r}{nearest(unknown, parameters)}; {shown}")


def _refuse_missing(flow: str, parameters: Mapping[str, inspect.Parameter], given: Container[str]) -> None:
    missing = [
        parameter
        for parameter in parameters.values()
        if parameter.default is parameter.empty and parameter.kind not in _COLLECTING and parameter.name not in given
    ]
    if missing:
        names = ", ".join(parameter.name for parameter in missing)
        options = " ".join(_option(parameter.name, parameter.annotation) for parameter in missing)
        raise ParameterBindError(
            f"flow {flow} needs the parameter{'s' if len(missing) > 1 else ''} {names}: add, for example, {options}"
        )


def _convert(flow: str, name: str, value: Any, annotation: Any, *, typed: bool) -> Any:
    try:
        return read_text(value, annotation) if typed else read_data(value, annotation)
    except Unreadable as exc:
        raise ParameterTypeError(
            f"parameter {name} of flow {flow} takes {spelled(annotation)}, and {exc}. Leave it at its default, "
            "or let the flow take a plain value, such as a path, and make the rest of it."
        ) from exc
    except (ValueError, TypeError) as exc:
        shown = REDACTED if _is_secret(name, annotation) else repr(value) if typed else json.dumps(value)
        detail = "" if shown == REDACTED else str(exc)
        raise ParameterTypeError(
            f"parameter {name} of flow {flow} takes {spelled(annotation)}, and {shown} is not one"
            f"{f' ({detail})' if detail else ''}. Write, for example, {_option(name, annotation)}"
        ) from exc


def _option(name: str, annotation: Any) -> str:
    return f"-p {shlex.quote(f'{name}={example(annotation)}')}"


def _shown(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={REDACTED if _is_secret(parameter.name, parameter.annotation) else repr(parameter.default)}"


def _is_secret(name: str, annotation: Any) -> bool:
    """Say whether a parameter is secret by its name or annotation."""
    if is_secret_name(name) or (isinstance(annotation, type) and is_secret_type(annotation)):
        return True
    marked = Secret in getattr(annotation, "__metadata__", ())
    return marked or any(_is_secret("", argument) for argument in get_args(annotation))
