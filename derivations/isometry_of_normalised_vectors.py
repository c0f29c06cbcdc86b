# %% [markdown]
# # Isometry when vectors are normalised
#
# $\mathcal I(G)=\det(G)^{1/n}\big/\tfrac1n\operatorname{tr}G$ for the Gram matrix of $n$
# independent vectors of lengths $a_1,\dots,a_n$. Divide each vector by its length, and
#
# $\dfrac{\mathcal I(\tilde G)}{\mathcal I(G)}=\dfrac{\frac1n\sum_ia_i^2}{(\prod_ia_i)^{2/n}}$:
# the mean of the squared lengths over the square of their geometric mean.

# %%
import sympy as sp

# %% [markdown]
# ## Step 1. What normalisation does to the matrix
# $\tilde G=D^{-1}GD^{-1}$ with $D=\mathrm{diag}(a)$, so $\det\tilde G=\det G/\prod a_i^2$, and all
# diagonal entries are 1. Here for three vectors with free inner products.

# %%
a = sp.symbols("a1:4", positive=True)
b = sp.symbols("b1:4", real=True)
G = sp.Matrix([[a[0] ** 2, b[0], b[1]], [b[0], a[1] ** 2, b[2]], [b[1], b[2], a[2] ** 2]])
D = sp.diag(*a)
normalised = D.inv() * G * D.inv()
assert sp.simplify(normalised.det() - G.det() / sp.prod(a) ** 2) == 0
assert normalised.trace() == 3

# %% [markdown]
# ## Step 2. The ratio
# In the n-th power of the ratio the determinant of $G$ cancels.

# %%
n = 3
power = sp.simplify(normalised.det() / (normalised.trace() / n) ** n)
before = G.det() / (G.trace() / n) ** n
ratio = (sum(x**2 for x in a) / n) ** n / sp.prod(a) ** 2
assert sp.simplify(power / before - ratio) == 0

# %% [markdown]
# ## Step 3. It is at least one
# The arithmetic mean of $a_i^2$ is at least their geometric mean, with equality for equal lengths.
# For two vectors the difference is a square.

# %%
x, y = sp.symbols("x y", positive=True)
assert sp.factor((x**2 + y**2) / 2 - x * y) == (x - y) ** 2 / 2
assert ratio.subs(dict.fromkeys(a, x)).simplify() == 1

# %%
from symprop.claims.verification import verify

verify("symprop.isometry-normalisation")
