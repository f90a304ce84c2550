"""Takes a query apart into constraints and the words that are left. Deterministic, plain Python."""

import re
from collections.abc import Callable, Iterable

from matchgraph.search.grammar import GAP, HEAD_KIND, RULES, Rule, kind
from matchgraph.search.records import Constraint, ConstraintKind, ParsedQuery

# Given the words of a name, the artifact's slug and its name, or nothing.
FindName = Callable[[str], tuple[str, str] | None]

LIKE = re.compile(
    r"""\b(?:(?:something|anything|models?|tools?|stuff|one|an?)\ )*
    (?:(?:alternatives?|replacements?|substitutes?)\ (?:to|for|of)|similar\ to|comparable\ to|(?<!look\ )(?<!looks\ )like|
    instead\ of|rather\ than|better\ than|cheaper\ than|faster\ than|smaller\ than)\ (?P<name>[^,;?…]+)""",
    re.VERBOSE,
)
ALTERNATIVES = re.compile(r"^(?P<name>.+?)\ (?:alternatives?|replacements?|competitors?)\b")
# Where the name in "like X but cheaper" ends.
NAME_ENDS = re.compile(r"\s+(?:but|that|which|with|without|for|on|in|and|only|under|at|as|is|to)\b")
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
    text = " ".join(query.split()).lower().replace("\u2019", "'")
    found: list[tuple[int, Constraint]] = []
    text = _take_likeness(text, find_name, found)
    for rule in RULES:
        text = _take(text, rule, found)
    text = _take_kind(text, found)
    constraints = _without_repeats(constraint for _, constraint in sorted(found, key=lambda item: item[0]))
    return ParsedQuery(query, tuple(constraints), _residual(text))


def _take(text: str, rule: Rule, found: list[tuple[int, Constraint]]) -> str:
    """Take the words that a rule claims, leaving gaps of the same length so that positions stay."""

    def take(match: re.Match[str]) -> str:
        constraint = rule.meaning(match)
        if constraint is not None:
            found.append((match.start(), constraint.said(match[0].strip())))
        return _gap(match[0])

    return rule.pattern.sub(take, text)


def _gap(words: str) -> str:
    """Return a gap as long as the words: one sign, and spaces."""
    return GAP + " " * (len(words) - 1)


def _take_likeness(text: str, find_name: FindName, found: list[tuple[int, Constraint]]) -> str:
    for pattern in (LIKE, ALTERNATIVES):
        for match in pattern.finditer(text):
            if (named := _name_at(match["name"], find_name)) is None:
                continue
            words, slug, name = named
            start, end = match.start(), match.start("name") + len(words)
            end = max(end, match.end()) if pattern is ALTERNATIVES else end
            constraint = Constraint(ConstraintKind.LIKE, f"Like {name}", slug)
            found.append((start, constraint.said(text[start:end])))
            return text[:start] + _gap(text[start:end]) + text[end:]
    return text


def _name_at(words: str, find_name: FindName) -> tuple[str, str, str] | None:
    """Return the longest known name at the start of ``words``, with the artifact's slug and name."""
    first = NAME_ENDS.split(words, maxsplit=1)[0].rstrip(" .!")
    parts = first.split(" ")[:NAME_WORDS]
    for length in range(len(parts), 0, -1):
        name = " ".join(parts[:length])
        if (found := find_name(name)) is not None:
            return name, *found
    return None


def _take_kind(text: str, found: list[tuple[int, Constraint]]) -> str:
    """Take the kind at the head of what is left."""
    squeezed = text.lstrip(f" {GAP}")
    offset = len(text) - len(squeezed)
    match = HEAD_KIND.match(re.sub(rf"\s*{GAP}\s*", f" {GAP} ", squeezed).replace("  ", " "))
    if match is None:
        return text
    found.append((offset + match.start("kind"), kind(match).said(match["kind"])))
    return text.replace(match["kind"], _gap(match["kind"]), 1)


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
