# %% [markdown]
# # Fixed points of batch normalisation in wide networks
#
# A unit seen on a batch of $n$ inputs is Gaussian, $h\sim\mathcal N(0,G)$; normalisation makes
# $\sqrt n\,Ph/|Ph|$ of it, $P=I-\mathbf1\mathbf1^\top/n$, and the next Gram matrix is the mean of
# $\phi\phi^\top$. For the identity $G_*=\frac n{n-1}P$. For ReLU its diagonal is $\frac12$, and
# elsewhere it is $\frac{\sqrt{1-c^2}+c(\pi-\arccos c)}{2\pi}$ at $c=-\frac1{n-1}$.

# %%
import sympy as sp

n = sp.Symbol("n", positive=True)
c = sp.Symbol("c", real=True)

# %% [markdown]
# ## Step 1. Exchangeable inputs need one layer
# For $G=(p-q)I+q\mathbf1\mathbf1^\top$, $PGP=(p-q)P$: the direction of $Ph$ is uniform on the unit
# sphere orthogonal to $\mathbf1$, whatever $p>q$. The next matrix is exchangeable again, and the
# one after it is the same.

# %%
p, q = sp.symbols("p q")
for size in (2, 3, 5):
    P = sp.eye(size) - sp.ones(size, size) / size
    G = (p - q) * sp.eye(size) + q * sp.ones(size, size)
    assert (P * G * P - (p - q) * P).applyfunc(sp.simplify) == sp.zeros(size, size)

# %% [markdown]
# ## Step 2. Length and direction
# Let $y\sim\mathcal N(0,P)$. Its length is independent of its direction, with
# $\mathrm E|y|^2=n-1$. Where $\phi$ is homogeneous of degree 1,
# $\mathrm E\,\phi(\sqrt n\,y/|y|)\phi(\sqrt n\,y/|y|)^\top
# =\frac n{n-1}\mathrm E\,\phi(y)\phi(y)^\top$.
# Entries of $y$ have variance $\frac{n-1}n$, which cancels the factor, and correlation $c$.

# %%
variance, covariance = (n - 1) / n, -1 / n
assert sp.simplify(n / (n - 1) * variance) == 1
assert sp.simplify(covariance / variance + 1 / (n - 1)) == 0
for size in (2, 3, 5):
    assert (sp.eye(size) - sp.ones(size, size) / size).trace() == size - 1

# %% [markdown]
# ## Step 3. Identity
# $\mathrm E\,uv=c$: diagonal 1 and $-1/(n-1)$ elsewhere, which is $\frac n{n-1}P$, singular.

# %%
for size in (2, 3, 5):
    P = sp.eye(size) - sp.ones(size, size) / size
    fixed = sp.Rational(size, size - 1) * P
    assert fixed[0, 0] == 1
    assert fixed[0, 1] == sp.Rational(-1, size - 1)
    assert fixed * sp.ones(size, 1) == sp.zeros(size, 1)

# %% [markdown]
# ## Step 4. ReLU
# In polar coordinates $\mathrm E\max(u,0)\max(v,0)=\frac1{2\pi}\int\cos\theta\cos(\theta-\gamma)
# \,\mathrm E r^2\,d\theta$ over angles where both are positive; $\cos\gamma=c$, $\mathrm Er^2=2$.

# %%
theta = sp.Symbol("theta", real=True)
gamma = sp.Symbol("gamma", positive=True)
integral = sp.integrate(
    sp.expand_trig(sp.cos(theta) * sp.cos(theta - gamma)), (theta, gamma - sp.pi / 2, sp.pi / 2)
)
kernel = integral / sp.pi  # E r^2/(2 pi)
wanted = (sp.sin(gamma) + sp.cos(gamma) * (sp.pi - gamma)) / (2 * sp.pi)
assert sp.simplify(kernel - wanted) == 0
assert sp.limit(wanted, gamma, 0) == sp.Rational(1, 2)

# %% [markdown]
# ## Step 5. Stability against differences of pairs
# Write $|y|^{-2}=\int_0^\infty e^{-\tau|y|^2}d\tau$: under the weight $e^{-\tau|y|^2}$ the
# covariance $P+\epsilon H$ becomes $x(P+\epsilon xH)$ to first order, $x=1/(1+2\tau)$, and the
# integral over $\tau$ gives $x$ the density $\frac m2x^{m/2-1}$, $m=n-1$. For $H$ with zero
# diagonal and zero sums of rows only the correlation moves, by $\mathrm E[x]\,\epsilon H_{ij}$ over
# the variance $\frac{n-1}n$, and the entry by $\kappa'(c)$ times this. After centring $G_*$ is
# $p-q$ times $P$.

# %%
tau, x, m = sp.symbols("tau x m", positive=True)
tilted = (1 / (1 / (1 + p) + 2 * tau)).series(p, 0, 2).removeO()  # an eigenvalue 1 + p
first = 1 / (1 + 2 * tau)
assert sp.simplify(tilted - first * (1 + p * first)) == 0
weight = (1 + 2 * tau) ** (-m / 2) * first  # the determinant, and the scale of the covariance
in_x = sp.simplify((weight / first**2).subs(tau, (1 / x - 1) / 2)) / 2  # d tau = -dx/(2 x^2)
assert sp.simplify(sp.powsimp(in_x / x ** (m / 2 - 1), force=True) - sp.Rational(1, 2)) == 0
mean = sp.integrate(x * m / 2 * x ** (m / 2 - 1), (x, 0, 1))
assert sp.simplify(mean - m / (m + 2)) == 0
assert sp.simplify(mean.subs(m, n - 1) / variance - n / (n + 1)) == 0

# %% [markdown]
# ## Step 6. The eigenvalues of this type
# $\frac n{n+1}\kappa'(c)/(p-q)$. For the identity $\kappa'=1$ and $p-q=\frac n{n-1}$ leave
# $\frac{n-1}{n+1}<1$; for ReLU $\kappa'(c)=\frac{\pi-\arccos c}{2\pi}$.

# %%
eigenvalue = n / (n + 1) * 1 / (n / (n - 1))
assert sp.simplify(eigenvalue - (n - 1) / (n + 1)) == 0
slope = sp.simplify(wanted.diff(gamma) / -sp.sin(gamma))
assert sp.simplify(slope - (sp.pi - gamma) / (2 * sp.pi)) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.gram-fixed-point-identity")
verify("symprop.gram-fixed-point-relu")
