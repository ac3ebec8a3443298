"""The difference between a call and an earlier record, in words; records made by hand."""

import pytest

from recoup.engine.explain import Why, explain
from recoup.records import FORMAT, CodePart, CodeParts, KeyPart, Leaf, Producer, Record, ValueRef

TASK = "shop.tasks:train"


def record(*parts):
    value, producer = ValueRef("", 0, inline=True), Producer("host", 1, "3.11", "0")
    return Record(
        recoup=FORMAT,
        key="k",
        task=TASK,
        parts=parts,
        serializer="json",
        value=value,
        created=0,
        compute_seconds=0,
        producer=producer,
    )


def part(name, text, **leaves):
    return KeyPart(name, f"token of {text}", text, {path: Leaf(f"token of {leaf}", leaf) for path, leaf in leaves.items()})


def helper(name, token, kind="function", text=""):
    return CodePart(name, token, kind, text)


def code(*parts):
    return CodeParts(digest="d", parts=parts)


def why(new, old, code_new=None, code_old=None):
    return explain(new, code_new, record(*old), code_old, TASK)


def test_nothing_differs():
    same = [part("inputs.x", "1")]
    assert why(same, same) == Why("missing", "its record was withdrawn or removed")


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ([part("inputs.x", "2")], [part("inputs.x", "1")], Why("argument", "argument x 1 → 2", ("inputs.x",))),
        ([part("inputs.x", "")], [part("inputs.x", "1")], Why("argument", "argument x changed", ("inputs.x",))),
        ([part("inputs.x", "y" * 61)], [part("inputs.x", "1")], Why("argument", "argument x changed", ("inputs.x",))),
        ([part("inputs.x", "1")], [], Why("argument", "argument x is new in the key", ("inputs.x",))),
        ([], [part("inputs.x", "1")], Why("argument", "argument x is no longer part of the key", ("inputs.x",))),
        ([part("flow_parameters.day", "2")], [part("flow_parameters.day", "1")], None),
        ([part("task", "b")], [part("task", "a")], Why("identity", "the task moved or was renamed", ("task",))),
        ([part("source", "b")], [part("source", "a")], Why("code", "its own code changed", ("source",))),
    ],
)
def test_one_part_differs(new, old, expected):
    assert why(new, old) == (expected or Why("argument", "flow parameter day 1 → 2", ("flow_parameters.day",)))


def test_another_way_of_making_keys_is_said_once():
    policy, function = [part("inputs.x", "1"), part("task", "t")], [part("custom", "k1")]
    assert why(function, policy) == Why("custom", "its key is now made by a key function", ("custom",))
    assert why(policy, function) == Why("custom", "its key is now made by its cache policy", ("custom",))


def test_only_the_innermost_places_are_named():
    new = part("inputs.cfg", "b", **{".opt": "b", ".opt.lr": "0.2", ".opt.name": "n"})
    old = part("inputs.cfg", "a", **{".opt": "a", ".opt.lr": "0.1", ".opt.name": "n"})
    assert why([new], [old]).text == "argument cfg.opt.lr 0.1 → 0.2"


def test_many_places_are_counted():
    new, old = (part("inputs.cfg", said, **{f"[{n}]": f"{said}{n}" for n in range(9)}) for said in "ba")
    assert why([new], [old]).text == ("argument cfg[0] a0 → b0, and 8 more of its members")


def test_many_arguments_are_counted():
    new, old = ([part(f"inputs.{name}", f"{name}{said}") for name in "abcde"] for said in "21")
    assert why(new, old).text == "argument a a1 → a2, argument b b1 → b2, argument c c1 → c2, and 2 more"
    assert len(why(new, old).changed) == 5


CODE_NEW, CODE_OLD = [part("code", "new")], [part("code", "old")]


@pytest.mark.parametrize(
    ("new", "old", "cause", "text"),
    [
        (code(helper("code.shop.clean", "b")), code(helper("code.shop.clean", "a")), "code", "helper clean() changed"),
        (
            code(helper("code.shop.LIMIT", "b", "constant", "4")),
            code(helper("code.shop.LIMIT", "a", "constant", "3")),
            "constant",
            "constant LIMIT 3 → 4",
        ),
        (
            code(helper("package.pandas", "b", "package", "2.2")),
            code(helper("package.pandas", "a", "package", "2.1")),
            "package",
            "package pandas 2.1 → 2.2",
        ),
        (code(helper("code.shop.Model", "b", "class")), code(helper("code.shop.Model", "a", "class")), "code", "class Model changed"),
        (code(helper("code.shop.new", "b")), code(), "code", "helper new() is new"),
        (code(), code(helper("code.shop.old", "b")), "code", "helper old() is gone"),
        (code(helper("code.shop.tasks.train", "b"), helper("code.shop.new", "b")), code(helper("code.shop.tasks.train", "a")), "code", "its own code changed"),
        (
            code(helper("code.a.clean", "b"), helper("code.b.clean", "b")),
            code(helper("code.a.clean", "a"), helper("code.b.clean", "a")),
            "code",
            "helper a.clean() changed, helper b.clean() changed",
        ),
        (None, code(), "code", "its code changed"),
        (code(), None, "code", "its code changed"),
    ],
)  # fmt: skip
def test_what_changed_in_the_code(new, old, cause, text):
    found = why(CODE_NEW, CODE_OLD, new, old)
    assert (found.cause, found.text) == (cause, text)


def test_code_comes_before_arguments():
    new, old = code(helper("code.shop.clean", "b")), code(helper("code.shop.clean", "a"))
    found = why([*CODE_NEW, part("inputs.x", "2")], [*CODE_OLD, part("inputs.x", "1")], new, old)
    assert (found.cause, found.text) == ("code", "helper clean() changed, argument x 1 → 2")
