"""The feature table of two to four artifacts: a row per question, a cell per side, differences marked."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from django.conf import settings

from catalog.costs import StartingPrice
from evaluation.selectors import Speed
from ranking.compute.verdict import stands_apart
from ranking.selectors import InputView
from web.figures import Bar
from web.formatting import (
    external_url,
    kind_label,
    licence_note,
    makes_pictures,
    openness_label,
    readable_count,
    readable_date,
    readable_memory,
    readable_seconds,
)
from web.pages.compare.sides import LETTERS, ComparedArtifact, component_sides
from web.pages.components import Component
from web.pages.sources import Source


@dataclass(frozen=True)
class Cell:
    """What one side answers. A missing answer says so and has no bar."""

    text: str
    note: str = ""
    is_missing: bool = False
    bar: Bar | None = None
    source: Source | None = None
    inputs: tuple[InputView, ...] = ()


@dataclass(frozen=True)
class FeatureRow:
    """One question, answered by each side in its order. ``anchor`` is where statements of the verdict point to."""

    label: str
    cells: tuple[Cell, ...]
    is_different: bool
    anchor: str = ""
    note: str = ""

    @property
    def first(self) -> Cell:
        """Return what A answers."""
        return self.cells[0]

    @property
    def second(self) -> Cell:
        """Return what B answers."""
        return self.cells[1]

    @property
    def answers(self) -> tuple[tuple[str, Cell], ...]:
        """Return each side's letter with its answer."""
        return tuple(zip(LETTERS, self.cells, strict=False))


@dataclass(frozen=True)
class FeatureGroup:
    """Rows that belong together."""

    title: str
    rows: tuple[FeatureRow, ...]


NOT_KNOWN = Cell("Not known yet", is_missing=True)
NO_PICTURES = Cell("Does not apply", "makes no pictures by itself", is_missing=True)
NOT_APPLICABLE = Cell("Does not apply", "not part of the formula for this kind", is_missing=True)


def feature_groups(sides: Sequence[ComparedArtifact], *, ranks_differ: bool) -> tuple[FeatureGroup, ...]:
    """Return the whole table of two to four sides; ``ranks_differ`` is what the verdict says of the ranks."""
    return (
        FeatureGroup("Rank", tuple(_rank_rows(sides, ranks_differ=ranks_differ))),
        FeatureGroup("Cost and licence", tuple(_cost_rows(sides))),
        FeatureGroup("What it is", tuple(_identity_rows(sides))),
        FeatureGroup("Running it", tuple(_running_rows(sides))),
        FeatureGroup("Evidence", tuple(_evidence_rows(sides))),
    )


def _rank_rows(sides: Sequence[ComparedArtifact], *, ranks_differ: bool) -> Iterable[FeatureRow]:
    are_one_kind = len({side.artifact.kind for side in sides}) == 1
    note = "" if are_one_kind else "Each is measured against its own kind."
    cells = tuple(side.once(_rank_cell) for side in sides)
    yield FeatureRow(f"{settings.RANK_NAME}, out of 100", cells, ranks_differ, "rank", note)
    labels = {part.name: part.label for side in sides for part in side.components}
    for name, label in labels.items():
        cells = tuple(side.once(_component_cells).get(name, NOT_APPLICABLE) for side in sides)
        yield FeatureRow(label, cells, are_one_kind and _stand_apart(sides, name))


def _stand_apart(sides: Sequence[ComparedArtifact], name: str) -> bool:
    """Return whether the verdict would tell this component of any two sides apart."""
    parts = [part for side in sides for part in component_sides(side) if part.name == name]
    return any(stands_apart(one, other) for one, other in combinations(parts, 2))


def _rank_cell(side: ComparedArtifact) -> Cell:
    entry = side.entry
    if entry is None or side.card.rank is None:
        return Cell("Not ranked yet", is_missing=True)
    return Cell(
        text=f"{entry.score:.1f}",
        note=f"{_demonstration(side)}{entry.low:.1f} to {entry.high:.1f}; "
        f"place {entry.places} of {entry.n_ranked} of its kind",
        bar=side.card.rank,
        source=Source(f"Formula {entry.formula_version}", "", entry.as_of, "computed by us"),
    )


