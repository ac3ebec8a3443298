"""The parameters of a call of a flow, checked and converted by their annotations before anything runs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from recoup.exceptions import ParameterTypeError
from recoup.parameters.admitting import Inadmissible, admit
from recoup.parameters.convert import parameters_of
from recoup.parameters.modelled import admit_modelled, is_modelled
from recoup.parameters.reading import sample, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["annotations_of", "validate_parameters"]

_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def annotations_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of the parameters of `fn` that say something, evaluated; not those of `*args` and `**kwargs`."""
    return {
        parameter.name: parameter.annotation
        for parameter in parameters_of(fn).values()
        if parameter.annotation not in (parameter.empty, Any) and parameter.kind not in _COLLECTING
    }


def validate_parameters(
    flow: str, annotations: Mapping[str, Any], inputs: dict[str, Any], show: Callable[[Any, str], str]
) -> dict[str, Any]:
    """Return `inputs` as `annotations` have them; the same dict where nothing is converted.

    Raises `ParameterTypeError`, which tells every parameter that is wrong. `show(value, name)` is what a message may
    say of a value.
    """
    found, wrong = dict(inputs), []
    for name, annotation in annotations.items():
        if name not in inputs:
            continue
        try:
            admitted = (admit_modelled if is_modelled(annotation) else admit)(inputs[name], annotation)
        except Inadmissible as exc:
            wrong.append(_refusal(flow, name, annotation, show(inputs[name], name), str(exc)))
        else:
            found[name] = admitted
    if wrong:
        raise ParameterTypeError("\n".join(wrong))
    return inputs if all(found[name] is inputs[name] for name in inputs) else found


def _refusal(flow: str, name: str, annotation: Any, shown: str, detail: str) -> str:
    refused = (
        f"parameter {name} of flow {flow} takes {spelled(annotation)}, and {shown} is not one{f' ({detail})' if detail else ''}."
    )
    example = sample(annotation)
    try:
        (admit_modelled if is_modelled(annotation) else admit)(example, annotation)
    except Inadmissible:  # no literal stands for it
        return refused
    return f"{refused} Give, for example, {name}={example!r}"
