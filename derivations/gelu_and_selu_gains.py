# %% [markdown]
# # Gains of GELU and SELU, and a table of sampled ones
#
# $\mathrm{Var}[\phi(Z)]^{-1/2}$ of $\phi(x)=x\,\Phi(x)$ is
# $\bigl[\tfrac13+\tfrac1{2\sqrt3\,\pi}-\tfrac1{4\pi}\bigr]^{-1/2}$. SELU,
# $\lambda x$ for $x>0$ and $\lambda\alpha(e^x-1)$ below, has the gain 1 of both kinds for
#
# $\alpha=\frac{1/\sqrt{2\pi}}{B_0-B_1},\quad
# \lambda=\bigl[\tfrac12+\alpha^2(B_2-2B_1+B_0)\bigr]^{-1/2},\quad
# B_t=\tfrac12e^{t^2/2}\operatorname{erfc}\tfrac t{\sqrt2},$
#
# and for no other $\alpha,\lambda>0$.

# %%
import mpmath
import sympy as sp

z = sp.Symbol("z", real=True)
s, t = sp.symbols("s t", positive=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
Phi = (1 + sp.erf(z / sp.sqrt(2))) / 2


def by_quadrature(f, lower, upper):
    """E f(Z) between the two ends, as a number of 30 digits."""
    weighted = sp.lambdify(z, f * density, "mpmath")
    with mpmath.workdps(30):
        return sp.Float(mpmath.quad(weighted, sorted({lower, 0, upper})), 30)


# %% [markdown]
# ## Step 1. Mean of GELU
# Stein: $\mathrm E\,Z\Phi(Z)=\mathrm E\,\Phi'(Z)$, the integral of the squared density.

# %%
assert sp.simplify(density.diff(z) + z * density) == 0
assert sp.simplify(Phi.diff(z) - density) == 0
mean = sp.integrate(density**2, (z, -sp.oo, sp.oo))
assert sp.simplify(mean - 1 / (2 * sp.sqrt(sp.pi))) == 0

# %% [markdown]
# ## Step 2. Mean square of GELU
# Stein twice: $\mathrm E\,Z^2f=\mathrm E f+\mathrm E f''$, here with $f=\Phi^2$ and
# $f''=2\Phi'^2+2\Phi\Phi''$. By symmetry $\mathrm E\,\Phi^2=\mathrm P(X_1,X_2<X_3)=\frac13$ for
# three independent copies. The last term is Stein's once more: $\Phi''=-z\Phi'$ and
# $z\,\Phi'(z)$ times the density is $-\frac12$ of a derivative.

# %%
f = Phi**2
second_derivative = 2 * density**2 + 2 * Phi * density.diff(z)
assert sp.simplify(f.diff(z, 2) - second_derivative) == 0
antiderivative = (Phi**3) / 3
assert sp.simplify(antiderivative.diff(z) - f * density) == 0
third = sp.limit(antiderivative, z, sp.oo) - sp.limit(antiderivative, z, -sp.oo)
assert third == sp.Rational(1, 3)
cubed = sp.integrate(density**3, (z, -sp.oo, sp.oo))
assert sp.simplify(cubed - 1 / (2 * sp.sqrt(3) * sp.pi)) == 0
# 2 E Phi Phi'' = 2 int Phi n' n = int Phi (n^2)' = -int n^3
by_parts = 2 * Phi * density.diff(z) * density - (Phi * density**2).diff(z) + density**3
assert sp.simplify(by_parts) == 0
square = third + 2 * cubed - cubed
numerical_square = by_quadrature((z * Phi) ** 2, -15, 15)
assert abs(numerical_square - sp.N(square, 30)) < 1e-25

# %% [markdown]
# ## Step 3. Gain of GELU

# %%
stated = 1 / sp.sqrt(sp.Rational(1, 3) + 1 / (2 * sp.sqrt(3) * sp.pi) - 1 / (4 * sp.pi))
assert sp.simplify((square - mean**2) ** -1 - stated**2) == 0
numerical_variance = numerical_square - by_quadrature(z * Phi, -15, 15) ** 2
assert abs(sp.N(stated, 30) - 1 / sp.sqrt(numerical_variance)) < 1e-25

# %% [markdown]
# ## Step 4. Exponentials below zero
# Completing the square, $\mathrm E[e^{tZ};Z<0]=e^{t^2/2}\Phi(-t)=B_t$. So with
# $\phi=\lambda\,x$ above and $\lambda\alpha(e^x-1)$ below, two equations in $\alpha$ and $\lambda$.


# %%
def below(rate):
    return sp.exp(sp.Integer(rate) ** 2 / 2) * sp.erfc(rate / sp.sqrt(2)) / 2


assert sp.expand(t * z - z**2 / 2 - (t**2 / 2 - (z - t) ** 2 / 2)) == 0
for rate in (0, 1, 2):
    integral = sp.integrate(sp.exp(rate * z) * density, (z, -sp.oo, 0))
    assert abs(sp.N(integral - below(rate), 30, chop=True)) < sp.Float(10) ** -25
above_mean = sp.integrate(s * density.subs(z, s), (s, 0, sp.oo))
above_square = sp.integrate(s**2 * density.subs(z, s), (s, 0, sp.oo))
alpha, scale = sp.symbols("alpha lambda", positive=True)
mean_of_selu = scale * (above_mean + alpha * (below(1) - below(0)))
bracket = sp.expand((sp.Symbol("E") - 1) ** 2)  # E^2 - 2 E + 1 integrates to B_2 - 2 B_1 + B_0
assert bracket == sp.Symbol("E") ** 2 - 2 * sp.Symbol("E") + 1
square_of_selu = scale**2 * (above_square + alpha**2 * (below(2) - 2 * below(1) + below(0)))

# %% [markdown]
# ## Step 5. Solving them
# Mean 0 is linear in $\alpha$, and mean square 1 then fixes $\lambda>0$: one solution. With mean 0
# and mean square 1 the variance is 1 as well, so both gains are 1.

# %%
alphas = sp.solve(mean_of_selu / scale, alpha)
assert len(alphas) == 1
assert sp.simplify(alphas[0] - 1 / sp.sqrt(2 * sp.pi) / (below(0) - below(1))) == 0
scales = sp.solve(square_of_selu.subs(alpha, alphas[0]) - 1, scale)
assert len(scales) == 1
assert abs(sp.N(alphas[0], 25) - sp.Float("1.673263242354377284817043", 25)) < 1e-23
assert abs(sp.N(scales[0], 25) - sp.Float("1.050700987355480493419335", 25)) < 1e-23
parts = ((z, 0, 15), (sp.N(alphas[0], 40) * (sp.exp(z) - 1), -15, 0))
mean_by_quadrature = sum(by_quadrature(part, *ends) for part, *ends in parts)
square_by_quadrature = sum(by_quadrature(part**2, *ends) for part, *ends in parts)
assert abs(mean_by_quadrature) < 1e-25
assert abs(sp.N(scales[0], 40) ** 2 * square_by_quadrature - 1) < 1e-25

# %% [markdown]
# ## Step 6. A table of sampled gains
# Numbers that vision libraries copy from one another, against the exact gains of steps 3 and 5,
# $\sqrt{2\pi/(\pi-1)}$ of ReLU and quadrature for the other two: all are too large, by more than
# $2\cdot10^{-4}$ and less than $10^{-3}$.


# %%
def gain(f):
    return 1 / sp.sqrt(by_quadrature(f**2, -15, 15) - by_quadrature(f, -15, 15) ** 2)


table = (
    ("1.7139588594436646", sp.sqrt(2 * sp.pi / (sp.pi - 1))),
    ("1.7015043497085571", stated),
    ("1.7881293296813965", gain(z / (1 + sp.exp(-z)))),
    ("1.5939117670059204", gain(sp.tanh(z))),
    ("1.0008515119552612", 1),
)
for shipped, exact in table:
    assert 2e-4 < sp.N(sp.Rational(shipped) / exact - 1) < 1e-3

# %%
from symprop.claims.verification import verify

verify(
    "symprop.gain-gelu",
    "symprop.gain-selu",
    "symprop.gain-table-shipped",
    "symprop.gain-table-accuracy",
)
