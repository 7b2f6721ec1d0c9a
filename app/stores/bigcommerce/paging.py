"""Going through lists: page by page, or along the time of the last change.

Source: BigCommerce API reference, "Pagination" (V2 and V3).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.client import BigCommerceClient, parse, parse_list

T = TypeVar("T")
PAGE = 250


Query = Mapping[str, str | int]
NOTHING: Query = {}


def v2_pages(
    client: BigCommerceClient, path: str, shape: type[T], query: Query = NOTHING, limit: int = PAGE
) -> Iterator[T]:
    """A V2 list: it ends with a short page or none."""
    page = 1
    while True:
        found = parse_list(client.get(path, **query, limit=limit, page=page), shape)
        yield from found
        if len(found) < limit:
            return
        page += 1


def v3_pages(client: BigCommerceClient, path: str, shape: type[T], query: Query = NOTHING) -> Iterator[T]:
    """A V3 list. The first request has only the caller's parameters: some lists take no page."""
    page, more = 1, True
    while more:
        response = client.get(path, **query) if page == 1 else client.get(path, **query, page=page)
        if response.status_code == 204:
            return
        answer = parse(response, payloads.Data[list[shape]])  # type: ignore[valid-type]
        yield from answer.data
        more, page = page < answer.meta.pagination.total_pages, page + 1


def along(
    since: datetime,
    fetch: Callable[[str, int], list[T]],
    at: Callable[[T], datetime],
    version: Callable[[T], Hashable],
) -> Iterator[T]:
    """Everything from a time on, oldest first, each version once. `fetch` gets the time and the number of a page.

    Each page begins at the last time seen, for page numbers shift when something changes meanwhile; a second
    earlier, because whether the filter includes its own second is not documented; by page number only while one
    second fills whole pages.
    """
    start, page, seen = since.astimezone(UTC).replace(microsecond=0), 1, set[Hashable]()
    while True:
        found = fetch(iso(start), page)
        for entry in found:
            key = version(entry)
            if key not in seen:
                seen.add(key)
                yield entry
        if len(found) < PAGE:
            return
        after = at(found[-1]) - timedelta(seconds=1)
        start, page = (after, 1) if after > start else (start, page + 1)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
