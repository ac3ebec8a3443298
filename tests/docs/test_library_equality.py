"""The second table of what is equal, in `docs/keys.md`: every line about another library's values is a test."""

import itertools
import re
from pathlib import Path

import attrs
import msgspec
import pydantic
import pytest

from recoup.hashing import digest

PAGE = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8").partition("### Types of other libraries")[2]
ROWS = re.findall(r"^\| (.*) \|$", PAGE.partition("\n## ")[0], re.MULTILINE)[1:]

LIBRARIES = {
    "np": "numpy", "ma": "numpy.ma", "pd": "pandas", "pa": "pyarrow", "pl": "polars", "sparse": "scipy.sparse", "xr": "xarray", "torch": "torch", "jax": "jax",
    "jnp": "jax.numpy", "Image": "PIL.Image", "nx": "networkx", "Ridge": "sklearn.linear_model",
}  # fmt: skip


class Model(pydantic.BaseModel):
    a: int = 1


class Struct(msgspec.Struct):
    a: int


@attrs.define
class Attrs:
    a: int


def value(expression):
    names = {"Model": Model, "Struct": Struct, "Attrs": Attrs}
    for name in set(re.findall(r"\w+", expression)) & set(LIBRARIES):
        module = pytest.importorskip(LIBRARIES[name])
        names[name] = getattr(module, name) if name == "Ridge" else module
    return eval(expression, names)  # noqa: S307 - an expression of our own page


@pytest.mark.parametrize("row", ROWS, ids=[row.partition(" |")[0] for row in ROWS])
def test_a_line_of_the_table_is_true(row):
    _, equal, different, _ = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|"))
    assert len(equal) > 1
    assert len({digest(value(expression)) for expression in equal}) == 1
    for one, other in itertools.combinations([equal[0], *different], 2):
        assert digest(value(one)) != digest(value(other)), (one, other)
