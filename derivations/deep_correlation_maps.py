# %% [markdown]
# # Chaotic maps from every start, and flat maps of deep networks
#
# A correlation map $P(\rho)=\sum c_k\rho^k$ has $c_k\ge0$, $P(1)=1$, and bends: $c_k>0$ for some
# $k\ge2$.
#
# - If $P'(1)>1$, with $P(\rho^*)=\rho^*<1$: $|\rho_l-\rho^*|\le s^l|\rho_0-\rho^*|$ for
#   $-1<\rho_0<1$, where $s<1$ is the slope of the chord of $P$ from $\rho^*$ to
#   $\max(|\rho_0|,\rho^*)$.
# - $P^L(\rho)-P^L(0)\le\frac2{\nu L(1-\rho)}$ on $[0,1)$, $\nu=\sum_{k\ge2}c_k/P'(1)$.

# %%
import sympy as sp

r, f, t, C, L, nu, gap = sp.symbols("r f t C L nu gap", positive=True)

# %% [markdown]
# ## Step 1. A chord bounds one chaotic layer
# $P(\rho)-P(\rho^*)=(\rho-\rho^*)\sum_kc_k\sum_{j<k}\rho^j\rho^{*\,k-1-j}$. The double sum is at
# most its value at $|\rho|$, which is the slope of the chord from $\rho^*$ to $|\rho|$; it grows
# with $|\rho|$. The chord from $\rho^*$ to 1 has slope 1, and $P$ is convex and not straight, so
# $s<1$ short of 1.

# %%
for k in range(1, 8):
    terms = sum(r**j * f ** (k - 1 - j) for j in range(k))
    assert sp.expand((r - f) * terms - (r**k - f**k)) == 0

# %% [markdown]
# ## Step 2. The chord stays
# $|P(\rho)|\le P(|\rho|)\le\max(|\rho|,\rho^*)$: between $\rho^*$ and 1 the map lies below the
# diagonal, and before $\rho^*$ it is at most $\rho^*$. So later layers have no steeper chord, and
# the first claim follows by induction. At $\rho_0=-1$ the chord has slope 1: an odd $P$ keeps $-1$.

# %%
odd = (r + r**3) / 2
assert odd.subs(r, -1) == -1
assert sp.simplify((odd.subs(r, 1) - 0) / (1 - 0)) == 1

# %% [markdown]
# ## Step 3. Deep maps below the knee
# Let $\tilde\rho=P^L(0)$, which grows with $L$. Superadditivity of excess convexity gives the
# cropped map at least $C=\frac{1-\tilde\rho}2\nu L$, hence on $[0,1-\frac1{2+C}]$
# $P^L(\rho)-\tilde\rho\le(1-\tilde\rho)\frac\rho{1+C}\le\frac{1-\tilde\rho}C=\frac2{\nu L}$.

# %%
C_of_gap = gap * nu * L / 2
assert sp.simplify(gap / C_of_gap - 2 / (nu * L)) == 0

# %% [markdown]
# ## Step 4. Beyond the knee
# There $1-\rho<\frac1{2+C}$, so $C<\frac1{1-\rho}$ and
# $P^L(\rho)-\tilde\rho\le1-\tilde\rho=\frac{2C}{\nu L}<\frac2{\nu L(1-\rho)}$.

# %%
assert sp.simplify(2 * C_of_gap / (nu * L) - gap) == 0
knee = 1 - 1 / (2 + C)
assert sp.simplify(1 / (1 - knee) - C - 2) == 0

# %% [markdown]
# ## Step 5. Without a common bend
# $P_l=(1-q_l)\rho+q_l\rho^2$ with $q_l=(l+1)^{-2}$ keep 0 and at least the share $1-q_l$ of a
# correlation: $P_L\circ\dots\circ P_1(\rho)\ge\rho\prod(1-q_l)=\rho\frac{L+2}{2(L+1)}>\frac\rho2$.

# %%
n = sp.Symbol("n", integer=True, positive=True)
share = sp.product(1 - 1 / (n + 1) ** 2, (n, 1, 20))
assert share == sp.Rational(22, 42)

# %% [markdown]
# ## The claims

# %%
from symprop.claims.verification import verify

verify("shrinkage.chaotic-regime", "shrinkage.chaotic-opposite-inputs-printed")
verify("shrinkage.depth-limit")
