# %% [markdown]
# # The alpha-ReLU kernel: from the Bessel integral to one hypergeometric function
#
# For real $\alpha > -1/2$ let $2\pi c_\alpha J_\alpha(\cos\theta) = \sin^{2\alpha+1}\theta\,
# L_\alpha$, $L_\alpha = \int_0^\infty K_0(t)\,e^{t\cos\theta}\,t^\alpha\,dt$. Then with
# $x = (1+\cos\theta)/2$
#
# $J_\alpha = x^{\alpha+1/2}\,F(x)/F(1)$, $F(x) = {}_2F_1(\tfrac12,\tfrac12;\alpha+\tfrac32;x)$.

# %%
import sympy as sp

a = sp.Symbol("alpha", positive=True)
c = sp.Symbol("c", real=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
x = sp.Symbol("x", positive=True)

# %% [markdown]
# ## Step 1. The integral as a power series in $c = \cos\theta$
# The Mellin transform of $K_0$ is $\int_0^\infty K_0(t) t^{s-1} dt = 2^{s-2}\Gamma(s/2)^2$;
# SymPy confirms it at several $s$. So $L_\alpha = \sum_n l_n c^n$ with
# $l_n = 2^{\alpha+n-1}\Gamma(\frac{\alpha+n+1}2)^2/n!$.

# %%
t = sp.Symbol("t", positive=True)
for s in (1, 2, 3, sp.Rational(5, 2)):
    mellin = sp.integrate(sp.besselk(0, t) * t ** (s - 1), (t, 0, sp.oo))
    assert sp.simplify(mellin - 2 ** (s - 2) * sp.gamma(sp.Rational(s) / 2) ** 2) == 0

term = 2 ** (a + n - 1) * sp.gamma((a + n + 1) / 2) ** 2 / sp.factorial(n)

# %% [markdown]
# ## Step 2. A differential equation
# The ratio of coefficients two apart is rational, which is the statement
# $(1-c^2)L'' - (2\alpha+3)\,c\,L' - (\alpha+1)^2 L = 0$.

# %%
u = (a + n + 1) / 2
step = sp.expand_func(sp.gamma(u + 1)) / sp.gamma(u)  # Gamma(u + 1) = u Gamma(u)
factorials = sp.simplify(sp.combsimp(sp.factorial(n) / sp.factorial(n + 2)))
assert sp.simplify(term / (2 ** (a + n - 1) * sp.gamma(u) ** 2 / sp.factorial(n))) == 1
ratio = sp.simplify(4 * step**2 * factorials)
assert sp.simplify(ratio - (a + n + 1) ** 2 / ((n + 1) * (n + 2))) == 0
# coefficient of c^n: (n+2)(n+1) l_{n+2} - [n(n-1) + (2a+3) n + (a+1)^2] l_n
assert sp.expand(n * (n - 1) + (2 * a + 3) * n + (a + 1) ** 2 - (a + n + 1) ** 2) == 0

# %% [markdown]
# ## Step 3. The candidate solves it
# Put $L = (1-c^2)^{-(\alpha+1/2)}\,x^{\alpha+1/2}\,F(x)$ with $x = (1+c)/2$, that is
# $L = \text{const}\,(1-x)^{-(\alpha+1/2)} F(x)$. Substituting and using the hypergeometric equation
# $x(1-x)F'' + [\gamma - (\alpha'+\beta'+1)x]F' - \alpha'\beta' F = 0$ for
# $\alpha'=\beta'=\frac12$, $\gamma = \alpha + \frac32$ leaves nothing.

# %%
F = sp.Function("F")
gamma = a + sp.Rational(3, 2)
candidate = (1 - x) ** (-(a + sp.Rational(1, 2))) * F(x)
# in x: d/dc = (1/2) d/dx, c = 2x - 1, 1 - c^2 = 4x(1-x)
equation = (
    4 * x * (1 - x) * sp.diff(candidate, x, 2) / 4
    - (2 * a + 3) * (2 * x - 1) * sp.diff(candidate, x) / 2
    - (a + 1) ** 2 * candidate
)
second = -((gamma - 2 * x) * sp.diff(F(x), x) - F(x) / 4) / (x * (1 - x))
remainder = equation.subs(sp.diff(F(x), x, 2), second)
assert sp.simplify(sp.expand(remainder * (1 - x) ** (a + sp.Rational(5, 2)))) == 0

# %% [markdown]
# ## Step 4. The right solution
# At $c=-1$ the indicial exponents of the equation are $0$ and $-(\alpha+\frac12)$. The
# integral converges there (its integrand decays like $e^{-2t}$), and so does the
# candidate: both are the solution regular at $-1$, unique up to a factor.

# %%
e = sp.Symbol("e")
indicial = sp.expand(2 * e * (e - 1) + (2 * a + 3) * e)  # leading order in 1 + c
assert sp.simplify(indicial.subs(e, 0)) == 0
assert sp.simplify(indicial.subs(e, -(a + sp.Rational(1, 2)))) == 0

# %% [markdown]
# ## Step 5. The factor
# $\sin^{2\alpha+1}\theta = (4x(1-x))^{\alpha+1/2}$ cancels the singular power, so
# $J_\alpha \propto x^{\alpha+1/2}F(x)$; $J_\alpha(1) = 1$ fixes the factor $1/F(1)$, and Gauss's
# theorem gives $F(1) = \Gamma(\alpha+\frac32)\Gamma(\alpha+\frac12)/\Gamma(\alpha+1)^2$.

# %%
gauss = sp.gamma(gamma) * sp.gamma(gamma - 1) / sp.gamma(gamma - sp.Rational(1, 2)) ** 2
stated = sp.gamma(a + sp.Rational(3, 2)) * sp.gamma(a + sp.Rational(1, 2)) / sp.gamma(a + 1) ** 2
assert sp.simplify(gauss - stated) == 0

# %% [markdown]
# ## Step 6. The same factor from the series at $c = 0$
# The normalisation is also $2\pi c_\alpha J_\alpha(0) = l_0$, which is
# $2\pi (E u_+^\alpha)^2$: an independent check of the constant, at $x = 1/2$.

# %%
c_alpha = 2 ** (a - 1) * sp.gamma(a + sp.Rational(1, 2)) / sp.sqrt(sp.pi)
for value in (sp.Rational(1, 3), sp.Rational(7, 10), sp.Integer(2)):
    at_half = sp.hyper(
        (sp.Rational(1, 2), sp.Rational(1, 2)), (value + sp.Rational(3, 2),), sp.Rational(1, 2)
    )
    left = (2 * sp.pi * c_alpha * sp.Rational(1, 2) ** (a + sp.Rational(1, 2)) / stated).subs(
        a, value
    ) * at_half
    right = term.subs({a: value, n: 0})
    assert abs(sp.N(left - right, 40)) < sp.Float(10) ** -35

# %%
from symprop.claims.verification import verify

verify("symprop.power-relu-hypergeometric")
