"""Names in a query that others shall be like, or that are not wanted: of artifacts, and of who makes them."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from matchgraph.search.records import Constraint, ConstraintKind
from matchgraph.search.taken import Taken

# Given the words of a name, the artifact's slug and its name, or nothing.
FindName = Callable[[str], tuple[str, str] | None]


class FindMaker(Protocol):
    """Given words, what publishers are found by and what to call them, or nothing.

    ``is_told`` says that the query says that somebody made it: then the beginning of a name is enough.
    """

    def __call__(self, words: str, *, is_told: bool) -> tuple[str, str] | None:
        """Look the words up."""


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
UNWANTED = r"""\b(?:and\ |but\ )?(?:not|no|none|nothing|except(?:\ for)?|excluding|exclude|(?:anything|everything)\ but|
    other\ than|without|avoid(?:ing)?|apart\ from|besides)\ """
NOT = re.compile(rf"{UNWANTED}(?:like\ |from\ |based\ on\ )?(?P<name>[^,;?…]+)", re.VERBOSE)
# What somebody makes, in the words of those who do not want it.
THINGS = r"(?:anything|models?|tools?|stuff|products?|services?|apps?|software|the\ ones?|those|things?)"
MADE_BY = re.compile(
    rf"""{UNWANTED}(?:any\ )?(?:{THINGS}\ )?(?:that\ (?:is|are|was|were)\ )?
    (?:(?:made|built|owned|developed|created|published|trained)\ )?(?:from|by|of)\ (?P<makers>[^;?…]+)""",
    re.VERBOSE,
)
MAKERS = re.compile(rf"{UNWANTED}(?:any\ )?(?P<makers>[^;?…]+)", re.VERBOSE)
NEXT_MAKER = re.compile(r"(?:\ ?,\ ?(?:or\ |and\ |nor\ )?|\ (?:or|and|nor)\ )(?:from\ |by\ )?")
THEIR_THINGS = re.compile(rf"(?:\ {THINGS})?(?!\w)", re.VERBOSE)
# Where the name in "like X but cheaper" ends.
NAME_ENDS = re.compile(
    r"\s+(?:but|that|which|with|without|for|on|in|and|or|nor|only|under|at|as|is|to|not|who)\b|,"
)
NAME_WORDS = 7


def likeness(text: str, find_name: FindName) -> Taken | None:
    """Return what others shall be like."""
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
            return Taken(Constraint(ConstraintKind.LIKE, f"Like {name}", slug), start, end)
    return None


def unwanted(text: str, find_name: FindName) -> Taken | None:
    """Return the artifact that is not wanted."""
    for match in NOT.finditer(text):
        if (named := _name_at(match["name"], find_name)) is not None:
            words, slug, name = named
            end = match.start("name") + len(words)
            return Taken(Constraint(ConstraintKind.NOT, f"Not {name}", slug), match.start(), end)
    return None


def unwanted_makers(text: str, find_maker: FindMaker, *, is_told: bool) -> Taken | None:
    """Return those whose work is not wanted: "not from X or Y", or where nobody is told to make it "no X"."""
    for match in (MADE_BY if is_told else MAKERS).finditer(text):
        found = list(_makers_at(match["makers"], partial(find_maker, is_told=is_told)))
        if found:
            values = "|".join(dict.fromkeys(value for value, _, _ in found))
            label = f"Not from {', '.join(name for _, name, _ in found)}"
            end = match.start("makers") + found[-1][2]
            return Taken(Constraint(ConstraintKind.NOT_FROM, label, values), match.start(), end)
    return None


def _makers_at(words: str, find: FindName) -> Iterator[tuple[str, str, int]]:
    """Yield the makers that words begin with, one after another, each with where it ends."""
    place = 0
    while (named := _name_at(words[place:], lambda name: find(name.removesuffix("'s")))) is not None:
        name, value, label = named
        end = place + len(name)
        things = THEIR_THINGS.match(words, end)
        end = things.end() if things else end
        yield value, label, end
        if (link := NEXT_MAKER.match(words, end)) is None:
            return
        place = link.end()


def _name_at(words: str, find_name: FindName) -> tuple[str, str, str] | None:
    """Return the longest known name at the start of ``words``, with what it was found to be."""
    first = NAME_ENDS.split(words, maxsplit=1)[0].rstrip(" .!")
    parts = first.split(" ")[:NAME_WORDS]
    for length in range(len(parts), 0, -1):
        name = " ".join(parts[:length])
        if (found := find_name(name)) is not None:
            return name, *found
    return None
