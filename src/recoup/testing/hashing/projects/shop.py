"""A shop: one call that reaches helpers, constants and classes of other modules."""

from __future__ import annotations

from typing import Final

from recoup.testing.hashing.edits import Change, Edit, Project

__all__ = ["EDITS"]

SHOP: Final = Project(
    "shop",
    {
        "pyproject.toml": "",
        "src/shop/__init__.py": "",
        "src/shop/tasks.py": '''
            """Calls of the shop."""
            import logging

            from shop.cleaning import clean
            from shop.models import Model

            logger = logging.getLogger(__name__)
            LIMIT = 3
            UNUSED = 1


            def total(values, model):
                """Add it all up."""
                # the comment
                logger.info("adding")
                result = 0.0
                for value in values:
                    result += clean(value)
                return min(model.score(result), LIMIT)


            def unrelated(x):
                return x


            def arguments():
                return {"values": [1, 2], "model": Model(2)}
            ''',
        "src/shop/cleaning.py": """
            def clean(value):
                return strip(value)


            def strip(value):
                return abs(value)
            """,
        "src/shop/models.py": """
            class Model:
                "A model."

                def __init__(self, by):
                    self.by = by

                def score(self, x):
                    return x * self.by
            """,
    },
    arguments="shop.tasks:arguments",
)
TASKS, CLEANING, MODELS = "src/shop/tasks.py", "src/shop/cleaning.py", "src/shop/models.py"


def _changes(name: str, file: str, old: str, new: str) -> Edit:
    return Edit(name, SHOP, (Change(file, old, new),), invalidates=True)


def _leaves(name: str, file: str, old: str, new: str) -> Edit:
    return Edit(name, SHOP, (Change(file, old, new),), invalidates=False)


EDITS: Final = (
    _changes("the body", TASKS, "result = 0.0", "result = 1.0"),
    _changes("the type of a constant", TASKS, "LIMIT = 3", "LIMIT = 3.0"),
    _changes("a helper in another file", CLEANING, "return strip(value)", "return strip(value) + 1"),
    _changes("a helper of a helper", CLEANING, "return abs(value)", "return abs(value) / 2"),
    _changes("a method of the class of an argument", MODELS, "return x * self.by", "return x + self.by"),
    _leaves("a comment", TASKS, "# the comment", "# another"),
    _leaves("a docstring", TASKS, "Add it all up.", "Sum."),
    _leaves("a local variable by another name", TASKS, "for value in values:\n        result += clean(value)", "for v in values:\n        result += clean(v)"),
    _leaves("an unrelated function", TASKS, "def unrelated(x):\n    return x", "def unrelated(x):\n    return x + 1"),
    _leaves("an unrelated constant", TASKS, "UNUSED = 1", "UNUSED = 2"),
    _leaves("lines moved", CLEANING, "def clean", "\n\n\ndef clean"),
)  # fmt: skip
