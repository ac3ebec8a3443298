"""What is shown of the parameters of a run, and what tells two calls of a flow apart, without giving secrets away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.engine.salts import salt_of
from recoup.exceptions import HashError
from recoup.hashing import Hasher, describe
from recoup.hashing.hidden import secrets_within
from recoup.hashing.marks import salted
from recoup.secrecy import REDACTED
from recoup.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recoup.flows import Flow
    from recoup.results import ResultStore

__all__ = ["secret_names", "shown", "token_of"]


def secret_names(flow: Flow[..., Any]) -> frozenset[str]:
    """Return the parameters that are secret by their name or annotation."""
    return flow.marks.secret if flow.marks is not None else frozenset()


def shown(flow: Flow[..., Any], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return what the record of a run shows of its parameters: as much as the settings allow, and nothing of a secret."""
    hidden, previews = secret_names(flow), get_current_settings().results_previews
    return {name: REDACTED if name in hidden else _shown(parameters[name], name, previews) for name in flow.binder.names}


def _shown(value: object, name: str, previews: str) -> str:
    if previews == "full":
        return describe(value, name=name)
    return type(value).__name__ if previews == "types" else ""


def token_of(flow: Flow[..., Any], parameters: Mapping[str, Any], store: ResultStore) -> bytes:
    """Return what tells a call of a flow from others; for parameters without stable content, what is shown of them."""
    try:
        token = Hasher().token(dict(parameters))
        if secret_names(flow) or next(secrets_within(dict(parameters)), None) is not None:
            token = salted(token, salt_of(get_current_settings().key_salt, store.ledger))
    except HashError:
        return "\0".join(describe(value, name=name) for name, value in parameters.items()).encode()
    return token
