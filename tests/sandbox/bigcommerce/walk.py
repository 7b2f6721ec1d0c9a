"""A walk past every endpoint of the stand-in: each call once with a good request, many with a refused one."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.sandbox.bigcommerce.bench import PNG, Bench

JSON = dict[str, Any]
BILLING: JSON = {
    "first_name": "Ada", "last_name": "Löwe", "company": "", "street_1": "Hauptstraße 1", "street_2": "",
    "city": "Köln", "state": "", "zip": "50667", "country": "Germany", "country_iso2": "DE", "phone": "0221 555",
    "email": "ada@example.com",
}  # fmt: skip
METAFIELD: JSON = {"permission_set": "app_only", "namespace": "opentext_ecm", "key": "workspace_id", "value": "4711"}
RULE: JSON = {
    "action": {"cart_items": {"discount": {"percentage_amount": "10"}, "items": {"products": [77]}}},
    "apply_once": False, "stop": False,
    "condition": {"cart": {"items": {"products": [77]}, "minimum_quantity": 1}},
}  # fmt: skip


class Walker:
    """Calls, and marks requests that are wrong on purpose, so that only their answers are judged."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.api = bench, bench.api

    def call(self, method: str, path: str, **kw: Any) -> Any:
        response = self.api.request(method, path, **kw)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def wrong(self, status: int, method: str, path: str, **kw: Any) -> httpx.Response:
        response = self.api.request(method, path, extensions={"wrong": True}, **kw)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        return response


def information(w: Walker) -> None:
    w.call("GET", "/v2/store")
    w.call("GET", "/v2/time")
    w.call("GET", "/v3/channels", params={"type:in": "storefront"})
    w.call("GET", "/v3/channels/1", params={"include": "currencies"})
    w.call("GET", "/v3/channels/1/site")
    w.wrong(404, "GET", "/v3/channels/99")


def orders(w: Walker) -> None:
    body = {
        "billing_address": BILLING, "shipping_addresses": [BILLING], "status_id": 11, "customer_id": 1,
        "default_currency_code": "EUR", "staff_notes": "", "external_order_id": "X-1",
        "products": [
            {"product_id": 81, "quantity": 3, "price_ex_tax": 20, "price_inc_tax": 23.8},
            {"name": "Gift wrap", "quantity": 1, "price_ex_tax": 2, "price_inc_tax": 2.38},
        ],
    }  # fmt: skip
    made = w.call("POST", "/v2/orders", json=body)["id"]
    w.call("GET", "/v2/orders", params={"limit": "3", "sort": "date_modified:desc", "min_total": "100.5"})
    w.call("GET", "/v2/orders", params={"customer_id": "1", "min_date_modified": "Wed, 10 Jan 2018 21:05:30 +0000"})
    w.call("GET", "/v2/orders", params={"page": "99"})
    w.call("GET", "/v2/orders/count", params={"status_id": "11"})
    w.call("GET", f"/v2/orders/{made}", params={"include": "fees", "consignment_structure": "object"})
    w.call("GET", f"/v2/orders/{made}", params={"include": "consignments.line_items"})
    w.call("PUT", f"/v2/orders/{made}", json={"status_id": 12, "staff_notes": "held", "customer_message": "hello"})
    w.call("GET", f"/v2/orders/{made}/products", params={"limit": "10"})
    line = w.bench.store.order_lines
    first = next(k for k, v in line.items() if v["order_id"] == made)
    w.call("GET", f"/v2/orders/{made}/products/{first}")
    for name in ("shipping_addresses", "shippingaddresses"):
        address = w.call("GET", f"/v2/orders/{made}/{name}")[0]["id"]
        w.call("GET", f"/v2/orders/{made}/{name}/{address}")
        w.call("PUT", f"/v2/orders/{made}/{name}/{address}", json={"street_2": "Hinterhaus", "phone": "1"})
    w.wrong(400, "PUT", f"/v2/orders/{made}/shipping_addresses/{address}", json={"items_total": 3})
    w.call("GET", f"/v2/orders/{made}/consignments", params={"include": "consignments.line_items"})
    w.call("GET", f"/v2/orders/{made}/coupons")
    w.call("GET", f"/v2/orders/{made}/taxes", params={"details": "true"})
    w.call("GET", f"/v2/orders/{made}/fees")
    w.call("GET", "/v2/orders/110/messages", params={"status": "unread", "is_flagged": "false"})
    w.call("GET", "/v2/order_statuses")
    w.call("GET", "/v2/order_statuses/11")
    w.wrong(404, "GET", "/v2/orders/99999")
    w.call("DELETE", f"/v2/orders/{made}")


