"""Objects of other libraries, classes, functions: by their fields, their state, their name or their code."""

import enum
import functools
import logging
import pickle
import random
import threading
import typing
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from recoup.exceptions import HashError
from recoup.hashing import Hasher, digest

attrs = pytest.importorskip("attrs")
pydantic = pytest.importorskip("pydantic")


class Model(pydantic.BaseModel):
    name: str = "a"
    inner: "Model | None" = None
    _cache: int = pydantic.PrivateAttr(default=0)


class OpenModel(pydantic.BaseModel, extra="allow"):
    name: str = "a"


@attrs.define
class Attrs:
    x: int = 1
    y: int = 2


@attrs.frozen
class FrozenAttrs:
    x: int = 1
    y: int = 2


class Struct(msgspec.Struct):
    x: int = 1
    y: int = 2


@dataclass
class Data:
    x: int = 1
    y: int = 2


def test_each_way_to_name_fields_is_a_type_of_its_own():
    made = [Model, OpenModel, Attrs, FrozenAttrs, Struct, Data]
    assert len({digest(kind()) for kind in made}) == len(made)
    assert all(digest(kind()) == digest(kind()) for kind in made)


@pytest.mark.parametrize("kind", [Attrs, FrozenAttrs, Struct, Data])
def test_every_field_counts(kind):
    assert len({digest(kind()), digest(kind(x=2)), digest(kind(y=1)), digest(kind(x=2, y=1))}) == 4


def test_models_count_with_fields_extras_and_private_attributes():
    private = Model()
    private._cache = 1
    models = [Model(), Model(name="b"), Model(inner=Model()), private, OpenModel(), OpenModel(more=1), OpenModel(more=2)]
    assert len({digest(model) for model in models}) == len(models)


def test_how_a_model_was_made_does_not_matter():
    assert digest(Model()) == digest(Model(name="a")) == digest(Model.model_validate({"name": "a", "inner": None}))


def test_an_unset_field_of_a_struct_is_absent():
    class Late(msgspec.Struct):
        x: int | msgspec.UnsetType = msgspec.UNSET

    assert digest(Late()) != digest(Late(1))


# --- estimators and matrices ------------------------------------------------------------------

FEATURES = np.random.default_rng(3).random((80, 4))
LABELS = (FEATURES[:, 0] > 0.5).astype(int)

ESTIMATORS = {
    "tree": lambda: DecisionTreeClassifier(random_state=0).fit(FEATURES, LABELS),
    "forest": lambda: RandomForestRegressor(3, random_state=0).fit(FEATURES, LABELS),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=3, random_state=0).fit(FEATURES, LABELS),
    "pipeline": lambda: make_pipeline(StandardScaler(), Ridge()).fit(FEATURES, LABELS),
    "unfitted": Ridge,
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_fitted_twice_or_sent_elsewhere_is_the_same(name):
    fitted = ESTIMATORS[name]()
    assert digest(fitted) == digest(ESTIMATORS[name]()) == digest(pickle.loads(pickle.dumps(fitted)))


def test_what_an_estimator_learned_counts():
    assert len({digest(make()) for make in ESTIMATORS.values()}) == len(ESTIMATORS)
    assert digest(Ridge().fit(FEATURES, LABELS)) != digest(Ridge().fit(FEATURES, 1 - LABELS)) != digest(Ridge(alpha=2))


def _unsorted():
    return sparse.csr_matrix(([2.0, 1.0, 3.0], [1, 0, 2], [0, 2, 3]), shape=(2, 3))


def test_the_order_of_entries_in_a_sparse_matrix_does_not_matter():
    ordered = sparse.csr_matrix([[1.0, 2, 0], [0, 0, 3]])
    wide = ordered.copy()
    wide.indices, wide.indptr = wide.indices.astype("i8"), wide.indptr.astype("i8")
    assert digest(_unsorted()) == digest(ordered) == digest(wide)


def test_looking_into_a_sparse_matrix_does_not_change_it():
    looked_at = _unsorted()
    assert not looked_at.has_sorted_indices
    assert digest(looked_at) == digest(_unsorted())
    assert list(looked_at.indices) == [1, 0, 2]


def test_sparse_matrices_differ_by_content_format_and_shape():
    eye = sparse.eye_array(3)
    made = [
        eye.tocsr(),
        eye.tocsc(),
        eye.tocoo(),
        eye.todia(),
        eye.tolil(),
        2 * eye.tocsr(),
        sparse.csr_matrix(eye),
        sparse.csr_array((3, 3)),
    ]
    assert len({digest(matrix) for matrix in made}) == len(made)


# --- things that pickle as a name, or by a recipe -----------------------------------------------


def test_a_logger_is_its_name():
    assert digest(logging.getLogger("a")) == digest(logging.getLogger("a")) != digest(logging.getLogger("b"))


def test_a_generator_of_random_numbers_is_its_state():
    one, same, other = map(random.Random, (1, 1, 2))
    assert digest(one) == digest(same) != digest(other)


def test_what_claims_a_name_that_is_not_its_own_is_refused():
    class Impostor:
        def __reduce__(self):
            return "digest"

    with pytest.raises(HashError, match="and is not"):
        digest(Impostor())


def test_an_object_with_a_recipe_is_its_recipe():
    class Made:
        def __init__(self, *ingredients):
            self.ingredients = ingredients
            self.memo = object()

        def __reduce__(self):
            return Made, self.ingredients

    assert digest(Made(1, 2)) == digest(Made(1, 2)) != digest(Made(2, 1))


