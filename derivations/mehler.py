# %% [markdown]
# # The dual kernel is a power series with coefficients $a_k^2$
#
# For standard normal $u, v$ with correlation $\rho$ and $h_k = He_k/\sqrt{k!}$:
# $E\,h_m(u) h_n(v) = \rho^n \delta_{mn}$, hence $E\,\phi(u)\phi(v) = \sum_k a_k^2 \rho^k$
# for $\phi = \sum a_k h_k$, and the joint density over the product of the marginals is
# $\sum_k \rho^k h_k(x) h_k(y)$.

# %%
import sympy as sp

s, t, x, y, z = sp.symbols("s t x y z", real=True)
rho = sp.Symbol("rho", real=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)

# %% [markdown]
# ## Step 1. The moment generating function of one normal variable
# Completing the square is left to the integrator.

# %%
b = sp.Symbol("b", real=True)
moment = sp.simplify(sp.integrate(sp.exp(b * z) * density, (z, -sp.oo, sp.oo)))
assert moment == sp.exp(b**2 / 2)

# %% [markdown]
# ## Step 2. Two variables
# Write $v = \rho u + \sqrt{1-\rho^2}\, w$ with $w$ independent of $u$. Then
# $E\,e^{su + tv}$ factorises into two one-dimensional integrals.

# %%
root = sp.sqrt(1 - rho**2)
joint = moment.subs(b, s + t * rho) * moment.subs(b, t * root)
exponent = sp.expand(sp.expand_log(sp.log(joint), force=True))
assert sp.expand(exponent - (s**2 + 2 * rho * s * t + t**2) / 2) == 0

# %% [markdown]
# ## Step 3. The generating function of Hermite polynomials
# $e^{su - s^2/2} = \sum_m He_m(u) s^m/m!$, from the definition by derivatives of the
# Gaussian (Taylor's formula at $u - s$). We check it term by term.

# %%
ORDER = 7


def hermite(n: int, variable: sp.Symbol) -> sp.Expr:
    gaussian = sp.exp(-(z**2) / 2)
    return sp.expand(sp.simplify((-1) ** n * sp.diff(gaussian, z, n) / gaussian).subs(z, variable))


generating = sp.series(sp.exp(s * x - s**2 / 2), s, 0, ORDER + 1).removeO()
for n in range(ORDER + 1):
    assert sp.expand(generating.coeff(s, n) * sp.factorial(n) - hermite(n, x)) == 0

# %% [markdown]
# ## Step 4. Orthogonality with correlation
# $E\,e^{su - s^2/2} e^{tv - t^2/2} = e^{\rho st}$ contains only equal powers of $s$ and $t$,
# and the coefficient of $s^n t^n$ is $\rho^n/n!$. So $E\,He_m(u)He_n(v) = n!\rho^n\delta_{mn}$.

# %%
reduced = sp.expand(exponent - s**2 / 2 - t**2 / 2)
assert reduced == rho * s * t
product = sp.Symbol("p")
coefficients = sp.series(sp.exp(product), product, 0, ORDER + 1).removeO()
for n in range(ORDER + 1):
    assert coefficients.coeff(product, n) == 1 / sp.factorial(n)

# %% [markdown]
# ## Step 5. The same in terms of densities
# The ratio of densities is expanded in $\rho$; each coefficient is the polynomial
# $h_n(x) h_n(y)$. The numerator of its exponent is $\rho^2(x^2+y^2) - 2xy\rho$, and every term of
# the sum carries $\rho^n$: without that factor the sum would not depend on $\rho$ at all.

# %%
ratio = sp.exp(-(rho**2 * (x**2 + y**2) - 2 * rho * x * y) / (2 * (1 - rho**2))) / root
expansion = sp.series(ratio, rho, 0, 5).removeO()
for n in range(5):
    expected = hermite(n, x) * hermite(n, y) / sp.factorial(n)
    assert sp.expand(sp.simplify(expansion.coeff(rho, n)) - expected) == 0
first, second = ratio.subs({x: 1, y: 1, rho: 0}), ratio.subs({x: 1, y: 1, rho: sp.Rational(1, 2)})
assert first != second

# %%
from symprop.claims.verification import verify

verify("thesis.hermite-correlation")
