"""Are the hands and people there, and is each whole? Presence times integrity, so that hiding does not pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from evaluation.bundled.specs import Figure
from evaluation.scorers.base import Observations, Value
from evaluation.suites.spec import PromptSpec

VERSION: Final = "1"
METRICS: Final = ("anatomy_pass", "presence", "integrity")


@dataclass(frozen=True)
class _Judged:
    """One asked kind of figure: what was seen of it, and which of those are whole."""

    asked: Figure
    seen: list[dict[str, Any]]
    faults: list[str]

    @property
    def presence(self) -> float:
        """Share of agreement between the number asked for and the number seen."""
        return min(len(self.seen), self.asked.count) / max(len(self.seen), self.asked.count)

    @property
    def n_whole(self) -> int:
        return sum(not fault for fault in self.faults)


def score_anatomy(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return anatomy_pass, presence and integrity; integrity is unscored where nothing can be judged."""
    figures = observations["figures"]["figures"]
    judged = [_judge(asked, figures) for asked in spec.scene.figures]
    presence = sum(j.presence for j in judged) / len(judged)
    n_seen = sum(len(j.seen) for j in judged)
    integrity = sum(j.n_whole for j in judged) / n_seen if n_seen else None
    reason = " ".join(_reason(j) for j in judged)
    is_pass = presence == 1.0 and integrity == 1.0
    unscored = "No figure of the kind asked for is there to be judged."
    return [
        Value("anatomy_pass", float(is_pass), reason, _evidence(judged)),
        Value("presence", presence, reason),
        Value("integrity", integrity, reason if integrity is not None else unscored),
    ]


def _judge(asked: Figure, figures: list[dict[str, Any]]) -> _Judged:
    seen = [figure for figure in figures if figure["kind"] == asked.kind]
    return _Judged(asked, seen, [_fault(asked, figure) for figure in seen])


def _fault(asked: Figure, figure: dict[str, Any]) -> str:
    """Say what is wrong with a figure, or nothing."""
    parts = ("fingers",) if asked.kind == "hand" else ("arms", "legs")
    usual = {"fingers": 5, "arms": 2, "legs": 2}
    faults = []
    for part in parts:
        stated = getattr(asked, part)
        wanted = usual[part] if stated is None else stated
        if figure[part] != wanted:
            noun = part.removesuffix("s") if figure[part] == 1 else part
            faults.append(f"{figure[part]} {noun} instead of {wanted}")
    return " and ".join(faults)


def _reason(judged: _Judged) -> str:
    noun = {"hand": ("hand", "hands"), "person": ("person", "people")}[judged.asked.kind]
    name = noun[judged.asked.count != 1]
    if not judged.seen:
        return f"Asked for {judged.asked.count} {name}, saw none."
    count = "as asked" if len(judged.seen) == judged.asked.count else f"saw {len(judged.seen)}"
    faults = "; ".join(fault for fault in judged.faults if fault)
    whole = f"wrong: {faults}" if faults else "each is whole"
    return f"Asked for {judged.asked.count} {name}, {count}; {whole}."


def _evidence(judged: list[_Judged]) -> dict[str, Any]:
    return {
        "figures": [
            {"kind": j.asked.kind, "fault": fault, "box": figure["box"], "marks": figure["marks"]}
            for j in judged
            for figure, fault in zip(j.seen, j.faults, strict=True)
        ]
    }
