"""Promotions and coupon codes (V3). There are no webhooks for them: whoever wants to know must poll."""

import random
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import cursors, filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.promotion_fields import CODE, CODEGEN, CREATE, rule_errors
from sandbox.bigcommerce.scopes import MARKETING
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, iso, no_content, v3, v3_page, when, whole
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

UPDATE: Fields = {**CREATE, "redemption_type": Field("any", read_only=True)}
FILTERS: filters.Declared = {"id": ("integer", ("",)), "name": ("string", ("",)), "currency_code": ("string", ("",))}
FILTERS |= {"redemption_type": ("string", ("",)), "status": ("string", ("",))}
SORTS = ("id", "name", "priority", "start_date")
BULK_DELETE, CODES_DELETE = 50, 250
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
COUPON_ONLY = (
    "coupon_type",
    "coupon_overrides_other_promotions",
    "coupon_overrides_automatic_when_offering_higher_discounts",
)


def routes(api: "BigCommerce") -> None:
    one = "/promotions/<int:promotion_id>"
    api.v3("GET", "/promotions", MARKETING, list_promotions)
    api.v3("POST", "/promotions", MARKETING, create_promotion)
    api.v3("DELETE", "/promotions", MARKETING, delete_promotions)
    api.v3("GET", "/promotions/codes", MARKETING, find_code)
    api.v3("DELETE", "/promotions/codes", MARKETING, delete_by_code)
    api.v3("GET", one, MARKETING, show_promotion)
    api.v3("PUT", one, MARKETING, update_promotion)
    api.v3("DELETE", one, MARKETING, delete_promotion)
    api.v3("GET", f"{one}/codes", MARKETING, list_codes)
    api.v3("POST", f"{one}/codes", MARKETING, create_code)
    api.v3("DELETE", f"{one}/codes", MARKETING, delete_codes)
    api.v3("POST", f"{one}/codegen", MARKETING, generate_codes)
    api.v3("DELETE", f"{one}/codes/<int:code_id>", MARKETING, delete_code)


def list_promotions(shop: Shop, call: Call) -> Response:
    found = filters.apply(
        call, shop.store.promotions.values(), FILTERS, ("code", "channels", "query", "sort", "direction")
    )
    if "code" in call.args:
        found = [p for p in found if any(c["code"] == call.args["code"] for c in _codes(p))]
    if "channels" in call.args:
        wanted = {whole(part, "channels", 422) for part in comma(call.args["channels"])}
        found = [p for p in found if wanted & {c["id"] for c in p["channels"]}]
    word = call.args.get("query", "").lower()
    found = [p for p in found if word in p["name"].lower()]
    sort = call.args.get("sort", "id")
    found = filters.sort(found, sort, call.args.get("direction", "asc"), SORTS)
    return v3_page(call, [shown(p) for p in found])


def show_promotion(shop: Shop, call: Call, promotion_id: int) -> Response:
    only(call, (), 422)
    return v3(shown(_own(shop, promotion_id)))


def create_promotion(shop: Shop, call: Call) -> Response:
    promotion = create(shop, check(json_of(call), CREATE, "v3", creating=True))
    call.effect = f"promotion {promotion['id']} created"
    return v3(shown(promotion), 201)


def update_promotion(shop: Shop, call: Call, promotion_id: int) -> Response:
    promotion = _own(shop, promotion_id)
    change(shop, promotion, check(json_of(call), UPDATE, "v3", creating=False))
    call.effect = f"promotion {promotion_id} changed"
    return v3(shown(promotion))


def delete_promotion(shop: Shop, call: Call, promotion_id: int) -> Response:
    _own(shop, promotion_id)
    del shop.store.promotions[promotion_id]
    call.effect = f"promotion {promotion_id} deleted"
    return no_content()


def delete_promotions(shop: Shop, call: Call) -> Response:
    for number in _ids(call, BULK_DELETE):
        shop.store.promotions.pop(number, None)
        call.effect = "promotions deleted"
    return no_content()


