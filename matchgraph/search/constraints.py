"""Takes a query apart into constraints and the words that are left. Deterministic, plain Python."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matchgraph.search.grammar import GAP, HEAD_KIND, RULES, Rule, kind
from matchgraph.search.quantities import CHEAPER, CHEAPEST, MONTHLY, VOLUME, pictures
from matchgraph.search.records import Constraint, ConstraintKind, ParsedQuery
from matchgraph.search.spelling import Corrected, corrected

# Given the words of a name, the artifact's slug and its name, or nothing.
FindName = Callable[[str], tuple[str, str] | None]

LIKE = re.compile(
    r"""\b(?:(?:something|anything|models?|tools?|stuff|one|an?)\ )*
    (?:(?:alternatives?|replacements?|substitutes?|competitors?|equivalents?)\ (?:to|for|of)|similar\ (?:to|as)|
    (?:comparable|close|equivalent)\ (?:to|with)|(?:same|as\ good)\ as|(?<!look\ )(?<!looks\ )(?<!not\ )like|
    instead\ of|rather\ than|(?:better|cheaper|faster|smaller|lighter|quicker|easier)\ than)\ (?P<name>[^,;?…]+)""",
    re.VERBOSE,
)
ALTERNATIVES = re.compile(
    r"^(?:(?:an?|the|best|good|some|any|free|cheap)\ )*(?P<name>.+?)(?:\ |-)"
    r"(?:alternatives?|replacements?|competitors?|equivalents?|clones?|like(?!\w))"
)
# Says what shall be like what, and in what order.
CHEAPER_THAN = "cheaper than "
BUT = re.compile(r"^(?P<name>.+?),?\ (?:but|only)\b")
NOT = re.compile(
    r"""\b(?:and\ |but\ )?(?:not|no|except(?:\ for)?|excluding|(?:anything|everything)\ but|other\ than|without|
    apart\ from|besides)\ (?:like\ |from\ |based\ on\ )?(?P<name>[^,;?…]+)""",
    re.VERBOSE,
)
# Where the name in "like X but cheaper" ends.
NAME_ENDS = re.compile(
    r"\s+(?:but|that|which|with|without|for|on|in|and|or|only|under|at|as|is|to|not|who)\b"
)
NAME_WORDS = 7
# Words that are left hanging where a constraint was taken out of the sentence.
HANGING = r"""(?:and|or|but|with|that|which|is|are|on|for|a|an|the|under|in|has|have|can|be|it|i|to|of|at|by|also|
    used?|runs?|works?)"""
AFTER_GAP = re.compile(rf"^(?:{HANGING}(?:\ |$))+", re.VERBOSE)
BEFORE_GAP = re.compile(rf"(?:(?:\ |^){HANGING})+$", re.VERBOSE)
PUNCTUATION = " ,;.?!"


def parse(query: str, find_name: FindName) -> ParsedQuery:
    """Return the constraints that a query states, in the order in which it states them.

    ``find_name`` says which artifact a name belongs to; a name that it does not know stays text.
    """
    spelt = corrected(" ".join(query.split()).lower().replace("\u2019", "'"))
    taken: list[Taken] = []
    text = _take_likeness(spelt.text, find_name, taken)
    text = _take_unwanted(text, find_name, taken)
    for rule in RULES:
        text = _take(text, rule, taken)
    text = _take_order(text, taken)
    text = _take_kind(text, taken)
    said = (item.constraint.said(_typed(spelt, item)) for item in sorted(taken, key=lambda item: item.start))
    return ParsedQuery(query, tuple(_without_repeats(said)), _residual(text))


@dataclass(frozen=True)
class Taken:
    """A constraint and the stretch of the text that says it."""

    constraint: Constraint
    start: int
    end: int


def _typed(spelt: Corrected, item: Taken) -> str:
    return spelt.as_typed(item.start, item.end).strip(f" {GAP}")


def _take(text: str, rule: Rule, taken: list[Taken]) -> str:
    """Take the words that a rule claims, leaving gaps of the same length so that positions stay."""

    def take(match: re.Match[str]) -> str:
        constraint = rule.meaning(match)
        if constraint is not None:
            taken.append(Taken(constraint, *match.span()))
        return _gap(match[0])

    return rule.pattern.sub(take, text)


def _gap(words: str) -> str:
    """Return a gap as long as the words: one sign, and spaces."""
    return GAP + " " * (len(words) - 1)


def _take_likeness(text: str, find_name: FindName, taken: list[Taken]) -> str:
    for pattern in (LIKE, ALTERNATIVES, BUT):
        for match in pattern.finditer(text):
            if (named := _name_at(match["name"], find_name)) is None:
                continue
            words, slug, name = named
            start, end = match.start(), match.start("name") + len(words)
            if match[0].startswith(CHEAPER_THAN):
                start += len(CHEAPER_THAN) - len("than ")
            if pattern is not LIKE:
                start, end = match.start("name"), max(end, match.end())
            taken.append(Taken(Constraint(ConstraintKind.LIKE, f"Like {name}", slug), start, end))
            return text[:start] + _gap(text[start:end]) + text[end:]
    return text


def _take_unwanted(text: str, find_name: FindName, taken: list[Taken]) -> str:
    """Take names that are not wanted."""
    for match in NOT.finditer(text):
        if (named := _name_at(match["name"], find_name)) is None:
            continue
        words, slug, name = named
        start, end = match.start(), match.start("name") + len(words)
        taken.append(Taken(Constraint(ConstraintKind.NOT, f"Not {name}", slug), start, end))
        return text[:start] + _gap(text[start:end]) + text[end:]
    return text


def _take_order(text: str, taken: list[Taken]) -> str:
    """Take that the cheapest shall come first, and for how many pictures."""
    is_like = any(item.constraint.kind == ConstraintKind.LIKE for item in taken)
    match = CHEAPEST.search(text) or (CHEAPER.search(text) if is_like else None)
    if match is None:
        return _take_volume(text, taken)
    volume = VOLUME.search(text)
    count = pictures(volume["volume"]) if volume else 0
    label = f"Cheapest first, for {count:,} pictures" if count else "Cheapest first"
    constraint = Constraint(ConstraintKind.CHEAPEST, label, str(count) if count else "")
    taken.append(Taken(constraint, *match.span()))
    for found in filter(None, (match, volume)):
        text = text[: found.start()] + _gap(found[0]) + text[found.end() :]
    return text


def _take_volume(text: str, taken: list[Taken]) -> str:
    """Take how many pictures a month are wanted."""
    if (match := MONTHLY.search(text)) is None:
        return text
    count = pictures(match["volume"])
    taken.append(
        Taken(Constraint(ConstraintKind.VOLUME, f"{count:,} pictures a month", str(count)), *match.span())
    )
    return text[: match.start()] + _gap(match[0]) + text[match.end() :]


def _name_at(words: str, find_name: FindName) -> tuple[str, str, str] | None:
    """Return the longest known name at the start of ``words``, with the artifact's slug and name."""
    first = NAME_ENDS.split(words, maxsplit=1)[0].rstrip(" .!")
    parts = first.split(" ")[:NAME_WORDS]
    for length in range(len(parts), 0, -1):
        name = " ".join(parts[:length])
        if (found := find_name(name)) is not None:
            return name, *found
    return None


