"""Visitors with known preferences who look at the first results more often: what is learnt from them?

Each intent has as many candidates as a list has places, and each candidate a true chance to be taken by
somebody who looks at it. How steeply attention falls from place to place is
the world's and not what the site believes at first. The site orders by what it has
learnt so far and draws the order of one pair of near-tied neighbours by lot in three of ten searches.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matchgraph.learning.learn import evidence_by, weighed
from matchgraph.learning.showings import Floats, Integers, Showings, joined, summed
from matchgraph.learning.success import PRIOR_LOOKS, smoothed

NEAR_TIE = 0.05
DRAWN_SHARE = 0.3


@dataclass(frozen=True)
class World:
    """What is simulated; ``truth`` and ``prior`` have a row for each intent and a column for each candidate."""

    truth: Floats
    prior: Floats
    searches_a_day: int = 400
    steepness: float = 1.2

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many intents there are and how many candidates each has."""
        n_intents, n_items = self.truth.shape
        return n_intents, n_items


def make_world(
    random: np.random.Generator, *, n_intents: int = 40, n_items: int = 10, steepness: float = 1.2
) -> World:
    """Return a world in which the site's first belief is as good as a similarity between texts is.

    Chances to be taken are spread over 0.05-0.6; the belief is the chance with noise of the same spread.
    """
    truth = random.uniform(0.05, 0.6, size=(n_intents, n_items))
    prior = np.clip(truth + random.normal(0, truth.std(), size=truth.shape), 0.02, 0.98)
    return World(truth, prior, steepness=steepness)


@dataclass
class Site:
    """A site that shows, remembers and learns."""

    world: World
    random: np.random.Generator
    estimate: Floats = field(init=False)
    log: list[Showings] = field(default_factory=list)
    _n_visitors: int = 0
    _n_searches: int = 0

    def __post_init__(self) -> None:
        """Begin with the belief."""
        self.estimate = self.world.prior.copy()

    def open_for(self, n_days: int, *, first_day: int = 0, learns_every: int = 0) -> None:
        """Let visitors come for some days; learn every few of them, or never."""
        for day in range(first_day, first_day + n_days):
            self.log.append(self._day(day))
            if learns_every and (day + 1) % learns_every == 0:
                self.estimate = learnt_order(self.world, joined(self.log), today=day)

    def _day(self, day: int) -> Showings:
        n = self.world.searches_a_day
        visitors = self._n_visitors + np.sort(self.random.integers(0, n // 2, size=n))
        self._n_visitors += n
        intents = self.random.integers(0, self.world.shape[0], size=n)
        return self.show(intents, visitors, day=day, takes=self._by_taste)

    def show(
        self,
        intents: Integers,
        visitors: Integers,
        *,
        day: int,
        takes: Callable[[Integers, Integers], np.ndarray],
    ) -> Showings:
        """Show lists; ``takes`` says of intents and the items in each place which are taken."""
        order = np.argsort(-self.estimate[intents], axis=1, kind="stable")
        drawn = self._draw(order, intents)
        n, n_items = order.shape
        position = np.tile(np.arange(1, n_items + 1), (n, 1))
        is_pair = (drawn[:, None] > 0) & ((position == drawn[:, None]) | (position == drawn[:, None] + 1))
        searches = self._n_searches + np.arange(n)
        self._n_searches += n
        return Showings(
            visitor=np.repeat(visitors, n_items),
            search=np.repeat(searches, n_items),
            intent=np.repeat(intents, n_items),
            item=(intents[:, None] * n_items + order).ravel(),
            position=position.ravel(),
            day=np.full(n * n_items, day),
            is_taken=takes(intents, order).ravel(),
            drawn=np.where(is_pair, drawn[:, None], 0).ravel(),
            referrer=np.zeros(n * n_items, dtype=np.int64),
        )

    def _draw(self, order: Integers, intents: Integers) -> Integers:
        """Draw one near-tied pair in some searches, swap it in half of them; return its upper position."""
        values = np.take_along_axis(self.estimate[intents], order, axis=1)
        is_near = values[:, :-1] - values[:, 1:] <= NEAR_TIE
        lot = np.where(is_near, self.random.random(is_near.shape), -1.0)
        place = lot.argmax(axis=1)
        rows = np.flatnonzero(is_near.any(axis=1) & (self.random.random(len(order)) < DRAWN_SHARE))
        swapped = rows[self.random.random(len(rows)) < 0.5]
        here = place[swapped]
        order[swapped, here], order[swapped, here + 1] = order[swapped, here + 1], order[swapped, here]
        drawn = np.zeros(len(order), dtype=np.int64)
        drawn[rows] = place[rows] + 1
        return drawn

    def _by_taste(self, intents: Integers, order: Integers) -> np.ndarray:
        chances = np.arange(1, order.shape[1] + 1) ** -self.world.steepness
        looks = self.random.random(order.shape) < chances
        return looks & (
            self.random.random(order.shape) < np.take_along_axis(self.world.truth[intents], order, 1)
        )


def learnt_order(world: World, showings: Showings, *, today: int) -> Floats:
    """Return the success that is learnt of each intent's candidates, in the shape of the truth."""
    found = weighed(showings, today=today)
    firsts, evidence = evidence_by(found, found.rows.item)
    items = found.rows.item[firsts]
    taken, looks = np.zeros(world.truth.size), np.zeros(world.truth.size)
    taken[items], looks[items] = evidence.taken, evidence.looks
    return smoothed(taken, looks, prior=world.prior.ravel(), prior_looks=PRIOR_LOOKS).mean.reshape(
        world.shape
    )


def naive_order(world: World, showings: Showings) -> Floats:
    """Return plain click rates: clicks over showings, smoothed alike, nothing corrected."""
    size = world.truth.size
    clicks = summed(showings.item, weights=showings.is_taken, size=size)
    shown = np.bincount(showings.item, minlength=size).astype(np.float64)
    return smoothed(clicks, shown, prior=world.prior.ravel(), prior_looks=PRIOR_LOOKS).mean.reshape(
        world.shape
    )


def kendall_tau(estimate: Floats, truth: Floats) -> float:
    """Return the mean over intents of Kendall's rank correlation, -1 to 1.

    >>> kendall_tau(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 3.0, 2.0]])).__round__(3)
    0.333
    """
    first, second = np.triu_indices(truth.shape[1], k=1)
    concordant = np.sign(estimate[:, first] - estimate[:, second]) * np.sign(
        truth[:, first] - truth[:, second]
    )
    return float(concordant.mean())
