# %% [markdown]
# # Where correlations of a tanh residual network settle, and how fast
#
# The cosine distance $e=\gamma/p$ of two inputs tends to the fixed point of
# $b_0e=\sigma_v^2\frac2\pi\arcsin e+\sigma_a^2$, $b_0=\sigma_v^2+\sigma_a^2$, like
# $l^{-\delta^*}$. With $e^*=\cos t$:
#
# $1+\frac{\sigma_a^2}{\sigma_v^2}=\frac{2t/\pi}{1-\cos t},\qquad\delta^*=1-\frac{\tan(t/2)}{t}.$

# %%
import sympy as sp

t = sp.Symbol("t", positive=True)
depth = sp.Symbol("l", positive=True)
sv, sa = sp.symbols("sigma_v^2 sigma_a^2", positive=True)
b0 = sv + sa

# %% [markdown]
# ## Step 1. The equation of the limit
# One layer adds $\sigma_v^2W+\sigma_a^2$ to $\gamma$ and $\sigma_v^2V+\sigma_a^2$ to $p$; at
# infinite length $V\to1$ and $W\to\frac2\pi\arcsin e$. If $e$ stays, the ratio of the two is
# $e$. On $e=\cos t$ the arcsine is $\pi/2-t$.

# %%
e = sp.Symbol("e", real=True)
residual = sv * 2 / sp.pi * sp.asin(e) + sa - b0 * e
angle_form = residual.subs(sp.asin(e), sp.pi / 2 - t).subs(e, sp.cos(t))
assert sp.expand(angle_form - (b0 * (1 - sp.cos(t)) - sv * 2 * t / sp.pi)) == 0
assert sp.simplify(sp.sin(sp.pi / 2 - t) - sp.cos(t)) == 0

# %% [markdown]
# ## Step 2. There is exactly one angle
# $(1-\cos t)/t$ increases: its derivative is $(t\sin t-1+\cos t)/t^2$, whose numerator starts
# at 0 with derivative $t\cos t\ge0$ on $[0,\pi/2]$. It runs from 0 to $2/\pi$, so that every
# ratio $b_0/\sigma_v^2\ge1$ is taken once.

# %%
quotient = (1 - sp.cos(t)) / t
numerator = t * sp.sin(t) - 1 + sp.cos(t)
assert sp.simplify(quotient.diff(t) - numerator / t**2) == 0
assert numerator.subs(t, 0) == 0
assert sp.simplify(numerator.diff(t) - t * sp.cos(t)) == 0
assert sp.limit(quotient, t, 0) == 0
assert quotient.subs(t, sp.pi / 2) == 2 / sp.pi
ratio = (2 * t / sp.pi) / (1 - sp.cos(t))

# %% [markdown]
# ## Step 3. The exponent
# With $e=e^*+\varepsilon$ and $p\approx b_0l$ the change of $\gamma=ep$ gives
# $p\,\varepsilon'=\sigma_v^2\frac2\pi\frac{\varepsilon}{\sqrt{1-e^{*2}}}-b_0\varepsilon$.

# %%
slope = sp.diff(residual, e).subs(e, sp.cos(t))
delta = -slope / b0
sine = sp.sqrt(1 - sp.cos(t) ** 2)
assert sp.simplify(delta - (1 - 2 * sv / (sp.pi * b0 * sine))) == 0
h = sp.Symbol("h", positive=True)  # t/2
in_angle = (1 - 2 / (sp.pi * ratio * sp.sin(t))).subs(t, 2 * h)
difference = in_angle - (1 - sp.tan(h) / (2 * h))
assert sp.simplify(sp.expand_trig(difference)) == 0
solution = depth ** (-delta)
assert sp.simplify(depth * solution.diff(depth) + delta * solution) == 0

# %% [markdown]
# ## Step 4. Range and special points
# $\tan(t/2)/t$ increases because $(t-\sin t)/(2t^2\cos^2(t/2))$ is positive.

# %%
fraction = sp.tan(t / 2) / t
growth = (t - sp.sin(t)) / (2 * t**2 * sp.cos(t / 2) ** 2)
growth_gap = (fraction.diff(t) - growth).subs(t, 2 * h)
assert sp.simplify(sp.expand_trig(growth_gap)) == 0
assert sp.limit(1 - fraction, t, 0) == sp.Rational(1, 2)
assert (1 - fraction).subs(t, sp.pi / 2) == 1 - 2 / sp.pi
assert ratio.subs(t, sp.pi / 3) - 1 == sp.Rational(1, 3)
assert sp.simplify((1 - fraction).subs(t, sp.pi / 3) - (1 - sp.sqrt(3) / sp.pi)) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.tanh-angle")
