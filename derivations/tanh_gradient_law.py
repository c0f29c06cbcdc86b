# %% [markdown]
# # Gradient growth of residual networks with tanh
#
# Full residual network, variances $\sigma_v^2,\sigma_a^2,\sigma_w^2,\sigma_b^2$,
# $b_0=\sigma_v^2+\sigma_a^2$, $C=\sqrt{2/\pi}$:
#
# $\log\frac{\chi_m}{\chi_l}=\mathcal A(\sqrt l-\sqrt m)+\mathcal B(\log l-\log m)+O(1)$,
# $\mathcal A=\frac43C\frac{\sigma_v^2\sigma_w}{\sqrt{b_0}}$,
# $\mathcal B=\frac4{9\pi}\frac{\sigma_v^4}{b_0}\Big(\frac3{b_0}-\sigma_w^2\Big)$.
#
# The parameter gradients change $\mathcal B$ only: $+\frac12$ for the inner biases, $-\frac12$ for
# the inner weights, nothing for the outer ones.

# %%
import sympy as sp

x, depth, u = sp.symbols("x l u", positive=True)
sv, sw = sp.symbols("sigma_v sigma_w", positive=True)
sa, sb = sp.symbols("sigma_a sigma_b", nonnegative=True)
C = sp.sqrt(2 / sp.pi)
b0 = sv**2 + sa**2

# %% [markdown]
# ## Step 1. Transforms at large variance
# $\tanh^2=1-\mathrm{sech}^2$, and an even integrable bump $g$ has
# $E\,g(\sqrt q z)=\frac1{\sqrt{2\pi q}}\int g\,(1+O(1/q))$. So $V\tanh=1-Cq^{-1/2}+\dots$ and
# $V\dot\tanh=\frac23Cq^{-1/2}+\dots$; relative errors are $O(1/q)$ in both deviations.

# %%
rise = 2 * sp.integrate(1 / sp.cosh(x) ** 2, (x, 0, sp.oo)) / sp.sqrt(2 * sp.pi)
t = sp.Symbol("t", positive=True)  # t = tanh x, dt = sech(x)**2 dx
slope = 2 * sp.integrate(1 - t**2, (t, 0, 1)) / sp.sqrt(2 * sp.pi)
assert sp.simplify(rise - C) == 0
assert sp.simplify(slope - 2 * C / 3) == 0

# %% [markdown]
# ## Step 2. Length to order $\sqrt l$
# $p_l-p_{l-1}=b_0-\sigma_v^2Cq^{-1/2}+\dots$ with $q=\sigma_w^2p+\dots$, $p\sim b_0l$, so
# $p=b_0l+b_1\sqrt l+O(\log l)$.

# %%
deficit = sv**2 * C / sp.sqrt(sw**2 * b0 * depth)
b1 = sp.simplify(-sp.integrate(deficit, depth) / sp.sqrt(depth))
assert sp.simplify(b1 + 2 * C * sv**2 / (sw * sp.sqrt(b0))) == 0

# %% [markdown]
# ## Step 3. Logarithm of one factor
# $\log(1+\sigma_v^2\sigma_w^2V\dot\tanh(q))$ with $u=l^{-1/2}$, to order $u^2$; what is left is
# $O(u^3\log u)$ and can be summed.

# %%
inverse_root = 1 / (sw * sp.sqrt(b0 / u**2 + b1 / u))
factor = sp.log(1 + sv**2 * sw**2 * slope * inverse_root)
series = sp.series(factor, u, 0, 3).removeO()
first, second = (sp.simplify(series.coeff(u, k)) for k in (1, 2))
A = sp.Rational(4, 3) * C * sv**2 * sw / sp.sqrt(b0)
B = 4 * sv**4 / (9 * sp.pi * b0) * (3 / b0 - sw**2)
assert sp.simplify(2 * first - A) == 0
assert sp.simplify(second - B) == 0

# %% [markdown]
# ## Step 4. Sums of the two terms
# $\sum_{r=m+1}^lr^{-1/2}=2(\sqrt l-\sqrt m)+O(1)$ and $\sum r^{-1}=\log l-\log m+O(1)$, uniformly
# for $m\ge1$: each summand differs from an integral over one layer by a summable amount.

# %%
gap = sp.series(2 * (sp.sqrt(depth) - sp.sqrt(depth - 1)) - 1 / sp.sqrt(depth), depth, sp.oo, 3)
assert sp.limit(gap.removeO() * depth ** sp.Rational(3, 2), depth, sp.oo) == sp.Rational(1, 4)
assert sp.limit(
    (sp.log(depth) - sp.log(depth - 1) - 1 / depth) * depth**2, depth, sp.oo
) == sp.Rational(1, 2)

# %% [markdown]
# ## Step 5. Parameter gradients
# $\chi_b\propto\chi V\dot\tanh(q)$ gains $l^{-1/2}$, $\chi_w\propto\chi_bp$ loses $l$ again,
# $\chi_v=\chi V\tanh(q)$ and $\chi_a=\chi$ gain nothing. A factor $l^{-s}$ adds $s$ to $B$.

# %%
exponent_b = -sp.limit(sp.log(u) / sp.log(1 / u**2), u, 0)
exponent_w = sp.limit(sp.log(u * u**-2) / sp.log(1 / u**2), u, 0)
assert exponent_b == sp.Rational(1, 2)
assert -exponent_w == -sp.Rational(1, 2)

# %% [markdown]
# ## Step 6. The ratio of outer variances
# $\mathcal A$ depends on $\sigma_a$ through $\rho=\sigma_a/\sigma_v$ in one factor.

# %%
rho = sp.Symbol("rho", nonnegative=True)
split = 4 * C / 3 * sv * sw / sp.sqrt(1 + rho**2)
assert sp.simplify(A.subs(sa, rho * sv) - split) == 0

# %%
from symprop.claims.verification import verify

verify("residual.tanh-gradient-law", "residual.tanh-parameter-gradients")
