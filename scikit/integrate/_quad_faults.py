"""What `quad` says of an integral that it does not know well enough."""


class IntegrationWarning(UserWarning):
    """The requested tolerance of an integral was, or may not have been, reached."""


_MESSAGES = {
    1: "The maximum number of subdivisions ({limit}) has been achieved.\n"
    "  A larger `limit` may help. If it does not, the integrand has a difficulty that is\n"
    "  worth finding: split the range at a jump or a singularity (`points`), or choose the\n"
    "  `weight` that describes it.",
    2: "The occurrence of roundoff error is detected, which prevents \n"
    "  the requested tolerance from being achieved: the true error may be larger\n"
    "  than the one returned.",
    3: "Extremely bad integrand behavior occurs at some points of the\n"
    "  integration interval: subintervals there cannot be halved any more.",
    4: "The algorithm does not converge.  Roundoff error is detected\n"
    "  in the extrapolation table, and the result is the best that was found.",
    5: "The integral is probably divergent, or slowly convergent.",
    7: "Abnormal termination of the routine.  The estimates for result\n"
    "  and error are less reliable: some cycles have faults of their own, which\n"
    "  info['ierlst'] tells with full_output=1.",
}
_CYCLES = (
    "The maximum number of cycles allowed has been achieved.\n"
    "  A cycle is a subinterval of length (2*int(abs(w))+1)*pi/abs(w); `limlst` allows more\n"
    "  of them, and info['ierlst'] tells with full_output=1 how each of them went."
)


def message(fault, limit, *, fourier=False):
    """The text for a fault number of the kernel."""
    if fourier and fault == 1:
        return _CYCLES
    return _MESSAGES[fault].format(limit=limit)


def cycle_explanations():
    """What the numbers in ``info['ierlst']`` mean."""
    return {
        1: "The maximum number of subdivisions (= limit) has been achieved on this cycle.",
        2: "Roundoff error prevents the tolerance of this cycle from being achieved.",
        3: "Extremely bad integrand behavior occurs at some points of this cycle.",
        4: "Extrapolation on this cycle does not converge because of roundoff; its result is the "
        "best that was found.",
        5: "The integral over this cycle is probably divergent or slowly convergent.",
    }
