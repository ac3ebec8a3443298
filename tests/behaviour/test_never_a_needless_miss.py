"""Same inputs and program: the same key in another process, hash seed, working directory, checkout and start."""

import pytest

from projects import Project

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/tasks.py": """
        import json
        import sys

        from recoup import task
        from shop.model import Model, NAMES, clean

        @task(cache=True)
        def fit(model, names, options):
            return clean(len(names))

        @task
        def keys():
            return 1

        def all_keys():
            return [fit.key(Model(1), NAMES, {"b": {1, 2}, "a": (1.5, None)}), fit.key(Model, {"x", "y", "z"}, len)]

        if __name__ == "__main__":
            print(json.dumps(all_keys()))
        """,
    "src/shop/model.py": """
        import logging

        logger = logging.getLogger(__name__)
        NAMES = {"alpha", "beta", "gamma", "delta"}
        SIZES = {name: len(name) for name in NAMES}

        class Model:
            def __init__(self, depth):
                self.depth = depth

            def score(self):
                return self.depth * SIZES["alpha"]

        def clean(x):
            logger.info("cleaning")
            return x + len(SIZES)
        """,
}
CALL = "import json; from shop.tasks import all_keys; print(json.dumps(all_keys()))"


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A project and the keys that it makes as a script."""
    project = Project(tmp_path_factory.mktemp("here"), FILES)
    keys = project.answer("src/shop/tasks.py", PYTHONPATH=str(project.code / "src"), PYTHONHASHSEED="1")
    assert len(set(keys)) == 2
    return project, keys


@pytest.mark.parametrize("seed", ["0", "2"])
def test_another_process_with_another_hash_seed(started, seed):
    project, keys = started
    assert project.answer("-c", CALL, PYTHONPATH=str(project.code / "src"), PYTHONHASHSEED=seed) == keys


def test_another_working_directory(started, tmp_path):
    project, keys = started
    script = str(project.code / "src/shop/tasks.py")
    assert project.answer(script, cwd=tmp_path, PYTHONPATH=str(project.code / "src")) == keys


def test_another_checkout(started, tmp_path):
    project, keys = started
    other = project.copy(tmp_path / "another" / "place")
    assert other.answer("-m", "shop.tasks", PYTHONPATH=str(other.code / "src")) == keys


def test_another_place_in_the_file(started, tmp_path):
    """Comments, blank lines, docstrings and functions that are not reached move a task, and change nothing."""
    project, keys = started
    other = project.copy(tmp_path / "moved")
    other.edit(
        "src/shop/tasks.py", "@task(cache=True)\n", "# moved\n\n\ndef other():\n    return 2\n\n@task(retries=3, cache=True)\n"
    )
    other.edit("src/shop/model.py", "def score(self):\n", 'def score(self) -> int:\n        """Score."""\n')
    assert other.answer("-c", CALL, PYTHONPATH=str(other.code / "src")) == keys
