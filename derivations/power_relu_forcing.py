# %% [markdown]
# # The branch bias decides the angle of alpha-ReLU networks at small exponents
#
# In the full residual network with $\psi_\alpha$, $0<\alpha<1$, let $e^*$ be the fixed point of
# $J=J_\alpha$ below 1, $\upsilon=\dot J(e^*)$, $d=e-e^*$, and let $a=\sigma_v^2V\psi_\alpha(q)$,
# $t=\sigma_a^2/a$ belong to the step that leaves a layer. If $\sigma_a>0$ then $d\ge\kappa t$ at
# every layer as soon as it holds once, and $t$ falls like $l^{-\alpha/(1-\alpha)}$ only: slower
# than $l^{-\mu}$, $\mu=(1-\upsilon)/(1-\alpha)$, whenever $\alpha<1-\upsilon$.

# %%
import sympy as sp

p, a, t, J, q, w, b, gamma = sp.symbols("p a t J q sigma_w^2 sigma_b^2 gamma", positive=True)
e, star, slope, d, kappa, t0 = sp.symbols("e e_* upsilon d kappa t_0", positive=True)

# %% [markdown]
# ## Step 1. The recurrence of the angle
# $p'=p+a+\sigma_a^2$, $\gamma'=\gamma+aJ(c)+\sigma_a^2$ with $\sigma_a^2=ta$ and $\gamma=ep$:
# $p'(e'-e)=a\,[J(c)-e+t(1-e)]$.

# %%
new_p = p + a + t * a
new_e = (e * p + a * J + t * a) / new_p
assert sp.simplify(new_p * (new_e - e) - a * (J - e + t * (1 - e))) == 0

# %% [markdown]
# ## Step 2. The bias of the hidden layer pulls the same way
# $c=(\sigma_w^2\gamma+\sigma_b^2)/q$, $q=\sigma_w^2p+\sigma_b^2$: $c-e=\sigma_b^2(1-e)/q\ge0$.

# %%
c = (w * e * p + b) / (w * p + b)
assert sp.simplify(c - e - b * (1 - e) / (w * p + b)) == 0

# %% [markdown]
# ## Step 3. Induction
# The coefficients of J are not negative, so J rises and is convex on $[0,1]$:
# $J(c)\ge J(e)\ge e^*+\upsilon d$ for $d\ge0$. Put this into Step 1. With
# $\kappa=(1-e^*)/(1-\upsilon+t_0)$ and $t\le t_0$,
# $d'-\kappa t\ge(d-\kappa t)\,[1-(1-\upsilon+t)\,a/p']$, and the bracket is not negative because
# $p'\ge a(1+t)$. As $q$ grows, $t$ falls: $d'\ge\kappa t\ge\kappa t'$.

# %%
lower = d + a / new_p * (slope * d - d + t * (1 - star - d))
bound = (d - kappa * t) * (1 - (1 - slope + t) * a / new_p) + kappa * t
surplus = sp.simplify((lower - bound) * new_p / (a * t))
value = (1 - star) / (1 - slope + t0)
assert sp.simplify(surplus - (1 - star - kappa * (1 - slope + t))) == 0
assert sp.simplify(surplus.subs(kappa, value) - value * (t0 - t)) == 0
assert sp.expand(new_p - a * (1 - slope + t) - p - a * slope) == 0

# %% [markdown]
# ## Step 4. The order of the bound
# $p\sim K_1l^{1/(1-\alpha)}$ with $A K_1^{\alpha-1}=1/(1-\alpha)$ makes
# $t\sim\sigma_a^2(1-\alpha)K_1^{-1}l^{-\alpha/(1-\alpha)}$.

# %%
alpha, A, sa, layer = sp.symbols("alpha A sigma_a^2 l", positive=True)
K1 = (A * (1 - alpha)) ** (1 / (1 - alpha))
grown = K1 * layer ** (1 / (1 - alpha))
strength = sa / (A * grown**alpha)
stated = sa * (1 - alpha) / K1 * layer ** (-alpha / (1 - alpha))
logarithm = sp.expand_log(sp.log(strength) - sp.log(stated), force=True)
share = sp.Symbol("s", positive=True)  # 1 - alpha
assert sp.simplify(sp.expand_log(logarithm.subs(alpha, 1 - share), force=True)) == 0

# %% [markdown]
# ## Step 5. The coefficient
# To leading order $d'-d=-\frac\mu l d+\sigma_a^2(1-e^*)/p$. A solution $Pl^{-\alpha/(1-\alpha)}$
# has $P=\sigma_a^2(1-e^*)/[K_1(\mu-\alpha/(1-\alpha))]$: in units of $t$ this is
# $(1-e^*)/(1-\upsilon-\alpha)$, which is finite and positive exactly when $\alpha<1-\upsilon$.

# %%
P, K, mu = sp.symbols("P K_1 mu", positive=True)
rate = alpha / (1 - alpha)
found = sp.solve(sp.Eq(-rate * P, -mu * P + sa * (1 - star) / K), P)
assert len(found) == 1
in_units = found[0].subs(mu, (1 - slope) / (1 - alpha)) / (sa * (1 - alpha) / K)
assert sp.simplify(in_units - (1 - star) / (1 - slope - alpha)) == 0

# %%
from symprop.claims.verification import verify

verify("residual.power-relu-cosine-forced", "residual.power-relu-cosine-crossover")