def shipments(w: Walker) -> None:
    order, line = 112, _line(w, 112)
    at = f"/v2/orders/{order}/shipments"
    w.call("GET", at)
    items = [{"order_product_id": line["id"], "quantity": 1}]
    body = {"order_address_id": line["order_address_id"], "items": items, "tracking_number": "1Z9", "comments": "ok"}
    made = w.call("POST", at, json=body | {"shipping_provider": "ups"})["id"]
    w.call("GET", at)
    w.call("GET", f"{at}/count")
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"comments": "late", "tracking_link": "https://t.example/1"})
    w.call("DELETE", f"{at}/{made}")
    w.call("POST", at, json=body)
    w.call("DELETE", at)


def payments(w: Walker) -> None:
    w.call("GET", "/v3/orders/115/transactions")
    w.call("GET", "/v3/orders/123/transactions")
    w.call("POST", "/v3/orders/120/payment_actions/capture")
    w.call("POST", "/v3/orders/118/payment_actions/void")
    w.wrong(422, "POST", "/v3/orders/123/payment_actions/capture")
    w.wrong(404, "POST", "/v3/orders/9/payment_actions/void")
    line = _line(w, 115)
    items = [
        {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1, "reason": "torn",
         "adjustments": [{"amount": -10.5, "description": "kept the bag"}]},
        {"item_type": "SHIPPING", "item_id": line["order_address_id"], "amount": 6.9},
    ]  # fmt: skip
    actions = "/v3/orders/115/payment_actions"
    quote = w.call("POST", f"{actions}/refund_quotes", json={"items": items})["data"]
    way = quote["refund_methods"][0][0]
    paid = [{n: way[n] for n in ("provider_id", "amount", "offline")}]
    refund = w.call("POST", f"{actions}/refunds", json={"items": items, "payments": paid})["data"]["id"]
    w.wrong(422, "POST", f"{actions}/refunds", json={"items": items, "payments": paid})
    w.bench.wait(seconds=5)
    w.call("GET", f"{actions}/refunds")
    w.call("GET", f"/v3/orders/payment_actions/refunds/{refund}")
    w.call("GET", "/v3/orders/payment_actions/refunds", params={"order_id:in": "115,116", "limit": "5"})


def products(w: Walker) -> None:
    at = "/v3/catalog/products"
    body = {"name": "Zeltheringe", "type": "physical", "weight": 0.2, "price": 12.5, "sku": "NW-PEG"}
    made = w.call("POST", at, json=body | {"custom_fields": [{"name": "Steel", "value": "1.4301"}]})["data"]["id"]
    w.call("GET", at, params={"include": "images,custom_fields,variants", "limit": "3", "sort": "name"})
    w.call("GET", at, params={"include": "options", "id:in": "77,78", "is_visible": "true"})
    w.call("GET", at, params={"include_fields": "name,price", "date_modified:min": "2020-01-01"})
    w.call("GET", f"{at}/77", params={"include": "images,primary_image,custom_fields,variants,options,channels"})
    w.call("PUT", f"{at}/{made}", json={"description": "<p>Ten pegs</p>", "is_visible": False, "page_title": "Pegs"})
    w.call("PUT", f"{at}/{made}", json={"custom_url": {"url": "/Ärger/", "is_customized": True}})
    w.call("PUT", at, json=[{"id": made, "price": 13}, {"id": 78, "warranty": "<p>5 years</p>"}])
    w.wrong(404, "GET", f"{at}/9999")
    w.wrong(409, "POST", at, json=body)
    w.wrong(422, "POST", at, json={"name": "No price"})
    w.wrong(422, "PUT", f"{at}/{made}", json={"naem": "x"})
    w.wrong(413, "PUT", at, json=[{"id": 77}] * 11)
    _images(w, made)
    _custom_fields(w, made)
    w.call("GET", f"{at}/channel-assignments", params={"product_id:in": "77"})
    w.call("PUT", f"{at}/channel-assignments", json=[{"product_id": made, "channel_id": 667159}])
    w.wrong(422, "PUT", f"{at}/channel-assignments", json=[{"product_id": made, "channel_id": 3}])
    w.call("DELETE", f"{at}/channel-assignments", params={"product_id:in": str(made), "channel_id:in": "667159"})
    w.call("DELETE", f"{at}/{made}")
    gone = w.call("POST", at, json=body | {"sku": "NW-GONE", "name": "Gone"})["data"]["id"]
    w.call("DELETE", at, params={"id:in": str(gone)})


