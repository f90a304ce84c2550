"""Takes a query apart into constraints and the words that are left. Deterministic, plain Python."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from matchgraph.search.grammar import HEAD_KIND, RULES, Rule, kind
from matchgraph.search.mentions import FindMaker, FindName, likeness, unwanted, unwanted_makers
from matchgraph.search.quantities import CHEAPER, CHEAPEST, MONTHLY, VOLUME, pictures
from matchgraph.search.records import Constraint, ConstraintKind, ParsedQuery
from matchgraph.search.spelling import Corrected, corrected
from matchgraph.search.taken import GAP, Taken, gap

# Words that are left hanging where a constraint was taken out of the sentence.
HANGING = r"""(?:and|or|but|with|that|which|is|are|on|for|a|an|the|under|in|has|have|can|be|it|i|to|of|at|by|also|
    used?|runs?|works?)"""
AFTER_GAP = re.compile(rf"^(?:{HANGING}(?:\ |$))+", re.VERBOSE)
BEFORE_GAP = re.compile(rf"(?:(?:\ |^){HANGING})+$", re.VERBOSE)
PUNCTUATION = " ,;.?!"


def nobody(words: str, *, is_told: bool) -> tuple[str, str] | None:  # noqa: ARG001 - as every FindMaker
    """Know no publisher."""
    return None


def parse(query: str, find_name: FindName, *, find_maker: FindMaker = nobody) -> ParsedQuery:
    """Return the constraints that a query states, in the order in which it states them.

    ``find_name`` says which artifact a name belongs to and ``find_maker`` which publishers; a name that neither
    knows stays text.
    """
    spelt = corrected(" ".join(query.split()).lower().replace("\u2019", "'"))
    taken: list[Taken] = []
    text = _take_mentions(spelt.text, find_name, find_maker, taken)
    for rule in RULES:
        text = _take(text, rule, taken)
    text = _take_order(text, taken)
    text = _take_kind(text, taken)
    said = (item.constraint.said(_typed(spelt, item)) for item in sorted(taken, key=lambda item: item.start))
    return ParsedQuery(query, tuple(_without_repeats(said)), _residual(text))


def _take_mentions(text: str, find_name: FindName, find_maker: FindMaker, taken: list[Taken]) -> str:
    """Take what others shall be like, and what and whose is not wanted; "not X" means an artifact first."""
    looks: tuple[Callable[[str], Taken | None], ...] = (
        partial(likeness, find_name=find_name),
        partial(unwanted_makers, find_maker=find_maker, is_told=True),
        partial(unwanted, find_name=find_name),
        partial(unwanted_makers, find_maker=find_maker, is_told=False),
    )
    for found in looks:
        if (item := found(text)) is not None:
            taken.append(item)
            text = item.taken_from(text)
    return text


def _typed(spelt: Corrected, item: Taken) -> str:
    return spelt.as_typed(item.start, item.end).strip(f" {GAP}")


def _take(text: str, rule: Rule, taken: list[Taken]) -> str:
    """Take the words that a rule claims, leaving gaps of the same length so that positions stay."""

    def take(match: re.Match[str]) -> str:
        constraint = rule.meaning(match)
        if constraint is not None:
            taken.append(Taken(constraint, *match.span()))
        return gap(match[0])

    return rule.pattern.sub(take, text)


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
        text = text[: found.start()] + gap(found[0]) + text[found.end() :]
    return text


def _take_volume(text: str, taken: list[Taken]) -> str:
    """Take how many pictures a month are wanted."""
    if (match := MONTHLY.search(text)) is None:
        return text
    count = pictures(match["volume"])
    taken.append(
        Taken(Constraint(ConstraintKind.VOLUME, f"{count:,} pictures a month", str(count)), *match.span())
    )
    return text[: match.start()] + gap(match[0]) + text[match.end() :]


def _take_kind(text: str, taken: list[Taken]) -> str:
    """Take the kind at the head of what is left."""
    squeezed = text.lstrip(f" {GAP}")
    offset = len(text) - len(squeezed)
    match = HEAD_KIND.match(re.sub(rf"\s*{GAP}\s*", f" {GAP} ", squeezed).replace("  ", " "))
    if match is None:
        return text
    start = text.index(match["kind"], offset)
    taken.append(Taken(kind(match), start, start + len(match["kind"])))
    return text[:start] + gap(match["kind"]) + text[start + len(match["kind"]) :]


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
