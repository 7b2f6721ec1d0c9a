"""Product images: by URL or as multipart upload, kept with their bytes and served by the stand-in."""

from typing import TYPE_CHECKING, Any

from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import check
from sandbox.bigcommerce.product_fields import IMAGE
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.state import Image
from sandbox.bigcommerce.wire import flag, iso, no_content, v3, v3_page, whole, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.standin import BigCommerce
    from sandbox.bigcommerce.state import JSON, Store

LARGEST, MOST = 8 * 1024 * 1024, 1000
SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"), (b"#define ", "image/x-xbitmap"), (b"\x00\x00", "image/vnd.wap.wbmp"),
)  # fmt: skip
SIZES = {"url_zoom": "zoom", "url_standard": "standard", "url_thumbnail": "thumbnail", "url_tiny": "tiny"}


def routes(api: "BigCommerce") -> None:
    many, one = "/catalog/products/<int:product_id>/images", "/<int:image_id>"
    api.v3("GET", many, PRODUCTS, list_images)
    api.v3("POST", many, PRODUCTS, create_image)
    api.v3("GET", many + one, PRODUCTS, show_image)
    api.v3("PUT", many + one, PRODUCTS, update_image)
    api.v3("DELETE", many + one, PRODUCTS, delete_image)
    api.route(
        "GET",
        "/s-<store_hash>/products/<int:product_id>/images/<int:image_id>/<name>",
        lambda _call, **ids: _bytes(api, **ids),
    )


def list_images(shop: "Shop", call: Call, product_id: int) -> Response:
    only(call, ("page", "limit", "include_fields", "exclude_fields"), 422)
    _product(shop, product_id)
    return v3_page(call, of(shop, product_id))


def show_image(shop: "Shop", call: Call, product_id: int, image_id: int) -> Response:
    only(call, ("include_fields", "exclude_fields"), 422)
    _product(shop, product_id)
    return v3(shown(shop, _own(shop.store, product_id, image_id)))


def create_image(shop: "Shop", call: Call, product_id: int) -> Response:
    product = _product(shop, product_id)
    given, upload = _given(call)
    image = add(shop, product, given, upload)
    call.effect = f"product {product_id} image {image.id} created"
    return v3(_answered(shop, image, upload))


def update_image(shop: "Shop", call: Call, product_id: int, image_id: int) -> Response:
    product = _product(shop, product_id)
    image = _own(shop.store, product_id, image_id)
    given, upload = _given(call)
    change(shop, product, image, given, upload)
    call.effect = f"product {product_id} image {image_id} changed"
    return v3(_answered(shop, image, upload))


def delete_image(shop: "Shop", call: Call, product_id: int, image_id: int) -> Response:
    product = _product(shop, product_id)
    image = _own(shop.store, product_id, image_id)
    del shop.store.images[image_id]
    if image.is_thumbnail:
        _announce(shop, product)
    product["date_modified"] = iso(shop.now())
    call.effect = f"product {product_id} image {image_id} deleted"
    return no_content()


def add(shop: "Shop", product: "JSON", given: "JSON", upload: tuple[str, bytes] | None) -> Image:
    """A new image from an upload or from `image_url`. The first one of a product becomes its thumbnail."""
    own = _of(shop.store, product["id"])
    if len(own) >= MOST:
        raise Refused(422, errors={"images": f"at most {MOST} images are allowed"})
    name, data = upload or _fetched(shop, given)
    number = shop.store.next("image", 200)
    image = Image(
        number, product["id"], name, content_type(data), data, False,
        given.get("sort_order", len(own)), given.get("description", ""), shop.now(),
    )  # fmt: skip
    shop.store.images[number] = image
    if given.get("is_thumbnail", not own):
        _make_thumbnail(shop, product, image)
    product["date_modified"] = iso(shop.now())
    return image


def change(shop: "Shop", product: "JSON", image: Image, given: "JSON", upload: tuple[str, bytes] | None) -> None:
    if upload or given.get("image_url"):
        image.file, image.data = upload or _fetched(shop, given)
        image.content_type = content_type(image.data)
    image.sort_order = given.get("sort_order", image.sort_order)
    image.description = given.get("description", image.description)
    image.modified = shop.now()
    if given.get("is_thumbnail") is True and not image.is_thumbnail:
        _make_thumbnail(shop, product, image)
    elif given.get("is_thumbnail") is False:
        image.is_thumbnail = False
    product["date_modified"] = iso(shop.now())


def of(shop: "Shop", product_id: int) -> "list[JSON]":
    return [shown(shop, image) for image in _of(shop.store, product_id)]


def primary(shop: "Shop", product_id: int) -> "JSON | None":
    return next((shown(shop, image) for image in _of(shop.store, product_id) if image.is_thumbnail), None)


