# %% [markdown]
# # Shrinkage bounds with their best constants
#
# A wide normalised layer maps correlations by $P(\rho)=\sum c_k\rho^k$, $c_k\ge0$, $P(1)=1$. Let
# $p=P'(1)$, $n=\sum_{k\ge2}c_k$, $\nu=n/p$ and $\varepsilon=1-\rho$. The squared Jacobian of a deep
# network is $J=\prod p_l$. With $s=1-\rho_{\max}$:
#
# $J\ge\frac{\varepsilon_L}{\varepsilon_0}\prod\frac1{1-\nu_l\varepsilon_{l-1}}$ and
# $J\ge\frac s2\prod\frac1{1-s\nu_l}\ge\frac e2s^2\sum\nu_l\ge\frac{s^2}8\sum\nu_l$; the constant
# $e/2$ cannot be improved. Also $J\ge\frac s2+\frac{s^2}8\sum n_l$.

# %%
import sympy as sp

x, e = sp.symbols("x epsilon", positive=True)
p, n, nu, s, m, a = sp.symbols("p n nu s m a", positive=True)

# %% [markdown]
# ## Step 1. One layer
# $1-\rho^k=\varepsilon(1+\rho+\dots+\rho^{k-1})\le\varepsilon(k-\varepsilon)$ for $k\ge2$ and
# $|\rho|\le1$: the first two terms are $2-\varepsilon$, the others at most 1. Summed with the
# weights $c_k$: $\varepsilon'\le p\varepsilon-n\varepsilon^2=p\varepsilon(1-\nu\varepsilon)$,
# with equality for quadratics. Since $p\ge2n$, $\nu\le\frac12$.

# %%
for k in range(2, 9):
    rho = 1 - e
    rest = sp.expand((1 - rho**k) / e) - sum(rho**i for i in range(2, k)) - (2 - e)
    assert sp.expand(rest) == 0
quadratic = (1 - p + n) + (p - 2 * n) * x + n * x**2
assert sp.expand(1 - quadratic.subs(x, 1 - e) - (p * e - n * e**2)) == 0
assert sp.expand(sp.diff(quadratic, x).subs(x, 1) - p) == 0

# %% [markdown]
# ## Step 2. Along one pair of inputs
# $p_l\ge\frac{\varepsilon_l}{\varepsilon_{l-1}}\frac1{1-\nu_l\varepsilon_{l-1}}$; the product over
# the layers telescopes.

# %%
gaps = sp.symbols("epsilon0:5", positive=True)
ratios = sp.Mul(*(gaps[i + 1] / gaps[i] for i in range(4)))
assert sp.simplify(ratios - gaps[4] / gaps[0]) == 0

# %% [markdown]
# ## Step 3. Through the spread
# The image of $[-1,1]$ under the first $l$ layers is $[m_l,1]$, and $s=\min(1-m_l)$. Some pair has
# $\varepsilon_l\ge s$ for all $l$:
#
# - If every $m_l<0$, take the pair with $\rho_L=m_L$ and $\rho_l\le0$ before (a positive $\rho$ has
#   a non-negative image). For $\rho\le0$ with negative image $|P(\rho)|\le\sum_{k\
#   odd}c_k|\rho|^k\le |\rho|$, so $|\rho_l|\ge|m_L|\ge\min|m_l|$.
# - Otherwise, from the first $l$ with $m_l\ge0$ on the least correlations are those of one pair, as
#   $P$ rises on $[0,1]$; before, that pair can be taken with $\rho\le0$, while $s\le1$.
#
# With $\varepsilon_0\le2$, $\varepsilon_L\ge s$ and $\varepsilon_{l-1}\ge s$ in Step 2:
# $J\ge\frac s2\prod\frac1{1-s\nu_l}$. The odd part bounds the image:

# %%
for k in range(2, 8):
    image = sp.expand((-x) ** k)
    assert image == (-1) ** k * x**k  # only odd powers can make an image negative
    assert sp.factor(x - x**k).subs(x, sp.Rational(1, 2)) > 0  # and none is larger than |rho|

# %% [markdown]
# ## Step 4. Additive form
# $-\log(1-s\nu)\ge s\nu$, and $e^y\ge ey$ with equality at $y=1$: $J\ge\frac
# s2e^{s\sum\nu}\ge\frac e2 s^2\sum\nu$. Theorem 1 has $\frac18$ in place of $\frac e2$.

# %%
y = sp.Symbol("y", positive=True)
tangent = sp.exp(y) - sp.E * y
assert tangent.subs(y, 1) == 0
assert sp.diff(tangent, y).subs(y, 1) == 0
assert sp.diff(tangent, y, 2) == sp.exp(y)
assert (sp.series(-sp.log(1 - y), y, 0, 3).removeO() - y).coeff(y, 2) > 0
assert sp.Rational(1, 8) < sp.E / 2

