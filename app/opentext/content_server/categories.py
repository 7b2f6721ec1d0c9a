"""Categories by our own name for them, whatever the server calls them.

The attributes' keys differ per server and are learned from what it says of a node.

Definitions cannot be read by REST; `metadata` beside a node's values names every attribute of its categories.
Source: Content Server Rest API 2.0.2, categories.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.domain.ids import NodeId
from app.errors import Conflict, NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.nodes import CATEGORY, CATEGORY_FOLDER, plain, search_below
from app.opentext.content_server.payloads import Definition, NodeList, OneNode

CATEGORIES_VOLUME = 133

Values = dict[str, Any]


@dataclass(frozen=True)
class CategoryMap:
    """One category's definition as a node showed it: attribute keys by name, sets with their rows' keys."""

    id: int
    name: str
    keys: dict[str, str]  # plain attribute name → key
    names: dict[str, str]  # key → attribute name; in a set with "x" for the row

    def fields(self, values: Mapping[str, Any], present: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Form fields for values by attribute name; a set is a list of rows, each a mapping by attribute name.

        `present` is how many rows a node's sets have now, by plain name: those too many are taken away, last first.
        Raises Permanent (`unknown_attribute`).
        """
        self._require_known(values, self.keys, "")
        fields: dict[str, Any] = {}
        for name, value in values.items():
            key = self.keys[plain(name)]
            columns = self.columns(key)
            if columns:
                fields |= self._rows(key, columns, value or (), (present or {}).get(plain(name), 0))
            else:
                fields[key] = wire(value)
        return fields

    def columns(self, key: str) -> dict[str, str]:
        """The attributes of a set by plain name; empty where the key is no set's."""
        prefix = f"{key}_x_"
        return {plain(name): each[len(prefix) :] for each, name in self.names.items() if each.startswith(prefix)}

    def _rows(self, key: str, columns: dict[str, str], rows: Any, present: int) -> dict[str, Any]:
        """Every column of every row: one that is not named is emptied, or it would keep what stood there before."""
        fields: dict[str, Any] = {}
        for number, row in enumerate(rows, 1):
            self._require_known(row, columns, f" in {self.names[key]}")
            held = {plain(name): value for name, value in row.items()}
            fields |= {f"{key}_{number}_{inner}": wire(held.get(name)) for name, inner in columns.items()}
        return fields | {f"{key}_{number}": "" for number in range(present, len(rows), -1)}

    def _require_known(self, values: Mapping[str, Any], known: Mapping[str, str], where: str) -> None:
        unknown = [name for name in values if plain(name) not in known]
        if unknown:
            raise Permanent(
                f"The category {self.name} has no such attribute{where}.",
                code="unknown_attribute", attributes=", ".join(unknown),
                hint="Compare the category's attributes with the names in the documentation.",
            )  # fmt: skip


