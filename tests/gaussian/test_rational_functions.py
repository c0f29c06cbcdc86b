import sympy

from symprop.gaussian.rational_functions import Ring

rho = sympy.Symbol("rho", real=True)


def ring() -> Ring:
    return Ring(sympy.Integer(1), sympy.sqrt(3), rho, [sympy.sqrt(3)])


def test_elements_convert_both_ways() -> None:
    field = ring()
    element = field.rho * field.rho - field(sympy.Rational(1, 4))
    assert sympy.expand(field.expression(element) - (rho**2 - sympy.Rational(1, 4))) == 0


def test_square_roots_take_squares_out() -> None:
    field = ring()
    one = field(sympy.Integer(1))
    outside, inside = field.square_root((one - field.rho**2) * 4)
    rest = sympy.Mul(*(field.expression(part) for part in map(field.field.new, inside)))
    squared = field.expression(outside) ** 2 * rest
    assert abs(sympy.N((squared - 4 * (1 - rho**2)).subs(rho, sympy.Rational(1, 3)), 20)) < 1e-15


def test_edges_and_signs() -> None:
    field = ring()
    gap = field(sympy.Integer(1)) - field.rho
    assert field.at_edge(gap, 1) == 0
    assert field.at_edge(gap, -1) == 2
    assert field.is_real(field.rho)


def test_signs_of_polynomials_beyond_floating_point() -> None:
    field = ring()
    huge = sympy.Integer(10) ** 400
    assert field.is_negative((-field(huge) * field.rho + field(huge) / 9).numer)
    assert not field.is_negative((field(huge) * field.rho - field(huge) / 9).numer)
    tiny = field.rho**2000
    assert field.is_negative((tiny * field.rho - tiny).numer)
