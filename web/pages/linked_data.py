"""Pictures and measurements in schema.org's words."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from evaluation.selectors import ArtifactScore, SuiteOverview
from web.pages.pictures import Picture

# How IPTC and schema.org mark a picture that a model made.
GENERATED = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
LICENCE_PAGES = {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}


def image_objects(pictures: Iterable[Picture]) -> tuple[dict[str, object], ...]:
    """Return the pictures that there are, each marked as made by a model; failures are no pictures."""
    return tuple(
        {
            "@type": "ImageObject",
            "contentUrl": picture.url,
            "caption": picture.alt,
            "creditText": picture.maker,
            "width": picture.width,
            "height": picture.height,
            "digitalSourceType": GENERATED,
        }
        for picture in pictures
        if picture.url
    )


def suite_dataset(suite: SuiteOverview, path: str) -> dict[str, object]:
    """Return a suite's scores as a Dataset; each is an Observation with its margin of error."""
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
        "hasPart": _observations(suite.scores, suite.headline_label),
    }
    return {key: value for key, value in data.items() if value}


def _observations(scores: Sequence[ArtifactScore], label: str) -> list[dict[str, object]]:
    return [
        {
            "@type": "Observation",
            "observationAbout": {"@type": "SoftwareApplication", "name": row.artifact_name},
            "measuredProperty": label,
            "value": round(row.score.mean, 4),
            "marginOfError": {
                "@type": "QuantitativeValue",
                "minValue": round(row.score.ci_low - row.score.mean, 4),
                "maxValue": round(row.score.ci_high - row.score.mean, 4),
            },
            "observationDate": row.score.computed_at.date().isoformat(),
        }
        for row in scores
        if row.score.mean is not None and row.score.ci_low is not None and row.score.ci_high is not None
    ]
