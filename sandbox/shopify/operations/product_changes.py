"""Changing products: content, status, media, variants; whole products by productSet.

Source: Admin GraphQL API reference, productUpdate, productSet, productVariantsBulkUpdate, productReorderMedia.
"""

from sandbox.shopify import changed, filing, jobs, making, stock
from sandbox.shopify.errors import UserError
from sandbox.shopify.money import decimal, text
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import metafields, tags
from sandbox.shopify.operations.products import variants
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

PLAIN = ("title", "descriptionHtml", "vendor", "productType", "templateSuffix", "requiresSellingPlan", "status")
LONGEST_TITLE, MOST_MEDIA, MOST_OPTIONS, MOST_VARIANTS = 255, 250, 3, 2048


@mutation("productCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args.get("product") or {}
    if not (given.get("title") or "").strip():
        raise UserError("Title can't be blank", ["product", "title"])
    _check(shop, given, None, ["product"])
    _check_media(args.get("media") or [], 0)
    made = making.product(shop, **{n: given[n] for n in (*PLAIN, "handle") if given.get(n) is not None})
    options = {o["name"]: [v["name"] for v in o.get("values") or []] for o in given.get("productOptions") or []}
    made["options"] = making.options(shop, options or {"Title": ["Default Title"]})
    making.variant(shop, made, optionValues=[
        {"name": o["name"], "value": o["optionValues"][0]["name"]} for o in made["options"]
    ])  # fmt: skip
    _put_rest(shop, made, given, ["product"])
    _add_media(shop, made, args.get("media") or [])
    changed.tell(shop, made, "create")
    return {"product": made, "shop": shop.api.shop_node(shop)}


@mutation("productUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    given = args.get("product") or {}
    made = _named(shop, args.get("identifier"), given.get("id"), ["product", "id"])
    _check(shop, given, made, ["product"])
    _check_media(args.get("media") or [], len(made["mediaIds"]))
    _put_rest(shop, made, given, ["product"])
    made |= {n: given[n] for n in (*PLAIN, "handle") if n in given and not (given[n] is None and n != "templateSuffix")}
    _add_media(shop, made, args.get("media") or [])
    changed.tell(shop, made)
    return {"product": made}


@mutation("productDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Product", args["input"]["id"], ["id"], None, "Product does not exist")
    remove(shop, made)
    operation = shop.new("ProductDeleteOperation", status="COMPLETE", deletedProductId=made["id"], productId=None)
    return {"deletedProductId": made["id"], "productDeleteOperation": operation, "shop": shop.api.shop_node(shop)}


def remove(shop: Shop, made: JSON) -> None:
    for variant in variants(shop, made):
        shop.drop(stock.item_of(shop, variant))
        shop.drop(variant)
    shop.drop(made)
    changed.gone(shop, made)


def _named(shop: Shop, identifier: JSON | None, product_id: str | None, path: list[str]) -> JSON:
    """By id, handle or the value of a unique metafield."""
    named = identifier or {"id": product_id}
    if named.get("handle"):
        found = next((p for p in shop.all("Product") if p["handle"] == named["handle"]), None)
    elif named.get("customId"):
        found = _by_metafield(shop, named["customId"])
    else:
        found = shop.find("Product", named.get("id"))
    if found is None:
        raise UserError("Product does not exist", path, "PRODUCT_DOES_NOT_EXIST")
    return found


def _by_metafield(shop: Shop, asked: JSON) -> JSON | None:
    namespace = metafields.resolve_namespace(shop, asked.get("namespace") or "$app")
    found = shop.where("Metafield", ownerType="PRODUCT", namespace=namespace, key=asked["key"], value=asked["value"])
    return shop.find("Product", found[0]["ownerId"]) if found else None


def _check(shop: Shop, given: JSON, own: JSON | None, path: list[str]) -> None:
    title = given.get("title")
    if title is not None and not title.strip():
        raise UserError("Title can't be blank", [*path, "title"], "INVALID_PRODUCT")
    if len(title or "") > LONGEST_TITLE:
        said = f"Title is too long (maximum is {LONGEST_TITLE} characters)"
        raise UserError(said, [*path, "title"], "INVALID_PRODUCT")
    handle = given.get("handle")
    if handle and any(p["handle"] == handle and p is not own for p in shop.all("Product")):
        said = f"Handle '{handle}' already in use. Please provide a new handle."
        raise UserError(said, [*path, "handle"], "HANDLE_NOT_UNIQUE")
    for name in ("collectionsToJoin", "collectionsToLeave", "collections"):
        for text_id in given.get(name) or []:
            shop.need("Collection", text_id, [*path, name], "INVALID_INPUT")


def _put_rest(shop: Shop, made: JSON, given: JSON, path: list[str]) -> None:
    """What is not a plain field: SEO, tags, category, collections, metafields."""
    metafields.set_for(shop, made, given.get("metafields"), [*path, "metafields"])
    if given.get("seo") is not None:
        made["seo"] = {**made["seo"], **given["seo"]}
    if given.get("tags") is not None:
        made["tags"] = tags.checked(given["tags"])
    if "category" in given:
        made["categoryId"] = given["category"]
        made["categoryName"] = f"Category {given['category'].rpartition('/')[2]}" if given["category"] else None
    joined = [*made["collectionIds"], *(given.get("collectionsToJoin") or [])]
    gone = given.get("collectionsToLeave") or []
    made["collectionIds"] = [i for i in dict.fromkeys(joined) if i not in gone]


# Media


def _check_media(given: list[JSON], present: int) -> None:
    if present + len(given) > MOST_MEDIA:
        raise UserError(f"A product can have at most {MOST_MEDIA} media.", ["media"], "PRODUCT_MEDIA_LIMIT_EXCEEDED")
    for place, one in enumerate(given):
        if one["mediaContentType"] not in ("IMAGE", "VIDEO"):
            raise UserError("This media type is not served here.", ["media", str(place)], "INVALID_MEDIA_TYPE")
        if not one["originalSource"].startswith(("http://", "https://")):
            raise UserError("Image URL is invalid", ["media", str(place), "originalSource"], "INVALID")


def _add_media(shop: Shop, made: JSON, given: list[JSON]) -> None:
    for one in given:
        name = filing.free_name(shop, filing.name_of(one["originalSource"]) or "media")
        file = filing.make(shop, one["mediaContentType"], name, one["originalSource"], one.get("alt"))
        made["mediaIds"].append(file["id"])


@mutation("productReorderMedia")
def reorder(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Product", args["id"], ["id"], "PRODUCT_DOES_NOT_EXIST", "Product does not exist")
    order = list(made["mediaIds"])
    for place, move in enumerate(args["moves"]):
        if move["id"] not in order:
            said = "Media does not exist on this product"
            raise UserError(said, ["moves", str(place), "id"], "MEDIA_DOES_NOT_EXIST_ON_PRODUCT")
        order.remove(move["id"])
        order.insert(int(move["newPosition"]), move["id"])
    return {"job": jobs.begin(shop, "reorder media", product=made["id"], order=order)}


def finish_reorder(shop: Shop, about: JSON) -> None:
    made = shop.find("Product", about["product"])
    jobs.end(shop, about)
    if made is not None:
        made["mediaIds"] = about["order"]
        changed.tell(shop, made)


# Variants


@mutation("productVariantsBulkUpdate")
def update_variants(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Product", args["productId"], ["productId"], "PRODUCT_DOES_NOT_EXIST", "Product does not exist")
    own = {v["id"]: v for v in variants(shop, made)}
    errors: list[JSON] = []
    good: list[tuple[JSON, JSON]] = []
    for place, given in enumerate(args["variants"]):
        try:
            good.append((_checked_variant(own, given, ["variants", str(place)]), given))
        except UserError as error:
            errors += error.entries
    if errors and not args.get("allowPartialUpdates"):
        raise UserError.many(errors)
    for variant, given in good:
        put_variant(shop, variant, given)
    changed.tell(shop, made)
    return {"productVariants": [variant for variant, _ in good], "userErrors": errors}


def _checked_variant(own: dict[str, JSON], given: JSON, path: list[str]) -> JSON:
    if not given.get("id"):
        raise UserError("Product variant is missing ID attribute", [*path, "id"], "PRODUCT_VARIANT_ID_MISSING")
    if given["id"] not in own:
        raise UserError("Product variant does not exist", [*path, "id"], "PRODUCT_VARIANT_DOES_NOT_EXIST")
    if given.get("price") is not None and decimal(given["price"]) < 0:
        raise UserError("Price must be greater than or equal to 0", [*path, "price"], "GREATER_THAN_OR_EQUAL_TO")
    if given.get("inventoryQuantities"):
        said = "Inventory quantities can only be set when a variant is created"
        raise UserError(said, [*path, "inventoryQuantities"], "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE")
    return own[given["id"]]


def put_variant(shop: Shop, variant: JSON, given: JSON) -> None:
    """The fields of a variant and of its inventory item."""
    for name in ("barcode", "inventoryPolicy", "taxable", "sku"):
        if given.get(name) is not None:
            variant[name] = given[name]
    if given.get("price") is not None:
        variant["price"] = text(given["price"])
    if "compareAtPrice" in given:
        variant["compareAtPrice"] = text(given["compareAtPrice"]) if given["compareAtPrice"] is not None else None
    item, about = stock.item_of(shop, variant), given.get("inventoryItem") or {}
    for name in ("sku", "tracked", "requiresShipping", "countryCodeOfOrigin", "harmonizedSystemCode"):
        if about.get(name) is not None:
            item[name] = about[name]
    variant["sku"] = item["sku"] = about.get("sku", given.get("sku", variant["sku"]))
    metafields.set_for(shop, variant, given.get("metafields"), ["variants", "metafields"])
    shop.touch(variant)
    shop.touch(item)


# Whole products


@mutation("productSet")
def put_whole(shop: Shop, args: JSON) -> JSON:
    """Lists that are given replace what was there completely."""
    given, identifier = args["input"], args.get("identifier")
    made = _named(shop, identifier, None, ["identifier"]) if identifier else None
    _check(shop, given, made, ["input"])
    _check_shape(given)
    if args.get("synchronous") is False:
        operation = shop.new("ProductSetOperation", status="CREATED", productId=None, userErrors=[])
        shown = dict(operation)
        shop.later(shop.store.job_seconds, "set product", operation=operation["id"], input=given,
                   product=made["id"] if made else None)  # fmt: skip
        return {"product": None, "productSetOperation": shown}
    return {"product": _set(shop, made, given), "productSetOperation": None}


def finish_set(shop: Shop, about: JSON) -> None:
    operation = shop.find("ProductSetOperation", about["operation"])
    if operation is None:
        return
    try:
        made = _set(shop, shop.find("Product", about["product"]), about["input"])
        operation["productId"] = made["id"]
    except UserError as error:
        operation["userErrors"] = error.entries
    operation["status"] = "COMPLETE"


def _check_shape(given: JSON) -> None:
    options, rows = given.get("productOptions"), given.get("variants")
    if len(options or []) > MOST_OPTIONS:
        raise UserError(f"At most {MOST_OPTIONS} options", ["input", "productOptions"], "OPTIONS_OVER_LIMIT")
    if len(rows or []) > MOST_VARIANTS:
        raise UserError(f"At most {MOST_VARIANTS} variants", ["input", "variants"], "VARIANTS_OVER_LIMIT")
    if rows is not None and options is None:
        said = "Options must be given with variants"
        raise UserError(said, ["input", "productOptions"], "PRODUCT_OPTIONS_INPUT_MISSING")
    if options is not None and rows is None:
        raise UserError("Variants must be given with options", ["input", "variants"], "VARIANTS_INPUT_MISSING")
    known = {o["name"]: {v["name"] for v in o.get("values") or []} for o in options or []}
    for place, row in enumerate(rows or []):
        for value in row["optionValues"]:
            if value.get("name") not in known.get(value.get("optionName") or "", set()):
                path = ["input", "variants", str(place), "optionValues"]
                raise UserError("Option value does not exist", path, "OPTION_VALUE_DOES_NOT_EXIST")


def _set(shop: Shop, made: JSON | None, given: JSON) -> JSON:
    is_new = made is None
    if made is None:
        if not (given.get("title") or "").strip():
            raise UserError("Title can't be blank", ["input", "title"], "MISSING_FIELD_REQUIRED")
        made = making.product(shop, **{n: given[n] for n in (*PLAIN, "handle") if given.get(n) is not None})
    else:
        made |= {n: given[n] for n in (*PLAIN, "handle") if given.get(n) is not None}
    _put_rest(shop, made, given, ["input"])
    if given.get("collections") is not None:
        made["collectionIds"] = list(given["collections"])
    if given.get("productOptions") is not None:
        made["options"] = making.options(
            shop, {o["name"]: [v["name"] for v in o.get("values") or []] for o in given["productOptions"]}
        )
        _set_variants(shop, made, given["variants"])
    elif is_new:
        made["options"] = making.options(shop, {"Title": ["Default Title"]})
        making.variant(shop, made)
    if given.get("files") is not None:
        _set_files(shop, made, given["files"])
    changed.tell(shop, made, "create" if is_new else "update")
    return made


def _set_variants(shop: Shop, made: JSON, rows: list[JSON]) -> None:
    present = {tuple(v["value"] for v in variant["optionValues"]): variant for variant in variants(shop, made)}
    kept = set()
    for row in rows:
        values = [{"name": v["optionName"], "value": v["name"]} for v in row["optionValues"]]
        key = tuple(v["value"] for v in values)
        variant = shop.find("ProductVariant", row.get("id")) or present.get(key)
        if variant is None:
            variant = making.variant(shop, made, optionValues=values)
        variant |= {"optionValues": values, "title": " / ".join(key)}
        kept.add(variant["id"])
        put_variant(shop, variant, row)
        for level in row.get("inventoryQuantities") or []:
            where = shop.need("Location", level["locationId"], ["input", "variants"], "INVALID_INPUT")
            stock.item_of(shop, variant)["tracked"] = True
            stock.put(shop, stock.level_at(shop, stock.item_of(shop, variant), where), level["name"], level["quantity"])
    for variant in variants(shop, made):
        if variant["id"] not in kept:
            shop.drop(variant)
    for place, variant in enumerate(variants(shop, made), start=1):
        variant["position"] = place


def _set_files(shop: Shop, made: JSON, given: list[JSON]) -> None:
    ids = []
    for one in given:
        if one.get("id"):
            found = filing.find(shop, one["id"])
            if found is None:
                raise UserError("File does not exist", ["input", "files"], "INVALID_INPUT")
            ids.append(found["id"])
        elif one.get("originalSource"):
            name = one.get("filename") or filing.name_of(one["originalSource"])
            kind = filing.kind_for(name, one.get("contentType"))
            source = one["originalSource"]
            ids.append(filing.make(shop, kind, filing.free_name(shop, name), source, one.get("alt"))["id"])
    made["mediaIds"] = ids


FINISH = {"reorder media": finish_reorder, "set product": finish_set}
