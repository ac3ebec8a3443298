"""Laws of digests, for values that nobody thought of."""

import copy
import math
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.hashing import Hasher, Reference, describe, digest, token
from recoup.records import fold

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.binary(max_size=40) | st.complex_numbers()
)
keys = st.recursive(scalars, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=5)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
    ),
    max_leaves=20,
)


def model(value):
    """Return a hashable stand-in that is equal for exactly those values that should share a digest."""
    kind = type(value)
    if kind is float:
        return kind, "nan" if math.isnan(value) else struct.pack("d", value)
    if kind is complex:
        return kind, model(value.real), model(value.imag)
    if kind in (list, tuple):
        return kind, tuple(map(model, value))
    if kind in (set, frozenset):
        return kind, _bag(map(model, value))
    if kind is dict:
        return kind, _bag((model(key), model(member)) for key, member in value.items())
    return kind, value


def _bag(members):
    """Count members: several NaN can be in one set."""
    members = list(members)
    return frozenset((member, members.count(member)) for member in members)


@given(values, values)
def test_two_values_share_a_digest_exactly_if_they_are_equal_in_type_and_content(one, other):
    assert (digest(one) == digest(other)) == (model(one) == model(other))


@given(values)
def test_copies_and_pickles_share_the_digest(value):
    assert digest(copy.deepcopy(value)) == digest(value) == digest(pickle.loads(pickle.dumps(value)))


@given(st.lists(values, max_size=4))
def test_references_stand_for_their_values_in_every_container(members):
    references = [Reference(token(member)) for member in members]
    assert digest(references) == digest(members)
    assert digest(tuple(references)) == digest(tuple(members))
    assert digest(dict(enumerate(references))) == digest(dict(enumerate(members)))


@given(st.dictionaries(keys, values, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_a_dict_says_nothing(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert digest(dict(items)) == digest(value)


@given(values)
def test_walking_and_encoding_on_the_spot_agree(value):
    """The same members, few enough for the short way and too many for it."""
    assert token([value] * 100) == token([Reference(token(value))] * 100)
    assert token([[value]]) == token([Reference(token([value]))])


@given(values)
def test_a_hasher_remembers_nothing_wrong(value):
    hasher = Hasher()
    assert hasher.token(value) == hasher.token(value) == token(value)
    assert hasher.token([value, value]) == token([value, copy.deepcopy(value)])


@given(values)
def test_leaves_have_the_tokens_of_what_they_name(value):
    leaves = Hasher().leaves(value)
    assert all(len(leaf.text) <= 200 for leaf in leaves.values())
    if type(value) is list and all(type(member) not in (list, tuple, dict) for member in value):
        assert {leaf.digest for leaf in leaves.values()} == {fold(token(member)) for member in value}


@given(values, st.text(max_size=10))
def test_any_value_can_be_told_in_200_characters(value, name):
    assert len(describe(value, name)) <= 200


graphs = st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=6, max_size=6)


def _linked(graph):
    nodes = [[index] for index in range(len(graph))]
    for node, targets in zip(nodes, graph, strict=True):
        node.append([nodes[target] for target in targets])
    return nodes


@given(graphs)
def test_any_graph_has_a_digest_that_its_copy_shares(graph):
    nodes = _linked(graph)
    assert digest(nodes) == digest(copy.deepcopy(nodes))
    assert digest(nodes[0]) == digest(_linked(graph)[0])


@given(graphs)
def test_any_graph_is_made_of_its_members(graph):
    """What is no part of the same cycle can be replaced by its token."""
    nodes = _linked(graph)
    assert digest([nodes[0], "x"]) == digest([Reference(token(nodes[0])), "x"])


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<i4", ">u2", "<f4", "<c16", "<M8[us]", "U3", "S2", "?"])
@settings(max_examples=20)
@given(data=st.data())
def test_any_layout_of_an_array_has_one_digest(dtype, data):
    shape = data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=3).map(tuple))
    size = math.prod(shape)
    seed = data.draw(st.integers(0, 100))
    raw = np.random.default_rng(seed).integers(0, 100, size)
    array = raw.astype("i8").astype(dtype).reshape(shape)
    for layout in (
        np.asfortranarray(array),
        array[::-1][::-1],
        array.astype(array.dtype.newbyteorder()),
        np.repeat(array, 2, 0)[::2],
    ):
        assert digest(layout) == digest(array)
