"""Normalised syntax keeps what a program says and drops how it is written."""

from __future__ import annotations

import ast

import pytest

from recoup.hashing.code.names import names_of
from recoup.hashing.code.syntax import Decorator, digest_of, normalise, unparse


def judge(decorator):
    name = ast.unparse(decorator).partition("(")[0]
    return {"task": Decorator.OURS, "cache": Decorator.PLAIN}.get(name, Decorator.READER)


def tree_of(text):
    return normalise(ast.parse(text).body[0], judge)


SAME = [
    ("def f(x): return x", "def f(x: int) -> int:\n    'doc'\n    return (x)  # why"),
    ("def f(*a, b, **k): pass", "def f(*a: int, b: str, **k: 'x') -> None: ..."),
    ("def f(): return 'ab'", 'def f(): return "a" "b"'),
    ("def f(x): return f'{x}ab'", "def f(x): return f'{x}' 'a' f'b'"),
    ("def f(x): return f'{x}'", "def f(x): return f'{x:}'"),
    ("def f(): return 255", "def f(): return 0xFF"),
    ("def f(): return 'a'", "def f(): return u'a'"),
    ("def f(): x = 1", "def f(): x: int = 1"),
    ("def f(): return 1", "def f():\n    x: int\n    return 1"),
    ("def f(x):\n    if x: return 1", "def f(x):\n    if x:\n        return 1\n    else:\n        pass"),
    ("def f(): pass", "@task(retries=3)\ndef f(): pass"),
    ("def f(): pass", "@other\n@task\ndef f(): pass"),
    ("@cache\ndef f(x): pass", "@task\n@cache\ndef f(x: int): pass"),
    ("class A:\n    x = 1", "class A:\n    'doc'\n    x: int = 1\n    y: str"),
    ("class A:\n    def f(self, x): pass", "class A:\n    @task\n    def f(self, x: int): pass"),
    ("def f(): a = 1; return a", "def f(): b = 1; return b"),
    ("def f(): return [a for a in x if a]", "def f(): return [b for b in x if b]"),
    ("def f(x): return [x for x in x]", "def f(x): return [y for y in x]"),
    ("def f(): return {a: c for a in x for c in a}", "def f(): return {c: a for c in x for a in c}"),
    ("def f():\n    try: g()\n    except E as e: return e", "def f():\n    try: g()\n    except E as error: return error"),
    ("def f():\n    with g() as a: return a", "def f():\n    with g() as b: return b"),
    ("def f(x): return (a := x) + a", "def f(x): return (b := x) + b"),
    ("def f(x):\n    match x:\n        case [a, *b]: return a, b", "def f(x):\n    match x:\n        case [c, *d]: return c, d"),
    (
        "def f(x):\n    match x:\n        case {'k': a, **b}: return b",
        "def f(x):\n    match x:\n        case {'k': c, **d}: return d",
    ),
    (
        "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a += 1\n    return g",
        "def f():\n    b = 1\n    def g():\n        nonlocal b\n        b += 1\n    return g",
    ),
    ("def f():\n    a = 1\n    return lambda x: a + x", "def f():\n    b = 1\n    return lambda x: b + x"),
]
DIFFERENT = [
    ("def f(x): return x", "def f(y): return y"),
    ("def f(x): return x", "async def f(x): return x"),
    ("def f(): return 1", "def f(): return 1.0"),
    ("def f(): return 1", "def f(): return True"),
    ("def f(): return 'a'", "def f(): return b'a'"),
    ("def f(): return -0.0", "def f(): return 0.0"),
    ("def f(): return None", "def f(): return ..."),
    ("def f(): return {**a}", "def f(): return {a: a}"),
    ("def f(*, a, b=1): pass", "def f(*, a=1, b): pass"),
    ("def f(a, /, b): pass", "def f(a, b): pass"),
    ("def f(x): return f'{x}'", "def f(x): return f'{x!r}'"),
    ("def f(x): return f'{x}'", "def f(x): return x"),
    ("def f(): return a, b", "def f(): return [a, b]"),
    ("def f(): a = b", "def f(): b = a"),
    ("def f(): return 1 + 2 * 3", "def f(): return (1 + 2) * 3"),
    ("@cache\ndef f(): pass", "def f(): pass"),
    ("@checked\ndef f(x): pass", "@checked\ndef f(x: int): pass"),
    ("class A(B):\n    x: int", "class A(B):\n    x: str"),
    ("@model\nclass A:\n    x: int", "@model\nclass A:\n    x: str"),
    ("class A(B): pass", "class A(C): pass"),
    ("lambda: 1", "lambda: (yield)"),
    ("def f(): a = 1; return b", "def f(): c = 1; return c"),
    ("def f(): a = 1; b = 2; return a", "def f(): a = 1; b = 2; return b"),
    ("def f(): a = 1; return [a for b in x]", "def f(): a = 1; return [b for b in x]"),
    ("def f(x): return [x for x in x]", "def f(x): return [x for y in x]"),
    ("def f(): a = 1; return locals()", "def f(): b = 1; return locals()"),
    ("def f(t): a = 1; return t.query('x > @a')", "def f(t): b = 1; return t.query('x > @a')"),
    ("def f(): a = 1; return f'{a=}'", "def f(): b = 1; return f'{b=}'"),
    ("def f(a): return lambda x: a", "def f(b): return lambda x: b"),
    ("def f():\n    def g(): pass\n    return g", "def f():\n    def h(): pass\n    return h"),
    ("def f():\n    import a\n    return a", "def f():\n    import a as b\n    return b"),
    ("def f():\n    x = 1\n    class A:\n        x = x", "def f():\n    z = 1\n    class A:\n        x = x"),
    ("def f():\n    global a\n    a = 1", "def f():\n    a = 1"),
    ("def f():\n    global a\n    a = 1", "def f():\n    global b\n    b = 1"),
    ("class A:\n    x = 1", "class A:\n    y = 1"),
    ("def f(x): x.a = 1", "def f(x): x.b = 1"),
    (
        "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a = 2\n    return a",
        "def f():\n    a = 1\n    def g():\n        a = 2\n    return a",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_one_program(one, other):
    assert digest_of(tree_of(one)) == digest_of(tree_of(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_programs(one, other):
    assert digest_of(tree_of(one)) != digest_of(tree_of(other))


def test_the_tree_of_the_file_is_left_alone():
    tree = ast.parse("@task\ndef f(x: int):\n    'doc'\n    y: int = f'{x}' 'a'\n    return y")
    before = ast.dump(tree)
    normalise(tree.body[0], judge)
    assert ast.dump(tree) == before


def test_normalised_source_reads_like_python():
    assert (
        unparse(tree_of("@task\ndef f(x: int):\n    'doc'\n    y: int = x  # why\n    return y"))
        == "def f(x):\n    y = x\n    return y"
    )


NAMES = [
    ("def f(x): return x + helper(x)", [("helper",)]),
    ("def f(): return mod.sub.helper().attribute", [("mod", "sub", "helper")]),
    ("def f(): helper = 1; return helper", []),
    ("def f():\n    def g(): return h\n    h = 1\n    return g", []),
    ("def f(): return [x for x in rows if x in wanted]", [("rows",), ("wanted",)]),
    ("def f(): return [y := x for x in rows], y", [("rows",)]),
    ("def f(x=default): return x", []),
    ("def f():\n    def g(x=default): return x", [("default",)]),
    ("class A:\n    helper = 1\n    def f(self): return helper", [("helper",)]),
    ("def f(e):\n    try: pass\n    except Error as e: return e", [("Error",)]),
    ("def f(x):\n    match x:\n        case Point(x=a) if a: return a", [("Point",)]),
    ("class A(B):\n    x: 'Inner'", [("B",), ("Inner",)]),
]


@pytest.mark.parametrize(("text", "reads"), NAMES)
def test_names_follow_the_rules_of_scope(text, reads):
    names = names_of(tree_of(text))
    assert sorted([*names.reads, *names.defining]) == reads


CHANGES = [
    ("def f(): memo[1] = 2", {("memo",)}),
    ("def f(): state.memo['a']['b'] += 2", {("state", "memo")}),
    ("def f(): del memo[1]", {("memo",)}),
    ("def f():\n    global n\n    n += 1", {("n",)}),
    ("def f():\n    global n\n    return n", set()),
    ("def f():\n    def g():\n        nonlocal n\n        n = 1\n    return g", {("n",)}),
    ("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n = 1\n    return g", set()),
    ("def f():\n    local = memo\n    local[1] = 2", {("memo",)}),
    ("def f(memo): memo[1] = 2", set()),
]


@pytest.mark.parametrize(("text", "changes"), CHANGES)
def test_what_a_function_changes(text, changes):
    assert names_of(tree_of(text)).changes == changes
