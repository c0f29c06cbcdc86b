import pytest
import sympy

from symprop.gaussian.assembly import real_part
from symprop.gaussian.closed_forms import RHO, kernel_closed_form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("relu", "(rho*(pi - acos(rho)) + sqrt(1 - rho**2))/(2*pi)"),
        ("erf", "2*asin(2*rho/3)/pi"),
        ("sign", "2*asin(rho)/pi"),
        ("sin", "exp(-1)*sinh(rho)"),
        ("cos", "exp(-1)*cosh(rho)"),
    ],
)
def test_classical_kernels_come_out_short(name: str, form: str) -> None:
    """The form may be spelled differently, not be longer; its value is the textbook's."""
    value = kernel_closed_form(name, variances=(1, 1))
    textbook = sympy.sympify(form, locals={"rho": RHO})
    for number in (sympy.Rational(1, 3), sympy.Rational(-4, 5)):
        assert abs(sympy.N((value - textbook).subs(RHO, number), 30)) < 1e-25
    assert sympy.count_ops(value) <= sympy.count_ops(textbook) + 2


def test_real_part_of_a_conjugate_pair() -> None:
    phase = sympy.Symbol("phase", real=True)
    value = real_part(sympy.Integer(1), phase)
    assert sympy.simplify(value.subs(phase, sympy.pi / 3) - sympy.Rational(1, 2)) == 0
