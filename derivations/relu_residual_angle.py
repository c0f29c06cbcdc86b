# %% [markdown]
# # How the angle closes in a ReLU residual network
#
# In the full residual network with ReLU, $\sigma_v,\sigma_w>0$ and $e_0<1$,
#
# $(1-e)^{-1/2}=\frac k2\,l+\frac{3k}4\log l+O(1),\qquad
# k=\frac{\sigma_v^2\sigma_w^2U}{2B},\quad U=\frac{2\sqrt2}{3\pi},\quad
# B=1+\frac{\sigma_v^2\sigma_w^2}2 .$

# %%
import sympy as sp

v, w, a, b, p, q = sp.symbols("sigma_v^2 sigma_w^2 sigma_a^2 sigma_b^2 p q", positive=True)
eps, delta, t, y = sp.symbols("epsilon delta t y", positive=True)
B = 1 + v * w / 2

# %% [markdown]
# ## Step 1. The kernel near parallel inputs
# $V(q)=q/2$ and $W(q,cq)=\frac q2J(c)$ with $J(\cos t)=\frac1\pi(\sin t+(\pi-t)\cos t)$. With
# $c=1-\delta$, $J(c)=c+U\delta^{3/2}+O(\delta^{5/2})$.

# %%
excess = (sp.sin(t) - t * sp.cos(t)) / sp.pi  # J(c) - c
gap = 1 - sp.cos(t)
U = 2 * sp.sqrt(2) / (3 * sp.pi)
lead = sp.series(excess, t, 0, 6).removeO()
model = U * (sp.series(gap, t, 0, 6).removeO() / t**2) ** sp.Rational(3, 2) * t**3
assert sp.limit(excess / gap ** sp.Rational(3, 2), t, 0) == U
rest = sp.series(lead - model, t, 0, 6).removeO()
assert sp.expand(rest).coeff(t, 3) == 0
assert sp.expand(rest).coeff(t, 4) == 0  # so the next power of delta is 5/2

# %% [markdown]
# ## Step 2. The squared distance grows by $B$, less a small loss
# $\gamma'=\gamma+\sigma_v^2\frac q2J(c)+\sigma_a^2$ and $p'=p+\sigma_v^2\frac q2+\sigma_a^2$, so
# for $s=p-\gamma$ with $q(1-c)=\sigma_w^2s$: $s'=Bs-\frac{\sigma_v^2q}2(J(c)-c)$.

# %%
s, J, c = sp.symbols("s J c", positive=True)
gamma = p - s
new_gap = (p + v * q / 2 + a) - (gamma + v * q / 2 * J + a)
assert (
    sp.expand(new_gap.subs(s, q * (1 - c) / w) - (B * q * (1 - c) / w - v * q / 2 * (J - c))) == 0
)

# %% [markdown]
# ## Step 3. The recurrence of $\epsilon=1-e=s/p$
# $p=Kr^l+\dots$ grows like $B^l$, so up to factors $1+O(B^{-l})$: $p'=Bp$, $q=\sigma_w^2p$,
# $\delta=\epsilon$, and $\epsilon'=\epsilon-k\epsilon^{3/2}+O(\epsilon^{5/2})$.

# %%
solution = sp.Function("P")
layer = sp.Symbol("l", integer=True)
fixed = -(2 * a + v * b) / (v * w)
K = sp.Symbol("K", positive=True)
exact = fixed + K * B**layer
step = exact.subs(layer, layer + 1) - exact - v * (w * exact + b) / 2 - a
assert sp.simplify(sp.expand(sp.expand_power_base(sp.powsimp(step)))) == 0
k = v * w * U / (2 * B)
loss = (v * w * p / 2) * U * eps ** sp.Rational(3, 2)
assert sp.simplify((B * p * eps - loss) / (B * p) - (eps - k * eps ** sp.Rational(3, 2))) == 0

# %% [markdown]
# ## Step 4. In $y=\epsilon^{-1/2}$
# $y'=y+\frac k2+\frac{3k^2}{8y}+O(y^{-2})$; the term $O(\epsilon^{5/2})$ of the recurrence only
# enters at $y^{-2}$.

# %%
m, kk = sp.symbols("m k", positive=True)
shift = (y**-2 - kk * y**-3 + m * y**-5) ** sp.Rational(-1, 2)
x = sp.Symbol("x", positive=True)  # 1/y
series = sp.series(x * shift.subs(y, 1 / x), x, 0, 4).removeO()
increments = sp.expand(sp.expand(series) / x - 1 / x)
assert sp.simplify(increments.coeff(x, 0) - kk / 2) == 0
assert sp.simplify(increments.coeff(x, 1) - sp.Rational(3, 8) * kk**2) == 0
assert not increments.coeff(x, 1).has(m)

# %% [markdown]
# ## Step 5. Summation
# $y\sim\frac k2l$ makes the second increment $\frac{3k}4\cdot\frac1l$; the rest,
# $O(l^{-2}\log l)$, is summable.

# %%
harmonic = sp.simplify(sp.Rational(3, 8) * kk**2 / (kk / 2 * layer))
assert sp.simplify(harmonic - sp.Rational(3, 4) * kk / layer) == 0
assert sp.simplify((k / 2) - v * w * U / (4 * B)) == 0  # the printed leading constant

# %%
from symprop.claims.verification import verify

verify("residual.relu-cosine-rate", "symprop.relu-cosine-logarithm")
