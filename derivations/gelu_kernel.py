# %% [markdown]
# # The kernel of GELU
#
# $\phi(x) = x\,\Phi(x)$, $u, v$ standard normal with correlation $\rho$:
# $E\phi(u)\phi(v) = \frac{\rho}{4} + \frac{1}{2\pi}\left[\frac{1}{\sqrt{4-\rho^2}}
# + \rho\arcsin\frac{\rho}{2}\right]$.

# %%
import sympy as sp

rho = sp.Symbol("rho", real=True)
x, y = sp.symbols("x y", real=True)
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
gelu = x * (1 + sp.erf(x / sp.sqrt(2))) / 2

# %% [markdown]
# ## Step 1. Two derivatives make the activation elementary
# $\phi'' = (2 - x^2)\,n(x)$ with $n$ the normal density.

# %%
assert sp.simplify(sp.diff(gelu, x, 2) - (2 - x**2) * density) == 0

# %% [markdown]
# ## Step 2. The second derivative of the kernel
# By Price's theorem twice, $\kappa'' = E(2-u^2)(2-v^2)n(u)n(v)$. The weight
# $n(u)n(v)$ times the joint density is Gaussian with precision $\Sigma^{-1} + 1$; the
# integral is its normalisation times moments of degree at most four (Isserlis).

# %%
sigma = sp.Matrix([[1, rho], [rho, 1]])
tilted = sp.simplify((sigma.inv() + sp.eye(2)).inv())
normalisation = 1 / (2 * sp.pi * sp.sqrt((sp.eye(2) + sigma).det()))
uu, vv, uv = tilted[0, 0], tilted[1, 1], tilted[0, 1]
moment = 4 - 2 * uu - 2 * vv + (uu * vv + 2 * uv**2)
second = sp.simplify(normalisation * moment)
assert sp.simplify(second.subs(rho, 0) - sp.Rational(9, 4) / (4 * sp.pi)) == 0

# %% [markdown]
# ## Step 3. Integrate twice
# $\kappa''$ is a polynomial over $(4-\rho^2)^{5/2}$. Functions of the form
# $a (4-\rho^2)^{-1/2} + b\,\rho\arcsin(\rho/2)$ have such second derivatives; matching the
# coefficients decides $a$ and $b$.

# %%
a, b = sp.symbols("a b")
form = a / sp.sqrt(4 - rho**2) + b * rho * sp.asin(rho / 2)
mismatch = sp.simplify((sp.diff(form, rho, 2) - second) * (4 - rho**2) ** sp.Rational(5, 2))
solutions = sp.solve(sp.Poly(mismatch, rho).coeffs(), [a, b], dict=True)
assert len(solutions) == 1
particular = form.subs(solutions[0])
assert sp.simplify(sp.diff(particular, rho, 2) - second) == 0

# %% [markdown]
# ## Step 4. The two constants
# $\kappa(0) = (E\phi)^2$, where $E Z\Phi(Z) = E\,n(Z)$ by Stein's lemma, and
# $\kappa'(0) = (E\phi')^2$.

# %%
mean_slope = sp.simplify(sp.integrate(sp.diff(gelu, x) * density, (x, -sp.oo, sp.oo)))
assert mean_slope == sp.Rational(1, 2)
mean = sp.integrate(density**2, (x, -sp.oo, sp.oo))
assert sp.simplify(mean - 1 / (2 * sp.sqrt(sp.pi))) == 0

kernel = particular + (mean**2 - particular.subs(rho, 0))
kernel += rho * (mean_slope**2 - sp.diff(particular, rho).subs(rho, 0))
assert sp.simplify(kernel.subs(rho, 0) - mean**2) == 0
assert sp.simplify(sp.diff(kernel, rho).subs(rho, 0) - mean_slope**2) == 0

# %% [markdown]
# ## Step 5. The result

# %%
closed = rho / 4 + (1 / sp.sqrt(4 - rho**2) + rho * sp.asin(rho / 2)) / (2 * sp.pi)
assert sp.simplify(kernel - closed) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.gelu-kernel")
