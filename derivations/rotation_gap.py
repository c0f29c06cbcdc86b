# %% [markdown]
# # The isometry gap after a random rotation and normalisation
#
# $X$ is $d\times d$ with $\operatorname{tr}XX^\top=d$ and the eigenvalues $\lambda_k$ of
# $XX^\top$; $W$ is orthogonal of uniform law and BN divides each row by its length. With
# $\psi=-\log\mathcal I$,
#
# $\mathrm E\,\psi(\mathrm{BN}(WX))=\psi(X)+\mathrm E\log u^\top\Lambda u
# =\psi(X)+\int_0^\infty\Bigl[(1+2t)^{-d/2}-\prod_k(1+2t\lambda_k)^{-1/2}\Bigr]\frac{dt}t.$

# %%
import sympy as sp

t, s, r = sp.symbols("t s r", positive=True)
e = sp.Symbol("e", positive=True)

# %% [markdown]
# ## Step 1. What rows of $WX$ do to the gap
# A rotation changes neither determinant nor trace. The rows $w_i^\top X$ have squared lengths
# $a_i^2=w_i^\top XX^\top w_i$ of mean 1, as the trace is $d$. Dividing by them adds
# $-\log(\text{mean}\,a^2/\mathrm{GM}(a)^2)=\frac1d\sum_i\log a_i^2$ to $\psi$. Each $w_i$ is
# uniform on the sphere, so the expectation is $\mathrm E\log u^\top\Lambda u$. For the plane:

# %%
angle = sp.Symbol("theta", real=True)
W = sp.Matrix([[sp.cos(angle), -sp.sin(angle)], [sp.sin(angle), sp.cos(angle)]])
M = W * sp.diag(1 + e, 1 - e) * W.T
lengths = [sp.simplify(M[i, i]) for i in range(2)]
assert sp.simplify(sum(lengths) - 2) == 0
assert sp.simplify(M.det() - (1 - e**2)) == 0
normalised = (
    sp.diag(*[1 / sp.sqrt(x) for x in lengths]) * M * sp.diag(*[1 / sp.sqrt(x) for x in lengths])
)
assert sp.simplify(normalised.det() - (1 - e**2) / (lengths[0] * lengths[1])) == 0

# %% [markdown]
# ## Step 2. The logarithm as an integral
# $\log x=\int_0^\infty(e^{-t}-e^{-tx})\,dt/t$ (Frullani), checked through its derivative.

# %%
x = sp.Symbol("x", positive=True)
assert sp.integrate(sp.exp(-t * x), (t, 0, sp.oo)) == 1 / x

# %% [markdown]
# ## Step 3. Gaussian vectors instead of the sphere
# For $z$ standard normal $u=z/|z|$ is uniform and independent of $|z|$:
# $\mathrm E\log u^\top\Lambda u=\mathrm E\log z^\top\Lambda z-\mathrm E\log|z|^2$. The integral of
# step 2 for both, with $\mathrm Ee^{-t\lambda z^2}=(1+2t\lambda)^{-1/2}$, gives the formula.

# %%
z = sp.Symbol("z", real=True)
transform = sp.integrate(
    sp.exp(-t * r * z**2) * sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi), (z, -sp.oo, sp.oo)
)
assert sp.simplify(transform - 1 / sp.sqrt(1 + 2 * t * r)) == 0

# %% [markdown]
# ## Step 4. The plane
# $u^\top\Lambda u=1+e\cos2\theta$. The mean $m(e)$ of its logarithm has
# $m'(e)=\frac1{2\pi}\int\frac{\cos\theta}{1+e\cos\theta}d\theta=\frac1e-\frac1{e\sqrt{1-e^2}}$, by
# $\frac1{2\pi}\int\frac{d\theta}{1+e\cos\theta}=(1-e^2)^{-1/2}$, here as a series.

# %%
series = sum(
    e ** (2 * k) * sp.binomial(2 * k, k) / sp.Integer(4) ** k for k in range(8)
)  # the mean of cos^(2k) is binomial(2k, k)/4^k
root = 1 / sp.sqrt(1 - e**2)
assert sp.series(root, e, 0, 16).removeO().expand() == series.expand()
closed = sp.log((1 + sp.sqrt(1 - e**2)) / 2)
tangent = 2 * s / (1 + s**2)  # e as the sine of an angle, the root being its cosine
inner = (1 - s**2) / (1 + s**2)
assert sp.simplify(tangent**2 + inner**2 - 1) == 0
left = -tangent / inner / (1 + inner)  # the derivative of the closed form
assert sp.simplify(closed.diff(e) + e * root / (1 + sp.sqrt(1 - e**2))) == 0
assert sp.simplify(left - (1 / tangent - 1 / (tangent * inner))) == 0
assert closed.subs(e, 0) == 0

# %% [markdown]
# ## Step 5. Near the identity
# With $\lambda_k=1+\epsilon x_k$, $\sum x_k=0$: $\psi=\epsilon^2\sum x_k^2/(2d)+\dots$ and
# $\mathrm E\log u^\top\Lambda u=-\epsilon^2\,\mathrm{Var}(u^\top xu)/2
# =-\epsilon^2\sum x_k^2/(d(d+2))+\dots$, so that $d/(d+2)$ of the gap is left.

# %%
d = sp.Symbol("d", positive=True)
fourth, crossed = 3 / (d * (d + 2)), 1 / (d * (d + 2))
square = sp.Symbol("q", positive=True)  # sum of x_k^2; the crossed sum is -q, as x sums to 0
variance = fourth * square - crossed * square
assert sp.simplify(variance - 2 * square / (d * (d + 2))) == 0
kept = 1 - (variance / 2) / (square / (2 * d))
assert sp.simplify(kept - d / (d + 2)) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.rotation-gap")
verify("symprop.mean-log-form")
