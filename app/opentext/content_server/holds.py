"""Holds: made once by name, put on items and taken off again, one call for many items.

Source: OpenText Records Management REST API 26.1, holds; OpenText's own Python client where the two differ.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from app.domain.content import AppliedHold, Folder, Hold
from app.domain.ids import NodeId
from app.errors import NotFound, Permanent, Retryable
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.record_payloads import (
    CreatedHold,
    HoldList,
    HoldRow,
    NodeHold,
    NodeHolds,
    OneHold,
    PlainNodeList,
)

PAGE = 100
AT_ONCE = 250  # items per call; no maximum is documented
FEW = 3  # items that are looked at one by one


class Holds:
    """The holds of one server. Calls that put holds on items are made one after the other: a server has been seen
    to mix up the results of parallel ones."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._one_at_a_time = threading.Lock()

    def all(self) -> list[Hold]:
        """Every hold we may see, inactive ones too."""
        return list(self.each())

    def each(self) -> Iterator[Hold]:
        """The same, one by one; a page is held at a time."""
        page = 1
        while True:
            answer = self._server.get(HoldList, "v2", "holds", query={"page": page, "limit": PAGE})
            yield from (_hold(row) for row in answer.results.data.holds)
            if page >= answer.collection.paging.page_total or not answer.results.data.holds:
                return
            page += 1

    def find(self, name: str) -> Hold | None:
        """The hold of exactly this name, or None."""
        try:
            row = self._server.get(OneHold, "v2", "hold", query={"holdname": name}).row
        except UnknownRoute:
            raise
        except Permanent:
            return None  # the only answer there is for a name nobody has
        return _hold(row) if row is not None and row.name == name else None

    def ensure(self, name: str, kind: str = "LEGAL", comment: str = "") -> Hold:
        """Find or create a hold by its name. `kind` is one of the server's hold types.

        Raises Permanent (`hold_inactive`: one of this name was lifted; `refused`: no right or no such type).
        """
        found = self.find(name) or self._create(name, kind, comment)
        if not found.is_active:
            raise Permanent(
                f"The hold {name} was lifted; it holds nothing any more.", code="hold_inactive", hold=name,
                hint="Use another name, or let a records manager take the hold up again.",
            )  # fmt: skip
        return found

    def apply(self, nodes: Sequence[NodeId], hold: int) -> None:
        """Put items on a hold, one call for all. Idempotent. Raises NotFound (no such hold).

        The server passes over what it refuses (no right, not visible) without a word: ask `not_on` to be sure.
        """
        self._bulk("applyhold", nodes, {"holdID": hold})

    def release(self, nodes: Sequence[NodeId], hold: int, comment: str = "") -> None:
        """Take items off one hold, one call for all; their other holds stay. Idempotent. Raises NotFound.

        What the server refuses it passes over without a word, as in `apply`.
        """
        self._bulk("removehold", nodes, {"holdID": hold} | ({"removeComments": comment} if comment else {}))

    def not_on(self, nodes: Sequence[NodeId], hold: int) -> list[NodeId]:
        """Which of these items the hold is not applied to directly. A call for each, or one per 100 held items."""
        if len(nodes) <= FEW:
            return [node for node in nodes if not self._is_on(node, hold)]
        held = {each.id for each in self.items(hold)}
        return [node for node in nodes if node not in held]

    def on(self, node: NodeId) -> list[AppliedHold]:
        """Holds on an item, its own and those of the containers above; inactive ones too. Raises NotFound."""
        return [_applied(row, node) for row in self._server.get(NodeHolds, "v1", "nodes", node, "holds").data]

    def active_on(self, node: NodeId) -> tuple[str, ...]:
        """The names of the active holds on an item, direct and inherited."""
        return tuple(dict.fromkeys(each.hold.name for each in self.on(node) if each.hold.is_active))

    def items(self, hold: int) -> Iterator[Folder]:
        """What a hold was applied to directly, a page held at a time. `size` is not told. Raises NotFound."""
        page = 1
        while True:
            query = {"page": page, "limit": PAGE}
            answer = self._server.get(PlainNodeList, "v2", "holditems", hold, "page", query=query)
            yield from (Folder(NodeId(row.id), row.name) for row in answer.results)
            if page >= answer.collection.paging.page_total or not answer.results:
                return
            page += 1

    def delete(self, hold: int) -> None:
        """Remove a hold that is on nothing. Raises Permanent (`hold_in_use`, also where it is gone already)."""
        try:
            self._server.delete(Anything, "v2", "hold", query={"id": hold})
        except UnknownRoute:
            raise
        except Permanent as error:
            raise Permanent(
                "Content Server did not delete the hold: it is on some item, or gone already.", code="hold_in_use",
                hold=hold, said=str(error.context.get("said", "")),
            ) from error  # fmt: skip

    def _create(self, name: str, kind: str, comment: str) -> Hold:
        """Whoever loses a race takes the winner's hold."""
        now = datetime.now(UTC)
        wanted = {
            "type": kind, "name": name, "comment": comment, "date_applied": now.strftime("%Y-%m-%dT%H:%M:%S"),
        }  # fmt: skip
        try:
            made = self._server.form(CreatedHold, "POST", "v1", "holds", fields=wanted).hold_id
        except (NotFound, UnknownRoute):
            raise
        except Permanent as error:
            found = self.find(name)
            if found is None:
                raise error from None
            return found
        if made is None:
            found = self.find(name)
            if found is None:
                raise Retryable("Content Server did not say which hold it created.", code="unknown_hold")
            return found
        return Hold(made, name, kind, comment, True, now)

    def _bulk(self, call: str, nodes: Sequence[NodeId], fields: Mapping[str, int | str]) -> None:
        for start in range(0, len(nodes), AT_ONCE):
            ids = [str(node) for node in nodes[start : start + AT_ONCE]]
            with self._one_at_a_time:
                self._server.form(Anything, "POST", "v1", "rmclassifications", call, fields={"ids": ids, **fields})

    def _is_on(self, node: NodeId, hold: int) -> bool:
        try:
            return any(each.hold.id == hold and each.is_direct for each in self.on(node))
        except UnknownRoute:
            raise
        except Permanent:
            return False


def _hold(row: HoldRow) -> Hold:
    return Hold(row.id, row.name, row.type, row.comment, row.active in (None, True, 1), row.applied)


def _applied(row: NodeHold, node: NodeId) -> AppliedHold:
    hold = Hold(
        row.hold_id or 0, row.hold_name or row.name, row.hold_type, row.hold_comment, row.active in (None, True, 1),
        row.date_applied,
    )  # fmt: skip
    source = NodeId(row.id if row.id is not None else node)
    return AppliedHold(hold, source, row.name, source == node)
