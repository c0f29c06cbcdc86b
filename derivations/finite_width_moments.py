# %% [markdown]
# # Exact moments of tangent kernels at finite width
#
# A ReLU network of width $n$ has activations $y$ in a layer and the tangent Gram matrix
# $T_{ij}=\sum_w\partial_wy_i\,\partial_wy_j$. The output $f=w^\top y/\sqrt n$ has the kernel
# $G=w^\top Tw/n$. With Gaussian weights:
#
# - one residual block of two matrices: $\mathrm E\,G^2=4A^2(n+2)^2(n+3)/n^3$, $A=\alpha^2$;
# - two dense layers: $\mathrm E\,G^2=3(n+2)(n+5)(3n+4)/(4n^3)$;
# - $L$ plain layers: $\mathrm E\,G^2=\frac{n+2}n\bigl[(1+\frac5n)^L(\frac{L^2}3+\frac{2(n+2)L}9-c)
#   +c(1-\frac1n)^L\bigr]$, $c=\frac{(n-1)(n+5)}{27}$;
# - infinitely many residual blocks with $A=s/L$: a closed form, to first order
#   $\mathrm{Var}\,G/(\mathrm E\,G)^2=(4+\frac83s)/n$.

# %%
import itertools

import sympy as sp

n, A, s, L = sp.symbols("n A s L", positive=True)
e = 1 / n

# %% [markdown]
# ## Step 1. Gates are fair coins
# Flip the signs of all weights into one neuron: its pre-activation $h$ and the derivatives of $h$
# change sign, the gate changes from $z$ to $1-z$. Flip those out of the neuron: what comes later
# sees $(\rho(h),\rho'(h)\,\partial h)$ only up to a common sign. Both flips keep the law of
# symmetric independent weights. So given everything up to signs, $z$ is 0 or 1 with probability
# one half each, if $h\ne0$; where all that a neuron reads is 0, its gate does not matter. For
# moments of $f$ alone, $h=0$ is harmless as well: $z$ stands at $h^2$. For derivatives it is not.
#
# Two signs as weights show both: $h=(w_1+w_2)/\sqrt2$ vanishes half of the time.

# %%
signs = list(itertools.product((-1, 1), repeat=2))


def mean(f):
    return sp.Rational(1, 4) * sum(f(*w) for w in signs)


assert mean(lambda a, b: max(a + b, 0) ** 2) == mean(lambda a, b: (a + b) ** 2) / 2
assert mean(lambda a, b: int(a + b > 0)) == sp.Rational(1, 4)

# %% [markdown]
# ## Step 2. A Gaussian matrix
# With $y'=Wq/\sqrt n$ and $T'=(|q|^2I+WSW^\top)/n$ the state
# $(\mathrm E|y|^4/n^2,\mathrm E|y|^2\mathrm{tr}T/n^2,\mathrm Ey^\top Ty/n,
# \mathrm E(\mathrm{tr}T)^2/n^2,\mathrm E\,\mathrm{tr}T^2/n)$ follows from
# $\mathrm E(u\cdot w)(v\cdot w)(w^\top Sw)$ by Wick's
# theorem: row by row, equal rows give two more pairings. $t$ is 1 if $W$ is trained.
# The law after the matrix is invariant under rotations, so sums over diagonal entries are known:
# $\mathrm E\sum X_{ii}Y_{ii}=(\mathrm{tr}X\,\mathrm{tr}Y+2\,\mathrm{tr}XY)/(n+2)$ on average.

# %%


def matrix(state, t=1):
    a, b, c, d, f = state
    pairs = t * a + b + 2 * e * c
    both = t * (a + 2 * b) + d + 2 * e * f
    return (
        (1 + 2 * e) * a,
        t * a + b + 2 * e**2 * c,
        pairs + (1 - e) * c,
        t * (a + 2 * b) + d + 2 * e**2 * f,
        both + (1 - e) * f,
    )


