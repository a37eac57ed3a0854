"""Write sk_special_zeta_tables.h: the Euler-Maclaurin coefficients B(2k) / (2k)! and the Euler numbers."""

import pathlib

from mpmath import bernoulli, mp, nstr

mp.dps = 40
HEAD = "/* Written by make_zeta_tables.py; do not edit. */\n"


def rows(values):
    return "".join(f"    {nstr(v, 24, strip_zeros=False)}L,\n" for v in values)


def main(corrections=20, eulers=10):
    from_bernoulli = [bernoulli(2 * k) / mp.factorial(2 * k) for k in range(1, corrections + 1)]
    from_euler = [mp.eulernum(2 * k) / (4 * k) for k in range(1, eulers + 1)]
    text = (
        HEAD
        + "#ifndef SK_SPECIAL_ZETA_TABLES_H\n#define SK_SPECIAL_ZETA_TABLES_H\n\n"
        + "/* B(2k) / (2k)!, DLMF 2.10.1 */\n"
        + f"#define SK_ZETA_CORRECTIONS {corrections}\n"
        + f"static const long double sk_zeta_bernoulli[{corrections}] = {{\n{rows(from_bernoulli)}}};\n\n"
        + "/* E(2k) / (4k), for the quotient of two gamma functions, DLMF 5.11.8 and 24.4.31 */\n"
        + f"static const long double sk_euler_over[{eulers}] = {{\n{rows(from_euler)}}};\n\n#endif\n"
    )
    pathlib.Path(__file__).with_name("sk_special_zeta_tables.h").write_text(text)


if __name__ == "__main__":
    main()
