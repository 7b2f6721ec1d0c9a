"""What several bodies share: addresses, money, numbers of global ids."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.shopify.gids import number_of
from sandbox.shopify.money import bag, text
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def identity(record: JSON) -> JSON:
    return {"id": number_of(record["id"]), "admin_graphql_api_id": record["id"]}


def number(gid: str | None) -> int | None:
    return number_of(gid) if gid else None


def sums(shop: "Shop", amount: Decimal | str | int, order: JSON | None = None) -> JSON:
    """`{shop_money, presentment_money}`."""
    made = (
        bag(amount, shop.currency, order["presentmentCurrencyCode"], order.get("rate", 1))
        if order is not None
        else bag(amount, shop.currency)
    )
    return {"shop_money": _money(made["shopMoney"]), "presentment_money": _money(made["presentmentMoney"])}


def amount(value: Any) -> str:
    return text(value)


def _money(money: JSON) -> JSON:
    return {"amount": money["amount"], "currency_code": money["currencyCode"]}


def address(given: JSON | None) -> JSON | None:
    """An address of an order."""
    if given is None:
        return None
    return {
        "first_name": given["firstName"], "address1": given["address1"], "phone": given["phone"],
        "city": given["city"], "zip": given["zip"], "province": given["province"], "country": given["country"],
        "last_name": given["lastName"], "address2": given["address2"], "company": given["company"],
        "latitude": None, "longitude": None, "name": given["name"], "country_code": given["countryCodeV2"],
        "province_code": given["provinceCode"],
    }  # fmt: skip