def diagonal(state):
    a, b, c, d, f = state
    return tuple(x / (1 + 2 * e) for x in (3 * a, b + 2 * e * c, d + 2 * e * f))


def gates(state):
    a, b, c, d, f = state
    fours, weighted, squares = diagonal(state)
    return (a + e * fours, b + e * weighted, c + weighted, d + e * squares, f + squares)


# %% [markdown]
# Isserlis: one row against itself in two dimensions, $S=\mathrm{diag}(p,r)$, $q=(x,y)$.

# %%
x, y, p, r = sp.symbols("x y p r")
even = {0: 1, 2: 1, 4: 3}
u, v = sp.symbols("u v")


def gaussian(polynomial):
    terms = sp.Poly(sp.expand(polynomial), u, v).terms()
    return sum(k * even.get(i, 0) * even.get(j, 0) for (i, j), k in terms)


form = p * u**2 + r * v**2
wick = (x**2 + y**2) * (p + r) + 2 * (p * x**2 + r * y**2)
assert sp.expand(gaussian((x * u + y * v) ** 2 * form) - wick) == 0
assert sp.expand(gaussian(form**2) - (p + r) ** 2 - 2 * (p**2 + r**2)) == 0
start = (1 + 2 * e, 0, 0, 0, 0)  # y = W x with |x| = 1, nothing trained
assert sp.simplify(gates(matrix(start))[0] / start[0] - (1 + 5 * e)) == 0


def square(state):
    """E G^2 = (E (tr T)^2 + 2 E tr T^2)/n^2."""
    return state[3] + 2 * e * state[4]


# %% [markdown]
# ## Step 3. Bypasses
# $y'=y+u$, $u=By$. Odd powers of the last matrix of the branch vanish; those of second order need
# $\mathrm EB^\top B=A\,I$, $\mathrm E|u|^2=A|y|^2$, and that a Gaussian last matrix spreads evenly:
# $\mathrm E(y\cdot u)^2=\frac An|y|^4$,
# $\mathrm E\,\mathrm{tr}(TB^\top TB^\top)=\frac An\mathrm{tr}T^2$.
# $m$ matrices are trained. The branch alone is a plain network, with the factor $A^2$.

# %%


def between(state, m):
    a, b, c, d, f = state
    first, second = 2 * b + m * a, 2 * d + 2 * m * b
    return (
        (2 + 4 * e) * a,
        first + 4 * e**2 * c,
        first + 2 * (1 + e) * c,
        second + 4 * e**2 * f,
        second + 2 * (1 + e) * f,
    )


def block(state, m):
    branch = matrix(state)
    for _ in range(m - 1):
        branch = matrix(gates(branch))
    rows = zip(state, between(state, m), branch, strict=True)
    return tuple(sp.together(i + A * j + A**2 * k) for i, j, k in rows)


one = square(block(start, 2))
assert sp.simplify(one - 4 * A**2 * (n + 2) ** 2 * (n + 3) / n**3) == 0
growth = 1 + 2 * A * (1 + 2 * e) + A**2 * (1 + 2 * e) * (1 + 5 * e) ** 2
assert sp.simplify(block(start, 3)[0] / start[0] - growth) == 0

# %% [markdown]
# ## Step 4. Two dense layers
# Layer $l$ reads $Q=(q^0,\dots,q^{l-1})$ with variance $1/(nl)$, which divides the state by $l^2$.
# Appending $q^1$ to $q^0$ adds the products of the two. The old part has
# $|q^0|^2=Q$; the last layer has no gates.

# %%
first = gates(start)
layer = gates(matrix(first))
a, b, c, d, f = first
beside = (2 * a, 2 * b + a, 2 * c, 2 * d + 2 * b, 2 * f)
memory = tuple(i + j + k for i, j, k in zip(first, beside, layer, strict=True))
two = square(matrix(memory)) / 4
assert sp.simplify(two - 3 * (n + 2) * (n + 5) * (3 * n + 4) / (4 * n**3)) == 0

