"""The formula as frozen records, checked when it is read."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ranking.compute.canonical import digest_of

Method = Literal["reference", "share", "match", "freshness"]
FORMULAS = Path(__file__).resolve().parent.parent / "formulas"
CURRENT_VERSION = "1"


@dataclass(frozen=True)
class Reference:
    """A frozen distribution of a count: its value at each of the formula's quantile levels."""

    knots: tuple[float, ...]
    source: str
    log_sd: float


@dataclass(frozen=True)
class SignalRule:
    """How one signal becomes points."""

    name: str
    component: str
    label: str
    method: Method
    points: int
    reason: str
    sd: float = 0.0


@dataclass(frozen=True)
class Profile:
    """The signals that apply to some kinds of artifact; their points sum to 100.

    ``activity`` names the dates that stand for the last change, the best first.
    """

    name: str
    kinds: tuple[str, ...]
    half_life_days: int
    grace_days: int
    activity: tuple[str, ...]
    signals: tuple[SignalRule, ...]


@dataclass(frozen=True)
class Formula:
    """Everything that the computation needs besides the inputs."""

    version: str
    digest: str
    confidence_level: float
    missing_value: float
    missing_sd: float
    levels: tuple[float, ...]
    references: dict[str, Reference]
    components: dict[str, str]
    reported_scales: dict[str, float]
    suites: tuple[str, ...]
    profiles: tuple[Profile, ...]

    def profile_of(self, kind: str) -> Profile:
        """Return the profile of a kind of artifact.

        Raises:
            KeyError: no profile covers the kind.
        """
        for profile in self.profiles:
            if kind in profile.kinds:
                return profile
        raise KeyError(kind)


def read_definition(version: str = CURRENT_VERSION) -> dict[str, Any]:
    """Return a formula's definition as it is stored and exported.

    Raises:
        FileNotFoundError: there is no such version.
    """
    with (FORMULAS / f"{version}.toml").open("rb") as file:
        return tomllib.load(file)


def parse_formula(definition: dict[str, Any]) -> Formula:
    """Check a definition and return it as records.

    Raises:
        ValueError: the points of a profile do not sum to 100, a kind stands in two profiles, or a
            reference is missing or not ascending.
    """
    formula = Formula(
        version=definition["version"],
        digest=digest_of(definition),
        confidence_level=definition["confidence_level"],
        missing_value=definition["missing_value"],
        missing_sd=definition["missing_sd"],
        levels=tuple(definition["quantiles"]["levels"]),
        references={
            name: Reference(tuple(raw["knots"]), raw["source"], raw["log_sd"])
            for name, raw in definition["references"].items()
        },
        components={raw["name"]: raw["label"] for raw in definition["components"]},
        reported_scales=dict(definition["reported_scales"]),
        suites=tuple(definition["measured_suites"]),
        profiles=tuple(_profile(raw) for raw in definition["profiles"]),
    )
    _check(formula)
    return formula


def _profile(raw: dict[str, Any]) -> Profile:
    return Profile(
        name=raw["name"],
        kinds=tuple(raw["kinds"]),
        half_life_days=raw["half_life_days"],
        grace_days=raw["grace_days"],
        activity=tuple(raw["activity"]),
        signals=tuple(SignalRule(**signal) for signal in raw["signals"]),
    )


def _check(formula: Formula) -> None:
    kinds = [kind for profile in formula.profiles for kind in profile.kinds]
    if len(kinds) != len(set(kinds)):
        raise ValueError("a kind stands in two profiles")
    for profile in formula.profiles:
        if (total := sum(rule.points for rule in profile.signals)) != 100:
            raise ValueError(f"the points of profile {profile.name} sum to {total}, not 100")
        for rule in profile.signals:
            if rule.component not in formula.components:
                raise ValueError(f"{rule.name} belongs to no component: {rule.component}")
            if rule.method == "reference" and rule.name not in formula.references:
                raise ValueError(f"{rule.name} has no reference distribution")
    for name, reference in formula.references.items():
        ascending = list(reference.knots) == sorted(reference.knots)
        if not ascending or len(reference.knots) != len(formula.levels):
            raise ValueError(f"the reference {name} needs {len(formula.levels)} ascending knots")
