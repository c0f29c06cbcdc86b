# %% [markdown]
# # How fast kernel maps contract
#
# A kernel map is $\kappa(\rho)=\sum c_k\rho^k$ with $c_k\ge0$ and $\kappa(1)=1$. If $\kappa(0)=0$,
# the best factor by which one layer shrinks $\Psi(\rho)=|\rho|/(1-|\rho|)$ is
# $\alpha=\sup_{0<r<1}\frac{\kappa(r)(1-r)}{r(1-\kappa(r))}\le\frac1{2-\kappa'(0)}$; for odd
# activations $\alpha\le\max\{\kappa'(0),\frac1{3-2\kappa'(0)}\}$, which is $\kappa'(0)$, and exact,
# once $\kappa'(0)\ge\frac12$. Towards a fixed point $\rho^*$ inside $(0,1)$ the factor of
# $(\rho-\rho^*)/(1-\rho)$ is at most $\frac1{2-\kappa'(\rho^*)}$.

# %%
import sympy as sp

r, c, a, D, d = sp.symbols("r c a D d", positive=True)
k = sp.Symbol("k", integer=True, positive=True)

# %% [markdown]
# ## Step 1. Negative correlations are not worse
# $|\kappa(-r)|\le\kappa(r)$ term by term and $\Psi$ grows with $|\rho|$, so positive $r$ decide.
# $\Psi(\kappa)/\Psi(r)$ is a quotient of $A=\kappa/r=\sum c_kr^{k-1}$ and
# $B=(1-\kappa)/(1-r)=\sum c_k(1+r+\dots+r^{k-1})$.

# %%
for power in range(1, 9):
    geometric = sum(r**i for i in range(power))
    assert sp.expand(geometric * (1 - r) - (1 - r**power)) == 0
    assert sp.expand((-r) ** power) in (r**power, -(r**power))

# %% [markdown]
# ## Step 2. All centred kernels
# For $k\ge2$: $r^{k-1}\le r$ and $1+\dots+r^{k-1}\ge1+r$. So with $c=c_1$ and $\sum c_k=1$
# the quotient is at most that of $c\rho+(1-c)\rho^2$, which grows with $r$ up to $1/(2-c)$.

# %%
quadratic = (c + (1 - c) * r) / (c + (1 - c) * (1 + r))
assert sp.simplify(quadratic.subs(r, 1) - 1 / (2 - c)) == 0
growth = sp.factor(sp.together(sp.diff(quadratic, r)))
assert sp.simplify(growth - (1 - c) ** 2 / (1 + r - c * r) ** 2) == 0

# %% [markdown]
# ## Step 3. Odd kernels
# For odd $k\ge3$: $r^{k-1}\le r^2$ and $1+\dots+r^{k-1}\ge1+r+r^2$, so the quotient is at most that
# of $c\rho+(1-c)\rho^3$. It stays below $\alpha$ if $h(r)=\alpha B-A\ge0$. The second derivative of
# $h$ is $-2(1-c)(1-\alpha)\le0$, so $h$ is concave and its ends decide: $\alpha\ge c$ at 0 and
# $\alpha\ge1/(3-2c)$ at 1.

# %%
alpha = sp.Symbol("alpha", positive=True)
cubic_top = c + (1 - c) * r**2
cubic_bottom = c + (1 - c) * (1 + r + r**2)
h = sp.expand(alpha * cubic_bottom - cubic_top)
assert sp.expand(sp.diff(h, r, 2) + 2 * (1 - c) * (1 - alpha)) == 0
assert sp.expand(h.subs(r, 0) - (alpha - c)) == 0
assert sp.expand(h.subs(r, 1) - (alpha * (3 - 2 * c) - 1)) == 0

# %% [markdown]
# ## Step 4. When the slope at 0 is the constant
# $c\ge1/(3-2c)$ is $(2c-1)(1-c)\ge0$, that is $c\ge\frac12$. The quotient tends to $A(0)/B(0)=c$ as
# $r\to0$ whatever the other coefficients, so then the constant is exactly $c=\kappa'(0)$.

# %%
assert sp.expand(c * (3 - 2 * c) - 1 - (2 * c - 1) * (1 - c)) == 0
assert quadratic.subs(r, 0) == c
assert sp.simplify((cubic_top / cubic_bottom).subs(r, 0) - c) == 0

# %% [markdown]
# ## Step 5. An inner fixed point
# With $\kappa(\rho)=\rho^*+\sum_{k\ge1}a_k(\rho-\rho^*)^k$, $a_k\ge0$, $d=\rho-\rho^*$,
# $D=1-\rho^*$: since $\kappa(1)=1$, $\sum a_kD^k=D$, that is $\sum a_kD^{k-1}=1$. The factor is
# $N/M$, $N=\sum a_kd^{k-1}$, $M=\sum a_k(D^{k-1}+\dots+d^{k-1})\ge N+\sum_{k\ge2}a_kD^{k-1}
# =N+1-a_1$. It grows with $N$, and $N\le\sum a_kD^{k-1}=1$. So it is at most $1/(2-a_1)$,
# attained at $\rho=1$ by the quadratic $a_2=(1-a_1)/D$.

# %%
N = sp.Symbol("N", positive=True)
factor = N / (N + 1 - a)
assert sp.simplify(sp.diff(factor, N) - (1 - a) / (N + 1 - a) ** 2) == 0
assert factor.subs(N, 1) == 1 / (2 - a)
a2 = (1 - a) / D
quotient = (a + a2 * d) / (a + a2 * (D + d))
assert sp.simplify(quotient.subs(d, D) - 1 / (2 - a)) == 0
assert sp.simplify(1 / (2 - a) - a - (1 - a) ** 2 / (2 - a)) == 0  # so it also exceeds a_1

# %% [markdown]
# ## Step 6. From layer to layer
# On $[0,\rho^*)$ the factor of $|\rho-\rho^*|$ is at most $a_1\le1/(2-a_1)$, on $[-1,0]$ at most
# $1-\kappa(0)$. A sequence passes from the last interval into one of the others at most once,
# without growing in modulus, so
# $|\rho_\ell-\rho^*|\le\frac{|\rho_0-\rho^*|}{1-|\rho_0|}\alpha^\ell$ with
# $\alpha=\max\{1-\kappa(0),1/(2-a_1)\}$. The example $\kappa=(1+2\rho^2)/3$ has
# $\alpha=\frac34$, the slope $\frac43$ at 1 inverted, so no smaller constant will do for it.

# %%
example = (1 + 2 * r**2) / 3
assert sp.solve(sp.Eq(example, r), r) == [sp.Rational(1, 2), 1]
slope = sp.diff(example, r).subs(r, sp.Rational(1, 2))
assert max(1 - example.subs(r, 0), 1 / (2 - slope)) == sp.Rational(3, 4)
assert 1 / sp.diff(example, r).subs(r, 1) == sp.Rational(3, 4)

# %% [markdown]
# ## The claims

# %%
from symprop.claims.verification import verify

verify("symprop.best-contraction", "symprop.contraction-by-slope")
verify("thesis.centred-contraction")
verify("thesis.chaotic-step")
verify("thesis.chaotic-rate")
