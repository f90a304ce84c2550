"""What would raise a rank, and why another stands above: both read out of the published components."""

from dataclasses import dataclass
from typing import Final

from ranking.selectors import EntryView, InputView

SMALLEST_GAIN: Final = 0.05
SMALLEST_LEAD: Final = 0.5
LINES: Final = 8
REASONS: Final = 2

# What a builder can do about a signal. Nothing here can be bought, and a claim is none of it.
ADVICE: Final = {
    "downloads_30d": "Counted on the hub: people who run it.",
    "likes": "Counted on the hub: people who like it.",
    "stars": "Counted on GitHub: people who keep an eye on it.",
    "forks": "Counted on GitHub: people who build on it.",
    "contributors": "Counted on GitHub: people whose changes went in.",
    "package_downloads_30d": "Publish it as a package; its downloads are counted there.",
    "hosting_providers": "Let others host it: each provider with a listed price counts.",
    "quality_evidence": "Its score in our suites, and benchmark values that others published of it.",
    "documentation_checks": "Its page lists each check: licence, card, example, requirements, limits.",
    "capability_evidence": "Publish what shows each capability: a measurement, a paper, an example.",
    "tool_publishers": "Tools of other publishers that run it.",
    "derivative_publishers": "Models of other publishers that are made from it.",
    "dependent_publishers": "Work of other publishers that builds on it.",
    "supported_publishers": "Work of other publishers that it can run.",
    "match_rate": "Visitors to whom a search showed it and whom it then helped.",
    "last_activity": "The later, the more it earns.",
}


@dataclass(frozen=True)
class Raise:
    """One signal with points left to gain; ``gain`` is the most that it could add, out of 100."""

    label: str
    now: str
    gain: float
    advice: str


def raises(entry: EntryView) -> tuple[Raise, ...]:
    """Return the signals with the most points left, most first."""
    signals = [signal for component in entry.components for signal in component.inputs]
    open_ones = sorted(
        (signal for signal in signals if _gain(signal) >= SMALLEST_GAIN), key=_gain, reverse=True
    )
    return tuple(
        Raise(
            label=signal.label,
            now=signal.value,
            gain=round(_gain(signal), 1),
            advice=ADVICE.get(signal.name, ""),
        )
        for signal in open_ones[:LINES]
    )


def _gain(signal: InputView) -> float:
    return signal.weight - signal.points


def why_ahead(rival: EntryView | None, own: EntryView | None) -> str:
    """Return in words in which components a rival leads; the rank alone is compared, nobody's mind is read."""
    if rival is None or own is None:
        return "one of the two has no rank yet"
    points = {component.name: component.points for component in own.components}
    leads = sorted(
        (
            (component.points - points[component.name], component.label)
            for component in rival.components
            if component.name in points
        ),
        reverse=True,
    )
    said = [f"{label} by {lead:.1f} points" for lead, label in leads[:REASONS] if lead >= SMALLEST_LEAD]
    if not said:
        return "in no component of the rank ahead by half a point"
    return f"ahead on {' and '.join(said)}"
