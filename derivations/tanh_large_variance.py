# %% [markdown]
# # The transforms of tanh at large variance, and bounds at every variance
#
# With $C=\sqrt{2/\pi}$, $|c|<1$ and $q\to\infty$
#
# $1-V\tanh(q)=Cq^{-1/2}-\frac{\pi^2}{12\sqrt{2\pi}}q^{-3/2}+O(q^{-5/2})$,
# $V\tanh'(q)=\frac23Cq^{-1/2}-\frac{\pi^2-6}{18\sqrt{2\pi}}q^{-3/2}+O(q^{-5/2})$,
# $\frac2\pi\arcsin c-W\tanh(q,cq)=\frac\pi6\frac c{\sqrt{1-c^2}}\frac1q+O(q^{-2})$,
#
# and $V\tanh'(q)\sqrt{4q+1}$ increases with $q>0$ from 1 to $\frac43C$.

# %%
import mpmath
import sympy as sp

x, q, u, t = sp.symbols("x q u t", positive=True)
c = sp.Symbol("c", real=True)
s = sp.Symbol("s", positive=True)  # sqrt(1 - c**2)
C = sp.sqrt(2 / sp.pi)

# %% [markdown]
# ## Step 1. A bump under a wide Gaussian
# $\mathrm E\,g(\sqrt qz)=\frac1{\sqrt{2\pi q}}\int g(x)e^{-x^2/(2q)}dx$ for even $g$ with all
# moments. $1-\tau\le e^{-\tau}\le1-\tau+\frac{\tau^2}2$ for $\tau\ge0$, so two moments give two
# terms and the third bounds the error: $O(q^{-5/2})$.

# %%
tau = sp.Symbol("tau", nonnegative=True)
upper = 1 - tau + tau**2 / 2 - sp.exp(-tau)
assert upper.subs(tau, 0) == upper.diff(tau).subs(tau, 0) == 0
assert sp.simplify(upper.diff(tau, 2) - (1 - sp.exp(-tau))) == 0  # >= 0
lower = sp.exp(-tau) - 1 + tau
assert lower.subs(tau, 0) == lower.diff(tau).subs(tau, 0) == 0
assert lower.diff(tau, 2) == sp.exp(-tau)


def two_terms(mass, second):
    return (mass - second / (2 * q)) / sp.sqrt(2 * sp.pi * q)


# %% [markdown]
# ## Step 2. Moments of $\mathrm{sech}^2$
# $1-\tanh^2=\tanh'=\mathrm{sech}^2$ has mass 2. By parts
# $\int x^2\mathrm{sech}^2=4\int_0^\infty x(1-\tanh x)\,dx$, with $1-\tanh x=2\sum_{n\ge1}(-1)^{n-1}
# e^{-2nx}$.

# %%
n = sp.Symbol("n", integer=True, positive=True)
assert sp.simplify(sp.tanh(x).diff(x) - (1 - sp.tanh(x) ** 2)) == 0
assert sp.integrate(1, (t, -1, 1)) == 2  # dt = sech(x)**2 dx
geometric = 2 * sp.exp(-2 * x) / (1 + sp.exp(-2 * x))
assert sp.simplify((1 - sp.tanh(x) - geometric).rewrite(sp.exp)) == 0
one = sp.integrate(x * sp.exp(-2 * n * x), (x, 0, sp.oo))
assert sp.simplify(one - 1 / (4 * n**2)) == 0
eta = (1 - sp.Rational(1, 2)) * sp.zeta(2)  # sum of (-1)**(n-1)/n**2
first_moment = 2 * eta / 4
assert first_moment == sp.pi**2 / 24
second_moment = 4 * first_moment
stated = C / sp.sqrt(q) - sp.pi**2 / (12 * sp.sqrt(2 * sp.pi)) * q ** -sp.Rational(3, 2)
assert sp.simplify(two_terms(2, second_moment) - stated) == 0

# %% [markdown]
# ## Step 3. Moments of $\mathrm{sech}^4$
# $(\mathrm{sech}^2)''=4\,\mathrm{sech}^2-6\,\mathrm{sech}^4$ and $\int x^2g''=2\int g$.

# %%
sech2 = 1 - sp.tanh(x) ** 2
assert sp.expand(sech2.diff(x, 2) - (4 * sech2 - 6 * sech2**2)) == 0
mass4 = sp.integrate(1 - t**2, (t, -1, 1))
assert mass4 == sp.Rational(4, 3)
second4 = (4 * second_moment - 2 * 2) / 6
assert sp.simplify(second4 - (sp.pi**2 - 6) / 9) == 0
stated4 = 2 * C / (3 * sp.sqrt(q))
stated4 -= (sp.pi**2 - 6) / (18 * sp.sqrt(2 * sp.pi)) * q ** -sp.Rational(3, 2)
assert sp.simplify(two_terms(mass4, second4) - stated4) == 0

