"""Values of torch."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any, Final

import torch

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CASES"]

GRID: Final = torch.arange(60_000.0).reshape(200, 300)


class Scaled(torch.nn.Module):  # type: ignore[misc]  # mypy does not follow torch
    """A layer with a number of its own."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor


def _quietly(make: Callable[[], Any]) -> Callable[[], Any]:
    """Leave out what torch says of layouts that may still change."""

    def made() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()

    return made


def _half(payload: int) -> Any:
    """Return a NaN of half the width with this payload."""
    return torch.tensor([0x7FC0 | payload, 0], dtype=torch.int16).view(torch.bfloat16)


def _model(seed: int = 0) -> Any:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.1))


def _after(model: Any) -> Any:
    """Return the model with gradients, which a step of training left behind."""
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    return model


def _hooked(before: int) -> Any:
    """Return a model with a hook, after so many other hooks were made."""
    model = _model()
    for _ in range(before):
        model.register_forward_hook(torch.relu).remove()
    model.register_forward_hook(torch.relu)
    return model


def _tagged(label: str) -> Any:
    tensor = torch.ones(2)
    tensor.label = label
    return tensor


def _quantised(scale: float, zero: int) -> Any:
    return torch.quantize_per_tensor(torch.ones(2), scale, zero, torch.quint8)


