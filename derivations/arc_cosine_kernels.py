# %% [markdown]
# # Arc-cosine kernels of order 0, 1 and 2
#
# $J_n(\rho) = E\,u_+^n v_+^n$ for standard normal $u, v$ with correlation $\rho$, where
# $u_+^0$ is the unit step.

# %%
import sympy as sp

rho = sp.Symbol("rho", real=True)
z = sp.Symbol("z", real=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)


def half_moment(n: int) -> sp.Expr:
    """E u_+^n, the constant of integration: at rho = 0 the kernel is its square."""
    return sp.integrate(z**n * density, (z, 0, sp.oo))


# %% [markdown]
# ## Step 1. Order 0
# The derivative of a step is a point mass, so Price's theorem leaves the joint density at
# the origin, $1/(2\pi\sqrt{1-\rho^2})$.

# %%
joint_density_at_origin = 1 / (2 * sp.pi * sp.sqrt(1 - rho**2))
order0 = half_moment(0) ** 2 + sp.integrate(joint_density_at_origin, (rho, 0, rho))
assert sp.simplify(order0 - (sp.Rational(1, 4) + sp.asin(rho) / (2 * sp.pi))) == 0
assert order0.subs(rho, 1) == sp.Rational(1, 2)
assert order0.subs(rho, -1) == 0

# %% [markdown]
# ## Step 2. Order 1
# $(u_+)' $ is the step, so $J_1' = J_0$, with $J_1(0) = 1/(2\pi)$.

# %%
order1 = half_moment(1) ** 2 + sp.integrate(order0, (rho, 0, rho))
closed1 = (sp.sqrt(1 - rho**2) + rho * (sp.pi - sp.acos(rho))) / (2 * sp.pi)
assert sp.simplify((order1 - closed1).rewrite(sp.asin)) == 0
assert sp.simplify(order1.subs(rho, 1)) == sp.Rational(1, 2)
assert sp.simplify(order1.subs(rho, -1)) == 0

# %% [markdown]
# ## Step 3. Order 2
# $(u_+^2)' = 2u_+$, so $J_2' = 4 J_1$, with $J_2(0) = 1/4$.

# %%
order2 = half_moment(2) ** 2 + sp.integrate(sp.expand(4 * order1), (rho, 0, rho))
closed2 = (3 * rho * sp.sqrt(1 - rho**2) + (1 + 2 * rho**2) * (sp.pi - sp.acos(rho))) / (2 * sp.pi)
assert sp.simplify((order2 - closed2).rewrite(sp.asin)) == 0
assert sp.simplify(order2.subs(rho, 1)) == sp.Rational(3, 2)
assert sp.simplify(order2.subs(rho, -1)) == 0

# %%
from symprop.claims.verification import verify

verify("residual.power-relu-kernel")
