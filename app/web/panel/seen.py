"""One object as this request's reader sees it: the rows, what the reader may see of them, what is left."""

import re
from dataclasses import dataclass

from app.db import panel as rows_of
from app.db.panel_facts import OrderOfCustomer, PanelRows
from app.db.session import reading
from app.domain.rights import Sight
from app.engine import rights
from app.engine.deps import Deps
from app.errors import NotFound
from app.web import guards
from app.web.panel.access import Access, access

LONGEST_ID = 20
CASE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Seen:
    """`rows` as they are, only to decide with; `shown` and `orders` are what may be rendered."""

    rows: PanelRows
    shown: PanelRows
    orders: tuple[OrderOfCustomer, ...]
    sight: Sight
    access: Access


def seen(deps: Deps, kind: str, object_id: str) -> Seen:
    """From local rows, in two statements (three for a customer); where people sign in OpenText is asked afterwards."""
    who = guards.merchant()
    with reading(deps.database) as session:
        found = rows_of.read(session, who.store_id, kind, checked(object_id, kind))
        orders = rows_of.orders_of_customer(session, who.store_id, object_id) if kind == "customer" else ()
    if found is None:
        raise NotFound("There is no such store.")
    sight = rights.sight(deps, who, found, orders)
    shown = rights.shown(found, sight)
    return Seen(found, shown, rights.shown_orders(orders, sight), sight, access(found, shown, sight, who))


def checked(object_id: str, kind: str = "") -> str:
    """The store's ids are numbers, those of cases our own; anything else is nothing we know."""
    if kind == "case" and CASE_ID.fullmatch(object_id):
        return object_id
    if not (object_id.isascii() and object_id.isdigit() and len(object_id) <= LONGEST_ID):
        raise NotFound("There is nothing of that id.")
    return object_id
