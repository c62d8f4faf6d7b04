"""Pages of lists that are counted as far as it matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api import views
from app.issues.looking.listing import Count

Row = Mapping[str, Any]
_PAGE = ("page", "page_size")


def paged(query: Row) -> tuple[dict[str, int], dict[str, Any]]:
    """Which page is asked for, and what it is narrowed to."""
    narrowed = {name: value for name, value in query.items() if name not in _PAGE}
    return {"number": query["page"], "size": query["page_size"]}, narrowed


def listed(items: list[Any], total: Count, query: Row) -> dict[str, Any]:
    """The page as its schema wants it."""
    return {**views.page(items, total.count, query), "total_is_capped": total.more}
