"""Condition numbers and stability from balls that may not tell."""

from __future__ import annotations

from symprop.asymptotics.gram_points import condition_number, estimated, is_contracting
from symprop.numerics.enclosure import Enclosure


def test_condition_number_of_either_order() -> None:
    for pair in ((2, 6), (6, 2)):
        number = condition_number(*map(Enclosure, pair))
        assert number is not None
        assert number.contains(3)


def test_condition_number_of_a_singular_matrix() -> None:
    number = condition_number(Enclosure(0), Enclosure(1))
    assert number is not None
    assert not number.is_finite
    assert condition_number(estimated(0.0, 1e-9), Enclosure(1)) is None


def test_eigenvalues_near_the_circle_are_undecided() -> None:
    near = {"standard": (estimated(1.0, 1e-9),)}
    assert is_contracting(near) is None
    assert is_contracting({**near, "trivial": (estimated(-1.5, 1e-9),)}) is False
    assert is_contracting({**near, "trivial": (estimated(-1.0, 0.0),)}) is False
    assert is_contracting({"trivial": (estimated(-0.5, 0.1), estimated(0.0, 0.0))})


def test_complex_eigenvalues_count_by_their_modulus() -> None:
    real = {"standard": (estimated(0.8, 1e-9), estimated(0.8, 1e-9))}
    small, large = (
        {"standard": (estimated(-part, 1e-9), estimated(part, 1e-9))} for part in (0.5, 0.7)
    )
    assert is_contracting(real, small)
    assert is_contracting(real, large) is False
    assert is_contracting(real, {"standard": (estimated(-0.6, 1e-9), estimated(0.6, 1e-9))}) is None
