"""What each constraint means in the catalogue: satisfied, violated, or not known.

A condition is two database conditions; an artifact that meets neither is kept and labelled, because
not knowing is not a reason to hide something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from catalog.models import Artifact, Capability, Offer
from catalog.vocabulary import Kind, OfferKind, OfferUnit, Openness, Permission
from matchgraph.search.grammar import SOFTWARE
from matchgraph.search.records import Constraint, ConstraintKind

NEVER = Q(pk__in=[])
OPEN = Q(openness__in=[Openness.OPEN_SOURCE.value, Openness.OPEN_WEIGHTS.value])
API_ONLY = Q(openness=Openness.API_ONLY.value)
# A picture of usual size is one megapixel, so prices per megapixel answer a question per image.
PRICED_ALIKE = {OfferUnit.IMAGE.value: [OfferUnit.IMAGE.value, OfferUnit.MEGAPIXEL.value]}
NOT_SOFTWARE = [Kind.MODEL, Kind.FINETUNE, Kind.DATASET, Kind.PAPER, Kind.BENCHMARK, Kind.PROMPT]

Words = Callable[[Artifact], str]


@dataclass(frozen=True)
class Condition:
    """A constraint in the terms of the catalogue, and what to say of an artifact that meets it or not."""

    constraint: Constraint
    satisfied: Q
    violated: Q
    if_satisfied: Words
    if_not_known: Words


def condition_of(constraint: Constraint) -> Condition:
    """Return what a constraint means."""
    return MEANINGS[constraint.kind](constraint)


def is_software(artifact: Artifact) -> bool:
    """Return whether an artifact is something that models are run with, not a model or text itself."""
    return artifact.kind not in [kind.value for kind in NOT_SOFTWARE]


def _always(words: str) -> Words:
    return lambda _artifact: words


def _offer(**fields: object) -> Q:
    return Q(Exists(Offer.objects.filter(artifact=OuterRef("pk"), **fields)))


def _hosted() -> Q:
    return API_ONLY | Q(kind=Kind.API.value) | _offer(kind=OfferKind.HOSTED.value)


def _open_weights(constraint: Constraint) -> Condition:
    return Condition(constraint, OPEN, API_ONLY, _always("Weights are open"), _always("Weights on request"))


def _open_source(constraint: Constraint) -> Condition:
    return Condition(
        constraint,
        Q(openness=Openness.OPEN_SOURCE.value),
        ~OPEN,
        _always("Open source"),
        lambda artifact: f"Weights are open, licence: {artifact.licence_name or 'not known'}",
    )


def _local(constraint: Constraint) -> Condition:
    return Condition(
        constraint, OPEN, API_ONLY, _always("Runs on your own machine"), _always("Weights on request")
    )


def _commercial(constraint: Constraint) -> Condition:
    """The licence of the weights decides; where there are none to license, that of the outputs."""

    def permits(answer: Permission) -> Q:
        weights = Q(licence_weights_commercial=answer.value)
        return weights | Q(licence_weights_commercial="", licence_outputs_commercial=answer.value)

    return Condition(
        constraint,
        permits(Permission.YES),
        permits(Permission.NO),
        _always("Commercial use allowed"),
        lambda artifact: artifact.licence_condition or "Commercial use: not known",
    )


def _licence(constraint: Constraint) -> Condition:
    same = Q(licence_id__startswith=constraint.value)
    same |= Q(licence_id__startswith=f"LicenseRef-CreativeML-{constraint.value}")
    return Condition(
        constraint,
        same,
        ~same & ~Q(licence_id=""),
        lambda artifact: f"Licence: {artifact.licence_name}",
        _always("Licence not known"),
    )


def _free(constraint: Constraint) -> Condition:
    free = OPEN | _offer(kind__in=[OfferKind.SELF_HOSTED.value, OfferKind.FREE_TIER.value])
    return Condition(
        constraint,
        free,
        API_ONLY & _offer(kind=OfferKind.HOSTED.value) & ~free,
        lambda artifact: "Free tier" if artifact.openness == Openness.API_ONLY else "Free to run yourself",
        _always("Price not known"),
    )


def _price(constraint: Constraint) -> Condition:
    amount, currency = constraint.value.split()
    asked = {
        "kind": OfferKind.HOSTED.value,
        "unit__in": PRICED_ALIKE.get(constraint.unit, [constraint.unit]),
        "currency": currency,
    }
    cheap = _offer(**asked, amount__lte=Decimal(amount))
    free = OPEN | _offer(kind__in=[OfferKind.SELF_HOSTED.value, OfferKind.FREE_TIER.value])
    return Condition(
        constraint,
        cheap | free,
        ~cheap & ~free & _offer(**asked),
        _always(f"{constraint.label}, or free to run yourself"),
        lambda _artifact: f"Price per {constraint.unit.replace('-', ' ')} not known",
    )


def _memory(constraint: Constraint) -> Condition:
    """A model published for more memory may fit when quantised: that is said, not decided."""
    limit = Decimal(constraint.value)
    quantised = Q(Exists(Capability.objects.filter(artifact=OuterRef("pk"), name__icontains="quanti")))
    return Condition(
        constraint,
        Q(memory_gb__lte=limit),
        API_ONLY | (Q(memory_gb__gt=limit) & ~quantised),
        lambda artifact: f"Runs in {_gigabytes(artifact)} GB",
        lambda artifact: (
            f"Published for {_gigabytes(artifact)} GB, less when quantised"
            if artifact.memory_gb
            else "Memory needed: not known"
        ),
    )


def _gigabytes(artifact: Artifact) -> str:
    return f"{artifact.memory_gb:f}".rstrip("0").rstrip(".") if artifact.memory_gb else "?"


def _no_gpu(constraint: Constraint) -> Condition:
    return Condition(
        constraint,
        _hosted(),
        NEVER,
        _always("Hosted, so no GPU of your own is needed"),
        _always("Whether it works without a GPU: not known"),
    )


def _hosted_api(constraint: Constraint) -> Condition:
    return Condition(
        constraint, _hosted(), NEVER, _always("Hosted, by API"), _always("No hosted offer known")
    )


def _parameters(constraint: Constraint) -> Condition:
    limit = int(constraint.value)
    return Condition(
        constraint,
        Q(parameter_count__lte=limit),
        Q(parameter_count__gt=limit),
        lambda artifact: f"{(artifact.parameter_count or 0) / 1e9:.2g}B parameters",
        _always("Number of parameters not known"),
    )


def _kind(constraint: Constraint) -> Condition:
    """Software of another kind is kept and labelled: what one calls a tool is another's library."""
    software = ~Q(kind__in=[kind.value for kind in NOT_SOFTWARE])
    wanted = {
        SOFTWARE: software,
        Kind.MODEL.value: Q(kind__in=[Kind.MODEL.value, Kind.FINETUNE.value]),
        Kind.LIBRARY.value: Q(kind__in=[Kind.LIBRARY.value, Kind.FRAMEWORK.value]),
    }.get(constraint.value, Q(kind=constraint.value))
    kept = wanted if constraint.value in NOT_SOFTWARE else wanted | software

    def words(artifact: Artifact) -> str:
        return f"Kind: {artifact.get_kind_display().lower()}"

    return Condition(constraint, wanted, ~kept, words, words)


def _like(constraint: Constraint) -> Condition:
    """Everything but the artifact itself may be like it; how much is a matter of score."""
    return Condition(constraint, NEVER, Q(slug=constraint.value), _always(""), _always(""))


MEANINGS: dict[ConstraintKind, Callable[[Constraint], Condition]] = {
    ConstraintKind.LIKE: _like,
    ConstraintKind.PRICE: _price,
    ConstraintKind.FREE: _free,
    ConstraintKind.MEMORY: _memory,
    ConstraintKind.NO_GPU: _no_gpu,
    ConstraintKind.COMMERCIAL: _commercial,
    ConstraintKind.OPEN_SOURCE: _open_source,
    ConstraintKind.OPEN_WEIGHTS: _open_weights,
    ConstraintKind.LICENCE: _licence,
    ConstraintKind.PARAMETERS: _parameters,
    ConstraintKind.HOSTED: _hosted_api,
    ConstraintKind.LOCAL: _local,
    ConstraintKind.KIND: _kind,
}
