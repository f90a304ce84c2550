"""Names near one that is not in the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import F
from django.db.models.functions import Lower
from django.urls import reverse

from catalog.models import Artifact
from web.pages.cards import compare_path
from web.pages.compare.several import MOST
from web.pages.meta import Meta

NEAREST = 4
# A name is spelt out against so many: those that rank highest are the likeliest to be meant, and nobody keeps a
# server busy by asking for what is not there.
LOOKED_THROUGH = 2_000
TOO_MANY = Meta(
    title="Too many at once", description="Two to four can be compared.", path="", is_indexable=False
)


@dataclass(frozen=True)
class Suggestion:
    """A name that may have been meant, and where it leads."""

    name: str
    path: str


@dataclass(frozen=True)
class UnknownPage:
    """What was not found, with the nearest names for each."""

    meta: Meta
    wanted: tuple[tuple[str, tuple[Suggestion, ...]], ...]
    comparison: Suggestion | None
    problem: str = ""
    first: str = ""
    second: str = ""


def unknown_artifact_page(wanted: str) -> UnknownPage:
    """Return the page for an artifact that is not in the catalogue."""
    names = likely_names()
    suggestions = tuple(
        Suggestion(names[slug], reverse("artifact", args=[slug])) for slug in nearest_slugs(wanted, names)
    )
    return UnknownPage(_meta(wanted), ((wanted, suggestions),), None, first=wanted)


def unknown_comparison_page(wanted: tuple[str, ...]) -> UnknownPage:
    """Return the page for a comparison of too many, or with a side that is not in the catalogue."""
    asked = [slug for slug in wanted if slug]
    wanted = tuple(asked[:MOST])
    spelt_right = [slug for slug in wanted if "\x00" not in slug]
    asked_for = dict(Artifact.objects.filter(slug__in=spelt_right).values_list("slug", "name"))
    names = likely_names() | asked_for
    near = {slug: [slug] if slug in names else nearest_slugs(slug, names) for slug in wanted}
    unknown = tuple(
        (slug, tuple(Suggestion(names[hit], reverse("artifact", args=[hit])) for hit in near[slug]))
        for slug in wanted
        if slug not in names
    )
    too_many = f"At most {MOST} stand side by side, and {len(asked)} were asked for."
    return UnknownPage(
        _meta(" and ".join(slug for slug, _ in unknown)) if unknown else TOO_MANY,
        unknown,
        _comparison([near[slug][0] for slug in wanted if near[slug]], names),
        problem=too_many if len(asked) > MOST else "",
        first=wanted[0] if wanted else "",
        second=wanted[1] if len(wanted) > 1 else "",
    )


def _comparison(slugs: list[str], names: dict[str, str]) -> Suggestion | None:
    chosen = sorted(set(slugs))[:MOST]
    if len(chosen) < 2:
        return None
    return Suggestion(" vs ".join(names[slug] for slug in chosen), compare_path(*chosen))


def likely_names() -> dict[str, str]:
    """Return the names by slug among which a misspelt one is looked for. One query."""
    likely = Artifact.objects.order_by(F("rank_score").desc(nulls_last=True), "slug")
    return dict(likely.values_list("slug", "name")[:LOOKED_THROUGH])


def nearest_slugs(wanted: str, names: dict[str, str]) -> list[str]:
    """Return the slugs whose slug or name is spelt most like ``wanted``, nearest first.

    >>> nearest_slugs("sdnxt", {"sdnext": "SD.Next", "flux-1-dev": "FLUX.1 [dev]"})
    ['sdnext']
    """
    spelt = {name.casefold(): slug for slug, name in names.items()} | {slug: slug for slug in names}
    hits = get_close_matches(wanted.casefold(), spelt, n=NEAREST * 2, cutoff=0.5)
    return list(dict.fromkeys(spelt[hit] for hit in hits))[:NEAREST]


def unknown_words(slug: str) -> str:
    """Return for programs that an artifact is not here, with the nearest slugs. One query."""
    near = nearest_slugs(slug, likely_names())
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return f"There is no artifact “{slug}”.{nearest}"


def known_slugs(slugs: Sequence[str]) -> set[str]:
    """Return those of some slugs that are in the catalogue. One query."""
    return set(Artifact.objects.filter(slug__in=slugs).values_list("slug", flat=True))


def resolved_slugs(texts: Sequence[str]) -> dict[str, str]:
    """Return by text the slug of the artifact that has it as slug, name or alias, whatever its case.

    Three queries for any number of texts; what no artifact has is left out.
    """
    folded = {text: text.replace("\x00", "").strip().casefold() for text in texts}
    asked = sorted(set(folded.values()) - {""})
    found: dict[str, str] = {}
    for slug, aliases in Artifact.objects.filter(aliases__overlap=asked).values_list("slug", "aliases"):
        found |= {alias: slug for alias in aliases if alias not in found}
    # A name says more than another's alias, and a slug most.
    named = Artifact.objects.annotate(folded=Lower("name")).filter(folded__in=asked)
    found |= dict(named.order_by("-pk").values_list("folded", "slug"))
    found |= {slug: slug for slug in known_slugs(asked)}
    return {text: found[name] for text, name in folded.items() if name in found}


def _meta(wanted: str) -> Meta:
    return Meta(
        title="Not in the catalogue",
        description=f"There is no artifact called {wanted} here.",
        path="",
        is_indexable=False,
    )
