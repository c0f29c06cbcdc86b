# %% [markdown]
# # The logarithm of a signal's length in a ReLU network of finite width
#
# One input $x$, weights Gaussian of variance $2/N$, no biases. Each layer multiplies
# $\nu_2(x)=|x|^2/N$ by an independent factor $\delta=\frac2N\chi^2_B$, $B$ binomial of $N$ and
# $\frac12$. So $\log\nu_2$ is a random walk, with drift $-m$ and variance $v$ a layer,
#
# $m=-\log\frac4N-\mathrm E\,\psi(B/2),\qquad v=\mathrm E\,\psi'(B/2)+\mathrm{Var}\,\psi(B/2),$
#
# given survival, and $m=\frac5{2N}+\frac{49}{12N^2}+\dots$, $v=\frac5N+\frac{37}{2N^2}+\dots$

# %%
import sympy as sp

N = sp.Symbol("N", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
s, z, eps, t = sp.symbols("s z epsilon t", positive=True)
d = sp.Symbol("d", real=True)

# %% [markdown]
# ## Step 1. A unit is active with probability one half, whatever its size
# Given $x$ the pre-activations are independent, $y_c\sim\mathcal N(0,2\nu_2)$. The law is even, so
# the sign of $y_c$ is a fair coin independent of $y_c^2$: the moments of $y^2$ over the positive
# half are half of the whole. So $\sum_c\max(y_c,0)^2$ is $2\nu_2\chi^2_B$.

# %%
y = sp.Symbol("y", real=True)
density = sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)
for power in (0, 2, 4, 6):
    half = sp.integrate(y**power * density, (y, 0, sp.oo))
    whole = sp.integrate(y**power * density, (y, -sp.oo, sp.oo))
    assert sp.simplify(half - whole / 2) == 0

# %% [markdown]
# ## Step 2. Noise obeys the same law
# A sensitivity $s$ in a fixed direction becomes $\mathbf 1[y_c>0]\,t_c$ with $(y_c,t_c)$ jointly
# Gaussian and centred. The pair and its negative have one law, $t_c^2$ is the same for both, and
# the gate is open for exactly one of them: again a fair coin, independent of $t_c^2$. Check at any
# correlation by the quadrant of the pair: $\mathrm E\,t^2\mathbf 1[y>0]=\frac12$.

# %%
r, w = sp.symbols("rho w", real=True)
squared = (r * y + sp.sqrt(1 - r**2) * w) ** 2  # t, from y and an independent w
over_w = sp.expand(squared).subs(w**2, 1).subs(w, 0)
assert sp.simplify(sp.integrate(over_w * density, (y, 0, sp.oo)) - sp.Rational(1, 2)) == 0

# %% [markdown]
# ## Step 3. Logarithm of chi squared
# $\mathrm E(\chi^2_b)^s=2^s\Gamma(b/2+s)/\Gamma(b/2)$; derivatives of its logarithm at $s=0$ are
# the cumulants of $\log\chi^2_b$.

# %%
b = sp.Symbol("b", positive=True)
u = sp.Symbol("u", positive=True)
moment = sp.integrate(
    u**s * u ** (b / 2 - 1) * sp.exp(-u / 2) / (2 ** (b / 2) * sp.gamma(b / 2)), (u, 0, sp.oo)
)
assert sp.simplify(moment - 2**s * sp.gamma(b / 2 + s) / sp.gamma(b / 2)) == 0
cumulants = sp.log(2) * s + sp.loggamma(b / 2 + s) - sp.loggamma(b / 2)
first = cumulants.diff(s).subs(s, 0)
second = cumulants.diff(s, 2).subs(s, 0)
assert sp.simplify(first - (sp.log(2) + sp.digamma(b / 2))) == 0
assert sp.simplify(second - sp.polygamma(1, b / 2)) == 0

# %% [markdown]
# ## Step 4. Mixture
# Total mean and total variance over $B$ give $m$ and $v$; with $\log\frac2N$ in front,
# $\log\frac2N+\log2=\log\frac4N$. For $N=1$ only $B=1$ survives: $m=\gamma$ and $v=\pi^2/2$.

# %%
alone = -(sp.log(4) + sp.digamma(sp.Rational(1, 2)))
assert sp.simplify(sp.expand_func(alone) - sp.EulerGamma) == 0
assert sp.simplify(sp.polygamma(1, sp.Rational(1, 2)) - sp.pi**2 / 2) == 0

# %% [markdown]
# ## Step 5. Large width
# With $B=\frac N2(1+d)$ and $\varepsilon=1/N$, Stirling's series gives $\log\frac4N+\psi(B/2)$ in
# powers of $\varepsilon$ and $d$, and $d$, the mean of $N$ fair signs, has the moments of
# $\cosh(t/N)^N$. Terms of order $\varepsilon^3$ and moments beyond the sixth are left out.

# %%
points = N * (1 + d) / 4
stirling = sp.log(points) - 1 / (2 * points) - 1 / (12 * points**2)
logarithm = sp.log(4 / N) + stirling
trigamma = 1 / points + 1 / (2 * points**2) + 1 / (6 * points**3)


def sign_moment(order):
    """E d^order from the generating function, with the width kept as a symbol."""
    series = sp.series(N * sp.log(sp.cosh(t / N)), t, 0, order + 2).removeO()
    expanded = sp.series(sp.exp(series), t, 0, order + 1).removeO()
    return sp.expand(expanded).coeff(t, order) * sp.factorial(order)


MOMENTS = {order: sign_moment(order) if order % 2 == 0 else 0 for order in range(7)}
assert sp.expand(MOMENTS[2] - 1 / N) == 0
assert sp.expand(MOMENTS[4] - (3 / N**2 - 2 / N**3)) == 0


def averaged(function):
    """The mean over d, to second order in 1/N."""
    polynomial = sp.series(function, d, 0, 7).removeO()
    total = sum(polynomial.coeff(d, k) * MOMENTS[k] for k in range(7))
    in_eps = sp.expand(sp.expand_log(sp.simplify(total.subs(N, 1 / eps)), force=True))
    return sp.series(in_eps, eps, 0, 3).removeO()


mean = sp.expand(averaged(logarithm))
assert sp.simplify(mean + sp.Rational(5, 2) * eps + sp.Rational(49, 12) * eps**2) == 0
small = sp.series(sp.expand_log(sp.simplify(logarithm), force=True), d, 0, 7).removeO()
spread = averaged(trigamma) + averaged(sp.expand(small**2)) - mean**2
assert (
    sp.series(sp.expand(spread) - 5 * eps - sp.Rational(37, 2) * eps**2, eps, 0, 3).removeO() == 0
)

# %%
from symprop.claims.verification import verify

verify("symprop.log-length-law")
