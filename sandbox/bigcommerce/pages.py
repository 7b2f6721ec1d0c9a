"""Content pages (V3). The body is shown only where `include=body` asks for it; problems are RFC 7807 documents."""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, problems_of
from sandbox.bigcommerce.scopes import CONTENT
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, flag, no_content, v3, v3_page, whole
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

TYPES = ("page", "raw", "contact_form", "link", "blog")
CONTACT_FIELDS = {"fullname", "companyname", "phone", "orderno", "rma"}
MOST = 4000
TEXT = Field("string", nullable=True)
UPDATE: Fields = {
    "channel_id": Field("integer", least=1),
    "name": Field("string", required=True, least=1, most=100),
    "type": Field("string", required=True, choices=TYPES),
    "is_visible": Field("boolean"),
    "parent_id": Field("integer", least=0),
    "sort_order": Field("integer"),
    "body": TEXT,
    "content_type": Field("string"),
    "is_homepage": Field("boolean"),
    "is_customers_only": Field("boolean"),
    "email": Field("string", most=255),
    "meta_title": TEXT,
    "meta_keywords": TEXT,
    "meta_description": TEXT,
    "search_keywords": TEXT,
    "link": Field("string"),
    "contact_fields": Field("string"),
    "url": Field("string"),
}
BATCH: Fields = {**UPDATE, "id": Field("integer", always=True)}
BASE = (
    "id", "channel_id", "name", "is_visible", "parent_id", "sort_order", "type", "is_homepage", "is_customers_only",
    "url",
)  # fmt: skip
SEO = ("meta_title", "meta_keywords", "meta_description", "search_keywords")
# What a page of each type shows beside the base fields; the body comes with include=body.
SHOWN = {
    "page": SEO,
    "blog": SEO,
    "raw": ("search_keywords", "content_type"),
    "contact_form": (*SEO, "email", "contact_fields"),
    "link": ("link",),
}
NEEDED = {"raw": "body", "link": "link", "contact_form": "email"}
FILTERS: filters.Declared = {
    "id": ("integer", ("in",)),
    "channel_id": ("integer", ("",)),
    "name": ("string", ("", "like")),
}


def routes(api: "BigCommerce") -> None:
    api.problem("GET", "/content/pages", CONTENT, list_pages)
    api.problem("POST", "/content/pages", CONTENT, create_pages)
    api.problem("PUT", "/content/pages", CONTENT, update_pages)
    api.problem("DELETE", "/content/pages", CONTENT, delete_pages)
    api.problem("GET", "/content/pages/<int:page_id>", CONTENT, show_page)
    api.problem("PUT", "/content/pages/<int:page_id>", CONTENT, update_page)
    api.problem("DELETE", "/content/pages/<int:page_id>", CONTENT, delete_page)


def list_pages(shop: Shop, call: Call) -> Response:
    found = filters.apply(call, shop.store.pages.values(), FILTERS, ("include",))
    return v3_page(call, [shown(page, body=_wants_body(call)) for page in found])


def show_page(shop: Shop, call: Call, page_id: int) -> Response:
    """A filter that does not fit the page is answered 404."""
    found = filters.apply(call, [_own(shop, page_id)], FILTERS, ("include",))
    if not found:
        raise Refused(404)
    return v3(shown(found[0], body=_wants_body(call)))


def create_pages(shop: Shop, call: Call) -> Response:
    """One page, or an array: then the good ones are made although a bad one makes the answer 422."""
    only(call, ("include",), 422)
    given = json_of(call)
    if isinstance(given, dict):
        page = create(shop, given)
        call.effect = f"page {page['id']} created"
        return v3(shown(page, body=_wants_body(call)), 201)
    made, wrong = _each(given, lambda entry: create(shop, entry))
    call.effect = f"pages {', '.join(str(p['id']) for p in made)} created" if made else ""
    if wrong:
        raise Refused(422, wrong[0])
    return v3([shown(page, body=_wants_body(call)) for page in made], 201)


def update_pages(shop: Shop, call: Call) -> Response:
    only(call, ("include",), 422)

    def work(entry: Any) -> JSON:
        problems = problems_of(entry, BATCH, creating=False)
        if problems:
            raise Refused(422, errors=problems)
        page = _own(shop, entry["id"])
        change(shop, page, {n: v for n, v in entry.items() if n != "id"})
        return page

    given = json_of(call)
    changed, wrong = _each(given if isinstance(given, list) else [given], work)
    call.effect = f"pages {', '.join(str(p['id']) for p in changed)} changed" if changed else ""
    if wrong:
        raise Refused(422, wrong[0])
    return v3([shown(page, body=_wants_body(call)) for page in changed])


