"""Walking below a node: all pages of its children, and looking for something by name in a tree.

Source: Content Server Rest API 2.0.2, nodes; paging as observed on live servers.
"""

from collections import deque
from collections.abc import Iterator

from app.opentext.content_server.client import ContentServer, Query
from app.opentext.content_server.payloads import NodeList, NodeResult, Properties

FOLDER, CATEGORY, CATEGORY_FOLDER, DOCUMENT = 0, 131, 132, 144
CLASSIFICATION_TREE, CLASSIFICATION, RM_CLASSIFICATION = 196, 199, 551
BRIEF = "properties{id,name,type,mime_type,size,create_date,modify_date,parent_id}"
PAGE = 100
MOST_FOLDERS = 500  # looked into before a search by name gives up


def plain(name: str) -> str:
    """A name as people compare it, letters and digits without case: "Approved by" is "approved_by"."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def each_child(server: ContentServer, parent: int, query: Query, limit: int = PAGE) -> Iterator[NodeResult]:
    """Every child once, page by page; only one page is held. Raises NotFound when `parent` is not visible.

    A server may clamp `limit`, and repeat its last page when asked beyond it: ids already seen end the walk.
    """
    seen: set[int] = set()
    page = 1
    while True:
        answer = server.get(NodeList, "v2", "nodes", parent, "nodes", query={**query, "page": page, "limit": limit})
        new = 0
        for result in answer.results:
            if result.data.properties is not None and result.data.properties.id not in seen:
                seen.add(result.data.properties.id)
                new += 1
                yield result
        if not new or page >= answer.paging.page_total:
            return
        page += 1


def search_below(
    server: ContentServer, root: int, *, wanted: frozenset[int], containers: frozenset[int]
) -> Iterator[Properties]:
    """What of the `wanted` types lies below `root`, nearest first; looks into at most 500 containers."""
    waiting, looked_into = deque([root]), 0
    while waiting and looked_into < MOST_FOLDERS:
        looked_into += 1
        for child in each_child(server, waiting.popleft(), {"fields": BRIEF}):
            found = child.data.properties
            if found is None:
                continue
            if found.type in wanted:
                yield found
            if found.type in containers and found.size != 0:
                waiting.append(found.id)
