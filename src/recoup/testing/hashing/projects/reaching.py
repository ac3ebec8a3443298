"""Helpers behind packages, aliases, chains of attributes, imports in bodies, stars and conditions."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

PROJECT = Project(
    "reaching",
    {
        "pyproject.toml": "",
        "src/trip/__init__.py": """
            from .inner.deep import measured
            from trip.names import *
            """,
        "src/trip/names.py": """
            __all__ = ["starred", "LIMITS"]

            LIMITS = (1, 2)


            def starred(x):
                return x + hidden(x)


            def hidden(x):
                return x


            def unlisted(x):
                return x
            """,
        "src/trip/inner/__init__.py": "from . import deep, wide as broad\n",
        "src/trip/inner/deep.py": """
            from ..shared import scale as rescale


            def measured(x):
                return rescale(x) + 1


            def chained(x):
                return x * 5
            """,
        "src/trip/inner/wide.py": """
            def widened(x):
                return x + 100
            """,
        "src/trip/inner/__main__.py": "",
        "src/trip/shared.py": """
            FACTOR = 3


            def scale(x):
                return x * FACTOR
            """,
        "src/trip/lazy.py": """
            def __getattr__(name):
                if name == "computed":
                    return later
                raise AttributeError(name)


            def later(x):
                return x + 7
            """,
        "src/trip/late.py": """
            def finish(x):
                return x - 1


            def optional(x):
                return x - 2


            def literal(x):
                return x - 3
            """,
        "src/trip/typed.py": """
            class Shape:
                def area(self):
                    return 1
            """,
        "src/trip/fast.py": """
            def speed(x):
                return x + 9
            """,
        "src/trip/app.py": '''
            from __future__ import annotations

            import sys
            from typing import TYPE_CHECKING

            import trip
            import trip.inner.deep
            import trip.lazy
            import trip.late as late_module
            from trip import LIMITS, measured as renamed, starred
            from trip import inner

            if TYPE_CHECKING:
                from trip.typed import Shape

            try:
                from trip.missing import speed
            except ImportError:
                from trip.fast import speed

            if sys.version_info >= (3, 8):
                def chosen(x):
                    return x + 11
            else:
                def chosen(x):
                    return x + 12


            def walrus(x):
                return x + 21


            def in_comprehension(x):
                return x + 22


            def in_match(x):
                return x + 23


            def in_lambda(x):
                return x + 24


            def in_default():
                return 25


            def in_nested(x):
                return x + 26


            def in_fstring(x):
                return x + 27


            def in_handler(x):
                return x + 28


            def in_decorator(function):
                return function


            def shadowed(x):
                return x + 29


            def in_string(x):
                return x + 30


            async def waited(x):
                return x + 31


            def yielded(x):
                yield x + 32


            def work(x: int, shape: Shape | None = None) -> list:
                """Work."""
                from trip.late import finish
                from . import fast as quick
                import trip.inner.wide
                if (found := walrus(x)) and x:
                    x = found
                shadowed = len

                @in_decorator
                def nested(y, z=in_default()):
                    return in_nested(y)

                async def coroutine():
                    return await waited(x)

                match x:
                    case int() if in_match(x):
                        pass
                    case _:
                        pass
                try:
                    items = [in_comprehension(i) for i in range(x) if i]
                except ValueError:
                    items = in_handler(x)
                return [
                    items, renamed(x), starred(x), LIMITS, trip.inner.deep.chained(x), inner.broad.widened(x), finish(x),
                    getattr(late_module, "literal")(x), trip.lazy.computed(x), speed(x), chosen(x), (lambda v: in_lambda(v))(x),
                    nested(x), f"{in_fstring(x)}", coroutine, list(yielded(x)), shadowed([x]), quick.speed(x),
                ]


            def arguments():
                return {"x": 1}
            ''',
    },
    call="trip.app:work",
    arguments="trip.app:arguments",
)

APP = "src/trip/app.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "a helper re-exported by its package": ("src/trip/inner/deep.py", "rescale(x) + 1", "rescale(x) + 2"),
        "a relative import's helper": ("src/trip/shared.py", "x * FACTOR", "FACTOR * x"),
        "a constant behind two modules": ("src/trip/shared.py", "FACTOR = 3", "FACTOR = 4"),
        "a helper imported by a star": ("src/trip/names.py", "x + hidden(x)", "x - hidden(x)"),
        "a helper of one imported by a star": (
            "src/trip/names.py",
            "def hidden(x):\n    return x",
            "def hidden(x):\n    return -x",
        ),
        "a constant imported by a star": ("src/trip/names.py", "(1, 2)", "(1, 3)"),
        "a helper at the end of a chain of attributes": ("src/trip/inner/deep.py", "x * 5", "x * 6"),
        "a module with another name in its package": ("src/trip/inner/wide.py", "x + 100", "x + 101"),
        "a helper imported in the body": ("src/trip/late.py", "x - 1", "x - 10"),
        "a helper named by getattr": ("src/trip/late.py", "x - 3", "x - 30"),
        "a name that a module's __getattr__ gives": ("src/trip/lazy.py", "x + 7", "x + 8"),
        "the import that is used where another fails": ("src/trip/fast.py", "x + 9", "x + 90"),
        "the branch of a condition that is taken": (APP, "x + 11", "x + 110"),
        "a helper called in a walrus": (APP, "x + 21", "x + 210"),
        "a helper called in a comprehension": (APP, "x + 22", "x + 220"),
        "a helper called in the guard of a match": (APP, "x + 23", "x + 230"),
        "a helper called in a lambda": (APP, "x + 24", "x + 240"),
        "a helper called in a default of a nested function": (APP, "return 25", "return 250"),
        "a helper called in a nested function": (APP, "x + 26", "x + 260"),
        "a helper called in an f-string": (APP, "x + 27", "x + 270"),
        "a helper called in a handler of errors": (APP, "x + 28", "x + 280"),
        "a decorator of a nested function": (APP, "return function\n", "return lambda *a: 0\n"),
        "a coroutine": (APP, "x + 31", "x + 310"),
        "a generator": (APP, "x + 32", "x + 320"),
        "a name that was missing is there now": ("src/trip/missing.py", "", "def speed(x):\n    return 0\n"),
    },
    do_not_matter={
        "a function of a module that is imported by a star": (
            "src/trip/names.py",
            "def unlisted(x):\n    return x",
            "def unlisted(x):\n    return 0",
        ),
        "the branch of a condition that is not taken": (APP, "x + 12", "x + 120"),
        "a function whose name a local hides": (APP, "x + 29", "x + 290"),
        "a function named in a text only": (APP, "x + 30", "x + 300"),
        "a class imported for type checkers": ("src/trip/typed.py", "return 1", "return 2"),
        "a module of the package that nothing uses": ("src/trip/inner/__main__.py", "", "print('hello')\n"),
        "a function beside the one that is imported": ("src/trip/late.py", "x - 2", "x - 20"),
        "an annotation": (APP, "x: int, shape: Shape | None = None) -> list", "x, shape=None)"),
    },
)