class Categories:
    """Category values of nodes. What was learned of definitions is kept as long as this object lives."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._maps: dict[str, CategoryMap] = {}  # by plain category name
        self._lock = threading.Lock()

    def values(self, node: NodeId) -> dict[str, Values]:
        """All values by category and attribute name; a set is a list of rows. Raises NotFound."""
        answer = self._server.get(NodeList, "v2", "nodes", node, "categories", query={"metadata": ""})
        flat: Values = {}
        for result in answer.results:
            flat |= result.data.categories
            self.learn(result.metadata.categories)
        return self.named(flat)

    def named(self, flat: Values) -> dict[str, Values]:
        """Flat keys as names, for the categories known by now."""
        with self._lock:
            maps = {str(known.id): known for known in self._maps.values()}
        found: dict[str, Values] = {}
        for key, value in flat.items():
            known = maps.get(key.partition("_")[0])
            if known is not None:
                _put(found.setdefault(known.name, {}), known, key.split("_"), value)
        return found

    def unknown(self, flat: Values) -> bool:
        """Whether some of these keys belong to a category not learned yet."""
        with self._lock:
            ids = {str(known.id) for known in self._maps.values()}
        return any(key.partition("_")[0] not in ids for key in flat)

    def write(self, node: NodeId, category: str, values: Mapping[str, Any]) -> None:
        """Set attributes of one category; others keep their values; a missing category is added.

        Values: str, int, float, bool, date, datetime (written as UTC), None (empties), or a list for several; for a
        set all its rows, each a mapping by attribute name, which take the place of those there are (one call more).
        Raises NotFound (node, or no such category), Permanent (unknown attribute, refused value), Retryable.
        """
        known = self.map(category) or self._learn_from(node, category)
        fields = known.fields(values, self._rows_present(node, known, values))
        try:
            self._put(node, known, fields)
        except Conflict:
            raise
        except Permanent as error:
            if not self._add(node, known, fields):
                raise error from None

    def _rows_present(self, node: NodeId, known: CategoryMap, values: Mapping[str, Any]) -> dict[str, int]:
        sets = [name for name in values if known.columns(known.keys.get(plain(name), ""))]
        if not sets:
            return {}
        held = {plain(name): value for name, value in self.values(node).get(known.name, {}).items()}
        return {plain(name): len(held.get(plain(name)) or ()) for name in sets}

    def map(self, category: str) -> CategoryMap | None:
        """What is known of a category's definition by now."""
        with self._lock:
            return self._maps.get(plain(category))

    def learn(self, definitions: Mapping[str, Definition]) -> None:
        """Keep the definitions that came along with a node's values."""
        for key, definition in definitions.items():
            if key.isdigit() and definition.name:
                own = {k: d for k, d in definitions.items() if k.startswith(f"{key}_")}
                keys = {plain(d.name): k for k, d in own.items() if k.count("_") == 1}
                names = {k: d.name for k, d in own.items()}
                name = self._server.meant("category", definition.name) or f"{definition.name} ({key})"
                with self._lock:
                    self._maps[plain(name)] = CategoryMap(int(key), name, keys, names)

    def _put(self, node: NodeId, known: CategoryMap, fields: Values) -> None:
        self._server.form(Anything, "PUT", "v2", "nodes", node, "categories", known.id, fields=fields)

    def _add(self, node: NodeId, known: CategoryMap, fields: Values) -> bool:
        """Attach the category with these values; False when that was not what was wrong."""
        try:
            self._server.form(
                Anything, "POST", "v2", "nodes", node, "categories",
                fields={"category_id": known.id, **fields},
            )  # fmt: skip
        except Permanent:
            return False
        return True

    def _learn_from(self, node: NodeId, category: str) -> CategoryMap:
        """Look at the node; where it lacks the category, add it with its defaults and look at that."""
        self.values(node)
        known = self.map(category)
        if known is None:
            category_id = self._id_in_volume(category)
            self._server.form(Anything, "POST", "v2", "nodes", node, "categories", fields={"category_id": category_id})
            answer = self._server.get(OneNode, "v2", "nodes", node, "categories", category_id, query={"metadata": ""})
            self.learn(answer.results.metadata.categories)
            known = self.map(category)
        if known is None:
            raise NotFound(f"Content Server does not describe the category {category}.", category=category)
        return known

    def _id_in_volume(self, ours: str) -> int:
        category = self._server.called("category", ours)
        volume = self._server.get(OneNode, "v2", "volumes", CATEGORIES_VOLUME).results.data.properties
        if volume is not None:
            wanted, folders = frozenset({CATEGORY}), frozenset({CATEGORY_FOLDER})
            for found in search_below(self._server, volume.id, wanted=wanted, containers=folders):
                if plain(found.name) == plain(category):
                    return found.id
        raise NotFound(
            f"There is no category {category} in Content Server.", code="no_such_category", category=category,
            hint="Import the category, or give our user the right to see it.",
        )  # fmt: skip


def _put(into: Values, known: CategoryMap, key: list[str], value: Any) -> None:
    """One flat value into its category's values; rows of a set become a list of rows."""
    if len(key) == 2:
        name = known.names.get("_".join(key))
        if name is not None:
            into[name] = value
    elif len(key) == 4 and key[2].isdigit():
        set_name = known.names.get(f"{key[0]}_{key[1]}")
        name = known.names.get(f"{key[0]}_{key[1]}_x_{key[3]}")
        if set_name is not None and name is not None and 1 <= int(key[2]) <= 10_000:
            rows = into.get(set_name)
            rows = into[set_name] = rows if isinstance(rows, list) else []
            rows.extend({} for _ in range(int(key[2]) - len(rows)))
            rows[int(key[2]) - 1][name] = value


def wire(value: Any) -> Any:
    """A value as a form takes it: dates as UTC without a zone, booleans in words, lists repeated."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    if isinstance(value, (list, tuple)):
        return [wire(item) for item in value] or ""
    return str(value)
