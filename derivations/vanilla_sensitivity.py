# %% [markdown]
# # Sensitivity of wide ReLU networks grows like their depth
#
# Plain ReLU layers of infinite width, weights of variance 2 over the fan-in, no biases, many
# orthogonal data of one length. The normalised sensitivity $\zeta^2$ compares the noise-to-signal
# ratio of layer $l$ with that of the input: noise by its second moment, signal by its variance
# over the data. Then
#
# $\zeta^l=\frac{\sqrt2}{3\pi}\Bigl(l+\frac32\log l+C+O\bigl(\tfrac{\log l}l\bigr)\Bigr),\qquad
# C=4.389847\dots$

# %%
import mpmath
import sympy as sp

t, y, x = sp.symbols("t y x", positive=True)
gamma, theta = sp.symbols("gamma theta", positive=True)

# %% [markdown]
# ## Step 1. Lengths and noise keep their size
# A unit has $\mathrm E\max(Z,0)^2=\frac12$, and its gate is open with probability $\frac12$,
# whatever the noise that passes it. The weights double both.

# %%
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
assert 2 * sp.integrate(x**2 * density, (x, 0, sp.oo)) == 1
assert 2 * sp.integrate(density, (x, 0, sp.oo)) == 1

# %% [markdown]
# ## Step 2. The variance over the data is $1-c$
# $k$ data of length 1 and one mutual cosine $c$ have the mean square
# $\frac1k\bigl(1+(k-1)c\bigr)$ of their mean; the variance is the rest. So
# $\zeta^2=\frac{1-c_0}{1-c_l}=\frac1{1-c_l}$ for any $k$.

# %%
k, c = sp.symbols("k c")
spread = 1 - (1 + (k - 1) * c) / k
assert sp.simplify(spread / spread.subs(c, 0) - (1 - c)) == 0

# %% [markdown]
# ## Step 3. The cosine
# In polar coordinates $2\,\mathrm E\max(u,0)\max(v,0)=\frac2\pi\int\cos\theta
# \cos(\theta-\gamma)\,d\theta$ over the angles where both are positive, $c=\cos\gamma$.

# %%
overlap = sp.integrate(
    sp.expand_trig(sp.cos(theta) * sp.cos(theta - gamma)), (theta, gamma - sp.pi / 2, sp.pi / 2)
)
kernel = sp.simplify(2 * overlap / sp.pi)
assert sp.simplify(kernel - (sp.sin(gamma) + (sp.pi - gamma) * sp.cos(gamma)) / sp.pi) == 0

# %% [markdown]
# ## Step 4. The gap $1-c$ in powers of its root
# $r=\sqrt{1-\cos t}=\sqrt2\sin\frac t2$ gives $t=2\arcsin\frac r{\sqrt2}$, and the next gap is
# $r^2$ less $(\sin t-t\cos t)/\pi$: with $U=\frac{2\sqrt2}{3\pi}$, $r^2-Ur^3+O(r^5)$, without a
# power $r^4$.

# %%
r = sp.Symbol("r", positive=True)
ORDER = 16
angle = sp.series(2 * sp.asin(r / sp.sqrt(2)), r, 0, ORDER).removeO()
loss = sp.sqrt(2) * r * sp.series(sp.sqrt(1 - r**2 / 2), r, 0, ORDER).removeO()  # sin t
loss = sp.expand((loss - angle * (1 - r**2)) / sp.pi)
U = 2 * sp.sqrt(2) / (3 * sp.pi)
exact_loss = (sp.sin(gamma) - gamma * sp.cos(gamma)) / sp.pi
assert sp.simplify(1 - kernel - (1 - sp.cos(gamma) - exact_loss)) == 0
assert sp.simplify(loss.coeff(r, 1)) == 0
assert sp.simplify(loss.coeff(r, 3) - U) == 0
assert all(sp.simplify(loss.coeff(r, even)) == 0 for even in (0, 2, 4))
sample = sp.Rational(1, 10)
direct = (1 - kernel).subs(gamma, 2 * sp.asin(sample / sp.sqrt(2)))
assert abs(sp.N(direct - (sample**2 - loss.subs(r, sample)), 30)) < 1e-16

