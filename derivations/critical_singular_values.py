# %% [markdown]
# # Squared singular values of critical erf networks
#
# One wide layer multiplies the Jacobian by $\frac{\sigma_w}{\sqrt N\,\lVert y\rVert_{rms}}WD$, $W$
# Gaussian and $D=\operatorname{diag}\varphi'(z)$; at criticality the scale is
# $1/\sqrt{E\varphi'^2}$. The squared singular values of the product of $L$ layers have mean 1 and
# mean square $1+L\,\frac{E\varphi'^4}{(E\varphi'^2)^2}$, for erf $1+\frac53L$. The largest is at
# least the mean square over the mean, so the squared operator norm grows with depth.

# %%
import sympy as sp

x = sp.Symbol("x", real=True)
m1, m2, k1, k2 = sp.symbols("m1 m2 kappa1 kappa2", positive=True)

# %% [markdown]
# ## Step 1. Moments through a diagonal
# Let $M=JJ^\top$ have normalised trace moments $m_1,m_2$ and be free from $D^2$, with moments
# $\kappa_1,\kappa_2$. Then $D MD$ has moments $m_1\kappa_1$ and
# $m_2\kappa_1^2+m_1^2\kappa_2-m_1^2\kappa_1^2$.

# %%
first = m1 * k1
second = m2 * k1**2 + m1**2 * k2 - m1**2 * k1**2
assert second.subs({k2: k1**2}) == m2 * k1**2  # a multiple of the identity
assert sp.expand(second.subs({m2: m1**2}) - m1**2 * k2) == 0

# %% [markdown]
# ## Step 2. Moments through Gaussian weights
# For $W$ with independent entries of variance $1/N$,
# $\operatorname{tr}(WAW^\top)=\operatorname{tr}A$ and
# $\operatorname{tr}(WAW^\top)^2=\operatorname{tr}A^2+(\operatorname{tr}A)^2$, traces normalised.

# %%
after = sp.expand(second + first**2)
assert sp.expand(after - (m2 * k1**2 + m1**2 * k2)) == 0

# %% [markdown]
# ## Step 3. Critical layers
# $\kappa_1=1$ keeps $m_1=1$, and every layer adds $\kappa_2$ to $m_2$.

# %%
assert sp.expand(after.subs({k1: 1, m1: 1}) - m2 - k2) == 0

# %% [markdown]
# ## Step 4. The constant of erf, and what one layer has at most
# $\kappa_2=\frac{E\varphi'^4}{(E\varphi'^2)^2}=\frac53$. One layer has squared norm at most
# $4\,\frac{\max\varphi'^2}{E\varphi'^2}=4\sqrt5$, since $\lVert W\rVert\to2$; from $L=5$ on
# $1+\frac53L$ exceeds it.

# %%
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
slope = sp.diff(sp.erf(x), x)
square = sp.integrate(slope**2 * density, (x, -sp.oo, sp.oo))
fourth = sp.integrate(slope**4 * density, (x, -sp.oo, sp.oo))
assert sp.simplify(fourth / square**2 - sp.Rational(5, 3)) == 0
assert sp.simplify(4 * slope.subs(x, 0) ** 2 / square - 4 * sp.sqrt(5)) == 0
assert 1 + sp.Rational(5, 3) * 5 > 4 * sp.sqrt(5) > 1 + sp.Rational(5, 3) * 4

# %% [markdown]
# ## The claims

# %%
from symprop.claims.verification import verify

verify("shrinkage.critical-operator-norm", "shrinkage.critical-operator-norm-printed")
