"""Words for values that people read. Plain Python: no database here."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlsplit

from catalog.vocabulary import PICTURE_MAKERS, Kind, LinkRel, Openness, Permission, SourceKind
from ranking.compute.correlation import RankCorrelation

SPELT = {Kind.API: "API", Kind.CLI: "Command-line tool", Kind.MCP: "MCP server", Kind.WEBAPP: "Web app"}
OPENNESS = {
    Openness.OPEN_SOURCE: "Open source",
    Openness.OPEN_WEIGHTS: "Open weights",
    Openness.WEIGHTS_ON_REQUEST: "Weights on request",
    Openness.API_ONLY: "API only",
}
OUTPUTS_COMMERCIAL = {
    Permission.YES: "Pictures may be used commercially",
    Permission.CONDITIONAL: "Pictures may be used commercially on conditions",
    Permission.NO: "Pictures may not be used commercially",
}
WEIGHTS_COMMERCIAL = {
    Permission.YES: "weights may be used commercially",
    Permission.CONDITIONAL: "weights may be used commercially on conditions",
    Permission.NO: "weights may not be used commercially",
}
SOURCE_KINDS = {
    SourceKind.MEASURED: "measured by us",
    SourceKind.REGISTRY: "from a registry",
    SourceKind.PUBLISHER: "from its publisher",
    SourceKind.DOCUMENT: "from a document",
    SourceKind.COMMUNITY: "from the community",
    SourceKind.BUILDER: "stated by its builder",
}


def kind_label(kind: str) -> str:
    """Return a kind as the page prints it.

    >>> kind_label("api"), kind_label("repository")
    ('API', 'Repository')
    """
    return SPELT.get(Kind(kind), kind.capitalize())


def makes_pictures(kind: str) -> bool:
    """Return whether artifacts of a kind make pictures themselves.

    >>> makes_pictures("model"), makes_pictures("app")
    (True, False)
    """
    return kind in PICTURE_MAKERS


def link_label(rel: str) -> str:
    """Return what a link leads to.

    >>> link_label("api"), link_label("licence")
    ('API', 'Licence')
    """
    return "API" if rel == LinkRel.API else rel.capitalize()


def openness_label(openness: str) -> str:
    """Return how much of the artifact one can have."""
    return OPENNESS[Openness(openness)]


def readable_count(count: int) -> str:
    """Return a large count in three digits.

    >>> readable_count(8_100_000_000), readable_count(12_000_000_000), readable_count(4_300_000)
    ('8.1B', '12B', '4.3M')
    """
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if count >= size:
            return f"{count / size:.3g}{letter}"
    return str(count)


def readable_date(day: dt.date) -> str:
    """Return a date without a leading zero, readable on both sides of the Atlantic.

    >>> readable_date(dt.date(2026, 4, 2))
    '2 Apr 2026'
    """
    return f"{day.day} {day:%b %Y}"


def readable_memory(memory_gb: Decimal) -> str:
    """Return gigabytes without superfluous zeros.

    >>> readable_memory(Decimal("18.00"))
    '18 GB'
    """
    return f"{memory_gb.normalize():f} GB"


def readable_seconds(seconds: float) -> str:
    """Return a duration in two digits.

    >>> readable_seconds(0.0412), readable_seconds(12.4)
    ('0.041 s', '12 s')
    """
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def licence_words(outputs: str, weights: str) -> str:
    """Return what the licence allows in one sentence; empty where nothing is known.

    >>> licence_words("yes", "")
    'Pictures may be used commercially.'
    """
    parts = []
    if outputs:
        parts.append(OUTPUTS_COMMERCIAL[Permission(outputs)])
    if weights:
        parts.append(WEIGHTS_COMMERCIAL[Permission(weights)])
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def licence_note(outputs: str, weights: str, condition: str) -> str:
    """Return what the licence allows and on what condition; what the condition says itself is not said twice.

    >>> licence_note("yes", "", "Pictures may be used commercially under the developer terms.")
    'Pictures may be used commercially under the developer terms.'
    >>> licence_note("yes", "", "Name the maker.")
    'Pictures may be used commercially. Name the maker.'
    """
    is_allowed = outputs in {Permission.YES, Permission.CONDITIONAL}
    is_said = is_allowed and condition.startswith(OUTPUTS_COMMERCIAL[Permission.YES])
    words = licence_words("" if is_said else outputs, weights)
    return " ".join(part for part in (words, condition) if part)


def external_url(url: str) -> str:
    """Return ``url`` if a page may link to it, else an empty string: ``javascript:`` never gets out.

    >>> external_url("https://example.org/a"), external_url("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    parts = urlsplit(url)
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def host_of(url: str) -> str:
    """Return the host that a link leads to.

    >>> host_of("https://www.example.org/a")
    'example.org'
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")


def correlation_words(found: RankCorrelation) -> str:
    """Return a rank correlation in words.

    >>> correlation_words(RankCorrelation(0.8, 0.2, 0.96, 12))
    'rank correlation 0.80, 95 % interval 0.20 to 0.96, over 12 models'
    """
    return f"rank correlation {found.rho:.2f}, 95 % interval {found.low:.2f} to {found.high:.2f}, over {found.n} models"
