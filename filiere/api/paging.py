"""Lists come page by page."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from ninja import Field, Schema

Item = TypeVar("Item")


class PageQuery(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=200)


class Page(Schema, Generic[Item]):
    """One page of a list, and how much there is in all."""

    items: list[Item]
    total: int
    page: int
    pages: int


def paged(rows: Any, query: PageQuery, write: Callable[[Any], Item]) -> Page[Item]:
    """Cut one page out of a query set or list; a page past the end gives the last one.

    Args:
        write: puts one row into the shape the list promises.
    """
    found = Paginator(rows, query.per_page).get_page(query.page)
    return Page(
        items=[write(row) for row in found],
        total=found.paginator.count,
        page=found.number,
        pages=found.paginator.num_pages,
    )