def list_codes(shop: Shop, call: Call, promotion_id: int) -> Response:
    only(call, ("code", "page", "limit", *cursors.NAMES), 422)
    found = _codes(_own(shop, promotion_id))
    if "code" in call.args:
        found = [c for c in found if c["code"] == call.args["code"]]
    return cursors.listed(call, found)


def find_code(shop: Shop, call: Call) -> Response:
    only(call, ("code", "page", "limit"), 422)
    if "code" not in call.args:
        raise Refused(422, errors={"code": "error.path.missing"})
    found = [c for p in shop.store.promotions.values() for c in _codes(p) if c["code"] == call.args["code"]]
    return v3_page(call, found)


def create_code(shop: Shop, call: Call, promotion_id: int) -> Response:
    promotion = _own(shop, promotion_id)
    code = add_code(shop, promotion, check(json_of(call), CODE, "v3", creating=True))
    call.effect = f"promotion {promotion_id} code {code['id']} created"
    return v3(code, 201)


def generate_codes(shop: Shop, call: Call, promotion_id: int) -> Response:
    promotion = _own(shop, promotion_id)
    body = check(json_of(call), CODEGEN, "v3", creating=True)
    if promotion.get("coupon_type") != "BULK":
        raise Refused(405, "Codes can be generated for promotions of coupon type BULK only.")
    letters = [c for c in LETTERS if c not in body.get("exclude_characters", [])]
    draw = random.Random(f"{shop.store.hash}/{promotion_id}/{shop.store.next('codegen')}")  # noqa: S311
    parts = (body.get("prefix", ""), body.get("suffix", ""))
    uses = {n: body.get(n, 1) for n in ("max_uses", "max_uses_per_customer")}
    made = []
    for _ in range(body["batch_size"]):
        core = "".join(draw.choice(letters) for _ in range(body.get("code_length", 16)))
        text = body.get("delimiter", "").join(part for part in (parts[0], core, parts[1]) if part)
        made.append({"code": add_code(shop, promotion, {"code": text} | uses)["code"]})
    call.effect = f"promotion {promotion_id} {len(made)} codes generated"
    return v3({**uses, "created": iso(shop.now()), "batch_size": len(made), "codes": made}, 201)


def delete_codes(shop: Shop, call: Call, promotion_id: int) -> Response:
    promotion = _own(shop, promotion_id)
    gone = set(_ids(call, CODES_DELETE))
    promotion["codes"] = [c for c in _codes(promotion) if c["id"] not in gone]
    call.effect = f"promotion {promotion_id} codes deleted"
    return no_content()


def delete_by_code(shop: Shop, call: Call) -> Response:
    """Successful whether or not the code exists."""
    only(call, ("code",), 422)
    if "code" not in call.args:
        raise Refused(422, errors={"code": "error.path.missing"})
    for promotion in shop.store.promotions.values():
        kept = [c for c in _codes(promotion) if c["code"] != call.args["code"]]
        if len(kept) < len(_codes(promotion)):
            promotion["codes"] = kept
            call.effect = f"promotion {promotion['id']} code deleted"
    return no_content()


def delete_code(shop: Shop, call: Call, promotion_id: int, code_id: int) -> Response:
    promotion = _own(shop, promotion_id)
    promotion["codes"] = [c for c in _codes(promotion) if c["id"] != code_id]
    call.effect = f"promotion {promotion_id} code {code_id} deleted"
    return no_content()


# What others use too


