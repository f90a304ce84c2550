"""Puts right what is misspelt among the words in which things are asked for. Plain Python."""

import re
from dataclasses import dataclass

from matchgraph.texts import edit_distance

# Words of the grammar that are long enough to be told from others when a letter is wrong. "images" is not one: Imagen
# is a name.
KEYWORDS = tuple(
    """alternative alternatives apache available benchmark cheapest checkpoint commercial commercially computer
    dataset download downloadable extension graphics hosted interface laptop library licence license licensed
    locally machine megapixel memory month monthly nvidia offline opensource parameters picture pictures plugin
    replacement repository self-hosted similar software source subscription weights without""".split()  # noqa: SIM905
)
SHORTEST_KEYWORD = min(map(len, KEYWORDS))
# From this length on two letters may be wrong, else one.
LONG = 9
# Right as they are, though a letter away from a keyword.
RIGHT = frozenset(
    {"commuter", "heights", "hoisted", "moth", "mouth", "pictured", "posted", "sources", "weight"}
)
NUMBERS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "twelve": "12",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
    "hundred": "100",
}
# A number in words is an amount only before what it counts.
COUNTED = re.compile(r"\s+(?:dollars?|euros?|cents?|bucks?|pounds?|gb|gigs?|gigabytes?|billion)\b")
WORD = re.compile(r"[a-z][a-z-]*")


@dataclass(frozen=True)
class Corrected:
    """A text with its slips put right, and where each stretch of it stands in what was typed."""

    text: str
    typed: str
    # For each letter of ``text`` the place of the letter typed that it stands for, and one for the end.
    places: tuple[int, ...]

    def as_typed(self, start: int, end: int) -> str:
        """Return what was typed for a stretch of the corrected text."""
        return self.typed[self.places[start] : self.places[end]]


def corrected(typed: str) -> Corrected:
    """Return a lower-case text with misspelt keywords and numbers in words put right.

    >>> corrected("opn comercial lisence for ten dollars").text
    'opn commercial licence for 10 dollars'
    """
    text, done = "", 0
    places: list[int] = []
    for match in WORD.finditer(typed):
        right = _right(match[0], typed[match.end() :])
        if right == match[0]:
            continue
        text += typed[done : match.start()] + right
        places += range(done, match.start())
        places += [match.start()] * len(right)
        done = match.end()
    return Corrected(text + typed[done:], typed, (*places, *range(done, len(typed) + 1)))


def _right(word: str, rest: str) -> str:
    if word in NUMBERS:
        return NUMBERS[word] if COUNTED.match(rest) else word
    if len(word) < SHORTEST_KEYWORD - 1 or word in RIGHT or word in KEYWORDS:
        return word
    near = [keyword for keyword in KEYWORDS if _is_slip(word, keyword)]
    return min(near, key=lambda keyword: edit_distance(word, keyword)) if near else word


def _is_slip(word: str, keyword: str) -> bool:
    """Return whether a word is a keyword with a slip; an ending added or lost is another word, not a slip."""
    wrong = 2 if len(keyword) >= LONG else 1
    if word[0] != keyword[0] or abs(len(word) - len(keyword)) > wrong:
        return False
    if word.startswith(keyword) or keyword.startswith(word):
        return False
    return edit_distance(word, keyword) <= wrong