# %% [markdown]
# ## Step 5. In $\zeta=1/r$ the recurrence adds a constant
# $\zeta'=\zeta+\frac U2+\frac{3U^2}8\zeta^{-1}+O(\zeta^{-2})$: $\frac U2=\frac{\sqrt2}{3\pi}$ is
# the slope, and $\zeta\sim\frac U2l$ makes the next term $\frac U2\cdot\frac32\cdot\frac1l$.
# What remains is $O(l^{-2}\log l)$, with a sum that leaves $O(l^{-1}\log l)$.

# %%
shifted = sp.series((1 - sp.expand(loss / r**2)) ** sp.Rational(-1, 2), r, 0, 4).removeO()
increment = sp.expand(sp.expand((shifted - 1) / r))
assert sp.simplify(increment.coeff(r, 0) - U / 2) == 0
assert sp.simplify(increment.coeff(r, 1) - 3 * U**2 / 8) == 0
assert sp.simplify(U / 2 - sp.sqrt(2) / (3 * sp.pi)) == 0
assert sp.simplify(increment.coeff(r, 1) / (U / 2) - sp.Rational(3, 2) * U / 2) == 0

# %% [markdown]
# ## Step 6. The constant, from a function that counts layers
# $F(\zeta)=\frac2U\zeta-\frac32\log(\frac2U\zeta)+\sum_jf_j\zeta^{-j}$ with $F(\zeta')=F(\zeta)+1$
# to every order: $l=F(\zeta^l)-F_0$, and inverting gives $C=F_0$. The $f_j$ follow one by one,
# here in 40 digits.

# %%
mp = mpmath.MPContext()
mp.dps = 40
TERMS = 9
polynomial = [mp.mpf(str(sp.N(loss.coeff(r, n), 45))) for n in range(ORDER)]
half_slope = polynomial[3] / 2
ratio_series = mp.taylor(  # r'/r as a series in r
    lambda p: mp.sqrt(1 - sum(polynomial[n] * p ** (n - 2) for n in range(3, ORDER))),
    0,
    TERMS + 2,
)


def product(first, second):
    return [sum(first[i] * second[n - i] for i in range(n + 1)) for n in range(TERMS + 3)]


inverse = [1 / ratio_series[0]]
for n in range(1, TERMS + 3):
    inverse.append(-sum(ratio_series[i] * inverse[n - i] for i in range(1, n + 1)))
logarithm = [mp.mpf(0)]  # log(r'/r)
for n in range(1, TERMS + 3):
    rest = sum(i * logarithm[i] * ratio_series[n - i] for i in range(1, n))
    logarithm.append(ratio_series[n] - rest / n)
# F(zeta') - F(zeta) - 1 in powers of r, without the f_j
defect = [inverse[n + 1] / half_slope + mp.mpf(3) / 2 * logarithm[n] for n in range(TERMS + 2)]
defect[0] -= 1
assert abs(defect[0]) < 1e-30
assert abs(defect[1]) < 1e-30  # the logarithm takes care of this order
power, powers = ratio_series, []
for _ in range(TERMS):
    powers.append(power)  # (r'/r)^j
    power = product(power, ratio_series)
f = []
for j in range(1, TERMS + 1):  # r'^j - r^j starts with -j U/2 r^(j+1)
    f.append(-defect[j + 1] / powers[j - 1][1])
    for n in range(1, TERMS + 2 - j):
        defect[j + n] += f[-1] * powers[j - 1][n]


def excess(gap):
    zeta = 1 / mp.sqrt(gap)
    tail = sum(f[j - 1] * zeta**-j for j in range(1, TERMS + 1))
    return zeta / half_slope - mp.mpf(3) / 2 * mp.log(zeta / half_slope) + tail


found = []
gap = mp.mpf(1)
for layer in range(1, 2001):
    t_l = mp.acos(1 - gap)
    gap -= (mp.sin(t_l) - t_l * mp.cos(t_l)) / mp.pi
    if layer in (1000, 2000):
        found.append(excess(gap) - layer)
assert abs(found[0] - found[1]) < 1e-17
assert abs(found[1] - mp.mpf("4.389847383733851749")) < 1e-17

# %%
from symprop.claims.verification import verify

verify("symprop.vanilla-linear-law")