def _take_kind(text: str, taken: list[Taken]) -> str:
    """Take the kind at the head of what is left."""
    squeezed = text.lstrip(f" {GAP}")
    offset = len(text) - len(squeezed)
    match = HEAD_KIND.match(re.sub(rf"\s*{GAP}\s*", f" {GAP} ", squeezed).replace("  ", " "))
    if match is None:
        return text
    start = text.index(match["kind"], offset)
    taken.append(Taken(kind(match), start, start + len(match["kind"])))
    return text[:start] + _gap(match["kind"]) + text[start + len(match["kind"]) :]


def _without_repeats(constraints: Iterable[Constraint]) -> list[Constraint]:
    """Keep the first of each kind: "free" beside a price of zero says nothing new."""
    kept: dict[ConstraintKind, Constraint] = {}
    for constraint in constraints:
        kept.setdefault(constraint.kind, constraint)
    return list(kept.values())


def _residual(text: str) -> str:
    """Return what was not taken, without words that hang at the edge of a gap."""
    parts = [" ".join(part.split()).strip(PUNCTUATION) for part in text.split(GAP)]
    parts[1:] = [AFTER_GAP.sub("", part) for part in parts[1:]]
    parts[:-1] = [BEFORE_GAP.sub("", part).strip(PUNCTUATION) for part in parts[:-1]]
    return " ".join(part for part in parts if part)
