"""Lists by the page, and what was wrong with the page that was asked for."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.paginator import InvalidPage, Page, Paginator

T = TypeVar("T")


def page_of(rows: Sequence[T], asked: str, *, per_page: int) -> tuple[Page[T], tuple[str, ...]]:
    """Return a page of ``rows``, 1 the first, and the problem with ``asked`` where there is no such page.

    >>> page_of("abc", "2", per_page=2)
    (<Page 2 of 2>, ())
    >>> page_of("abc", "x", per_page=2)
    (<Page 1 of 2>, ('Page “x” is not one of 1 to 2',))
    """
    pages = Paginator(rows, per_page)
    try:
        return pages.page(asked or 1), ()
    except InvalidPage:
        return pages.get_page(asked), (f"Page “{asked[:40]}” is not one of 1 to {pages.num_pages}",)
