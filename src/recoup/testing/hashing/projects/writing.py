"""How a program is written down: what a reader sees and Python does not, and what only looks like that."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "writing",
    {
        "pyproject.toml": "",
        "notes.py": '''
            """Notes."""
            import os

            from recoup import task
            from recoup.cache_policies import INPUTS


            def outer(f):
                return f


            def inner(f):
                def wrapper(*args, **options):
                    return f(*args, **options)
                return wrapper


            @inner
            def plus(x):
                """Add one."""
                return x + 1


            def unrelated(x):
                return x - 1


            @outer
            @task(cache=True, retries=1, name="work", tags=["a"])
            def work(values, factor=1, *, power=2, **rest):
                """Work."""
                # a comment
                total = 0
                for index, value in enumerate(values):
                    if value > 3 and value is not None:
                        total += value * factor
                    elif not value:
                        continue
                    else:
                        total -= 1
                text = f"{total:>5}{power!r}" "joined"
                found: int = plus(total)
                small = total if total < 3 else 1_000
                items = [x ** 2 for x in values]
                assert small, "small"
                a, *b = values, 1
                del a
                result = lambda y: y + found
                return text, result(1), items, b


            def arguments():
                return {"values": [1, 2]}
            ''',
    },
    call="notes:work",
    arguments="notes:arguments",
)

NOTES = "notes.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "an operator": (NOTES, "total += value * factor", "total += value + factor"),
        "a comparison": (NOTES, "value > 3", "value >= 3"),
        "a constant to another type": (NOTES, "total = 0\n", "total = 0.0\n"),
        "the order of two conditions": (NOTES, "value > 3 and value is not None", "value is not None and value > 3"),
        "a text": (NOTES, '"joined"', '"Joined"'),
        "the format in a text": (NOTES, "{total:>5}", "{total:>6}"),
        "the conversion in a text": (NOTES, "{power!r}", "{power!s}"),
        "a branch": (NOTES, "            continue\n", "            break\n"),
        "a default": (NOTES, "factor=1", "factor=2"),
        "a default of a keyword": (NOTES, "power=2", "power=3"),
        "a parameter by keyword only": (NOTES, "factor=1, *, power=2", "factor=1, power=2"),
        "the name of a parameter": (NOTES, "values, factor=1, *, power=2, **rest", "values, factor=1, *, power=2, **more"),
        "a new parameter": (NOTES, "power=2, **rest", "power=2, extra=0, **rest"),
        "an assertion": (NOTES, "assert small", "assert total"),
        "what is unpacked": (NOTES, "a, *b = values, 1", "*b, a = values, 1"),
        "what a lambda adds": (NOTES, "y + found", "y - found"),
        "the exponent in a comprehension": (NOTES, "x ** 2", "x ** 3"),
        "a statement gone": (NOTES, "    del a\n", ""),
        "a conditional expression": (NOTES, "total < 3 else", "total > 3 else"),
        "a decorator of a helper": (NOTES, "return f(*args, **options)", "return -f(*args, **options)"),
        "a local that a text names": (
            NOTES,
            "small = total if total < 3 else 1_000\n",
            "little = total if total < 3 else 1_000\n    small = 1\n",
        ),
        "a comment that was code": (NOTES, "    # a comment", "    values = values[1:]"),
    },
    do_not_matter={
        "what a comment says": (NOTES, "# a comment", "# another"),
        "a comment gone": (NOTES, "    # a comment\n", ""),
        "a docstring": (NOTES, '"""Work."""', '"""Do the work."""'),
        "a docstring gone": (NOTES, '    """Work."""\n', ""),
        "the docstring of a helper": (NOTES, '"""Add one."""', "'''Adds one.'''"),
        "the docstring of the module": (NOTES, '"""Notes."""\n', ""),
        "quotes": (NOTES, '"joined"', "'joined'"),
        "underscores in a number": (NOTES, "1_000", "1000"),
        "a number in another base": (NOTES, "1_000", "0x3E8"),
        "parentheses": (NOTES, "total += value * factor", "total += (value * factor)"),
        "lines": (
            NOTES,
            "return text, result(1), items, b",
            "return (\n        text,\n        result(1),\n        items,\n        b,\n    )",
        ),
        "a line continued": (NOTES, "value > 3 and value is not None", "value > 3 \\\n                and value is not None"),
        "a semicolon": (NOTES, "total = 0\n", "total = 0;\n"),
        "how texts are joined": (NOTES, '{power!r}" "joined"', '{power!r}joined"'),
        "an annotation": (NOTES, "values, factor=1", "values: list[int], factor: int = 1"),
        "a quoted annotation": (NOTES, "factor=1", 'factor: "unrelated" = 1'),
        "the annotation of a result": (NOTES, "**rest):", "**rest) -> tuple:"),
        "the annotation of a local": (NOTES, "found: int = plus", "found = plus"),
        "a new annotation of a local": (NOTES, "total = 0\n", "total: int = 0\n"),
        "pass": (NOTES, "    del a\n", "    del a\n    pass\n"),
        "an ellipsis": (NOTES, "    del a\n", "    del a\n    ...\n"),
        "retries": (NOTES, "retries=1", "retries=3"),
        "the name of the task": (NOTES, 'name="work"', 'name="worked"'),
        "the tags of the task": (NOTES, '["a"]', '["b"]'),
        "a decorator above the task's": (NOTES, "@outer\n", ""),
        "an unrelated function": (NOTES, "x - 1", "x - 2"),
        "a new function": (NOTES, "def unrelated", "def newcomer():\n    return 1\n\n\ndef unrelated"),
        "a new import": (NOTES, "import os\n", "import os\nimport json\n"),
        "an import gone": (NOTES, "import os\n", ""),
        "empty lines": (NOTES, "@inner", "\n\n\n\n@inner"),
        "a definition that moves": (
            NOTES,
            '@inner\ndef plus(x):\n    """Add one."""\n    return x + 1\n\n\ndef unrelated(x):\n    return x - 1\n',
            'def unrelated(x):\n    return x - 1\n\n\n@inner\ndef plus(x):\n    """Add one."""\n    return x + 1\n',
        ),
        "a type comment": (NOTES, "total = 0\n", "total = 0  # type: int\n"),
        "trailing commas": (NOTES, "enumerate(values)", "enumerate(values,)"),
        "a renamed local": (NOTES, "for index, value in", "for place, value in"),
        "a renamed variable of a comprehension": (NOTES, "[x ** 2 for x in values]", "[item ** 2 for item in values]"),
        "locals that trade their names": (
            NOTES,
            "a, *b = values, 1\n    del a\n    result = lambda y: y + found\n    return text, result(1), items, b",
            "b, *a = values, 1\n    del b\n    result = lambda y: y + found\n    return text, result(1), items, a",
        ),
    },
)
