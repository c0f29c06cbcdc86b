# %% [markdown]
# # Length of tanh residual networks, with one constant of the input
#
# Full residual network with tanh, variances $\sigma_v^2,\sigma_a^2,\sigma_w^2,\sigma_b^2$,
# $b_0=\sigma_v^2+\sigma_a^2$, $C=\sqrt{2/\pi}$, $k=\frac{\sigma_v^2C}{\sigma_wb_0}$,
# $\kappa=\frac{\sigma_v^2\pi^2}{12\sqrt{2\pi}\,\sigma_w^3}$. There is one constant $K$ of the
# input such that with $X=b_0(l+K)$
#
# $p=X-2k\sqrt X-k^2\log X+2k^2-\frac{\sigma_b^2}{\sigma_w^2}+\Bigl[k^3\log X+3k^3
# -\frac{2\kappa}{b_0}+\frac{b_0k}2\Bigr]X^{-1/2}+O\Bigl(\frac{\log^2X}X\Bigr).$

# %%
import mpmath
import sympy as sp

b0, k, kappa, w, X, q, x = sp.symbols("b_0 k kappa w X q x", positive=True)
v, sw, p, b = sp.symbols("sigma_v^2 sigma_w p sigma_b^2", positive=True)
r, L = sp.symbols("r L")  # 1/sqrt(w) or 1/sqrt(X), and a logarithm

# %% [markdown]
# ## Step 1. One layer
# $1-\tanh^2=\mathrm{sech}^2$ is a bump of mass 2 and second moment $\frac{\pi^2}6$ (by parts
# $4\int_0^\infty x(1-\tanh x)dx$, $1-\tanh x=2\sum(-1)^{n-1}e^{-2nx}$), so that
# $1-V\tanh(q)=\frac1{\sqrt{2\pi q}}\bigl(2-\frac{\pi^2}{12q}+O(q^{-2})\bigr)$. In
# $w=p+\sigma_b^2/\sigma_w^2$, $q=\sigma_w^2w$: $w'=w+b_0-b_0kw^{-1/2}+\kappa w^{-3/2}
# +O(w^{-5/2})$.

# %%
n = sp.Symbol("n", integer=True, positive=True)
assert sp.simplify(sp.integrate(x * sp.exp(-2 * n * x), (x, 0, sp.oo)) - 1 / (4 * n**2)) == 0
second = 4 * 2 * (sp.zeta(2) / 2) / 4
assert second == sp.pi**2 / 6
deviation = (2 - second / (2 * q)) / sp.sqrt(2 * sp.pi * q)
taken = sp.expand(v * deviation.subs(q, sw**2 * w))
C = sp.sqrt(2 / sp.pi)
stated = v * C / sw / sp.sqrt(w) - v * sp.pi**2 / (12 * sp.sqrt(2 * sp.pi) * sw**3) / w ** (
    sp.Rational(3, 2)
)
assert sp.simplify(taken - stated) == 0
assert sp.simplify(sw**2 * p + b - sw**2 * (p + b / sw**2)) == 0

# %% [markdown]
# ## Step 2. A function that counts layers
# $F(w)=w+2k\sqrt w+k^2\log w+fw^{-1/2}+O(w^{-1})$ with $F(w')=F(w)+b_0$: each coefficient is
# forced by one order of $r=w^{-1/2}$. The next defect is $O(w^{-2})$ and can be summed, so
# $F(w_l)-b_0l$ converges, to $b_0K$, with an error $O(1/l)$.

# %%
c1, c2, f = sp.symbols("c_1 c_2 f")
ratio = 1 + b0 * r**2 - b0 * k * r**3 + kappa * r**5  # w'/w


def through(expression, order):
    return sp.expand(sp.series(expression, r, 0, order).removeO())


change = (ratio - 1) / r**2 + c1 * (through(sp.sqrt(ratio), 6) - 1) / r
change += c2 * through(sp.log(ratio), 5) + f * r * (through(1 / sp.sqrt(ratio), 5) - 1)
defect = sp.expand(change - b0)
solved = {}
for symbol, order in ((c1, 1), (c2, 2), (f, 3)):
    (value,) = sp.solve(defect.coeff(r, order).subs(solved), symbol)
    solved[symbol] = sp.simplify(value)
assert defect.coeff(r, 0) == 0
assert solved[c1] == 2 * k
assert solved[c2] == k**2
assert sp.simplify(solved[f] - (2 * kappa / b0 - 2 * k**3 - b0 * k / 2)) == 0

# %% [markdown]
# ## Step 3. Inversion
# Put $w=X(1+s)$, $s=-2kr-(k^2L-2k^2)r^2+gr^3$ with $r=X^{-1/2}$ and $L=\log X$, into $F(w)=X$.

# %%
g = sp.Symbol("g")
s = -2 * k * r - (k**2 * L - 2 * k**2) * r**2 + g * r**3
size = sp.Symbol("s")


def composed(expression, order):
    polynomial = sp.series(expression, size, 0, 5).removeO()
    return sp.series(sp.expand(polynomial.subs(size, s)), r, 0, order).removeO()


