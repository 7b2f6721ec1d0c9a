"""Pages: `limit` is clamped, a page beyond the end repeats the last one (section 3.2)."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sandbox.content_server.wire import Params

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: list[Item]
    number: int
    limit: int
    total: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.limit))

    def paging(self) -> dict[str, Any]:
        first = (self.number - 1) * self.limit + 1 if self.total else 0
        return {
            "limit": self.limit,
            "page": self.number,
            "page_total": self.count,
            "range_min": first,
            "range_max": first + len(self.items) - 1 if self.total else 0,
            "total_count": self.total,
        }


def page_of(items: list[Item], params: Params, default: int, largest: int = 500) -> Page[Item]:
    limit = min(max(params.integer("limit") or default, 1), largest)
    pages = max(1, -(-len(items) // limit))
    number = min(max(params.integer("page") or 1, 1), pages)
    start = (number - 1) * limit
    return Page(items[start : start + limit], number, limit, len(items))


def collection(page: Page[Any], sort: str = "") -> dict[str, Any]:
    """`collection` of a v2 list; workspace lists put `paging` at the top instead."""
    sorting = [{"key": "sort", "value": sort}] if sort else []
    return {"paging": page.paging(), "sorting": {"sort": sorting}}
