# %% [markdown]
# # Tangent kernel of a densely connected ReLU network
#
# $y^l=\sum_{h<l}W^{l,h}\rho(y^h)/\sqrt{ln}$, $\rho=\sqrt2\max(\cdot,0)$, $f=w^\top y^L/\sqrt n$. At
# infinite width, with $C^l$ the covariance of $y^l$, $C^0=x\cdot x'/d$, and $S^h=T(C^h)$,
# $\dot S^h=\dot T(C^h)$ what $\rho$ and $\rho'$ make of it:
#
# $C^l=\frac1l\sum_{h<l}S^h,\qquad K=\sum_{l=1}^LC^l\,b^l,\qquad b^L=1,\quad
# b^h=\dot S^h\sum_{l>h}\frac{b^l}l,\qquad K(x,x)=\sum_{l\le L}\frac1l .$

# %%
import sympy as sp

# %% [markdown]
# ## Step 1. Covariances
# Given the layers before, $y^l$ is a sum of independent Gaussian vectors, one for each layer that
# is read: their covariances add up. What is read of $y^0$ is $\rho(y^0)$, of covariance $T(C^0)$,
# so that $C^1=T(C^0)$. Right angle: $T(0)=1/\pi$.

# %%
t = sp.Symbol("t", real=True)
T = (sp.sin(t) + (sp.pi - t) * sp.cos(t)) / sp.pi


def relu(correlation):
    return T.subs(t, sp.acos(correlation))


def covariances(depth, cosine):
    found = [cosine]
    for layer in range(1, depth + 1):
        found.append(sum(relu(each) for each in found) / layer)
    return found


assert covariances(1, sp.S.Zero)[1] == 1 / sp.pi
second = covariances(2, sp.S.Zero)[2]
assert sp.simplify(second - (1 / sp.pi + relu(1 / sp.pi)) / 2) == 0
assert covariances(4, sp.S.One) == [1] * 5

# %% [markdown]
# ## Step 2. Gradients by the layers
# $\partial_{y^h}f=\rho'(y^h)\sum_{l>h}W^{l,h\top}\partial_{y^l}f/\sqrt{ln}$. The matrices are
# independent: products of two of them vanish on average, and each alone gives $b^l/l$ times the
# mean of $\rho'\rho'$. Two readers of one neuron with weights $u,v$:

# %%
u, v, g, g2, k, k2 = sp.symbols("u v g g_2 k k_2", real=True)
product = sp.Poly(sp.expand((u * g + v * g2) * (u * k + v * k2)), u, v)
mean = sum(value for powers, value in product.terms() if all(p % 2 == 0 for p in powers))
assert sp.expand(mean - g * k - g2 * k2) == 0

# %% [markdown]
# ## Step 3. The same layer by layer
# $m^{l,h}=\frac{\dot S^h}lm^{l+1,l}+m^{l+1,h}$ sums what arrives at $y^h$ from the layers
# $l,\dots,L$ on, so that $b^h=m^{h+1,h}$; it begins with $m^{L,h}=\dot S^h/L$ and $m^{L+1,L}=1$.

# %%
D = sp.IndexedBase("D")


def factor(depth, layer, read):
    if layer == depth + 1:
        return sp.S.One
    through = D[read] / layer * factor(depth, layer + 1, layer)
    return through if layer == depth else through + factor(depth, layer + 1, read)


def gradient(depth, layer):
    if layer == depth:
        return sp.S.One
    later = range(layer + 1, depth + 1)
    return D[layer] * sum(gradient(depth, reader) / reader for reader in later)


for depth in (1, 2, 3, 4):
    for layer in range(depth + 1):
        assert sp.expand(factor(depth, layer + 1, layer) - gradient(depth, layer)) == 0

# %% [markdown]
# ## Step 4. The kernel
# The gradient by $W^{l,h}$ is an outer product; its part is $\frac1lS^h\,b^l$, and all $h<l$
# together give $C^lb^l$.

# %%
S = sp.IndexedBase("S")
depth = 4
parts = sum(
    S[h] / layer * gradient(depth, layer) for layer in range(1, depth + 1) for h in range(layer)
)
C = {layer: sum(S[h] for h in range(layer)) / layer for layer in range(1, depth + 1)}
assert sp.expand(parts - sum(C[layer] * gradient(depth, layer) for layer in C)) == 0

# %% [markdown]
# ## Step 5. One input
# All $S=\dot S=1$: $m^{l,h}=\frac1l$ for $l\le L$ solves the recursion, since
# $\frac1l\cdot\frac1{l+1}+\frac1{l+1}=\frac1l$. So $b^h=\frac1{h+1}$ for $h<L$, and $b^L=1$:
# $K=\sum_{l<L}\frac1{l+1}+1$.

# %%
k = sp.Symbol("l", positive=True, integer=True)
assert sp.simplify(1 / (k * (k + 1)) + 1 / (k + 1) - 1 / k) == 0
ones = {D[i]: 1 for i in range(5)}
for depth in (1, 2, 3, 4):
    values = [gradient(depth, layer).subs(ones) for layer in range(depth + 1)]
    assert values[:-1] == [sp.Rational(1, layer + 1) for layer in range(depth)]
    assert sum(values[1:]) == sp.harmonic(depth)

# %%
from symprop.claims.verification import verify

verify("tangents.dense-tangent", "tangents.dense-covariance")
