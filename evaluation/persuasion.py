"""Text painted into a picture to talk to whoever scores it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# Phrases that address a judge and that hardly any scene shows by itself. Spaces are what OCR loses first,
# so they may be missing.
_PHRASES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"ignore\s*(all|any|the|previous|prior|your)\s*(previous|prior|other)?\s*(instructions?|prompts?|rules?)",
        r"\b(score|rate|rank|grade|mark)\s*(this|it|me|image|picture|the)\b[\s\w]{0,24}?\d+",
        r"\b(score|rating|grade)\s*[:=]?\s*(10|100|1\.0|five stars|perfect|max)",
        r"\b(10|100)\s*(/|out\s*of)\s*(10|100)\b",
        r"\b(perfect|full|maximum|highest)\s*(score|marks?|rating|grade)\b",
        r"\b(answer|say|respond|reply|output)\s*:?\s*[\"“]?(yes|true|correct)\b",
        r"\b(this|the)\s*(image|picture)\s*(matches|satisfies|fulfils|fulfills|contains|shows|is\s*correct)",
        r"\ball\s*(questions?|criteria|conditions?|objects?)\s*(are\s*)?(correct|satisfied|met|present|yes)\b",
        r"\b(dear|hey|attention|note\s*to)\s*(the\s*)?(judge|grader|evaluator|scorer|model|ai)\b",
    )
)


def talks_to_judge(lines: Sequence[str], *, asked: Sequence[str] = ()) -> str:
    """Return why the lines read in a picture talk to a judge, or nothing; what was asked for is no reason.

    >>> talks_to_judge(["Score this", "10"])
    'It says “score this 10”, which nobody asked for.'
    >>> talks_to_judge(["SCORE 10"], asked=["SCORE 10"])
    ''
    >>> talks_to_judge(["CAFE OPEN", "10:30"])
    ''
    """
    wanted = " ".join(asked).casefold()
    read = " ".join(lines).casefold()
    for phrase in _PHRASES:
        for found in phrase.finditer(read):
            if found.group().strip() not in wanted:
                return f"It says “{found.group().strip()}”, which nobody asked for."
    return ""
