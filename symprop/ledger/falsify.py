"""Attacking a statement: search its whole hypothesis set for an input that breaks it.

Three searches, all deterministic: the hostile corners of the domain, random inputs
drawn (and shrunk) by hypothesis, and an optimiser that walks towards smaller slack.
What is found is simplified while it still refutes.
"""

from __future__ import annotations

import inspect
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symprop.ledger.checks import refutation, survey
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Evidence, Grade
from symprop.ledger.relation import Comparison, Relation, Standing, located, show

if TYPE_CHECKING:
    from symprop.ledger.domain import Range
    from symprop.ledger.relation import Point, Quantity

__all__ = ["attack"]

_SEED = 271_828
_STARTS = 2  # scattered inputs from which the optimiser walks
_FIRST_STEP, _LAST_STEP = 0.25, 1e-7  # of the coordinates, which run from 0 to 1


def attack(
    lhs: Quantity,
    relation: str,
    rhs: Quantity,
    *,
    domain: Mapping[str, Range],
    assuming: Callable[..., bool] | None = None,
    digits: int = 0,
    tries: tuple[int, int] = (90, 900),
) -> Check:
    """Search a domain for a counterexample to a relation.

    Parameters
    ----------
    lhs, rhs : quantity
        The two sides (see `symprop.ledger.relation`).
    relation : str
        One of ``== != < <= > >=``.
    domain : mapping
        Range of each variable.
    assuming : callable, optional
        Further hypotheses: called with the variables it names, true where the statement
        speaks.
    digits : int
        Digits an equality must at least agree to; never less than the run asks for.
    tries : tuple of int
        Inputs examined in the quick and in the full tier: a third by the first search, half
        of the rest by the second, what is left by the third.

    Returns
    -------
    Check
        FAILS with a simplified exact counterexample (EXACT or ENCLOSED: the violation is
        proved); HOLDS (SAMPLED) if every input was decided in favour; UNDECIDED if one
        stays open; VACUOUS if no input satisfies ``assuming``.

    Examples
    --------
    >>> from symprop.ledger.domain import Real
    >>> check = attack(lambda x: x**2, ">=", lambda x: x, domain={"x": Real(0, 1)})
    >>> print(check(Context()).counterexample)
    at x = 1/2: 0.25 >= 0.5 is false
    """
    claimed = Relation(lhs, relation, rhs)

    def check(context: Context) -> Evidence:
        search = _Search(claimed, domain, assuming, max(digits, context.dps))
        searches = (search.corners, search.random_inputs, search.descend)
        for share, run in zip((3, 2, 1), searches, strict=True):
            left = context.pick(tries) - search.examined
            run(-(-left // share))
            if search.refuted is not None:
                point, found = search.simplest()
                return refutation(claimed, point, found)
        return search.verdict()

    return check


class _Search:
    """State of one attack: what was examined, the least slack, the refuting input."""

    def __init__(
        self,
        claimed: Relation,
        domain: Mapping[str, Range],
        assuming: Callable[..., bool] | None,
        digits: int,
    ) -> None:
        self._claimed, self._domain, self._digits = claimed, domain, digits
        self._assumed = _assumption(assuming)
        self._tally: Counter[Standing] = Counter()
        self._outside = 0
        self._still_open = ""
        self._least = math.inf
        self._seen: dict[str, Comparison] = {}
        self.refuted: tuple[dict[str, Any], Comparison] | None = None

    @property
    def examined(self) -> int:
        """How many different inputs were compared."""
        return len(self._seen)

    def examine(self, point: dict[str, Any]) -> Comparison | None:
        """Compare at one input; None if it does not satisfy the hypotheses."""
        admissible = all(self._domain[name].contains(v) for name, v in point.items())
        if not admissible or not self._assumed(point):
            self._outside += 1
            return None
        key = show(point)
        if key in self._seen:
            return self._seen[key]
        found = self._seen[key] = self._claimed.compare(point, digits=self._digits)
        self._tally[found.standing] += 1
        if found.standing is Standing.REFUTED:
            self.refuted = point, found
        elif found.standing is Standing.OPEN:
            self._still_open = self._still_open or located(point, found.reason)
        else:
            self._least = min(self._least, found.slack)
        return found

    def corners(self, count: int) -> None:
        """Examine combinations of the edges of all ranges; if not all, then each edge often."""
        edges = [domain.edges() for domain in self._domain.values()]
        chosen: Iterator[tuple[Any, ...]] = itertools.product(*edges)
        if math.prod(map(len, edges)) > count:
            dice = random.Random(_SEED)  # noqa: S311  (reproducible, not secret)
            endless = [_shuffles(each, dice) for each in edges]
            chosen = itertools.islice(zip(*endless, strict=False), count)
        for values in chosen:
            self.examine(dict(zip(self._domain, values, strict=True)))
            if self.refuted is not None:
                return

    def random_inputs(self, count: int) -> None:
        """Let hypothesis draw inputs, and shrink the first one that refutes."""
        from hypothesis import HealthCheck, Phase, find, reject, settings, strategies
        from hypothesis.errors import NoSuchExample, Unsatisfiable

        def refutes(point: dict[str, Any]) -> bool:
            found = self.examine(point)
            if found is None:
                reject()
            return found.standing is Standing.REFUTED

        inputs = strategies.fixed_dictionaries(
            {name: domain.strategy() for name, domain in self._domain.items()}
        )
        budget = settings(
            max_examples=max(count, 1),
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        try:
            point = find(inputs, refutes, settings=budget, random=random.Random(_SEED))  # noqa: S311
        except (NoSuchExample, Unsatisfiable):
            return
        self.refuted = point, self._seen[show(point)]

    def descend(self, count: int) -> None:
        """Walk downhill in coordinates from the least slack among scattered inputs."""
        dice = random.Random(_SEED)  # noqa: S311
        scattered = []
        for _ in range(count // 3):
            place = [dice.random() for _ in self._domain]
            scattered.append((self._slack_at(place), place))
            if self.refuted is not None:
                return
        scattered.sort()
        for slack, place in scattered[:_STARTS]:
            self._walk(place, slack, self.examined + count // 3)

    def _slack_at(self, place: list[float]) -> float:
        values = (domain.at(t) for domain, t in zip(self._domain.values(), place, strict=True))
        found = self.examine(dict(zip(self._domain, values, strict=True)))
        return math.inf if found is None or found.lhs is None else found.slack

    def _walk(self, place: list[float], slack: float, most: int) -> None:
        """Compass search: try a step each way along every axis, halve the step if none helps."""
        step = _FIRST_STEP
        while self.examined < most and step > _LAST_STEP:
            improved = False
            for axis, sign in itertools.product(range(len(place)), (1, -1)):
                trial = list(place)
                trial[axis] = min(max(trial[axis] + sign * step, 0.0), 1.0)
                lower = self._slack_at(trial)
                if self.refuted is not None:
                    return
                if lower < slack:
                    place, slack, improved = trial, lower, True
            if not improved:
                step /= 2

    def simplest(self) -> tuple[dict[str, Any], Comparison]:
        """Replace values of the refuting input by simpler ones while it still refutes."""
        assert self.refuted is not None
        point, found = self.refuted
        progress = True
        while progress:
            progress = False
            for name, domain in self._domain.items():
                for value in domain.simpler(point[name]):
                    trial = {**point, name: value}
                    if not self._assumed(trial):
                        continue
                    again = self._claimed.compare(trial, digits=self._digits)
                    if again.standing is Standing.REFUTED:
                        point, found, progress = trial, again, True
                        break
        return point, found

    def verdict(self) -> Evidence:
        """Return the evidence when nothing refuted."""
        if self._still_open:
            return Evidence.undecided(self._still_open)
        if self.examined == 0:
            return Evidence.vacuous(f"none of {self._outside} inputs satisfies the hypotheses")
        detail = survey(self._tally, self._digits)
        if self._claimed.symbol not in ("==", "!="):
            detail += f", least slack {abs(self._least):.2g}"
        return Evidence.holds(Grade.SAMPLED, detail)


def _shuffles(values: Sequence[Any], dice: random.Random) -> Iterator[Any]:
    """Yield all values in random order, again and again."""
    while True:
        yield from dice.sample(values, len(values))


def _assumption(assuming: Callable[..., bool] | None) -> Callable[[Point], bool]:
    if assuming is None:
        return lambda _: True
    names = tuple(inspect.signature(assuming).parameters)
    return lambda point: bool(assuming(**{name: point[name] for name in names}))