def _weighted() -> Any:
    torch.manual_seed(0)
    return torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "torch.Tensor": (
        Differ("dtype", lambda: (torch.zeros(2), torch.zeros(2, dtype=torch.int32)), "dtype"),
        Differ("halves of two kinds", lambda: (torch.zeros(2, dtype=torch.float16), torch.zeros(2, dtype=torch.bfloat16)), "dtype"),
        Differ("bytes of two kinds", lambda: (torch.zeros(2, dtype=torch.float8_e4m3fn), torch.zeros(2, dtype=torch.float8_e5m2)), "dtype"),
        Differ("shape", lambda: (torch.zeros(2, 3), torch.zeros(3, 2)), "shape"),
        Differ("nothing in two shapes", lambda: (torch.zeros(0, 3), torch.zeros(3, 0)), "shape"),
        Differ("an element", lambda: (GRID, torch.where(GRID == 9, -1.0, GRID)), "value"),
        Differ("an element of halves", lambda: (GRID.bfloat16(), torch.where(GRID == 9, -1.0, GRID).bfloat16()), "value"),
        Differ("a transposed tensor", lambda: (GRID, GRID.t()), "shape"),
        Differ("a tensor and its array", lambda: (torch.ones(2), torch.ones(2).numpy()), "type"),
        Differ("a tensor and its list", lambda: (torch.ones(2), [1.0, 1.0]), "type"),
        Differ("learning and not", lambda: (torch.ones(2), torch.ones(2, requires_grad=True)), "value"),
        Differ("a tensor and a parameter", lambda: (torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.ones(2))), "type"),
        Differ("attributes", lambda: (_tagged("a"), _tagged("b")), "value"),
        Agree("a view and a copy", lambda: (torch.arange(6)[::2], torch.tensor([0, 2, 4]))),
        Agree("columns first", lambda: (GRID, GRID.t().contiguous().t())),
        Agree("columns first, of halves", lambda: (GRID.bfloat16(), GRID.t().contiguous().t().bfloat16())),
        Agree("one row, repeated without memory", lambda: (torch.arange(3).expand(400, 3), torch.arange(3).repeat(400, 1))),
        Agree("payloads of NaN", lambda: (_half(0), _half(1))),
        Agree("a conjugate that is still to come", lambda: (torch.tensor([1 + 2j]).conj(), torch.tensor([1 - 2j]))),
        Agree("a way to the value", lambda: (torch.ones(2, requires_grad=True), (torch.ones(2, requires_grad=True) * 1))),
        Refuse("a tensor without content", lambda: torch.ones(2).to("meta")),
        Stable("a grid", lambda: GRID),
        Stable("halves", lambda: GRID.to(torch.bfloat16)),
    ),
    "torch sparse or quantised tensor": (
        Differ("sparse and dense", _quietly(lambda: (torch.eye(3).to_sparse(), torch.eye(3))), "type"),
        Differ("formats", _quietly(lambda: (torch.eye(3).to_sparse_csr(), torch.eye(3).to_sparse_csc())), "type"),
        Differ("shape", _quietly(lambda: (torch.zeros(2, 3).to_sparse(), torch.zeros(3, 2).to_sparse())), "shape"),
        Differ("an entry", _quietly(lambda: (torch.eye(3).to_sparse(), (torch.eye(3) * 2).to_sparse())), "value"),
        Differ("scales", _quietly(lambda: (_quantised(0.1, 10), _quantised(0.2, 10))), "value"),
        Differ("zero points", _quietly(lambda: (_quantised(0.5, 10), _quantised(0.5, 11))), "value"),
        Differ("quantised and not", _quietly(lambda: (_quantised(0.5, 10), torch.ones(2))), "type"),
        Differ("tensors in a tensor, cut elsewhere", _quietly(lambda: (torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]), torch.nested.nested_tensor([torch.ones(2), torch.ones(1)]))), "length"),
        Agree("entries of one place", _quietly(lambda: (torch.sparse_coo_tensor([[0, 0], [1, 1]], [1.0, 2.0], (2, 2)), torch.sparse_coo_tensor([[0], [1]], [3.0], (2, 2))))),
        Agree("merged and not", _quietly(lambda: (torch.eye(3).to_sparse(), torch.eye(3).to_sparse().coalesce()))),
        Stable("rows", _quietly(lambda: torch.eye(3).to_sparse_csr(dense_dim=0))),
    ),
    "torch.nn.Module": (
        Differ("weights", lambda: (_model(0), _model(1)), "value"),
        Differ("training and not", lambda: (_model(), _model().eval()), "value"),
        Differ("a number that is no weight", lambda: (Scaled(1.0), Scaled(2.0)), "value"),
        Differ("classes", lambda: (torch.nn.ReLU(), torch.nn.Tanh()), "type"),
        Differ("order of layers", lambda: (torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Tanh()), torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU())), "order"),
        Differ("a hook", lambda: (_model(), _hooked(0)), "value"),
        Differ("a model and its weights", lambda: (_model(), _model().state_dict()), "type"),
        Differ("frozen and not", lambda: (_model(), _model().requires_grad_(requires_grad=False)), "value"),
        Agree("one seed", lambda: (_model(), _model())),
        Agree("a copy", lambda: (_model(), copy.deepcopy(_model()))),
        Agree("gradients that were left behind", lambda: (_model(), _after(_model()))),
        Agree("how many hooks there were before", lambda: (_hooked(0), _hooked(3))),
        Agree("a class that was made for it", lambda: (_weighted(), _weighted())),
        Refuse("compiled to a script", _quietly(lambda: torch.jit.script(torch.nn.Linear(2, 2)))),
        Stable("a model", _model),
    ),
    "torch name or generator": (
        Differ("dtypes", lambda: (torch.float32, torch.float64), "value"),
        Differ("devices", lambda: (torch.device("cpu"), torch.device("cuda")), "value"),
        Differ("numbers of devices", lambda: (torch.device("cuda:0"), torch.device("cuda:1")), "value"),
        Differ("a size and a tuple", lambda: (torch.Size([1, 2]), (1, 2)), "type"),
        Differ("a dtype and its name", lambda: (torch.float32, "torch.float32"), "type"),
        Differ("layouts", lambda: (torch.strided, torch.sparse_coo), "value"),
        Differ("seeds", lambda: (torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)), "value"),
        Differ("distributions", lambda: (torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(0.0, 2.0)), "value"),
        Agree("two names of a dtype", lambda: (torch.float, torch.float32)),
        Agree("one seed", lambda: (torch.Generator().manual_seed(1), torch.Generator().manual_seed(1))),
        Stable("a dtype", lambda: torch.bfloat16),
    ),
}  # fmt: skip
