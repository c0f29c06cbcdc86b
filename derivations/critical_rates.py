# %% [markdown]
# # How fast pairs of inputs meet in identical critical layers
#
# Correlation maps with $P(1)=P'(1)=1$, iterated from any $\rho_0<1$ that reaches $[0,1)$.
#
# - leaky ReLU of negative slope $a\ne1$: $L^2(1-\rho_L)\to\frac{9\pi^2}2\frac{(1+a^2)^2}{(1-a)^4}$;
# - erf, pre-activations of variance 1: $\frac1{1-\rho_L}=\frac25L-\frac{11}{15}\log L+O(1)$;
# - exp: $L(1-\rho_L)\to2$.

# %%
import math

import sympy as sp

e, r, y = sp.symbols("epsilon r y", positive=True)
a = sp.Symbol("a", real=True)
theta = sp.Symbol("theta", real=True)
gamma = sp.Symbol("gamma", positive=True)

# %% [markdown]
# ## Step 1. The map of leaky ReLU
# $\phi(x)=ax+(1-a)x_+$. $\mathrm E\,uv=c$, $\mathrm E\,uv_+=\frac c2$ by symmetry, and
# $\mathrm E\,u_+v_+$ is an integral over the angles where both are positive, $c=\cos\gamma$.

# %%
overlap = sp.integrate(
    sp.expand_trig(sp.cos(theta) * sp.cos(theta - gamma)), (theta, gamma - sp.pi / 2, sp.pi / 2)
)
both = sp.simplify(overlap / sp.pi)
assert sp.simplify(both.subs(gamma, 0)) == sp.Rational(1, 2)
c = sp.cos(gamma)
covariance = a**2 * c + 2 * a * (1 - a) * c / 2 + (1 - a) ** 2 * both
square = sp.simplify(covariance.subs(gamma, 0))
assert sp.simplify(square - (1 + a**2) / 2) == 0

# %% [markdown]
# ## Step 2. Its gap
# $\epsilon=1-\cos\gamma$ becomes $\epsilon-u\epsilon^{3/2}+O(\epsilon^{5/2})$ with
# $u=\frac{(1-a)^2}{1+a^2}\frac{2\sqrt2}{3\pi}$: the map is critical without biases.

# %%
loss = sp.simplify(1 - c - (1 - covariance / square))  # the gap less the next one
unit = sp.simplify(loss * (1 + a**2) / (1 - a) ** 2)
assert sp.simplify(unit - (sp.sin(gamma) - gamma * sp.cos(gamma)) / sp.pi) == 0
in_root = sp.series(
    (r * sp.sqrt(2 - r**2) - 2 * sp.asin(r / sp.sqrt(2)) * (1 - r**2)) / sp.pi, r, 0, 6
).removeO()  # r = sqrt(1 - cos(gamma)) = sqrt(2) sin(gamma/2)
half = sp.symbols("h", positive=True)
roots = sp.sqrt(2) * sp.sin(half)
assert sp.simplify(sp.cos(2 * half) - (1 - roots**2)) == 0
assert sp.simplify((sp.sin(2 * half) / roots) ** 2 - (2 - roots**2)) == 0
assert sp.simplify(sp.expand(in_root).coeff(r, 3) - 2 * sp.sqrt(2) / (3 * sp.pi)) == 0
assert all(sp.simplify(sp.expand(in_root).coeff(r, k)) == 0 for k in (0, 1, 2, 4))
u = (1 - a) ** 2 / (1 + a**2) * 2 * sp.sqrt(2) / (3 * sp.pi)

# %% [markdown]
# ## Step 3. Its rate
# $\epsilon^{-1/2}$ grows by $\frac u2+O(\epsilon^{1/2})$ a layer, so that
# $\epsilon_L^{-1/2}\sim\frac u2L$. The gap falls to 0 first, as the loss is positive on $(0,\pi]$:
# $\sin\gamma-\gamma\cos\gamma$ starts at 0 and has the derivative $\gamma\sin\gamma$.

# %%
k = sp.Symbol("k", positive=True)
growth = ((r**2 - k * r**3) ** sp.Rational(-1, 2) - 1 / r).series(r, 0, 2).removeO()
assert sp.simplify(growth.subs(r, 0) - k / 2) == 0
assert sp.simplify((sp.sin(gamma) - gamma * sp.cos(gamma)).diff(gamma) - gamma * sp.sin(gamma)) == 0
constant = sp.simplify(4 / u**2)
stated = 9 * sp.pi**2 / 2 * (1 + a**2) ** 2 / (1 - a) ** 4
assert sp.simplify(constant - stated) == 0

