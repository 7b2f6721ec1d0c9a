"""Search over HTTP. Source: section 3.9."""

import zlib
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import search, shapes
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import Node
from sandbox.content_server.paging import page_of
from sandbox.content_server.refusal import missing
from sandbox.content_server.wire import Exchange, Params

REGIONS = ("OTMIMEType", "OTName", "OTObjectDate", "OTObjectSize", "OTLocation", "OTCreatedBy")


def find(x: Exchange) -> Response:
    sent = x.parameters()
    if not sent.text("where"):
        raise missing("where")
    locations = [number for name in sent.values if name.startswith("location_id") for number in sent.integers(name)]
    found = _sorted(search.find(x.actor, sent.text("where"), sent.text("lookfor"), locations), sent.text("sort"))
    page = page_of(found, sent, 10, 100)
    paging = page.paging()
    header = f"Results {paging['range_min']} to {paging['range_max']} of {page.total} sorted by Relevance"
    collection: dict[str, Any] = {
        "paging": paging | {"result_header_string": header, "links": {}},
        "searching": {
            "cache_id": zlib.crc32(sent.text("where").encode()),
            "facets": {},
            "regions_metadata": {name: {} for name in REGIONS},
            "regions_order": list(REGIONS),
            "result_title": "Search results",
        },
        "sorting": {"links": {}, "sort": [sent.text("sort") or "relevance"]},
    }
    # Unlike a folder's, the pages of a search end: pyxecm asks on until one is empty.
    items = page.items if (sent.integer("page") or 1) <= page.count else []
    return x.answer([_row(x, node, sent) for node in items], collection=collection)


def _sorted(nodes: list[Node], sort: str) -> list[Node]:
    if sort.endswith("OTName"):
        return sorted(nodes, key=lambda node: node.name.casefold(), reverse=sort.startswith("desc"))
    if sort == "asc_OTObjectDate":
        return nodes[::-1]
    return nodes


def _row(x: Exchange, node: Node, sent: Params) -> dict[str, Any]:
    data: dict[str, Any] = {"properties": shapes.node_properties(x.state, node)}
    version = node.versions[-1] if node.versions else None
    data["versions"] = shapes.version(node, version) if version else {}
    if "select" in sent:
        known = {
            "OTName": node.name,
            "OTSubType": node.type,
            "OTObjectDate": node.modify_date.strftime("%Y%m%d"),
            "OTObjectSize": version.size if version else 0,
            "OTFileSize": version.size if version else 0,
            "OTMIMEType": version.mime_type if version else None,
            "OTCreatedBy": node.create_user_id,
        }
        data["regions"] = {name: known.get(name) for name in sent.words("select")}
    return {
        "data": data,
        "links": {"parent": {"href": f"api/v1/nodes/{node.parent_id}", "name": ""}},
        "search_result_metadata": {
            "current_version": True,
            "object_href": None,
            "object_id": f"DataId={node.id}&Version={version.number if version else 0}",
            "result_type": "264",
            "source_id": "2275",
            "version_type": None,
        },
    }


ROUTES = (Route("GET POST", "/v2/search", find),)
