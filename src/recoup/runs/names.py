"""Names of runs: a template of the parameters, such as `"load {day}"`, or a function that returns the name."""

from __future__ import annotations

import inspect
import string
from typing import TYPE_CHECKING, Any

from recoup.exceptions import ConfigurationError
from recoup.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["check_run_name", "run_name"]


def check_run_name(name: object, parameters: Iterable[str], option: str, of: str) -> None:
    """Raise `ConfigurationError` for what names no run; `of` says whose (`flow pipeline`), `option` how it was given."""
    if name is None or callable(name):
        return
    if not isinstance(name, str):
        raise ConfigurationError(
            f"{of}: {option} is {name!r}; give a text such as 'load {{day}}', or a function that returns one"
        )
    names = list(parameters)
    for field in _fields(name, option, of):
        if field not in names:
            known = f"the parameters are {', '.join(names)}" if names else "there are no parameters"
            raise ConfigurationError(
                f"{of}: {option} names {{{field}}}, which is no parameter{nearest(field, names)}; {known}. Write {{{{ for a brace."
            )


def _fields(template: str, option: str, of: str) -> list[str]:
    """Return the names of the parameters in a template: of `{frame.shape[0]:>4}` it is `frame`."""
    try:
        parsed = [field for _, field, _, _ in string.Formatter().parse(template) if field is not None]
    except ValueError as exc:
        raise ConfigurationError(f"{of}: {option} is {template!r}, which is no template: {exc}. Write {{{{ for a brace.") from exc
    return [field.partition(".")[0].partition("[")[0] for field in parsed]


def run_name(name: str | Callable[..., str], parameters: Mapping[str, Any], option: str, of: str) -> str:
    """Return the name of the run with these parameters. Raises what the user's function raises.

    A function that has a parameter `parameters` is given them.
    """
    if isinstance(name, str):
        return name.format_map(parameters)
    made = name(parameters=dict(parameters)) if "parameters" in inspect.signature(name).parameters else name()
    if not isinstance(made, str):
        raise ConfigurationError(f"{of}: {option} returned {made!r}; return a text")
    return made
