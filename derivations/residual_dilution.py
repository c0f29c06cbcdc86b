# %% [markdown]
# # Sensitivity of batch-normalised residual networks grows like a power of the depth
#
# Units of $H$ batch-normalised ReLU layers are added to the signal, $y^l=y^{l-1}+y^{l,H}$, the
# sensitivity $t$ likewise. At infinite width and for many uncorrelated data
#
# $(\zeta^l)^2=\frac{\Gamma(l+a+g)\,\Gamma(a+1)}{\Gamma(a+g)\,\Gamma(l+a+1)},\qquad
# g=\Bigl(\frac\pi{\pi-1}\Bigr)^H,\quad a=\frac{\mu_2(y^0)}{1-1/\pi}.$

# %%
import sympy as sp

z = sp.Symbol("z", real=True)
k, depth = sp.symbols("k l", integer=True, nonnegative=True)
a, g, b, ratio = sp.symbols("a g b r", positive=True)

# %% [markdown]
# ## Step 1. One layer
# After the normalisation a channel is standard normal over the data. The activation leaves of its
# variance $\frac12(1-\frac1\pi)$, and of the noise, whose gates are independent of its size, one
# half. The normalised squared sensitivity is multiplied by $\pi/(\pi-1)$.

# %%
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
mean = sp.integrate(z * density, (z, 0, sp.oo))
square = sp.integrate(z**2 * density, (z, 0, sp.oo))
signal = sp.simplify(square - mean**2)
noise = sp.integrate(density, (z, 0, sp.oo))
assert sp.simplify(signal - (1 - 1 / sp.pi) / 2) == 0
assert sp.simplify(noise / signal - sp.pi / (sp.pi - 1)) == 0

# %% [markdown]
# ## Step 2. One unit
# Weights of variance 2 over the fan-in double both variances: the branch has the signal variance
# $b=1-\frac1\pi$ in every unit, whatever comes in, and the noise $b\,g\,r$, where $r$ is the ratio
# of noise to signal that enters the unit.

# %%
assert sp.simplify(2 * signal - (1 - 1 / sp.pi)) == 0
carried = ratio
for _ in range(3):  # H = 3 layers: the normalisation divides both by the signal variance
    carried = carried * noise / signal
assert sp.simplify(carried - (sp.pi / (sp.pi - 1)) ** 3 * ratio) == 0

# %% [markdown]
# ## Step 3. Sum of the units
# Branches are uncorrelated with what precedes them, since their last weights are fresh. So
# variances add up: $Y_l=b(a+l)$ and $T_l=T_{l-1}\bigl(1+\frac{bg}{Y_{l-1}}\bigr)$.

# %%
before = b * (a + depth - 1)
step = sp.simplify((1 + b * g / before) - (a + depth - 1 + g) / (a + depth - 1))
assert step == 0

# %% [markdown]
# ## Step 4. Product
# $T_l/T_0=\prod_{k<l}\frac{a+k+g}{a+k}$ is a quotient of Gamma functions, and $Y_l/Y_0=(a+l)/a$.

# %%
noise_growth = sp.gamma(depth + a + g) * sp.gamma(a) / (sp.gamma(a + g) * sp.gamma(depth + a))
quotient = noise_growth / noise_growth.subs(depth, depth - 1)
assert sp.gammasimp(quotient - (a + depth - 1 + g) / (a + depth - 1)) == 0
assert sp.simplify(noise_growth.subs(depth, 0)) == 1
zeta_squared = noise_growth * a / (a + depth)
law = sp.gamma(depth + a + g) * sp.gamma(a + 1) / (sp.gamma(a + g) * sp.gamma(depth + a + 1))
assert sp.gammasimp(zeta_squared / law) == 1

# %% [markdown]
# ## Step 5. Increments and exponent
# $(\zeta^l/\zeta^{l-1})^2=1+\frac{g-1}{l+a}$: the relative weight of a branch falls like $1/l$. The
# logarithms add up to $(g-1)\log l$, so $\tau=\frac{g-1}2$. If nothing were diluted, the layers of
# a unit would multiply $\zeta^2$ by $g$.

# %%
increment = sp.gammasimp(law / law.subs(depth, depth - 1))
assert sp.simplify(increment - (1 + (g - 1) / (depth + a))) == 0
x = sp.Symbol("x", positive=True)
assert sp.limit(x * sp.log(increment.subs(depth, x)), x, sp.oo) == g - 1

# %%
from symprop.claims.verification import verify

verify("symprop.residual-gamma-law")