def test_a_subclass_of_a_dict_keeps_its_items_and_its_attributes():
    class Config(dict):
        pass

    def config(source, **items):
        made = Config(items)
        made.source = source
        return made

    made = [config("x", a=1), config("y", a=1), config("x", a=2), config("x"), {"a": 1}]
    assert len({digest(each) for each in made}) == 5
    assert digest(config("x", a=1, b=2)) == digest(config("x", b=2, a=1))


# --- functions and classes ----------------------------------------------------------------------


def scale(factor):
    return lambda x: x * factor


def with_default(factor):
    def inner(x, factor=factor):
        return x * factor

    return inner


def recursive(limit):
    def count(n):
        return n if n > limit else count(n + 1)

    return count


def test_lambdas_are_known_by_code_and_by_what_they_enclose():
    assert digest(scale(2)) == digest(scale(2)) != digest(scale(3))
    assert digest(with_default(2)) == digest(with_default(2)) != digest(with_default(3))
    assert digest(lambda x: x + 1) != digest(lambda x: x + 2)


def test_a_local_function_that_calls_itself_has_a_digest():
    assert digest(recursive(2)) == digest(recursive(2)) != digest(recursive(3))


def logged(prefix):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return prefix, function(*args)

        return wrapper

    return decorate


def plain(x):
    return x


def test_a_wrapper_that_carries_anothers_name_is_not_that_function():
    assert len({digest(plain), digest(logged("a")(plain)), digest(logged("b")(plain))}) == 3
    assert digest(logged("a")(plain)) == digest(logged("a")(plain))


@functools.lru_cache
def remembered(x):
    return x


def test_what_a_cached_function_remembers_is_no_part_of_it():
    before = digest(remembered)
    remembered(1)
    assert digest(remembered) == before != digest(plain)
    assert digest(functools.lru_cache(plain)) == digest(functools.lru_cache(plain))


def local_class(factor):
    class Scaler:
        limit = factor

        def scale(self, x):
            return x * factor

        @property
        def half(self):
            return self.limit / 2

        @staticmethod
        def name():
            return "scaler"

    return Scaler


def test_a_local_class_is_known_by_its_content():
    assert digest(local_class(2)) == digest(local_class(2)) != digest(local_class(3))
    assert digest(local_class(2)()) == digest(local_class(2)()) != digest(local_class(3)())


def test_a_local_dataclass_has_a_digest():
    def make():
        @dataclass
        class Local:
            x: int = 1

        return Local

    assert digest(make()) == digest(make())
    assert digest(make()(2)) == digest(make()(2)) != digest(make()(3))


def test_a_local_class_that_calls_its_base_has_a_digest():
    def make(factor):
        class Base:
            def __init__(self):
                self.x = factor

        class Derived(Base):
            def __init__(self):
                super().__init__()

        return Derived

    assert digest(make(2)) == digest(make(2))
    assert digest(make(2)()) == digest(make(2)()) != digest(make(3)())


def test_local_models_and_the_like_have_digests():
    def make():
        class Model(pydantic.BaseModel):
            x: int = 1

            @pydantic.field_validator("x")
            @classmethod
            def positive(cls, value):
                return abs(value)

        @attrs.define
        class Attrs:
            x: int = 1

        class Struct(msgspec.Struct):
            x: int = 1

        class Pair(typing.NamedTuple):
            x: int = 1

        class Color(enum.Enum):
            RED = 1

        return [Model(), Attrs(), Struct(), Pair(), Color.RED]

    for one, same in zip(make(), make(), strict=True):
        assert digest(one) == digest(same)
    assert len(set(map(digest, make()))) == 5


def test_constants_of_a_dataclass_are_no_fields():
    @dataclass
    class Service:
        url: str
        lock: typing.ClassVar = threading.Lock()

    assert digest(Service("a")) == digest(Service("a")) != digest(Service("b"))


def test_bound_methods_belong_to_their_object():
    assert digest(Data(1).__eq__) == digest(Data(1).__eq__) != digest(Data(2).__eq__)
    assert digest([1].append) == digest([1].append) != digest([2].append)


def test_classes_and_modules_are_their_names():
    assert digest(Data) == digest(globals()["Data"]) != digest(Attrs)
    assert digest(np) != digest(functools)


def test_generic_aliases_are_made_of_their_parts():
    aliases = [list[int], list[str], list, typing.Optional[int], int | str, typing.Annotated[int, 1], typing.Annotated[int, 2]]  # noqa: UP045 - the old spelling is a case
    assert len({digest(alias) for alias in aliases}) == len(aliases)


def test_local_functions_of_a_library_differ_by_what_they_enclose(tmp_path, monkeypatch):
    """The version of a library says nothing about the amount that one of its closures adds."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "adders.py").write_text(
        "def adder(amount):\n    def add(x, by=1):\n        return x + amount\n    return add\n\ndef both():\n    return lambda x: x + 1, lambda x: x + 2\n"
    )
    monkeypatch.syspath_prepend(folder)
    import adders

    assert digest(adders.adder(1)) == digest(adders.adder(1)) != digest(adders.adder(2))
    assert len({digest(function) for function in adders.both()}) == 2
    changed = adders.adder(1)
    changed.__defaults__ = (2,)
    assert digest(changed) != digest(adders.adder(1))
    with pytest.raises(HashError, match=r"f\.amount"):
        Hasher().token(adders.adder(threading.Lock()), "f")
