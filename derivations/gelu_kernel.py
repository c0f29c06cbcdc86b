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
# With $\rho = 2\sin t$ both integrands are trigonometric. The constants are
# $\kappa'(0) = (E\phi')^2 = 1/4$ and $\kappa(0) = (E\phi)^2 = 1/(4\pi)$.

# %%
t = sp.Symbol("t", real=True)


def integrate_from_zero(expression: sp.Expr) -> sp.Expr:
    """Antiderivative in rho that vanishes at 0, by the substitution rho = 2 sin t."""
    inner = sp.simplify(
        (expression.subs(rho, 2 * sp.sin(t)) * 2 * sp.cos(t)).subs(
            sp.sqrt(4 - 4 * sp.sin(t) ** 2), 2 * sp.cos(t)
        )
    ).replace(sp.Abs, lambda a: a)
    primitive = sp.integrate(sp.simplify(inner), t)
    back = primitive.subs(t, sp.asin(rho / 2))
    return sp.simplify(back - back.subs(rho, 0))


mean_slope = sp.simplify(sp.integrate(sp.diff(gelu, x) * density, (x, -sp.oo, sp.oo)))
assert mean_slope == sp.Rational(1, 2)
mean = sp.integrate(density**2, (x, -sp.oo, sp.oo))  # Stein: E x Phi(x) = E n(x)
assert sp.simplify(mean - 1 / (2 * sp.sqrt(sp.pi))) == 0

first = mean_slope**2 + integrate_from_zero(second)
kernel = mean**2 + rho * mean_slope**2 + integrate_from_zero(first - mean_slope**2)

# %% [markdown]
# ## Step 4. The result

# %%
closed = rho / 4 + (1 / sp.sqrt(4 - rho**2) + rho * sp.asin(rho / 2)) / (2 * sp.pi)
assert sp.simplify(sp.diff(closed, rho, 2) - second) == 0
assert sp.simplify((kernel - closed).subs(rho, sp.Rational(1, 3)).evalf(40)) < 10**-30

# %%
from symprop.claims.verification import verify

verify("symprop.gelu-kernel")
