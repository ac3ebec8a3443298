"""Classes: bases, metaclasses, descriptors, what generates methods, enums, protocols and models."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "classes",
    {
        "pyproject.toml": "",
        "zoo.py": '''
            import abc
            import enum
            import functools
            from dataclasses import dataclass, field
            from typing import ClassVar, NamedTuple, Protocol

            LEGS = 4


            def legs():
                return LEGS


            class Meta(type):
                def __call__(cls, *args):
                    made = super().__call__(*args)
                    made.marked = 1
                    return made


            class Positive:
                """A descriptor."""

                def __set_name__(self, owner, name):
                    self.name = name

                def __get__(self, instance, owner):
                    return 5

                def __set__(self, instance, value):
                    instance.__dict__[self.name] = value


            class Mixin:
                def mixed(self):
                    return 6


            class Base(abc.ABC):
                SHARED = [1]

                def __init_subclass__(cls, **options):
                    cls.options = options
                    super().__init_subclass__()

                @abc.abstractmethod
                def speak(self): ...

                def inherited(self):
                    return 7


            class Animal(Mixin, Base, loud=True):
                """An animal."""

                size = Positive()
                count: ClassVar[int] = 8
                __slots__ = ("weight",)

                def __init__(self, weight=9):
                    self.weight = weight

                def speak(self):
                    return self.mixed() + self.inherited() + legs() + self._quiet()

                def _quiet(self):
                    return 10

                @property
                def age(self):
                    return 11

                @age.setter
                def age(self, value):
                    self.weight = value

                @functools.cached_property
                def heavy(self):
                    return 12

                @classmethod
                def build(cls):
                    return cls(13)

                @staticmethod
                def noise():
                    return 14

                def __len__(self):
                    return 15

                class Inner:
                    def depth(self):
                        return 16

                def unused(self):
                    return 17


            class Marked(metaclass=Meta):
                def go(self):
                    return 18


            def make_tags():
                return ["a"]


            @dataclass(order=True)
            class Cage:
                width: int = 19
                tags: list = field(default_factory=make_tags)

                def __post_init__(self):
                    self.width += 20


            class Point(NamedTuple):
                x: int
                y: int = 21

                def norm(self):
                    return self.x + 22


            class Colour(enum.Enum):
                RED = 23
                BLUE = 24

                def shade(self):
                    return 25


            class Mode(enum.IntFlag):
                A = 1
                B = 2


            class Speaks(Protocol):
                def speak(self) -> int: ...


            class Sized:
                def __class_getitem__(cls, item):
                    return 26


            class Strange(Exception):
                def __str__(self):
                    return "27"


            def patched(self):
                return 28


            class Late:
                pass


            Late.added = patched


            class Registry(dict):
                def __missing__(self, key):
                    return 29


            class Unrelated:
                def go(self):
                    return 30


            def work(x):
                try:
                    animal = Animal.build()
                    return [
                        animal.speak(), Marked().go(), Cage(), Point(1), Colour.RED.shade(), Mode.A, Sized[int], Late().added(),
                        Registry()[x], isinstance(animal, Speaks),
                    ]
                except Strange:
                    raise


            def arguments():
                return {"x": 1}
            ''',
    },
    call="zoo:work",
    arguments="zoo:arguments",
)

ZOO = "zoo.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "a method": (ZOO, "return 10", "return 100"),
        "an inherited method": (ZOO, "return 7", "return 70"),
        "a mixin": (ZOO, "return 6", "return 60"),
        "the order of bases": (ZOO, "Animal(Mixin, Base", "Animal(Base, Mixin"),
        "a keyword of the class statement": (ZOO, "loud=True", "loud=False"),
        "a hook for subclasses": (ZOO, "cls.options = options", "cls.options = {}"),
        "a class attribute of a base": (ZOO, "SHARED = [1]", "SHARED = [2]"),
        "a metaclass": (ZOO, "made.marked = 1", "made.marked = 2"),
        "a descriptor": (ZOO, "return 5", "return 50"),
        "an annotated class attribute": (ZOO, "ClassVar[int] = 8", "ClassVar[int] = 80"),
        "slots": (ZOO, '("weight",)', '("weight", "more")'),
        "a default of a method": (ZOO, "weight=9", "weight=90"),
        "a property": (ZOO, "return 11", "return 110"),
        "the setter of a property": (ZOO, "self.weight = value", "self.weight = -value"),
        "a cached property": (ZOO, "return 12", "return 120"),
        "a class method": (ZOO, "cls(13)", "cls(130)"),
        "a static method": (ZOO, "return 14", "return 140"),
        "a method that Python calls": (ZOO, "return 15", "return 150"),
        "a class in a class": (ZOO, "return 16", "return 160"),
        "a helper of a method": (ZOO, "return LEGS", "return LEGS + 1"),
        "a constant of a helper of a method": (ZOO, "LEGS = 4", "LEGS = 2"),
        "a method behind a metaclass": (ZOO, "return 18", "return 180"),
        "a default of a dataclass": (ZOO, "width: int = 19", "width: int = 190"),
        "a default factory of a dataclass": (ZOO, 'return ["a"]', 'return ["b"]'),
        "the options of a dataclass": (ZOO, "order=True", "order=False"),
        "what follows the generated initialiser": (ZOO, "+= 20", "+= 200"),
        "a default of a named tuple": (ZOO, "y: int = 21", "y: int = 210"),
        "a method of a named tuple": (ZOO, "self.x + 22", "self.x + 220"),
        "the value of an enum's member": (ZOO, "RED = 23", "RED = 230"),
        "a new member of an enum": (ZOO, "BLUE = 24", "BLUE = 24\n    GREEN = 3"),
        "a method of an enum": (ZOO, "return 25", "return 250"),
        "a flag": (ZOO, "B = 2", "B = 4"),
        "a protocol": (ZOO, "def speak(self) -> int: ...", "def shout(self) -> int: ..."),
        "what a class gives for its items": (ZOO, "return 26", "return 260"),
        "an exception": (ZOO, 'return "27"', 'return "270"'),
        "a method that is put into a class later": (ZOO, "return 28", "return 280"),
        "what a subclass of dict gives for missing keys": (ZOO, "return 29", "return 290"),
    },
    do_not_matter={
        "the docstring of a class": (ZOO, "An animal.", "One animal."),
        "the docstring of a descriptor": (ZOO, '    """A descriptor."""\n\n', ""),
        "an unrelated class": (ZOO, "return 30", "return 300"),
        "a comment between methods": (ZOO, "    def _quiet(self)", "    # quietly\n    def _quiet(self)"),
        "the annotation of a method": (ZOO, "def inherited(self):", "def inherited(self) -> int:"),
    },
)
