"""torch: tensors, parameters, modules.

Strides, views, shared storage and the graph that led to a tensor do not count, nor does its `.grad`, which pickles do not keep
either. `requires_grad` counts, and so does the kind of device. A module is its class, its parameters, buffers, submodules and hooks,
and all that hangs on it otherwise.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import torch

from recoup.hashing._columns import plain_array, word_data
from recoup.hashing._forms import Attributes, Form, Unhashable, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_TENSOR, _BITS, _SPARSE, _QUANTISED = tag("torch.tensor"), tag("torch.bits"), tag("torch.sparse"), tag("torch.quantised")
_NESTED, _MODULE, _GENERATOR, _NAME = tag("torch.nested"), tag("torch.module"), tag("torch.generator"), tag("torch.name")
_STORAGE: Final = tag("torch.storage")

_WORDS: Final = {1: torch.uint8, 2: torch.uint16}
"""How the bits of a dtype are read that numpy does not have; all such are small."""


# --- tensors --------------------------------------------------------------------------------


def _tensor(tensor: torch.Tensor) -> Form:
    """Encode content, `requires_grad`, and what a tensor on another device or of another class has besides."""
    if tensor.is_meta:
        raise Unhashable("lies on the device `meta` and has no content", "pass its shape and dtype")
    kind = None if type(tensor) is torch.Tensor else type(tensor)
    device = None if tensor.device.type == "cpu" else tensor.device.type
    own = Attributes(getattr(tensor, "__dict__", {}))
    members = (kind, device, tensor.requires_grad, own, *_content(tensor.detach()))
    return Form(_TENSOR, members, nameless)


def _content(tensor: torch.Tensor) -> tuple[Any, ...]:
    if tensor.is_nested:
        return (Form(_NESTED, tensor.unbind(), nameless),)
    if tensor.is_quantized:
        return (Form(_QUANTISED, _quantised(tensor), nameless),)
    if tensor.layout is not torch.strided:
        return (Form(_SPARSE, _sparse(tensor), nameless),)
    return (_dense(tensor.cpu().resolve_conj().resolve_neg()),)


def _dense(tensor: torch.Tensor) -> Form:
    """Encode a tensor as the array that it is; of a dtype that numpy does not have, its bits."""
    dtype = tensor.dtype
    if dtype is torch.complex32:
        return Form(_BITS, (_name(dtype), _dense(torch.view_as_real(tensor))), nameless)
    try:
        return plain_array(tensor.numpy())
    except TypeError:
        words = tensor.view(_WORDS[tensor.element_size()]).numpy()
    return Form(_BITS, (_name(dtype), tuple(tensor.shape), word_data(words, *_nans(dtype))), nameless)


@functools.cache
def _nans(dtype: torch.dtype) -> tuple[int, int]:
    """Return the least positive bits that are a NaN, and those of the NaN to write; zeros if no sign makes two of one."""
    if not dtype.is_floating_point:
        return 0, 0
    words = _WORDS[dtype.itemsize]
    try:
        found = torch.arange(1 << (8 * dtype.itemsize - 1)).to(words).view(dtype).isnan().nonzero()
    except RuntimeError:  # no arithmetic at all: packed 4-bit floats have no NaN
        return 0, 0
    return (int(found[0]), int(torch.full((), float("nan"), dtype=dtype).view(words))) if len(found) else (0, 0)


def _sparse(tensor: torch.Tensor) -> tuple[Any, ...]:
    shape, layout = tuple(tensor.shape), _name(tensor.layout)
    if tensor.layout is torch.sparse_coo:
        merged = tensor.coalesce()
        return layout, shape, merged.indices(), merged.values()
    if tensor.layout in {torch.sparse_csr, torch.sparse_bsr}:
        return layout, shape, tensor.crow_indices(), tensor.col_indices(), tensor.values()
    if tensor.layout in {torch.sparse_csc, torch.sparse_bsc}:
        return layout, shape, tensor.ccol_indices(), tensor.row_indices(), tensor.values()
    return layout, shape, tensor.to_dense()


def _quantised(tensor: torch.Tensor) -> tuple[Any, ...]:
    scheme = tensor.qscheme()
    if scheme in {torch.per_tensor_affine, torch.per_tensor_symmetric}:
        return _name(tensor.dtype), _name(scheme), tensor.q_scale(), tensor.q_zero_point(), tensor.int_repr()
    scales, zeros = tensor.q_per_channel_scales(), tensor.q_per_channel_zero_points()
    return _name(tensor.dtype), _name(scheme), scales, zeros, tensor.q_per_channel_axis(), tensor.int_repr()


# --- modules --------------------------------------------------------------------------------


def _module(module: torch.nn.Module) -> Form:
    """Encode a module by what it pickles, with parameters, buffers, submodules and hooks in their order, hooks without their numbers."""
    original = getattr(module, "_orig_mod", None)
    if original is not None:
        return Form(_MODULE, (type(module), original), nameless)
    kind: Any = type(module)
    if torch.nn.utils.parametrize.is_parametrized(module):  # of a class made for it, which refuses to be pickled
        kind, state = kind.__bases__, module.__dict__
    else:
        state = module.__getstate__()
    if type(state) is not dict:
        return Form(_MODULE, (kind, state), nameless)
    parts = {name: _ordered(state[name]) for name in ("_parameters", "_buffers", "_modules") if name in state}
    hooks = {name: tuple(found.values()) for name, found in state.items() if name.endswith("_hooks") and found}
    others = {name: member for name, member in state.items() if name not in parts and not name.endswith("_hooks")}
    return Form(_MODULE, (kind, Attributes(others), Attributes(hooks), *parts.values()), nameless)


def _ordered(named: dict[str, Any]) -> Form:
    names = tuple(named)
    return Form(_MODULE, (names, *named.values()), lambda i: f".{names[i - 1]}" if i else "")


# --- names and states -------------------------------------------------------------------------


def _name(value: Any) -> Form | bytes:
    return Form(_NAME, (str(value),), nameless)


def _generator(generator: torch.Generator) -> Form:
    return Form(_GENERATOR, (generator.device.type, generator.get_state()), nameless)


def _storage(storage: torch.UntypedStorage) -> Form:
    return Form(_STORAGE, (storage.device.type, torch.empty(0, dtype=torch.uint8).set_(storage)), nameless)


def _script(_module: Any) -> Form:
    raise Unhashable("is compiled code, whose text Recoup cannot compare", "pass the path it was loaded from, annotated `File`")


HANDLERS: Final[dict[type, Encoder]] = {
    torch.device: lambda value: Form(_NAME, ("device", value.type, value.index), nameless),
    torch.dtype: _name,
    torch.layout: _name,
    torch.memory_format: _name,
    torch.qscheme: _name,
    torch.UntypedStorage: _storage,
}

FAMILIES: Final[dict[type, Encoder]] = {
    torch.Tensor: _tensor,
    torch.jit.ScriptModule: _script,
    torch.nn.Module: _module,
    torch.Generator: _generator,
}
