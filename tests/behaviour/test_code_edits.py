"""An edit that changes what a task computes makes a miss that names it; any other edit makes none.

A small project is written once for every row of two tables, each time with one edit and in another folder, and
loaded by a process of its own. Its fingerprint is compared with that of the unedited project.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from recoup.testing.hashing import check_edits, edits

PROJECT = {
    "pyproject.toml": "",
    "src/shop/__init__.py": "",
    "src/shop/tasks.py": '''
        """Tasks of the shop."""
        import functools
        import logging
        import threading
        from decimal import Decimal
        from math import floor as down
        from pathlib import Path

        import numpy as np
        from recoup.tasks import task

        from shop import pricing, state, tables
        from shop.cleaning import clean, scrub as rub
        from shop.models import Basket, Model

        logger = logging.getLogger(__name__)
        lock = threading.Lock()
        client = object()
        memo = {}
        calls = 0
        LIMIT = 3
        RATES = {"eu": 0.2, "us": [0.1, 0.3]}
        HERE = Path(__file__).parent
        CONFIG_FILE = str(HERE / "config.toml")
        UNUSED = 1
        rounded = functools.partial(round, ndigits=2)


        def scale(x, by=2):
            """Scale."""
            return x * by


        def unrelated(x):
            return x


        def traced(fn):
            @functools.wraps(fn)
            def wrapper(*args):
                logger.info("called")
                return fn(*args)
            return wrapper


        @traced
        def trim(x):
            return x - 1


        @functools.lru_cache(maxsize=None)
        def slow(x):
            return x + 10


        def adder(amount):
            def add(x):
                return x + amount
            return add


        add_five = adder(5)


        @task(cache=True, retries=1)
        def prepare(x):
            return x + 1


        @task(cache=True, retries=2)
        def total(values: list, factor: int = 1) -> float:
            """Add it all up."""
            # the comment
            global calls
            calls += 1
            with lock:
                memo[factor] = client
            logger.info("working on %s", HERE, CONFIG_FILE)
            result: float = 0.0
            for value in values:
                result += scale(clean(value)) + rub(value) + down(value)
            if result > LIMIT:
                result -= RATES["eu"]
            from shop.late import finish
            basket = Basket(amount=3)
            state.seen.append(result)
            return [
                finish(result), pricing.tax(result), tables.STEPS["trim"](result), Model().predict(result), trim(slow(3)),
                add_five(1), rounded(1.234), prepare(result), np.mean(values), Decimal(1), basket, (lambda v: v * 3)(2),
            ]
        ''',
    "src/shop/cleaning.py": """
        import re

        PATTERN = re.compile("[a-z]+")


        def clean(value):
            return strip(value)


        def strip(value):
            return PATTERN.sub("", str(value))


        def scrub(value):
            return value


        def wipe(value):
            return None
        """,
    "src/shop/models.py": """
        from dataclasses import dataclass
        from typing import NamedTuple

        from recoup.tasks import task


        @dataclass
        class Basket:
            amount: int
            label: str = "none"


        class Base:
            def weight(self) -> float:
                return 0.5


        class Model(Base):
            "A model."
            rate = 2
            _cache = {}

            def predict(self, x: float) -> float:
                "Predict."
                self._cache[x] = 1
                return x * self.rate * self.weight() * self.offset

            @property
            def offset(self):
                return constant()

            @task(cache=True, retries=1)
            def score(self, x):
                return 1


        def constant():
            return 7
        """,
    "src/shop/pricing.py": """
        from shop.vat import tax as tax
        """,
    "src/shop/vat.py": """
        def tax(amount, rate=0.2):
            return amount * rate
        """,
    "src/shop/tables.py": """
        from shop.cleaning import scrub, wipe

        STEPS = {"trim": scrub, "half": lambda x: x / 2, "deep": [wipe]}
        """,
    "src/shop/late.py": """
        def finish(x):
            return x
        """,
    "src/shop/state.py": """
        seen = []
        """,
}

TASKS = "src/shop/tasks.py"
CLEANING = "src/shop/cleaning.py"
MODELS = "src/shop/models.py"


class Edit(NamedTuple):
    """Replace `old` by `new` in `file`; `changed` are the names of the parts that differ then."""

    file: str
    old: str
    new: str
    changed: str = ""


CHANGES = {
    "the task's body": Edit(TASKS, "result > LIMIT", "result >= LIMIT", "code.shop.tasks.total"),
    "the task's body, with an annotation": Edit(TASKS, "float = 0.0", "float = 1.0", "code.shop.tasks.total"),
    "a default of the task": Edit(TASKS, "factor: int = 1", "factor: int = 2", "code.shop.tasks.total"),
    "a helper": Edit(TASKS, "return x * by", "return by * x", "code.shop.tasks.scale"),
    "a default of a helper": Edit(TASKS, "by=2", "by=3", "code.shop.tasks.scale"),
    "a helper in another module": Edit(CLEANING, "return strip(value)", "return strip(value) * 2", "code.shop.cleaning.clean"),
    "a helper's helper": Edit(CLEANING, 'PATTERN.sub("", str', 'PATTERN.sub("-", str', "code.shop.cleaning.strip"),
    "an aliased helper": Edit(CLEANING, "return value\n", "return -value\n", "code.shop.cleaning.scrub"),
    "a helper behind a module and a re-export": Edit("src/shop/vat.py", "amount * rate", "amount + rate", "code.shop.vat.tax"),
    "a helper imported in the body": Edit("src/shop/late.py", "return x", "return 2 * x", "code.shop.late.finish"),
    "a helper in a table": Edit(CLEANING, "return None", "return 0", "code.shop.cleaning.wipe"),
    "a lambda in the body": Edit(TASKS, "v * 3", "v * 4", "code.shop.tasks.total"),
    "an entry of a table": Edit("src/shop/tables.py", '"trim": scrub', '"trim": wipe', "code.shop.tables.STEPS"),
    "a decorated helper": Edit(TASKS, "return x - 1", "return x - 2", "code.shop.tasks.trim"),
    "a decorator of a helper": Edit(
        TASKS, "return fn(*args)", "return fn(*args) + 1", "code.shop.tasks.traced code.shop.tasks.traced.<locals>.wrapper"
    ),
    "a memoised helper": Edit(TASKS, "return x + 10", "return x + 11", "code.shop.tasks.slow"),
    "what a closure holds": Edit(TASKS, "adder(5)", "adder(6)", "code.shop.tasks.adder.<locals>.add.amount"),
    "a closure's code": Edit(TASKS, "return x + amount", "return amount + x", "code.shop.tasks.adder.<locals>.add"),
    "another task": Edit(TASKS, "return x + 1\n", "return x + 2\n", "code.shop.tasks.prepare"),
    "a number": Edit(TASKS, "LIMIT = 3", "LIMIT = 4", "code.shop.tasks.LIMIT"),
    "a number's type": Edit(TASKS, "LIMIT = 3", "LIMIT = 3.0", "code.shop.tasks.LIMIT"),
    "a value deep in a table": Edit(TASKS, '"us": [0.1', '"us": [0.2', "code.shop.tasks.RATES"),
    "a path inside the project": Edit(TASKS, '"config.toml"', '"other.toml"', "code.shop.tasks.CONFIG_FILE"),
    "a pattern": Edit(CLEANING, "[a-z]+", "[a-z]*", "code.shop.cleaning.PATTERN"),
    "a partial": Edit(TASKS, "ndigits=2", "ndigits=1", "code.shop.tasks.rounded"),
    "what an imported name of Python is": Edit(TASKS, "math import floor as", "math import ceil as", "code.shop.tasks.total"),
    "what an imported helper is": Edit(TASKS, "scrub as rub", "wipe as rub", "code.shop.tasks.total"),
    "a method": Edit(MODELS, "return x * self.rate", "return self.rate * x", "code.shop.models.Model"),
    "a property": Edit(MODELS, "return constant()", "return constant() + 1", "code.shop.models.Model"),
    "a helper of a property": Edit(MODELS, "return 7", "return 8", "code.shop.models.constant"),
    "a class attribute": Edit(MODELS, "rate = 2", "rate = 3", "code.shop.models.Model"),
    "a base class": Edit(MODELS, "return 0.5", "return 0.6", "code.shop.models.Base"),
    "a field of a dataclass": Edit(MODELS, 'label: str = "none"', "label: str", "code.shop.models.Basket"),
    "the type of a field of a dataclass": Edit(MODELS, "amount: int", "amount: float", "code.shop.models.Basket"),
    "the order of statements": Edit(
        TASKS,
        "calls += 1\n    with lock:\n        memo[factor] = client",
        "with lock:\n        memo[factor] = client\n    calls += 1",
        "code.shop.tasks.total",
    ),
}

NO_CHANGES = {
    "nothing but the folder": Edit(TASKS, "", ""),
    "a comment": Edit(TASKS, "# the comment", "# another comment\n    # and one more"),
    "a comment in a helper's module": Edit(CLEANING, "def strip", "# strips\ndef strip"),
    "the docstring of the task": Edit(TASKS, "Add it all up.", "Sum."),
    "the docstring of a helper": Edit(TASKS, '"""Scale."""', '"""Scale by."""'),
    "a docstring is gone": Edit(TASKS, '    """Scale."""\n', ""),
    "the docstring of a module": Edit(TASKS, '"""Tasks of the shop."""', ""),
    "the docstring of a class": Edit(MODELS, '"A model."', '"Another."'),
    "the docstring of a method": Edit(MODELS, '        "Predict."\n', ""),
    "formatting": Edit(TASKS, "return x * by", "return (\n        x\n        * by\n    )"),
    "quotes and number literals": Edit(TASKS, 'RATES["eu"]', "RATES['eu']"),
    "annotations of the task": Edit(TASKS, "values: list, factor: int = 1) -> float", "values, factor=1)"),
    "the annotation of a local": Edit(TASKS, "result: float = 0.0", "result = 0.0"),
    "a bare annotation of a local": Edit(TASKS, "global calls", "note: str\n    global calls"),
    "an annotation of a helper": Edit(TASKS, "def scale(x, by=2)", "def scale(x: 'float', by: int = 2) -> 'float'"),
    "an annotation of a memoised helper": Edit(TASKS, "def slow(x)", "def slow(x: int)"),
    "an annotation of a method": Edit(MODELS, "def predict(self, x: float) -> float", "def predict(self, x)"),
    "an option of the task's decorator": Edit(TASKS, "retries=2", "retries=3"),
    "an option of another task's decorator": Edit(TASKS, "retries=1", "retries=4"),
    "an option of a method's task decorator": Edit(MODELS, "retries=1", "retries=4"),
    "the task's decorator without options": Edit(TASKS, "@task(cache=True, retries=2)", "@task"),
    "a decorator above the task's": Edit(TASKS, "@task(cache=True, retries=2)", "@(lambda t: t)\n@task(cache=True, retries=2)"),
    "an unrelated function": Edit(TASKS, "def unrelated(x):\n    return x", "def unrelated(x):\n    return x * 2"),
    "an unrelated function is new": Edit(TASKS, "def scale", "def newcomer():\n    return 1\n\n\ndef scale"),
    "an unrelated constant": Edit(TASKS, "UNUSED = 1", "UNUSED = 2"),
    "an unrelated import": Edit(TASKS, "import functools\n", "import functools\nimport json\n"),
    "an unrelated class": Edit(MODELS, "def constant", "class Other:\n    pass\n\n\ndef constant"),
    "lines moved": Edit(TASKS, "def scale", "\n\n\n\n\ndef scale"),
    "definitions in another order": Edit(CLEANING, "def clean(value):\n    return strip(value)\n", "") ,
    "where a table's entry stands": Edit("src/shop/tables.py", '"trim": scrub, "half": lambda x: x / 2,', '"half": lambda x: x / 2, "trim": scrub,'),
    "the order of a dict": Edit(TASKS, '{"eu": 0.2, "us": [0.1, 0.3]}', '{"us": [0.1, 0.3], "eu": 0.2}'),
    "the logger's name": Edit(TASKS, "getLogger(__name__)", 'getLogger("shop")'),
    "the kind of lock": Edit(TASKS, "threading.Lock()", "threading.RLock()"),
    "the start of a memo table": Edit(TASKS, "memo = {}", "memo = {1: 2}"),
    "the start of a counter": Edit(TASKS, "calls = 0", "calls = 5"),
    "the start of a list that is appended to": Edit("src/shop/state.py", "seen = []", "seen = [0]"),
    "`pass` and `...`": Edit(MODELS, "def constant():\n", "def constant():\n    ...\n    pass\n"),
    "a re-export said otherwise": Edit("src/shop/pricing.py", "from shop.vat import tax as tax", "import shop.vat\n\ntax = shop.vat.tax"),
}  # fmt: skip
NO_CHANGES["definitions in another order"] = Edit(
    CLEANING,
    'def clean(value):\n    return strip(value)\n\n\ndef strip(value):\n    return PATTERN.sub("", str(value))\n',
    'def strip(value):\n    return PATTERN.sub("", str(value))\n\n\ndef clean(value):\n    return strip(value)\n',
)

# Loads each project in a child of its own: nothing of one is left in the next.
LOADER = """
import json, os, sys
import numpy
import recoup.tasks, recoup.hashing.code
for root in sys.argv[1:]:
    if os.fork() == 0:
        try:
            sys.path.insert(0, root + "/src")
            from shop.tasks import total
            found = recoup.hashing.code.fingerprint(total)
            report = {
                "digest": str(found.digest), "identity": recoup.hashing.code.identity(total), "not_covered": found.not_covered,
                "own": str(recoup.hashing.code.source_token(total)),
                "parts": {part.name: part.digest for part in found.parts},
            }
        except BaseException as exc:
            import traceback
            report = {"error": traceback.format_exc()}
        with open(root + "/report.json", "w") as file:
            json.dump(report, file)
        os._exit(0)
    os.wait()
