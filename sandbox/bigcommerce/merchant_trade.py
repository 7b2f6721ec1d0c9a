"""Friendly companies, subscribers, stock, settings and log entries: what a merchant or a buyer does by hand."""

from typing import Any

from sandbox.bigcommerce import companies, company_terms, inventory, settings, subscribers, system_log
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON

STATES = ("pending", "approved", "rejected", "inactive")
COMPANY: Fields = {
    "name": Field("string", least=1, most=200),
    "email": Field("string"),
    "phone": Field("string"),
    "status": Field("string", choices=STATES),
    "group": Field("any"),
    "extra_fields": Field("object"),
    "dependent": Field("boolean"),
    "address": Field("object", of={n: f for n, f in companies.ADDRESS.items() if n != "country"}),
    "country": Field("string"),
    "admin": Field("object", of={n: Field("string") for n in ("first_name", "last_name", "email")}),
    "credit": Field("object", of=company_terms.CREDIT),
    "payment_terms": Field("integer", choices=company_terms.DAYS),
    "users": Field("array", of={n: Field("string", always=True) for n in ("first_name", "last_name", "email")}),
}
STOCK: Fields = {"quantity": Field("integer"), **inventory.OWN}
ENTRY: Fields = {
    "type": Field("string", choices=system_log.TYPES),
    "module": Field("string"),
    "severity": Field("integer", choices=(1, 2, 3, 4)),
    "summary": Field("string"),
    "message": Field("string"),
}


# Companies


def create_company(shop: Shop, given: JSON) -> JSON:
    """A buyer registers a company: pending unless `status` says otherwise."""
    if not shop.store.b2b:
        raise Refused(422, errors={"company": "B2B Edition is not enabled in this store"})
    given = check(given, COMPANY, "v3", creating=True)
    count = len(shop.store.companies) + 1
    name = given.get("name", f"Company {count}")
    admin = {"first_name": "Erika", "last_name": "Mustermann"} | given.get("admin", {})
    body = {
        "companyName": name,
        "companyEmail": given.get("email", f"office{count}@example.com"),
        "companyPhone": given.get("phone", "+49 40 555 0101"),
        "country": given.get("country", "DE"),
        "adminFirstName": admin["first_name"],
        "adminLastName": admin["last_name"],
        "adminEmail": admin.get("email", f"buyer{count}@example.com"),
        **given.get("address", {}),
        **_group_and_fields(shop, given),
    }
    status = STATES.index(given.get("status", "pending"))
    company = companies.create(shop, check(body, companies.CREATE, "v3", creating=True), status)
    _money(shop, company, given)
    return get_company(shop, company["companyId"])


def patch_company(shop: Shop, number: Any, given: JSON) -> JSON:
    company = _known(shop.store.companies, number, "company")
    given = check(given, {n: f for n, f in COMPANY.items() if n != "admin"}, "v3", creating=False)
    names = {"name": "companyName", "email": "companyEmail", "phone": "companyPhone", "country": "country"}
    body = {names[n]: v for n, v in given.items() if n in names} | given.get("address", {})
    body |= _group_and_fields(shop, given)
    if body:
        companies.change(shop, company, check(body, companies.UPDATE, "v3", creating=False))
    _money(shop, company, given)
    if "status" in given:
        companies.set_status(shop, company, STATES.index(given["status"]))
    return get_company(shop, company["companyId"])


def get_company(shop: Shop, number: Any) -> JSON:
    company = _known(shop.store.companies, number, "company")
    key = company["companyId"]
    own = {"terms": company_terms.terms_of(shop, key), "users": _users(shop, key), "id": key}
    own["attachments"] = shop.store.company_attachments.get(key, [])
    if shop.store.b2b_credit:
        own["credit"] = company_terms.credit_of(shop, key)
    return companies.shown(shop, company) | own | {"status": STATES[company["companyStatus"]]}


def list_companies(shop: Shop) -> list[JSON]:
    return [get_company(shop, number) for number in shop.store.companies]


def delete_company(shop: Shop, number: Any) -> None:
    companies.delete(shop, _known(shop.store.companies, number, "company")["companyId"])


# Subscribers


def create_subscriber(shop: Shop, given: JSON) -> JSON:
    return subscribers.create(shop, check(given, subscribers.FIELDS, "v3", creating=True))


def patch_subscriber(shop: Shop, number: Any, given: JSON) -> JSON:
    subscriber = _known(shop.store.subscribers, number, "subscriber")
    subscribers.change(shop, subscriber, check(given, subscribers.FIELDS, "v3", creating=False))
    return subscriber


def get_subscriber(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.subscribers, number, "subscriber")


