# %% [markdown]
# # Second and fourth moment of a ReLU layer
#
# $y=\sqrt{2/n}\,\max(Wx,0)$ with $n'$ neurons, a fixed $x$ of dimension $n$, and independent
# symmetric weights of variance 1 and fourth moment $c_4$ without atoms:
#
# $\mathrm E\|y\|^2=\frac{n'}n\|x\|^2,\qquad
# \mathrm E\|y\|^4=\frac{n'(n'+5)}{n^2}\|x\|^4+\frac{2n'(c_4-3)}{n^2}\sum x_i^4,$
#
# and without the ReLU and its factor the same with 2 in place of 5 and 1 in place of 2.

# %%
import sympy as sp

n, p, c4 = sp.symbols("n p c_4", positive=True)  # p neurons
x = sp.symbols("x1:4", real=True)
w = sp.symbols("w1:4", real=True)
square = sum(each**2 for each in x)
quartic = sum(each**4 for each in x)
moments = {0: 1, 2: 1, 4: c4}


def average(expression):
    terms = sp.Poly(sp.expand(expression), *w).terms()
    return sum(value * sp.prod([moments.get(k, 0) for k in powers]) for powers, value in terms)


# %% [markdown]
# ## Step 1. One pre-activation
# $h=w\cdot x$ has $\mathrm Eh^2=\|x\|^2$ and $\mathrm Eh^4=3\|x\|^4+(c_4-3)\sum x_i^4$: three
# pairings, less what they count too often where all four weights are one. In dimension 3:

# %%
h = sum(a * b for a, b in zip(w, x, strict=True))
assert sp.expand(average(h**2) - square) == 0
assert sp.expand(average(h**4) - 3 * square**2 - (c4 - 3) * quartic) == 0

# %% [markdown]
# ## Step 2. The gate
# $-w$ has the law of $w$, and $h$ changes its sign, so exactly one of the two is cut off:
# even powers of $\max(h,0)$ have half the mean of those of $h$. With the factor,
# $\mathrm Ey_j^2=\frac1n\mathrm Eh^2$ and $\mathrm Ey_j^4=\frac4{n^2}\cdot\frac12\mathrm Eh^4$.

# %%
z = sp.Symbol("z", real=True)
for power in (2, 4):
    cut = sp.Max(z, 0) ** power + sp.Max(-z, 0) ** power
    assert sp.simplify(sp.refine(cut, sp.Q.positive(z)).subs(z, 3) - 3**power) == 0
    assert cut.subs(z, -2) == (-2) ** power
second = average(h**2) / n
fourth = sp.expand(4 / n**2 * average(h**4) / 2)
assert sp.expand(fourth - (6 * square**2 + 2 * (c4 - 3) * quartic) / n**2) == 0

# %% [markdown]
# ## Step 3. The layer
# The neurons are independent: $\mathrm E\|y\|^4=p\,\mathrm Ey_1^4+p(p-1)(\mathrm Ey_1^2)^2$.

# %%
whole = p * fourth + p * (p - 1) * second**2
claimed = p * (p + 5) / n**2 * square**2 + 2 * p * (c4 - 3) / n**2 * quartic
assert sp.expand(whole - claimed) == 0
assert sp.expand(p * second - p / n * square) == 0
assert sp.expand(claimed.subs(c4, 3) - p * (p + 5) / n**2 * square**2) == 0

# %% [markdown]
# ## Step 4. Without ReLUs
# $y=Wx/\sqrt n$ has $\mathrm Ey_j^4=\mathrm Eh^4/n^2$.

# %%
linear = p * average(h**4) / n**2 + p * (p - 1) * (average(h**2) / n) ** 2
claimed = p * (p + 2) / n**2 * square**2 + p * (c4 - 3) / n**2 * quartic
assert sp.expand(linear - claimed) == 0

# %%
from symprop.claims.verification import verify

verify("tangents.relu-layer-*", "tangents.linear-layer-moments")