# %% [markdown]
# ## Step 5. The constant is sharp
# First layer $1-\frac s2+\frac s2\rho$, then $L$ times the quadratic with bend $n$ that keeps
# $\rho=1-s$: $p=1+ns$. Its coefficients are non-negative for $s\le1$ and small $n$. With
# $n=1/(sL)$, $J=\frac s2(1+\frac1L)^L$ and $s^2\sum\nu=\frac s{1+1/L}$, so the ratio tends to
# $e/2$.

# %%
L = sp.Symbol("L", positive=True)
keeper = quadratic.subs(p, 1 + n * s)
assert sp.expand(keeper.subs(x, 1 - s) - (1 - s)) == 0
assert sp.expand(keeper.subs(x, 0) - n * (1 - s)) == 0
ratio = (s / 2 * (1 + 1 / L) ** L) / (s / (1 + 1 / L))
assert sp.limit(ratio, L, sp.oo) == sp.E / 2

# %% [markdown]
# ## Step 6. Critical identical layers
# At $p=1$,
# $\frac1{\varepsilon'}\ge\frac1{\varepsilon(1-\nu\varepsilon)}\ge\frac1\varepsilon+\nu$, so
# $\varepsilon_L\le1/(\frac12+\nu L)$.

# %%
slack = sp.together(1 / (e * (1 - nu * e)) - 1 / e - nu)
assert sp.simplify(slack - nu**2 * e / (1 - nu * e)) == 0

# %% [markdown]
# ## Step 7. One layer by its bend
# On $0\le\varepsilon\le1$ also $\varepsilon'\le p\varepsilon/(1+\frac n2\varepsilon)$. First for
# powers: $1-\rho^k\le k\varepsilon/(1+\frac{k-1}2\varepsilon)$ is $\sum_{0<i<k}\rho^i\le
# \frac{k-1}2(1+\rho^k)$, the sum of $(1-\rho^i)(1-\rho^{k-i})\ge0$. The right side is concave in
# $k$, so the powers $k\ge2$, of mean $m\ge2$, may be joined. With $a=c_1\le1-n$ and
# $\delta=\varepsilon/2$ what is left is $a(1+(m-1)\delta)\le m(m-1-n)$: largest on the left for
# $a=1-n$, $\delta=\frac12$; then the difference is $\frac12(1-n)$ at $m=2$ and grows with $m$.

# %%
rho = sp.Symbol("rho", positive=True)
for k in range(2, 8):
    pairs = sum((1 - rho**i) * (1 - rho ** (k - i)) for i in range(1, k))
    claim = sp.Rational(k - 1) * (1 + rho**k) - 2 * sum(rho**i for i in range(1, k))
    assert sp.expand(pairs - claim) == 0
    product = (k - sum(rho**i for i in range(k))) - sp.Rational(k - 1, 2) * (1 - rho**k)
    assert sp.expand(2 * product - claim) == 0
d = sp.Symbol("delta", positive=True)
concave = sp.simplify(sp.diff(m / (1 + (m - 1) * d), m, 2))
assert sp.simplify(concave + 2 * d * (1 - d) / (1 + (m - 1) * d) ** 3) == 0
cleared = (a + n * m) * (1 + (m - 1) * d) - a * (1 + n * d) * (1 + (m - 1) * d)
cleared -= n * m * (1 + n * d)
assert sp.expand(cleared - n * d * (m * (m - 1 - n) - a * (1 + (m - 1) * d))) == 0
worst = m * (m - 1 - n) - (1 - n) * (m + 1) / 2
assert sp.expand(worst.subs(m, 2) - (1 - n) / 2) == 0
assert sp.expand(sp.diff(worst, m).subs(m, 2) - (sp.Rational(5, 2) - n / 2)) == 0

# %% [markdown]
# ## Step 8. Summing the bends
# Step 7 says $\frac1{\varepsilon_l}\ge\frac1{p_l}(\frac1{\varepsilon_{l-1}}+\frac{n_l}2)$. With
# $J_l=p_1\cdots p_l$ and the pair that starts at 0: $\frac{J_l}{\varepsilon_l}\ge
# \frac{J_{l-1}}{\varepsilon_{l-1}}+\frac{n_l}2J_{l-1}$, $J_{l-1}\ge\varepsilon_{l-1}\ge\frac s2$
# and $\varepsilon_0=1$, so $J\ge\frac s2(1+\frac s4\sum n_l)$. For residual blocks
# $n=\sigma^2\|\phi-\bar\phi\|^2/(1+\sigma^2\|\phi\|^2)$: Theorem 2 as it is printed.

# %%
total = sp.Symbol("Sigma", positive=True)
assert sp.expand(s / 2 * (1 + s / 4 * total) - (s / 2 + s**2 / 8 * total)) == 0

# %% [markdown]
# ## The claims

# %%
from symprop.claims.verification import verify

verify("symprop.gap-contraction", "symprop.jacobian-along-trajectory", "symprop.jacobian-by-spread")
verify("symprop.best-shrinkage-constant", "symprop.critical-identical-layers")
verify("shrinkage.theorem-one", "shrinkage.theorem-two", "shrinkage.bent-gap")
