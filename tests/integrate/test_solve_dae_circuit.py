"""solve_dae where derivatives occur in fewer combinations than components: a circuit with capacitors between nodes."""

import numpy as np
import pytest

from scikit.integrate import solve_dae

CAPACITORS = 1e-6 * np.arange(1, 6)
START = np.array([0.0, 3, 3, 6, 3, 3, 6, 0])
#: At t = 0.2, of the IVP test set (F. Mazzia, C. Magherini, 2008), transistor amplifier.
END = [
    -0.5562145012262709e-2, 0.3006522471903042e1, 0.2849958788608128e1, 0.2926422536206241e1, 0.2704617865010554e1,
    0.2761837778393145e1, 0.4770927631616772e1, 0.1236995868091548e1,
]  # fmt: skip


def matrix():
    """Nodes 1 and 2, 4 and 5, 7 and 8 are joined by capacitors: rank 5 of 8."""
    m = -np.diag(CAPACITORS[[0, 0, 1, 2, 2, 3, 4, 4]])
    for i, c in ((0, 0), (3, 2), (6, 4)):
        m[i, i + 1] = m[i + 1, i] = CAPACITORS[c]
    return m


M = matrix()


def currents(t, y):
    def gate(u):
        return 1e-6 * (np.exp(u / 0.026) - 1)

    first, second = gate(y[1] - y[2]), gate(y[4] - y[5])
    return np.array([
        (0.1 * np.sin(200 * np.pi * t) - y[0]) / 1000,
        (6 - 2 * y[1]) / 9000 - 0.01 * first, first - y[2] / 9000, (6 - y[3]) / 9000 - 0.99 * first,
        (6 - 2 * y[4]) / 9000 - 0.01 * second, second - y[5] / 9000, (6 - y[6]) / 9000 - 0.99 * second,
        -y[7] / 9000,
    ])  # fmt: skip


def amplifier(t, y, yp):
    return M @ yp + currents(t, y)


def amplifier_jac(t, y, yp):
    by_y = np.zeros((8, 8))
    for i, j, out in ((1, 2, 3), (4, 5, 6)):
        slope = 1e-6 / 0.026 * np.exp((y[i] - y[j]) / 0.026)
        for row, factor in ((i, -0.01), (j, 1.0), (out, -0.99)):
            by_y[row, i] += factor * slope
            by_y[row, j] -= factor * slope
    by_y -= np.diag([1e-3, *(np.array([2, 1, 1, 2, 1, 1, 1]) / 9000)])
    return by_y, M


@pytest.mark.parametrize("jac", [None, amplifier_jac])
@pytest.mark.parametrize("consistent", [True, "yp"])
def test_transistor_amplifier(jac, consistent):
    sol = solve_dae(
        amplifier, (0, 0.2), START, jac=jac, consistent=consistent, rtol=1e-6, atol=1e-6
    )
    assert sol.success
    np.testing.assert_allclose(sol.y[:, 0], START, atol=1e-8)
    assert np.abs(amplifier(0, sol.y[:, 0], sol.yp[:, 0])).max() < 1e-12
    np.testing.assert_allclose(sol.y[:, -1], END, rtol=1e-4)


def test_given_start():
    yp0 = [
        51.338775, 51.338775, -1.5e3 / 9, -24.9757667, -24.9757667, -750 / 9, -10.00564453, -10.00564453,
    ]  # fmt: skip
    sol = solve_dae(
        amplifier, (0, 0.2), START, yp0, consistent=False, rtol=1e-8, atol=1e-8, t_eval=[0.2]
    )
    np.testing.assert_allclose(sol.y[:, 0], END, rtol=1e-6)


def test_wrong_start_is_moved_along_the_algebraic_part_only():
    moved = START + 0.01 * np.arange(8)
    sol = solve_dae(amplifier, (0, 1e-4), moved, rtol=1e-6, atol=1e-6)
    assert np.abs(amplifier(0, sol.y[:, 0], sol.yp[:, 0])).max() < 1e-12
    np.testing.assert_allclose(M @ sol.y[:, 0], M @ moved, atol=1e-18)
    with pytest.raises(ValueError, match="no consistent values"):
        solve_dae(amplifier, (0, 1e-4), moved, consistent="yp")


def test_start_after_an_event():
    def now(t, y):
        return t - 1e-3

    now.affect = lambda t, y: y + 0.01 * np.arange(8)
    sol = solve_dae(amplifier, (0, 2e-3), START, events=now, rtol=1e-6, atol=1e-6)
    assert sol.success
    k = np.flatnonzero(sol.t == sol.t_events[0][0])[-1]
    assert np.abs(amplifier(sol.t[k], sol.y[:, k], sol.yp[:, k])).max() < 1e-12


def test_no_start():
    """Two equations for one sum of derivatives, and nothing for the difference."""
    for fun in (
        lambda t, y, yp: [yp[0] + yp[1] + y[0], yp[0] + yp[1] + 2 * y[0] + 1 - y[0]],
        lambda t, y, yp: [yp[0] + yp[1], (y[0] - y[1]) ** 2 + 1],
        lambda t, y, yp: [yp[0] + yp[1], y[0] + y[1] - 1],  # index 2
    ):
        with pytest.raises(ValueError, match="no consistent values"):
            solve_dae(fun, (0, 1), [1.0, 0.5])
