"""Binary morphology against a brute-force oracle, SciPy's results and known properties."""

import itertools

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage

OPERATIONS = ("binary_erosion", "binary_dilation", "binary_opening", "binary_closing")


def dilate(x, s, iterations=1, mask=None, border=0, origin=0):
    """Voxel p becomes the OR over the structure's k of x[p - (k - centre)]."""
    origin = [origin] * x.ndim if np.isscalar(origin) else origin
    centre = [n // 2 + o for n, o in zip(s.shape, origin, strict=True)]
    offsets = [tuple(int(a) - c for a, c in zip(k, centre, strict=True)) for k in np.argwhere(s)]
    reach = max([1] + [abs(d) for k in offsets for d in k])
    done = 0
    while True:
        padded = np.pad(x, reach, constant_values=bool(border))
        y = np.zeros_like(x)
        for k in offsets:
            y |= padded[
                tuple(slice(reach - d, reach - d + n) for d, n in zip(k, x.shape, strict=True))
            ]
        y = y if mask is None else np.where(mask, y, x)
        done += 1
        same, x = np.array_equal(x, y), y
        if same or done == iterations:
            return x


def erode(x, s, iterations=1, mask=None, border=0, origin=0):
    """Dilation of the complement with the structure reversed about its centre."""
    origin = [origin] * x.ndim if np.isscalar(origin) else origin
    mirrored = [-o - (n % 2 == 0) for o, n in zip(origin, s.shape, strict=True)]
    return ~dilate(~x, np.flip(s), iterations, mask, 1 - border, mirrored)


ORACLE = {
    "binary_erosion": erode,
    "binary_dilation": dilate,
    "binary_opening": lambda x, s, *a: dilate(erode(x, s, *a), s, *a),
    "binary_closing": lambda x, s, *a: erode(dilate(x, s, *a), s, *a),
}


@st.composite
def problems(draw):
    ndim = draw(st.integers(1, 4))
    longest = {1: 200, 2: 70, 3: 20, 4: 6}[ndim]
    shape = [draw(st.integers(1, longest)) for _ in range(ndim)]
    shape[-1] = draw(st.sampled_from([shape[-1], 63, 64, 65, 128])) if ndim < 4 else shape[-1]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.random(shape) < draw(st.sampled_from([0.05, 0.5, 0.95]))
    widest = {1: 150, 2: 9, 3: 4, 4: 3}[ndim]
    size = [draw(st.integers(1, widest)) for _ in range(ndim)]
    s = rng.random(size) < draw(st.sampled_from([0.0, 0.4, 1.1]))
    origin = [draw(st.integers(-(n // 2), n - 1 - n // 2)) for n in size]
    mask = rng.random(shape) < 0.6 if draw(st.booleans()) else None
    return x, s, draw(st.integers(1, 4)), mask, draw(st.integers(0, 1)), origin


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_equals_brute_force(name, problem):
    x, s, iterations, mask, border, origin = problem
    got = getattr(ndimage, name)(
        x, s, iterations=iterations, mask=mask, border_value=border, origin=origin
    )
    assert got.dtype == bool
    np.testing.assert_array_equal(got, ORACLE[name](x, s, iterations, mask, border, origin))


@settings(max_examples=60, deadline=None)
@given(problem=problems(), connectivity=st.integers(1, 4))
def test_until_stable_equals_brute_force(problem, connectivity):
    x, s, _, mask, border, _ = problem
    for structure in (peer.generate_binary_structure(x.ndim, connectivity), s.copy()):
        structure[tuple(n // 2 for n in structure.shape)] = True
        got = ndimage.binary_erosion(x, structure, -1, mask, border_value=border)
        np.testing.assert_array_equal(got, erode(x, structure, -1, mask, border))
        got = ndimage.binary_propagation(x, structure, mask, border_value=border)
        np.testing.assert_array_equal(got, dilate(x, structure, -1, mask, border))
        got = ndimage.binary_fill_holes(x, structure)
        np.testing.assert_array_equal(got, ~dilate(np.zeros_like(x), structure, -1, ~x, 1))


@pytest.mark.parametrize("border", [0, 1])
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("radius", [1, 2, 5])
def test_ball_equals_scipy(name, radius, border):
    grid = np.arange(-radius, radius + 1)
    ball = grid[:, None, None] ** 2 + grid[:, None] ** 2 + grid**2 <= radius**2
    x = np.random.default_rng(radius).random((20, 31, 70)) < (0.9 if "r" in name[7:9] else 0.02)
    want = getattr(peer, name)(x, ball, border_value=border)
    np.testing.assert_array_equal(getattr(ndimage, name)(x, ball, border_value=border), want)


@pytest.mark.parametrize("size", [(7, 5, 3), (4, 6, 2), (1, 40, 1), (20, 1, 33)])
@pytest.mark.parametrize("border", [0, 1])
def test_box_taken_apart_equals_general_path(size, border):
    x = np.random.default_rng(3).random((23, 41, 67)) < 0.3
    everywhere = np.ones_like(x)  # a mask keeps the box whole
    for name in OPERATIONS:
        run = getattr(ndimage, name)
        for iterations in (1, 2):
            fast = run(x, np.ones(size), iterations=iterations, border_value=border)
            general = run(
                x, np.ones(size), iterations=iterations, border_value=border, mask=everywhere
            )
            np.testing.assert_array_equal(fast, general)


def test_components_equal_iteration():
    rng = np.random.default_rng(5)
    mask, seed = rng.random((20, 30, 65)) < 0.4, rng.random((20, 30, 65)) < 0.001
    fast = ndimage.binary_propagation(seed, mask=mask)
    wide = np.zeros((5, 5, 5), bool)  # the same structure; its width keeps it from the fast path
    wide[1:4, 1:4, 1:4] = ndimage.generate_binary_structure(3, 1)
    wide_result = seed
    for _ in range(2000):
        grown = ndimage.binary_dilation(wide_result, wide, mask=mask)
        if np.array_equal(grown, wide_result):
            break
        wide_result = grown
    np.testing.assert_array_equal(fast, wide_result)


@pytest.mark.parametrize("ndim", range(9))
def test_any_number_of_dimensions(ndim):
    rng = np.random.default_rng(ndim)
    shape = tuple(rng.integers(2, 5, ndim))
    x = rng.random(shape) < 0.8
    for name in OPERATIONS:
        want = getattr(peer, name)(x)
        got = getattr(ndimage, name)(x)
        assert got.shape == shape
        np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(ndimage.binary_fill_holes(x), peer.binary_fill_holes(x))


@pytest.mark.parametrize("dtype", "?bBhHiIlLefdg")
def test_truth_of_any_type(dtype):
    x = np.array([[0, 1, 1, 1, 0, 1]] * 3).astype(dtype)
    np.testing.assert_array_equal(ndimage.binary_dilation(x), peer.binary_dilation(x != 0))


def test_truth_is_not_zero():
    x = np.array([0.0, np.nan, -0.0, np.inf, 1e-320, 0])
    assert ndimage.binary_erosion(x, [1]).tolist() == [False, True, False, True, True, False]
    x = np.frombuffer(b"\x00\x02\xff", dtype=bool)  # booleans that are not 0 and 1
    assert ndimage.binary_erosion(x, [1]).view(np.uint8).tolist() == [0, 1, 1]
    x = np.array([256, 0, 1 << 40])
    assert ndimage.binary_erosion(x, [1]).tolist() == [True, False, True]


def layouts(x):
    big = np.zeros([2 * n for n in x.shape], x.dtype)
    strided = big[tuple(slice(None, None, 2) for _ in x.shape)]
    strided[...] = x
    reverse = np.flip(np.flip(x).copy())
    frozen = x.copy()
    frozen.flags.writeable = False
    return [strided, reverse, frozen, np.asfortranarray(x), x.astype(">i4"), x.tolist()]


@pytest.mark.parametrize("name", [*OPERATIONS, "binary_fill_holes"])
def test_layouts(name):
    x = np.random.default_rng(1).random((5, 6, 70)) < 0.7
    want = getattr(ndimage, name)(x)
    for other in layouts(x):
        np.testing.assert_array_equal(getattr(ndimage, name)(other), want)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int32, ">u2", np.float64])
@pytest.mark.parametrize("name", OPERATIONS)
def test_output(name, dtype):
    run = getattr(ndimage, name)
    x = np.random.default_rng(2).random((9, 70)) < 0.7
    want = run(x)
    for output in (np.full(x.shape, 7).astype(dtype), np.full((18, 70), 7).astype(dtype)[::2]):
        assert run(x, output=output) is output
        np.testing.assert_array_equal(output, want)
    assert run(x, output=np.int8).dtype == bool
    itself = x.astype(dtype)
    run(itself, output=itself)
    np.testing.assert_array_equal(itself, want)


def test_output_overlaps():
    base = np.random.default_rng(4).random((12, 70)) < 0.7
    mask = base[2:]
    want = ndimage.binary_dilation(base[:-2], mask=mask.copy())
    ndimage.binary_dilation(base[:-2], mask=mask, output=base[2:])
    np.testing.assert_array_equal(base[2:], want)


def test_fill_holes_output_is_none():
    x = np.ones((3, 3), int)
    x[1, 1] = 0
    output = np.zeros((3, 3), np.int16)
    assert ndimage.binary_fill_holes(x, output=output) is None
    assert output.tolist() == [[1] * 3] * 3
    assert x[1, 1] == 0


@pytest.mark.parametrize("axes", [*itertools.permutations(range(3), 2), 0, (-1,), (0, 1, 2)])
def test_axes_equal_scipy(axes):
    x = np.random.default_rng(6).random((6, 7, 66)) < 0.6
    count = 1 if isinstance(axes, int) else len(axes)
    # SciPy shifts even lengths of the wrong axis in a dilation where the axes are not in order
    in_order = count < 2 or list(axes) == sorted(axes)
    structure = np.ones(([3, 2, 4] if in_order else [3, 5])[:count])
    for name in OPERATIONS:
        for origin in (0, [-1, 0, 1][:count]):
            want = getattr(peer, name)(x, structure, origin=origin, axes=axes)
            got = getattr(ndimage, name)(x, structure, origin=origin, axes=axes)
            np.testing.assert_array_equal(got, want)
    want = peer.binary_fill_holes(x, axes=axes)
    np.testing.assert_array_equal(ndimage.binary_fill_holes(x, axes=axes), want)


def test_opening_takes_output_before_mask():
    x = np.random.default_rng(8).random((8, 9)) < 0.8
    output, mask = np.zeros_like(x), x.copy()
    for name in ("binary_opening", "binary_closing"):
        got = getattr(ndimage, name)(x, None, 1, output, 0, mask, 1)
        assert got is output
        want = getattr(peer, name)(x, mask=mask, border_value=1)
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0), (2, 0, 4)])
def test_empty_images(shape):
    for name in [*OPERATIONS, "binary_fill_holes"]:
        got = getattr(ndimage, name)(np.zeros(shape))
        assert got.shape == shape
        assert got.dtype == bool


def test_large_structures():
    x = np.zeros((80, 80, 80), bool)
    x[20:70, 20:70, 20:70] = True
    got = ndimage.binary_opening(x, np.ones((40, 40, 40)))
    np.testing.assert_array_equal(got, x)
    got = ndimage.binary_dilation(np.eye(5, dtype=bool), np.ones((1001, 1)))
    assert got.all()


@pytest.mark.parametrize("name", [*OPERATIONS, "binary_fill_holes", "binary_propagation"])
@pytest.mark.parametrize(
    ("error", "text", "change"),
    [
        (TypeError, "input", {"input": np.zeros((3, 3), complex)}),
        (TypeError, "input", {"input": np.array([[None, 1]])}),
        (TypeError, "input", {"input": np.array([["a"]])}),
        (RuntimeError, "structure", {"structure": np.ones(3)}),
        (RuntimeError, "structure", {"structure": np.ones((0, 3))}),
        (RuntimeError, "structure", {"structure": np.ones((3, 3)), "axes": (0,)}),
        (TypeError, "structure", {"structure": [[None]]}),
        (ValueError, "origin", {"origin": 2}),
        (ValueError, "origin", {"origin": -2}),
        (ValueError, "origin", {"origin": 10**18}),
        (TypeError, "origin", {"origin": 0.5}),
        (RuntimeError, "origin", {"origin": (0, 0, 0)}),
        (RuntimeError, "output", {"output": np.zeros((3, 4), bool)}),
        (TypeError, "output", {"output": np.zeros((3, 3), complex)}),
        (ValueError, "output", {"output": np.broadcast_to(np.False_, (3, 3))}),
        (ValueError, "axes", {"axes": (0, 0)}),
        (ValueError, "axes", {"axes": 2}),
        (TypeError, "axes", {"axes": (0.5,)}),
        (RuntimeError, "mask", {"mask": np.zeros((3, 4))}),
        (TypeError, "mask", {"mask": np.zeros((3, 3), complex)}),
        (TypeError, "iterations", {"iterations": 1.5}),
        (TypeError, "border_value", {"border_value": "a"}),
    ],
)
def test_bad_input(name, error, text, change):
    if set(change) & {"iterations", "border_value", "mask"} and name not in OPERATIONS:
        change, error, text = {"input": "abc"}, TypeError, "input"
    arguments = {"input": np.ones((3, 3), bool), **change}
    with pytest.raises(error, match=f"`{text}`"):
        getattr(ndimage, name)(**arguments)


@pytest.mark.parametrize("origin", [(0, None), (1, None), ((0, -1), (1, 0))])
def test_hit_or_miss_equals_scipy(origin):
    x = np.random.default_rng(9).random((30, 70)) < 0.5
    first, second = np.eye(3, 3, dtype=bool), np.fliplr(np.eye(3, 3, dtype=bool))
    second[1, 1] = False
    for structures in [(None, None), (first, None), (first, second)]:
        want = peer.binary_hit_or_miss(x, *structures, None, *origin)
        got = ndimage.binary_hit_or_miss(x, *structures, None, *origin)
        np.testing.assert_array_equal(got, want)
        output = np.ones(x.shape, np.int8)
        assert ndimage.binary_hit_or_miss(x, *structures, output, *origin) is None
        np.testing.assert_array_equal(output, want)


def test_voxels_that_never_settle():
    with pytest.raises(RuntimeError, match="iterations"):
        ndimage.binary_erosion([1, 0], [1, 0, 1], -1, border_value=1)


def test_huge_iterations_stop_when_nothing_changes():
    x = np.zeros((20, 20))
    x[3, 4] = 1
    assert ndimage.binary_dilation(x, np.ones((3, 3)), 2**70).all()
