"""Kernels of whole networks at infinite width: one object, exact, certified and float64."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np
import sympy
from flint import arb
from sympy.polys.rings import ring

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_depth, check_dps
from symprop.gaussian.closed_forms import RHO
from symprop.gaussian.correlations import Angle
from symprop.gaussian.expectation import positive_variance
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import adaptive, as_ball, as_exact
from symprop.numerics.precision import working_bits, working_digits
from symprop.numerics.tiles import flat_tiles
from symprop.recurrences.arc_cosines import (
    arc_of_array,
    arc_of_ball,
    arc_of_equals,
    arc_of_expression,
)
from symprop.recurrences.chain_algebras import BALL_BITS, Arrays, Balls, Expressions, Matrices, Pair
from symprop.recurrences.chain_recursion import PARAMETERIZATIONS, chain_limits, check_chain
from symprop.recurrences.gram_matrices import checked_gram, homogeneous_gram
from symprop.recurrences.graph_recursion import graph_limits
from symprop.specs.architectures import FullyConnected
from symprop.specs.branched import Branched

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from symprop.numerics.enclosure import Enclosure
    from symprop.recurrences.graph_recursion import Arc, GraphLimits
    from symprop.specs.wiring import Graph

    Array = NDArray[np.float64]

__all__ = ["NetworkKernel", "make_kernel"]

_ONE = sympy.S.One
_MOST_GATES = 4  # behind one another, that a formula is shown with


class _Both(NamedTuple):
    """The covariance of the output, and the tangent kernel where it was asked for."""

    covariance: Any
    tangent: Any


@dataclass(frozen=True)
class NetworkKernel:
    r"""``K(x, x')`` of a network of infinite width, for inputs of given length and cosine.

    Built by `symprop.recurrences.nngp.nngp_kernel` and `symprop.recurrences.ntk.tangent_kernel`.
    ``variances`` are the mean squares of the entries of both inputs, SymPy numbers where exact and
    balls elsewhere; ``parameterization`` is None for a covariance.
    """

    architecture: Branched | FullyConnected
    depth: int
    variances: tuple[Any, Any] = (_ONE, _ONE)
    parameterization: str | None = None

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The kernel as a SymPy expression in ``rho``, and in the scale if that is a symbol.

        It grows with each layer, and is meant for a few of them.

        Raises
        ------
        NoClosedForm
            If the kernels of an activation have none, or an argument is a ball.
        """
        return self._expression(RHO)

    @cached_property
    def diagonal(self) -> sympy.Expr:
        """The kernel of the first input with itself as an exact SymPy expression."""
        return NetworkKernel(
            self.architecture, self.depth, (self.variances[0],) * 2, self.parameterization
        )._expression(_ONE)

    def _expression(self, cosine: sympy.Expr) -> sympy.Expr:
        q1, q2 = (as_exact(value, "variances") for value in self.variances)
        if q1 is None or q2 is None:
            raise NoClosedForm("Expected exact variances for a closed form but got balls.")
        if isinstance(self.architecture, Branched):
            factor = sympy.sqrt(q1 * q2)
            if cosine == 1:
                return factor * self._factored_diagonal()
            return factor * self._chosen(self._of_graph(cosine, arc_of_expression, _exact))
        same = q1 == q2
        covariance = q1 if same and cosine == 1 else cosine * sympy.sqrt(q1 * q2)
        pair = Pair(q1, q1 if same else q2, covariance)
        return sympy.sympify(self._chosen(self._of_chain(pair, Expressions())))

    def _factored_diagonal(self) -> sympy.Expr:
        """Return the kernel at cosine 1 by polynomials in the scale, which sums never expand."""
        scales = {matrix.scale for matrix in self.graph.matrices if _is_symbolic(matrix.scale)}
        if not scales:
            return sympy.sympify(self._chosen(self._of_graph(_ONE, arc_of_equals, _exact)))
        meaning = {sympy.Dummy("scale"): scale for scale in scales}
        domain, *generators = ring(tuple(meaning), sympy.QQ)
        named = dict(zip(meaning.values(), generators, strict=True))

        def number(value: Any) -> Any:
            return (
                named[value] if _is_symbolic(value) else domain(sympy.QQ.from_sympy(_exact(value)))
            )

        found = domain(0) + self._chosen(self._of_graph(domain(1), arc_of_equals, number))
        return sympy.factor(found.as_expr().subs(meaning))

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return a ball around the kernel at a cosine, or at one minus it.

        Parameters
        ----------
        rho : number, optional
            Cosine of the inputs, in [-1, 1].
        angle_gap : number, optional
            ``1 - rho``, instead of ``rho``.
        dps : int
            Relative digits to prove.

        Raises
        ------
        OutOfDomain
            If the cosine lies outside [-1, 1].
        PrecisionNotReached
            If the digits cannot be proved, as for an argument that is a wide ball.
        """
        check_dps(dps)
        angle = Angle(rho, angle_gap)
        same = angle.exact == 1

        def at(bits: int) -> arb:
            cosine, _ = angle.balls(bits)
            q1 = positive_variance(self.variances[0], bits, "variances")
            equal = self.variances[0] == self.variances[1]
            q2 = q1 if equal else positive_variance(self.variances[1], bits, "variances")
            return self.ball(arb(1) if same else cosine, q1, q2, bits, same=same)

        return adaptive(at, dps, "kernel of the network")

    def ball(self, cosine: arb, q1: arb, q2: arb, bits: int, *, same: bool) -> arb:
        """Return a ball at the precision in force; ``same`` says that the cosine is exactly 1.

        One object for both variances says that they are equal.
        """
        root = q1 if q2 is q1 else (q1 * q2).sqrt()
        if isinstance(self.architecture, Branched):
            arc: Arc = arc_of_equals if same else arc_of_ball

            def number(value: Any) -> arb:
                return as_ball(value, bits, "scale")

            return root * self._chosen(self._of_graph(cosine, arc, number))
        covariance = q1 if same and q2 is q1 else cosine * root
        value: arb = self._chosen(self._of_chain(Pair(q1, q2, covariance), Balls(bits)))
        return value

    def evalf(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> mpmath.mpf:
        """Return the kernel as an mpmath number of ``dps`` right digits."""
        ball = self.enclose(rho, angle_gap=angle_gap, dps=dps + 3)
        with working_digits(dps):
            return +ball.midpoint

    def __call__(self, rho: ArrayLike) -> Array:
        """Return the kernel on an array of cosines in float64."""
        array = real_array("rho", rho)
        if not ((array >= -1) & (array <= 1)).all():
            bad = array[~((array >= -1) & (array <= 1))].flat[0]
            raise OutOfDomain(expected("rho", "inside [-1, 1]", float(bad)))
        flat = np.ravel(array)
        q1, q2 = (float(as_ball(value, BALL_BITS).mid()) for value in self.variances)
        result = np.empty(flat.shape)
        for part in flat_tiles(flat.size):
            cosines = flat[part]
            if isinstance(self.architecture, Branched):
                result[part] = (q1 * q2) ** 0.5 * self._tile(cosines)
            else:
                first = np.full(cosines.shape, q1)
                second = first if q1 == q2 else np.full(cosines.shape, q2)
                pair = Pair(first, second, cosines * (q1 * q2) ** 0.5)
                result[part] = self._chosen(self._of_chain(pair, Arrays()))
        return result.reshape(array.shape)

    def gram(self, gram: ArrayLike) -> Array:
        """Return the kernel of all pairs of inputs in float64, from their inner products.

        Parameters
        ----------
        gram : array_like, shape (n, n)
            Inner products over the dimension: symmetric, with positive diagonal, cosines in
            [-1, 1] up to rounding. The upper triangle is read.

        Raises
        ------
        InvalidArgument
            If it is not a square matrix.
        OutOfDomain
            If its diagonal is not positive, or a cosine lies outside [-1, 1].
        NoClosedForm, PrecisionNotReached
            For some activations of a fully connected network at inputs of different lengths, as
            for `symprop.gaussian.kernel_matrices.covariance_kernel`.
        """
        matrix = checked_gram(gram)
        if isinstance(self.architecture, Branched):
            diagonal = self._chosen(self._of_graph(1.0, arc_of_equals, _floating))
            return homogeneous_gram(matrix, self._tile, float(diagonal))
        upper = np.triu(matrix)
        found: Array = self._chosen(self._of_chain(upper + np.triu(upper, 1).T, Matrices()))
        return found

    def gram_balls(self, gram: Any, bits: int) -> list[list[arb]]:
        """Return balls around the kernel of all pairs, from exact inner products or balls."""
        size = len(gram)
        with working_bits(bits):
            lengths = [positive_variance(gram[i][i], bits, "gram") for i in range(size)]
            rows = [[arb(0)] * size for _ in range(size)]
            for i in range(size):
                rows[i][i] = self.ball(arb(1), lengths[i], lengths[i], bits, same=True)
                for j in range(i):
                    equal = gram[i][i] == gram[j][j]
                    q1, q2 = lengths[i], lengths[i] if equal else lengths[j]
                    cosine = as_ball(gram[i][j], bits, "gram") / (q1 * q2).sqrt()
                    if not arb(0, 1).overlaps(cosine):
                        raise OutOfDomain(expected("gram", "with cosines inside [-1, 1]", cosine))
                    cosine = cosine.intersection(arb(0, 1))
                    rows[i][j] = rows[j][i] = self.ball(cosine, q1, q2, bits, same=False)
        return rows

    def _tile(self, cosines: Array) -> Array:
        value = self._chosen(self._of_graph(cosines, arc_of_array, _floating))
        return np.array(np.broadcast_to(value, cosines.shape))

    @cached_property
    def graph(self) -> Graph:
        """The network, unrolled."""
        assert isinstance(self.architecture, Branched)
        return self.architecture.graph(self.depth)

    def limits(self, cosine: Any, arc: Arc, number: Callable[[Any], Any]) -> GraphLimits:
        """Return the limits node by node, for inputs of unit mean square."""
        backward = self.parameterization is not None
        return graph_limits(self.graph, cosine, arc=arc, number=number, backward=backward)

    def _of_graph(self, cosine: Any, arc: Arc, number: Callable[[Any], Any]) -> _Both:
        assert isinstance(self.architecture, Branched)
        found = self.limits(cosine, arc, number)
        if self.parameterization is None:
            return _Both(found.output, None)
        return _Both(found.output, found.tangent(self.architecture.trained))

    def _of_chain(self, state: Any, algebra: Any) -> _Both:
        assert isinstance(self.architecture, FullyConnected)
        layer = self.architecture.layer
        return _Both(
            *chain_limits(layer, self.depth, state, algebra, parameterization=self.parameterization)
        )

    def _chosen(self, both: _Both) -> Any:
        return both.covariance if self.parameterization is None else both.tangent

    def _repr_latex_(self) -> str | None:
        """Return the formula for a notebook, or None where there is none or a very long one."""
        branched = isinstance(self.architecture, Branched)
        gates = sum(node.active for node in self.graph.nodes) if branched else 2 * self.depth
        if gates > _MOST_GATES:
            return None
        try:
            return f"$\\displaystyle {sympy.latex(self.closed_form)}$"
        except NoClosedForm:
            return None


def _is_symbolic(scale: Any) -> bool:
    return isinstance(scale, sympy.Expr) and bool(scale.free_symbols)


def _exact(value: Any) -> sympy.Expr:
    if _is_symbolic(value):
        return sympy.sympify(value)
    exact = as_exact(value, "scale")
    if exact is None:
        raise NoClosedForm("Expected an exact scale for a closed form but got a ball.")
    return exact


def _floating(value: Any) -> float:
    return float(as_ball(value, BALL_BITS, "scale").mid())


def make_kernel(
    architecture: Any, depth: int, variances: Any, parameterization: str | None
) -> NetworkKernel:
    """Return the kernel of a network after a look at all arguments.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the network is of another kind.
    OutOfDomain
        If a variance is not positive.
    """
    depth = check_depth(depth)
    if isinstance(architecture, FullyConnected):
        check_chain(architecture)
    elif not isinstance(architecture, Branched):
        condition = "to be a fully connected network or one of symprop.specs.branched"
        raise InvalidArgument(expected("architecture", condition, architecture))
    if parameterization is not None:
        check_choice("parameterization", parameterization, PARAMETERIZATIONS)
        if parameterization == "standard" and isinstance(architecture, Branched):
            condition = '"ntk" for networks whose weights have unit variance'
            raise InvalidArgument(expected("parameterization", condition, parameterization))
    if not isinstance(variances, tuple | list) or len(variances) != 2:
        raise InvalidArgument(expected("variances", "to be a pair of numbers", variances))
    for value in variances:
        positive_variance(value, BALL_BITS, "variances")
    pair = tuple(_kept(value) for value in variances)
    return NetworkKernel(architecture, depth, (pair[0], pair[1]), parameterization)


def _kept(value: Any) -> Any:
    exact = as_exact(value, "variances")
    return value if exact is None else exact
