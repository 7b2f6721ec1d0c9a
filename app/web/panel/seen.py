"""One object as this request's reader sees it: the rows, what the reader may see of them, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.db import panel as rows_of
from app.db.panel_facts import OrderOfCustomer, PanelRows
from app.db.session import reading
from app.domain.rights import Sight
from app.engine import rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import NotFound
from app.web import guards, waiting
from app.web.kinds import checked
from app.web.panel.access import Access, access

MOST_MEMBERS = 40


@dataclass(frozen=True)
class Seen:
    """`rows` as they are, only to decide with; `shown` and `orders` are what may be rendered."""

    rows: PanelRows
    shown: PanelRows
    orders: tuple[OrderOfCustomer, ...]
    sight: Sight
    access: Access


def seen(deps: Deps, kind: str, object_id: str) -> Seen:
    """From local rows, in two statements (up to four for buyers); where people sign in OpenText is asked after."""
    who = guards.merchant()
    with reading(deps.database) as session:
        found = _there(rows_of.read(session, who.store_id, kind, checked(object_id, kind)))
        members = _members(found)
        found = replace(found, people=rows_of.names(session, who.store_id, "customer", members))
        buyers = (object_id,) if kind == "customer" else members
        orders = rows_of.orders_of_customers(session, who.store_id, buyers)
    return _as_seen(who, found, orders, rights.sight(deps, who, found, orders, is_page=waiting.is_reading()))


def seen_together(deps: Deps, kind: str, object_ids: Sequence[str]) -> list[Seen]:
    """Several at once, for their documents: OpenText is asked about all of them together, and never about holds."""
    who = guards.merchant()
    with reading(deps.database) as session:
        several = [_there(rows_of.read(session, who.store_id, kind, checked(one, kind))) for one in object_ids]
    sight = rights.sight_together(deps, who, several, is_page=waiting.is_reading())
    return [_as_seen(who, one, (), sight) for one in several]


def _there(found: PanelRows | None) -> PanelRows:
    if found is None:
        raise NotFound("There is no such store.")
    return found


def _as_seen(who: Merchant, found: PanelRows, orders: tuple[OrderOfCustomer, ...], sight: Sight) -> Seen:
    shown = rights.shown(found, sight)
    return Seen(found, shown, rights.shown_orders(orders, sight), sight, access(found, shown, sight, who))


def _members(found: PanelRows) -> tuple[str, ...]:
    """The customers who buy for a company, as far as we look."""
    if found.object_type != "company" or found.snapshot is None:
        return ()
    return tuple(str(one) for one in found.snapshot.facts.get("members") or ())[:MOST_MEMBERS]
