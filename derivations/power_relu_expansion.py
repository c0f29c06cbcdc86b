# %% [markdown]
# # The alpha-ReLU kernel near 1: slope, first singular term, logarithm
#
# From $J_\alpha(c) = x^{\alpha+1/2} F_\alpha(x)/F_\alpha(1)$, $x=(1+c)/2$,
# $F_\alpha = {}_2F_1(\tfrac12,\tfrac12;\alpha+\tfrac32;\cdot)$,
# $F_\alpha(1) = \Gamma(\alpha+\tfrac32)\Gamma(\alpha+\tfrac12)/\Gamma(\alpha+1)^2$:
#
# $J_\alpha' = \frac{\alpha^2}{2\alpha-1}J_{\alpha-1}$ and
# $J_\alpha(1-\epsilon) = 1 - \frac{\alpha^2}{2\alpha-1}\epsilon + U\epsilon^{\alpha+1/2}
# + O(\epsilon^2)$ unless $\alpha+\frac12$ is an integer.

# %%
import sympy as sp

a = sp.Symbol("alpha", positive=True)
x, e = sp.symbols("x epsilon", positive=True)
c = sp.Symbol("c", real=True)
k = sp.Symbol("k", integer=True, nonnegative=True)
half = sp.Rational(1, 2)
at_one = sp.gamma(a + 3 * half) * sp.gamma(a + half) / sp.gamma(a + 1) ** 2

# %% [markdown]
# ## Step 1. The derivative
# Term by term $\frac{d}{dx}x^{\gamma-1}{}_2F_1(\cdot;\gamma;x) = (\gamma-1)x^{\gamma-2}
# {}_2F_1(\cdot;\gamma-1;x)$, here with $\gamma=\alpha+\frac32$, and $dx/dc=\frac12$.

# %%
gamma = a + 3 * half
before = (gamma - 1 + k) / sp.rf(gamma, k)
after = (gamma - 1) / sp.rf(gamma - 1, k)
assert sp.simplify(sp.gammasimp((before / after).rewrite(sp.gamma))) == 1
factor = half * (a + half) * at_one.subs(a, a - 1) / at_one
assert sp.gammasimp(factor * (2 * a - 1) / a**2) == 1

# %% [markdown]
# ## Step 2. The differential equation and its exponents at $c=1$
# $(1-c^2)J''+(2\alpha-1)cJ'=\alpha^2J$: the coefficient of $x^{\alpha+1/2+k}$ of
# $x^{\alpha+1/2}F_\alpha$ obeys it. With $c=1-\epsilon$ a solution starting as $\epsilon^r$
# needs $2r(r-1)-(2\alpha-1)r=0$, so $r=0$ or $r=\alpha+\frac12$.

# %%
p = a + half + k
# x(1-x) J_xx + (2a-1)(x-1/2) J_x - a^2 J = 0 for J = sum u_k x^p, u_{k+1}/u_k as of 2F1
next_over_this = (half + k) ** 2 / ((gamma + k) * (k + 1))
lower = (p + 1) * p - half * (2 * a - 1) * (p + 1)  # multiplies u_{k+1}, at x^p
upper = -p * (p - 1) + (2 * a - 1) * p - a**2  # multiplies u_k, at x^p
assert sp.simplify(lower * next_over_this + upper) == 0
r = sp.Symbol("r")
assert set(sp.solve(2 * r * (r - 1) - (2 * a - 1) * r, r)) == {0, a + half}

# %% [markdown]
# ## Step 3. The analytic solution starts $1-\frac{\alpha^2}{2\alpha-1}\epsilon$
# Put $J = 1 + j\epsilon + \dots$ in the equation; its value at $\epsilon = 0$ fixes $j$.

# %%
j = sp.Symbol("j")
assert sp.simplify(sp.solve(-(2 * a - 1) * j - a**2, j)[0] + a**2 / (2 * a - 1)) == 0

# %% [markdown]
# ## Step 4. The coefficient of the singular solution
# The coefficient of $(1-x)^{\gamma-1}$ in ${}_2F_1(\tfrac12,\tfrac12;\gamma;x)$ is
# $\Gamma(\gamma)\Gamma(1-\gamma)/\Gamma(\frac12)^2$, and $1-x=\epsilon/2$.

# %%
connection = sp.gamma(gamma) * sp.gamma(1 - gamma) / sp.gamma(half) ** 2
U = connection / at_one * 2 ** (-a - half)
stated = (
    2 ** (-a - half) * sp.gamma(a + 1) ** 2 * sp.gamma(-a - half) / (sp.pi * sp.gamma(a + half))
)
assert sp.simplify(sp.gammasimp(U / stated)) == 1
assert sp.simplify(stated.subs(a, 1) - 2 * sp.sqrt(2) / (3 * sp.pi)) == 0
relu = (sp.sqrt(1 - c**2) + c * (sp.pi - sp.acos(c))) / sp.pi
assert sp.limit((relu.subs(c, 1 - e) - 1 + e) / e ** (3 * half), e, 0) == 2 * sp.sqrt(2) / (
    3 * sp.pi
)

# %% [markdown]
# ## Step 5. The logarithm at $\alpha=\frac32$
# $U\epsilon^{\alpha+1/2}$ has a simple pole in $\alpha$ there, which the analytic part must
# cancel; the finite rest is $\rho\,\epsilon^2\log\epsilon$ with $\rho$ the residue of $U$.

# %%
d = sp.Symbol("delta")
# Γ(-2-δ) = Γ(1-δ) / ((-2-δ)(-1-δ)(-δ))
pole = 1 / ((-2 - d) * (-1 - d) * (-d))
rest = (stated / sp.gamma(-a - half)).subs(a, 3 * half)
residue = sp.simplify(sp.limit(pole * d, d, 0) * rest)
assert residue == -sp.Rational(9, 128)

# %% [markdown]
# ## Step 6. No power series there
# The same from the equation of step 2 at $\alpha=\frac32$. With
# $J=1+j\epsilon+h\epsilon^2+\rho\epsilon^2\log\epsilon+\dots$ the unknown $h$ drops out of the
# order $\epsilon$, which without the logarithm has no solution: $1-\frac98\epsilon$ is not followed
# by $O(\epsilon^2)$, and the expansion does not hold for all $\alpha>\frac12$.

# %%
h, rho = sp.symbols("h rho")
ansatz = 1 + j * e + h * e**2 + rho * e**2 * sp.log(e)
order = (
    (2 * e - e**2) * ansatz.diff(e, 2) - 2 * (1 - e) * ansatz.diff(e) - sp.Rational(9, 4) * ansatz
)
expanded = sp.expand(order)
slope = sp.solve(sp.limit(expanded, e, 0), j)
assert slope == [-sp.Rational(9, 8)]
first = sp.expand(expanded.subs(j, slope[0])).coeff(e, 1)
assert not first.has(h, sp.log)
assert first.subs(rho, 0) != 0
assert sp.solve(first, rho) == [residue]

# %%
from symprop.claims.verification import verify

verify(
    "symprop.power-relu-derivative",
    "symprop.power-relu-expansion",
    "symprop.power-relu-expansion-printed",
)
