r"""The length recurrence of residual nets alone, at a million layers a second or so.

.. math:: q=\sigma_w^2\underline p+\sigma_b^2,\qquad
    p=\underline p+\sigma_v^2V(q)+\sigma_a^2 .

One setting runs in a scalar loop that keeps the panel of `length_tables` it is on; many run in
array operations that look for new panels only where one has been left. Since ``p`` never
falls, that is rare. What an addition rounds off is carried to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.recurrences.float_recurrence import FloatLayer
    from symprop.recurrences.length_tables import LengthTable

    Array = NDArray[np.float64]

__all__ = ["run_lengths"]


def run_lengths(layer: FloatLayer, rest: Array, p: Array) -> Array:
    """Fill the rows of ``p`` after the first; return what the last sum rounded off.

    Parameters
    ----------
    layer : FloatLayer
        A residual layer without normalisation, all ``q`` > 0.
    rest : ndarray, shape (settings,)
        What the sum in the first row has rounded off.
    p : ndarray, shape (count + 1, settings)
        Lengths by layer.

    Returns
    -------
    ndarray, shape (settings,)

    Error
    -----
    Each term is accurate to `FloatMoments.length_error`, and the sum to one rounding more.
    """
    if rest.size == 1 and layer.moments.power is None:
        return _single(layer, float(rest[0]), p)
    return _many(layer, rest, p)


def _single(layer: FloatLayer, rest: float, rows: Array) -> Array:
    p, count = float(rows[0, 0]), len(rows) - 1
    w, b, v, a = (float(item[0]) for item in (layer.w, layer.b, layer.v, layer.a))
    table = layer.moments.table
    lengths: list[float] = []
    q = w * p + b
    while len(lengths) < count:
        panel = table.panel(q)
        scale, offset = panel.scale, panel.offset
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = panel.coefficients
        t = scale * q - offset
        for _ in range(count - len(lengths)):
            if t > 1.0:
                break
            value = c0 + t * (
                c1
                + t
                * (c2 + t * (c3 + t * (c4 + t * (c5 + t * (c6 + t * (c7 + t * (c8 + t * c9)))))))
            )
            term = v * value + a + rest
            total = p + term
            rest = term - (total - p)
            p = total
            lengths.append(p)
            q = w * p + b
            t = scale * q - offset
    rows[1:, 0] = lengths
    return np.array([rest])


def _many(layer: FloatLayer, rest: Array, rows: Array) -> Array:
    term, q, rise, carried = rest.copy(), *np.empty((3, rest.size))
    panels = _Panels(layer.moments.table, rest.size) if layer.moments.power is None else None
    w, b, v, a = layer.w, layer.b, layer.v, layer.a
    for done in range(len(rows) - 1):
        p, total = rows[done], rows[done + 1]
        np.multiply(w, p, out=q)
        np.add(q, b, out=q)
        if panels is None:
            rise[:] = layer.moments.second_moment(q)
        else:
            panels.evaluate(q, rise)
        rise *= v
        rise += a
        rise += term
        np.add(p, rise, out=total)
        np.subtract(total, p, out=carried)
        np.subtract(rise, carried, out=term)
    return term


class _Panels:
    """The panels that the settings are on."""

    def __init__(self, table: LengthTable, settings: int) -> None:
        self._table = table
        self._local = np.empty(settings)
        self._found = False
        self._scale = self._offset = self._local
        self._rows = np.empty((0, settings))

    def evaluate(self, q: Array, out: Array) -> None:
        """Write ``V`` at every variance into ``out``."""
        local = self._local
        if self._found:
            np.multiply(self._scale, q, out=local)
            local -= self._offset
            if local.max() > 1.0:
                left = np.flatnonzero(local > 1.0)
                there = q[left]
                scale, offset, rows = self._table.panels(there)
                self._scale[left], self._offset[left], self._rows[:, left] = scale, offset, rows
                local[left] = scale * there - offset
        else:
            self._scale, self._offset, self._rows = self._table.panels(q)
            self._found = True
            np.multiply(self._scale, q, out=local)
            local -= self._offset
        rows = self._rows
        np.multiply(rows[-1], local, out=out)
        for row in rows[-2:0:-1]:
            out += row
            out *= local
        out += rows[0]
