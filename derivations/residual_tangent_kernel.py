# %% [markdown]
# # Tangent kernel of a residual ReLU network
#
# $y^l=y^{l-1}+y^{l-1,m}$ with $y^{l-1,1}=\sqrt{\alpha/n}\,W^{l,1}y^{l-1}$ and
# $y^{l-1,h}=\sqrt{\alpha/n}\,W^{l,h}\rho(y^{l-1,h-1})$, $\rho=\sqrt2\max(\cdot,0)$,
# $f=w^\top y^L/\sqrt n$. At infinite width, with $A=\alpha^m$, $T(S)$ what $\rho$ makes of a
# covariance, $\dot S$ what $\rho'$ makes of it, $S^{l,h}=T^h(S^l)$ and $S^0=x\cdot x'/d$:
#
# $S^l=S^{l-1}+A\,S^{l-1,m-1},$
#
# $K_l=K_{l-1}(1+A\prod_{h<m}\dot S^{l-1,h})
# +A\sum_{h=1}^mS^{l-1,h-1}\prod_{h\le h'<m}\dot S^{l-1,h'},\quad
# K_L(x,x)=mLA(1+A)^{L-1}S^0(x,x).$

# %%
import sympy as sp

A, c, n, a = sp.symbols("A c n alpha", positive=True)
t = sp.Symbol("t", real=True)

# %% [markdown]
# ## Step 1. What a ReLU makes of two Gaussians
# For unit variances and $c=\cos t$ write $u=r\cos\varphi$, $v=r\cos(\varphi-t)$: $r^2$ has the mean
# 2 and the angle is uniform, both are positive for $t-\frac\pi2<\varphi<\frac\pi2$.

# %%
phi = sp.Symbol("varphi", real=True)
ends = (phi, t - sp.pi / 2, sp.pi / 2)
kernel = 2 * 2 * sp.integrate(sp.expand_trig(sp.cos(phi) * sp.cos(phi - t)), ends) / (2 * sp.pi)
slope = 2 * sp.integrate(1, ends) / (2 * sp.pi)
T = (sp.sin(t) + (sp.pi - t) * sp.cos(t)) / sp.pi
assert sp.simplify(sp.expand_trig(kernel - T)) == 0
assert sp.simplify(slope - (1 - t / sp.pi)) == 0
assert T.subs(t, 0) == 1
assert slope.subs(t, 0) == 1
assert T.subs(t, sp.pi / 2) == 1 / sp.pi

# %% [markdown]
# ## Step 2. The covariance passes $m-1$ ReLUs in a branch
# Given what it reads, a Gaussian matrix makes independent Gaussian rows, of covariance $\alpha$
# times that of what is read. The first of the $m$ matrices reads $y^{l-1}$ as it is, the others
# read ReLUs. The last matrix is independent of the bypass, so the cross term vanishes: one entry
# $w_1q_1+w_2q_2$ and anything before it.

# %%
w1, w2, q1, q2, skip = sp.symbols("w1 w2 q1 q2 y", real=True)
moment = {0: 1, 1: 0, 2: 1}


def average(expression):
    terms = sp.Poly(sp.expand(expression), w1, w2).terms()
    return sum(value * moment[i] * moment[j] for (i, j), value in terms)


r1, r2, other = sp.symbols("r1 r2 z", real=True)
branch, branch_of_other = (sp.sqrt(a / 2) * (w1 * p + w2 * q) for p, q in ((q1, q2), (r1, r2)))
summed = average((skip + branch) * (other + branch_of_other))
assert sp.expand(summed - skip * other - a * (q1 * r1 + q2 * r2) / 2) == 0


def covariances(m, depth, cosine):
    """Return correlations and mean squares of layers 0, 1, ... for inputs of mean square 1."""
    found, length = [cosine], sp.S.One
    for _ in range(depth):
        inside = found[-1] / length
        for _ in range(m - 1):
            inside = T.subs(t, sp.acos(inside))
        found.append(found[-1] + A * length * inside)
        length *= 1 + A
    return found