def _images(w: Walker, product: int) -> None:
    at = f"/v3/catalog/products/{product}/images"
    url = w.bench.store.images[200]
    source = f"http://bigcommerce.test/s-demostore1/products/{url.product_id}/images/200/x.png"
    w.call("POST", at, json={"image_url": source, "description": "copy"})
    upload = {"image_file": ("peg.png", PNG, "image/png")}
    made = w.call("POST", at, files=upload, data={"is_thumbnail": "true", "sort_order": "2"})["data"]["id"]
    w.call("GET", at)
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"description": "Ten of them", "sort_order": 1})
    w.call("PUT", f"{at}/{made}", files=upload)
    w.wrong(400, "POST", at, json={"image_url": "http://nowhere.test/a.png"})
    w.wrong(422, "POST", at, files={"image_file": ("a.png", b"no image", "image/png")})
    w.wrong(404, "GET", f"{at}/9999")
    w.call("DELETE", f"{at}/{made}")


def _custom_fields(w: Walker, product: int) -> None:
    at = f"/v3/catalog/products/{product}/custom-fields"
    made = w.call("POST", at, json={"name": "Certificate", "value": "C-1"})["data"]["id"]
    w.call("GET", at)
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"value": "C-2"})
    w.wrong(422, "POST", at, json={"name": "", "value": "x"})
    w.wrong(404, "GET", f"{at}/9999")
    w.call("DELETE", f"{at}/{made}")


def variants(w: Walker) -> None:
    at = "/v3/catalog/products/77/variants"
    listed = w.call("GET", at)["data"]
    body = {"sku": "NW-JKT-3L-XXL", "option_values": [{"option_display_name": "Size", "label": "XXL"}], "price": 449.5}
    made = w.call("POST", at, json=body)["data"]["id"]
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"purchasing_disabled": True, "purchasing_disabled_message": "Recall"})
    w.call("GET", "/v3/catalog/variants", params={"sku": "NW-JKT-3L-S"})
    w.call("PUT", "/v3/catalog/variants", json=[{"id": listed[0]["id"], "inventory_level": 3, "price": 430}])
    w.wrong(422, "PUT", "/v3/catalog/variants", json=[{"id": 1, "price": 3}])
    w.wrong(413, "PUT", "/v3/catalog/variants", json=[{"id": made}] * 51)


def metafields(w: Walker) -> None:
    variant = next(v["id"] for v in w.bench.store.variants.values() if v["product_id"] == 77)
    places = {
        "/v3/orders/115": ("/v3/orders", 115),
        "/v3/catalog/products/77": ("/v3/catalog/products", 77),
        f"/v3/catalog/products/77/variants/{variant}": ("/v3/catalog/variants", variant),
        "/v3/customers/1": ("/v3/customers", 1),
    }
    for one, (many, number) in places.items():
        at, batch = f"{one}/metafields", f"{many}/metafields"
        made = w.call("POST", at, json=METAFIELD)["data"]["id"]
        w.wrong(409, "POST", at, json=METAFIELD)
        w.wrong(422, "POST", at, json={**METAFIELD, "permission_set": "all"})
        w.call("GET", at, params={"namespace": "opentext_ecm", "key:in": "workspace_id,hold", "limit": "10"})
        w.call("GET", f"{at}/{made}")
        w.call("PUT", f"{at}/{made}", json=METAFIELD | {"value": "4712"})
        more = w.call("POST", batch, json=[METAFIELD | {"key": "hold", "resource_id": number}])["data"][0]["id"]
        w.wrong(422, "POST", batch, json=[METAFIELD | {"key": "hold", "resource_id": number}])
        w.call("GET", batch, params={"key": "hold"})
        w.call("PUT", batch, json=[METAFIELD | {"id": more, "key": "hold", "value": "2"}])
        w.call("DELETE", batch, json=[more])
        w.call("DELETE", f"{at}/{made}")
        w.wrong(404, "GET", f"{at}/{made}")


