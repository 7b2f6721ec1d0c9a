"""A field's value: a small JSON object that says what it is, so that every kind compares and shows it the same way.

{"text": ...} a text, flag, id or amount as the store writes it ("shown": the words for it, where they differ);
{"image": {"file_name", "alt", "thumbnail"}}; {"price": {"variant_id", "sku", "currency", "price", "tiers"}} with
tiers as [from quantity, unit price]; {"promotion": {...}} its terms; {} "not there".
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Value = dict[str, Any]


def same(a: Value, b: Value) -> bool:
    """Equal as a buyer would see it: line ends and outer blanks do not count, 10 and 10.00 are one price."""
    kind = next((kind for kind in _KEYS if kind in a or kind in b), "text")
    return _KEYS[kind](a) == _KEYS[kind](b)


def _text_key(value: Value) -> object:
    return value["text"].replace("\r\n", "\n").strip() if "text" in value else None


def _image_key(value: Value) -> object:
    image = value.get("image")
    return (image["file_name"], image["alt"], image["thumbnail"]) if image else None


def _price_key(value: Value) -> object:
    price = value.get("price")
    if price is None:
        return None
    tiers = sorted((int(quantity), Decimal(str(amount))) for quantity, amount in price.get("tiers", ()))
    return Decimal(str(price["price"])), tiers


def _promotion_key(value: Value) -> object:
    terms = value.get("promotion")
    if terms is None:
        return None
    return {name: Decimal(terms[name]) if name in ("percent", "amount") and terms[name] else terms[name]
            for name in terms}  # fmt: skip


_KEYS: dict[str, Callable[[Value], object]] = {
    "image": _image_key, "price": _price_key, "promotion": _promotion_key, "text": _text_key,
}  # fmt: skip


def shown(value: Value) -> str:
    """The value in words, for papers and pages."""
    if "image" in value:
        return f"{value['image']['file_name']} ({value['image']['alt']})"
    if "price" in value:
        return _price(value["price"])
    if "promotion" in value:
        return _promotion(value["promotion"])
    return str(value.get("shown") or value.get("text", "(not there)"))


def _price(price: dict[str, Any]) -> str:
    tiers = [f"from {quantity}: {amount}" for quantity, amount in price.get("tiers", ())]
    return "; ".join([f"{price['price']} {price['currency']}", *tiers])


def _promotion(terms: dict[str, Any]) -> str:
    gives = f"{terms['percent']} %" if terms.get("percent") else f"{terms['amount']} {terms['currency']}"
    skus = ", ".join(terms.get("skus", ())[:20])
    parts = [gives, f"on the goods {skus}" if skus else "on the cart"]
    parts += [f"code {terms['code']}"] if terms.get("code") else []
    parts += [f"from {terms.get('starts_at') or 'now'}", f"until {terms.get('ends_at') or 'open end'}"]
    return f"{terms['name']}: {', '.join(parts)}"