def shown(shop: "Shop", image: Image) -> "JSON":
    stamp = int(image.modified.timestamp())
    stem, _, ending = image.file.rpartition(".")
    base = f"/s-{shop.store.hash}/products/{image.product_id}/images/{image.id}"
    urls = {name: shop.url(f"{base}/{stem}.{stamp}.{size}.{ending}?c=1") for name, size in SIZES.items()}
    return {
        "id": image.id, "product_id": image.product_id, "is_thumbnail": image.is_thumbnail,
        "sort_order": image.sort_order, "description": image.description,
        "image_file": f"{image.file[0].lower()}/{image.id:03d}/{image.file}",
        **urls, "date_modified": zulu(image.modified),
    }  # fmt: skip


def content_type(data: bytes) -> str:
    """The type of an image by its first bytes. Refused (422) when it is none that a product may have."""
    if len(data) > LARGEST:
        raise Refused(413, "The image is larger than 8 MB.")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    for sign, kind in SIGNS:
        if data.startswith(sign):
            return kind
    raise Refused(422, errors={"image_file": "must be a BMP, GIF, JPEG, PNG, WBMP, XBM or WEBP image"})


def _given(call: Call) -> "tuple[JSON, tuple[str, bytes] | None]":
    if call.mimetype != "multipart/form-data":
        return check(json_of(call), IMAGE, "v3", creating=False), None
    form: dict[str, Any] = dict(call.form)
    for name in ("sort_order", "product_id"):
        if name in form:
            form[name] = whole(form[name], name, 422)
    if "is_thumbnail" in form:
        form["is_thumbnail"] = flag(form["is_thumbnail"], "is_thumbnail", 422)
    strange = {name: "error.unexpected.field" for name in call.files if name != "image_file"}
    if strange:
        raise Refused(422, errors=strange)
    body = check(form, {n: f for n, f in IMAGE.items() if n != "image_url"}, "v3", creating=False)
    upload = call.files.get("image_file")
    return body, (secure_filename(upload.filename or "") or "image.png", upload.read()) if upload else None


def _fetched(shop: "Shop", given: "JSON") -> tuple[str, bytes]:
    url = given.get("image_url")
    if not url:
        raise Refused(422, errors={"image_url": "image_url or image_file is required"})
    own = f"{shop.api.base_url}/s-{shop.store.hash}/"
    if url.startswith(own):
        parts = url.removeprefix(own).split("/")
        known = shop.store.images.get(int(parts[3])) if len(parts) > 3 and parts[3].isdigit() else None
        if known is None:
            raise Refused(400, f"The image could not be fetched from {url}.")
        return known.file, known.data
    name = secure_filename(url.split("?")[0].rsplit("/", 1)[-1]) or "image"
    return name if "." in name else f"{name}.png", shop.api.fetch(url)


def _answered(shop: "Shop", image: Image, upload: tuple[str, bytes] | None) -> "JSON":
    """After a write the URL form answers `image_url`, the upload form `image_file`."""
    seen = shown(shop, image)
    if not upload:
        seen["image_url"] = seen.pop("url_zoom").split("?")[0]
        seen.pop("image_file")
        seen = seen | {"url_zoom": shown(shop, image)["url_zoom"]}
    return seen


def _make_thumbnail(shop: "Shop", product: "JSON", image: Image) -> None:
    for other in _of(shop.store, product["id"]):
        other.is_thumbnail = other is image
    _announce(shop, product)


def _announce(shop: "Shop", product: "JSON") -> None:
    """A change of the first thumbnail counts as an update of the product; other images do not."""
    shop.emit("store/product/updated", {"type": "product", "id": product["id"]})


def _of(store: "Store", product_id: int) -> list[Image]:
    own = [image for image in store.images.values() if image.product_id == product_id]
    return sorted(own, key=lambda image: (image.sort_order, image.id))


def _product(shop: "Shop", product_id: int) -> "JSON":
    product = shop.store.products.get(product_id)
    if product is None:
        raise missing("Product", product_id)
    return product


def _own(store: "Store", product_id: int, image_id: int) -> Image:
    image = store.images.get(image_id)
    if image is None or image.product_id != product_id:
        raise missing("Image", image_id)
    return image


def _bytes(api: "BigCommerce", store_hash: str, product_id: int, image_id: int, name: str) -> Response:
    del name
    store = api.state.stores.get(store_hash)
    image = store.images.get(image_id) if store else None
    if image is None or image.product_id != product_id:
        return Response("Not Found", 404, content_type="text/plain")
    return Response(image.data, content_type=image.content_type, headers={"Cache-Control": "max-age=31536000"})