# %% [markdown]
# ## Step 5. Plain networks
# One layer is a linear map of the state, triangular in $(|y|^2|y|^2)\to(|y|^2T)\to(TT)$, with
# eigenvalues $1+\frac5n$ three times and $1-\frac1n$ twice. So $\mathrm E\,G^2$ is
# $(1+\frac5n)^L(a+bL+cL^2)+(1-\frac1n)^L(d+gL)$, and five depths decide it.

# %%
states = [start]
for _ in range(6):
    states.append(tuple(sp.cancel(i) for i in gates(matrix(states[-1]))))
share = (n - 1) * (n + 5) / 27
grown = (L**2 / 3 + 2 * (n + 2) * L / 9 - share) * (1 + 5 * e) ** L
plain = (n + 2) / n * (grown + share * (1 - e) ** L)
for depth, state in enumerate(states):
    assert sp.cancel(plain.subs(L, depth) - square(state)) == 0
units = [tuple(int(i == j) for i in range(5)) for j in range(5)]
layer_map = sp.Matrix([gates(matrix(unit)) for unit in units]).T.applyfunc(sp.cancel)
z = sp.Symbol("z")
expected = (z - 1 - 5 * e) ** 3 * (z - 1 + e) ** 2
assert sp.cancel((z * sp.eye(5) - layer_map).det(method="berkowitz") - expected) == 0

# %% [markdown]
# Depth $bn$ at large $n$: the bracket over $L^2$.

# %%
ratio = sp.Symbol("b", positive=True)
outer = ((L**2 / 3 + 2 * (n + 2) * L / 9 - share) / L**2).subs(L, ratio * n)
wanted = sp.Rational(1, 3) + 2 / (9 * ratio) - 1 / (27 * ratio**2)
assert sp.simplify(sp.limit(sp.together(outer), n, sp.oo) - wanted) == 0
assert sp.limit(sp.together((share / L**2).subs(L, ratio * n)), n, sp.oo) == 1 / (27 * ratio**2)
assert sp.limit((1 + 5 * e) ** n, n, sp.oo) == sp.exp(5)

# %% [markdown]
# ## Step 6. Infinitely many residual blocks
# With $A=s/L$ the terms $A^2$ vanish and the state follows the flow $X'=C(X)$ for a time $s$, with
# $m$ in front of the trained parts only. In the basis $(e,1)$, $(-2e,1)$ of
# $(|y|^2\mathrm{tr}T,y^\top Ty)$ and of $(\mathrm{tr}T)^2,\mathrm{tr}T^2$ it is diagonal with the
# rates $2+4e$ and $2-2e$.

# %%
flow = sp.Matrix([[2, 4 * e**2], [2, 2 + 2 * e]])
assert sp.simplify(flow * sp.Matrix([e, 1]) - (2 + 4 * e) * sp.Matrix([e, 1])) == sp.zeros(2, 1)
assert sp.simplify(flow * sp.Matrix([-2 * e, 1]) - (2 - 2 * e) * sp.Matrix([-2 * e, 1])) == (
    sp.zeros(2, 1)
)
t, m = sp.symbols("t m", positive=True)
up = 1 + 2 * e
big, small = sp.exp((2 + 4 * e) * t), sp.exp((2 - 2 * e) * t)
left, right = (n + 2) / 3, (1 - n) / 3  # (1, 1) = left (e, 1) + right (-2e, 1)
assert sp.simplify(left * e - 2 * right * e - 1) == 0
assert sp.simplify(left + right - 1) == 0
trace = m * up * (left * e * t * big - 2 * e * right * (big - small) / (6 * e))
form = m * up * (left * t * big + right * (big - small) / (6 * e))
lengths = up * big
assert sp.simplify(sp.diff(trace, t) - 2 * trace - 4 * e**2 * form - m * lengths) == 0
assert sp.simplify(sp.diff(form, t) - 2 * trace - (2 + 2 * e) * form - m * lengths) == 0

