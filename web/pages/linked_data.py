"""Pictures and measurements in schema.org's words."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from evaluation.scorers.registry import METRICS
from evaluation.selectors import SuiteOverview, SuiteScore
from web.pages.cards import ArtifactCard
from web.pages.pictures import Picture

# How IPTC and schema.org mark a picture that a model made.
GENERATED = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
LICENCE_PAGES = {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}


def image_objects(pictures: Iterable[Picture]) -> tuple[dict[str, object], ...]:
    """Return the pictures that there are, each marked as made by a model; failures are no pictures."""
    return tuple(
        {
            "@type": "ImageObject",
            "contentUrl": picture.full_url,
            "thumbnailUrl": picture.url,
            "caption": picture.alt,
            "creditText": picture.maker,
            "width": picture.width,
            "height": picture.height,
            "digitalSourceType": GENERATED,
        }
        for picture in pictures
        if picture.url
    )


def item_list(name: str, cards: Iterable[ArtifactCard]) -> dict[str, object]:
    """Return a list of artifacts in its order, the best first."""
    items = [
        {"@type": "ListItem", "position": position, "name": card.name, "url": card.path}
        for position, card in enumerate(cards, start=1)
    ]
    return {
        "@type": "ItemList",
        "name": name,
        "itemListOrder": "https://schema.org/ItemListOrderDescending",
        "numberOfItems": len(items),
        "itemListElement": items,
    }


def suite_dataset(suite: SuiteOverview, path: str) -> dict[str, object]:
    """Return a suite's scores as a Dataset that can be taken away."""
    data: dict[str, object] = {
        "@type": "Dataset",
        "name": f"{suite.name} {suite.version}: {suite.headline_label}",
        "description": suite.description,
        "url": path,
        "identifier": suite.digest,
        "creator": {"@type": "Organization", "name": settings.SITE_NAME},
        "license": LICENCE_PAGES.get(suite.licence, ""),
        "variableMeasured": suite.headline_label,
        "measurementTechnique": f"{sum(n for _, n in suite.strata)} prompts, {suite.seeds_per_prompt} seeds each",
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media_type,
                "contentUrl": f"{reverse('suite-leaderboard', args=[suite.slug])}?format={form}",
            }
            for form, media_type in (("csv", "text/csv"), ("json", "application/json"))
        ],
    }
    return {key: value for key, value in data.items() if value}


def suite_observations(suite: SuiteOverview) -> tuple[dict[str, object], ...]:
    """Return a suite's scores as Observations, each with its margin of error; 0 to 1."""
    return tuple(
        found
        for row in suite.scores
        if (found := observation(row.artifact_name, _path(row.artifact_slug), row.score))
    )


def observation(name: str, path: str, score: SuiteScore) -> dict[str, object] | None:
    """Return one measured score with its 95 % interval as its margin of error; None where there is no mean."""
    if score.mean is None or score.ci_low is None or score.ci_high is None:
        return None
    return {
        "@type": "Observation",
        "name": f"{name} on {score.suite_name} {score.suite_version}",
        "observationAbout": {"@type": "SoftwareApplication", "name": name, "url": path},
        "variableMeasured": METRICS[score.metric].label,
        "measurementTechnique": f"{score.n_samples} pictures of {score.n_families} prompt families, 95 % interval",
        "value": round(score.mean, 4),
        "marginOfError": {
            "@type": "QuantitativeValue",
            "minValue": round(score.ci_low - score.mean, 4),
            "maxValue": round(score.ci_high - score.mean, 4),
        },
        "observationDate": score.computed_at.date().isoformat(),
        "url": reverse("run", args=[score.run_id]),
    }


def _path(slug: str) -> str:
    return reverse("artifact", args=[slug])