def list_subscribers(shop: Shop) -> list[JSON]:
    return list(shop.store.subscribers.values())


def delete_subscriber(shop: Shop, number: Any) -> None:
    subscribers.delete(shop, _known(shop.store.subscribers, number, "subscriber")["id"])


# Stock: by the variant's id


def patch_stock(shop: Shop, number: Any, given: JSON) -> JSON:
    """`quantity` is a new count (a count below zero: sold and not there), the rest the item's settings."""
    variant = _item(shop, number)
    body = check(given, STOCK, "v3", creating=False)
    own = {n: v for n, v in body.items() if n != "quantity"}
    if own:
        inventory.set_settings(shop, variant, own)
    if "quantity" in body:
        inventory.set_count(shop, variant, body["quantity"])
    return get_stock(shop, number)


def get_stock(shop: Shop, number: Any) -> JSON:
    variant = _item(shop, number)
    return inventory.shown(shop, variant) | {"id": variant["id"]}


def list_stock(shop: Shop) -> list[JSON]:
    return [inventory.shown(shop, v) | {"id": v["id"]} for v in inventory.items(shop)]


# Settings: by channel


def patch_checkout(shop: Shop, number: Any, given: JSON) -> JSON:
    """Terms at checkout and what else a channel's checkout settings hold."""
    channel = _channel(number)
    settings.checkout_of(shop, channel)
    settings.set_checkout(shop, channel, check(given, settings.CHECKOUT_FIELDS, "v3", creating=False))
    return get_checkout(shop, number)


def get_checkout(shop: Shop, number: Any) -> JSON:
    return settings.checkout_of(shop, _channel(number)) | {"id": _channel(number)}


def list_checkout(shop: Shop) -> list[JSON]:
    return [get_checkout(shop, number) for number in shop.store.channels]


def patch_inventory_settings(shop: Shop, number: Any, given: JSON) -> JSON:
    """Of the store (0) or a channel."""
    body = check(given, settings.INVENTORY, "v3", creating=False)
    shop.store.inventory_settings[_channel(number)] = get_inventory_settings(shop, number) | body
    return get_inventory_settings(shop, number)


def get_inventory_settings(shop: Shop, number: Any) -> JSON:
    return settings.inventory_of(shop, _channel(number))


def list_inventory_settings(shop: Shop) -> list[JSON]:
    return [get_inventory_settings(shop, number) | {"id": number} for number in (0, *shop.store.channels)]


# System log


def create_entry(shop: Shop, given: JSON) -> JSON:
    return system_log.write(shop, check(given, ENTRY, "v3", creating=True))


def get_entry(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.system_log, number, "log entry")


def list_entries(shop: Shop) -> list[JSON]:
    return list(shop.store.system_log.values())


def _group_and_fields(shop: Shop, given: JSON) -> JSON:
    body: JSON = {}
    if "group" in given:
        found = next((g for g in shop.store.groups.values() if given["group"] in (g["id"], g["name"])), None)
        if found is None:
            raise Refused(422, errors={"group": f"there is no customer group {given['group']}"})
        body["customerGroupId"] = found["id"]
    if "extra_fields" in given:
        body["extraFields"] = [{"fieldName": n, "fieldValue": v} for n, v in given["extra_fields"].items()]
    return body


def _money(shop: Shop, company: JSON, given: JSON) -> None:
    key = company["companyId"]
    if "dependent" in given:
        company["dependent"] = given["dependent"]
    if "credit" in given:
        company_terms.set_credit(shop, key, given["credit"])
    if "payment_terms" in given:
        shop.store.company_terms[key] = {"isEnabled": True, "paymentTerms": given["payment_terms"]}
    for user in given.get("users", []):
        names = {"firstName": user["first_name"], "lastName": user["last_name"], "email": user["email"]}
        companies.add_user(shop, names | {"companyId": key, "role": 2})


def _users(shop: Shop, company_id: int) -> list[JSON]:
    return [u for u in shop.store.company_users.values() if u["companyId"] == company_id]


def _item(shop: Shop, number: Any) -> JSON:
    variant = _known(shop.store.variants, number, "variant")
    if variant not in inventory.items(shop):
        raise Refused(422, errors={"id": f"the stock of variant {number} is not tracked"})
    return variant


def _channel(number: Any) -> int:
    if not str(number).isdigit():
        raise Refused(404, errors={"id": f"there is no channel {number}"})
    return int(number)


def _known(parts: dict[int, JSON], number: Any, kind: str) -> JSON:
    found = parts.get(int(number)) if str(number).isdigit() else None
    if found is None:
        raise Refused(404, errors={"id": f"there is no {kind} {number}"})
    return found