# %% [markdown]
# $\mathrm E\,G^2=(\mathrm{tr}T)^2+2e\,\mathrm{tr}T^2$ takes 3e from the first vector and nothing
# from the second, so it obeys one equation, with the mean $m\,s\,e^s$.

# %%
bracket = up / 6 + (n - 1) / (9 * t**2) * (t - n / 6 * (1 - sp.exp(-6 * t / n)))
kernel = 2 * up**2 * sp.exp(4 * t / n) * bracket * (m * t * sp.exp(t)) ** 2
source = 3 * e * left * 2 * m * trace
assert sp.simplify(sp.expand(sp.diff(kernel, t) - (2 + 4 * e) * kernel - source)) == 0
assert sp.limit(kernel, t, 0) == 0
k = sp.Symbol("k", positive=True)
relative = (kernel / (m * t * sp.exp(t)) ** 2).subs(n, 1 / k)
assert sp.expand(sp.series(relative, k, 0, 2).removeO() - 1 - (4 + 8 * t / 3) * k) == 0

# %% [markdown]
# ## Step 7. Infinitely deep dense networks
# $\mathrm E|Q_l|^4$ grows by $1+\frac2l+\frac{1+5/n}{l^2}=(\frac{l+1}l)^2(1+\frac5{n(l+1)^2})$. The
# traces grow like $H_l=\sum1/l$ times the lengths, the products in the kernel like $H_l^2$, and
# the corrections $O(1/l^2)$ to the increments shift this by constants. What stays over
# $H_L^2$ is $(1+\frac2n)\prod(1+\frac5{nl^2})$, and the product is $\sinh(\pi\sqrt{5/n})$ over its
# argument.

# %%
step = 1 + 2 / L + (1 + 5 * e) / L**2
assert sp.simplify(step - ((L + 1) / L) ** 2 * (1 + 5 * e / (L + 1) ** 2)) == 0
argument = (sp.pi * sp.sqrt(sp.Rational(1, 2))).n(30)
product = sp.Integer(1)
for i in range(1, 2001):
    product *= 1 + sp.Float(sp.Rational(5, 10 * i**2), 30)
product *= sp.exp(sp.Float(sp.Rational(1, 2), 30) / sp.Float("2000.5"))  # the tail
assert abs(product - sp.sinh(argument) / argument) < sp.Float("1e-9")

# %% [markdown]
# ## Step 8. Gradients by one matrix
# $J=b\,q^\top$ with $b$ behind and $q$ before $W$, both independent of it: $f_W=b^\top Wq$, so
# $\mathrm E_Wf_W^2=\lVert J\rVert^2$ and
# $\mathrm E_Wf_W^4=3|b|^4|q|^4+(c_4-3)\sum b_i^4\sum q_j^4$.
# The sums lie between 0 and $|b|^4|q|^4$, hence $\min(3,c_4)\le\mathrm Ef_W^4/\mathrm E\lVert
# J\rVert^4\le\max(3,c_4)$. Theorem 4 takes $c_4$ for the larger, which fails for $c_4<3$.

# %%
c4 = sp.Symbol("c_4")
fourth = {0: 1, 2: 1, 4: c4}
w = sp.symbols("w0:4")
b1, b2, q1, q2 = sp.symbols("b1 b2 q1 q2")
output = b1 * (w[0] * q1 + w[1] * q2) + b2 * (w[2] * q1 + w[3] * q2)
terms = sp.Poly(sp.expand(output**4), *w).terms()
average = sum(value * sp.Mul(*(fourth.get(i, 0) for i in powers)) for powers, value in terms)
claimed = 3 * (b1**2 + b2**2) ** 2 * (q1**2 + q2**2) ** 2
claimed += (c4 - 3) * (b1**4 + b2**4) * (q1**4 + q2**4)
assert sp.expand(average - claimed) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.*-tangent-square")
verify("symprop.residual-one-block")
verify("symprop.dense-two-layers")
verify("symprop.residual-scaling-limit")
