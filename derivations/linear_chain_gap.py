# %% [markdown]
# # The stationary orthogonality gap of a linear chain with batch normalisation
#
# $h=W_lH_l$ with a Gaussian matrix $W_l$ of $d$ rows; $H_{l+1}$ has the rows of $h$ divided by
# their lengths, over a batch of $n$ inputs. With $\lambda_k/n$ the shares of the eigenvalues of
# $H^\top H$ in its trace, $V^2=\sum_k(\lambda_k/n-1/n)^2$ measures how far the inputs are from
# orthogonal. At infinite width a small $V$ shrinks by $n/(n+2)$ a layer; at width $d$ each layer
# adds fluctuations, and the balance of both is
#
# $d\,\mathrm E V^2\to\dfrac{(n-1)(n+2)^2}{4n(n+1)}.$

# %%
import numpy as np
import sympy as sp

n, d = sp.symbols("n d", positive=True)
e, r = sp.symbols("e r", positive=True)

# %% [markdown]
# ## Step 1. One layer
# Given $H$, the rows of $h$ are independent with covariance $H^\top H$. Divided by their lengths
# they are unit vectors $u_1,\dots,u_d$, and the next shares are the eigenvalues of
# $A=\frac1d\sum_iu_iu_i^\top$, of trace 1. So $V'^2=\operatorname{tr}A^2-\frac1n$, and
# $\operatorname{tr}A^2$ is the mean of $(u_i^\top u_j)^2$ over all pairs: 1 for each of the $d$
# pairs $i=j$. For the others the mean is $\operatorname{tr}(\mathrm Euu^\top)^2=\sum_kp_k^2$, where
# by symmetry $\mathrm Euu^\top$ has the eigenvectors of $H^\top H$ and the eigenvalues
# $p_k=\mathrm E\,\lambda_kz_k^2/\sum_j\lambda_jz_j^2$:
#
# $\mathrm E\,V'^2=\frac1d+\bigl(1-\frac1d\bigr)\sum_kp_k^2-\frac1n
# =\frac1d\bigl(1-\frac1n\bigr)+\bigl(1-\frac1d\bigr)\sum_k\bigl(p_k-\frac1n\bigr)^2.$

# %%
rows, inputs = 3, 2
u = sp.Matrix(rows, inputs, sp.symbols(f"u:{rows * inputs}", real=True))
products = u * u.T
A = u.T * u / rows
pairs = sum(products[i, j] ** 2 for i in range(rows) for j in range(rows)) / rows**2
assert sp.expand((A * A).trace() - pairs) == 0
squares = sp.Symbol("squares")  # the sum of p_k^2, where the p_k add up to 1
excess = squares - 2 * sp.Rational(1) / n + n / n**2
two_ways = (
    1 / d + (1 - 1 / d) * squares - 1 / n,
    (1 - 1 / n) / d + (1 - 1 / d) * excess,
)
assert sp.simplify(two_ways[0] - two_ways[1]) == 0

# %% [markdown]
# ## Step 2. What a small gap becomes
# Let $\lambda_k=1+\epsilon x_k$ with $\sum x_k=0$. For $u$ uniform on the sphere
# $\frac{d}{d\epsilon}\frac{\lambda_iu_i^2}{\sum_k\lambda_ku_k^2}=x_iu_i^2-u_i^2\sum_kx_ku_k^2$ at
# $\epsilon=0$. With $\mathrm Eu_i^2=\frac1n$, $\mathrm Eu_i^4=\frac3{n(n+2)}$ and
# $\mathrm Eu_i^2u_k^2=\frac1{n(n+2)}$, and since the other $x_k$ add up to $-x_i$, its mean is
# $\frac{x_i}{n+2}$: the excess $\frac{\epsilon x_i}n$ of a share is multiplied by $\frac n{n+2}$.

# %%
angles = sp.symbols("theta phi", real=True)
sphere = (
    sp.sin(angles[0]) * sp.cos(angles[1]),
    sp.sin(angles[0]) * sp.sin(angles[1]),
    sp.cos(angles[0]),
)


