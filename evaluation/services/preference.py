"""Draws two pictures of the same prompt and seed by different models, and writes down which is preferred."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from evaluation.models import PreferenceVote, Run, Sample, Suite

# What one session, and everybody behind one address, may say in a day.
MOST_BY_VISITOR = 60
MOST_BY_NETWORK = 180
# So many prompts are tried before it is said that nothing can be compared.
ATTEMPTS = 20
JUDGED = "These two pictures were judged already."
random_source = random.SystemRandom()


class VoteRefusedError(Exception):
    """A vote that does not count; the message says why in a sentence."""


@dataclass(frozen=True)
class Voter:
    """Who votes: two hashes of the day, one of the browser's session and one of its address."""

    visitor: str
    network: str


def draw_pair(voter: Voter) -> tuple[Sample, Sample] | None:
    """Return the left and the right picture of a pair that this visitor has not judged yet.

    Each pair of models stands as often one way round as the other: the order that had fewer votes comes
    next. None where no two models made a picture for the same prompt and seed.
    """
    pictures = Sample.objects.filter(
        status=Sample.Status.OK,
        run__state=Run.State.FINISHED,
        run__recipe__is_canonical=True,
        run__suite__is_current=True,
        run__suite__split=Suite.Split.PUBLIC,
    )
    cells = list(pictures.order_by().values_list("prompt", "k").distinct())
    for prompt_id, k in random_source.sample(cells, min(len(cells), ATTEMPTS)):
        made = list(
            pictures.filter(prompt=prompt_id, k=k).select_related(
                "prompt", "run__recipe__artifact", "run__suite"
            )
        )
        by_model = {
            (sample.run.recipe.artifact_id, sample.run.recipe.artifact.is_demonstration): sample
            for sample in made
        }
        pair = _two_alike(by_model)
        if pair and not _judged(pair, voter):
            return _balanced(pair)
    return None


def cast_vote(left: Sample, right: Sample, choice: PreferenceVote.Choice, *, voter: Voter) -> PreferenceVote:
    """Write a vote down.

    Raises:
        VoteRefusedError: this visitor judged the pair before, or enough was said today.
    """
    if _judged((left, right), voter):
        raise VoteRefusedError(JUDGED)
    votes = PreferenceVote.objects.filter(created_at__date=timezone.now().date())
    if votes.filter(visitor=voter.visitor).count() >= MOST_BY_VISITOR:
        raise VoteRefusedError(f"Thank you: {MOST_BY_VISITOR} votes a day is all that one visitor has.")
    if votes.filter(network=voter.network).count() >= MOST_BY_NETWORK:
        raise VoteRefusedError(
            f"{MOST_BY_NETWORK} votes came from this address today, and no more are counted."
        )
    try:
        with transaction.atomic():
            return PreferenceVote.objects.create(
                left=left, right=right, choice=choice, visitor=voter.visitor, network=voter.network
            )
    except IntegrityError as error:
        raise VoteRefusedError(JUDGED) from error


def _two_alike(by_model: dict[tuple[int, bool], Sample]) -> tuple[Sample, Sample] | None:
    """Return two pictures at random, both of demonstration models or both of real ones."""
    groups = [
        [sample for (_, is_demonstration), sample in sorted(by_model.items()) if is_demonstration == wanted]
        for wanted in (False, True)
    ]
    usable = [group for group in groups if len(group) > 1]
    if not usable:
        return None
    first, second = random_source.sample(random_source.choice(usable), 2)
    return first, second


def _judged(pair: tuple[Sample, Sample], voter: Voter) -> bool:
    """Return whether this session, or another behind its address, has judged the pair today."""
    own = Q(visitor=voter.visitor) | Q(network=voter.network)
    return PreferenceVote.objects.filter(own, left__in=pair, right__in=pair).exists()


def _balanced(pair: tuple[Sample, Sample]) -> tuple[Sample, Sample]:
    """Return the pair in the order of its models that had fewer votes; at random where neither had."""
    first, second = pair

    def n_votes(left: Sample, right: Sample) -> int:
        return PreferenceVote.objects.filter(
            left__run__recipe__artifact=left.run.recipe.artifact_id,
            right__run__recipe__artifact=right.run.recipe.artifact_id,
        ).count()

    as_is, turned = n_votes(first, second), n_votes(second, first)
    is_turned = random_source.random() < 0.5 if as_is == turned else turned < as_is
    return (second, first) if is_turned else (first, second)
