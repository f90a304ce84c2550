"""The page object of ``/arena/``: two pictures, one vote, and what all votes say."""

from dataclasses import dataclass

from django.core import signing
from django.core.files.storage import default_storage
from django.urls import reverse

from catalog.models import Artifact
from evaluation.images import image_name
from evaluation.models import PreferenceVote, Sample
from evaluation.services.preference import Voter, VoteRefusedError, cast_vote, draw_pair
from ranking.selectors import MIN_VOTES, Preferred, preference_board
from web.figures import Bar
from web.formatting import correlation_words
from web.pages.meta import Crumb, Meta

SALT = "arena.pair"
RESULT_SALT = "arena.vote"
# A pair that nobody judged for so long is drawn anew.
PAIR_LASTS_S = 1_800
# Strengths are drawn on a rule that reaches as far to both sides.
REACH_POINTS = 600.0
CHOICES = (
    (PreferenceVote.Choice.LEFT, "The left one"),
    (PreferenceVote.Choice.RIGHT, "The right one"),
    (PreferenceVote.Choice.BOTH_GOOD, "Both are good"),
    (PreferenceVote.Choice.BOTH_BAD, "Both are bad"),
)


@dataclass(frozen=True)
class ArenaPicture:
    """One of the two pictures; nothing about it says who made it."""

    side: str
    url: str
    width: int
    height: int


@dataclass(frozen=True)
class ArenaPair:
    """What is asked: the prompt, two pictures, and a signed note of which they are."""

    prompt: str
    seed: int
    pictures: tuple[ArenaPicture, ...]
    token: str


@dataclass(frozen=True)
class ArenaRow:
    """One artifact's strength among all votes."""

    name: str
    path: str
    n_votes: int
    text: str
    bar: Bar | None


@dataclass(frozen=True)
class ArenaAgreement:
    """How people and a suite agree, in words."""

    suite: str
    text: str


@dataclass(frozen=True)
class ArenaPage:
    """The page; ``notice`` says what became of the last vote."""

    meta: Meta
    pair: ArenaPair | None
    choices: tuple[tuple[str, str], ...]
    notice: str
    n_votes: int
    n_ties: int
    left_share: str
    rows: tuple[ArenaRow, ...]
    agreements: tuple[ArenaAgreement, ...]
    min_votes: int


def arena_page(voter: Voter | None, *, result: str = "", notice: str = "") -> ArenaPage:
    """Return the page with a new pair; without a voter, who is a bot then, with none.

    Args:
        voter: who looks.
        result: the signed note of the vote that led here.
        notice: what to say instead, such as why a vote did not count.
    """
    path = reverse("arena")
    board = preference_board()
    names = {
        artifact.pk: artifact
        for artifact in Artifact.objects.in_bulk([row.artifact_id for row in board.rows]).values()
    }
    n_decided = board.n_left + board.n_right
    return ArenaPage(
        meta=Meta(
            title="Arena: which picture is better?",
            description="Two pictures of the same prompt and seed, their models hidden: say which is better.",
            path=path,
            crumbs=(Crumb("Arena", path),),
        ),
        pair=_pair(voter) if voter else None,
        choices=tuple((choice.value, label) for choice, label in CHOICES),
        notice=notice or _notice(result),
        n_votes=board.n_votes,
        n_ties=board.n_ties,
        left_share=f"{100 * board.n_left / n_decided:.0f} %" if n_decided else "",
        rows=tuple(_row(row, names[row.artifact_id]) for row in board.rows),
        agreements=tuple(
            ArenaAgreement(each.suite, correlation_words(each.correlation)) for each in board.agreements
        ),
        min_votes=MIN_VOTES,
    )


def vote(token: str, choice: str, *, voter: Voter) -> str:
    """Write a vote on a pair that was shown to this voter down, and return a signed note of it.

    Raises:
        VoteRefusedError: the note of the pair is not ours, not this voter's or too old, or the vote
            does not count.
    """
    try:
        left_id, right_id, visitor = signing.loads(token, salt=SALT, max_age=PAIR_LASTS_S)
        said = PreferenceVote.Choice(choice)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise VoteRefusedError("This pair is no longer open: here is another one.") from error
    samples = Sample.objects.in_bulk([left_id, right_id])
    if visitor != voter.visitor or len(samples) != 2:
        raise VoteRefusedError("This pair is no longer open: here is another one.")
    written = cast_vote(samples[left_id], samples[right_id], said, voter=voter)
    return signing.dumps(written.pk, salt=RESULT_SALT)


def _pair(voter: Voter) -> ArenaPair | None:
    drawn = draw_pair(voter)
    if drawn is None:
        return None
    left, right = drawn
    return ArenaPair(
        prompt=left.prompt.text,
        seed=left.seed,
        pictures=(_picture("left", left), _picture("right", right)),
        token=signing.dumps([left.pk, right.pk, voter.visitor], salt=SALT),
    )


def _picture(side: str, sample: Sample) -> ArenaPicture:
    url = default_storage.url(image_name(sample.image_digest))
    return ArenaPicture(side, url, sample.width or 0, sample.height or 0)


def _notice(result: str) -> str:
    """Return who made the pictures of the vote that a signed note names; empty for any other text."""
    if not result:
        return ""
    try:
        pk = signing.loads(result, salt=RESULT_SALT, max_age=PAIR_LASTS_S)
    except signing.BadSignature:
        return ""
    made = "run__recipe__artifact__name"
    found = PreferenceVote.objects.filter(pk=pk).values_list(f"left__{made}", f"right__{made}").first()
    return f"Counted. {found[0]} made the left one and {found[1]} the right one." if found else ""


def _row(row: Preferred, artifact: Artifact) -> ArenaRow:
    bar = None
    text = f"says nothing before {MIN_VOTES} votes and a win and a loss that tie it to the others"
    if row.points is not None and row.low is not None and row.high is not None:
        text = f"{row.points:+.0f}"
        words = f"{row.points:+.0f} points, 95 % interval {row.low:+.0f} to {row.high:+.0f}"
        bar = Bar(_on_rule(row.points), _on_rule(row.low), _on_rule(row.high), words)
    return ArenaRow(artifact.name, artifact.get_absolute_url(), row.n_votes, text, bar)


def _on_rule(points: float) -> float:
    return min(100.0, max(0.0, 50 + 50 * points / REACH_POINTS))
