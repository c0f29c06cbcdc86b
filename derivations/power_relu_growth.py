# %% [markdown]
# # Growth and gradient exponents of residual networks with powers of ReLU
#
# Full residual network, $\psi_\alpha(x)=x^\alpha$ on $x>0$, $\tfrac12<\alpha<1$, variances
# $\sigma_v^2,\sigma_a^2,\sigma_w^2,\sigma_b^2$. With $A=\sigma_v^2c_\alpha\sigma_w^{2\alpha}$ and
# $w=p+\sigma_b^2/\sigma_w^2$ the length obeys $w_{l+1}=w_l+Aw_l^\alpha+\sigma_a^2$. Then
#
# $w_l=K_1l^{1/(1-\alpha)}-K_2l^{\alpha/(1-\alpha)}\log l+\dots$,
# $K_1=[A(1-\alpha)]^{1/(1-\alpha)}$, $K_2=\frac{\alpha K_1}{2(1-\alpha)^2}$, the gradient grows as
# $l^R$ with $R=\frac{\alpha^2}{(1-\alpha)(2\alpha-1)}$, and the cosine approaches the fixed point
# of $J_\alpha$ as $l^{-\mu}$ with $\mu=\frac{1-J_\alpha'(e^*)}{1-\alpha}$.

# %%
import sympy as sp

alpha, A, depth = sp.symbols("alpha A l", positive=True)

# %% [markdown]
# ## Step 1. Constants of the transforms
# $V\psi_\alpha(q)=c_\alpha q^\alpha$ with $c_\alpha=2^{\alpha-1}\Gamma(\alpha+\frac12)/\sqrt\pi$,
# and $\dot\psi_\alpha=\alpha\psi_{\alpha-1}$.


# %%
def c(power):
    return 2 ** (power - 1) * sp.gamma(power + sp.Rational(1, 2)) / sp.sqrt(sp.pi)


z = sp.Symbol("z", positive=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
assert sp.simplify(sp.integrate(z ** (2 * alpha) * density, (z, 0, sp.oo)) - c(alpha)) == 0
ratio = sp.gammasimp(sp.expand_func((c(alpha - 1) / c(alpha)).subs(alpha, z + sp.Rational(1, 2))))
ratio = ratio.subs(z, alpha - sp.Rational(1, 2))
assert sp.simplify(ratio - 1 / (2 * alpha - 1)) == 0

# %% [markdown]
# ## Step 2. A variable that grows by one
# $y=w^{1-\alpha}/(A(1-\alpha))$. Without $\sigma_a$ one layer multiplies $w$ by $1+h$,
# $h=Aw^{\alpha-1}=1/((1-\alpha)y)$; expand in $h$.

# %%
h, y = sp.symbols("h y", positive=True)
step = sp.series(((1 + h) ** (1 - alpha) - 1) / (h * (1 - alpha)), h, 0, 3).removeO()
increment = sp.expand(step.subs(h, 1 / ((1 - alpha) * y)))
assert sp.limit(increment, y, sp.oo) == 1
kappa = sp.simplify(-sp.limit((increment - 1) * y, y, sp.oo))
assert sp.simplify(kappa - alpha / (2 * (1 - alpha))) == 0

# %% [markdown]
# ## Step 3. Two terms of the length
# So $y=l-\kappa\log l+O(1)$. The source $\sigma_a^2$ adds $\sigma_a^2w^{-\alpha}/A$ to the
# increment, of order $l^{-\alpha/(1-\alpha)}$, summable for $\alpha>\frac12$.

# %%
K1 = (A * (1 - alpha)) ** (1 / (1 - alpha))
small = sp.Symbol("delta")  # -kappa log(l) / l
second = sp.series((1 + small) ** (1 / (1 - alpha)), small, 0, 2).removeO().coeff(small, 1)
K2 = sp.simplify(K1 * second * kappa)
assert sp.simplify(K2 / K1 - alpha / (2 * (1 - alpha) ** 2)) == 0
printed = A ** (1 / (1 - alpha)) * (1 - alpha) ** (alpha / (1 - alpha) - 1) * alpha / 2
for value in (sp.Rational(1, 3), sp.Rational(1, 2), sp.Rational(4, 5)):
    assert sp.simplify((K2 - printed).subs(alpha, value)) == 0

# %% [markdown]
# ## Step 4. Exponent of the gradient
# One layer back multiplies $\chi$ by $1+\sigma_v^2\sigma_w^2\alpha^2c_{\alpha-1}q^{\alpha-1}$ with
# $q=\sigma_w^2w$, that is by $1+A\alpha^2\frac{c_{\alpha-1}}{c_\alpha}w^{\alpha-1}$, where
# $w^{\alpha-1}=1/(A(1-\alpha)y)$.

# %%
R = sp.simplify(A * alpha**2 * ratio / (A * (1 - alpha)))
assert sp.simplify(R - alpha**2 / ((1 - alpha) * (2 * alpha - 1))) == 0
assert sp.solve(sp.diff(R, alpha), alpha) == [sp.Rational(2, 3)]
assert R.subs(alpha, sp.Rational(2, 3)) == 4
assert R.subs(alpha, sp.Rational(3, 4)) == sp.Rational(9, 2)
assert sp.simplify(alpha / (1 - alpha) - R + alpha / (2 * alpha - 1)) == 0

# %% [markdown]
# ## Step 5. Exponent of the cosine
# $e'p'=ep+(p'-p)J(e)$ up to $\sigma_a$, so $e'-e=\frac{p'-p}{p'}(J(e)-e)$ with
# $\frac{p'-p}{p'}\sim\frac1{(1-\alpha)l}$. Linearise at $J(e^*)=e^*$.

# %%
e, fixed, slope, gap, p, new = sp.symbols("e e_star J_slope epsilon p p_new")
J = fixed + slope * (e - fixed)
moved = (e * p + (new - p) * J) / new
assert sp.simplify(moved - e - (new - p) / new * (J - e)) == 0
share = sp.limit(depth * (1 - (depth / (depth + 1)) ** (1 / (1 - alpha))), depth, sp.oo)
assert sp.simplify(share - 1 / (1 - alpha)) == 0
decay = sp.simplify(share * (J - e).subs(e, fixed + gap) / gap)
mu = (1 - slope) / (1 - alpha)
assert sp.simplify(decay + mu) == 0

# %%
from symprop.claims.verification import verify

verify(
    "residual.power-difference-equation",
    "residual.power-difference-equation-source-small",
    "symprop.gradient-exponents",
)
