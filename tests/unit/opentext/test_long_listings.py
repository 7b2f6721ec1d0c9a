"""Ten thousand documents in one folder: all of them once, a page in memory at a time."""

import tracemalloc

import httpx

from app.domain.ids import NodeId
from tests.unit.opentext.scripted import Script, said

CHILDREN = "GET content.test/cs/cs/api/v2/nodes/7/nodes"
COUNT = 10_000


def a_page(request: httpx.Request) -> httpx.Response:
    """As the server pages, with every member it sends."""
    number, limit = int(request.url.params["page"]), int(request.url.params["limit"])
    ids = range((number - 1) * limit + 1, min(number * limit, COUNT) + 1)
    rows = [
        {
            "data": {
                "properties": {"id": node, "name": f"{node}.pdf", "type": 144, "size": 9, "description": "x" * 500},
                "versions": {"version_number": 3, "file_size": 9, "mime_type": "application/pdf"},
            }
        }
        for node in ids
    ]
    return said({"collection": {"paging": {"page": number, "page_total": -(-COUNT // limit)}}, "results": rows})


def test_a_listing_of_ten_thousand_holds_one_page_at_a_time() -> None:
    script = Script()
    script.on(CHILDREN, a_page)
    documents = script.open().documents
    next(documents.each(NodeId(7)))
    script.requests.clear()
    tracemalloc.start()
    try:
        count = 0
        for document in documents.each(NodeId(7)):
            count += 1
            assert document.version == 3
            if count % 1000 == 0:
                script.requests.clear()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == COUNT
    assert peak < 4_000_000, f"{peak:,} bytes"  # 10,000 ids and one page; all rows together are 8 MB


def test_a_server_that_clamps_the_page_and_repeats_the_last_one_is_listed_once() -> None:
    def clamped(request: httpx.Request) -> httpx.Response:
        number = min(int(request.url.params["page"]), 3)
        rows = [{"data": {"properties": {"id": number * 10 + n, "name": "x", "type": 144}}} for n in range(10)]
        return said({"collection": {"paging": {"page": number, "page_total": 99}}, "results": rows})

    script = Script()
    script.on(CHILDREN, clamped)
    assert len(script.open().documents.children(NodeId(7))) == 30
    assert len(script.asked(CHILDREN)) == 4
