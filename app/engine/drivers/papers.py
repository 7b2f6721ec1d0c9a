"""Blocks of policies, offers, catalogues, and of what belongs to a product after the purchase."""

import re
from datetime import timedelta
from html import unescape

from app.domain.commerce import Product
from app.engine.drivers.material import VOID, Json, Material, instant
from app.errors import Permanent

HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
TAG, SPACE = re.compile(r"<[^>]*>"), re.compile(r"\s+")
CARE_FIELDS = ("care", "set-up", "setup", "instructions")


def policy(m: Material, known: Json) -> Json:
    page = m.page
    if page is None and "policy" not in known:
        raise Permanent("A policy document needs a page of the store.", code="no_driver_data")
    if page is None:
        return {}
    return {
        "policy": {
            "kind": page.kind.value, "title": page.title, "version": m.fact("version") or page.version[:12],
            "effectiveFrom": m.fact("effective_from") or m.day(m.now), "market": m.store.country,
            "sections": sections(page.html),
        }
    }  # fmt: skip


def sections(html: str) -> list[Json]:
    """A page as titled paragraphs of plain text: what stands before the first heading has none."""
    parts = HEADING.split(HIDDEN.sub(" ", html))
    found = [{"title": "", "text": plain(parts[0])}]
    found += [
        {"title": plain(title), "text": plain(text)} for title, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return [each for each in found if each["title"] or each["text"]]


def plain(html: str) -> str:
    return SPACE.sub(" ", unescape(TAG.sub(" ", html))).strip()


def retention(m: Material, known: Json) -> Json:
    if "offer" not in known and not m.fact("offer_title"):
        hint = "Enter the offer in the scenario's settings."
        raise Permanent("The letter has no offer to make.", code="no_driver_data", hint=hint)
    bought = sorted((each for each in m.orders if each.status.value not in VOID), key=lambda one: one.placed_at)
    consents = ", ".join(sorted(m.customer.consents)) if m.customer else ""
    return {
        "offer": {"title": m.fact("offer_title"), "text": m.fact("offer_text"), "code": m.fact("offer_code"),
                  "validTo": m.fact("offer_valid_to")},
        "history": {"lastOrderText": m.day_text(bought[-1].placed_at) if bought else "",
                    "countText": str(len(bought))},
        "consent": {"text": f"you agreed to it in your account ({consents})."},
        "cart": m.facts.get("cart") or {"itemsText": "", "totalText": ""},
    }  # fmt: skip


def catalog(m: Material, _known: Json) -> Json:
    rows, images = [], []
    for each in (one for one in m.products if one.is_visible):
        price = m.prices.get(each.sku, each.price.amount if each.price else None)
        currency = each.price.currency if each.price else m.store.currency
        text = f"{price:,.2f} {currency}" if price is not None else ""
        rows.append({"sku": each.sku, "name": each.name, "priceText": text})
        images += [{"sku": each.sku, "name": one.file_name} for one in each.images if one.is_thumbnail]
    if not rows:
        raise Permanent("The catalogue has no products.", code="no_driver_data", hint="Choose products for it.")
    until = instant(m.fact("valid_to")) or m.now + timedelta(days=90)
    title = m.fact("title") or f"{m.store.name}: your catalogue"
    return {"catalog": {"title": title, "number": m.number, "validTo": m.day(until)}, "products": rows,
            "images": images}  # fmt: skip


def _products(m: Material) -> list[Json]:
    return [{"sku": each.sku, "name": each.name, "warrantyText": each.warranty} for each in m.products]


def warranty(m: Material, _known: Json) -> Json:
    start = m.order.placed_at if m.order else m.now
    about = {"number": f"W-{m.number}", "from": m.day(start), "fromText": m.day_text(start)}
    return {"products": _products(m), "warranty": about}


def advice(product: Product) -> list[str]:
    """How to set it up and care for it: its fields named so."""
    named = [(name.lower(), text) for name, text in product.told]
    return [text for name, text in named if any(word in name for word in CARE_FIELDS)]


def care(m: Material, known: Json) -> Json:
    found = [{"title": each.name, "text": text} for each in m.products for text in advice(each)]
    if not found and "sections" not in known:
        raise Permanent(
            "None of the products says how to care for it.", code="no_driver_data",
            hint="Give the product a custom field named Care or Set-up, then try again; or leave this step out.",
        )  # fmt: skip
    return {"products": _products(m), "sections": found, "documents": {"link": m.documents_url}}
