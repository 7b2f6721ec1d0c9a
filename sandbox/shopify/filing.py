"""Files of a shop: made at once, processed later, then on the CDN for whoever has the address.

Source: Admin GraphQL API reference, fileCreate, FileStatus. The original is a staged upload or a public address.
"""

import mimetypes
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from PIL import Image, UnidentifiedImageError

from sandbox.shopify import storage
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

NAMES = UUID("7d1f6c52-0f0d-4f0e-9d35-5b0000000003")
KINDS = {"FILE": "GenericFile", "IMAGE": "MediaImage", "VIDEO": "Video"}
FAILURES = {"GenericFile": "GENERIC_FILE_DOWNLOAD_FAILURE", "MediaImage": "IMAGE_DOWNLOAD_FAILURE", "Video": "UNKNOWN"}


def every(shop: "Shop") -> list[JSON]:
    return [record for kind in KINDS.values() for record in shop.all(kind)]


def find(shop: "Shop", text: str) -> JSON | None:
    return next((found for kind in KINDS.values() if (found := shop.find(kind, text))), None)


def name_of(source: str) -> str:
    return PurePosixPath(urlsplit(source).path).name


def kind_for(name: str, wanted: str | None) -> str:
    """The content type that was asked for, else what the name says."""
    if wanted is not None:
        return wanted
    guessed = mimetypes.guess_type(name)[0] or ""
    return "IMAGE" if guessed.startswith("image/") else "VIDEO" if guessed.startswith("video/") else "FILE"


def make(shop: "Shop", kind: str, name: str, source: str, alt: str | None) -> JSON:
    """A new file that is being processed."""
    at = shop.stamp()
    made = shop.new(
        KINDS[kind], alt=alt, filename=name, fileStatus="UPLOADED", createdAt=at, updatedAt=at, fileErrors=[], url=None,
        mimeType=None, originalFileSize=None, image=None, status="UPLOADED", mediaErrors=[], mediaWarnings=[],
        mediaContentType="VIDEO" if kind == "VIDEO" else "IMAGE", products=[],
    )  # fmt: skip
    begin(shop, made, source)
    return made


def begin(shop: "Shop", made: JSON, source: str) -> None:
    shop.later(shop.store.file_seconds, "process file", file=made["id"], source=source)


def process(shop: "Shop", about: JSON) -> None:
    """Fetch the original and put it on the CDN, or say what is wrong with it."""
    made = find(shop, about["file"])
    if made is None:
        return
    found = _original(shop, about["source"])
    shop.touch(made)
    if found is None:
        code = FAILURES[made["__typename"]]
        _state(made, "FAILED")
        made["fileErrors"] = [{"code": code, "message": "The file could not be downloaded.", "details": None}]
        return
    kind, data = found
    if made["__typename"] == "MediaImage" and not _picture(made, data):
        _state(made, "FAILED")
        made["fileErrors"] = [
            {"code": "IMAGE_PROCESSING_FAILURE", "message": "The image could not be processed.", "details": None}
        ]
        return
    path = f"s/files/{made['id'].rpartition('/')[2]}/{made['filename']}"
    address = storage.publish(shop, path, mimetypes.guess_type(made["filename"])[0] or kind, data)
    shop.api.state.serial += 1
    made |= {"mimeType": shop.store.files[path][0], "originalFileSize": len(data)}
    made["url"] = f"{address}?v={shop.api.state.serial}"
    if made["image"] is not None:
        made["image"] |= {"url": made["url"], "altText": made["alt"]}
    _state(made, "READY")


def _state(made: JSON, state: str) -> None:
    made |= {"fileStatus": state, "status": state}


def _original(shop: "Shop", source: str) -> tuple[str, bytes] | None:
    upload = storage.at(shop, source)
    if upload is not None:
        return (upload.mime_type, upload.data) if upload.data is not None else None
    own = f"{shop.api.base_url}/cdn/{shop.store.domain}/"
    if source.startswith(own):
        return shop.store.files.get(source.removeprefix(own).partition("?")[0])
    return shop.api.fetch(source)


def _picture(made: JSON, data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError):
        return False
    made["image"] = {"id": made["id"].replace("MediaImage", "ImageSource"), "width": width, "height": height}
    return True


def free_name(shop: "Shop", name: str) -> str:
    """The name, with a UUID behind it when it is taken."""
    if all(f["filename"] != name for f in every(shop)):
        return name
    path = PurePosixPath(name)
    unique = uuid5(NAMES, f"{shop.store.domain}/{shop.next('file name')}")
    return f"{path.stem}_{unique}{path.suffix}"


def delete(shop: "Shop", made: JSON) -> None:
    if made["url"]:
        storage.withdraw(shop, made["url"])
    for product in shop.all("Product"):
        product["mediaIds"] = [i for i in product["mediaIds"] if i != made["id"]]
    shop.drop(made)


FINISH = {"process file": process}
