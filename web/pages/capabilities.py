"""One capability as pages print it."""

from dataclasses import dataclass

from catalog.decompose.drafts import EXTRACTOR_AUTHOR
from catalog.vocabulary import Confidence, Origin

ORIGINS = {
    Origin.CURATED: "written by our editors",
    Origin.DECOMPOSED: "read out of its card by a program or a language model",
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


def origin_words(origin: str, *, author: str = "") -> str:
    """Return who stated a capability; what a language model wrote is called so, with the model's name.

    >>> origin_words("builder")
    'stated by its builder'
    >>> origin_words("decomposed", author="some-model")
    'written by the language model some-model from its card'
    """
    if origin == Origin.DECOMPOSED and author == EXTRACTOR_AUTHOR:
        return "read out of its card by a program"
    if origin == Origin.DECOMPOSED and author:
        return f"written by the language model {author} from its card"
    return ORIGINS[Origin(origin)]