"""


def dedent(text):
    lines = text.strip("\n").split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] if line.strip() else "" for line in lines)


def write(root, edit):
    for name, text in PROJECT.items():
        content = dedent(text)
        if name == edit.file:
            assert edit.old in content, f"{edit.old!r} is not in {name}"
            content = content.replace(edit.old, edit.new) if edit.old else content
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return what was found in the project under every edit."""
    folder = tmp_path_factory.mktemp("projects")
    edits = {"original": Edit(TASKS, "", ""), **CHANGES, **NO_CHANGES}
    roots = {name: folder / f"checkout{number}" for number, name in enumerate(edits)}
    for name, edit in edits.items():
        write(roots[name], edit)
    subprocess.run([sys.executable, "-c", LOADER, *map(str, roots.values())], check=True, timeout=100, cwd=folder)
    found = {name: json.loads((root / "report.json").read_text()) for name, root in roots.items()}
    for name, report in found.items():
        assert "error" not in report, f"{name}: {report['error']}"
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_an_edit_of_reached_code_is_a_miss_that_names_it(reports, name):
    before, after = reports["original"]["parts"], reports[name]["parts"]
    assert reports[name]["digest"] != reports["original"]["digest"]
    assert {part for part in before if part in after and before[part] != after[part]} == set(CHANGES[name].changed.split())


