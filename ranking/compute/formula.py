"""The formula as frozen records, checked when it is read."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ranking.compute.canonical import digest_of

Method = Literal["reference", "share", "match", "freshness"]
FORMULAS = Path(__file__).resolve().parent.parent / "formulas"
POINTS_SUFFIX = ".points.toml"
MILLI = 1000
CURRENT_VERSION = str(
    max(int(path.stem) for path in FORMULAS.glob("*.toml") if not path.name.endswith(POINTS_SUFFIX))
)


@dataclass(frozen=True)
class Reference:
    """A frozen distribution of a count: its value at each of the formula's quantile levels."""

    knots: tuple[float, ...]
    source: str
    log_sd: float


@dataclass(frozen=True)
class Benchmark:
    """What others publish: the ``metric`` that counts and the frozen distribution of its values."""

    metric: str
    knots: tuple[float, ...]
    source: str


@dataclass(frozen=True)
class Budget:
    """The most points that some signals may hold together, because of what they cost to fake."""

    signals: tuple[str, ...]
    points: float
    reason: str


@dataclass(frozen=True)
class SignalRule:
    """How one signal becomes points; ``points`` has three decimals at most."""

    name: str
    component: str
    label: str
    method: Method
    points: float
    reason: str
    sd: float = 0.0

    @property
    def weight(self) -> int:
        """Return the points as integer milli-points."""
        return round(self.points * MILLI)


@dataclass(frozen=True)
class Profile:
    """The signals that apply to some kinds of artifact; their points sum to 100.

    ``activity`` names the dates that stand for the last change, the best first. ``declared`` says how
    much each component should decide, in per cent of the scores' variance; the points are fitted to it.
    """

    name: str
    kinds: tuple[str, ...]
    half_life_days: int
    grace_days: int
    activity: tuple[str, ...]
    signals: tuple[SignalRule, ...]
    declared: dict[str, float]


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
    benchmarks: dict[str, Benchmark]
    budgets: tuple[Budget, ...]
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
    """Return a formula's definition as it is stored and exported, with the points that were fitted to it.

    Raises:
        FileNotFoundError: there is no such version.
    """
    with (FORMULAS / f"{version}.toml").open("rb") as file:
        definition = tomllib.load(file)
    fitted = FORMULAS / f"{version}{POINTS_SUFFIX}"
    if fitted.exists():
        with fitted.open("rb") as file:
            definition |= tomllib.load(file)
    return definition


def parse_formula(definition: dict[str, Any]) -> Formula:
    """Check a definition and return it as records.

    Where a definition has no fitted points, a profile's signals hold their own or, where they state a
    share of their component, that share of what the component is declared to be worth.

    Raises:
        ValueError: the points of a profile do not sum to 100, a kind stands in two profiles, a
            reference is missing or not ascending, or signals hold more points than their budget.
    """
    fitted = definition.get("points", {})
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
        benchmarks={
            name: Benchmark(raw["metric"], tuple(raw["knots"]), raw["source"])
            for name, raw in definition.get("benchmarks", {}).items()
        },
        budgets=tuple(
            Budget(tuple(raw["signals"]), raw["points"], raw["reason"])
            for raw in definition.get("budgets", ())
        ),
        suites=tuple(definition["measured_suites"]),
        profiles=tuple(_profile(raw, fitted.get(raw["name"], {})) for raw in definition["profiles"]),
    )
    _check(formula)
    return formula


def _profile(raw: dict[str, Any], fitted: dict[str, float]) -> Profile:
    declared = dict(raw.get("declared", {}))
    rules = tuple(_rule(signal, declared, fitted) for signal in raw["signals"])
    for rule in rules:
        if "declared" not in raw:
            declared[rule.component] = declared.get(rule.component, 0) + rule.points
    return Profile(
        name=raw["name"],
        kinds=tuple(raw["kinds"]),
        half_life_days=raw["half_life_days"],
        grace_days=raw["grace_days"],
        activity=tuple(raw["activity"]),
        signals=rules,
        declared=declared,
    )


def _rule(raw: dict[str, Any], declared: dict[str, float], fitted: dict[str, float]) -> SignalRule:
    known = {key: value for key, value in raw.items() if key != "share"}
    if "points" not in raw:
        known["points"] = fitted.get(raw["name"], declared[raw["component"]] * raw.get("share", 1))
    return SignalRule(**known)


def _check(formula: Formula) -> None:
    kinds = [kind for profile in formula.profiles for kind in profile.kinds]
    if len(kinds) != len(set(kinds)):
        raise ValueError("a kind stands in two profiles")
    for profile in formula.profiles:
        if (total := sum(rule.weight for rule in profile.signals)) != 100 * MILLI:
            raise ValueError(f"the points of profile {profile.name} sum to {total / MILLI:g}, not 100")
        for rule in profile.signals:
            if rule.component not in formula.components:
                raise ValueError(f"{rule.name} belongs to no component: {rule.component}")
            if rule.method == "reference" and rule.name not in formula.references:
                raise ValueError(f"{rule.name} has no reference distribution")
        _check_budgets(profile, formula.budgets)
    knots = {name: reference.knots for name, reference in formula.references.items()}
    knots |= {name: benchmark.knots for name, benchmark in formula.benchmarks.items()}
    for name, own in knots.items():
        if list(own) != sorted(own) or len(own) != len(formula.levels):
            raise ValueError(f"the reference {name} needs {len(formula.levels)} ascending knots")


def _check_budgets(profile: Profile, budgets: tuple[Budget, ...]) -> None:
    for budget in budgets:
        held = sum(rule.points for rule in profile.signals if rule.name in budget.signals)
        if held > budget.points:
            names = ", ".join(budget.signals)
            raise ValueError(
                f"{names} hold {held:g} points in profile {profile.name}, not {budget.points:g} at most"
            )
