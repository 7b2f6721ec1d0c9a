"""Files of the shop that everybody can read. Source: Shopify Admin GraphQL API 2026-10, fileCreate, files.

A file is looked at in the background; whoever has its address on the CDN can read it. Found again by its name.
"""

import mimetypes
import os
from typing import BinaryIO

from pydantic import AliasPath, Field

from app.domain.aftersale import PublicFile
from app.domain.publication import image_name
from app.errors import Permanent, Retryable
from app.stores.shopify.catalog import reported_name
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.names import SERVICE, number
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import Payload, Text, parse

LARGEST = 20 * 1024 * 1024
IN_WORK = frozenset({"UPLOADED", "PROCESSING"})


class FileNode(Payload):
    id: str
    alt: Text = ""
    file_status: str
    url: Text = ""
    picture_url: Text = Field(default="", validation_alias=AliasPath("image", "url"))


class FileWriting:
    """The files' part of StorePublisher."""

    _client: ShopifyClient

    def publish_file(self, content: BinaryIO, file_name: str, *, alt: str = "") -> PublicFile:
        name = image_name(file_name)
        _check(content)
        found = self._file_named(name)
        if found is None:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            source = self._client.stage(name, kind, "FILE", content)
            wanted = {"originalSource": source, "filename": name, "contentType": "FILE", "alt": alt,
                      "duplicateResolutionMode": "RAISE_ERROR"}  # fmt: skip
            made = self._client.change("FileCreate", "fileCreate", files=[wanted])["files"][0]
            nodes = self._client.run("FilesById", ids=[made["id"]])["nodes"]
            found = parse(nodes[0], FileNode)
        if found.file_status in IN_WORK:
            raise Retryable("Shopify is still working on the file.", code="still_working", service=SERVICE)
        if found.file_status == "FAILED":
            self._client.change("FileDelete", "fileDelete", ids=[found.id])
            raise Permanent("Shopify could not take this file.", code="bad_file", service=SERVICE)
        return PublicFile(number(found.id), found.url or found.picture_url)

    def _file_named(self, name: str) -> FileNode | None:
        nodes = self._client.run("FilesNamed", filter=f"filename:{quoted(name)}")["files"]["nodes"]
        listed = parse([one for one in nodes if one], list[FileNode])
        return next((one for one in listed if _is(one, name)), None)


def _is(found: FileNode, name: str) -> bool:
    """While it is worked on it has no address yet, and its name is what was searched for."""
    url = found.url or found.picture_url
    return reported_name(url) == name if url else found.file_status in IN_WORK


def _check(content: BinaryIO) -> None:
    start = content.tell()
    size = content.seek(0, os.SEEK_END) - start
    content.seek(start)
    if not 0 < size <= LARGEST:
        raise Permanent("Shopify takes files of 20 MB at most, and no empty ones.", code="bad_size", service=SERVICE)


__all__ = ["FileWriting"]
