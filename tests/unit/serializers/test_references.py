"""A class of the project is the same class, however its module was loaded, when written and when read."""

import subprocess
import sys
import textwrap

import cloudpickle
import pytest

from recoup.exceptions import NotLoadableHere
from recoup.serializers import PickleSerializer
from recoup.serializers.references import find, reference_to

TRAIN = """
import dataclasses, enum, sys
from pathlib import Path
from recoup.serializers import PickleSerializer

@dataclasses.dataclass
class Model:
    weight: float
    class Inner:
        pass

class Colour(enum.Enum):
    RED = 1

def score(x):
    return 2 * x

def write(file):
    Path(file).write_bytes(PickleSerializer().dumps((Model(0.5), Model.Inner(), Colour.RED, score, Model)))

def read(file):
    model, inner, colour, function, cls = PickleSerializer().loads(Path(file).read_bytes())
    same = [type(model) is Model, model == Model(0.5), type(inner) is Model.Inner, colour is Colour.RED, function is score, cls is Model]
    print("same" if all(same) else same)

if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2])
"""

# However a program gets at the module: arguments for python, from which folder of the project.
WAYS = {
    "script": (["pipelines/train.py"], "."),
    "script from its folder": (["train.py"], "pipelines"),
    "script from elsewhere": (["{root}/pipelines/train.py"], ".."),
    "script by a roundabout way": (["../pipelines/train.py"], "pipelines"),
    "-m": (["-m", "pipelines.train"], "."),
    "import": (["-c", "import sys, pipelines.train as t; getattr(t, sys.argv[1])(sys.argv[2])"], "."),
    "import from its folder": (["-c", "import sys, train as t; getattr(t, sys.argv[1])(sys.argv[2])"], "pipelines"),
    "imported by a script": (["run.py"], "."),
}


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    (root / "pipelines").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "pipelines/train.py").write_text(TRAIN)
    (root / "run.py").write_text("import sys; from pipelines import train; getattr(train, sys.argv[1])(sys.argv[2])")
    return root


def python(arguments, folder, *, check=True):
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


def go(project, way, verb, file):
    arguments, folder = WAYS[way]
    return python([*(argument.format(root=project) for argument in arguments), verb, file], project / folder)


@pytest.mark.parametrize("writer", ["script", "script from its folder", "import"])
def test_every_reader_gets_its_own_classes(project, tmp_path, writer):
    """Instances, nested classes, enum members, functions and classes are those of the program that reads."""
    go(project, writer, "write", tmp_path / "value")
    assert {way: go(project, way, "read", tmp_path / "value") for way in WAYS} == dict.fromkeys(WAYS, "same")


def test_the_bytes_do_not_depend_on_how_the_module_was_loaded(project, tmp_path):
    """So equal values are one object in the storage."""
    written = set()
    for way in WAYS:
        go(project, way, "write", tmp_path / "value")
        written.add((tmp_path / "value").read_bytes())
    assert len(written) == 1


@pytest.mark.parametrize("layout", ["flat", "src"])
@pytest.mark.parametrize(
    ("reader", "start"),
    [
        ("scripts/read.py", "."),
        ("scripts/read.py", ".."),
        ("-c", "."),
        ("-c", "scripts"),
        ("shop/read.py", ".."),
        ("../elsewhere/read.py", "scripts"),
    ],
)
def test_a_module_that_nobody_has_imported_is_found(tmp_path, layout, reader, start):
    """In the project of the program or of the working directory, whether or not that is on the path."""
    root = tmp_path / "project"
    base = root / "src" if layout == "src" else root
    (base / "shop").mkdir(parents=True)
    (root / "scripts").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (root / "pyproject.toml").touch()
    (base / "shop/__init__.py").touch()
    (base / "shop/tools.py").write_text("NAME = 'tools'")
    (base / "shop/model.py").write_text(
        "class Model:\n    def tool(self):\n        from shop.tools import NAME\n        return NAME\n"
    )
    write = "from shop.model import Model; from recoup.serializers import PickleSerializer as P; print(P().dumps(Model()).hex())"
    value = python(["-c", write], base)
    read = f"""
from recoup.serializers import PickleSerializer
value = PickleSerializer().loads(bytes.fromhex({value!r}))
from shop.model import Model
print(type(value) is Model, type(value).__module__, value.tool())
"""
    program = (base if reader.startswith("shop") else root) / reader
    if reader != "-c":
        program.write_text(read)
    assert python(["-c", read] if reader == "-c" else [program], root / start) == "True shop.model tools"


def test_the_running_program_comes_before_a_copy_of_it(project, tmp_path):
    """A program that is also imported exists twice: what it reads is its own."""
    go(project, "script", "write", tmp_path / "value")
    (project / "pipelines/train.py").write_text(
        TRAIN.replace('if __name__ == "__main__":', 'if __name__ == "__main__":\n    import pipelines.train')
    )
    assert python(["-m", "pipelines.train", "read", tmp_path / "value"], project) == "same"


