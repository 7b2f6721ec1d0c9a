"""What has a panel: each kind of object, what addresses call several of them, and what its ids look like."""

import re

from app.errors import NotFound

MANY = {
    "order": "orders", "product": "products", "customer": "customers", "company": "companies", "case": "cases",
    "page": "pages",
}  # fmt: skip
KINDS = {many: one for one, many in MANY.items()}
KIND = f"<any({', '.join(KINDS)}):kind>"

NUMBER = re.compile(r"[0-9]{1,20}")  # the stores' own ids
IDS = {
    "case": re.compile(r"[0-9a-f]{32}"),
    "page": re.compile(r"(page|terms):[0-9]{1,20}|policy:[A-Z][A-Z_]{0,59}"),
}


def many(kind: str) -> str:
    """ "companies" of "company": the kind as addresses say it."""
    return MANY[kind]


def is_id(kind: str, object_id: str) -> bool:
    """Whether something of this kind could be called so."""
    return kind in MANY and IDS.get(kind, NUMBER).fullmatch(object_id) is not None


def checked(object_id: str, kind: str = "order") -> str:
    """The id as it came. Raises NotFound where nothing of the kind can be called so."""
    if not is_id(kind, object_id):
        raise NotFound("There is nothing of that id.")
    return object_id
