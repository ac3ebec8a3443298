"""The code of what is passed counts: of an object's class, of a callback; also when only a record knows what is inside."""

from __future__ import annotations

import pytest

from projects import Project
from recoup.hashing import Hasher

FILES = {
    "models.py": """
        class Model:
            def __init__(self, depth):
                self.depth = depth

            def score(self, rows):
                return self.depth * len(rows)

        class Other:
            pass

        def callback(x):
            return x

        def made(kind, depth):
            return globals()[kind](depth)
        """,
    "app.py": """
        import json
        import sys

        from recoup import flow, task
        from recoup.cache_policies import CODE, INPUTS

        ran = []

        @task(cache_policy=INPUTS)
        def load(depth):
            import models
            ran.append("load")
            return {"deep": [models.made("Model", depth)], "callback": models.callback}

        @task(cache_policy=CODE + INPUTS)
        def evaluate(loaded):
            ran.append("evaluate")
            return loaded["deep"][0].score([1, 2])

        @flow
        def pipeline():
            future = load.submit(3)
            return evaluate.submit(future).result()

        if __name__ == "__main__":
            if sys.argv[1] == "by-value":
                loaded = load(3)
                evaluate(loaded)
            else:
                pipeline()
            print(json.dumps([ran, "models" in sys.modules]))
        """,
}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, FILES)


def test_a_record_tells_which_classes_are_inside_its_value(project):
    """A future that was not loaded gives the key that its value gives, and what was edited since counts."""
    assert project.answer("app.py", "by-reference")[0] == ["load", "evaluate"]
    assert project.answer("app.py", "by-value")[0] == []
    assert project.answer("app.py", "by-reference")[0] == []
    project.edit("models.py", "self.depth * len(rows)", "self.depth + len(rows)")
    assert project.answer("app.py", "by-reference")[0] == ["evaluate"]
    assert project.answer("app.py", "by-value")[0] == []
    project.edit("models.py", "    return x\n", "    return -x\n")
    assert project.answer("app.py", "by-value")[0] == ["evaluate"]
    assert project.answer("app.py", "by-reference")[0] == []
    project.edit("models.py", "    pass\n", "    kind = 1\n")
    assert project.answer("app.py", "by-reference")[0] == []


def test_a_class_that_is_gone_is_a_miss_and_no_failure(project):
    project.answer("app.py", "by-reference")
    project.edit("models.py", "class Model", "class Renamed")
    project.edit("models.py", "globals()[kind]", "Renamed")
    assert sorted(project.answer("app.py", "by-reference")[0]) == ["evaluate", "load"]


def test_plain_values_carry_no_code():
    hasher = Hasher()
    hasher.token({"a": [1, "b", 2.0, None, (b"c", {3})]})
    assert not hasher.code
