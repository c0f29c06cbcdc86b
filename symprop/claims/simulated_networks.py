"""Whole trajectories of sampled networks against the recurrences, finite width taken out.

Networks are sampled at four widths that double, and means are continued to infinite width in one
over the width. Narrow networks are also the noisy ones, so that this costs a tenth of the
precision only; what is compared with a theory then has no bias of the first order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symprop.ledger.evidence import Counterexample, Evidence, Grade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from symprop.ledger.claim import Check, Context

    Array: TypeAlias = NDArray[np.float64]
    Measured: TypeAlias = Mapping[str, tuple[Array, Array]]

__all__ = ["LARGEST_DEVIATION", "agreement", "follows_recurrence", "sampled_cosine"]

LARGEST_DEVIATION = 5.0
"""Standard errors beyond which a deviation is one."""

DOUBLINGS = 3
_SEED = 20_171_221
_RUNS = 32


class _Entry(NamedTuple):
    """The entry of an observable that deviates most from a theory."""

    name: str
    layer: int
    mean: float
    error: float
    theory: float

    @property
    def deviation(self) -> float:
        return (self.mean - self.theory) / self.error


def agreement(
    measure: Callable[[int, int], Measured],
    theory: Callable[[], Mapping[str, Array]],
    *,
    sizes: tuple[int, int],
    resolution: float,
) -> Check:
    """Check the means of observables, layer by layer, against what a theory gives.

    Parameters
    ----------
    measure : callable
        ``measure(size, seed)`` returns means and standard errors by observable.
    theory : callable
        The same without errors; entries that are 0 are not compared.
    sizes : tuple of int
        Size in the quick and in the full tier.
    resolution : float
        Every entry must be measured so well that a deviation by this share of it would be
        seen; otherwise the check is UNDECIDED.

    Returns
    -------
    Check
        HOLDS (STATISTICAL) if no entry is more than five standard errors off; FAILS if one is,
        and is so again, on the same side, with four times the size and fresh randomness.
    """

    def check(context: Context) -> Evidence:
        expected, size = theory(), context.pick(sizes)
        entries = _entries(measure(size, _SEED), expected)
        seen = LARGEST_DEVIATION * max(entry.error / abs(entry.theory) for entry in entries)
        if not seen <= resolution:
            return Evidence.undecided(f"only deviations of {100 * seen:.2g} % would have been seen")
        worst = max(entries, key=lambda entry: abs(entry.deviation))
        if abs(worst.deviation) <= LARGEST_DEVIATION:
            return Evidence.holds(
                Grade.STATISTICAL,
                f"{len(entries)} means within {abs(worst.deviation):.1f} standard errors, size "
                f"{size}; deviations of {100 * seen:.2g} % would have been seen",
            )
        fresh = _entries(measure(4 * size, _SEED + 1), expected)
        again = next(e for e in fresh if (e.name, e.layer) == (worst.name, worst.layer))
        if again.deviation * np.sign(worst.deviation) <= LARGEST_DEVIATION:
            return Evidence.undecided(
                f"{worst.name} at layer {worst.layer}: {worst.deviation:+.1f} standard errors, "
                f"then {again.deviation:+.1f}"
            )
        numbers = Counterexample(
            {"observable": again.name, "layer": str(again.layer)},
            f"{again.mean:.8g}({again.error:.1g})",
            f"{again.theory:.12g}",
            "==",
        )
        detail = f"{numbers}: {again.deviation:+.1f} standard errors, twice"
        return Evidence.fails(Grade.STATISTICAL, numbers, detail)

    return check


def _entries(measured: Measured, expected: Mapping[str, Array]) -> list[_Entry]:
    return [
        _Entry(name, layer, float(mean), float(error), float(value))
        for name, (means, errors) in measured.items()
        for layer, (mean, error, value) in enumerate(
            zip(means, errors, expected[name], strict=True)
        )
        if value != 0
    ]


def follows_recurrence(
    network: Any,
    observables: tuple[str, ...],
    *,
    depth: int,
    backward: str | None = None,
    cosine: str = "1/2",
    theory_of: Any = None,
    widths: tuple[int, int] = (250, 2000),
    resolution: float = 0.15,
) -> Check:
    """Check a network's observables at all layers against the recurrences.

    Parameters
    ----------
    network : Architecture
        What is sampled.
    observables : tuple of str
        Names in the simulator, which are those of the theory as well.
    depth : int
        Number of layers.
    backward : {None, "true", "independent"}
        Way back of the sampler; the theory is the one of independent weights.
    cosine : str
        Of two inputs of unit mean square.
    theory_of : Architecture, optional
        Whose recurrences are taken; by default the network's own.
    widths : tuple of int
        The smallest width in the quick and in the full tier.
    resolution : float
        As for `agreement`.
    """

    def measure(width: int, seed: int) -> Measured:
        from symprop.simulator.extrapolation import width_extrapolation

        found = width_extrapolation(
            network,
            width=width,
            doublings=DOUBLINGS,
            runs=_RUNS,
            depth=depth,
            inputs=f"cos:{cosine}",
            backward=backward,
            observables=observables,
            seed=seed,
        )
        limits = {name: found.limit(name).limit for name in observables}
        return {name: (_of_pair(x.value), _of_pair(x.error)) for name, x in limits.items()}

    def theory() -> Mapping[str, Array]:
        from symprop.recurrences.trajectories import trajectory

        path = trajectory(theory_of or network, depth, length=1, cosine=cosine)
        return {name: _theoretical(path, name) for name in observables}

    return agreement(measure, theory, sizes=widths, resolution=resolution)


def _of_pair(values: Array) -> Array:
    """Return an observable of the first input, or of the two of them."""
    return values[:, 0] if values.ndim == 2 else values[:, 0, 1]


def _theoretical(path: Any, name: str) -> Array:
    """Return what the recurrences give, 0 at layers that do not have it or depend on no weight."""
    values = np.array(getattr(path, {"lambda": "lambda_"}.get(name, name)), dtype=np.float64)
    if not name.startswith("chi"):
        values[0] = 0.0
    return values


def sampled_cosine(
    network: Any,
    cosine: Any,
    *,
    depth: int,
    size: int,
    seed: int,
    repeats: int = 64,
    gram: str = "signals",
    **options: Any,
) -> tuple[float, float]:
    """Return mean and standard error of the cosine of two inputs after some layers.

    Parameters
    ----------
    network : Architecture
        What is sampled.
    cosine : number
        Of the inputs, which have unit mean square.
    depth, size, seed : int
        Layers, units of a layer in all the repeats together, and seed.
    repeats : int
        Number of networks.
    gram : {"signals", "pre-activations"}
        Cosine of what.
    **options
        As for `symprop.simulate`.
    """
    from symprop.simulator.monte_carlo import simulate

    name = {"signals": "e", "pre-activations": "c"}[gram]
    options = {"inputs": f"cos:{cosine}"} | options
    found = simulate(
        network,
        width=size // repeats,
        depth=depth,
        runs=repeats,
        observables=(name,),
        seed=seed,
        **options,
    ).mean(name)
    return float(found.value[-1, 0, 1]), float(found.error[-1, 0, 1])
