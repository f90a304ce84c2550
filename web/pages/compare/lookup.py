"""From slugs to the page object of their comparison."""

from collections.abc import Sequence
from typing import TypeAlias

from web.pages.compare.costs import AskedVolume
from web.pages.compare.page import ComparePage, compare_page
from web.pages.compare.several import MOST, SeveralPage, several_page

Drawn: TypeAlias = ComparePage | SeveralPage


def comparison(slugs: Sequence[str], *, asked: AskedVolume | None = None) -> Drawn | None:
    """Return the comparison of two to four artifacts in canonical order.

    None for fewer or more, and where any of them is unknown.
    """
    if len(slugs) == 2:
        return compare_page(*slugs, asked=asked)
    return several_page(slugs, asked=asked) if 2 < len(slugs) <= MOST else None
