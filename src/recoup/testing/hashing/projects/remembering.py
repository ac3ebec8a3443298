"""Objects that remember: memos, counters, settings that are loaded, registries in the order in which they were filled."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "remembering",
    {
        "pyproject.toml": "",
        "library.py": """
            RATE = 1


            def replaced(x):
                return 1
            """,
        "desk.py": """
            import colorsys
            from dataclasses import dataclass, field

            import library


            class Counter:
                def __init__(self, step):
                    self.count = 0
                    self.step = step

                def next(self):
                    self.count += self.step
                    return 1


            class Client:
                timeout = 2

                def __init__(self, url):
                    self.url = url
                    self.answers = {}

                def get(self, x):
                    return self._remembered(x)

                def _remembered(self, x):
                    self.answers[x] = x
                    return x


            @dataclass
            class Settings:
                rate: float = 0.0
                seen: list = field(default_factory=list, init=False)

                def load(self, rate):
                    self.rate = rate

                def read(self, name):
                    self.seen.append(name)
                    return self.rate


            class Vector:
                def __init__(self, start):
                    self.start = start

                def add(self, other):
                    return self.start + other


            CLASSES = []


            class Meta(type):
                def __init__(cls, *parts):
                    super().__init__(*parts)
                    CLASSES.append(cls)


            class First(metaclass=Meta):
                pass


            class Second(metaclass=Meta):
                pass


            HOOKS = []


            def hook(function):
                HOOKS.append(function)
                return function


            @hook
            def add_one(x):
                return x + 1


            @hook
            def double(x):
                return x * 2


            TABLE = {}


            def fill(rate):
                TABLE["rate"] = rate


            fill(3)


            class Shape:
                pass


            class Square(Shape):
                def area(self):
                    return 4


            def marked(x):
                return x * marked.factor


            marked.factor = 5


            def mine(x):
                return 6


            colorsys.rgb_to_hsv = mine
            library.RATE = 7
            COUNTER = Counter(8)
            COUNTER.next()
            CLIENT = Client("http://nine")
            CLIENT.get(10)
            SETTINGS = Settings()
            SETTINGS.load(0.11)
            SETTINGS.read("a")
            VECTOR = Vector(12)


            def work(x):
                for each in HOOKS:
                    x = each(x)
                return [
                    COUNTER.next(), CLIENT.get(x), SETTINGS.read("rate"), VECTOR.add(x), CLASSES, TABLE["rate"], Shape.__subclasses__(),
                    marked(x), colorsys.rgb_to_hsv(x), library.RATE,
                ]


            def arguments():
                return {"x": 1}
            """,
    },
    call="desk:work",
    arguments="desk:arguments",
)

DESK = "desk.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "what a counter was given": (DESK, "Counter(8)", "Counter(80)"),
        "what a client was given": (DESK, "http://nine", "http://ten"),
        "a method that a method calls": (DESK, "self.answers[x] = x\n", "self.answers[x] = -x\n"),
        "a setting that was loaded": (DESK, "SETTINGS.load(0.11)", "SETTINGS.load(0.12)"),
        "what an object with a method called add was given": (DESK, "Vector(12)", "Vector(13)"),
        "the order in which a metaclass met its classes": (
            DESK,
            "class First(metaclass=Meta):\n    pass\n\n\nclass Second",
            "class Second(metaclass=Meta):\n    pass\n\n\nclass First",
        ),
        "the order of hooks": (
            DESK,
            "def add_one(x):\n    return x + 1\n\n\n@hook\ndef double(x):\n    return x * 2\n",
            "def double(x):\n    return x * 2\n\n\n@hook\ndef add_one(x):\n    return x + 1\n",
        ),
        "what a table was filled with": (DESK, "fill(3)", "fill(30)"),
        "a class that is found as a subclass": (DESK, "return 4", "return 40"),
        "an attribute of a function": (DESK, "marked.factor = 5", "marked.factor = 50"),
        "what stands in place of a function of a library": (DESK, "return 6", "return 60"),
        "a constant that another module sets": (DESK, "library.RATE = 7", "library.RATE = 70"),
    },
    do_not_matter={
        "how often a counter was asked": (DESK, "COUNTER.next()\nCLIENT", "COUNTER.next()\nCOUNTER.next()\nCLIENT"),
        "what a client remembers": (DESK, "CLIENT.get(10)", "CLIENT.get(11)"),
        "what settings remember": (DESK, 'SETTINGS.read("a")', 'SETTINGS.read("b")'),
        "a constant before another module sets it": ("library.py", "RATE = 1", "RATE = 2"),
    },
)
