"""Right-hand sides f(t, y, p) with parameters, and their derivatives by y and by p."""

import numpy as np

P = np.array([1.5, 1.0, 3.0, 1.0])
RATES = np.array([0.04, 1e4, 3e7])


def prey(t, y, p):
    return np.array([p[0] * y[0] - p[1] * y[0] * y[1], -p[2] * y[1] + p[3] * y[0] * y[1]])


def prey_jac(t, y, p):
    return np.array([[p[0] - p[1] * y[1], -p[1] * y[0]], [p[3] * y[1], -p[2] + p[3] * y[0]]])


def prey_params(t, y, p):
    return np.array([[y[0], -y[0] * y[1], 0, 0], [0, 0, -y[1], y[0] * y[1]]])


def forced(t, y, p):
    """Depends on t, so that wrong nodes show."""
    return np.array([p[0] * y[1] * np.cos(t), -p[1] * y[0] ** 2 + np.sin(p[0] * t)])


def forced_jac(t, y, p):
    return np.array([[0, p[0] * np.cos(t)], [-2 * p[1] * y[0], 0]])


def forced_params(t, y, p):
    return np.array([[y[1] * np.cos(t), 0], [t * np.cos(p[0] * t), -(y[0] ** 2)]])


def robertson(t, y, p):
    slow, back, fast = p[0] * y[0], p[1] * y[1] * y[2], p[2] * y[1] ** 2
    return np.array([-slow + back, slow - back - fast, fast])


def robertson_jac(t, y, p):
    by_slow, by_back = np.array([p[0], 0, 0]), p[1] * np.array([0, y[2], y[1]])
    by_fast = np.array([0, 2 * p[2] * y[1], 0])
    return np.array([-by_slow + by_back, by_slow - by_back - by_fast, by_fast])


def robertson_params(t, y, p):
    return np.array([
        [-y[0], y[1] * y[2], 0], [y[0], -y[1] * y[2], -(y[1] ** 2)], [0, 0, y[1] ** 2],
    ])  # fmt: skip