def create(shop: Shop, body: JSON) -> JSON:
    _check(shop, body)
    if body["redemption_type"] == "AUTOMATIC":
        strange = sorted(set(body) & set(COUPON_ONLY))
        if strange:
            raise Refused(422, errors=dict.fromkeys(strange, "is for coupon promotions only"))
    number = shop.store.next("promotion")
    promotion: JSON = {
        "id": number, "redemption_type": "", "name": "", "display_name": body.get("name"), "channels": [{"id": 1}],
        "customer": {"group_ids": [], "minimum_order_count": 0, "excluded_group_ids": [], "segments": None},
        "rules": [], "current_uses": 0, "max_uses": None, "status": "ENABLED", "start_date": iso(shop.now()),
        "end_date": None, "stop": False, "can_be_used_with_other_promotions": True,
        "currency_code": shop.store.profile["currency"], "notifications": [], "shipping_address": None,
        "schedule": None, "created_from": "api", "priority": number,
    }  # fmt: skip
    if body["redemption_type"] == "COUPON":
        promotion |= {"coupon_type": "SINGLE", "coupon_overrides_other_promotions": False, "codes": []}
    shop.store.promotions[number] = promotion
    _take(promotion, body)
    return promotion


def change(shop: Shop, promotion: JSON, body: JSON) -> None:
    _check(shop, body)
    strange = set(body) & set(COUPON_ONLY) if promotion["redemption_type"] == "AUTOMATIC" else set()
    if strange:
        raise Refused(422, errors=dict.fromkeys(sorted(strange), "is for coupon promotions only"))
    _take(promotion, body)


def add_code(shop: Shop, promotion: JSON, body: JSON) -> JSON:
    if promotion["redemption_type"] != "COUPON":
        raise Refused(422, "Codes belong to coupon promotions only.")
    if promotion["coupon_type"] == "SINGLE" and _codes(promotion):
        raise Refused(422, "A promotion of coupon type SINGLE has one code.")
    if any(c["code"] == body["code"] for p in shop.store.promotions.values() for c in _codes(p)):
        raise Refused(422, errors={"code": f"'{body['code']}' is in use already"})
    code = {
        "id": shop.store.next("coupon_code"),
        "code": body["code"],
        "current_uses": 0,
        "max_uses": body.get("max_uses", 0),
        "max_uses_per_customer": body.get("max_uses_per_customer", 0),
        "created": iso(shop.now()),
    }
    promotion["codes"].append(code)
    return code


def shown(promotion: JSON) -> JSON:
    empty = {n for n in ("max_uses", "end_date", "shipping_address", "schedule") if promotion[n] is None}
    hidden = {"codes", "priority"} | empty
    seen = {n: v for n, v in promotion.items() if n not in hidden}
    seen["customer"] = {n: v for n, v in promotion["customer"].items() if v is not None}
    return seen


def _take(promotion: JSON, body: JSON) -> None:
    for name, value in body.items():
        promotion[name] = promotion[name] | value if name == "customer" else value


def _check(shop: Shop, body: JSON) -> None:
    errors: dict[str, str] = {}
    for place, rule in enumerate(body.get("rules", [])):
        errors |= rule_errors(rule, f"rules[{place}]")
    customer = body.get("customer", {})
    if customer.get("group_ids") and customer.get("excluded_group_ids"):
        errors["customer"] = "only one of group_ids and excluded_group_ids may be filled"
    for channel in body.get("channels", []):
        if channel["id"] not in shop.store.channels:
            errors["channels"] = f"channel {channel['id']} does not exist"
    if errors:
        raise Refused(422, errors=errors)
    for name in ("start_date", "end_date"):
        if body.get(name):
            when(body[name], name, 422)


def _codes(promotion: JSON) -> list[JSON]:
    codes: list[JSON] = promotion.get("codes", [])
    return codes


def _ids(call: Call, most: int) -> list[int]:
    only(call, ("id:in", "code"), 422)
    ids = [whole(part, "id:in", 422) for part in comma(call.args.get("id:in", ""))]
    if not 1 <= len(ids) <= most:
        raise Refused(422, errors={"id:in": f"1 to {most} ids are required"})
    return ids


def _own(shop: Shop, promotion_id: Any) -> JSON:
    promotion = shop.store.promotions.get(promotion_id)
    if promotion is None:
        raise missing("Promotion", promotion_id)
    return promotion