def customers(w: Walker) -> None:
    person = {"email": "neu@example.com", "first_name": "Nele", "last_name": "Neu", "customer_group_id": 1}
    made = w.call("POST", "/v3/customers", json=[person])["data"][0]["id"]
    w.call("GET", "/v3/customers", params={"id:in": f"1,{made}", "include": "addresses,attributes,storecredit"})
    w.call("GET", "/v3/customers", params={"email:in": "neu@example.com", "sort": "date_modified:asc"})
    first = w.call("GET", "/v3/customers", params={"limit": "2"})["meta"]["cursor_pagination"]["end_cursor"]
    w.call("GET", "/v3/customers", params={"limit": "2", "after": first})
    w.call("PUT", "/v3/customers", json=[{"id": made, "notes": "VIP", "store_credit_amounts": [{"amount": 5}]}])
    w.wrong(422, "POST", "/v3/customers", json=[person])
    address = {
        "first_name": "Nele", "last_name": "Neu", "address1": "Am Deich 3", "city": "Husum", "country_code": "DE",
        "state_or_province": "", "postal_code": "25813", "customer_id": made,
    }  # fmt: skip
    where = w.call("POST", "/v3/customers/addresses", json=[address])["data"][0]["id"]
    w.call("GET", "/v3/customers/addresses", params={"customer_id:in": str(made)})
    w.call("PUT", "/v3/customers/addresses", json=[{"id": where, "city": "Tönning"}])
    w.wrong(422, "PUT", "/v3/customers/addresses", json=[{"id": 9999, "city": "x"}])
    _attributes(w, made)
    w.call("GET", "/v3/customers/form-field-values", params={"customer_id": str(made)})
    w.call("DELETE", "/v3/customers/addresses", params={"id:in": str(where)})
    w.call("DELETE", "/v3/customers", params={"id:in": str(made)})


def _attributes(w: Walker, customer: int) -> None:
    at = "/v3/customers/attributes"
    made = w.call("POST", at, json=[{"name": "Credit check", "type": "date"}])["data"][0]["id"]
    w.call("GET", at, params={"name": "Credit check"})
    w.call("PUT", at, json=[{"id": made, "name": "Checked on"}])
    w.wrong(422, "POST", at, json=[{"name": "x", "type": "file"}])
    value = {"attribute_id": made, "value": "2026-01-01", "customer_id": customer}
    put = w.call("PUT", "/v3/customers/attribute-values", json=[value])["data"][0]["id"]
    w.call("GET", "/v3/customers/attribute-values", params={"customer_id:in": str(customer)})
    w.call("DELETE", "/v3/customers/attribute-values", params={"id:in": str(put)})
    w.call("DELETE", at, params={"id:in": str(made)})


def groups(w: Walker) -> None:
    at = "/v2/customer_groups"
    rules = [{"type": "all", "method": "percent", "amount": "10.0000"}]
    made = w.call("POST", at, json={"name": "Verein", "discount_rules": rules})["id"]
    w.call("GET", at, params={"name:like": "ver", "is_default": "false"})
    w.call("GET", f"{at}/count")
    w.call("GET", f"{at}/{made}")
    listed = w.bench.store.price_lists
    by_list = [{"type": "price_list", "price_list_id": next(iter(listed))}]
    w.call("PUT", f"{at}/{made}", json={"discount_rules": by_list, "category_access": {"type": "none"}})
    w.call("DELETE", f"{at}/{made}")


def pages(w: Walker) -> None:
    at = "/v3/content/pages"
    made = w.call("POST", at, json={"name": "Privacy", "type": "page", "body": "<p>1</p>"})["data"]["id"]
    raw = w.call("POST", at, json=[{"name": "Feed", "type": "raw", "body": "<x/>"}])["data"][0]["id"]
    w.call("POST", at, json={"name": "Blog elsewhere", "type": "link", "link": "https://b.example"})
    w.call("GET", at, params={"include": "body", "name:like": "priv", "channel_id": "1"})
    w.call("GET", f"{at}/{made}", params={"include": "body"})
    w.call("PUT", f"{at}/{made}", json={"body": "<p>2</p>", "is_customers_only": True})
    w.call("PUT", at, json=[{"id": raw, "body": "<y/>"}])
    w.wrong(404, "GET", f"{at}/9999")
    w.wrong(422, "PUT", f"{at}/{made}", json={"name": "Returns"})
    w.wrong(422, "GET", at, params={"colour": "red"})
    w.call("DELETE", f"{at}/{made}")
    w.call("DELETE", at, params={"id:in": str(raw)})


