"""Code inside arguments: classes of instances, callbacks, partials, bound methods, anywhere in a nesting."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "arguments",
    {
        "pyproject.toml": "",
        "bench/__init__.py": "",
        "bench/models.py": """
            import enum
            from dataclasses import dataclass, field
            from typing import NamedTuple

            from bench.mathematics import weigh

            BIAS = 1


            class Root:
                def inherited(self):
                    return 2


            class Model(Root):
                version = 3

                def __init__(self):
                    self.weights = [1, 2]

                def score(self, rows):
                    return weigh(rows) + BIAS

                def unused(self):
                    return 4


            @dataclass
            class Nested:
                inside: object = None

                def go(self):
                    return 5


            class Row(NamedTuple):
                value: int

                def total(self):
                    return self.value + 6


            class Colour(enum.Enum):
                RED = "red"

                def shade(self):
                    return 7


            class Names(list):
                def joined(self):
                    return 8


            class Told:
                def __recoup_digest__(self):
                    return "told"

                def go(self):
                    return 9


            class ByClass:
                def go(self):
                    return 10


            class Broken(ValueError):
                def __str__(self):
                    return "11"


            class Slotted:
                __slots__ = ("x",)

                def __init__(self):
                    self.x = 1

                def go(self):
                    return 12


            class NotGiven:
                def go(self):
                    return 13


            class Ignored:
                def go(self):
                    return 14
            """,
        "bench/mathematics.py": """
            def weigh(rows):
                return sum(rows) + 20
            """,
        "bench/callbacks.py": """
            import functools


            def callback(x):
                return helper(x)


            def helper(x):
                return x + 21


            def partial_of(x, by):
                return x + 22


            class Tool:
                def use(self, x):
                    return x + 23


            def in_list(x):
                return x + 24


            def decorate(function):
                @functools.wraps(function)
                def wrapper(x):
                    return function(x) + 25
                return wrapper


            @decorate
            def decorated(x):
                return x + 26


            @functools.lru_cache
            def memoised(x):
                return x + 27


            def maker(amount):
                def inner(x):
                    return x + amount + 28
                return inner


            def not_given(x):
                return x + 29
            """,
        "bench/whole.py": """
            def in_module(x):
                return x + 30
            """,
        "bench/app.py": """
            import functools

            from recoup import task
            from recoup.cache_policies import CODE, INPUTS


            def evaluate(model, nested, table, callbacks, kind, module, ignored):
                return model.score([1])


            run = task(cache_policy=CODE + INPUTS - "ignored")(evaluate)


            def arguments():
                from bench import callbacks, models, whole

                return {
                    "model": models.Model(),
                    "nested": models.Nested([{"deep": models.Nested(models.Row(1))}]),
                    "table": {models.Colour.RED: models.Names("ab"), "told": models.Told(), "broken": models.Broken(1),
                              "slotted": models.Slotted()},
                    "callbacks": [
                        callbacks.callback, functools.partial(callbacks.partial_of, by=1), callbacks.Tool().use,
                        {"in": (callbacks.in_list,)}, callbacks.decorated, callbacks.memoised, callbacks.maker(2),
                        lambda x: x + 31,
                    ],
                    "kind": models.ByClass,
                    "module": whole,
                    "ignored": models.Ignored(),
                }
            """,
    },
    call="bench.app:run",
    arguments="bench.app:arguments",
)

MODELS, CALLBACKS, MATHS, APP = "bench/models.py", "bench/callbacks.py", "bench/mathematics.py", "bench/app.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "a method of an argument's class": (MODELS, "weigh(rows) + BIAS", "weigh(rows) - BIAS"),
        "a method of its base": (MODELS, "return 2", "return 20"),
        "a class attribute": (MODELS, "version = 3", "version = 30"),
        "a constant that its method reads": (MODELS, "BIAS = 1", "BIAS = 1.0"),
        "a helper of its method in another module": (MATHS, "+ 20", "+ 200"),
        "a dataclass that holds others": (MODELS, "return 5", "return 50"),
        "a named tuple deep inside": (MODELS, "self.value + 6", "self.value + 60"),
        "an enum that is a key": (MODELS, "return 7", "return 70"),
        "a subclass of list": (MODELS, "return 8", "return 80"),
        "a class that says what stands for it": (MODELS, "return 9", "return 90"),
        "a class that is itself an argument": (MODELS, "return 10", "return 100"),
        "an exception": (MODELS, 'return "11"', 'return "110"'),
        "a class with slots": (MODELS, "return 12", "return 120"),
        "a callback": (CALLBACKS, "return helper(x)", "return -helper(x)"),
        "a helper of a callback": (CALLBACKS, "x + 21", "x + 210"),
        "the function of a partial": (CALLBACKS, "x + 22", "x + 220"),
        "a bound method": (CALLBACKS, "x + 23", "x + 230"),
        "a function deep in a list": (CALLBACKS, "x + 24", "x + 240"),
        "the decorator of a callback": (CALLBACKS, "function(x) + 25", "function(x) + 250"),
        "a decorated callback": (CALLBACKS, "x + 26", "x + 260"),
        "a memoised callback": (CALLBACKS, "x + 27", "x + 270"),
        "a closure": (CALLBACKS, "amount + 28", "amount + 280"),
        "a lambda": (APP, "x + 31", "x + 310"),
        "a function of a module that is an argument": ("bench/whole.py", "x + 30", "x + 300"),
    },
    do_not_matter={
        "a class of which nothing is given": (MODELS, "return 13", "return 130"),
        "a function that is not given": (CALLBACKS, "x + 29", "x + 290"),
        "the class of an argument that is left out of the key": (MODELS, "return 14", "return 140"),
        "a comment in a method": (MODELS, "return weigh(rows)", "# weigh them\n        return weigh(rows)"),
        "an annotation in a callback": (CALLBACKS, "def callback(x):", "def callback(x: int) -> int:"),
    },
)
