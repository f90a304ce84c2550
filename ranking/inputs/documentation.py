"""Whether a person can find what is needed to judge and to start, and what backs the capabilities."""

from collections import defaultdict
from collections.abc import Sequence

from catalog.models import Artifact, Capability, Link
from catalog.vocabulary import Confidence, LinkRel, Origin
from ranking.compute.records import SignalInput
from ranking.inputs.origins import LICENCE_FIELD, Origins, Signals

SURENESS = {Confidence.HIGH.value: 1.0, Confidence.MEDIUM.value: 0.5, Confidence.LOW.value: 0.25}


def documentation(artifacts: Sequence[Artifact], origins: Origins) -> Signals:
    """Yield the share of checks passed: can a person find what is needed to judge and to start?"""
    rels: dict[int, set[str]] = defaultdict(set)
    links = Link.objects.filter(artifact__in=artifacts).order_by("artifact")
    for artifact_id, rel in links.values_list("artifact", "rel"):
        rels[artifact_id].add(rel)
    for artifact in artifacts:
        found = rels[artifact.pk]
        origin = origins.get((artifact.pk, LICENCE_FIELD))
        is_licence_builders = origin is not None and origin.is_builders
        checks = {
            "homepage or documentation": bool(found & {LinkRel.HOMEPAGE, LinkRel.DOCUMENTATION}),
            "weights, code or API": bool(found & {LinkRel.WEIGHTS, LinkRel.REPOSITORY, LinkRel.API}),
            "documentation or paper": bool(found & {LinkRel.DOCUMENTATION, LinkRel.PAPER}),
            "licence named": bool(artifact.licence_id) and not is_licence_builders,
            "commercial use answered": bool(artifact.licence_outputs_commercial) and not is_licence_builders,
        }
        passed = [name for name, ok in checks.items() if ok]
        signal = SignalInput(
            "documentation_checks",
            len(passed) / len(checks),
            source="Our own checks",
            detail="passed: " + (", ".join(passed) or "none"),
        )
        yield artifact.pk, signal


def capability_evidence(ids: Sequence[int]) -> Signals:
    """Yield the share of capabilities that a cited source states, each by how sure it leaves us.

    What the builder states about their own artifact is left out, also of what it is a share of.
    """
    known: dict[int, list[float]] = defaultdict(list)
    rows = Capability.objects.filter(artifact__in=ids).exclude(origin=Origin.BUILDER.value)
    rows = rows.order_by("artifact", "position")
    for artifact_id, confidence, urls in rows.values_list("artifact", "confidence", "source_urls"):
        known[artifact_id].append(SURENESS[confidence] if urls else 0.0)
    for artifact_id, surenesses in known.items():
        n, n_cited = len(surenesses), sum(sureness > 0 for sureness in surenesses)
        signal = SignalInput(
            "capability_evidence",
            sum(surenesses) / n,
            source="Sources cited in this catalogue",
            detail=f"{n_cited} of {n} with a source",
        )
        yield artifact_id, signal