def prices(w: Walker) -> None:
    at = "/v3/pricelists"
    made = w.call("POST", at, json={"name": "Contract 7", "active": True})["data"]["id"]
    w.call("GET", at, params={"name": "Contract 7"})
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"name": "Contract 8", "active": False})
    w.wrong(409, "POST", at, json={"name": "Contract 8"})
    _records(w, f"{at}/{made}/records", made)
    w.call("POST", f"{at}/assignments", json=[{"price_list_id": made, "customer_group_id": 1, "channel_id": 1}])
    bad = {"price_list_id": made, "customer_group_id": 99, "channel_id": 1}
    w.wrong(422, "POST", f"{at}/assignments", json=[bad])
    w.call("GET", f"{at}/assignments", params={"price_list_id": str(made)})
    w.call("PUT", f"{at}/{made}/assignments", json={"customer_group_id": 2, "channel_id": 1})
    w.call("DELETE", f"{at}/assignments", params={"price_list_id": str(made)})
    w.call("DELETE", f"{at}/{made}")
    again = w.call("POST", at, json={"name": "Contract 9"})["data"]["id"]
    w.call("DELETE", at, params={"id:in": str(again)})


def _records(w: Walker, at: str, made: int) -> None:
    one, two = [v["id"] for v in w.bench.store.variants.values() if v["product_id"] == 77][:2]
    tiers = [{"quantity_min": 5, "quantity_max": 9, "type": "fixed", "amount": 380.5}]
    record = {"variant_id": one, "currency": "eur", "price": 400.5, "bulk_pricing_tiers": tiers}
    w.call("PUT", at, json=[record, {"sku": "NW-JKT-3L-M", "currency": "eur", "price": 399}])
    w.call("POST", at, json=[{"variant_id": one, "currency": "usd", "price": 450}])
    w.wrong(422, "POST", at, json=[record])
    across = {"price_list_id": made, "variant_id": two, "currency": "usd", "price": 5.5}
    w.call("POST", "/v3/pricelists/records", json=[across])
    w.call("PUT", "/v3/pricelists/records", json=[across])
    w.call("GET", at, params={"include": "bulk_pricing_tiers,sku", "price:min": "100", "currency": "eur"})
    w.call("GET", f"{at}/{one}", params={"include": "sku"})
    w.call("GET", f"{at}/{one}/eur")
    w.call("PUT", f"{at}/{one}/eur", json={"price": 401.5})
    w.call("DELETE", f"{at}/{one}/usd")
    w.call("DELETE", at, params={"variant_id:in": str(one)})


def promotions(w: Walker) -> None:
    at = "/v3/promotions"
    made = w.call("POST", at, json={"redemption_type": "AUTOMATIC", "name": "Approved: spring", "rules": [RULE]})
    automatic = made["data"]["id"]
    coupon = w.call("POST", at, json={
        "redemption_type": "COUPON", "name": "Complaints", "rules": [RULE], "coupon_type": "BULK", "status": "DISABLED",
        "customer": {"group_ids": [2]}, "currency_code": "EUR", "max_uses": 10,
    })["data"]["id"]  # fmt: skip
    w.call("GET", at, params={"redemption_type": "automatic", "sort": "name", "limit": "5"})
    w.call("GET", f"{at}/{automatic}")
    w.call("PUT", f"{at}/{automatic}", json={"status": "DISABLED", "name": "Approved: summer"})
    code = w.call("POST", f"{at}/{coupon}/codes", json={"code": "SORRY-1", "max_uses": 1})["data"]["id"]
    other = w.call("POST", f"{at}/{coupon}/codes", json={"code": "SORRY-2"})["data"]["id"]
    w.call("GET", f"{at}/{coupon}/codes", params={"limit": "5"})
    w.call("GET", f"{at}/codes", params={"code": "SORRY-1"})
    w.call("POST", f"{at}/{coupon}/codegen", json={"batch_size": 3, "max_uses": 1})
    w.call("DELETE", f"{at}/{coupon}/codes/{code}")
    w.call("DELETE", f"{at}/codes", params={"code": "SORRY-9"})
    w.call("DELETE", f"{at}/{coupon}/codes", params={"id:in": str(other)})
    w.wrong(404, "GET", f"{at}/9999")
    w.wrong(405, "POST", f"{at}/{automatic}/codegen", json={"batch_size": 3})
    w.call("DELETE", f"{at}/{automatic}")
    w.call("DELETE", at, params={"id:in": str(coupon)})


def carts(w: Walker) -> None:
    cart = next(iter(w.bench.store.carts))
    w.call("GET", f"/v3/carts/{cart}")
    w.wrong(404, "GET", "/v3/carts/0b1f1ad4-5a1e-4c57-8f5f-7f6e1fd9d6aa")


