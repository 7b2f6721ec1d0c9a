"""Companies and their people (B2B Edition). Bulk creation is silent; everything else is announced."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sandbox.bigcommerce import customers, groups
from sandbox.bigcommerce.b2b import page, serve
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check, problems_of
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import whole
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

PENDING, APPROVED, REJECTED, INACTIVE = range(4)
EXTRA: Fields = {"fieldName": Field("string", always=True, least=1), "fieldValue": Field("any", always=True)}
TEXT = Field("string")
ADDRESS: Fields = {
    "addressLine1": TEXT, "addressLine2": TEXT, "city": TEXT, "state": TEXT, "zipCode": TEXT,
    "country": Field("string", required=True, most=200),
}  # fmt: skip
UPDATE: Fields = {
    "companyName": Field("string", required=True, least=1, most=200),
    "companyEmail": Field("string", required=True, least=3, most=200),
    "companyPhone": Field("string", required=True, most=50),
    **ADDRESS,
    "customerGroupId": Field("integer", least=0),
    "extraFields": Field("array", of=EXTRA),
    "uuid": TEXT,
}
CREATE: Fields = {
    **UPDATE,
    "adminFirstName": Field("string", required=True, least=1, most=100),
    "adminLastName": Field("string", required=True, least=1, most=100),
    "adminEmail": Field("string", required=True, least=3, most=100),
    "adminPhoneNumber": Field("string", most=100),
    "acceptCreationEmail": Field("boolean"),
    "catalogId": Field("integer"),
    "channelIds": Field("array", of=Field("integer")),
    "originChannelId": Field("integer"),
}
STATUS: Fields = {"companyStatus": Field("integer", always=True, choices=(PENDING, APPROVED, REJECTED, INACTIVE))}
CATALOG: Fields = {"catalogId": Field("any", always=True)}
USER: Fields = {
    "companyId": Field("integer", required=True),
    "email": Field("string", required=True, least=3, most=150),
    "firstName": Field("string", required=True, least=1, most=150),
    "lastName": Field("string", required=True, least=1, most=150),
    "phoneNumber": TEXT,
    "role": Field("integer", required=True, choices=(0, 1, 2)),
    "acceptWelcomeEmail": Field("boolean"),
    "channelIds": Field("array", of=Field("integer")),
    "originChannelId": Field("integer"),
    "uuid": TEXT,
    "extraFields": Field("array", of=EXTRA),
}
TIMES = {"minModified": "updatedAt", "maxModified": "updatedAt", "minCreated": "createdAt", "maxCreated": "createdAt"}
PAGING = ("limit", "offset")
BULK = 10


def routes(api: "BigCommerce") -> None:
    serve(api, "GET", "/companies", list_companies)
    serve(api, "POST", "/companies", create_company)
    serve(api, "POST", "/companies/bulk", create_companies)
    serve(api, "GET", "/companies/extra-fields", list_extra_fields)
    serve(api, "GET", "/companies/<int:company_id>", show_company)
    serve(api, "PUT", "/companies/<int:company_id>", update_company)
    serve(api, "DELETE", "/companies/<int:company_id>", delete_company)
    serve(api, "PUT", "/companies/<int:company_id>/status", update_status)
    serve(api, "PUT", "/companies/<int:company_id>/catalogs", update_catalog)
    serve(api, "GET", "/users", list_users)
    serve(api, "POST", "/users", create_user)
    serve(api, "GET", "/users/<int:user_id>", show_user)
    serve(api, "DELETE", "/users/<int:user_id>", delete_user)
    serve(api, "GET", "/users/customer/<int:customer_id>", show_user_of_customer)


def list_companies(shop: Shop, call: Call) -> tuple[list[JSON], JSON]:
    names = (*TIMES, "sortBy", "orderBy", "isIncludeExtraFields", "companyStatus", "q", "bcGroupId", "customerId",
             "bcOrderId", *PAGING)  # fmt: skip
    only(call, names, 422)
    found = [company for company in shop.store.companies.values() if _fits(shop, call, company)]
    sort, order = call.args.get("sortBy", "updatedAt"), call.args.get("orderBy", "DESC")
    if sort not in ("companyName", "updatedAt") or order not in ("ASC", "DESC"):
        raise Refused(422, errors={"sortBy": "is invalid"})
    found.sort(key=lambda c: (c[sort], c["companyId"]), reverse=order == "DESC")
    extra = call.args.get("isIncludeExtraFields", "0") == "1"
    return page(call, [shown(shop, company, extra=extra, listed=True) for company in found])


def show_company(shop: Shop, call: Call, company_id: int) -> JSON:
    only(call, (), 422)
    return shown(shop, find(shop, company_id))


def create_company(shop: Shop, call: Call) -> JSON:
    company = create(shop, check(json_of(call), CREATE, "v3", creating=True), APPROVED)
    call.effect = f"company {company['companyId']} created"
    return _made(shop, company)


def create_companies(shop: Shop, call: Call) -> list[JSON]:
    entries = json_of(call)
    if not isinstance(entries, list) or not entries:
        raise Refused(422, errors={"body": "must be an array"})
    if len(entries) > BULK:
        raise Refused(413)
    for entry in entries:
        problems = problems_of(entry, CREATE, creating=True)
        if problems:
            raise Refused(422, errors=problems)
    made = [create(shop, entry, APPROVED, silent=True) for entry in entries]
    call.effect = f"companies {', '.join(str(c['companyId']) for c in made)} created"
    return [_made(shop, company) for company in made]


def update_company(shop: Shop, call: Call, company_id: int) -> JSON:
    company = find(shop, company_id)
    change(shop, company, check(json_of(call), UPDATE, "v3", creating=False))
    call.effect = f"company {company_id} changed"
    return {"companyId": company_id}


def delete_company(shop: Shop, call: Call, company_id: int) -> JSON:
    find(shop, company_id)
    delete(shop, company_id)
    call.effect = f"company {company_id} deleted"
    return {}


def update_status(shop: Shop, call: Call, company_id: int) -> JSON:
    company = find(shop, company_id)
    body = check(json_of(call), STATUS, "v3", creating=True)
    set_status(shop, company, body["companyStatus"])
    call.effect = f"company {company_id} status {body['companyStatus']}"
    return {"companyId": company_id}


def update_catalog(shop: Shop, call: Call, company_id: int) -> JSON:
    """Only a company that depends on its own list takes one; the others buy at their group's prices."""
    company = find(shop, company_id)
    body = check(json_of(call), CATALOG, "v3", creating=True)
    if not company["dependent"]:
        raise Refused(405, "Independent companies take their prices from their customer group.")
    number = whole(str(body["catalogId"]), "catalogId", 422)
    if number not in shop.store.price_lists:
        raise Refused(422, errors={"catalogId": "does not exist"})
    company["catalogId"] = str(number)
    _touch(shop, company)
    call.effect = f"company {company_id} catalog {number}"
    return {"companyId": company_id}


