# %% [markdown]
# # The square-root ReLU: an elliptic kernel and an exactly quadratic length
#
# $\psi(x)=\sqrt{x_+}$. Its kernel is $J_{1/2}(c)=E(m)-(1-m)K(m)$, $m=\frac{1+c}2$, in complete
# elliptic integrals of the parameter $m$. In a full residual network with
# $\sigma_a^2=\sigma_v^4\sigma_w^2/(8\pi)$
#
# $\sqrt{p_l+\sigma_b^2/\sigma_w^2}=\sqrt{p_0+\sigma_b^2/\sigma_w^2}
# +l\,\frac{\sigma_v^2\sigma_w}{\sqrt{8\pi}}$ at every layer.

# %%
import mpmath
import sympy as sp

phi, gamma, m, r = sp.symbols("phi gamma m r", positive=True)
x = sp.Symbol("x", positive=True)

# %% [markdown]
# ## Step 1. Polar coordinates
# $(u,v)$ of correlation $c=\cos\gamma$ is $R(\cos\vartheta,\cos(\vartheta-\gamma))$, with $R^2$ of
# mean 2 and $\vartheta$ uniform and independent. With $\varphi=\vartheta-\frac\gamma2$ the product
# of the cosines is $m-\sin^2\varphi$, positive for both where $|\varphi|<\frac{\pi-\gamma}2$.

# %%
product = sp.cos(phi + gamma / 2) * sp.cos(phi - gamma / 2)
middle = (1 + sp.cos(gamma)) / 2 - sp.sin(phi) ** 2
difference = sp.expand_trig((product - middle).subs(gamma, 2 * gamma))
assert sp.simplify(difference) == 0
edge = (middle - 0).subs(phi, (sp.pi - gamma) / 2)
assert sp.simplify(sp.expand_trig(edge.subs(gamma, 2 * gamma))) == 0
radius = sp.integrate(r * r * sp.exp(-(r**2) / 2), (r, 0, sp.oo))  # E R
assert sp.simplify(radius - sp.sqrt(sp.pi / 2)) == 0

# %% [markdown]
# ## Step 2. The integral over the angle
# $\int\sqrt{m-\sin^2\varphi}\,d\varphi$ with $\sin\varphi=\sqrt m\sin\chi$: the root is
# $\sqrt m\cos\chi$ and $d\varphi=\sqrt m\cos\chi\,d\chi/\sqrt{1-m\sin^2\chi}$. Over
# $|\chi|<\frac\pi2$ $m\cos^2\chi=(1-m\sin^2\chi)-(1-m)$ leaves $2[E(m)-(1-m)K(m)]$.

# %%
chi = sp.Symbol("chi", positive=True)
sine = sp.sqrt(m) * sp.sin(chi)
jacobian = sine.diff(chi) / sp.sqrt(1 - sine**2)
integrand = sp.sqrt(m) * sp.cos(chi) * jacobian
modulus = 1 - m * sp.sin(chi) ** 2
assert sp.simplify(integrand - (sp.sqrt(modulus) - (1 - m) / sp.sqrt(modulus))) == 0
assert sp.simplify((m - sine**2) - m * sp.cos(chi) ** 2) == 0

# %% [markdown]
# ## Step 3. The factor
# $\mathrm E\,\psi(u)\psi(v)=\frac{\mathrm ER}{2\pi}\cdot2[E-(1-m)K]$ over
# $\mathrm E\,u_+=\frac1{\sqrt{2\pi}}$. At $c=1$ it is $E(1)=1$.

# %%
density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
second = sp.integrate(x * density, (x, 0, sp.oo))
assert sp.simplify(radius / (2 * sp.pi) * 2 / second) == 1
assert sp.elliptic_e(1) == 1
assert sp.limit((1 - m) * sp.log(1 - m), m, 1) == 0  # (1 - m) K(m) vanishes at 1
with mpmath.workdps(25):
    for c in ("-0.7", "0.2", "0.9"):
        number = mpmath.mpf(c)
        opening = (mpmath.pi - mpmath.acos(number)) / 2
        share = (1 + number) / 2
        angular = mpmath.quad(
            lambda t, share=share: mpmath.sqrt(abs(share - mpmath.sin(t) ** 2)),
            [-opening, 0, opening],
        )
        elliptic = mpmath.ellipe(share) - (1 - share) * mpmath.ellipk(share)
        assert abs(angular / 2 - elliptic) < 1e-20

# %% [markdown]
# ## Step 4. The length
# $V\psi(q)=\mathrm E\sqrt q\,z_+=\sqrt{q/(2\pi)}$ and $q=\sigma_w^2p+\sigma_b^2=\sigma_w^2w$ for
# $w=p+\sigma_b^2/\sigma_w^2$: $w'=w+A\sqrt w+\sigma_a^2$, $A=\sigma_v^2\sigma_w/\sqrt{2\pi}$. This
# is a square, $(\sqrt w+\frac A2)^2$, if and only if $\sigma_a^2=A^2/4$.

# %%
v, sw, w, p, bias = sp.symbols("sigma_v^2 sigma_w w p sigma_b^2", positive=True)
a = sp.Symbol("sigma_a^2", nonnegative=True)
q = sw**2 * p + bias
assert sp.simplify(q - sw**2 * (p + bias / sw**2)) == 0
A = sp.simplify(v * second * sp.sqrt(sw**2 * w) / sp.sqrt(w))
new = w + A * sp.sqrt(w) + a
assert sp.solve(sp.expand(new - (sp.sqrt(w) + A / 2) ** 2), a) == [A**2 / 4]
assert sp.simplify(A**2 / 4 - v**2 * sw**2 / (8 * sp.pi)) == 0
assert sp.simplify(A / 2 - v * sw / sp.sqrt(8 * sp.pi)) == 0

# %% [markdown]
# ## Step 5. Other biases bring a logarithm
# In general $\sqrt{w'}=\sqrt w+\frac A2+\frac{\sigma_a^2-A^2/4}{2\sqrt w}+\dots$, and
# $\sqrt w\sim\frac A2l$ sums the last term to $\frac{\sigma_a^2-A^2/4}A\log l$: the second term of
# the general law vanishes at this ratio only.

# %%
size = sp.Symbol("n", positive=True)  # 1/sqrt(w)
step = sp.series(sp.sqrt(1 + A * size + a * size**2), size, 0, 3).removeO()
assert sp.simplify(sp.expand(step).coeff(size, 1) - A / 2) == 0
assert sp.simplify(sp.expand(step).coeff(size, 2) - (a - A**2 / 4) / 2) == 0

# %%
from symprop.claims.verification import verify

verify("symprop.power-relu-elliptic", "symprop.square-root-growth")
