"""Where bytes lie: targets of staged uploads, the public CDN, results of bulk operations.

A POST target takes `multipart/form-data` with the announced parameters and `file` as the last field, and answers 201;
a PUT target takes the raw body. Source: stagedUploadsCreate, bulk operations.
"""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON, Store, Upload

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

DENIED = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
RESULT_LIFE = timedelta(days=7)


def routes(api: "Shopify") -> None:
    api.route("POST PUT", "/uploads/<shop>", lambda c, shop: receive(api, c, shop, ""))
    api.route("POST PUT GET", "/uploads/<shop>/<path:key>", lambda c, shop, key: receive(api, c, shop, key))
    api.route("GET", "/cdn/<shop>/<path:name>", lambda c, shop, name: serve(api, c, shop, name))


def target(shop: Shop, upload: Upload) -> JSON:
    """A staged target for an announced upload."""
    key = f"tmp/{shop.store.profile['id'].rpartition('/')[2]}/{secrets.token_hex(8)}/{upload.filename}"
    shop.store.uploads[key] = upload
    base = f"{shop.api.base_url}/uploads/{shop.store.domain}"
    if upload.method == "PUT":
        parameters = [("content_type", upload.mime_type), ("acl", "private")]
        return {"url": f"{base}/{key}", "resourceUrl": f"{base}/{key}", "parameters": _named(parameters)}
    parameters = [
        ("content_type", upload.mime_type), ("success_action_status", "201"), ("acl", "private"), ("key", key),
        ("x-goog-signature", secrets.token_hex(16)),
    ]  # fmt: skip
    return {"url": f"{base}/", "resourceUrl": f"{base}/{key}", "parameters": _named(parameters)}


def at(shop: Shop, url: str) -> Upload | None:
    """The upload behind a `resourceUrl` of this shop."""
    base = f"{shop.api.base_url}/uploads/{shop.store.domain}/"
    return shop.store.uploads.get(url.removeprefix(base)) if url.startswith(base) else None


def receive(api: "Shopify", call: Call, domain: str, key: str) -> Response:
    store = api.state.shops.get(domain)
    if store is None:
        return _refused(404, "NoSuchBucket", "There is no such bucket.")
    if call.method == "GET":
        return _read(store, key)
    if call.method == "PUT":
        return _put(call, store, key)
    fields = list(call.form.items(multi=True))
    file = call.files.get("file")
    key = dict(fields).get("key", "").rstrip("/")
    upload = store.uploads.get(key)
    if file is None or not call.files or not _file_is_last(call):
        return _refused(400, "InvalidArgument", "POST requires exactly one file upload, as the last field.")
    if upload is None or upload.method != "POST":
        return _refused(403, "AccessDenied", "The policy does not allow this key.")
    upload.data = file.read()
    call.effect = f"{domain} uploaded {key}"
    xml = f'<?xml version="1.0" encoding="UTF-8"?><PostResponse><Key>{key}</Key></PostResponse>'
    return Response(xml, 201, content_type="application/xml")


def _file_is_last(call: Call) -> bool:
    """Cloud storage ignores what comes after the file."""
    raw = call.raw()
    at_file, boundary = raw.rfind(b'name="file"'), raw.rfind(b"name=")
    return at_file + 0 >= boundary if raw and at_file >= 0 else True


def _put(call: Call, store: Store, key: str) -> Response:
    upload = store.uploads.get(key)
    if upload is None or upload.method != "PUT":
        return _refused(403, "AccessDenied", "The signature does not allow this key.")
    upload.data = call.raw()
    call.effect = f"{store.domain} uploaded {key}"
    return Response("", 200)


def _read(store: Store, key: str) -> Response:
    upload = store.uploads.get(key)
    if upload is None or upload.data is None:
        return _refused(404, "NoSuchKey", "The specified key does not exist.")
    return Response(upload.data, content_type=upload.mime_type)


# The CDN


def publish(shop: Shop, name: str, kind: str, data: bytes) -> str:
    """Bytes at a public address; whoever has it can read them."""
    shop.store.files[name] = (kind, data)
    return f"{shop.api.base_url}/cdn/{shop.store.domain}/{name}"


def publish_result(shop: Shop, name: str, data: bytes) -> str:
    """The result of a bulk operation: an address that works for seven days."""
    path = f"bulk/{secrets.token_urlsafe(16)}/{name}"
    shop.store.expiring[path] = shop.now() + RESULT_LIFE
    return publish(shop, path, "application/jsonl", data)


def withdraw(shop: Shop, url: str) -> None:
    shop.store.files.pop(url.partition(f"/cdn/{shop.store.domain}/")[2].partition("?")[0], None)


def serve(api: "Shopify", call: Call, domain: str, name: str) -> Response:
    del call
    store = api.state.shops.get(domain)
    gone = store.expiring.get(name) if store else None
    if gone is not None and gone <= api.world.clock.now():
        return _refused(403, "ExpiredToken", "The signed address has expired.")
    found = store.files.get(name) if store else None
    if found is None:
        return Response("Not Found", 404, content_type="text/plain")
    kind, data = found
    return Response(data, content_type=kind, headers={"Cache-Control": "public, max-age=31557600"})


def _named(parameters: list[tuple[str, str]]) -> list[JSON]:
    return [{"name": name, "value": value} for name, value in parameters]


def _refused(status: int, code: str, message: str) -> Response:
    return Response(DENIED.format(code=code, message=message), status, content_type="application/xml")