def list_extra_fields(shop: Shop, call: Call) -> tuple[list[JSON], JSON]:
    only(call, PAGING, 422)
    names = sorted({f["fieldName"] for c in shop.store.companies.values() for f in c["extraFields"]})
    return page(call, [_extra({"fieldName": name, "fieldValue": ""}) for name in names])


def list_users(shop: Shop, call: Call) -> tuple[list[JSON], JSON]:
    only(call, ("companyId", "email", "q", "isIncludeExtraFields", *TIMES, *PAGING), 422)
    found = list(shop.store.company_users.values())
    if "companyId" in call.args:
        wanted = whole(call.args["companyId"], "companyId", 422)
        found = [u for u in found if u["companyId"] == wanted]
    if "email" in call.args:
        found = [u for u in found if u["email"].lower() == call.args["email"].lower()]
    return page(call, found)


def create_user(shop: Shop, call: Call) -> JSON:
    user = add_user(shop, check(json_of(call), USER, "v3", creating=True))
    call.effect = f"company user {user['id']} created"
    return {"userId": user["id"], "bcId": user["customerId"]}


def show_user(shop: Shop, call: Call, user_id: int) -> JSON:
    only(call, (), 422)
    return _user(shop, user_id)


def delete_user(shop: Shop, call: Call, user_id: int) -> JSON:
    user = _user(shop, user_id)
    del shop.store.company_users[user_id]
    _tell(shop, user["companyId"], "user/deleted", user_id=user_id)
    call.effect = f"company user {user_id} deleted"
    return {}