def mean_on_the_sphere(function: sp.Expr) -> sp.Expr:
    area = sp.sin(angles[0]) / (4 * sp.pi)
    return sp.integrate(function * area, (angles[0], 0, sp.pi), (angles[1], 0, 2 * sp.pi))


second, fourth, crossed = 1 / n, 3 / (n * (n + 2)), 1 / (n * (n + 2))
assert mean_on_the_sphere(sphere[0] ** 2) == second.subs(n, 3)
assert mean_on_the_sphere(sphere[1] ** 4) == fourth.subs(n, 3)
assert mean_on_the_sphere(sphere[1] ** 2 * sphere[2] ** 2) == crossed.subs(n, 3)
assert sp.simplify(n * second - 1) == 0  # a unit vector, for every n
assert sp.simplify(fourth + (n - 1) * crossed - second) == 0
slope = second - fourth + crossed
assert sp.simplify(slope / (1 / n) - n / (n + 2)) == 0

# %% [markdown]
# In the plane $p_1=\mathrm E\cos^2\theta'$ is known for every gap: $\sqrt{\lambda_1}$ over
# $\sqrt{\lambda_1}+\sqrt{\lambda_2}$. With $\lambda=1\pm e$ half of the excess is left at $e=0$.

# %%
share = sp.sqrt(1 + e) / (sp.sqrt(1 + e) + sp.sqrt(1 - e))
assert sp.series(share - sp.Rational(1, 2), e, 0, 3).removeO() == e / 4
assert (n / (n + 2)).subs(n, 2) * e / 2 == e / 4

# %% [markdown]
# ## Step 3. The balance
# In the stationary chain $\mathrm EV'^2=\mathrm EV^2$. Gaps are of the order $d^{-1/2}$, so by step
# 2 the sum of $(p_k-\frac1n)^2$ is $(\frac n{n+2})^2V^2$ up to terms of the order $d^{-3/2}$ or
# less, and step 1 is a linear equation for $d\,\mathrm EV^2$ in the limit. That the chain has
# such a law, with moments of that order, is taken from simulation and not proved here.

# %%
scaled = sp.Symbol("v", positive=True)
kept = (n / (n + 2)) ** 2
solution = sp.solve(sp.Eq(scaled, 1 - 1 / n + kept * scaled), scaled)
assert len(solution) == 1
gap = (n - 1) * (n + 2) ** 2 / (4 * n * (n + 1))
assert sp.simplify(solution[0] - gap) == 0

# %% [markdown]
# ## Step 4. The plane without linearisation
# For $n=2$ a row is a point $e^{i\varphi}$ at twice its angle, and $A$ is given by the mean of
# these points: $V^2=\frac12e^2$ with $e=|\frac1d\sum_je^{i\varphi_j}|$. Rows of covariance
# $\mathrm{diag}(1+e,1-e)$ have the density $\frac{\sqrt{1-e^2}}{2\pi(1-e\cos\varphi)}$, which is
# the Poisson kernel of radius $r=(1-\sqrt{1-e^2})/e$. So the next mean is one of $d$ independent
# points with $\mathrm Ee^{ik\varphi}=r^{|k|}$.

# %%
radius = (1 - sp.sqrt(1 - e**2)) / e
assert sp.simplify(2 * r / (1 + r**2) - e).subs(r, radius).simplify() == 0
inside = sp.sqrt(1 - e**2).subs(e, 2 * r / (1 + r**2))
assert sp.simplify(inside**2 - ((1 - r**2) / (1 + r**2)) ** 2) == 0
assert sp.simplify(2 * share - 1 - radius).subs(e, sp.Rational(3, 5)).simplify() == 0
assert sp.series(radius, e, 0, 5).removeO() == e / 2 + e**3 / 8
V2 = sum((entry - sp.Rational(1, 2)) ** 2 for entry in ((1 + e) / 2, (1 - e) / 2))
assert sp.expand(V2) == e**2 / 2