# %% [markdown]
# ## Step 4. W inside the interval
# $\tanh=\mathrm{sgn}-g$ with $g$ odd. $\mathrm E\,\mathrm{sgn}\,\mathrm{sgn}'=\frac2\pi\arcsin c$
# and the defect is $2\,\mathrm E\,\mathrm{sgn}(z)g(z')-\mathrm E\,gg'$. Given $z'=x$,
# $z\sim N(cx,qs^2)$: to first order in $u=q^{-1/2}$ its sign has the mean $C\frac{cx}su$; and $x$
# has the density $\frac u{\sqrt{2\pi}}$ near 0, the next orders $u^2$ smaller. In
# $\mathrm E\,gg'$ the density $\frac{u^2}{2\pi s}$ cancels between the quadrants.

# %%
weight = sp.series(sp.exp(-(u**2)), u, 0, 3).removeO().subs(u, x * u / sp.sqrt(2))
sign = sp.series(sp.erf(u), u, 0, 3).removeO().subs(u, c * x * u / (s * sp.sqrt(2)))
linear = sp.expand(2 * 2 * weight * u / sp.sqrt(2 * sp.pi) * sign)
assert sp.simplify(linear.coeff(u, 2) - 4 * c * x / (sp.pi * s)) == 0
assert linear.coeff(u, 3) == 0
y = sp.Symbol("y", positive=True)
exponent = -(x**2 + y**2 - 2 * c * x * y) * u**2 / (2 * s**2)
quadrants = sp.exp(exponent) - sp.exp(exponent.subs(c, -c))
assert sp.series(quadrants * u**2, u, 0, 4).removeO() == 0  # so O(q**-2)
defect = 4 * c / (sp.pi * s) * first_moment
assert sp.simplify(defect - sp.pi / 6 * c / s) == 0

# %% [markdown]
# ## Step 5. The bounds
# $\mathrm{sech}^4x=e^{-2x^2}h(x)$, and $h$ increases in $|x|$ from 1, because
# $(\log h)'=4(x-\tanh x)$. The factor $e^{-2qz^2}$ turns the standard normal $z$ into one of
# variance $\frac1{1+4q}$ and mass $\frac1{\sqrt{1+4q}}$:
# $V\tanh'(q)\sqrt{4q+1}=\mathrm E\,h(rz)$ with $r^2=\frac q{1+4q}$, which increases in $q$ from 0
# to $\frac14$. So $\mathrm E\,h(rz)$ increases from $h(0)=1$ to $\mathrm E\,h(z/2)=\frac43C$.

# %%
h = sp.exp(2 * x**2) / sp.cosh(x) ** 4
assert sp.simplify(sp.log(h).diff(x) - 4 * (x - sp.tanh(x))) == 0
assert sp.simplify((x - sp.tanh(x)).diff(x) - sp.tanh(x) ** 2) == 0
assert h.subs(x, 0) == 1
r_squared = q / (1 + 4 * q)
assert sp.simplify(-(x**2) / 2 - 2 * q * x**2 + x**2 / (2 * r_squared / q)) == 0
assert sp.simplify(r_squared.diff(q) - 1 / (1 + 4 * q) ** 2) == 0
assert sp.limit(r_squared, q, sp.oo) == sp.Rational(1, 4)
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
at_limit = sp.simplify(h.subs(x, x / 2) * density * sp.cosh(x / 2) ** 4)
assert sp.simplify(at_limit - 1 / sp.sqrt(2 * sp.pi)) == 0
end = 2 * mass4 / sp.sqrt(2 * sp.pi)  # dx = 2 d(x/2)
assert sp.simplify(end - 4 * C / 3) == 0

# %% [markdown]
# ## Step 6. Against quadrature
# The trapezoidal sum of $E\,g(\sqrt qz)$, exponentially accurate for these analytic bumps.

# %%
with mpmath.workdps(25):
    step = mpmath.mpf(1) / 16
    nodes = [step * i for i in range(-400, 401)]
    bumps = {power: [mpmath.sech(node) ** power for node in nodes] for power in (2, 4)}

    def transform(power, variance):
        pairs = zip(nodes, bumps[power], strict=True)
        total = sum(g * mpmath.exp(-(node**2) / (2 * variance)) for node, g in pairs)
        return total * step / mpmath.sqrt(2 * mpmath.pi * variance)

    for power, law in ((2, stated), (4, stated4)):
        errors = [
            (transform(power, size) - mpmath.mpf(sp.N(law.subs(q, size), 25)))
            * mpmath.mpf(size) ** mpmath.mpf("2.5")
            for size in (10**4, 10**6)
        ]
        assert 0 < errors[0] < errors[1] < errors[0] * 1.01  # settles: the error is O(q^(-5/2))
    ratios = [transform(4, size) * mpmath.sqrt(4 * size + 1) for size in (1, 10, 100, 10**4)]
    assert 1 < ratios[0] < ratios[1] < ratios[2] < ratios[3] < mpmath.mpf(sp.N(end, 25))

# %%
from symprop.claims.verification import verify

verify("symprop.tanh-large-variance", "symprop.tanh-derivative-bounds")
