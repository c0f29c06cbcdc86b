# %% [markdown]
# # The second term of the settling angle in tanh networks
#
# Full residual network with tanh, $\sigma_v,\sigma_w>0$, $b_0=\sigma_v^2+\sigma_a^2$. The cosine
# distance $e=\gamma/p$ of two inputs tends to $e^*$, with an exponent
# $\delta^*\in[1-\frac2\pi,\frac12)$:
#
# $e-e^*=K'l^{-\delta^*}+Pl^{-1/2}+\dots,\qquad
# P=-\frac{e^*\sigma_v^2\sqrt{2/\pi}}{\sigma_wb_0^{3/2}(\frac12-\delta^*)}.$

# %%
import numpy as np
import sympy as sp

depth, sw = sp.symbols("l sigma_w", positive=True)
v, a, p, q = sp.symbols("sigma_v^2 sigma_a^2 p q", positive=True)
e, fixed, eps, delta = sp.symbols("e e_star epsilon delta_star")
b0 = v + a
C = sp.sqrt(2 / sp.pi)

# %% [markdown]
# ## Step 1. One layer
# One layer adds $\sigma_v^2W+\sigma_a^2$ to $\gamma=ep$ and $\sigma_v^2V+\sigma_a^2$ to $p$.
# $V\tanh=1-Cq^{-1/2}+O(q^{-3/2})$, as $1-\tanh^2$ has the integral 2, and
# $W\tanh=\frac2\pi\arcsin c+O(q^{-1})$, where $c-e=O(q^{-1})$ as well. So
# $p'(e'-e)=\sigma_v^2\frac2\pi\arcsin e+\sigma_a^2-b_0e+e\sigma_v^2Cq^{-1/2}+O(q^{-1})$.

# %%
V, W, new = sp.symbols("V W e_new")
t = sp.Symbol("t", positive=True)
assert sp.integrate(1, (t, -1, 1)) / sp.sqrt(2 * sp.pi) == C  # t = tanh(x), dt = sech(x)^2 dx
after = p + v * V + a
balance = new * after - (e * p + v * W + a)
moved = after * (new - e) - (v * W + a - e * (v * V + a))
assert sp.expand(balance - moved) == 0
right = (v * W + a - e * (v * V + a)).subs(V, 1 - C / sp.sqrt(q))
assert sp.expand(right - (v * W + a - b0 * e + e * v * C / sp.sqrt(q))) == 0

# %% [markdown]
# ## Step 2. Near the fixed point
# With $e=e^*+\epsilon$, $\sigma_v^2\frac2\pi\arcsin e^*+\sigma_a^2=b_0e^*$ and
# $b_0\delta^*=b_0-\frac{2\sigma_v^2}{\pi\sqrt{1-e^{*2}}}$ the right side is
# $-b_0\delta^*\epsilon+e^*\sigma_v^2Cq^{-1/2}$, up to $\epsilon^2$, $\epsilon q^{-1/2}$, $q^{-1}$.

# %%
angle = sp.Symbol("theta", positive=True)  # e* = sin(theta)
arcsine = v * 2 / sp.pi * sp.asin(e) + a - b0 * e
slope = sp.simplify(arcsine.diff(e).subs(e, sp.sin(angle)))
exponent = 1 - 2 * v / (sp.pi * b0 * sp.sqrt(1 - sp.sin(angle) ** 2))
assert sp.simplify(slope + b0 * exponent) == 0

# %% [markdown]
# ## Step 3. Homogeneous and forced part
# $p'\sim b_0l$, $q\sim\sigma_w^2b_0l$, both with relative errors $O(l^{-1/2})$:
# $l(\epsilon'-\epsilon)=-\delta^*\epsilon+Fl^{-1/2}+\dots$, $F=\frac{e^*\sigma_v^2C}
# {\sigma_wb_0^{3/2}}$. The first two terms are solved by $l^{-\delta^*}$ and $Pl^{-1/2}$.

# %%
force = sp.simplify(fixed * v * C / sp.sqrt(sw**2 * b0 * depth) / b0 * sp.sqrt(depth))
assert sp.simplify(force - fixed * v * C / (sw * b0 ** sp.Rational(3, 2))) == 0
P = sp.Symbol("P")
free = sp.Symbol("K")
trial = free * depth**-delta + P / sp.sqrt(depth)
rest = sp.expand(
    sp.powsimp(sp.expand((depth * trial.diff(depth) + delta * trial) * sp.sqrt(depth)))
)
assert not rest.has(free)
(solved,) = sp.solve(rest - force, P)
stated = -fixed * v * C / (sw * b0 ** sp.Rational(3, 2) * (sp.Rational(1, 2) - delta))
assert sp.simplify(solved - stated) == 0

