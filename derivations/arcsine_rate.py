# %% [markdown]
# # How fast W of a tanh-like activation reaches the arcsine
#
# Let $\phi$ be odd and rise to 1 with $m_k=\int_0^\infty x^k(1-\phi(x))\,dx$ finite, $|c|<1$,
# $s=\sqrt{1-c^2}$. Then with $Q=1/q$
#
# $W\phi(q,cq)=\frac2\pi\arcsin c-\frac{4m_1c}{\pi s}Q+\frac{2c}{\pi s}\Big[m_3\Big(1+
# \frac{c^2}{3s^2}\Big)+\frac{m_1^2}{s^2}\Big]Q^2+O(Q^3)$.

# %%
import sympy as sp

x, y, q, Q = sp.symbols("x y q Q", positive=True)
c = sp.Symbol("c", real=True)
s = sp.Symbol("s", positive=True)
m1, m3 = sp.symbols("m_1 m_3", positive=True)

# %% [markdown]
# ## Step 1. Split off the sign
# With $\phi = \mathrm{sgn} - g$, $g$ odd: $\phi\phi' = \mathrm{sgn}\,\mathrm{sgn}' -
# \mathrm{sgn}\,g' - g\,\mathrm{sgn}' + gg'$. By symmetry of the two arguments the defect is
# $2E\,\mathrm{sgn}(z)g(z') - E\,g(z)g(z')$.

# %%
sign1, sign2, g1, g2 = sp.symbols("sign1 sign2 g1 g2")
expanded = sp.expand(sign1 * sign2 - (sign1 - g1) * (sign2 - g2))
assert expanded == sign1 * g2 + g1 * sign2 - g1 * g2

# %% [markdown]
# ## Step 2. The term that is linear in $g$
# Given $z'=x$, $z\sim N(cx, qs^2)$ and $E\,\mathrm{sgn}(z) = \mathrm{erf}(cx/(s\sqrt{2q}))$. With
# the density of $z'$, twice over $x>0$, expand in $Q$ under the integral of $g$.

# %%
u = sp.Symbol("u", positive=True)  # 1/sqrt(q)
weight = 2 * u / sp.sqrt(2 * sp.pi) * sp.exp(-(x**2) * u**2 / 2)
weight *= sp.erf(c * x * u / (s * sp.sqrt(2)))
expansion = sp.series(weight, u, 0, 5).removeO()
linear = sp.expand(2 * expansion)
first = sp.simplify(linear.coeff(u, 2) / x)
second = sp.simplify(linear.coeff(u, 4) / x**3)
assert sp.simplify(first - 4 * c / (sp.pi * s)) == 0
assert sp.simplify(second + 2 * c / (sp.pi * s) * (1 + c**2 / (3 * s**2))) == 0
assert linear.coeff(u, 1) == linear.coeff(u, 3) == 0

# %% [markdown]
# ## Step 3. The quadratic term
# On $x,y>0$ the density enters as its value at $(x,y)$ less that at $(x,-y)$, twice; its
# expansion starts with $xy$.

# %%
exponent = -(x**2 + y**2 - 2 * c * x * y) / (2 * s**2)
difference = sp.exp(exponent * Q) - sp.exp(exponent.subs(c, -c) * Q)
leading = sp.series(2 * Q / (2 * sp.pi * s) * difference, Q, 0, 3).removeO()
assert sp.simplify(leading - 2 * c * x * y * Q**2 / (sp.pi * s**3)) == 0

# %% [markdown]
# ## Step 4. Together, and checked on the error function
# $W = \frac2\pi\arcsin\frac{2c}{2+Q}$ for erf, where $m_1=\frac14$ and $m_3=\frac3{16}$.

# %%
defect = (first * m1) * Q + (second * m3) * Q**2 - 2 * c * m1**2 / (sp.pi * s**3) * Q**2
stated = (
    4 * m1 * c / (sp.pi * s) * Q
    - 2 * c / (sp.pi * s) * (m3 * (1 + c**2 / (3 * s**2)) + m1**2 / s**2) * Q**2
)
assert sp.simplify(defect - stated) == 0
z = sp.Symbol("z", positive=True)
assert sp.integrate(z * sp.erfc(z), (z, 0, sp.oo)) == sp.Rational(1, 4)
assert sp.integrate(z**3 * sp.erfc(z), (z, 0, sp.oo)) == sp.Rational(3, 16)
r = sp.Symbol("r", positive=True)  # s**2 = 1 - r**2
erf_defect = 2 * (sp.asin(r) - sp.asin(2 * r / (2 + Q))) / sp.pi
series = sp.series(erf_defect, Q, 0, 3).removeO()
values = {m1: sp.Rational(1, 4), m3: sp.Rational(3, 16), c: r, s: sp.sqrt(1 - r**2)}
assert sp.simplify(sp.expand(series - stated.subs(values))) == 0

# %% [markdown]
# ## Step 5. The moments of tanh
# $1-\tanh x = 2/(e^{2x}+1)$ has $m_k = 2^{-k}\,k!\,\eta(k+1)$, $\eta$ Dirichlet's eta function.

# %%
for power, value in ((1, sp.pi**2 / 24), (3, 7 * sp.pi**4 / 960)):
    eta = (1 - sp.Rational(2) ** -power) * sp.zeta(power + 1)
    assert sp.simplify(sp.factorial(power) * eta / sp.Rational(2) ** power - value) == 0

# %%
from symprop.claims.verification import verify

verify("residual.arcsine-rate", "residual.tanh-smooth-in-inverse-variance")