def test_a_module_is_imported_under_the_name_that_the_program_uses(project, tmp_path):
    """A script's neighbours import each other by their bare names: a second copy would have other classes."""
    go(project, "script", "write", tmp_path / "value")
    (project / "pipelines/report.py").write_text(
        textwrap.dedent(f"""
        from pathlib import Path
        from recoup.serializers import PickleSerializer
        model, *_ = PickleSerializer().loads(Path({str(tmp_path / "value")!r}).read_bytes())
        import train
        print(type(model) is train.Model)
        """)
    )
    assert python([project / "pipelines/report.py"], tmp_path) == "True"


def test_a_module_that_is_not_here_is_named(project, tmp_path):
    """Another checkout, without the module: the bytes are fine, the environment is not."""
    go(project, "script", "write", tmp_path / "value")
    (project / "pipelines/train.py").unlink()
    assert "project module pipelines.train, which cannot be imported" in why_not(project, tmp_path / "value")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "Model of the project module pipelines.train, which does not have it"),
        ("import not_installed", "No module named 'not_installed'"),
        ("1 / 0", "ZeroDivisionError"),
        ("def", "SyntaxError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
    ],
)
def test_a_module_that_does_not_work_here_is_named(project, tmp_path, source, said):
    """Whatever its import does, the bytes are intact and the reading program goes on."""
    go(project, "script", "write", tmp_path / "value")
    (project / "pipelines/train.py").write_text(source)
    assert said in why_not(project, tmp_path / "value")


def why_not(project, file):
    read = f"""
from pathlib import Path
from recoup.serializers import PickleSerializer
from recoup.exceptions import NotLoadableHere
try:
    PickleSerializer().loads(Path({str(file)!r}).read_bytes())
except NotLoadableHere as exc:
    print(exc)
"""
    return python(["-c", read], project)


def test_a_library_of_the_same_name_is_not_taken_for_the_project():
    with pytest.raises(NotLoadableHere, match="json"):
        find("json", "JSONDecoder")


LOCAL = """
from recoup.serializers import PickleSerializer
import sys
def make():
    class Local:
        size = 3
    return Local
double = lambda x: 2 * x
print(PickleSerializer().dumps((make()(), double, (lambda y: y + 1))).hex())
"""


@pytest.mark.parametrize("way", ["script", "-c"])
def test_what_nobody_could_import_is_pickled_by_value(tmp_path, way):
    """Local classes and lambdas travel with the value; so does what was typed at a prompt."""
    (tmp_path / "run.py").write_text(LOCAL)
    value = python([tmp_path / "run.py"] if way == "script" else ["-c", LOCAL], tmp_path)
    local, double, more = PickleSerializer().decode(bytes.fromhex(value))
    assert (local.size, double(4), more(4)) == (3, 8, 5)


def test_classes_typed_at_a_prompt_are_pickled_by_value(tmp_path):
    program = "from recoup.serializers import PickleSerializer\nclass Model:\n    size = 3\nprint(PickleSerializer().dumps(Model()).hex())"
    value = PickleSerializer().decode(bytes.fromhex(python(["-c", program], tmp_path)))
    assert value.size == 3


class Here:
    class Inner:
        def method(self):
            return 1


def shadowed():
    return "inner"


inner, shadowed = shadowed, "another thing under its name"


def test_references_are_for_what_can_be_imported():
    """A thing whose name leads to something else is not referred to by that name."""
    path = "tests.unit.serializers.test_references"
    assert reference_to(Here.Inner) == (path, "Here.Inner")
    assert reference_to(Here.Inner.method) == (path, "Here.Inner.method")
    assert reference_to(inner) is None
    assert reference_to(lambda: 1) is None
    assert reference_to(int) is None
    assert reference_to(cloudpickle.Pickler) is None
    assert reference_to(PickleSerializer) is None


def test_a_replaced_function_is_pickled_by_value():
    """As the function under a decorator is."""
    assert PickleSerializer().loads(PickleSerializer().dumps(inner))() == "inner"


def test_the_reference_in_stored_pickles_stays_readable():
    """Bytes written by the first version: the function they call must stay where it is."""
    stored = (
        b"\x80\x05\x95\x67\x00\x00\x00\x00\x00\x00\x00\x8c\x1drecoup.serializers.references\x94\x8c\x04find\x94\x93\x94"
        b"\x8c&tests.unit.serializers.test_references\x94\x8c\x0aHere.Inner\x94\x86\x94R\x94)\x81\x94."
    )
    assert type(PickleSerializer().decode(stored)) is Here.Inner
    assert PickleSerializer().dumps(Here.Inner()) == stored
