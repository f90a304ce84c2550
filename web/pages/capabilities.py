"""One capability as pages print it."""

from dataclasses import dataclass

from catalog.vocabulary import Confidence, Origin

ORIGINS = {
    Origin.CURATED: "written by our editors",
    Origin.DECOMPOSED: "decomposed by AI analysis",
    Origin.BUILDER: "stated by its builder",
    Origin.MEASURED: "measured by us",
}


@dataclass(frozen=True)
class CapabilityNote:
    """What it is, what sets it apart, how sure we are and who says so."""

    anchor: str
    name: str
    description: str
    unique_aspect: str
    versus_alternatives: str
    confidence: str
    origin: str


def confidence_words(confidence: str) -> str:
    """Return a confidence in words.

    >>> confidence_words("high")
    'High confidence'
    """
    return f"{Confidence(confidence).value.capitalize()} confidence"


def origin_words(origin: str) -> str:
    """Return who stated a capability.

    >>> origin_words("builder")
    'stated by its builder'
    """
    return ORIGINS[Origin(origin)]
