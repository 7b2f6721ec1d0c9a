"""Products, variants, custom fields, images and channel assignments, and which changes are announced."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import HOOK, PNG, Bench

BASE = {"name": "Lamp", "type": "physical", "weight": 1, "price": 20}
AT = "/v3/catalog/products"


@pytest.fixture
def product(bench: Bench) -> int:
    number: int = bench.api.post(AT, json=BASE).json()["data"]["id"]
    return number


def test_a_product_is_created_with_everything_the_file_lists(bench: Bench) -> None:
    bench.hook("store/product/created")
    made = bench.api.post(AT, json=BASE | {"custom_fields": [{"name": "a", "value": "b"}]}).json()["data"]
    assert (made["is_visible"], made["availability"], made["calculated_price"]) == (True, "available", 20)
    assert made["base_variant_id"]
    assert bench.app.take()[0].json["data"] == {"type": "product", "id": made["id"]}
    shown = bench.api.get(f"{AT}/{made['id']}?include=custom_fields,variants,channels").json()["data"]
    assert shown["custom_fields"][0]["value"] == "b"
    assert [v["id"] for v in shown["variants"]] == [made["base_variant_id"]]
    assert shown["channels"] == [1]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": "must be at least 1 characters"}),
        ({"name": "x" * 251}, {"name": "must be at most 250 characters"}),
        ({"price": "20"}, {"price": "error.expected.jsnumber"}),
        ({"type": "service"}, {"type": "must be one of physical, digital"}),
        ({"is_visible": "yes"}, {"is_visible": "error.expected.jsboolean"}),
        ({"desc": "x"}, {"desc": "error.unexpected.field"}),
        ({"calculated_price": 3}, {"calculated_price": "error.path.readonly"}),
        ({"is_price_hidden": True}, {"is_price_hidden": "is only allowed when availability is disabled"}),
        ({"custom_fields": [{"name": "a"}]}, {"custom_fields[0].value": "error.path.missing"}),
    ],
)
def test_a_bad_product_is_refused_with_its_fields(bench: Bench, change: dict[str, Any], errors: dict[str, str]) -> None:
    response = bench.api.post(AT, json=BASE | change)
    assert response.status_code == 422
    assert response.json()["errors"] == errors
    assert bench.api.get(AT).json()["data"] == []


def test_missing_fields_are_all_named(bench: Bench) -> None:
    errors = bench.api.post(AT, json={"sku": "X"}).json()["errors"]
    assert set(errors) == {"name", "type", "weight", "price"}


def test_names_and_skus_are_unique(bench: Bench, product: int) -> None:
    assert bench.api.post(AT, json=BASE | {"name": "LAMP"}).status_code == 409
    bench.api.put(f"{AT}/{product}", json={"sku": "L-1"})
    assert bench.api.post(AT, json=BASE | {"name": "Other", "sku": "L-1"}).status_code == 409
    assert bench.api.put(f"{AT}/{product}", json={"name": "Lamp"}).status_code == 200


def test_a_url_that_cannot_be_saved_leaves_the_rest_saved(bench: Bench, product: int) -> None:
    body = {"description": "<p>new</p>", "custom_url": {"url": "/größe/"}}
    response = bench.api.put(f"{AT}/{product}", json=body)
    assert response.status_code == 207
    assert response.json()["errors"]["errors"] == {"custom_url": "the URL must use Latin letters"}
    assert bench.api.get(f"{AT}/{product}").json()["data"]["description"] == "<p>new</p>"


def test_listed_fields_are_announced_and_others_are_not(bench: Bench, product: int) -> None:
    bench.hook("store/product/updated")
    for silent in ({"mpn": "1"}, {"custom_fields": [{"name": "a", "value": "b"}]}, {"name": "Lamp"}, {"gtin": "123"}):
        assert bench.api.put(f"{AT}/{product}", json=silent).status_code == 200
    assert bench.app.take() == []
    for loud in ({"description": "x"}, {"is_visible": False}, {"search_keywords": "y"}, {"price": 21}):
        bench.api.put(f"{AT}/{product}", json=loud)
    assert bench.app.scopes() == ["store/product/updated"] * 4


def test_stock_changes_have_an_event_of_their_own(bench: Bench, product: int) -> None:
    bench.hook("store/product/inventory/updated")
    bench.api.put(f"{AT}/{product}", json={"inventory_level": 7})
    (told,) = bench.app.take()
    assert told.json["data"]["inventory"] == {"product_id": product, "method": "absolute", "value": 7}


def test_an_order_makes_noise_on_product_hooks(bench: Bench, product: int) -> None:
    bench.api.put(f"{AT}/{product}", json={"inventory_level": 7, "inventory_tracking": "product"})
    bench.hook("store/product/*")
    bench.merchant.create("orders", {"items": [{"product_id": product, "quantity": 2}]})
    scopes = bench.app.scopes()
    assert sorted(scopes) == ["store/product/inventory/order/updated", "store/product/updated"]
    after = bench.merchant.get("products", product)
    assert (after["inventory_level"], after["total_sold"]) == (5, 2)


def test_custom_fields_in_a_put_are_matched_by_id(bench: Bench, product: int) -> None:
    at = f"{AT}/{product}"
    first = bench.api.post(f"{at}/custom-fields", json={"name": "Norm", "value": "EN 1"}).json()["data"]["id"]
    given = [{"id": first, "name": "Norm", "value": "EN 2"}, {"name": "Colour", "value": "red"}]
    bench.api.put(at, json={"custom_fields": given})
    found = bench.api.get(f"{at}/custom-fields").json()["data"]
    assert [(f["name"], f["value"]) for f in found] == [("Norm", "EN 2"), ("Colour", "red")]
    assert found[0]["id"] == first
    assert bench.api.post(f"{at}/custom-fields", json={"name": "Norm", "value": "EN 2"}).status_code == 409


def test_lists_filter_include_and_pick_fields(demo: Bench) -> None:
    def ids(query: str) -> list[int]:
        return [p["id"] for p in demo.api.get(f"{AT}?{query}").json()["data"]]

    assert ids("is_visible=false") == [86]
    assert ids("id:in=77,80") == [77, 80]
    assert ids("sku=NW-TORCH") == [83]
    assert ids("keyword=down") == [79]
    assert ids("inventory_low=1") == [84]
    assert ids("availability=preorder") == [88]
    assert ids("id:min=87&sort=id&direction=desc") == [88, 87]
    assert ids("date_modified:min=2100-01-01") == []
    (one,) = demo.api.get(f"{AT}?id=77&include_fields=name,price").json()["data"]
    assert set(one) == {"id", "name", "price"}
    (one,) = demo.api.get(f"{AT}?id=77&exclude_fields=description").json()["data"]
    assert "description" not in one


def test_pages_are_short_where_options_are_included(demo: Bench) -> None:
    meta = demo.api.get(f"{AT}?include=options&limit=100").json()["meta"]["pagination"]
    assert (meta["count"], meta["per_page"], meta["total_pages"]) == (10, 10, 2)
    meta = demo.api.get(f"{AT}?include=images&limit=100").json()["meta"]["pagination"]
    assert (meta["count"], meta["total_pages"]) == (12, 1)


def test_deleting_products_needs_a_filter(bench: Bench, product: int) -> None:
    assert bench.api.delete(AT).status_code == 422
    assert bench.api.delete(f"{AT}?id:in={product}").status_code == 204
    assert bench.api.get(f"{AT}/{product}").status_code == 404


def test_a_batch_is_small_and_names_existing_products(bench: Bench, product: int) -> None:
    assert bench.api.put(AT, json=[{"id": product, "price": 1}] * 11).status_code == 413
    assert bench.api.put(AT, json=[{"id": product, "price": 3}, {"id": 999, "price": 3}]).status_code == 404
    assert bench.api.get(f"{AT}/{product}").json()["data"]["price"] == 20


def test_the_first_image_becomes_the_thumbnail_and_only_thumbnails_are_announced(bench: Bench, product: int) -> None:
    bench.hook("store/product/updated")
    at = f"{AT}/{product}/images"
    upload = {"image_file": ("lamp.png", PNG, "image/png")}
    first = bench.api.post(at, files=upload, data={"description": "Front"}).json()["data"]
    second = bench.api.post(at, files=upload, data={"is_thumbnail": "false", "sort_order": "1"}).json()["data"]
    assert (first["is_thumbnail"], second["is_thumbnail"]) == (True, False)
    assert len(bench.app.take()) == 1
    bench.api.put(f"{at}/{second['id']}", json={"is_thumbnail": True})
    assert len(bench.app.take()) == 1
    shown = bench.api.get(f"{AT}/{product}?include=primary_image").json()["data"]["primary_image"]
    assert shown["id"] == second["id"]


def test_an_uploaded_image_is_served_as_it_came(bench: Bench, product: int) -> None:
    upload = {"image_file": ("lamp.png", PNG, "image/png")}
    image = bench.api.post(f"{AT}/{product}/images", files=upload).json()["data"]
    served = bench.http.get(image["url_standard"])
    assert served.content == PNG
    assert served.headers["Content-Type"] == "image/png"
    assert len(image["url_zoom"]) <= 255


def test_an_image_is_fetched_from_its_url(bench: Bench, product: int) -> None:
    bench.app.body = PNG
    response = bench.api.post(f"{AT}/{product}/images", json={"image_url": "http://app.test/approved/lamp.png"})
    assert response.status_code == 200
    assert bench.app.take()[0].path == "/approved/lamp.png"
    assert bench.http.get(response.json()["data"]["url_zoom"]).content == PNG


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {"image_url": "http://nowhere.test/a.png"}}, 400),
        ({"json": {"image_url": "http://app.test/" + "x" * 250}}, 422),
        ({"json": {}}, 422),
        ({"files": {"image_file": ("a.png", b"GIF no", "image/png")}}, 422),
        ({"files": {"image_file": ("a.png", PNG + b"x" * (8 * 1024 * 1024), "image/png")}}, 413),
        ({"files": {"file": ("a.png", PNG, "image/png")}}, 422),
    ],
)
def test_bad_images_are_refused(bench: Bench, product: int, given: dict[str, Any], status: int) -> None:
    assert bench.api.post(f"{AT}/{product}/images", **given).status_code == status
    assert bench.api.get(f"{AT}/{product}/images").json()["data"] == []


def test_variants_are_changed_in_batches_or_not_at_all(demo: Bench) -> None:
    demo.hook("store/sku/updated", HOOK)
    ids = [v["id"] for v in demo.api.get("/v3/catalog/variants?product_id:in=77").json()["data"]]
    hold = {"purchasing_disabled": True, "purchasing_disabled_message": "Recall"}
    refused = demo.api.put("/v3/catalog/variants", json=[{"id": ids[0], **hold}, {"id": 1, **hold}])
    assert refused.status_code == 422
    assert refused.json()["batch_errors"][0]["errors"] == {"id": "variant 1 does not exist"}
    assert demo.app.take() == []
    assert demo.api.put("/v3/catalog/variants", json=[{"id": n, **hold} for n in ids]).status_code == 200
    assert len(demo.app.take()) == len(ids) == 4
    assert demo.api.get(f"{AT}/77/variants/{ids[0]}").json()["data"]["purchasing_disabled"] is True


def test_a_variant_shows_the_products_price_where_it_has_none(bench: Bench, product: int) -> None:
    (base,) = bench.api.get(f"{AT}/{product}/variants").json()["data"]
    assert (base["price"], base["calculated_price"]) == (None, 20)
    body = {"sku": "L-XL", "option_values": [{"option_display_name": "Size", "label": "XL"}], "price": 30}
    made = bench.api.post(f"{AT}/{product}/variants", json=body).json()["data"]
    assert made["calculated_price"] == 30
    assert [v["id"] for v in bench.api.get(f"{AT}/{product}/variants").json()["data"]] == [made["id"]]


def test_channel_assignments_are_announced_on_their_channel(demo: Bench) -> None:
    demo.hook("store/channel/667159/product/*")
    at = f"{AT}/channel-assignments"
    demo.api.put(at, json=[{"product_id": 77, "channel_id": 667159}])
    demo.api.put(at, json=[{"product_id": 77, "channel_id": 667159}])
    assert demo.api.get(f"{AT}?channel_id:in=667159").json()["data"][0]["id"] == 77
    demo.api.delete(f"{at}?product_id:in=77&channel_id:in=667159")
    assert [one.json["data"] for one in demo.app.take()] == [{"product_id": 77}] * 2
    assert demo.api.delete(at).status_code == 422
