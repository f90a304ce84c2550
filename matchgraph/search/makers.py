"""Finds publishers by what people call them: "google" is Google and Google Research, "alibaba" Qwen (Alibaba)."""

import re
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from catalog.models import Publisher
from matchgraph.texts import normalised

# Between two words of a name stands whatever does, "." as in HiDream.ai.
BETWEEN = "[^a-z0-9]+"


@dataclass(frozen=True)
class Makers:
    """The publishers that a query may mean. One query, and only if it is asked for any."""

    query: str

    def __call__(self, words: str, *, is_told: bool) -> tuple[str, str] | None:
        """Return what the publishers that words mean are found by, and what to call them.

        Where nobody is told to make something ("no google"), the words must be a whole name: "no face" does not
        mean a publisher whose name begins with it.
        """
        if not (value := normalised(words)):
            return None
        by_name, by_slug = _begins(value) if is_told else _is_whole(value)
        for name, slug in self._near:
            if re.search(by_name, name, re.IGNORECASE) or re.search(by_slug, slug):
                said = re.search(_words(value), name, re.IGNORECASE)
                return value, said[0] if said else name
        return None

    @cached_property
    def _near(self) -> list[tuple[str, str]]:
        """Return the names and slugs of those whose name begins with any of the query's words."""
        first_words = normalised(self.query).split()
        meant = published_by("|".join(first_words))
        return list(Publisher.objects.filter(meant).order_by("name").values_list("name", "slug"))


def published_by(values: str) -> Q:
    """Return which publishers are meant by what ``Makers`` found, joined with "|"."""
    by_name, by_slug = _begins(values)
    return Q(name__iregex=by_name) | Q(slug__iregex=by_slug)


def _begins(value: str) -> tuple[str, str]:
    """Return expressions for names and for slugs that begin with words; what stands in brackets is a name too."""
    return rf"(^|\()({_words(value)})(?!\w)", rf"^({_words(value)})(-|$)"


def _is_whole(value: str) -> tuple[str, str]:
    return rf"(^|\()({_words(value)})(\)|$)", rf"^({_words(value)})$"


def _words(value: str) -> str:
    """Return an expression for words; ``normalised`` left nothing in them that means something in one."""
    return BETWEEN.join(value.split())
