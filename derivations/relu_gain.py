# %% [markdown]
# # The variance-preserving gain of ReLU
#
# $\mathrm{Var}[\max(Z,0)]^{-1/2} = \sqrt{2\pi/(\pi-1)}$, and the constant $\pi/(\pi-1)$ that
# normalises the positive part of a layer.

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

# %%
from symprop.claims.verification import verify

verify("symprop.gain-relu")
