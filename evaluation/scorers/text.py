"""Is the text that was asked for in the picture, letter for letter, and no other?

Both sides are normalised (NFKC, white space collapsed) and compared with capitals kept apart. Two
engines of different families read every picture. The one with the smaller measured error decides;
where the other's F1 is far from its own, the sample is flagged as doubtful. The second engine knows
English alone, so it is not asked about texts with other letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from evaluation.scorers.base import Observations, Value
from evaluation.scorers.lines import normalise, read_lines
from evaluation.scorers.matching import Match, Reading, match_text
from evaluation.suites.spec import PromptSpec

VERSION: Final = "4"
PRIMARY, SECOND = "ocr", "tesseract"
READERS: Final = (PRIMARY, SECOND)
MOST_DIFFERENCE: Final = 0.2
# Scripts of which the deciding engine's alphabet has letters; of Cyrillic and Hangul it has none.
KNOWN_SCRIPTS: Final = frozenset({"LATIN", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
MOST_REGIONS: Final = 5
HEADLINE: Final = "text_exact"
_PLAIN_METRICS: Final = (HEADLINE, "text_f1", "cer", "ned", "regions_exact")


def score_text(spec: PromptSpec, observations: Observations) -> list[Value]:
    """Return the metrics of one picture, the headline first with its evidence; then whether engines differ."""
    asked = [normalise(text) for text in spec.asked_texts]
    reading = match_text(asked, read_lines(observations[PRIMARY]))
    second = match_text(asked, read_lines(observations[SECOND])) if all(map(str.isascii, asked)) else None
    is_doubtful = second is not None and abs(reading.f1 - second.f1) > MOST_DIFFERENCE
    reason = _reason(reading) + (_doubt(reading, second) if second and is_doubtful else "")
    evidence = _evidence(reading) | {"is_doubtful": is_doubtful, "f1_by_engine": _f1s(reading, second)}
    values = [
        Value(metric, value, reason, evidence if metric == HEADLINE else {})
        for metric, value in _values(reading).items()
    ]
    return values if second is None else [*values, Value("engines_differ", float(is_doubtful), reason)]


def cannot_judge(spec: PromptSpec) -> str:
    """Say which letters the deciding engine does not know; nothing where it knows all.

    >>> cannot_judge(PromptSpec.from_dict({"texts": [{"text": "ХЛІБ", "colour": "red"}]}))
    'PP-OCRv6 does not know CYRILLIC letters.'
    """
    letters = {letter for text in spec.asked_texts for letter in normalise(text) if letter.isalpha()}
    unknown = sorted({_script(letter) for letter in letters} - KNOWN_SCRIPTS)
    return f"PP-OCRv6 does not know {' and '.join(unknown)} letters." if unknown else ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNNAMED").split()[0]


def metrics_of(spec: PromptSpec) -> tuple[str, ...]:
    """Name the metrics that apply, the headline first. Those that describe what was painted need a picture."""
    return (*_PLAIN_METRICS, _by_count(len(spec.asked_texts)), "omissions")


def _by_count(n_regions: int) -> str:
    return f"text_exact_{min(n_regions, MOST_REGIONS)}_regions"


def _values(reading: Reading) -> dict[str, float]:
    exact = [match.is_exact for match in reading.matches]
    edits = [match.edits for match in reading.matches]
    n_regions, n_asked = len(exact), reading.n_asked
    doubled = sum(edit.duplications for edit in edits) + _repeated(reading)
    return {
        HEADLINE: float(all(exact)),
        "text_f1": reading.f1,
        "cer": min(1.0, reading.cost / n_asked),
        "ned": sum(match.ned for match in reading.matches) / n_regions,
        "regions_exact": sum(exact) / n_regions,
        _by_count(n_regions): float(all(exact)),
        "omissions": sum(edit.deletions for edit in edits) / n_asked,
        "substitutions": sum(edit.substitutions for edit in edits) / n_asked,
        "duplications": min(1.0, doubled / n_asked),
    }


def _repeated(reading: Reading) -> int:
    """Letters of blocks that paint an asked region once more."""
    asked = {match.asked for match in reading.matches}
    return sum(len(line.text) for line in reading.extra if line.text in asked)


def _reason(reading: Reading) -> str:
    parts = [_match_reason(match) for match in reading.matches]
    if reading.extra:
        parts.append("Not asked for: " + ", ".join(f"“{line.text}”" for line in reading.extra) + ".")
    return " ".join(parts)


def _match_reason(match: Match) -> str:
    if match.line is None:
        return f"Asked for “{match.asked}”, read nothing like it."
    if match.is_exact:
        return f"Read “{match.asked}”, as asked."
    return f"Asked for “{match.asked}”, read “{match.line.text}”."


def _doubt(reading: Reading, other: Reading) -> str:
    words = _words(other.matches)
    return f" Doubtful: the second engine read {words} (F1 {other.f1:.2f} against {reading.f1:.2f})."


def _words(matches: Sequence[Match]) -> str:
    return ", ".join(f"“{match.line.text}”" for match in matches if match.line) or "nothing asked for"


def _f1s(reading: Reading, second: Reading | None) -> dict[str, float]:
    f1s = {PRIMARY: round(reading.f1, 4)}
    return f1s if second is None else f1s | {SECOND: round(second.f1, 4)}


def _evidence(reading: Reading) -> dict[str, Any]:
    return {
        "regions": [
            {
                "asked": match.asked,
                "read": match.line.text if match.line else None,
                "is_exact": match.is_exact,
                "edits": match.edits.cost,
                "box": list(match.line.box) if match.line else None,
            }
            for match in reading.matches
        ],
        "extra": [{"read": line.text, "box": list(line.box)} for line in reading.extra],
    }