total = (1 + s) / r**2 - 1 / r**2 + 2 * k * composed(sp.sqrt(1 + size), 4) / r
total += k**2 * (L + composed(sp.log(1 + size), 3)) + solved[f] * r * composed(1 / (1 + size), 1)
total = sp.expand(total)
assert [sp.simplify(total.coeff(r, order)) for order in (-1, 0)] == [0, 0]
(found,) = sp.solve(total.coeff(r, 1), g)
assert sp.simplify(found - (k**3 * L + 3 * k**3 - 2 * kappa / b0 + b0 * k / 2)) == 0
assert sp.simplify((b0 * k / 2).subs(k, v * C / (sw * b0)) - v * C / (2 * sw)) == 0

# %% [markdown]
# ## Step 4. The constant at $(\frac32,\frac12,\frac{169}{100},\frac{49}{100})$, $p_0=1$
# Layers by a trapezoidal sum over the bump, later by its moments, $\int x^{2j}\mathrm{sech}^2x\,dx
# =2^{2-2j}(2j)!\,\eta(2j)$; and $F$ continued order by order in numbers.

# %%
mp = mpmath.MPContext()
mp.dps = 40
V, A, W, B = mp.mpf(3) / 2, mp.mpf(1) / 2, mp.mpf(169) / 100, mp.mpf(49) / 100
ROOT = mp.sqrt(W)
TERMS, MOMENTS = 14, 24
moments = [mp.mpf(2)]
moments += [
    mp.mpf(2) ** (2 - 2 * j) * mp.factorial(2 * j) * mp.altzeta(2 * j) for j in range(1, MOMENTS)
]
assert abs(moments[1] - mp.pi**2 / 6) < mp.mpf(10) ** -35
series = [
    moments[j] * (-1) ** j / (mp.factorial(j) * mp.mpf(2) ** j * mp.sqrt(2 * mp.pi))
    for j in range(MOMENTS)
]
step = mp.mpf(1) / 12
nodes = [step * i for i in range(1, 720)]
bump = [mp.sech(node) ** 2 for node in nodes]


def deficit(variance):
    """1 - V tanh."""
    if variance > 400:
        tail = mp.polyval(series[::-1], 1 / variance)
        return tail / mp.sqrt(variance)
    pairs = zip(nodes, bump, strict=True)
    total = 1 + 2 * sum(g * mp.exp(-(node**2) / (2 * variance)) for node, g in pairs)
    return total * step / mp.sqrt(2 * mp.pi * variance)


assert abs(deficit(mp.mpf(400)) / deficit(mp.mpf(400) + mp.mpf(10) ** -33) - 1) < mp.mpf(10) ** -28

# w'/w as a series in r = w^(-1/2), and the coefficients of F one by one
layer = [mp.mpf(0)] * (TERMS + 4)
layer[0], layer[2] = mp.mpf(1), V + A
for j in range(MOMENTS):
    if 3 + 2 * j < len(layer):
        layer[3 + 2 * j] -= V * series[j] / ROOT ** (2 * j + 1)


def power(base, exponent):
    """The series of base**exponent, base starting with 1."""
    out = [mp.mpf(1)]
    for m in range(1, len(base)):
        terms = ((exponent * i - (m - i)) * base[i] * out[m - i] for i in range(1, m + 1))
        out.append(sum(terms) / m)
    return out


rest = layer[2:]
rest[0] -= V + A  # the defect of F(w) = w
lost = V * mp.sqrt(2 / mp.pi) / (ROOT * (V + A))
logarithm = [mp.mpf(0)]
for m in range(1, len(layer)):
    inner = sum(i * logarithm[i] * layer[m - i] for i in range(1, m))
    logarithm.append(layer[m] - inner / m)
coefficients = {}
for order in range(1, TERMS):  # the coefficient of r^(order - 2), which first acts at r^order
    if order == 2:
        moved = logarithm
    else:
        moved = power(layer, -mp.mpf(order - 2) / 2)
        moved[0] -= 1
    coefficients[order - 2] = -rest[order] / moved[2]
    for m in range(2, len(moved)):
        if order - 2 + m < len(rest):
            rest[order - 2 + m] += coefficients[order - 2] * moved[m]
assert abs(coefficients[-1] - 2 * lost) < mp.mpf(10) ** -35
assert abs(coefficients[0] - lost**2) < mp.mpf(10) ** -35


def counted(value):
    tail = sum(c * value ** (-mp.mpf(j) / 2) for j, c in coefficients.items() if j)
    return value + coefficients[0] * mp.log(value) + tail


p_now, constants = mp.mpf(1), []
for depth in range(1, 2001):
    p_now += V + A - V * deficit(W * p_now + B)
    if depth in (1000, 2000):
        constants.append(counted(p_now + B / W) / (V + A) - depth)
assert abs(constants[1] - constants[0]) < mp.mpf(10) ** -20
assert abs(constants[1] - mp.mpf("0.998347189651635811702")) < mp.mpf(10) ** -21

# %%
from symprop.claims.verification import verify

verify("symprop.tanh-length-expansion")
