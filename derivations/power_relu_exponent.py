# %% [markdown]
# # The exponent of alpha-ReLU residual networks near the ReLU
#
# $\mu=(1-\dot J_\alpha(e^*))/(1-\alpha)$ with $J_\alpha(e^*)=e^*<1$. With $\eta=1-\alpha$,
# $\mu=\frac\eta2-\frac{9\pi^2}{40}\eta^5+\dots$: so close to $\eta/2$ that a plot cannot tell.

# %%
import sympy as sp

g, eta, S, u = sp.symbols("g eta S u", positive=True)
a2 = sp.Symbol("a_2", real=True)
alpha = 1 - eta
a = alpha**2 / (2 * alpha - 1)

# %% [markdown]
# ## Step 1. The kernel near 1
# $J(1-g)=1-ag+a_2g^2+Ug^{\alpha+1/2}(1+ug)+\dots$ with the slope $a=\alpha^2/(2\alpha-1)$; the
# second derivative repeats the rule with $\alpha-1$ for $\alpha$. U and u are needed at
# $\alpha=1$ only, from $J_1=\cos\theta+(\sin\theta-\theta\cos\theta)/\pi$, $g=1-\cos\theta$.

# %%
second = a * (alpha - 1) ** 2 / (2 * alpha - 3) / 2
r = sp.Symbol("r", positive=True)  # g = 2 r^2, so that theta = 2 arcsin r
theta = sp.series(2 * sp.asin(r), r, 0, 9).removeO()
x = sp.Symbol("x")
odd_part = sp.series(sp.sin(x) - x * sp.cos(x), x, 0, 9).removeO() / sp.pi
expansion = sp.expand(odd_part.subs(x, theta))
U = sp.simplify(expansion.coeff(r, 3) / 2 ** sp.Rational(3, 2))
relative = sp.simplify(expansion.coeff(r, 5) / 2 ** sp.Rational(5, 2) / U)
assert sp.simplify(U - 2 * sp.sqrt(2) / (3 * sp.pi)) == 0
assert relative == sp.Rational(1, 20)
assert sp.simplify(a - 1 - eta**2 / (1 - 2 * eta)) == 0

# %% [markdown]
# ## Step 2. Eliminate the half-integer term
# Write $S=Ug^{\alpha-1/2}$. The fixed point says $a-1=a_2g+S(1+ug)$; the derivative in the
# correlation is $\dot J=a-2a_2g-(\alpha+\frac12)S-(\alpha+\frac32)ugS$.

# %%
half = sp.Rational(1, 2)
fixed = sp.solve(a2 * g + S * (1 + u * g) - (a - 1), S)[0]
deficit = 1 - (a - 2 * a2 * g - (alpha + half) * S - (alpha + 3 * half) * u * g * S)
in_gap = deficit.subs(S, fixed)
assert sp.simplify(in_gap.subs(g, 0) - eta**2 / 2) == 0
linear = sp.simplify(in_gap.diff(g).subs(g, 0))
assert sp.simplify(linear - (a2 * (half + eta) + u * (a - 1))) == 0

# %% [markdown]
# ## Step 3. The gap and the exponent
# To leading order $S=\eta^2$ and $g=(\eta^2/U)^2$, because $g^{-\eta}\to1$.

# %%
coefficient = sp.limit(linear.subs({a2: second, u: relative}) / eta**2, eta, 0)
assert coefficient == -sp.Rational(1, 5)
gap = (eta**2 / U) ** 2
assert sp.simplify(gap - 9 * sp.pi**2 / 8 * eta**4) == 0
correction = sp.simplify(coefficient * eta**2 * gap / eta)
assert sp.simplify(correction + 9 * sp.pi**2 / 40 * eta**5) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.mu-expansion")