def update_page(shop: Shop, call: Call, page_id: int) -> Response:
    only(call, ("include",), 422)
    page = _own(shop, page_id)
    change(shop, page, json_of(call))
    call.effect = f"page {page_id} changed"
    return v3(shown(page, body=_wants_body(call)))


def delete_page(shop: Shop, call: Call, page_id: int) -> Response:
    _own(shop, page_id)
    delete(shop, page_id)
    call.effect = f"page {page_id} deleted"
    return no_content()


def delete_pages(shop: Shop, call: Call) -> Response:
    only(call, ("id:in", "delete_children"), 422)
    ids = [whole(part, "id:in", 422) for part in comma(call.args.get("id:in", ""))]
    if not ids:
        raise Refused(422, "id:in is required.")
    children = flag(call.args.get("delete_children", "false"), "delete_children", 422)
    if children:
        ids += [page["id"] for page in shop.store.pages.values() if page["parent_id"] in ids]
    for number in ids:
        _own(shop, number)
    for number in dict.fromkeys(ids):
        delete(shop, number)
    call.effect = f"pages {', '.join(map(str, ids))} deleted"
    return no_content()


# What others use too


def create(shop: Shop, body: Any) -> JSON:
    _check(shop, body, None)
    if len(shop.store.pages) >= MOST:
        raise Refused(507)
    number = shop.store.next("page", 12)
    page: JSON = {
        "id": number, "channel_id": 1, "is_visible": True, "parent_id": 0, "sort_order": 0, "is_homepage": False,
        "is_customers_only": False, "url": f"/{body['name'].lower().replace(' ', '-')}/",
        "body": "", "meta_title": None,
        "meta_keywords": "", "meta_description": "", "search_keywords": "", "content_type": "text/html", "email": "",
        "contact_fields": "", "link": "", **body,
    }  # fmt: skip
    shop.store.pages[number] = page
    shop.emit(f"store/channel/{page['channel_id']}/page/created", {"page_id": number})
    return page


def change(shop: Shop, page: JSON, body: Any) -> None:
    _check(shop, body, page)
    page |= body
    shop.emit(f"store/channel/{page['channel_id']}/page/updated", {"page_id": page["id"]})


def delete(shop: Shop, page_id: int) -> None:
    """There is no event for a deleted page."""
    del shop.store.pages[page_id]


def shown(page: JSON, *, body: bool) -> JSON:
    names = [*BASE, *SHOWN[page["type"]]]
    return {name: page[name] for name in names + (["body"] if body and page["type"] != "link" else [])}


def _check(shop: Shop, body: Any, page: JSON | None) -> None:
    problems = problems_of(body, UPDATE, creating=page is None)
    if problems:
        raise Refused(422, "; ".join(f"{name}: {text}" for name, text in problems.items()), problems)
    after = (page or {"channel_id": 1, "body": "", "link": "", "email": ""}) | body
    if after["type"] == "blog" and page is None:
        raise Refused(422, "Blog pages are made in the control panel.")
    if after["channel_id"] not in shop.store.channels:
        raise Refused(422, f"There is no channel {after['channel_id']}.")
    if after["type"] in NEEDED and not after[NEEDED[after["type"]]]:
        raise Refused(422, f"{NEEDED[after['type']]} is required for a page of type {after['type']}.")
    strange = set(comma(after.get("contact_fields") or "")) - CONTACT_FIELDS
    if strange:
        raise Refused(422, f"contact_fields: unknown {', '.join(sorted(strange))}.")
    others = (p for p in shop.store.pages.values() if p is not page and p["channel_id"] == after["channel_id"])
    if any(p["name"].lower() == after["name"].lower() for p in others):
        raise Refused(422, f"There is a page called '{after['name']}' already.")


def _each(given: Any, work: Any) -> tuple[list[JSON], list[str]]:
    if not isinstance(given, list) or not given:
        raise Refused(422, "The body must be a page or an array of pages.")
    done, wrong = [], []
    for entry in given:
        try:
            done.append(work(entry))
        except Refused as refused:
            wrong.append(refused.title)
    return done, wrong


def _wants_body(call: Call) -> bool:
    names = set(comma(call.args.get("include", "")))
    if names - {"body"}:
        raise Refused(422, "include: only body can be included.")
    return "body" in names


def _own(shop: Shop, page_id: int) -> JSON:
    page = shop.store.pages.get(page_id)
    if page is None:
        raise Refused(404, "The page was not found.")
    return page