def hooks(w: Walker) -> None:
    at = "/v3/hooks"
    w.call("GET", at)
    body = {"scope": "store/order/created", "destination": "https://app.example.com/h", "headers": {"X-ECM-Hook": "s"}}
    made = w.call("POST", at, json=body)["data"]["id"]
    w.call("GET", at, params={"scope": "store/order/created", "is_active": "true"})
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"is_active": False})
    w.call("GET", f"{at}/admin", params={"is_active": "false"})
    w.call("PUT", f"{at}/admin", json={"emails": ["ops@example.com"]})
    w.wrong(422, "POST", at, json={"scope": "store/order/created"})
    w.wrong(400, "POST", at, content=b"{", headers={"Content-Type": "application/json"})
    w.wrong(404, "GET", f"{at}/1")
    w.call("DELETE", f"{at}/{made}")


def subscribers(w: Walker) -> None:
    at = "/v3/customers/subscribers"
    body = {"email": "leser@example.com", "first_name": "Lea", "channel_id": 1, "consents": ["abandoned_cart"]}
    made = w.call("POST", at, json=body)["data"]["id"]
    w.wrong(409, "POST", at, json=body)
    w.wrong(422, "POST", at, json={"first_name": "x"})
    w.call("GET", at, params={"email": "leser@example.com", "limit": "5"})
    w.call("GET", f"{at}/{made}")
    w.call("PUT", f"{at}/{made}", json={"last_name": "Leser", "consents": ["marketing_newsletter"]})
    w.wrong(404, "GET", f"{at}/9999")
    w.call("DELETE", f"{at}/{made}")
    w.call("DELETE", at, params={"email": "nobody@example.com"})


def inventory(w: Walker) -> None:
    variant = next(v for v in w.bench.store.variants.values() if v["sku"] == "NW-JKT-3L-S")["id"]
    w.call("GET", "/v3/inventory/items", params={"variant_id:in": str(variant), "limit": "1000"})
    item = {"location_id": 1, "variant_id": variant}
    w.call("PUT", "/v3/inventory/adjustments/absolute", json={"reason": "count", "items": [item | {"quantity": 4}]})
    w.call("POST", "/v3/inventory/adjustments/relative", json={"items": [item | {"quantity": -1}]})
    w.wrong(422, "PUT", "/v3/inventory/adjustments/absolute", json={"items": [{"location_id": 1, "quantity": 1}]})
    w.bench.wait(seconds=5)
    at = "/v3/inventory/locations/1/items"
    w.call("PUT", at, json={"settings": [{"identity": {"sku": "NW-JKT-3L-S"}, "is_in_stock": False}]})
    w.wrong(422, "PUT", at, json={"settings": [{"identity": {"sku": "NW-JKT-3L-S"}}]})
    w.call("GET", at, params={"sku:in": "NW-JKT-3L-S"})
    w.wrong(404, "GET", "/v3/inventory/locations/7/items")


def settings(w: Walker) -> None:
    w.call("GET", "/v3/settings/inventory", params={"channel_id": "1"})
    w.call("PUT", "/v3/settings/inventory", json={"update_stock_behavior": "order_completed_or_shipped"})
    w.wrong(422, "PUT", "/v3/settings/inventory", json={"update_stock_behavior": "never"})
    at = "/v3/checkouts/settings/channels/1"
    w.call("PUT", at, json={"is_order_terms_and_conditions_enabled": True, "order_terms_and_conditions_type": "link"})
    w.call("GET", at)
    w.wrong(422, "GET", "/v3/checkouts/settings/channels/9")
    w.call("GET", "/v3/catalog/brands", params={"name:like": "north"})
    w.call("GET", f"/v3/catalog/brands/{next(iter(w.bench.store.brands))}")
    w.bench.merchant.create("system_log", {"type": "payment", "severity": 4, "summary": "Declined"})
    w.call("GET", "/v3/store/systemlogs", params={"type": "payment", "severity:min": "3"})


def _line(w: Walker, order: int) -> JSON:
    line: JSON = next(x for x in w.bench.store.order_lines.values() if x["order_id"] == order)
    return line


EVERYWHERE: tuple[Callable[[Walker], None], ...] = (
    information, hooks, orders, shipments, payments, products, variants, metafields, customers, groups, pages, prices,
    promotions, carts, subscribers, inventory, settings,
)  # fmt: skip