# %% [markdown]
# ## Step 5. The next order in the plane
# $\mathrm Ee'^2=\frac1d+(1-\frac1d)\mathrm Er^2$ with $r^2=\frac14e^2+\frac18e^4+\dots$ To leading
# order the mean of the points is half of the one before plus circular noise of square $\frac1d$:
# that gives $\mathrm Ee^4$, and with it the first correction. Its share is $\frac1{9d}$, so that
# the limit is approached like $1/d$.

# %%
m2, m4, leading, correction = sp.symbols("m2 m4 leading correction")
assert sp.series(radius**2, e, 0, 5).removeO() == e**2 / 4 + e**4 / 8
first = sp.solve(sp.Eq(m2, 1 / d + m2 / 4), m2)[0]
assert sp.simplify(d * first / 2 - gap.subs(n, 2)) == 0
fourth_moment = sp.solve(sp.Eq(m4, m4 / 16 + 4 * (first / 4) / d + 2 / d**2), m4)[0]
assert sp.simplify(fourth_moment - 2 * first**2) == 0  # as of a circular Gaussian number
balance = 1 / d + (1 - 1 / d) * m2 / 4 + fourth_moment / 8 - m2
series = sp.expand(balance.subs(m2, first + correction / d**2))
second_order = sp.solve(sp.limit(series * d**2, d, sp.oo), correction)[0]
assert second_order == sp.Rational(4, 27)
assert sp.simplify(second_order / d**2 / first - 1 / (9 * d)) == 0

# %% [markdown]
# ## Step 6. The chains themselves
# First the chain of the plane, by inverting the distribution function of the Poisson kernel, where
# the correction of step 5 shows; then the chain of matrices for other batches. Errors are those of
# independent runs.

# %%
random = np.random.default_rng(20260)


def plane(width: int, runs: int, layers: int) -> tuple[float, float]:
    """Return the mean of ``V**2`` over independent runs, and its standard error."""
    mean = np.zeros(runs, dtype=complex)
    for _ in range(layers):
        size = np.abs(mean)
        small = size < 1e-8
        safe = np.where(small, 1, size)
        around = np.where(small, size / 2, (1 - np.sqrt(1 - size**2)) / safe)
        uniform = random.uniform(-np.pi, np.pi, (width, runs))
        circle = np.exp(1j * uniform)
        mean = np.mean((circle + around) / (1 + around * circle), axis=0)
    values = np.abs(mean) ** 2 / 2
    return float(values.mean()), float(values.std() / np.sqrt(runs))


width = 12
found, error = plane(width, 100_000, 10)
limit = float(gap.subs(n, 2)) / width
assert abs(found - limit * (1 + 1 / (9 * width))) < 4 * error + limit / width**2
assert error < limit / width / 20


def matrices(batch: int, width: int, runs: int, layers: int) -> tuple[float, float]:
    """Return the same for the chain of matrices."""
    H = random.standard_normal((runs, width, batch))
    for _ in range(layers):
        H = (
            random.standard_normal((runs, width, width))
            @ H
            / np.linalg.norm(H, axis=(1, 2))[:, None, None]
        )
        H /= np.linalg.norm(H, axis=2, keepdims=True)
    shares = np.swapaxes(H, 1, 2) @ H / width
    values = ((shares - np.eye(batch) / batch) ** 2).sum(axis=(1, 2))
    return float(values.mean()), float(values.std() / np.sqrt(runs))


for batch in (2, 3, 6):
    width = 64
    found, error = matrices(batch, width, 1500, 12)
    limit = float(gap.subs(n, batch)) / width
    assert abs(found - limit) < 4 * error + 3 * limit / width
    one_layer = (1 - 1 / batch) / width
    assert found > one_layer + 4 * error  # what is left of earlier layers counts

# %%
from symprop.claims.verification import verify

verify("symprop.chain-contraction")
verify("symprop.stationary-gap")
