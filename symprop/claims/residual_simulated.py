"""Table 1 of the residual paper against sampled networks: whole trajectories, forward and back.

Gradients are those of backpropagation through the weights of the forward pass, which is what is
trained, and those through independent weights, which is what the paper computes (Axiom 3.2).
"""

from __future__ import annotations

from typing import Any

from symprop.claims.simulated_networks import follows_recurrence
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.specs.architectures import FullResidual, ReducedResidual

__all__ = ["CLAIMS"]

INNER: dict[str, Any] = {"weight_variance": "169/100", "bias_variance": "49/100"}
OUTER: dict[str, Any] = {"branch_weight_variance": "3/2", "branch_bias_variance": "1/2"}
REDUCED = ReducedResidual("tanh", **INNER)
FORWARD = ("p", "q", "gamma", "lambda", "e")
BACKWARD = ("chi", "chi_b", "chi_w")
ALL_BACKWARD = (*BACKWARD, "chi_v", "chi_a")
ALL_POWERS = ("9/10", "4/5", "7/10", "3/5", "11/20")
LIGHT_POWERS = ("9/10", "4/5")
QUICK: dict[str, Any] = {"depth": 3, "widths": (100, 100), "resolution": 0.2}
SHALLOW: dict[str, Any] = {"depth": 5, "widths": (200, 2000), "resolution": 0.12}
ASSUMPTIONS = (
    "σ_v² = 3/2, σ_a² = 1/2, σ_w² = 169/100, σ_b² = 49/100",
    "two inputs of unit mean square at cosine 1/2",
    "gradient at the last layer in a random direction, independent of the network",
    "means continued to infinite width from four finite ones",
)


def full(activation: str, **changed: Any) -> FullResidual:
    """Return the full residual network at the variances of the figures."""
    return FullResidual(activation, **OUTER | INNER | changed)


def power(alpha: str, **changed: Any) -> FullResidual:
    """Return the same for an alpha-ReLU."""
    return full(f"alpha_relu:{alpha}", **changed)


def deep(network: Any, observables: tuple[str, ...], backward: str | None, **changed: Any) -> Any:
    """Return the check at eight layers."""
    usual: dict[str, Any] = {"depth": 8, "widths": (250, 4000), "resolution": 0.15}
    return follows_recurrence(network, observables, backward=backward, **usual | changed)


def _claim(name: str, number: str, **data: Any) -> Claim:
    return Claim(
        id=f"residual.{name}",
        source=Source("residual", number),
        variables={"l": "layer, 1 to 8; 1 to 5 for powers below 1"},
        assumptions=ASSUMPTIONS,
        expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        **data,
    )


CLAIMS = (
    _claim(
        "simulated-reduced-tanh",
        "Table 1, RRN",
        title="reduced tanh networks follow the table",
        statement=(
            "p, q, γ, λ, e and χ, χ_b, χ_w of sampled networks have the means of Table 1, with "
            "the true gradients and with those through independent weights"
        ),
        checks=(
            deep(REDUCED, FORWARD + BACKWARD, "true"),
            deep(REDUCED, BACKWARD, "independent"),
        ),
        near_miss=follows_recurrence(
            REDUCED,
            BACKWARD,
            backward="true",
            theory_of=ReducedResidual("tanh", **INNER | {"bias_variance": 0}),
            **QUICK,
        ),
    ),
    _claim(
        "simulated-full-tanh",
        "Table 1, FRN; Figure 1",
        title="full tanh networks follow the table",
        statement=(
            "p, q, γ, λ, e and χ, χ_b, χ_w, χ_v, χ_a of sampled networks have the means of Table "
            "1, with the true gradients and with those through independent weights"
        ),
        checks=(
            deep(full("tanh"), FORWARD + ALL_BACKWARD, "true"),
            deep(full("tanh"), ALL_BACKWARD, "independent"),
        ),
        near_miss=follows_recurrence(
            full("tanh"),
            FORWARD,
            theory_of=full("tanh", branch_bias_variance="3/5"),
            **QUICK,
        ),
    ),
    _claim(
        "simulated-full-relu",
        "Table 1, FRN; Figure A.1",
        title="full ReLU networks follow the table",
        statement=("the same for ReLU, whose lengths and gradients grow like (1 + σ_v² σ_w²/2)^l"),
        checks=(
            deep(full("relu"), FORWARD + ALL_BACKWARD, "true"),
            deep(full("relu"), ALL_BACKWARD, "independent"),
        ),
        near_miss=follows_recurrence(
            full("relu"),
            ("chi",),
            backward="true",
            theory_of=full("relu", weight_variance=2),
            **QUICK,
        ),
    ),
    _claim(
        "simulated-power-relu-forward",
        "Table 1, FRN; Figure A.1",
        title="lengths and cosines of full alpha-ReLU networks follow the table",
        statement="p, q, γ, λ, e have the means of Table 1 for α = 9/10, 4/5, 7/10, 3/5, 11/20",
        checks=tuple(follows_recurrence(power(a), FORWARD, **SHALLOW) for a in ALL_POWERS),
        near_miss=follows_recurrence(
            power("11/20"), FORWARD, theory_of=power("3/5"), **QUICK | {"widths": (250, 250)}
        ),
    ),
    _claim(
        "simulated-power-relu-backward",
        "Table 1, FRN; Figure A.1",
        title="gradients of full alpha-ReLU networks of finite variance follow the table",
        statement=(
            "χ, χ_b, χ_w, χ_v, χ_a have the means of Table 1 for α = 9/10, 4/5 > 3/4, with the "
            "true gradients and with those through independent weights"
        ),
        checks=tuple(
            follows_recurrence(power(a), ALL_BACKWARD, backward=way, **SHALLOW)
            for a in LIGHT_POWERS
            for way in ("true", "independent")
        ),
        near_miss=follows_recurrence(
            power("4/5"), ("chi",), backward="true", theory_of=power("9/10"), **QUICK
        ),
    ),
)
"""Table 1 by simulation."""
