"""Fingerprint a task that reaches 50 functions in 5 modules: the first time in this process, and from then on.

Prints nanoseconds as JSON.
"""

import json
import sys
import time
from pathlib import Path

CALLS = 2_000
FUNCTION = '''

def step{n}(rows, scale=1.0):
    """Do step {n}."""
    result = []
    for index, row in enumerate(rows):
        value = math.sqrt(row * scale) if row > LIMIT else TABLE["a"][0]
        log.debug("row %s", index)
        if value is None:
            continue
        result.append({{"index": index, "value": value + {n}}})
    total = sum(item["value"] for item in result)
    return total + {following}
'''
HEAD = """import logging
import math
{imports}
log = logging.getLogger(__name__)
LIMIT = {number}
TABLE = {{"a": [1, 2.5], "b": {{"c": "text"}}}}
"""


def write(folder: Path, modules: int = 5, functions: int = 10) -> None:
    """Write the program: every function calls the next, the last of a module the first of the next module."""
    (folder / "pyproject.toml").touch()
    for number in range(modules):
        last = number == modules - 1
        text = HEAD.format(number=number, imports="" if last else f"import program{number + 1}")
        for n in range(functions):
            onwards = "0" if last else f"program{number + 1}.step0(rows, scale)"
            text += FUNCTION.format(n=n, following=onwards if n == functions - 1 else f"step{n + 1}(rows, scale)")
        (folder / f"program{number}.py").write_text(text)


def measure(folder: Path) -> dict[str, float]:
    """Return how long the first fingerprint took, and each of the following ones."""
    from recoup.hashing import fingerprint

    sys.path.insert(0, str(folder))
    import program0

    fingerprint(write)  # what a process loads once is not what is measured
    began = time.perf_counter_ns()
    found = fingerprint(program0.step0)
    first = time.perf_counter_ns() - began
    began = time.perf_counter_ns()
    for _ in range(CALLS):
        fingerprint(program0.step0)
    later = (time.perf_counter_ns() - began) / CALLS
    reached = sum(part.kind == "function" for part in found.parts)
    return {"first": first, "later": later, "functions": reached}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
