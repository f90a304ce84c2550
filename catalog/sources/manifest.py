"""The builder's own manifest: what makers say of their artifact, in a YAML file at a place of their own.

The address comes from the artifact's own repository or domain once a claim on it is proved, or from an
operator; it is fetched as an address that a stranger gave. What the file states counts as its maker's word,
which is the weakest of all, and its capabilities wait for a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from catalog.decompose.drafts import Draft
from catalog.licences import known_licence, licence_value
from catalog.manifest import Manifest, ManifestError, parse_manifest
from catalog.sources.base import (
    IdField,
    Page,
    Query,
    Quote,
    Record,
    Refusal,
    Source,
    by_id,
)
from catalog.sources.fetch import Fetcher
from catalog.vocabulary import Confidence, OfferKind, SourceKind

TITLE = "Its maker's manifest"


class BuilderManifest:
    """Reads one file per address."""

    source: ClassVar = Source.MANIFEST
    id_field: ClassVar = IdField.MANIFEST
    version: ClassVar = 1
    kind: ClassVar = SourceKind.BUILDER
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, _urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield one page per address; a file has no date of change, so ``since`` leaves nothing out.

        Each address is another builder's host: failures in a row say nothing of the next one.
        """
        yield from by_id(query, self.id_field, read=lambda _, address: self._file(address), patience=None)

    def _file(self, address: str) -> Page:
        reply = self._fetcher.get_guarded(address)
        if reply.is_absent:
            return Page(missing=(address,))
        if reply.is_unchanged:
            return Page()
        try:
            manifest = parse_manifest(reply.content)
        except ManifestError as error:
            return Page(refusals=(Refusal(address[:200], str(error).replace("\n", "; ")[:500]),))
        record = replace(as_record(manifest, reply.content, address=address), etag=reply.etag)
        return Page(records=(record,), validators=reply.validators)


def as_record(manifest: Manifest, text: str, *, address: str) -> Record:
    """Return what a manifest states; it speaks only for artifacts whose names elsewhere it does not deny."""
    names = (
        (IdField.HUB, manifest.hub_id),
        (IdField.GITHUB, manifest.github_repo),
        (IdField.PACKAGE, manifest.package_name),
    )
    return Record(
        id=address,
        url=address,
        title=TITLE,
        payload={"text": text},
        facts=facts(manifest),
        quotes=tuple(quotes(manifest)),
        drafts=tuple(drafts(manifest)),
        only_for=tuple((field, value) for field, value in names if value),
    )


def facts(manifest: Manifest) -> dict[str, Any]:
    """Return the fields that a manifest states; None where it says nothing."""
    return {
        "openness": manifest.openness.value if manifest.openness else None,
        "licence": _licence(manifest),
        "builder_kind": manifest.kind.value,
        "builder_summary": manifest.summary,
        "builder_best_for": manifest.best_for or None,
        "builder_limitations": manifest.limitations or None,
        "builder_requirements": manifest.requirements or None,
    }


def _licence(manifest: Manifest) -> dict[str, str] | None:
    if manifest.licence is None:
        return None
    known = known_licence(manifest.licence)
    # What an unknown licence permits is not for its user to say.
    name = {"id": manifest.licence, "name": manifest.licence}
    return licence_value(known, has_weights=manifest.hub_id is not None) if known else name


def quotes(manifest: Manifest) -> Iterator[Quote]:
    """Yield what the maker asks; who offers it is the artifact's publisher, whoever else is named."""
    for offer in manifest.offers:
        amount = Decimal(offer.amount)
        yield Quote(
            amount,
            f"{offer.plan}, as stated by its maker"[:160],
            offer.unit,
            (offer.detail or "")[:160],
            kind=OfferKind.HOSTED if amount else OfferKind.FREE_TIER,
            currency=offer.currency,
        )


def drafts(manifest: Manifest) -> Iterator[Draft]:
    """Yield capabilities in the maker's words, to be read by a person before they are shown."""
    for row in manifest.capabilities:
        yield Draft(
            row.name,
            row.description,
            row.description,
            Confidence.LOW,
            tuple(row.inputs),
            tuple(row.outputs),
            tuple(row.intents),
        )