# %% [markdown]
# ## Step 4. Nothing else is as large
# What was left out acts at $l^{-2\delta^*}$, $l^{-\delta^*-1/2}$ and $l^{-1}$, the second
# difference of $\epsilon$ among them; a force $l^{-s}$, $s\ne\delta^*$, answers with
# $\frac{l^{-s}}{\delta^*-s}$. As $\frac14<1-\frac2\pi\le\delta^*<\frac12$ all three fall faster
# than $l^{-1/2}$.

# %%
s = sp.Symbol("s", positive=True)
answer = depth**-s / (delta - s)
assert sp.simplify(depth * answer.diff(depth) + delta * answer - depth**-s) == 0
smallest = 1 - 2 / sp.pi
assert sp.N(2 * smallest) > 0.5
assert sp.N(smallest + sp.Rational(1, 2)) > 0.5

# %% [markdown]
# ## Step 5. The number at $(\frac32,\frac12,\frac{169}{100},\frac{49}{100})$
# $e^*=\frac12$ there, since $\frac32\cdot\frac2\pi\cdot\frac\pi6+\frac12=2\cdot\frac12$, and
# $\delta^*=1-\frac{\sqrt3}\pi$.

# %%
par = {v: sp.Rational(3, 2), a: sp.Rational(1, 2)}
assert sp.simplify(arcsine.subs(par).subs(e, sp.Rational(1, 2))) == 0
at = sp.simplify(exponent.subs(par).subs(angle, sp.pi / 6))
assert sp.simplify(at - (1 - sp.sqrt(3) / sp.pi)) == 0
number = stated.subs(par).subs({fixed: sp.Rational(1, 2), delta: at, sw: sp.Rational(13, 10)})
assert abs(sp.N(number, 30) + sp.Rational("3.17067012482534481")) < sp.Float("1e-17")

# %% [markdown]
# ## Step 6. Iterated
# Among many starts of long inputs, where two terms of the large-variance laws suffice, there is
# one with $K'=0$: the one whose deviation halves when the depth grows fourfold. There
# $\sqrt l(e-e^*)$ is close to $P$. With $\sigma_a^2=\frac{\sigma_v^2}{10}$ the two exponents are
# well apart.

# %%
V2, A2, W2 = 1.0, 0.1, 4.0
low, high = 0.0, 0.999
for _ in range(60):  # the fixed point
    middle = (low + high) / 2
    inside = V2 * 2 / np.pi * np.arcsin(middle) + A2 > (V2 + A2) * middle
    low, high = (middle, high) if inside else (low, middle)
target = low
power = 1 - 2 * V2 / (np.pi * (V2 + A2) * np.sqrt(1 - target**2))
wanted = -target * V2 * np.sqrt(2 / np.pi)
wanted /= np.sqrt(W2) * (V2 + A2) ** 1.5 * (0.5 - power)


def deviations(starts, depths):
    """e - e* at the depths, from p = 100 and each start."""
    length, cosine, kept = 100.0, starts.copy(), []
    for layer in range(1, max(depths) + 1):
        variance = W2 * length
        gain = 1 - np.sqrt(2 / np.pi / variance) * (1 - np.pi**2 / 24 / variance)
        shared = 2 / np.pi * np.arcsin(cosine)
        shared -= np.pi / 6 * cosine / np.sqrt(1 - cosine**2) / variance
        longer = length + V2 * gain + A2
        cosine = (cosine * length + V2 * shared + A2) / longer
        length = longer
        if layer in depths:
            kept.append(cosine - target)
    return kept


def settled(depth):
    """sqrt(l)(e - e*) where K' = 0."""
    starts = np.linspace(-0.5, 0.5, 201)
    early, late = deviations(starts, (depth, 4 * depth))
    index = int(np.flatnonzero(np.diff(np.sign(late - early / 2)))[0])
    gap = (late - early / 2)[index : index + 2]
    share = -gap[0] / (gap[1] - gap[0])
    return np.sqrt(4 * depth) * ((1 - share) * late[index] + share * late[index + 1])


found = [settled(depth) / wanted for depth in (2000, 8000)]
assert abs(found[1] - 1) < abs(found[0] - 1) / 3  # nearly O(1/l) here
assert abs((4 * found[1] - found[0]) / 3 - 1) < 0.01

# %%
from symprop.claims.verification import verify

verify("symprop.tanh-cosine-second-term")
