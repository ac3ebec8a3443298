"""Values of torch."""

from __future__ import annotations

from typing import Final

import torch

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "torch.Tensor": (
        Differ("dtype", lambda: (torch.zeros(2), torch.zeros(2, dtype=torch.int32)), "dtype"),
        Agree("a view and a copy", lambda: (torch.arange(6)[::2], torch.tensor([0, 2, 4]))),
    ),
}  # fmt: skip
