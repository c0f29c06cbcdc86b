# %% [markdown]
# # One batch-normalised ReLU layer on finitely many data
#
# A channel at infinite width is Gaussian over the $k\ge4$ data, $y\sim\mathcal N(0,G)$, with all
# data alike: $G=(p-r)I+r\mathbf1\mathbf1^\top$. Its sensitivities $t$ to one random perturbation
# of the data are independent of it. Normalisation keeps $z=\sqrt k\,Py/|Py|$,
# $P=I-\mathbf1\mathbf1^\top/k$. The layer multiplies the squared ratio of sensitivity to signal by
#
# $\frac{k-1}{k-3}\cdot\Bigl[1-\frac1{2k}-\frac{k-1}{\pi k}\bigl(\sqrt{1-c^2}+c\arcsin c\bigr)
# \Bigr]^{-1},\qquad c=-\frac1{k-1},$
#
# which tends to $\frac\pi{\pi-1}$ with an error $O(1/k)$.

# %%
import random

import sympy as sp

k, s = sp.symbols("k s", positive=True)
p, r = sp.symbols("p r")
theta = sp.Symbol("theta", real=True)
gamma = sp.Symbol("gamma", positive=True)

# %% [markdown]
# ## Step 1. Before the layer
# Sensitivity by its mean square $\tau$ per datum, signal by its variance over the data,
# $\mathrm E|Py|^2/k=(p-r)\frac{k-1}k$: the ratio $\tau\big/\bigl[(p-r)\frac{k-1}k\bigr]$.

# %%
for size in (4, 5):
    P = sp.eye(size) - sp.ones(size, size) / size
    G = (p - r) * sp.eye(size) + r * sp.ones(size, size)
    assert (P * G * P - (p - r) * P).applyfunc(sp.simplify) == sp.zeros(size, size)
    assert P.trace() == size - 1
before = k / ((p - r) * (k - 1))

# %% [markdown]
# ## Step 2. Normalisation favours small signals
# It divides a channel by its standard deviation. The mean of $k/|Py|^2$ over channels decides,
# where $|Py|^2/(p-r)$ is $\chi^2$ of $k-1$ degrees; $\mathrm E\,1/\chi^2_n=\frac1{n-2}$. The signal
# is left with the variance 1.

# %%
n = sp.Symbol("n", positive=True)
chi = s ** (n / 2 - 1) * sp.exp(-s / 2) / (2 ** (n / 2) * sp.gamma(n / 2))
inverse = sp.gammasimp(sp.integrate(chi / s, (s, 0, sp.oo), conds="none"))
assert sp.simplify(inverse - 1 / (n - 2)) == 0
after = k * inverse.subs(n, k - 1) / (p - r)
assert sp.simplify(after / before - (k - 1) / (k - 3)) == 0

# %% [markdown]
# ## Step 3. Products of positive parts
# $\mathrm E\max(u,0)\max(v,0)$ at correlation $c=\cos\gamma$ in polar coordinates, where both are
# positive. $z$ has a uniform direction and $|z|^2=k$, so its products are those of a Gaussian with
# covariance $\frac k{k-1}P$: variance 1 and correlation $c=-\frac1{k-1}$.

# %%
overlap = sp.integrate(
    sp.expand_trig(sp.cos(theta) * sp.cos(theta - gamma)), (theta, gamma - sp.pi / 2, sp.pi / 2)
)
positive = sp.simplify(overlap / sp.pi)
c = sp.Symbol("c", real=True)
product = (sp.sqrt(1 - c**2) + c * (sp.pi / 2 + sp.asin(c))) / (2 * sp.pi)
alike = product.subs(sp.asin(c), sp.pi / 2 - gamma).subs(c, sp.cos(gamma))
alike = alike.subs(sp.sqrt(1 - sp.cos(gamma) ** 2), sp.sin(gamma))
assert sp.simplify(alike - positive) == 0
assert sp.simplify(k / (k - 1) * (1 - 1 / k)) == 1
assert sp.simplify(k / (k - 1) * (-1 / k) + 1 / (k - 1)) == 0

# %% [markdown]
# ## Step 4. What the activation keeps
# The signal keeps the mean over the data of $\max(z,0)^2$, $\frac12$, less the mean square of the
# mean, $\frac1k\frac12+\frac{k-1}k\mathrm E\max(z_1,0)\max(z_2,0)$. The sensitivity keeps the half
# whose gates are open.

# %%
half = sp.Rational(1, 2)
kept = half - half / k - (k - 1) / k * product
sizes = sp.sqrt(1 - c**2) + c * sp.asin(c)
stated = 1 - 1 / (2 * k) - (k - 1) / (sp.pi * k) * sizes
assert sp.simplify((kept / half - stated).subs(c, -1 / (k - 1))) == 0

# %% [markdown]
# ## Step 5. Many data
# $c=-\frac1{k-1}$ enters as $1+O(c^2)$. To first order in $\epsilon=1/k$ the squared growth is
# $\frac\pi{\pi-1}\bigl(1+\frac{5\pi-6}{2(\pi-1)}\epsilon\bigr)$.

# %%
e = sp.Symbol("epsilon", positive=True)
assert sp.series(sizes, c, 0, 2).removeO() == 1
lost = 1 - e / 2 - (1 - e) / sp.pi
squared = sp.series((1 - e) / (1 - 3 * e) / lost, e, 0, 2).removeO()
assert sp.simplify(squared.coeff(e, 0) - sp.pi / (sp.pi - 1)) == 0
relative = squared.coeff(e, 1) / squared.coeff(e, 0)
assert sp.simplify(relative - (5 * sp.pi - 6) / (2 * (sp.pi - 1))) == 0

# %% [markdown]
# ## Step 6. Sampled
# Channels on eight orthogonal data with white sensitivities; six standard errors.

# %%
random.seed(1)
SIZE, CHANNELS = 8, 20_000
shares, ratios = [], []
for _ in range(CHANNELS):
    y = [random.gauss(0, 1) for _ in range(SIZE)]
    mean = sum(y) / SIZE
    variance = sum((value - mean) ** 2 for value in y) / SIZE
    z = [(value - mean) / variance**0.5 for value in y]
    open_mean = sum(max(value, 0) for value in z) / SIZE
    shares.append(2 * (sum(max(value, 0) ** 2 for value in z) / SIZE - open_mean**2))
    ratios.append((SIZE - 1) / SIZE / variance)
for sample, wanted in (
    (shares, float(stated.subs(c, -1 / (k - 1)).subs(k, SIZE))),
    (ratios, (SIZE - 1) / (SIZE - 3)),
):
    average = sum(sample) / CHANNELS
    spread = sum((value - average) ** 2 for value in sample) / CHANNELS
    assert abs(average - wanted) < 6 * (spread / CHANNELS) ** 0.5

# %%
from symprop.claims.verification import verify

verify("symprop.batch-norm-growth")
