"""An artifact's own capabilities in full."""

from dataclasses import dataclass

from catalog.models import Capability
from web.formatting import external_url, host_of
from web.pages.capabilities import CapabilityNote, confidence_words, origin_words


@dataclass(frozen=True)
class NamedLink:
    """A link and what to call it."""

    name: str
    url: str


@dataclass(frozen=True)
class FullCapability:
    """A capability with everything that is known about it."""

    note: CapabilityNote
    best_for: tuple[str, ...]
    limitations: tuple[str, ...]
    requirements: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    intents: tuple[str, ...]
    sources: tuple[NamedLink, ...]

    @property
    def has_details(self) -> bool:
        """Return whether there is more than the note."""
        return bool(self.best_for or self.limitations or self.requirements or self.intents or self.sources)


def full_capability(row: Capability) -> FullCapability:
    """Return a stored capability as the artifact's page prints it."""
    links = [NamedLink(host_of(url), url) for url in row.source_urls if external_url(url)]
    return FullCapability(
        note=CapabilityNote(
            anchor=f"capability-{row.pk}",
            name=row.name,
            description=row.description,
            unique_aspect=row.unique_aspect,
            versus_alternatives=row.versus_alternatives,
            confidence=confidence_words(row.confidence),
            origin=origin_words(row.origin, author=row.author),
        ),
        best_for=tuple(row.best_for),
        limitations=tuple(row.limitations),
        requirements=tuple(row.requirements),
        inputs=tuple(row.input_types),
        outputs=tuple(row.output_types),
        intents=tuple(row.intents),
        sources=tuple(links),
    )
