# %% [markdown]
# # The mean square of the sensitivity of one signal at finite width
#
# $J$ is the Jacobian of $l$ layers of ReLU, all of width $N$, with Gaussian weights of variance
# $2/N$ and no biases. With $\mu_2(s^l)=\operatorname{tr}J^\top J/N$ for white noise at the input,
#
# $\mathrm E\,\mu_2(s^l)^2=\dfrac{N+2}{3N}\Bigl(1+\dfrac5N\Bigr)^l
# +\dfrac{2(N-1)}{3N}\Bigl(1-\dfrac1N\Bigr)^l.$

# %%
import itertools

import numpy as np
import sympy as sp

N, n = sp.symbols("N n", positive=True)
l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741
a, b = sp.symbols("a b", positive=True)

# %% [markdown]
# ## Step 1. Gates are fair coins
# The Jacobian of a layer is $D\,W$, where $D_{ii}$ is 1 if row $w_i$ has a positive product with
# the signal. Changing the sign of a row changes its gate and no product of two of its entries, so
# in even moments of the rows the gates are independent coins $\beta_i$ of mean $\frac12$. Checked
# for one row of signs: means of a quadratic form with its gate are half of those without.

# %%
signal, form = sp.Matrix([3, 1, 1]), sp.Matrix(3, 3, sp.symbols("f:9"))
rows = [sp.Matrix(signs) for signs in itertools.product((1, -1), repeat=3)]
assert all((row.T * signal)[0] != 0 for row in rows)
for power in (1, 2):
    gated = sum(((w.T * form * w)[0]) ** power for w in rows if (w.T * signal)[0] > 0)
    free = sum(((w.T * form * w)[0]) ** power for w in rows)
    assert sp.expand(2 * gated - free) == 0

# %% [markdown]
# ## Step 2. Gaussian rows
# Let $B=JJ^\top$ before the layer, $w,w'$ independent standard normal. Then
# $\mathrm E(w^\top Bw)^2=(\operatorname{tr}B)^2+2\operatorname{tr}B^2$ and
# $\mathrm E(w^\top Bw')^2=\operatorname{tr}B^2$. As $B$ can be taken diagonal, the moments
# $\mathrm Ew_i^4=3$ and $\mathrm Ew_i^2w_j^2=1$ are all that is needed.

# %%
x = sp.symbols("x:3", positive=True)
trace, square = sum(x), sum(value**2 for value in x)
places = list(itertools.product(range(3), repeat=2))
alone = sum(x[i] * x[j] * (3 if i == j else 1) for i, j in places)
assert sp.expand(alone - trace**2 - 2 * square) == 0
covariance = sp.eye(3)  # of the entries of a row; those of the other row are independent of them
crossed = sum(x[i] * x[j] * covariance[i, j] ** 2 for i, j in places)
assert sp.expand(crossed - square) == 0
z = sp.Symbol("z", real=True)
density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
assert sp.integrate(z**4 * density, (z, -sp.oo, sp.oo)) == 3

# %% [markdown]
# ## Step 3. One layer
# From width $N$ to width $n$, $J'^\top J'=\frac2N\sum_i\beta_i\,J^\top w_iw_i^\top J$. With
# $a=\mathrm E(\operatorname{tr}J^\top J)^2$ and $b=\mathrm E\operatorname{tr}(J^\top J)^2$, pairs
# of different rows count with $\frac14$ and each row with itself with $\frac12$.

# %%
pairs, single = n * (n - 1) / 4, n / 2
next_a = 4 / N**2 * (pairs * a + single * (a + 2 * b))
next_b = 4 / N**2 * (pairs * b + single * (a + 2 * b))
assert sp.expand(next_a - 4 / N**2 * ((pairs + n / 2) * a + n * b)) == 0
assert sp.expand(next_b - 4 / N**2 * (n / 2 * a + (pairs + n) * b)) == 0

# %% [markdown]
# ## Step 4. Constant width
# The matrix of the step has the eigenvalues $1+\frac5N$ and $1-\frac1N$. The input has $J=I$,
# $a=N^2$, $b=N$, and what is asked for is $a/N^2$.

# %%
step = sp.Matrix([[sp.diff(row.subs(n, N), entry) for entry in (a, b)] for row in (next_a, next_b)])
fast, slow = 1 + 5 / N, 1 - 1 / N
for value in (fast, slow):
    assert sp.simplify((step - value * sp.eye(2)).det()) == 0
law = (N + 2) / (3 * N) * fast**l + 2 * (N - 1) / (3 * N) * slow**l
start = sp.Matrix([N**2, N])
for layers in range(4):
    assert sp.simplify(law.subs(l, layers) - (step**layers * start)[0] / N**2) == 0
# two layers fix both coefficients of the two powers, and so all that follow

# %% [markdown]
# ## Step 5. A network
# Jacobians of three layers of width 3, gates and all.

# %%
random = np.random.default_rng(55)
runs, width, depth = 200_000, 3, 3
vectors = np.broadcast_to(np.array([1.0, 2.0, 3.0]), (runs, width))[..., None]
jacobians = np.broadcast_to(np.eye(width), (runs, width, width))
for _ in range(depth):
    weights = random.standard_normal((runs, width, width)) * np.sqrt(2 / width)
    gates = weights @ vectors > 0
    vectors, jacobians = gates * (weights @ vectors), gates * (weights @ jacobians)
    # a network that died keeps nothing, which is what its coins say as well
values = ((jacobians**2).sum(axis=(1, 2)) / width) ** 2
expected = float(law.subs({N: width, l: depth}))
error = values.std() / np.sqrt(runs)
assert abs(values.mean() - expected) < 4 * error
assert error < expected / 30

# %%
from symprop.claims.verification import verify

verify("symprop.mean-square-noise")