@pytest.mark.parametrize("name", NO_CHANGES)
def test_an_edit_of_anything_else_is_a_hit(reports, name):
    before, after = reports["original"], reports[name]
    assert after["parts"] == before["parts"]
    assert after["digest"] == before["digest"]


def test_the_task_has_the_same_identity_under_every_edit(reports):
    assert {report["identity"] for report in reports.values()} == {"shop.tasks:total"}


def test_its_own_syntax_changes_only_with_its_own_edits(reports):
    own = reports["original"]["own"]
    assert reports["the task's body"]["own"] != own
    assert reports["a helper"]["own"] == own
    assert all(reports[name]["own"] == own for name in NO_CHANGES)


def test_what_has_no_stable_content_is_named(reports):
    assert {text.partition(": ")[0] for text in reports["original"]["not_covered"]} >= {
        "code.shop.tasks.logger", "code.shop.tasks.lock", "code.shop.tasks.client", "code.shop.tasks.memo",
        "code.shop.tasks.calls", "code.shop.state.seen",
    }  # fmt: skip


def test_a_library_is_known_by_its_version(reports):
    import numpy as np

    assert "package.numpy" in reports["original"]["parts"]
    assert bytes.fromhex(reports["original"]["parts"]["package.numpy"])
    assert np.__version__


