"""Write sk_mri_coeff.inc: near-minimax polynomials of the Bloch kernels, as Horner schemes.

Each function is fitted by Chebyshev interpolation at 60 digits (mpmath.chebyfit), which is within a small
factor of the minimax error; the error beside each table is the largest absolute one before rounding.
Run: python make_coefficients.py > sk_mri_coeff.inc
"""

import mpmath as mp

mp.mp.dps = 60


def sinc_sqrt(t):
    r = mp.sqrt(t)
    return mp.sin(r) / r if t > mp.mpf("1e-30") else 1 - t / 6


def versine(t):
    r = mp.sqrt(t)
    return (1 - mp.cos(r)) / t if t > mp.mpf("1e-30") else mp.mpf(1) / 2 - t / 24


def sin_turns(u):
    r = mp.sqrt(u)
    return (
        mp.sin(2 * mp.pi * r) / r if u > mp.mpf("1e-30") else 2 * mp.pi - (2 * mp.pi) ** 3 / 6 * u
    )


def cos_turns(u):
    return mp.cos(2 * mp.pi * mp.sqrt(u))


TABLES = [
    ("ROT_A", sinc_sqrt, (0, "0.36"), 6, 4, "sin(r)/r in r**2, r <= 0.6"),
    ("ROT_B", versine, (0, "0.36"), 6, 4, "(1 - cos r)/r**2 in r**2, r <= 0.6"),
    ("SIN_T", sin_turns, (0, "0.25"), 11, 7, "sin(2 pi p)/p in p**2, |p| <= 1/2"),
    ("COS_T", cos_turns, (0, "0.25"), 12, 8, "cos(2 pi p) in p**2, |p| <= 1/2"),
    ("EXP_N", lambda x: mp.exp(-x), ("-0.3466", "0.3466"), 12, 7, "exp(-x), |x| <= log(2)/2"),
]


def main():
    print("! Written by make_coefficients.py; do not edit.")
    for name, function, (low, high), n64, n32, what in TABLES:
        interval = [mp.mpf(low), mp.mpf(high)]
        print(f"! {what}")
        for bits, n in ((64, n64), (32, n32)):
            poly, error = mp.chebyfit(function, interval, n, error=True)
            text = f"({mp.nstr(poly[0], 20, strip_zeros=False)}_wp)"
            for c in poly[1:]:
                text = f"({mp.nstr(c, 20, strip_zeros=False)}_wp + (u) * {text})"
            print(f"! {bits} bits: error {mp.nstr(error, 2)}")
            print("#ifdef SK_F32" if bits == 32 else "#ifndef SK_F32")
            print(f"#define {name}(u) {text}")
            print("#endif")


if __name__ == "__main__":
    main()
