"""Click fraud in the simulation: somebody wants the weakest candidate of an intent to stand higher."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matchgraph.learning.showings import Booleans, Integers, Showings, joined
from matchgraph.learning.simulation import Site, learnt_order

# So many searches of one identity look like a person's; an attacker who knows the rules makes no more.
CAREFUL_SEARCHES = 20
FOUR_WEEKS = 28
THIN_IDENTITIES = 5


class Style(StrEnum):
    """How the attacker goes about it."""

    HAMMER = "all on the target in one day"
    DISGUISED = "one on the target, the others as people do, in one day"
    SLOW = "as disguised, each address again on other days under its next daily hash, for four weeks"
    THIN = "five identities in four weeks, too few to stand out"


@dataclass(frozen=True)
class Attack:
    """So many clicks from so many identities."""

    n_clicks: int
    n_identities: int
    style: Style


def places_gained(site: Site, attack: Attack, *, intents: Integers, today: int) -> float:
    """Return by how many places the attacked artifact moves, the mean over attacks on several intents.

    Each intent is attacked alone: its last candidate by what the site has learnt is the target.
    """
    log = joined(site.log)
    before = learnt_order(site.world, log, today=today)
    moved = []
    for intent in intents:
        target = int(before[intent].argmin())
        bought = _bought(site, attack, intent=int(intent), target=target, today=today)
        after = learnt_order(site.world, joined([log, bought]), today=today)
        moved.append(_place(before[intent], target) - _place(after[intent], target))
    return float(np.mean(moved))


def _place(estimates: np.ndarray, item: int) -> int:
    return 1 + int((estimates > estimates[item]).sum())


def _bought(site: Site, attack: Attack, *, intent: int, target: int, today: int) -> Showings:
    """Return the showings of an attack: each identity asks for the target once, and for other things."""
    n_identities = _identities(attack)
    per_identity = max(attack.n_clicks // n_identities, 1)
    is_disguised = attack.style != Style.HAMMER
    n_searches = min(per_identity, CAREFUL_SEARCHES) if is_disguised else per_identity
    identities = np.repeat(np.arange(n_identities), n_searches)
    n = len(identities)
    asked = np.full(n, intent)
    if is_disguised:
        others = np.arange(n) % n_searches > 0
        asked[others] = site.random.integers(0, site.world.shape[0], size=int(others.sum()))

    def takes(intents: Integers, order: Integers) -> Booleans:
        is_target = (order == target) & (intents == intent)[:, None]
        is_first = np.arange(order.shape[1])[None, :] == 0
        taken: Booleans = is_target | (is_first & (intents != intent)[:, None])
        return taken

    is_spread = attack.style in {Style.SLOW, Style.THIN}
    days = today - (identities * FOUR_WEEKS) // n_identities if is_spread else np.full(n, today)
    shown = site.show(asked, -1 - identities, day=today, takes=takes)
    return Showings(**{**shown.__dict__, "day": np.repeat(days, site.world.shape[1])})


def _identities(attack: Attack) -> int:
    """Return under how many daily hashes the addresses appear."""
    if attack.style == Style.SLOW:
        return min(attack.n_identities * FOUR_WEEKS, attack.n_clicks)
    return min(attack.n_identities, THIN_IDENTITIES) if attack.style == Style.THIN else attack.n_identities