def test_no_edit_of_the_corpus_is_wrong(monkeypatch):
    """Every edit that can change a result changes the key, and no other does: each in a project and process of its own."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    report = check_edits("keys_of_calls:by_recoup")
    assert not report.faults
    assert sum(edit.invalidates for edit in edits()) > 150
    assert sum(not edit.invalidates for edit in edits()) > 70


STARTED = """
import json, sys
from recoup.hashing.code import fingerprint, identity
from recoup.tasks import task
LIMIT = 3

def helper(x):
    return x + LIMIT

class Kind:
    def go(self): return helper(1)

@task(cache=True)
def work(x):
    return helper(x), Kind

if __name__ == "__main__":
    print(identity(work), fingerprint(work).digest)
"""


def test_script_module_and_import_agree(tmp_path):
    """One program started in four ways from three folders is one program."""
    package = tmp_path / "src" / "app"
    package.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (package / "__init__.py").touch()
    (package / "job.py").write_text(STARTED)
    importing = "import sys; sys.path.insert(0, {!r}); from app.job import *; print(identity(work), fingerprint(work).digest)"
    starts = [
        ([str(package / "job.py")], tmp_path),
        (["job.py"], package),
        (["-m", "app.job"], tmp_path / "src"),
        (["-c", importing.format(str(tmp_path / "src"))], "/"),
    ]
    said = {
        subprocess.run([sys.executable, *arguments], check=True, timeout=100, cwd=folder, capture_output=True, text=True).stdout
        for arguments, folder in starts
    }
    assert len(said) == 1
    assert said.pop().startswith("app.job:work ")
