"""One value, many processes: hash seeds, working directories, scripts and imports all agree."""

import subprocess
import sys
import textwrap

PROGRAM = """
import collections, dataclasses, datetime, decimal, enum, functools, pathlib, re, sys, types, uuid
import numpy as np, pandas as pd, pyarrow as pa
from sklearn.tree import DecisionTreeClassifier
from recoup.hashing import Hasher, digest

class Color(enum.Enum):
    RED = 1

@dataclasses.dataclass
class Config:
    tags: frozenset = frozenset({"a", "b", "c"})
    opts: dict = dataclasses.field(default_factory=lambda: {k: {k, k * 2} for k in "xyz"})

class Plain:
    def __init__(self):
        self.__dict__.update({k: k for k in {"p", "q", "r", "s"}})

def helper(x):
    return x

features = np.random.default_rng(0).random((40, 3))
values = [
    {"a", "b", "c", "d"}, {k: i for i, k in enumerate(sorted("abc"))}, {("a", i): {i, "b"} for i in range(5)},
    Config(), Config, Plain(), Plain, helper, (lambda x: x + 1), functools.partial(helper, 1), Color.RED, Color,
    np.arange(10), np.array(["a", None, 1, {"s", "t"}], object), pd.DataFrame({"a": ["x", None], "b": [1, 2.5]}),
    pa.table({"a": [1, None]}), DecisionTreeClassifier(random_state=0).fit(features, features[:, 0] > 0.5),
    datetime.datetime(2026, 1, 1), decimal.Decimal("1.5"), pathlib.Path("a"), re.compile("a"), uuid.UUID(int=1),
    collections.Counter("aab"), types.SimpleNamespace(a={"x", "y"}), ValueError("x"), int | str, sys, {Config, Plain, helper},
]
if __name__ == "__main__":
    for value in values:
        print(digest(value))
    print(sorted(Hasher().leaves(values[3]).items()))
"""


def _run(arguments, cwd, seed):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(cwd), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_every_process_finds_the_same_digests(tmp_path):
    for project in (tmp_path / "here", tmp_path / "elsewhere" / "deep"):
        project.mkdir(parents=True)
        (project / "pyproject.toml").touch()
        (project / "program.py").write_text(textwrap.dedent(PROGRAM))
        (project / "sub").mkdir()
    here, there = tmp_path / "here", tmp_path / "elsewhere" / "deep"
    imported = "import program\nfrom recoup.hashing import digest\nfor value in program.values: print(digest(value))"
    script = _run(["program.py"], here, "1")
    assert len(script) == 29
    assert _run(["program.py"], here, "2") == script
    assert _run([str(there / "program.py")], there / "sub", "3") == script
    assert _run(["-m", "program"], there, "4") == script
    assert _run(["-c", imported], here, "5") == script[:-1]
