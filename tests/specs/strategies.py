"""Random expressions of the grammar, bounded in size, as text."""

from __future__ import annotations

from hypothesis import strategies as st

from symprop.foundation.errors import InvalidArgument
from symprop.specs.expression import parse_expression

NUMBERS = st.sampled_from(["0", "1", "2", "3", "1/2", "0.1", "-1", "sqrt(2)", "pi", "7/3"])
SMOOTH = ["sin", "cos", "tanh", "atan", "erf", "asinh", "sech", "sigmoid", "softplus", "Phi"]
SWITCHES = ["Abs", "sign", "Heaviside", "relu"]
LINEAR = st.builds("({}*x + {})".format, st.sampled_from(["1", "-2", "1/3", "3"]), NUMBERS)


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("({})*({})".format, inner, inner),
        st.builds("({})**{}".format, inner, st.integers(1, 3)),
        st.builds("{}({})".format, st.sampled_from(SMOOTH), inner),
        st.builds("({})/(1 + ({})**2)".format, inner, inner),
        st.builds("exp(-({})**2/3)".format, inner),
    )


def _is_readable(text: str) -> bool:
    """Whether the parser takes the text: constants such as ``exp(-pi**99)`` are too small."""
    try:
        parse_expression(text)
    except InvalidArgument:
        return False
    return True


SMOOTH_EXPRESSIONS = st.recursive(LINEAR | NUMBERS, _extended, max_leaves=5).filter(_is_readable)
"""Analytic on the line, with bounds symprop can find."""

SWITCHED = st.one_of(
    st.builds("{}({})".format, st.sampled_from(SWITCHES), LINEAR),
    st.builds("Max({}, {})".format, LINEAR, LINEAR),
    st.builds("Min({}, {}, 1)".format, LINEAR, LINEAR),
    st.builds("Abs(Abs({}) - {})".format, LINEAR, st.sampled_from(["1", "1/2", "sqrt(2)"])),
    st.builds("Piecewise(({}, {} > 1), ({}, True))".format, LINEAR, LINEAR, LINEAR),
)
PIECEWISE_EXPRESSIONS = st.one_of(
    SWITCHED,
    st.builds("({})*({})".format, SWITCHED, SMOOTH_EXPRESSIONS),
    st.builds("({}) + ({})".format, SWITCHED, SWITCHED),
    st.builds("{}({})".format, st.sampled_from(SMOOTH), SWITCHED),
)
"""With breakpoints that are zeros of linear functions."""