assert sp.simplify(covariances(2, 1, sp.S.Zero)[1] - A / sp.pi) == 0  # not A T(T(0))
assert sp.simplify(covariances(3, 3, sp.S.One)[3] - (1 + A) ** 3) == 0

# %% [markdown]
# ## Step 3. Gradients by the layers
# $b^l=\lim\partial_{y^l}f\cdot\partial_{y'^l}f$ begins with $b^L=1$. Behind the branch on $y^{l-1}$
# stands $I+M$, $M$ a product of Gaussian matrices and gates: $\mathrm EM=0$, and each matrix with
# the gates behind it turns an inner product into $\alpha\dot S$ times it, the first into $\alpha$.
# So $b^{l-1}=(1+A\prod_{h<m}\dot S^{l-1,h})\,b^l$. In one branch of two matrices of width 2:

# %%
g1, g2, v1, v2 = sp.symbols("g1 g2 v1 v2", real=True)
gate = sp.symbols("z1:3 y1:3")  # gates of both inputs, 0 or 1
rows = sp.symbols("m1:5")
back = [rows[0] * g1 + rows[2] * g2, rows[1] * g1 + rows[3] * g2]  # W' g
front = [rows[0] * v1 + rows[2] * v2, rows[1] * v1 + rows[3] * v2]
inner = sum(2 * gate[i] * gate[2 + i] * back[i] * front[i] for i in range(2)) * a / 2
terms = sp.Poly(sp.expand(inner), *rows).terms()
mean = sum(value for powers, value in terms if all(p % 2 == 0 for p in powers))
shares = a * (gate[0] * gate[2] + gate[1] * gate[3])  # 2/n times the common gates
assert sp.expand(mean - shares * (g1 * v1 + g2 * v2)) == 0

# %% [markdown]
# ## Step 4. The recursion
# The gradient by $W^{l,h}$ is an outer product of what the matrix reads and of the gradient by
# what it makes: its part of the kernel is $\alpha\cdot\alpha^{h-1}S^{l-1,h-1}\cdot\alpha^{m-h}
# \prod_{h\le h'<m}\dot S^{l-1,h'}\,b^l$, which is $A(\dots)b^l$ for every $h$. One branch more
# multiplies all parts before by its factor and adds its own with $b=1$.

# %%
S = sp.IndexedBase("S")
D = sp.IndexedBase("D")


def own(block, m):
    parts = (
        S[block - 1, h - 1] * sp.prod([D[block - 1, k] for k in range(h, m)])
        for h in range(1, m + 1)
    )
    return A * sum(parts)


def through(block, m):
    return 1 + A * sp.prod([D[block - 1, k] for k in range(1, m)])


def direct(depth, m):
    total = 0
    for block in range(1, depth + 1):
        total += own(block, m) * sp.prod([through(k, m) for k in range(block + 1, depth + 1)])
    return total


for m in (1, 2, 3):
    recursive = 0
    for block in (1, 2, 3):
        recursive = recursive * through(block, m) + own(block, m)
    assert sp.expand(recursive - direct(3, m)) == 0
h = sp.Symbol("h", positive=True)
m_ = sp.Symbol("m", positive=True)
assert sp.simplify(a * a ** (h - 1) * a ** (m_ - h) - a**m_) == 0

# %% [markdown]
# ## Step 5. One input
# All $\dot S=1$ and $S^{l,h}=(1+A)^l$, so $K_l=(1+A)K_{l-1}+mA(1+A)^{l-1}$.

# %%
L = sp.Symbol("L", positive=True)


def diagonal(layers):
    return m_ * layers * A * (1 + A) ** (layers - 1)


step = diagonal(L) - (1 + A) * diagonal(L - 1) - m_ * A * (1 + A) ** (L - 1)
assert sp.simplify(sp.expand(sp.powsimp(sp.expand(step / (1 + A) ** L)))) == 0
assert diagonal(0) == 0

# %% [markdown]
# With $S^{L,\cdot}$ in place of $S^{L-1,\cdot}$ one branch would give $mA(1+A)$.

# %%
from symprop.claims.verification import verify

verify("tangents.residual-tangent", "tangents.residual-covariance")
