"""numpy: what an array holds is hashed, how it lies in memory is not."""

import itertools
import struct

import numpy as np
import pytest

from recoup.exceptions import HashError
from recoup.hashing import digest

RNG = np.random.default_rng(7)
GRID = RNG.random((60, 70))
LARGE = RNG.random((500, 300))


def _nans(*bits):
    return np.frombuffer(b"".join(struct.pack("<Q", each) for each in bits), "<f8")


def _padded():
    """Two equal records with different bytes between the fields."""
    dtype = np.dtype([("a", "u1"), ("b", "<f8")], align=True)
    arrays = []
    for filling in (0, 255):
        array = np.frombuffer(bytearray([filling]) * 2 * dtype.itemsize, dtype)
        array["a"], array["b"] = [1, 2], [0.5, 1.5]
        arrays.append(array)
    assert arrays[0].tobytes() != arrays[1].tobytes()
    return arrays


EQUAL = {
    "strides": [GRID, GRID[::-1][::-1], np.asfortranarray(GRID), np.repeat(GRID, 2, axis=1)[:, ::2], GRID.T.copy().T],
    "strides of a large array": [LARGE, np.asfortranarray(LARGE), np.repeat(LARGE, 2, axis=0)[::2], LARGE.T.copy().T],
    "few long rows": [np.ones((3, 100_000)), np.ones((100_000, 3)).T, np.asfortranarray(np.ones((3, 100_000)))],
    "many axes": [LARGE.reshape(5, 100, 30, 10), np.asfortranarray(LARGE.reshape(5, 100, 30, 10))],
    "byte order": [np.arange(9, dtype="<i4"), np.arange(9, dtype=">i4")],
    "byte order of texts": [np.array(["ab", "c"], "<U2"), np.array(["ab", "c"], ">U2")],
    "byte order of fields": [np.ones(2, [("a", "<i4"), ("b", "<f8")]), np.ones(2, [("a", ">i4"), ("b", ">f8")])],
    "the bits of a NaN": [_nans(0x7FF8 << 48), _nans(0xFFF8 << 48), _nans((0x7FF8 << 48) + 5), np.array([np.nan])],
    "NaN far down": [np.append(np.ones(99_999), bits) for bits in (_nans(0x7FF8 << 48), _nans(0xFFF8 << 48))],
    "complex NaN": [np.array([complex(np.nan, 1)]), np.append(_nans(0xFFF8 << 48), 1.0).view("c16")],
    "padding of records": _padded(),
    "writability": [np.arange(3), np.frombuffer(np.arange(3).tobytes(), np.arange(3).dtype)],
    "objects": [np.array(["a", None, 1], object), np.array(["b", 1, "a", None, "c", 1], object)[2::1][[0, 1, 3]]],
    "texts of any length": [np.array(["a", "ä"], np.dtypes.StringDType()), np.array(["a", "ä"], np.dtypes.StringDType())],
    "scalars from anywhere": [np.float64(0.5), np.array([0.5])[0], np.array(0.5)[()]],
    "NaN scalars": [np.float64("nan"), _nans(0xFFF8 << 48)[0]],
    "extended precision": [np.array([1, 2], np.longdouble), np.array([1, 9, 2, 9], np.longdouble)[::2]],
}


@pytest.mark.parametrize("layout", EQUAL)
def test_layout_does_not_matter(layout):
    assert len({digest(array) for array in EQUAL[layout]}) == 1


class Labelled(np.ndarray):
    pass


def _labelled(label):
    array = np.eye(2).view(Labelled)
    array.label = label
    return array


DIFFERENT = {
    "type": [
        np.arange(2),
        [0, 1],
        (0, 1),
        np.arange(2).tobytes(),
        np.arange(2, dtype="i4"),
        np.arange(2, dtype="u8"),
        np.arange(2.0),
    ],
    "dtype of the same bytes": [
        np.zeros(2, t) for t in ("i8", "u8", "f8", "M8[s]", "m8[s]", "M8[ns]", "S8", "U2", "V8", "c8", "b1", object)
    ],
    "shape": [
        np.zeros((2, 3)),
        np.zeros((3, 2)),
        np.zeros(6),
        np.zeros((1, 6)),
        np.zeros((6, 1)),
        np.zeros((0, 3)),
        np.zeros((3, 0)),
        np.zeros(0),
    ],
    "content": [GRID, GRID + 1e-12, GRID.T, GRID[::-1], GRID[:, ::-1]],
    "zeros": [np.array([0.0]), np.array([-0.0])],
    "scalars": [
        np.float64(1),
        np.float32(1),
        np.int64(1),
        np.array(1.0),
        np.array([1.0]),
        1.0,
        1,
        np.bool_(True),
        np.str_("1"),
        "1",
    ],
    "moments": [
        np.datetime64("2020"),
        np.datetime64("2020-01"),
        np.datetime64("NaT", "Y"),
        np.timedelta64(1, "D"),
        np.timedelta64(24, "h"),
    ],
    "names of fields": [
        np.ones(2, [("a", "i4"), ("b", "i4")]),
        np.ones(2, [("b", "i4"), ("a", "i4")]),
        np.ones(2, [("a", "i4", 2)]),
    ],
    "objects": [
        np.array([None, 1], object),
        np.array([1, None], object),
        np.array([1, np.nan], object),
        np.array(["a", "b"], object),
        np.array(["ab", ""], object),
        np.array(["a", "b"]),
        np.array([["a"], ["b"]], object),
        np.array(["a", None], object),
        np.array([None, "a"], object),
        np.array([b"a", "b"], object),
    ],
    "subclasses": [
        np.eye(2),
        np.eye(2).view(Labelled),
        _labelled("a"),
        _labelled("b"),
        np.eye(2).view(np.recarray),
        np.ma.array(np.eye(2)),
        np.ma.array(np.eye(2), mask=np.eye(2)),
    ],
    "dtypes": [np.dtype("i4"), np.dtype("i8"), np.dtype("f4"), np.dtype([("a", "i4")]), np.dtype(("i4", 2)), np.int32, "<i4"],
    "functions": [np.add, np.subtract, np.sum, np.mean],
}


@pytest.mark.parametrize("aspect", DIFFERENT)
def test_what_an_array_is_does_matter(aspect):
    for one, other in itertools.combinations(DIFFERENT[aspect], 2):
        assert digest(one) != digest(other), (one, other)


def test_each_element_of_a_large_array_counts():
    base = digest(array := RNG.random(100_000))
    for place in (0, 32_768, 99_999):
        changed = array.copy()
        changed[place] += 1
        assert digest(changed) != base


def test_what_lies_under_a_mask_does_not_matter():
    mask = [False, True, False]
    assert digest(np.ma.array([1, 2, 3], mask=mask)) == digest(np.ma.array([1, 9, 3], mask=mask))


def test_a_memory_map_is_known_by_its_content(tmp_path):
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", GRID)
    one, other = (np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("a", "b"))
    assert digest(one) == digest(other)


def test_objects_in_an_array_say_where_they_are():
    with pytest.raises(HashError) as caught:
        digest([np.array([["a", "b"], ["c", iter([])]], object)])
    assert caught.value.path == "[0][1, 1]"


def test_generators_of_random_numbers_are_known_by_their_state():
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    assert digest(one) == digest(other)
    other.random()
    assert digest(one) != digest(other)


def test_hashing_leaves_an_array_as_it_was():
    array = np.append(np.ones(40_000), _nans(0xFFF8 << 48))
    before = array.tobytes()
    digest(array)
    assert array.tobytes() == before