def _demonstration(side: ComparedArtifact) -> str:
    return "demonstration model; " if side.card.is_demonstration else ""


def _component_cells(side: ComparedArtifact) -> dict[str, Cell]:
    return {part.name: _component_cell(part) for part in side.components}


def _component_cell(part: Component) -> Cell:
    return Cell(part.text, part.note, part.is_missing, part.bar, inputs=part.inputs)


def _answered(
    label: str,
    sides: Sequence[ComparedArtifact],
    answer: Callable[[ComparedArtifact], Cell],
    *,
    anchor: str = "",
    note: str = "",
) -> FeatureRow:
    """Return a row; it differs where two sides are known to answer differently."""
    answers = tuple(side.once(answer) for side in sides)
    known = {cell.text for cell in answers if not cell.is_missing}
    return FeatureRow(label, answers, len(known) > 1, anchor, note)


def _cost_rows(sides: Sequence[ComparedArtifact]) -> Iterable[FeatureRow]:
    yield _answered("Pricing", sides, _pricing_cell, anchor="pricing")
    units = {_unit(side.starting_price) for side in sides if side.starting_price}
    note = "Different units: not comparable as they stand." if len(units) > 1 else ""
    yield _answered("Starting price", sides, _price_cell, note=note)
    yield _answered("Licence", sides, _licence_cell, anchor="licence")
    yield _answered("Openness", sides, FACTS["openness"])


def _unit(price: StartingPrice) -> str:
    """Return what a price is for: pictures compare with pictures whatever they are billed by."""
    unit = price.price.unit
    return "picture" if price.per_picture is not None else unit.value if unit else ""


def _pricing_cell(side: ComparedArtifact) -> Cell:
    return Cell(side.pricing, is_missing=not side.prices)


def _price_cell(side: ComparedArtifact) -> Cell:
    starting = side.starting_price
    if starting is None:
        return Cell("No hosted price known", is_missing=True)
    price = starting.price
    listed = f"; listed as {starting.details}" if starting.details else ""
    address = external_url(price.source_url)
    source = Source(price.provider, address, price.as_of, stale_since=price.stale_since)
    return Cell(starting.text, note=f"{price.provider}, {price.plan}{listed}", source=source)


def _licence_cell(side: ComparedArtifact) -> Cell:
    artifact = side.artifact
    if not artifact.licence_name:
        return NOT_KNOWN
    note = licence_note(
        artifact.licence_outputs_commercial, artifact.licence_weights_commercial, artifact.licence_condition
    )
    return Cell(artifact.licence_name, note=note, source=side.fact_sources.get("licence"))


def _fact_cell(side: ComparedArtifact, field: str, shown: Callable[..., str]) -> Cell:
    value = getattr(side.artifact, field)
    if not value and field == "parameter_count" and not makes_pictures(side.artifact.kind):
        return NO_PICTURES
    return Cell(shown(value), source=side.fact_sources.get(field)) if value else NOT_KNOWN


def _unmeasured_cell(side: ComparedArtifact) -> Cell:
    if not makes_pictures(side.artifact.kind):
        return NO_PICTURES
    return Cell("Not measured yet", is_missing=True)


FACTS = {
    field: partial(_fact_cell, field=field, shown=shown)
    for field, shown in (
        ("openness", openness_label),
        ("parameter_count", readable_count),
        ("released_on", readable_date),
        ("last_activity_on", readable_date),
        ("memory_gb", readable_memory),
    )
}


def _type_cell(side: ComparedArtifact) -> Cell:
    return Cell(kind_label(side.artifact.kind))


def _status_cell(side: ComparedArtifact) -> Cell:
    return Cell(side.artifact.status.capitalize())


def _publisher_cell(side: ComparedArtifact) -> Cell:
    return Cell(side.artifact.publisher.name)


