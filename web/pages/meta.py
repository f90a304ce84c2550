"""What the head of every page says about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Crumb:
    """One step from the home page."""

    name: str
    path: str


@dataclass(frozen=True)
class Meta:
    """Title, description, canonical path and linked data of a page."""

    title: str
    description: str
    path: str
    crumbs: tuple[Crumb, ...] = ()
    linked_data: tuple[Mapping[str, object], ...] = ()
    is_indexable: bool = True
    markdown_path: str = ""
    has_own_search: bool = False
    image_path: str = ""
    image_alt: str = ""

    @property
    def breadcrumb_list(self) -> dict[str, object]:
        """Return the crumbs as schema.org states them, from the home page to this one."""
        steps = [Crumb("Home", reverse("home")), *self.crumbs]
        return {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": step.name, "item": step.path}
                for position, step in enumerate(steps, start=1)
            ],
        }


def shortened(text: str, *, length: int = 155) -> str:
    """Return ``text`` cut at a word, as search engines show it.

    >>> shortened("one two three", length=9)
    'one two…'
    """
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
