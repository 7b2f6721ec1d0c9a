"""The search index: by words, by name, by the value of an attribute; inside one workspace or across all we may see.

The index lags seconds to minutes behind and is never asked whether something exists.
Source: Content Server Rest API 2.0.2, search; OpenText's own Python client for `location_id1`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.content import Found
from app.domain.ids import NodeId
from app.errors import Permanent
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.nodes import DOCUMENT, plain
from app.opentext.content_server.payloads import NodeList, NodeResult, Version

PAGE = 100
MOST = 1000  # hits of one search; who finds more should ask more precisely
MOST_WORDS = 20
WORKSPACE = 848


class Search:
    """Finds what our user may see. Words are data: operators and quotes in them mean nothing."""

    def __init__(self, server: ContentServer, categories: Categories) -> None:
        self._server, self._categories = server, categories

    def words(
        self, text: str, *, within: NodeId | None = None, types: Sequence[int] = (DOCUMENT,), most: int = 50
    ) -> list[Found]:
        """Items that hold all these words in their content or metadata, the best first; at most `most`.

        `within`: only what lies below this workspace or folder. Raises Permanent (`nothing_to_look_for`).
        """
        found = _words(text)
        return self._found(" and ".join(f'"{word}"' for word in found), within, types, most)

    def named(
        self, text: str, *, within: NodeId | None = None, types: Sequence[int] = (DOCUMENT,), most: int = 50
    ) -> list[Found]:
        """Items whose name holds all these words. Raises Permanent (`nothing_to_look_for`)."""
        clause = " and ".join(f'OTName: "{word}"' for word in _words(text))
        return self._found(clause, within, types, most)

    def with_value(
        self,
        category: str,
        attribute: str,
        value: str,
        *,
        within: NodeId | None = None,
        types: Sequence[int] = (DOCUMENT,),
        most: int = MOST,
    ) -> list[Found]:
        """Items whose category has this value. The attribute must be indexed.

        Raises Permanent (`unknown_category`: no item with this category was read by this connection yet).
        """
        known = self._categories.map(category)
        key = known.keys.get(plain(attribute)) if known else None
        if key is None:
            raise Permanent(
                "What this server calls the attribute is not known yet.", code="unknown_category",
                category=category, attribute=attribute,
            )  # fmt: skip
        return self._found(f'Attr_{key}: "{_quoted(value)}"', within, types, most)

    def workspaces_named(self, text: str, *, most: int = 50) -> list[Found]:
        """Business workspaces whose name holds all these words."""
        return self.named(text, types=(WORKSPACE,), most=most)

    def _found(self, clause: str, within: NodeId | None, types: Sequence[int], most: int) -> list[Found]:
        if types:
            kinds = " or ".join(f"OTSubType: {kind}" for kind in types)
            clause = f"{clause} and ({kinds})" if len(types) > 1 else f"{clause} and {kinds}"
        fields: dict[str, Any] = {"where": clause, "lookfor": "complexquery"}
        if within is not None:
            fields["location_id1"] = within
        found: list[Found] = []
        for result in self._each(fields, min(most, MOST)):
            hit = self._hit(result)
            if hit is not None:
                found.append(hit)
        return found[:most]

    def _each(self, fields: dict[str, Any], most: int) -> Iterator[NodeResult]:
        seen: set[int] = set()
        page = 1
        while True:
            asked = {**fields, "page": page, "limit": min(PAGE, most)}
            answer = self._server.look(NodeList, "v2", "search", fields=asked)
            new = 0
            for result in answer.results:
                if result.data.properties is not None and result.data.properties.id not in seen:
                    seen.add(result.data.properties.id)
                    new += 1
                    yield result
            if not new or page >= answer.paging.page_total or len(seen) >= most:
                return
            page += 1

    def _hit(self, result: NodeResult) -> Found | None:
        item = result.data.properties
        if item is None:
            return None
        version: Version | None = result.data.versions[0] if result.data.versions else None
        return Found(
            id=NodeId(item.id),
            name=item.name,
            type=item.type,
            mime_type=item.mime_type or (version.mime_type if version else ""),
            size=version.file_size if version else 0,
            modified_at=item.modify_date,
            url=self._server.node_url(item.id),
        )


def _words(text: str) -> list[str]:
    """The words of a text as the index has them: letters and digits, without what the query language reads."""
    found = [word for word in re.findall(r"[^\W_]+(?:[-.'’_][^\W_]+)*", text) if word][:MOST_WORDS]
    if not found:
        raise Permanent("There is nothing to look for.", code="nothing_to_look_for", hint="Enter a word or a number.")
    return found


def _quoted(value: str) -> str:
    return " ".join(value.replace('"', " ").replace("\\", " ").split())