def show_user_of_customer(shop: Shop, call: Call, customer_id: int) -> JSON:
    only(call, (), 422)
    for user in shop.store.company_users.values():
        if user["customerId"] == customer_id:
            return user
    raise Refused(404, "User does not exist.")


# What others use too


def create(shop: Shop, body: JSON, status: int, *, silent: bool = False) -> JSON:
    """A company with its administrator, who is or becomes a customer, and its customer group."""
    _check(shop, body)
    number, at = shop.store.next("company", 501), _seconds(shop)
    company: JSON = {
        "companyId": number, "companyName": "", "companyEmail": "", "companyPhone": "", "companyStatus": status,
        "bcGroupId": 0, "catalogId": "", "uuid": "", "createdAt": at, "updatedAt": at, "extraFields": [],
        "dependent": False, **dict.fromkeys(ADDRESS, ""),
    }  # fmt: skip
    shop.store.companies[number] = company
    if "customerGroupId" not in body:
        body = body | {"customerGroupId": _group(shop, body["companyName"])}
    _take(company, body)
    admin = {"companyId": number, "email": body["adminEmail"], "firstName": body["adminFirstName"], "role": 0}
    phone = body.get("adminPhoneNumber", "")
    add_user(shop, admin | {"lastName": body["adminLastName"], "phoneNumber": phone}, silent=True)
    if not silent:
        _tell(shop, number, "created")
    return company


def change(shop: Shop, company: JSON, body: JSON) -> None:
    _check(shop, body, company)
    _take(company, body)
    if "customerGroupId" in body:
        for user in _users_of(shop, company):
            shop.store.customers[user["customerId"]]["customer_group_id"] = body["customerGroupId"]
    _touch(shop, company)


def set_status(shop: Shop, company: JSON, status: int) -> None:
    company["companyStatus"], company["updatedAt"] = status, _seconds(shop)
    _tell(shop, company["companyId"], "statusUpdated")


def delete(shop: Shop, company_id: int) -> None:
    del shop.store.companies[company_id]
    users = shop.store.company_users
    for number in [n for n, user in users.items() if user["companyId"] == company_id]:
        del users[number]
    _tell(shop, company_id, "deleted")


def add_user(shop: Shop, body: JSON, *, silent: bool = False) -> JSON:
    company = find(shop, body["companyId"])
    if any(u["email"].lower() == body["email"].lower() for u in shop.store.company_users.values()):
        raise Refused(422, errors={"email": "belongs to a company already"})
    number, at = shop.store.next("company_user"), _seconds(shop)
    user: JSON = {
        "id": number, "companyId": company["companyId"], "email": body["email"], "firstName": body["firstName"],
        "lastName": body["lastName"], "phoneNumber": body.get("phoneNumber", ""), "role": body["role"],
        "customerId": _customer(shop, body, company), "createdAt": at, "updatedAt": at,
    }  # fmt: skip
    shop.store.company_users[number] = user
    if not silent:
        _tell(shop, company["companyId"], "user/created", user_id=number)
    return user


def find(shop: Shop, company_id: int) -> JSON:
    company = shop.store.companies.get(company_id)
    if company is None:
        raise Refused(404, "Company does not exist.")
    return company


def shown(shop: Shop, company: JSON, *, extra: bool = True, listed: bool = False) -> JSON:
    """As the API spells it: ids, statuses and times are texts, a group's number only in lists."""
    group = shop.store.groups.get(company["bcGroupId"])
    hidden = {"dependent", *(() if extra else ("extraFields",))}
    seen = {name: value for name, value in company.items() if name not in hidden and value != ""}
    texts = {name: str(company[name]) for name in ("companyId", "companyStatus", "createdAt", "updatedAt")}
    seen |= texts | {"bcGroupName": group["name"] if group else "", "priceListAssign": []}
    seen["bcGroupId"] = company["bcGroupId"] if listed else str(company["bcGroupId"])
    if extra:
        seen["extraFields"] = [_extra(field) for field in company["extraFields"]]
    return seen


