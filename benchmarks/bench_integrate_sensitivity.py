"""Derivatives of solutions: forward sensitivities and the discrete adjoint beside the solution alone."""

import numpy as np

from scikit.integrate import adjoint_gradient, solve_ivp, solve_sensitivity


def diffusion(t, y, p):
    return p * (np.roll(y, 1) - 2 * y + np.roll(y, -1))


def diffusion_jac(t, y, p):
    eye = np.eye(len(y))
    return p[:, None] * (np.roll(eye, 1, axis=1) - 2 * eye + np.roll(eye, -1, axis=1))


def diffusion_params(t, y, p):
    return np.diag(np.roll(y, 1) - 2 * y + np.roll(y, -1))


class Diffusion:
    """On a ring, with a parameter for each point."""

    params = (10, 60)
    param_names = ("points",)

    def setup(self, n):
        self.y0 = np.exp(-(np.linspace(-3, 3, n) ** 2))
        self.p = np.linspace(1, 2, n)
        self.derivatives = {"jac": diffusion_jac, "jac_params": diffusion_params}

    def time_solution(self, n):
        solve_ivp(diffusion, (0, 2), self.y0, "Tsit5", args=(self.p,), rtol=1e-6, atol=1e-9)

    def time_forward(self, n):
        solve_sensitivity(diffusion, (0, 2), self.y0, self.p, **self.derivatives)

    def time_forward_bdf(self, n):
        solve_sensitivity(diffusion, (0, 2), self.y0, self.p, method="BDF", **self.derivatives)

    def time_adjoint(self, n):
        adjoint_gradient(diffusion, (0, 2), self.y0, self.p, self.y0, **self.derivatives)
