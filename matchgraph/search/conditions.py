"""What each constraint means in the catalogue: satisfied, violated, or not known.

A condition is two database conditions; an artifact that meets neither is kept and labelled, because
not knowing is not a reason to hide something.
"""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from catalog.models import Artifact, Capability, Publisher
from catalog.vocabulary import Kind, OfferKind, Openness, Permission
from matchgraph.search import prices
from matchgraph.search.condition import API_ONLY, NEVER, OPEN, SILENT, Condition, always, offered
from matchgraph.search.grammar import SOFTWARE
from matchgraph.search.makers import published_by
from matchgraph.search.records import Constraint, ConstraintKind, ParsedQuery

NOT_SOFTWARE = [Kind.MODEL, Kind.FINETUNE, Kind.DATASET, Kind.PAPER, Kind.BENCHMARK, Kind.PROMPT]
# At half a byte each.
PARAMETERS_PER_GB = 2_000_000_000
DRAWS_FROM_TEXT = "text>image"
NO_PROGRAM = [kind.value for kind in (*NOT_SOFTWARE, Kind.PRODUCT, Kind.API)]


def conditions_of(parsed: ParsedQuery) -> list[Condition]:
    """Return what each constraint of a query means beside the others."""
    return [condition_of(constraint, parsed) for constraint in parsed.constraints]


def condition_of(constraint: Constraint, parsed: ParsedQuery) -> Condition:
    """Return what a constraint means.

    Weights to run oneself have no price, so they meet any; who asks for a hosted service does not ask for them.
    """
    if constraint.kind in {ConstraintKind.CHEAPEST, ConstraintKind.VOLUME}:
        meaning = prices.cheapest if constraint.kind == ConstraintKind.CHEAPEST else prices.volume
        return meaning(constraint, parsed)
    if {ConstraintKind.HOSTED, ConstraintKind.NO_GPU} & {item.kind for item in parsed.constraints}:
        hosted = {
            ConstraintKind.PRICE: prices.hosted_price,
            ConstraintKind.FREE: prices.free_tier,
        }.get(constraint.kind)
        if hosted is not None:
            return hosted(constraint)
    return MEANINGS[constraint.kind](constraint)


def is_software(artifact: Artifact) -> bool:
    """Return whether an artifact is something that models are run with, not a model, a service or text."""
    return artifact.kind not in NO_PROGRAM


def _hosted() -> Q:
    return API_ONLY | Q(kind=Kind.API.value) | offered(kind=OfferKind.HOSTED.value)


def _open_weights(constraint: Constraint) -> Condition:
    return Condition(constraint, OPEN, API_ONLY, always("Weights are open"), always("Weights on request"))


def _open_source(constraint: Constraint) -> Condition:
    return Condition(
        constraint,
        Q(openness=Openness.OPEN_SOURCE.value),
        ~OPEN,
        always("Open source"),
        lambda artifact: f"Weights are open, licence: {artifact.licence_name or 'not known'}",
    )


def _local(constraint: Constraint) -> Condition:
    return Condition(
        constraint, OPEN, API_ONLY, always("Runs on your own machine"), always("Weights on request")
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
        always("Commercial use allowed"),
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
        always("Licence not known"),
    )


def _memory(constraint: Constraint) -> Condition:
    """A model published for more memory may fit when quantised: that is said, not decided.

    One whose weights alone are larger at four bits each, the fewest in common use, does not fit.
    """
    limit = Decimal(constraint.value)
    too_many = Q(parameter_count__gt=int(limit * PARAMETERS_PER_GB))
    quantised = Q(Exists(Capability.objects.filter(artifact=OuterRef("pk"), name__icontains="quanti")))
    return Condition(
        constraint,
        Q(memory_gb__lte=limit),
        API_ONLY | (Q(memory_gb__gt=limit) & ~quantised),
        lambda artifact: f"Runs in {_gigabytes(artifact)} GB",
        lambda artifact: _memory_missing(artifact, limit),
        violated_unless_named=too_many & (Q(memory_gb=None) | Q(memory_gb__gt=limit)),
    )


def _memory_missing(artifact: Artifact, limit: Decimal) -> str:
    """Return why it is not sure that a model fits, or why it cannot; that is read of one asked for by name."""
    least = Decimal(artifact.parameter_count or 0) / PARAMETERS_PER_GB
    if least > limit:
        size = (artifact.parameter_count or 0) / 1e9
        return f"{size:.3g}B parameters need at least {least:.3g} GB even at 4 bits"
    if not artifact.memory_gb:
        # No estimate of the whole: what is published lies between 1.4 and 11.6 GB for a billion parameters.
        weights = (
            f"; the weights alone take {4 * least:.2g} GB at 16 bits, {least:.2g} GB at 4" if least else ""
        )
        return f"Memory needed: not known{weights}"
    return f"Published for {_gigabytes(artifact)} GB, less when quantised"


def _gigabytes(artifact: Artifact) -> str:
    return f"{artifact.memory_gb:f}".rstrip("0").rstrip(".") if artifact.memory_gb else "?"


def _no_gpu(constraint: Constraint) -> Condition:
    return Condition(
        constraint,
        _hosted(),
        NEVER,
        always("Hosted, so no GPU of your own is needed"),
        always("Whether it works without a GPU: not known"),
    )


def _hosted_api(constraint: Constraint) -> Condition:
    """A product that people use on its own pages may have no API."""
    callable_ = _hosted() & ~Q(kind=Kind.PRODUCT.value)
    return Condition(constraint, callable_, NEVER, always("Hosted, by API"), always("No hosted offer known"))


def _parameters(constraint: Constraint) -> Condition:
    limit = int(constraint.value)
    return Condition(
        constraint,
        Q(parameter_count__lte=limit),
        Q(parameter_count__gt=limit),
        lambda artifact: f"{(artifact.parameter_count or 0) / 1e9:.2g}B parameters",
        always("Number of parameters not known"),
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
    return Condition(constraint, NEVER, Q(slug=constraint.value), SILENT, SILENT)


def _not(constraint: Constraint) -> Condition:
    return Condition(constraint, NEVER, Q(slug=constraint.value), SILENT, SILENT)


def _not_from(constraint: Constraint) -> Condition:
    theirs = Q(publisher__in=Publisher.objects.filter(published_by(constraint.value)))
    return Condition(constraint, NEVER, theirs, SILENT, SILENT)


def _modality(constraint: Constraint) -> Condition:
    """What goes in and what comes out; of software, which handles what its models do, more may be true."""
    inputs, outputs = (side.split("+") if side else [] for side in constraint.value.split(">"))
    handles = Q(inputs__contains=inputs, outputs__contains=outputs)
    if constraint.value == DRAWS_FROM_TEXT:
        # A service that needs a picture takes words beside it.
        handles &= ~Q(kind=Kind.API.value) | prices.draws()
    stated = ~Q(inputs=[], outputs=[])
    return Condition(
        constraint,
        handles,
        stated & ~handles & Q(kind__in=NO_PROGRAM),
        lambda artifact: f"From {' and '.join(artifact.inputs)} to {' and '.join(artifact.outputs)}",
        always(f"{constraint.label}: not stated"),
    )


MEANINGS: dict[ConstraintKind, Callable[[Constraint], Condition]] = {
    ConstraintKind.LIKE: _like,
    ConstraintKind.PRICE: prices.price,
    ConstraintKind.FREE: prices.free,
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
    ConstraintKind.MODALITY: _modality,
    ConstraintKind.NOT: _not,
    ConstraintKind.NOT_FROM: _not_from,
}
