"""Code to digests: what a task is called, and everything its results depend on besides its arguments.

`identity` names a task; `fingerprint` walks (`reach`) from it to all it can name. A function or class by itself is a
piece (`pieces`): normalised `syntax` when its `source` is found, else `bytecode`, and the `names` it uses. Data is tokenised
(`constants`), libraries count by version (`packages`), and a `watch` notices when a live session changes the program.
"""

from __future__ import annotations

from recoup.hashing.code.carried import carried
from recoup.hashing.code.counting import PACKAGES, PYTHON, Packages, Python
from recoup.hashing.code.fingerprint import Fingerprint, fingerprint, function_token, source_token
from recoup.hashing.code.identity import identity
from recoup.hashing.code.values import is_code
from recoup.hashing.code.watch import look_again

__all__ = [
    "PACKAGES", "PYTHON", "Fingerprint", "Packages", "Python", "carried", "fingerprint", "function_token", "identity", "is_code",
    "look_again", "source_token",
]  # fmt: skip
