"""Data for networks with channels and space, drawn from a description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.evaluation import as_ball
from symprop.simulator.inputs import generate_inputs, noise_images
from symprop.specs.expression import parse_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.sensitivity_networks import SensitivityNetwork

    Array = NDArray[np.float64]

__all__ = ["sensitivity_inputs"]

_BITS = 64


def sensitivity_inputs(
    network: SensitivityNetwork, spec: str, width: int, *, rng: np.random.Generator
) -> Array:
    """Return data for a network, as columns, drawn as a description says.

    Parameters
    ----------
    network : SensitivityNetwork
        Its space is that of the data.
    spec : str
        ``noise:K,POWER`` for ``K`` data of independent periodic noise in each channel, in one or
        two dimensions of space, the power at frequency ``f`` proportional to ``|f|**-POWER``;
        all other forms as in `symprop.simulator.inputs.generate_inputs`, channels and positions
        together.
    width : int
        Channels of the data.
    rng : numpy.random.Generator
        Determines the data.

    Returns
    -------
    array of shape (width * positions, k)

    Raises
    ------
    InvalidArgument
        If the description is malformed, or does not fit the network.
    OutOfDomain
        As in `symprop.simulator.inputs.generate_inputs`.

    Examples
    --------
    >>> from symprop.specs.sensitivity_networks import VanillaNetwork
    >>> net = VanillaNetwork(extent=(8,), kernel=3)
    >>> sensitivity_inputs(net, "noise:5,1", 2, rng=np.random.default_rng(0)).shape
    (16, 5)
    """
    width = check_integer("width", width, minimum=1)
    form, _, rest = str(spec).strip().partition(":")
    if form.strip().lower() != "noise" or not network.extent:
        return generate_inputs(spec, width * network.positions, rng=rng)
    count, comma, power = (part.strip() for part in rest.partition(","))
    if not comma or not count.isdecimal() or int(count) < 1:
        condition = "to have an integer >= 1 and a number, with a comma, after noise:"
        raise InvalidArgument(expected("inputs", condition, spec))
    exponent = float(as_ball(parse_number(power, name="inputs"), _BITS).mid())
    channels = [noise_images(int(count), network.extent, exponent, rng=rng) for _ in range(width)]
    return np.concatenate(channels)