def _extra(field: JSON) -> JSON:
    own = {"labelName": field["fieldName"], "isRequired": "0", "dataType": "0", "fieldType": 0}
    return {"fieldName": field["fieldName"], "fieldValue": str(field["fieldValue"])} | own


def _made(shop: Shop, company: JSON) -> JSON:
    admin = _users_of(shop, company)[0]
    ids = {"companyId": company["companyId"], "customerId": admin["customerId"]}
    return ids | {"customerGroupId": company["bcGroupId"]}


def _take(company: JSON, body: JSON) -> None:
    plain = {*UPDATE} - {"customerGroupId", "extraFields"}
    company |= {name: value for name, value in body.items() if name in plain}
    if "customerGroupId" in body:
        company["bcGroupId"] = body["customerGroupId"]
    if "extraFields" in body:
        fields = {f["fieldName"]: f for f in (*company["extraFields"], *body["extraFields"])}
        company["extraFields"] = list(fields.values())


def _check(shop: Shop, body: JSON, own: JSON | None = None) -> None:
    errors: dict[str, str] = {}
    name, group = body.get("companyName", "").lower(), body.get("customerGroupId", 0)
    if name and any(c["companyName"].lower() == name for c in shop.store.companies.values() if c is not own):
        errors["companyName"] = "is in use already"
    if group and group not in shop.store.groups:
        errors["customerGroupId"] = "does not exist"
    for email in ("companyEmail", "adminEmail"):
        if email in body and "@" not in body[email]:
            errors[email] = "must be valid"
    if body.get("uuid") and not _is_uuid(body["uuid"]):
        errors["uuid"] = "must be a UUID"
    if errors:
        raise Refused(422, errors=errors)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _group(shop: Shop, name: str) -> int:
    """A new company's own group, named after it."""
    known = next((g for g in shop.store.groups.values() if g["name"].lower() == name.lower()), None)
    return int((known or groups.create(shop, {"name": name}))["id"])


def _customer(shop: Shop, body: JSON, company: JSON) -> int:
    email = body["email"].lower()
    known = next((c for c in shop.store.customers.values() if c["email"].lower() == email), None)
    if known is None:
        person = {"email": body["email"], "first_name": body["firstName"], "last_name": body["lastName"]}
        known = customers.create(shop, [person | {"company": company["companyName"]}])[0]
    known["customer_group_id"] = company["bcGroupId"]
    return int(known["id"])


def _users_of(shop: Shop, company: JSON) -> list[JSON]:
    return [u for u in shop.store.company_users.values() if u["companyId"] == company["companyId"]]


def _user(shop: Shop, user_id: int) -> JSON:
    user = shop.store.company_users.get(user_id)
    if user is None:
        raise Refused(404, "User does not exist.")
    return user


def _fits(shop: Shop, call: Call, company: JSON) -> bool:
    args = call.args
    for name, field in TIMES.items():
        if name in args:
            limit = whole(args[name], name, 422)
            if (company[field] < limit) if name.startswith("min") else (company[field] > limit):
                return False
    if "companyStatus" in args and str(company["companyStatus"]) != args["companyStatus"]:
        return False
    if "bcGroupId" in args and str(company["bcGroupId"]) != args["bcGroupId"]:
        return False
    if args.get("q", "").lower() not in company["companyName"].lower():
        return False
    return _buys(shop, company, args)


def _buys(shop: Shop, company: JSON, args: Any) -> bool:
    """Whether a customer, or who placed an order, is one of its people."""
    people = {user["customerId"] for user in _users_of(shop, company)}
    if "customerId" in args and whole(args["customerId"], "customerId", 422) not in people:
        return False
    if "bcOrderId" in args:
        order = shop.store.orders.get(whole(args["bcOrderId"], "bcOrderId", 422), {})
        return order.get("customer_id") in people
    return True


def _touch(shop: Shop, company: JSON) -> None:
    company["updatedAt"] = _seconds(shop)
    _tell(shop, company["companyId"], "updated")


def _tell(shop: Shop, company_id: int, event: str, **more: int) -> None:
    shop.emit(f"store/company/{event}", {"company_id": company_id} | more)


def _seconds(shop: Shop) -> int:
    return int(shop.now().timestamp())
