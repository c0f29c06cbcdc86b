# %% [markdown]
# # The variance-preserving gain of ReLU
#
# $\mathrm{Var}[\max(Z,0)]^{-1/2} = \sqrt{2\pi/(\pi-1)}$, and the constant $\pi/(\pi-1)$ that
# normalises the positive part of a layer: it is the slope at 1 of the correlation map of a
# centred ReLU.

# %%
import sympy as sp

z = sp.Symbol("z", real=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)

# %% [markdown]
# ## Step 1. The first two moments

# %%
mean = sp.integrate(z * density, (z, 0, sp.oo))
assert sp.simplify(mean - 1 / sp.sqrt(2 * sp.pi)) == 0
second = sp.integrate(z**2 * density, (z, 0, sp.oo))
assert second == sp.Rational(1, 2)

# %% [markdown]
# ## Step 2. The variance and the gain

# %%
variance = sp.simplify(second - mean**2)
assert sp.simplify(variance - (sp.pi - 1) / (2 * sp.pi)) == 0
gain = 1 / sp.sqrt(variance)
assert sp.simplify(gain**2 - 2 * sp.pi / (sp.pi - 1)) == 0

# %% [markdown]
# ## Step 3. Against the second moment
# The He gain keeps the second moment instead: its square is 2, and the ratio of the two
# squares is $\pi/(\pi-1)$.

# %%
ratio = sp.simplify(gain**2 * second)
assert sp.simplify(ratio - sp.pi / (sp.pi - 1)) == 0

# %% [markdown]
# ## Step 4. The slope of a centred correlation map
# $\kappa(c)=\mathrm E\max(u,0)\max(v,0)$ less the squared mean, over the variance, maps cosines
# with $\kappa(1)=1$. With $v=cu+\sqrt{1-c^2}\,w$ and parts in $w$,
# $\kappa'(c)=\mathrm P(u>0,v>0)=\frac14+\frac{\arcsin c}{2\pi}$, which is $\frac12$ at 1: the
# same ratio is the slope there.

# %%
theta = sp.Symbol("theta", real=True)
gamma = sp.Symbol("gamma", positive=True)  # c = cos(gamma)
product = sp.expand_trig(sp.cos(theta) * sp.cos(theta - gamma))
overlap = sp.integrate(product, (theta, gamma - sp.pi / 2, sp.pi / 2)) / sp.pi
quadrant = sp.integrate(1, (theta, gamma - sp.pi / 2, sp.pi / 2)) / (2 * sp.pi)
slope = sp.simplify(overlap.diff(gamma) / -sp.sin(gamma))
assert sp.simplify(slope - quadrant) == 0
assert sp.simplify(overlap.subs(gamma, sp.pi / 2) - mean**2) == 0  # independent
assert sp.simplify(slope.subs(gamma, 0) / variance - ratio) == 0

# %% [markdown]
# ## Step 5. A shipped number
# 1.466942206924260361 is this ratio up to the rounding of double precision: relatively it is off by
# 3.4e-16, a little over two units in the last place.

# %%
shipped = sp.Rational("1.466942206924260361")
off = sp.N(shipped - ratio, 20)
assert sp.Float("3.4e-16") < off / ratio < sp.Float("3.5e-16")
assert 2 < off / 2**-52 < sp.Rational(5, 2)

# %%
from symprop.claims.verification import verify

verify("symprop.gain-relu", "symprop.dks-constant-shipped", "symprop.dks-constant")
