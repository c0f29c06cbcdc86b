# %% [markdown]
# # The arcsine kernel of the error function
#
# For $u, v$ normal with variances $q_1, q_2$ and correlation $\rho$,
# $E\,\mathrm{erf}(u)\,\mathrm{erf}(v) = \frac{2}{\pi}\arcsin
# \frac{2\rho\sqrt{q_1 q_2}}{\sqrt{(1+2q_1)(1+2q_2)}}$.

# %%
import sympy as sp

q1, q2 = sp.symbols("q1 q2", positive=True)
rho = sp.Symbol("rho", real=True)
x = sp.Symbol("x", real=True)

# %% [markdown]
# ## Step 1. Price's theorem
# $\partial_\rho E f(u)g(v) = \sqrt{q_1 q_2}\,E f'(u)g'(v)$, and
# $\mathrm{erf}' = 2e^{-x^2}/\sqrt\pi$.

# %%
slope = sp.diff(sp.erf(x), x)
assert sp.simplify(slope - 2 * sp.exp(-(x**2)) / sp.sqrt(sp.pi)) == 0

# %% [markdown]
# ## Step 2. A Gaussian integral
# $E e^{-u^2 - v^2} = \det(1 + 2\Sigma)^{-1/2}$ for covariance $\Sigma$: the exponent
# $-\frac12 z^T(\Sigma^{-1} + 2)z$ is again Gaussian. The determinant is quadratic in $\rho$.

# %%
covariance = sp.Matrix([[q1, rho * sp.sqrt(q1 * q2)], [rho * sp.sqrt(q1 * q2), q2]])
determinant = sp.expand((sp.eye(2) + 2 * covariance).det())
assert sp.expand(determinant - ((1 + 2 * q1) * (1 + 2 * q2) - 4 * rho**2 * q1 * q2)) == 0
shrink = sp.simplify(((covariance.inv() + 2 * sp.eye(2)).inv()).det() / covariance.det())
assert sp.simplify(shrink - 1 / determinant) == 0

# %% [markdown]
# ## Step 3. Back by integration in $\rho$
# The derivative is $\frac{4}{\pi}\sqrt{q_1q_2}\,/\sqrt{A^2 - B^2\rho^2}$ with
# $A^2 = (1+2q_1)(1+2q_2)$ and $B = 2\sqrt{q_1q_2}$. The constant is zero: erf is odd, so the
# kernel vanishes at $\rho = 0$.

# %%
A, B = sp.symbols("A B", positive=True)
r = sp.Symbol("r", positive=True)
primitive = sp.asin(B * r / A) / B
assert sp.simplify(sp.diff(primitive, r) ** 2 - 1 / (A**2 - B**2 * r**2)) == 0
scale = 2 * sp.sqrt(q1 * q2)
kernel = (
    (4 / sp.pi)
    * sp.sqrt(q1 * q2)
    * primitive.subs({r: rho, B: scale, A: sp.sqrt((1 + 2 * q1) * (1 + 2 * q2))})
)
assert kernel.subs(rho, 0) == 0
derivative = sp.diff(kernel, rho)
assert sp.simplify(derivative**2 - 16 * q1 * q2 / (sp.pi**2 * determinant)) == 0

# %% [markdown]
# ## Step 4. Equal variances and full correlation

# %%
unit = sp.simplify(kernel.subs({q1: 1, q2: 1}))
assert sp.simplify(unit - 2 * sp.asin(2 * rho / 3) / sp.pi) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.erf-transforms")
