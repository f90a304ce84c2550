"""Visitors with known preferences: learning finds them, and click fraud hardly moves anything."""

import numpy as np
import pytest

from matchgraph.learning.attacks import Attack, Style, places_gained
from matchgraph.learning.showings import joined
from matchgraph.learning.simulation import (
    Site,
    kendall_tau,
    learnt_order,
    make_world,
    naive_order,
)

SEEDS = (1, 2, 3, 4)


def site_of(seed: int) -> Site:
    random = np.random.default_rng(seed)
    return Site(make_world(random), random)


def test_debiasing_finds_more_of_the_true_order_than_click_rates() -> None:
    """On the same log of a site that does not change its order, Kendall's tau rises by 0.08 at least."""
    gains = []
    for seed in SEEDS:
        site = site_of(seed)
        site.open_for(40)
        log, truth = joined(site.log), site.world.truth
        learnt = kendall_tau(learnt_order(site.world, log, today=39), truth)
        gains.append(learnt - kendall_tau(naive_order(site.world, log), truth))
    assert np.mean(gains) >= 0.08
    assert min(gains) > 0


@pytest.fixture(scope="module")
def learning_site() -> tuple[Site, list[float]]:
    """A site that learns every ten days, and Kendall's tau after each time."""
    site = site_of(5)
    taus = [kendall_tau(site.estimate, site.world.truth)]
    for first_day in range(0, 60, 10):
        site.open_for(10, first_day=first_day, learns_every=10)
        taus.append(kendall_tau(site.estimate, site.world.truth))
    return site, taus


def test_learning_converges_to_the_true_order(learning_site: tuple[Site, list[float]]) -> None:
    taus = learning_site[1]
    assert taus[0] < 0.6
    assert taus[-1] >= 0.75
    early, late = np.mean(taus[1:4]), np.mean(taus[-3:])
    assert taus[0] < early < late


@pytest.mark.parametrize(("n_identities", "most"), [(5, 0.5), (50, 1.5)])
@pytest.mark.parametrize("style", [Style.HAMMER, Style.DISGUISED])
def test_click_fraud_hardly_moves_its_target(
    learning_site: tuple[Site, list[float]], style: Style, n_identities: int, most: float
) -> None:
    attack = Attack(n_clicks=500, n_identities=n_identities, style=style)
    gained = places_gained(learning_site[0], attack, intents=np.arange(6), today=59)
    assert gained <= most


@pytest.mark.parametrize(("n_identities", "most"), [(5, 0.5), (50, 1.5)])
def test_who_comes_back_under_new_hashes_for_four_weeks_gains_little(
    learning_site: tuple[Site, list[float]], n_identities: int, most: float
) -> None:
    attack = Attack(n_clicks=500, n_identities=n_identities, style=Style.SLOW)
    assert places_gained(learning_site[0], attack, intents=np.arange(6), today=59) <= most


def test_what_stays_below_the_rules_gains_about_two_places(learning_site: tuple[Site, list[float]]) -> None:
    """Nobody can tell five patient people from five people: 5 of the 500 clicks count, and this much is left."""
    attack = Attack(n_clicks=500, n_identities=5, style=Style.THIN)
    assert places_gained(learning_site[0], attack, intents=np.arange(6), today=59) <= 2.5