# %% [markdown]
# ## Step 4. Maps that are smooth at 1
# $\epsilon'=\epsilon-b\epsilon^2+d\epsilon^3+\dots$ makes
# $\frac1{\epsilon'}=\frac1\epsilon+b+(b^2-d)\epsilon+O(\epsilon^2)$, and $\epsilon\sim\frac1{bL}$
# turns the last term into $\bigl(b-\frac db\bigr)\log L$; the rest is summable.

# %%
b, d = sp.symbols("b d", positive=True)
reciprocal = sp.series(1 / (1 - b * e + d * e**2), e, 0, 3).removeO()
increment = sp.expand((reciprocal - 1) / e)
assert increment.coeff(e, 0) == b
assert sp.expand(increment.coeff(e, 1) - (b**2 - d)) == 0
assert sp.simplify((b**2 - d) / b - (b - d / b)) == 0

# %% [markdown]
# ## Step 5. erf
# For variance $q$ of the pre-activations $W=\frac2\pi\arcsin(m\rho)$, $m=\frac{2q}{1+2q}$. Weights
# and biases that keep $q$ and make the slope at 1 equal to 1 leave
# $P=1-\frac{\sqrt{1-m^2}}m(\arcsin m-\arcsin m\rho)$. The leading constant is
# $\frac{m^2}{2(1-m^2)}$: it depends on $q$, and is $\frac25$ at $q=1$.

# %%
m = sp.Symbol("m", positive=True)
rho = sp.Symbol("rho", real=True)
P = 1 - sp.sqrt(1 - m**2) / m * (sp.asin(m) - sp.asin(m * rho))
assert P.subs(rho, 1) == 1
assert sp.simplify(P.diff(rho).subs(rho, 1)) == 1
general = sp.simplify(P.diff(rho, 2).subs(rho, 1) / 2)
assert sp.simplify(general - m**2 / (2 * (1 - m**2))) == 0
third = sp.simplify(P.diff(rho, 3).subs(rho, 1) / 6)
at_one = {m: sp.Rational(2, 3)}
leading, cubic = general.subs(at_one), sp.nsimplify(sp.simplify(third.subs(at_one)))
assert leading == sp.Rational(2, 5)
# 1 - P(1 - e) = e - P''/2 e^2 + P'''/6 e^3
assert sp.simplify(leading - cubic / leading) == -sp.Rational(11, 15)

# %% [markdown]
# ## Step 6. exp
# $\mathrm E\,e^{u+v}=e^{1+\rho}$, over its value at 1: $\epsilon'=1-e^{-\epsilon}$ and
# $b=\frac12$. Here $d=\frac16$ and the logarithm has the coefficient $\frac16$.

# %%
x, w = sp.symbols("x w", real=True)
sigma = sp.Matrix([[1, rho], [rho, 1]])
ones = sp.ones(2, 1)
assert sp.expand((ones.T * sigma * ones)[0] / 2) == 1 + rho  # the exponent of the mean
gap = sp.series(1 - sp.exp(-e), e, 0, 4).removeO()
assert gap.coeff(e, 1) == 1
assert -gap.coeff(e, 2) == sp.Rational(1, 2)
assert sp.Rational(1, 2) - gap.coeff(e, 3) / sp.Rational(1, 2) == sp.Rational(1, 6)

# %% [markdown]
# ## Step 7. Iterated
# Doubling the depth removes the unknown constants; what remains of $\log L$ is
# $O(L^{-1}\log L)$.


# %%
def erf_step(gap):
    return math.sqrt(5) / 2 * (math.asin(2 / 3) - math.asin(2 / 3 * (1 - gap)))


def exp_step(gap):
    return -math.expm1(-gap)


def leaky_step(slope):
    def step(gap):
        angle = 2 * math.asin(math.sqrt(gap / 2))
        lost = (math.sin(angle) - angle * math.cos(angle)) / math.pi
        return gap - (1 - slope) ** 2 / (1 + slope**2) * lost

    return step


def gaps(step, depth):
    at, kept = 1.0, {}
    for layer in range(1, 2 * depth + 1):
        at = step(at)
        if layer in (depth, 2 * depth):
            kept[layer] = at
    return kept[depth], kept[2 * depth]


DEPTH = 20000
for step, rate, logarithm in ((erf_step, 2 / 5, -11 / 15), (exp_step, 1 / 2, 1 / 6)):
    early, late = gaps(step, DEPTH)
    found = (1 / late - 1 / early - rate * DEPTH) / math.log(2)
    assert abs(found - logarithm) < 1e-3
for slope in (0.0, 0.1, -1.0):
    early, late = gaps(leaky_step(slope), 1000)
    found = ((late**-0.5 - early**-0.5) / 1000) ** -2
    wanted = float(stated.subs(a, slope))
    assert abs(found / wanted - 1) < 5e-3  # 3 log(2)/1000 from the logarithm of step 3

# %%
from symprop.claims.verification import verify

verify("symprop.critical-leaky-rate", "symprop.critical-erf-rate", "symprop.critical-exp-rate")
