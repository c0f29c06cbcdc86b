"""Activations written as sums of atoms ``c x**n exp(a x + b x**2) * steps``.

A step is the probability that a blurred argument passes a threshold,
``P(side * (x + sqrt(blur) * xi - location) > 0)`` with ``xi`` standard normal and
independent of everything else: a sharp step when ``blur = 0``, an error function
otherwise, ``erf(alpha x + beta) = 2 P(x + xi / (alpha sqrt 2) > -beta / alpha) - 1`` for
``alpha > 0``. Everything Price's theorem integrates in closed form is such a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.specs.activations import X

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from symprop.specs.activations import Activation

__all__ = ["Atom", "Atoms", "Step", "decompose", "multiply"]

_MOST_FACTORS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """``P(side * (x + sqrt(blur) * xi - location) > 0)``; ``side`` is 1 or -1."""

    location: sympy.Expr
    blur: sympy.Expr
    side: int


@dataclass(frozen=True, slots=True)
class Atom:
    """``x**power * exp(linear x + quadratic x**2)`` times its steps.

    A power that is no integer is the power of ``|x|`` and comes with one sharp step at 0.
    """

    power: sympy.Expr = sympy.S.Zero
    linear: sympy.Expr = sympy.S.Zero
    quadratic: sympy.Expr = sympy.S.Zero
    steps: tuple[Step, ...] = ()

    @property
    def is_power(self) -> bool:
        """Whether the exponent of ``x`` is not an integer."""
        return not self.power.is_Integer

    @property
    def is_monomial(self) -> bool:
        """Whether the atom is a power of ``x`` and nothing else."""
        return self == Atom(self.power) and not self.is_power

    @property
    def is_polynomial(self) -> bool:
        """Whether there is no exponential factor."""
        return bool(self.linear == 0 and self.quadratic == 0)


Atoms = dict[Atom, sympy.Expr]
"""Atoms and their coefficients."""

ONE = Atom()


def _blocked(node: object) -> NoClosedForm:
    return NoClosedForm(
        "Expected an activation built from powers, steps, error functions, exponentials, sines"
        f" and cosines but got the term {node}."
    )


def _add(total: Atoms, atom: Atom, coefficient: sympy.Expr) -> None:
    value = total.get(atom, sympy.S.Zero) + coefficient
    if value == 0:
        total.pop(atom, None)
    else:
        total[atom] = value


def _join_steps(steps: Iterable[Step]) -> list[tuple[int, tuple[Step, ...]]]:
    """Return the product of steps of one variable as a sum with at most one sharp step each."""
    soft = sorted((step for step in steps if step.blur != 0), key=repr)
    lower: sympy.Expr | None = None
    upper: sympy.Expr | None = None
    for step in steps:
        if step.blur != 0:
            continue
        if step.side > 0:
            lower = step.location if lower is None or step.location > lower else lower
        else:
            upper = step.location if upper is None or step.location < upper else upper
    if lower is not None and upper is not None:
        if lower >= upper:
            return []
        return [
            (sign, (Step(place, sympy.S.Zero, 1), *soft))
            for sign, place in ((1, lower), (-1, upper))
        ]
    if lower is not None:
        return [(1, (Step(lower, sympy.S.Zero, 1), *soft))]
    if upper is not None:
        return [(1, (Step(upper, sympy.S.Zero, -1), *soft))]
    return [(1, tuple(soft))]


def _sign_on_the_left(one: Atom, other: Atom, product: Atom) -> int:
    """Return the sign between ``|x|**p`` and ``x**n`` where a product mixes them for ``x < 0``."""
    powers = [atom for atom in (one, other) if atom.is_power]
    if not powers or powers[0].steps[0].side > 0:
        return 1
    if len(powers) == 2:
        return 1 if product.is_power else int((-1) ** product.power)
    whole = one if powers[0] is other else other
    return int((-1) ** whole.power)


def _as_polynomial(atoms: Mapping[Atom, sympy.Expr]) -> sympy.Poly | None:
    """Return a sum of atoms as a polynomial with rational coefficients, or None."""
    if not all(atom.is_monomial and value.is_Rational for atom, value in atoms.items()):
        return None
    terms = {(int(atom.power),): value for atom, value in atoms.items()}
    return sympy.Poly.from_dict(terms, X, domain=sympy.QQ)


def _of_polynomial(polynomial: sympy.Poly) -> Atoms:
    terms = polynomial.terms()
    return {Atom(power=sympy.Integer(power)): value for (power,), value in terms if value != 0}


def multiply(left: Mapping[Atom, sympy.Expr], right: Mapping[Atom, sympy.Expr]) -> Atoms:
    """Return the product of two sums of atoms of the same variable."""
    polynomials = _as_polynomial(left), _as_polynomial(right)
    if polynomials[0] is not None and polynomials[1] is not None:
        return _of_polynomial(polynomials[0] * polynomials[1])
    total: Atoms = {}
    for one, first in left.items():
        for other, second in right.items():
            for sign, steps in _join_steps((*one.steps, *other.steps)):
                product = Atom(
                    one.power + other.power,
                    one.linear + other.linear,
                    one.quadratic + other.quadratic,
                    steps,
                )
                flip = _sign_on_the_left(one, other, product)
                _add(total, product, sign * flip * first * second)
                if len(total) > _MOST_FACTORS:
                    raise NoClosedForm(f"Expected fewer than {_MOST_FACTORS} terms but got more.")
    return total


def _linear_argument(node: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    argument = sympy.expand(node.args[0])
    slope, shift = argument.coeff(X, 1), argument.coeff(X, 0)
    if slope == 0 or sympy.expand(argument - slope * X - shift) != 0 or shift.has(X):
        raise _blocked(node)
    return slope, shift


def _exponential(exponent: sympy.Expr, node: sympy.Expr) -> Atoms:
    exponent = sympy.expand(exponent)
    constant, linear, quadratic = (exponent.coeff(X, degree) for degree in range(3))
    rest = sympy.expand(exponent - constant - linear * X - quadratic * X**2)
    if rest != 0 or constant.has(X):
        raise _blocked(node)
    return {Atom(linear=linear, quadratic=quadratic): sympy.exp(constant)}


def _error_function(node: sympy.Expr) -> Atoms:
    slope, shift = _linear_argument(node)
    side = 1 if slope > 0 else -1
    step = Step(-shift / slope, 1 / (2 * slope**2), side)
    return {Atom(steps=(step,)): sympy.S(2), ONE: sympy.S.NegativeOne}


def _complementary_error_function(node: sympy.Expr) -> Atoms:
    slope, shift = _linear_argument(node)
    step = Step(-shift / slope, 1 / (2 * slope**2), -1 if slope > 0 else 1)
    return {Atom(steps=(step,)): sympy.S(2)}


_HALF = sympy.Rational(1, 2)
_WAVES = {
    sympy.sin: (sympy.I, -sympy.I * _HALF, sympy.I * _HALF),
    sympy.cos: (sympy.I, _HALF, _HALF),
    sympy.sinh: (sympy.S.One, _HALF, -_HALF),
    sympy.cosh: (sympy.S.One, _HALF, _HALF),
}


def _wave(node: sympy.Expr) -> Atoms:
    """Sines and cosines, circular and hyperbolic, as two exponentials."""
    slope, shift = _linear_argument(node)
    unit, plus, minus = _WAVES[node.func]
    return {
        Atom(linear=unit * slope): plus * sympy.exp(unit * shift),
        Atom(linear=-unit * slope): minus * sympy.exp(-unit * shift),
    }


def _power(node: sympy.Pow) -> Atoms:
    base, exponent = node.args
    if exponent.is_Integer and exponent > 0:
        factor = _smooth_atoms(base)
        if len(factor) == 1 and not any(atom.steps or atom.is_power for atom in factor):
            ((atom, coefficient),) = factor.items()
            raised = Atom(atom.power * exponent, atom.linear * exponent, atom.quadratic * exponent)
            return {raised: coefficient**exponent}
        polynomial = _as_polynomial(factor)
        if polynomial is not None:
            return _of_polynomial(polynomial ** int(exponent))
        product = factor
        for _ in range(int(exponent) - 1):
            product = multiply(product, factor)
        return product
    if base.is_positive and not base.has(X):
        return _exponential(exponent * sympy.log(base), node)
    if base in (X, -X) and not exponent.has(X) and exponent.is_real and not exponent.is_Integer:
        side = 1 if base == X else -1
        return {Atom(power=exponent, steps=(Step(sympy.S.Zero, sympy.S.Zero, side),)): sympy.S.One}
    raise _blocked(node)


def _smooth_atoms(node: sympy.Expr) -> Atoms:
    """Return the atoms of an expression without breakpoints."""
    if not node.has(X):
        return {ONE: node} if node != 0 else {}
    if node == X:
        return {Atom(power=sympy.S.One): sympy.S.One}
    if isinstance(node, sympy.Add):
        total: Atoms = {}
        for argument in node.args:
            for atom, coefficient in _smooth_atoms(argument).items():
                _add(total, atom, coefficient)
        return total
    if isinstance(node, sympy.Mul):
        number, dependent = node.as_independent(X)
        product = {ONE: number}
        for factor in sympy.Mul.make_args(dependent):
            product = multiply(product, _smooth_atoms(factor))
        return product
    if isinstance(node, sympy.exp):
        return _exponential(node.args[0], node)
    if isinstance(node, sympy.Pow):
        return _power(node)
    if isinstance(node, sympy.erf):
        return _error_function(node)
    if isinstance(node, sympy.erfc):
        return _complementary_error_function(node)
    if node.func in _WAVES:
        return _wave(node)
    raise _blocked(node)


def decompose(activation: Activation) -> Atoms:
    """Return the atoms of an activation and their coefficients.

    Polynomial atoms that change at a breakpoint carry steps ``[x > t]``; exponential ones
    carry the step of the side on which they act, so that no large terms cancel.

    Parameters
    ----------
    activation : Activation

    Returns
    -------
    dict of Atom to sympy.Expr

    Raises
    ------
    NoClosedForm
        At once, naming the first term that is not of this form.
    """
    pieces = activation.pieces
    columns: dict[Atom, list[sympy.Expr]] = {}
    total: Atoms = {}
    for index, piece in enumerate(pieces):
        for atom, coefficient in _smooth_atoms(piece.expression).items():
            if atom.is_power:
                side = atom.steps[0].side
                whole = (0, sympy.oo) if side > 0 else (-sympy.oo, 0)
                if not atom.is_polynomial or len(atom.steps) > 1:
                    raise _blocked(piece.expression)
                if (piece.lower, piece.upper) != whole:
                    raise _blocked(f"{piece.expression} on ({piece.lower}, {piece.upper})")
                _add(total, atom, coefficient)
            else:
                column = columns.setdefault(atom, [sympy.S.Zero] * len(pieces))
                column[index] = coefficient
    breaks = [piece.upper for piece in pieces[:-1]]
    for atom, column in columns.items():
        for coefficient, step in _steps_of_column(atom, column, breaks):
            _add(total, _with_step(atom, step), coefficient)
    return total


def _with_step(atom: Atom, step: Step | None) -> Atom:
    if step is None:
        return atom
    return Atom(atom.power, atom.linear, atom.quadratic, (step, *atom.steps))


def _steps_of_column(
    atom: Atom, column: list[sympy.Expr], breaks: list[sympy.Expr]
) -> list[tuple[sympy.Expr, Step | None]]:
    """Return a piecewise constant coefficient as a constant and sharp steps."""
    zero = sympy.S.Zero
    from_left = atom.is_polynomial or not atom.linear.is_real or atom.linear <= 0
    if not atom.is_polynomial:  # one-sided exponentials keep their own side
        if column[-1] == 0 and column[0] != 0:
            from_left = False
        elif column[0] == 0 and column[-1] != 0:
            from_left = True
    side = 1 if from_left else -1
    result: list[tuple[sympy.Expr, Step | None]] = []
    base = column[0] if from_left else column[-1]
    if base != 0:
        result.append((base, None))
    for left, right, place in zip(column, column[1:], breaks, strict=False):
        jump = side * (right - left)
        if jump != 0:
            result.append((jump, Step(place, zero, side)))
    return result
