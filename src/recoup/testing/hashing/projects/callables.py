"""Functions that are found in data: tables, registries, dispatchers, closures, wrappers, tasks."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "callables",
    {
        "pyproject.toml": "",
        "plant/__init__.py": "",
        "plant/registry.py": """
            import functools

            HANDLERS = {}
            HOOKS = []


            def register(name, *, strict=False):
                def keep(function):
                    HANDLERS[name] = function
                    return function
                return keep


            def hook(function):
                HOOKS.append(function)
                return function


            class Router:
                def __init__(self):
                    self.routes = {}

                def on(self, path):
                    def keep(function):
                        self.routes[path] = function
                        return function
                    return keep

                def go(self, path, x):
                    return self.routes[path](x)


            router = Router()


            @functools.singledispatch
            def render(value):
                return 1


            class Plugin:
                known = {}

                def __init_subclass__(cls):
                    Plugin.known[cls.__name__] = cls
            """,
        "plant/handlers.py": """
            from functools import singledispatchmethod

            from plant.registry import Plugin, hook, register, render, router


            @register("double", strict=True)
            def double(x):
                return x * 2


            @hook
            def after(x):
                return x + 3


            @router.on("/home")
            def home(x):
                return x + 4


            @render.register(int)
            def _(value):
                return 5


            @render.register
            def _(value: str):
                return 6


            class Shouting(Plugin):
                def run(self, x):
                    return x + 7


            class Formatter:
                @singledispatchmethod
                def show(self, value):
                    return 8

                @show.register
                def _(self, value: int):
                    return 9
            """,
        "plant/wrapping.py": """
            import contextlib
            import functools


            def traced(function):
                @functools.wraps(function)
                def wrapper(*args, **options):
                    return function(*args, **options) + 10
                return wrapper


            def repeated(times):
                def around(function):
                    @functools.wraps(function)
                    def wrapper(*args):
                        return [function(*args) for _ in range(times)]
                    return wrapper
                return around


            class Retrying:
                def __init__(self, function):
                    functools.update_wrapper(self, function)
                    self.function = function
                    self.times = 11

                def __call__(self, *args):
                    return self.function(*args)


            def bare(function):
                def hidden(*args):
                    return function(*args)
                return hidden


            @contextlib.contextmanager
            def opened(x):
                yield x + 12


            def compose(*functions):
                def composed(x):
                    for function in functions:
                        x = function(x)
                    return x
                return composed
            """,
        "plant/app.py": """
            import functools
            import operator

            import plant.handlers
            from plant.registry import HANDLERS, HOOKS, Plugin, render, router
            from plant.wrapping import Retrying, bare, compose, opened, repeated, traced
            from recoup import flow, task


            def first(x):
                return x + 13


            def second(x):
                return x + 14


            def third(x):
                return x + 15


            def fourth(x):
                return x + 16


            STEPS = {"first": first, "nested": {"second": second}}
            ORDER = [third, (fourth, 17)]
            POWER = functools.partial(pow, exp=18)
            PICK = operator.itemgetter(19)


            @traced
            def decorated(x):
                return x + 20


            @repeated(21)
            def many(x):
                return x + 22


            @Retrying
            def wrapped(x):
                return x + 23


            @bare
            def unnamed(x):
                return x + 24


            @functools.lru_cache(maxsize=25)
            def memoised(x):
                return x + 26


            def one(x):
                return x + 27


            def two(x):
                return x + 28


            PIPELINE = compose(one, two)


            def counter(start=29):
                step = 30

                def count(x):
                    return x + start + step
                return count


            COUNT = counter()


            @task(cache=True, retries=31)
            def prepare(x):
                return x + 32


            @flow(name="inner")
            def inner_flow(x):
                return x + 33


            class Tool:
                def use(self, x):
                    return x + 34

                def other(self, x):
                    return x + 35


            USE = Tool().use
            FORMATTER = plant.handlers.Formatter()


            def recursive(x):
                return even(x - 1) if x else 36


            def even(x):
                return recursive(x - 1) if x else 37


            def untouched(x):
                return x + 38


            TABLE_OF_OTHERS = {"untouched": untouched}


            def dispatched(name, x):
                return globals()[name](x)


            def work(x, name="first"):
                with opened(x) as y:
                    pass
                return [
                    STEPS[name](x), [step(x) for step in ORDER[:1]], POWER(x), PICK([x]), decorated(x), many(x), wrapped(x),
                    unnamed(x), memoised(x), PIPELINE(x), COUNT(x), prepare(x), inner_flow, USE(x), recursive(x),
                    HANDLERS["double"](x), [hook(x) for hook in HOOKS], router.go("/home", x), render(x), Plugin.known,
                    FORMATTER.show(x), y,
                ]


            def arguments():
                return {"x": 1}
            """,
    },
    call="plant.app:work",
    arguments="plant.app:arguments",
)

APP, HANDLERS, WRAPPING, REGISTRY = "plant/app.py", "plant/handlers.py", "plant/wrapping.py", "plant/registry.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "a handler registered in another module": (HANDLERS, "x * 2", "x * 3"),
        "the name under which a handler is registered": (HANDLERS, '@register("double"', '@register("twice"'),
        "a hook in a list that another module fills": (HANDLERS, "x + 3", "x + 30"),
        "a handler kept by an instance": (HANDLERS, "x + 4", "x + 40"),
        "how an instance finds its handlers": (REGISTRY, "self.routes[path](x)", "self.routes[path](-x)"),
        "a case of a generic function": (HANDLERS, "return 5", "return 50"),
        "a case of a generic function by annotation": (HANDLERS, "return 6", "return 60"),
        "the type of a case of a generic function": (HANDLERS, "value: str", "value: bytes"),
        "the default case of a generic function": (REGISTRY, "return 1", "return 10"),
        "a subclass that registers itself": (HANDLERS, "x + 7", "x + 70"),
        "a generic method": (HANDLERS, "return 8", "return 80"),
        "a case of a generic method": (HANDLERS, "return 9", "return 90"),
        "a decorator": (WRAPPING, "**options) + 10", "**options) + 100"),
        "a decorator's argument": (APP, "@repeated(21)", "@repeated(22)"),
        "what a decorator with arguments makes": (WRAPPING, "range(times)", "range(times + 1)"),
        "a class that decorates": (WRAPPING, "return self.function(*args)", "return -self.function(*args)"),
        "what a class that decorates keeps": (WRAPPING, "self.times = 11", "self.times = 12"),
        "a function below a class that decorates": (APP, "x + 23", "x + 230"),
        "a decorated function": (APP, "x + 20", "x + 200"),
        "a function below a decorator with arguments": (APP, "x + 22", "x + 220"),
        "a function below a decorator that hides it": (APP, "x + 24", "x + 240"),
        "a memoised function": (APP, "x + 26", "x + 260"),
        "a context manager": (WRAPPING, "yield x + 12", "yield x + 120"),
        "a function in a table": (APP, "x + 13", "x + 130"),
        "a function deep in a table": (APP, "x + 14", "x + 140"),
        "a function in a list": (APP, "x + 15", "x + 150"),
        "data beside a function in a list": (APP, "(fourth, 17)", "(fourth, 170)"),
        "the order of functions in a list": (APP, "[third, (fourth, 17)]", "[(fourth, 17), third]"),
        "the argument of a partial": (APP, "exp=18", "exp=180"),
        "what picks an item": (APP, "itemgetter(19)", "itemgetter(20)"),
        "a function of a composition": (APP, "x + 27", "x + 270"),
        "the order of a composition": (APP, "compose(one, two)", "compose(two, one)"),
        "what a closure encloses": (APP, "step = 30", "step = 31"),
        "a default that a closure encloses": (APP, "start=29", "start=30"),
        "another task": (APP, "x + 32", "x + 320"),
        "a flow": (APP, "x + 33", "x + 330"),
        "a bound method": (APP, "x + 34", "x + 340"),
        "functions that call each other": (APP, "else 37", "else 370"),
    },
    do_not_matter={
        "an option of another task": (APP, "retries=31", "retries=32"),
        "the name of a flow": (APP, 'name="inner"', 'name="other"'),
        "a function of a table that nothing reads": (APP, "x + 38", "x + 380"),
        "where a function of a table stands": (
            APP,
            '{"first": first, "nested": {"second": second}}',
            '{"nested": {"second": second}, "first": first}',
        ),
    },
)