def _identity_rows(sides: Sequence[ComparedArtifact]) -> Iterable[FeatureRow]:
    yield _answered("Type", sides, _type_cell)
    yield _answered("Publisher", sides, _publisher_cell)
    yield _answered("Parameters", sides, FACTS["parameter_count"])
    yield _answered("Released", sides, FACTS["released_on"])
    yield _answered("Last activity", sides, FACTS["last_activity_on"])
    yield _answered("Status", sides, _status_cell)


def _running_rows(sides: Sequence[ComparedArtifact]) -> Iterable[FeatureRow]:
    yield _answered("Memory needed", sides, FACTS["memory_gb"])
    hardware = {side.speed.hardware for side in sides if side.speed}
    note = "Measured on different machines: not comparable as they stand." if len(hardware) > 1 else ""
    yield _answered("Seconds per picture", sides, seconds_cell, note=note)
    yield _answered("Peak memory", sides, _peak_cell, note=note)


def seconds_cell(side: ComparedArtifact) -> Cell:
    """Return the median time of a picture, where this site has timed any."""
    if side.speed is None or side.speed.seconds is None:
        return _unmeasured_cell(side)
    return Cell(readable_seconds(side.speed.seconds), note=measured_words(side.speed))


def _peak_cell(side: ComparedArtifact) -> Cell:
    if side.speed is None or side.speed.peak_memory_mb is None:
        return _unmeasured_cell(side)
    return Cell(f"{side.speed.peak_memory_mb:,} MB", note=measured_words(side.speed))


def measured_words(speed: Speed) -> str:
    """Return over how many pictures and on which machine a speed was measured."""
    machine = f" on {speed.hardware}" if speed.hardware else ""
    return f"measured by us over {speed.n_pictures} pictures{machine}"


def _evidence_rows(sides: Sequence[ComparedArtifact]) -> Iterable[FeatureRow]:
    yield _answered("Capabilities", sides, _capabilities_cell)
    yield _answered("Times matched", sides, _matches_cell)
    yield _answered("Success in searches", sides, _success_cell)
    yield _answered("Most often taken for", sides, _intents_cell)
    yield _answered("Measured by us", sides, _measured_cell)


def _capabilities_cell(side: ComparedArtifact) -> Cell:
    count = side.n_capabilities
    return Cell(f"{count} described") if count else Cell("None described yet", is_missing=True)


def _matches_cell(side: ComparedArtifact) -> Cell:
    matches = side.matches
    if not matches.impressions:
        return Cell("Not shown in a search yet", is_missing=True)
    if not matches.is_published or matches.since is None or matches.until is None:
        return Cell(f"Shown to fewer than {matches.smallest_group} visitors", is_missing=True)
    period = _period(matches.since, matches.until)
    return Cell(str(matches.times_matched), note=f"of {matches.impressions} visitors shown it, {period}")


def _period(since: dt.date, until: dt.date) -> str:
    return f"{readable_date(since)} to {readable_date(until)}"


def _success_cell(side: ComparedArtifact) -> Cell:
    matches = side.matches
    if not matches.is_published:
        return Cell("Not known yet", is_missing=True)
    return Cell(matches.success_percent, note=f"{matches.interval_percent}, of those who looked")


def _intents_cell(side: ComparedArtifact) -> Cell:
    intents = side.matches.intents if side.matches.is_published else ()
    if not intents:
        return Cell("Not known yet", is_missing=True)
    texts = [f"{intent.text} ({intent.times_matched} of {intent.visitors})" for intent in intents]
    since, until = min(intent.since for intent in intents), max(intent.until for intent in intents)
    return Cell("; ".join(texts), note=f"visitors who took it, {_period(since, until)}")


def _measured_cell(side: ComparedArtifact) -> Cell:
    if not side.scores:
        return _unmeasured_cell(side)
    suites = len({score.suite_slug for score in side.scores})
    samples = sum(score.n_samples for score in side.scores)
    return Cell(f"{samples} pictures on {suites} suite{'' if suites == 1 else 's'}")
