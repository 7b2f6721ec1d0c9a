"""Addresses worked out from one another: what a person copies from a browser becomes what we need."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

CONTENT_HOST = re.compile(r"^(cs|otcs|content|contentserver|ecm|xecm)(?=[.-])")
REGION = re.compile(r"^https://([a-z]{2})\.api\.opentext\.com$")


def completed(values: Mapping[str, str]) -> dict[str, str]:
    """The same fields; addresses cut to their beginning, empty ones filled where another tells them."""
    found = dict(values)
    if found.get("content_server_url"):
        found["content_server_url"] = _beginning(found["content_server_url"], ("/app/", "/api/", "/open/"))
    if found.get("otds_url"):
        found["otds_url"] = _otds(_beginning(found["otds_url"], ("/login", "/rest/", "/oauth2/")))
    elif "otds_url" in found:
        found["otds_url"] = otds_beside(found.get("content_server_url", ""))
    region = REGION.match(found.get("workflow_url", "").rstrip("/"))
    if region and found.get("exstream_client_id") and not found.get("exstream_url"):
        found["exstream_url"] = f"https://communication.{region[1]}.api.opentext.com"
    if found.get("exstream_url") and not found.get("exstream_tenant"):
        found["exstream_tenant"] = found.get("workflow_tenant", "")
    return found


def otds_beside(content_server_url: str) -> str:
    """Where OTDS usually is beside a Content Server: a host of its own name, else the same host."""
    parts = _split(content_server_url)
    if parts is None:
        return ""
    return f"{parts[0]}://{CONTENT_HOST.sub('otds', parts[1])}/otdsws"


def _otds(url: str) -> str:
    parts = _split(url)
    return f"{parts[0]}://{parts[1]}/otdsws" if parts and parts[2] in ("", "/", "/otds-admin", "/otds-admin/") else url


def _beginning(url: str, ends: tuple[str, ...]) -> str:
    """Without what follows the service's own path."""
    found = url.partition("?")[0].partition("#")[0]
    for end in ends:
        found = found.partition(end)[0]
    return found.rstrip("/")


def _split(url: str) -> tuple[str, str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc, parts.path) if parts.scheme in ("http", "https") and parts.hostname else None
