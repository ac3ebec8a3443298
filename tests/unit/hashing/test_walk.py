"""Depth, sharing, cycles, references: the shape of a value in memory is no part of it."""

import copy

import pytest

from recoup.exceptions import HashError
from recoup.hashing import Hasher, Reference, digest, token
from recoup.types import Digest, Token


class Node:
    def __init__(self, name=""):
        self.name = name


def nested(depth, make):
    value = []
    for _ in range(depth):
        value = make(value)
    return value


@pytest.mark.parametrize("make", [lambda v: [v], lambda v: {"a": (v, 1)}], ids=["lists", "dicts of tuples"])
def test_no_depth_is_too_deep(make):
    value, other = nested(100_000, make), nested(99_999, make)
    try:
        assert digest(value) != digest(other)
    finally:
        _take_apart(value)
        _take_apart(other)


def _take_apart(value):
    """Free a deep value from the outside, since Python frees it recursively."""
    while value:
        value = value["a"] if isinstance(value, dict) else value[0]


def test_objects_nest_as_deep():
    inner = Node()
    for _ in range(5_000):
        outer = Node()
        outer.inner = inner
        inner = outer
    assert digest(inner) == digest(inner)


def test_shared_members_hash_as_if_copied():
    row = ["a", {"b": [1]}]
    assert digest([row, row, {"x": row}]) == digest([row, copy.deepcopy(row), {"x": copy.deepcopy(row)}])


def test_a_graph_with_much_sharing_is_visited_once_per_node():
    """Two hundred doublings unfold to more members than there are atoms."""
    value = [1]
    for _ in range(200):
        value = [value, value]
    assert digest(value) == digest(copy.deepcopy(value))


def test_sharing_among_dicts_and_objects_is_visited_once_too():
    value = Node("leaf")
    for _ in range(100):
        parent = Node()
        parent.left, parent.right = value, {"same": value}
        value = parent
    assert digest(value) == digest(copy.deepcopy(value))


def test_equal_cycles_agree_and_others_differ():
    def ring(*names):
        nodes = [Node(name) for name in names]
        for node, following in zip(nodes, nodes[1:] + nodes[:1], strict=True):
            node.following = following
        return nodes[0]

    assert digest(ring("a", "b", "c")) == digest(ring("a", "b", "c"))
    assert len({digest(ring(*names)) for names in ("a", "b", "ab", "ba", "abc", "acb", "aba")}) == 7


def test_a_cycle_differs_from_the_same_without_it():
    cyclic = [1]
    cyclic.append(cyclic)
    assert digest(cyclic) != digest([1, [1]]) != digest([1])


def test_where_a_cycle_leads_back_to_counts():
    def three(target):
        outer, middle, inner = ["o"], ["m"], ["i"]
        outer.append(middle)
        middle.append(inner)
        inner.append({"outer": outer, "middle": middle, "inner": inner}[target])
        return outer

    assert len({digest(three(target)) for target in ("outer", "middle", "inner")}) == 3


def test_a_cycle_inside_has_the_same_digest_wherever_it_stands():
    def ring():
        members = [1]
        members.append(members)
        return members

    shared = ring()
    assert digest([shared, [[shared]]]) == digest([ring(), [[ring()]]])
    assert token([ring()]) == token([Reference(token(ring()))])


def test_children_that_know_their_parent_are_a_tree():
    def tree(fanout, depth, parent=None):
        node = Node(str(depth))
        node.parent = parent
        node.children = [tree(fanout, depth - 1, node) for _ in range(fanout)] if depth else []
        return node

    assert digest(tree(3, 4)) == digest(tree(3, 4)) != digest(tree(4, 3))


def test_a_dense_graph_is_walked_in_linear_time():
    """Sixty nodes, each knowing all: following every way would take for ever."""
    nodes = [Node(str(i)) for i in range(60)]
    for node in nodes:
        node.others = nodes
    assert digest(nodes) == digest(copy.deepcopy(nodes))


def test_dicts_inside_cycles_do_not_depend_on_their_order():
    def family(names):
        members = {name: Node(name) for name in names}
        for node in members.values():
            node.family = members
        return members

    assert digest(family("abc")) == digest(family("cba")) == digest(family("bac"))


def test_sets_inside_cycles_do_not_depend_on_their_order():
    def family(names):
        parent = Node("parent")
        children = [Node(name) for name in names]
        for child in children:
            child.parent = parent
        parent.children = set(children)
        return parent

    assert digest(family("abcdef")) == digest(family("fedcba")) != digest(family("abcdeg"))


def test_what_refers_to_itself_in_too_many_ways_is_refused_not_followed():
    nodes = [Node(str(i)) for i in range(40)]
    for node in nodes:
        node.others = set(nodes)
    with pytest.raises(HashError, match="too many ways"):
        digest(nodes[0])


def test_keys_of_any_kind_are_walked():
    def table():
        return {(1, ("a", 2)): [1], frozenset([(1,), (2,)]): [2], None: {3}, Node: 4}

    assert digest(table()) == digest(dict(reversed(table().items())))
    assert digest({(1, (2,)): [0]}) != digest({(1, (3,)): [0]})


# --- references -------------------------------------------------------------------------------


VALUES = [1, "a", "a" * 100, [1, 2], list(range(100)), {"k": [1, {2}]}, (), b"x" * 1000, None, {1, 2}]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_container_of_references_has_the_digest_of_the_container_of_values(value):
    stored = Reference(token(value))
    assert digest([stored]) == digest([value])
    assert digest((1, stored, [stored])) == digest((1, value, [value]))
    assert digest({"a": stored, "b": 2}) == digest({"a": value, "b": 2})
    assert digest({stored, "other"}) == digest({_key(value), "other"}) if _key(value) is not None else True
    assert digest(Point(stored)) == digest(Point(value))


class Point:
    def __init__(self, x):
        self.x = x


def _key(value):
    return value if value is not None and value.__hash__ is not None else None


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_reference_has_the_digest_and_the_token_of_its_value(value):
    assert digest(Reference(token(value))) == digest(value)
    assert token(Reference(token(value))) == token(value)


class Future:
    """A class that says of its instances that each is known by a token."""

    __recoup_token__ = None

    def __init__(self, token):
        self.__recoup_token__ = token


def test_an_object_of_a_class_that_carries_tokens_is_a_reference():
    assert digest({"x": Future(token([1, 2]))}) == digest({"x": [1, 2]})


def test_what_only_looks_like_a_token_is_not_trusted():
    with pytest.raises(HashError, match="no token"):
        digest(Future(b"no token"))


def test_a_token_that_hangs_on_any_object_is_state():
    pretender = Node()
    pretender.__recoup_token__ = token([1, 2])
    assert digest(pretender) == digest(copy.copy(pretender)) != digest([1, 2])


# --- tokens -----------------------------------------------------------------------------------


def test_short_encodings_are_their_own_token_and_long_ones_a_digest():
    assert len(token(1)) < 6
    assert len(token("a" * 100)) == 33
    assert token("a" * 100)[0] == 0xFF
    assert token("a" * 100)[1:] == digest("a" * 100)


def test_tokens_and_digests_say_what_they_are():
    assert type(token([1])) is Token
    assert type(Hasher().token("x")) is Token
    assert type(digest(1)) is Digest
    assert len(digest(1)) == 32
