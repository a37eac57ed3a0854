"""Agreement of segmentations against brute force and closed forms."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage
from scikit.ndimage._cubes import CORNERS, EDGES, cell_patterns, cell_triangles, surfel_areas

pairs = hnp.array_shapes(max_dims=3, max_side=7).flatmap(
    lambda shape: st.tuples(*[hnp.arrays(np.int8, shape, elements=st.integers(0, 2))] * 2)
)


@settings(max_examples=100, deadline=None)
@given(pair=pairs)
def test_overlap_by_sets(pair):
    a, b = pair
    for label in (None, 1, 2, 7):
        one, other = (set(np.flatnonzero(m != 0 if label is None else m == label)) for m in (a, b))
        both, union = len(one & other), len(one | other)
        expected = (2 * both / (len(one) + len(other)), both / union) if union else (np.nan, np.nan)
        found = ndimage.dice(a, b, labels=label), ndimage.jaccard(a, b, labels=label)
        np.testing.assert_allclose(found, expected)
    np.testing.assert_array_equal(
        ndimage.dice(a, b, labels=[2, 1, 2]), [ndimage.dice(a, b, labels=k) for k in (2, 1, 2)]
    )


@pytest.mark.parametrize("kind", ["u8", "i8", ">u8"])
@pytest.mark.parametrize("asked", ["u8", "i8"])
def test_labels_that_no_double_tells_apart(kind, asked):
    labels = [2**53, 2**53 + 1, 2**53 + 2]
    a = np.array([labels[0], labels[1], labels[1], 0]).astype(kind)
    b = np.array([labels[1], labels[1], labels[1], labels[0]], "i8")
    for function, want in ((ndimage.dice, 0.8), (ndimage.jaccard, 2 / 3)):
        found = function(a, b, labels=np.array(labels, asked))
        np.testing.assert_allclose(found, [0, want, np.nan])


def test_labels_of_other_kinds():
    assert ndimage.dice([1.5, 2, 2, 0], [1.5, 2, 0, 0], labels=[[2], [0]]).tolist() == [[2 / 3]] * 2
    assert ndimage.dice([1, 2], [1, 2], labels=[]).shape == (0,)
    assert np.isnan(ndimage.dice([], [], labels=[1])).all()
    assert ndimage.dice([True, False], [True, True], labels=True) == 2 / 3
    with pytest.raises(TypeError, match="labels"):
        ndimage.dice([1], [1], labels=[1.0])


def surface_points(mask, spacing):
    """Voxels that share a face with one outside, beyond the image too."""
    padded = np.pad(mask, 1)
    deep = padded.copy()
    for axis in range(mask.ndim):
        deep &= np.roll(padded, 1, axis) & np.roll(padded, -1, axis)
    return np.argwhere(padded & ~deep) * np.asarray(spacing)


@settings(max_examples=80, deadline=None)
@given(pair=pairs, seed=st.integers(0, 20))
def test_distances_of_voxel_surfaces_by_brute_force(pair, seed):
    a, b = (m > 0 for m in pair)
    spacing = np.random.default_rng(seed).uniform(0.5, 2, a.ndim)
    hausdorff = ndimage.hausdorff_distance(a, b, spacing)
    average = ndimage.average_surface_distance(a, b, spacing)
    if not (a.any() and b.any()):
        expected = np.inf if a.any() or b.any() else np.nan
        np.testing.assert_equal([hausdorff, average], [expected] * 2)
        return
    one, other = surface_points(a, spacing), surface_points(b, spacing)
    distance = np.linalg.norm(one[:, None] - other, axis=-1)
    there, back = distance.min(axis=1), distance.min(axis=0)
    np.testing.assert_allclose(hausdorff, max(there.max(), back.max()))
    np.testing.assert_allclose(average, np.concatenate([there, back]).mean())
    np.testing.assert_allclose(
        ndimage.average_surface_distance(a, b, spacing, directed=True), there.mean()
    )
    tolerance = float(np.median(there))
    near = np.count_nonzero(there <= tolerance * (1 + 1e-12)) + np.count_nonzero(
        back <= tolerance * (1 + 1e-12)
    )
    np.testing.assert_allclose(
        ndimage.surface_dice(a, b, tolerance * (1 + 1e-12), spacing, surface="voxel"),
        near / (len(there) + len(back)),
    )
    rank = int(np.ceil(0.95 * len(there) - 1e-9)) - 1
    np.testing.assert_allclose(
        ndimage.hausdorff_distance_95(a, b, spacing, directed=True), np.sort(there)[rank]
    )


def test_areas_of_surfels():
    dz, dy, dx = 2.0, 3.0, 5.0
    areas = surfel_areas((dz, dy, dx))
    # a plane through the cell, and a corner cut off: the triangle between three middles of edges
    np.testing.assert_allclose(
        areas[[0b00001111, 0b00110011, 0b01010101]], [dy * dx, dz * dx, dz * dy]
    )
    corner = np.linalg.norm([dy * dx, dz * dx, dz * dy]) / 8
    np.testing.assert_allclose(areas[[1 << k for k in range(8)]], corner)
    np.testing.assert_allclose(areas[[255 - (1 << k) for k in range(8)]], corner)
    assert areas[0] == areas[255] == 0
    lengths = surfel_areas((dy, dx))
    np.testing.assert_allclose(lengths[[0b0011, 0b0101]], [dx, dy])
    np.testing.assert_allclose(lengths[[1, 2, 4, 8, 14]], np.hypot(dy, dx) / 2)
    np.testing.assert_allclose(lengths[[6, 9]], np.hypot(dy, dx))


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 1.0, 0.5)])
def test_area_of_a_box_and_of_a_ball(spacing):
    mask = np.zeros((12, 10, 9), bool)
    mask[2:10, 3:8, 1:7] = True
    edges = np.array([8, 5, 6]) * spacing
    area = surfel_areas(spacing)[cell_patterns(mask)].sum()
    faces = 2 * (edges[0] * edges[1] + edges[1] * edges[2] + edges[0] * edges[2])
    assert 0.8 * faces < area < faces  # edges and corners are cut off
    radius = 12.0
    axes = [np.arange(-np.ceil(radius / s) - 1, np.ceil(radius / s) + 2) * s for s in spacing]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    area = surfel_areas(spacing)[cell_patterns(z**2 + y**2 + x**2 <= radius**2)].sum()
    # steps of unequal height make a slanted surface larger
    np.testing.assert_allclose(
        area, 4 * np.pi * radius**2, rtol=0.1 if len(set(spacing)) == 1 else 0.2
    )


def test_shifted_squares_in_surfels():
    a = np.zeros((20, 20), bool)
    a[5:15, 5:15] = True
    b = np.roll(a, 3, axis=1)
    kwargs = {"spacing": (1.0, 0.5), "surface": "surfel"}
    assert ndimage.hausdorff_distance(a, b, **kwargs) == 1.5
    assert ndimage.surface_dice(a, b, 1.5, (1.0, 0.5)) == 1
    assert ndimage.surface_dice(a, a, 0) == 1
    # the sides along the shift lie on each other where they overlap
    assert 0.2 < ndimage.surface_dice(a, b, 0.2, (1.0, 0.5)) < 0.5


@pytest.mark.parametrize(
    ("function", "arguments", "error", "words"),
    [
        ("dice", {"b": np.ones(4)}, ValueError, "b"),
        ("dice", {"a": np.ones((2, 2), complex)}, TypeError, "a"),
        ("dice", {"labels": 1.5}, TypeError, "labels"),
        ("hausdorff_distance", {"spacing": (1, 2, 3)}, RuntimeError, "spacing"),
        ("hausdorff_distance", {"spacing": -1}, ValueError, "spacing"),
        ("hausdorff_distance", {"percentile": 101}, ValueError, "percentile"),
        ("hausdorff_distance", {"surface": "skin"}, ValueError, "surface"),
        ("hausdorff_distance", {"a": np.ones(()), "b": np.ones(())}, ValueError, "a"),
        (
            "hausdorff_distance",
            {"a": np.ones(3), "b": np.ones(3), "surface": "surfel"},
            ValueError,
            "surface",
        ),
        ("surface_dice", {"tolerance": -1}, ValueError, "tolerance"),
        ("surface_dice", {"tolerance": np.nan}, ValueError, "tolerance"),
    ],
)
def test_bad_arguments(function, arguments, error, words):
    base = {"a": np.ones((2, 2)), "b": np.ones((2, 2))}
    if function == "surface_dice":
        base["tolerance"] = 1
    with pytest.raises(error, match=words):
        getattr(ndimage, function)(**base | arguments)


def directed_edges(faces):
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


@pytest.mark.parametrize("density", [0.1, 0.5, 0.9])
def test_surfaces_are_closed_and_oriented(density):
    mask = np.pad(np.random.default_rng(0).random((9, 10, 11)) < density, 1)
    mesh = ndimage.marching_cubes(mask, 0.5)
    there = directed_edges(mesh.faces)
    assert len(np.unique(there, axis=0)) == len(there)
    np.testing.assert_array_equal(np.unique(there, axis=0), np.unique(there[:, ::-1], axis=0))
    np.testing.assert_array_equal(np.unique(mesh.faces), np.arange(len(mesh.vertices)))


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 1.0, 0.5)])
def test_surface_of_a_ball(spacing):
    radius = 8.3
    axes = [np.arange(-np.ceil(radius / s) - 1, np.ceil(radius / s) + 2) * s for s in spacing]
    centre = np.array([-axis[0] for axis in axes])
    z, y, x = np.meshgrid(*axes, indexing="ij")
    vertices, faces, normals, values = ndimage.marching_cubes(
        -np.sqrt(z**2 + y**2 + x**2), -radius, spacing=spacing
    )
    from_centre = vertices - centre
    np.testing.assert_allclose(np.linalg.norm(from_centre, axis=1), radius, rtol=0.01)
    assert (np.einsum("ij,ij->i", normals, from_centre) > 0.98 * radius).all()
    corners = from_centre[faces].astype(float)
    volume = np.linalg.det(corners).sum() / 6
    np.testing.assert_allclose(volume, 4 / 3 * np.pi * radius**3, rtol=0.02)
    assert (values > -radius).all()


def test_a_mask_leaves_cells_out():
    volume = np.zeros((6, 6, 6))
    volume[2:4, 2:4, 2:4] = 1
    mask = np.ones(volume.shape)
    mask[:3] = 0
    mesh = ndimage.marching_cubes(volume, 0.5, mask=mask)
    assert mesh.vertices[:, 0].min() >= 3
    np.testing.assert_array_equal(np.unique(mesh.faces), np.arange(len(mesh.vertices)))


def test_every_cell_cuts_exactly_its_crossed_edges():
    for pattern, triangles in enumerate(cell_triangles()):
        inside = np.array([pattern >> k & 1 for k in range(8)])
        crossed = np.flatnonzero(inside[EDGES[:, 0]] != inside[EDGES[:, 1]])
        np.testing.assert_array_equal(np.unique(np.array(triangles, int)), crossed)
    assert len(CORNERS) == 8


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"volume": np.ones((3, 3))}, ValueError, "volume"),
        ({"volume": np.ones((3, 1, 3))}, ValueError, "volume"),
        ({"volume": np.ones((0, 3, 3))}, ValueError, "volume"),
        ({"volume": np.full((3, 3, 3), np.nan)}, ValueError, "volume"),
        ({"volume": np.ones((3, 3, 3), complex)}, TypeError, "volume"),
        ({"level": np.nan}, ValueError, "level"),
        ({"level": "x"}, TypeError, "level"),
        ({"spacing": 0}, ValueError, "spacing"),
        ({"spacing": (1, 1)}, RuntimeError, "spacing"),
        ({"mask": np.ones((3, 3))}, ValueError, "mask"),
    ],
)
def test_bad_arguments_of_marching_cubes(arguments, error, words):
    with pytest.raises(error, match=words):
        ndimage.marching_cubes(**{"volume": np.eye(9).reshape(3, 3, 9)} | arguments)


def test_nothing_crosses_the_level():
    mesh = ndimage.marching_cubes(np.ones((3, 3, 3)), 5)
    assert [len(part) for part in mesh] == [0, 0, 0, 0]
