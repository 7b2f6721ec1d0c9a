"""Addresses as people copy them from a browser, and those that follow from one another."""

import pytest

from app.web.settings_pages.derived import completed, otds_beside


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("https://cs.example.com/cs/cs/app/nodes/2000", "https://cs.example.com/cs/cs"),
        ("https://cs.example.com/otcs/cs.exe?func=llworkspace#x", "https://cs.example.com/otcs/cs.exe"),
        ("https://cs.example.com/cs/cs/", "https://cs.example.com/cs/cs"),
        ("not an address", "not an address"),
    ],
)
def test_a_content_server_is_found_in_any_of_its_pages(copied: str, meant: str) -> None:
    assert completed({"content_server_url": copied})["content_server_url"] == meant


@pytest.mark.parametrize(
    ("server", "otds"),
    [
        ("https://cs.example.com/cs/cs", "https://otds.example.com/otdsws"),
        ("https://otcs-dev.example.com:8443/cs", "https://otds-dev.example.com:8443/otdsws"),
        ("https://archive.example.com/otcs/cs", "https://archive.example.com/otdsws"),
        ("ftp://cs.example.com", ""),
        ("https://[broken", ""),
    ],
)
def test_otds_is_looked_for_beside_it(server: str, otds: str) -> None:
    assert otds_beside(server) == otds


def test_what_was_typed_stays_and_exstream_follows_the_region() -> None:
    given = {
        "otds_url": "https://sso.example.com", "content_server_url": "https://cs.example.com/cs", "exstream_url": "",
        "workflow_url": "https://eu.api.opentext.com", "workflow_tenant": "t1", "exstream_client_id": "x",
    }  # fmt: skip
    found = completed(given)
    assert found["otds_url"] == "https://sso.example.com/otdsws"
    assert found["exstream_url"] == "https://communication.eu.api.opentext.com"
    assert found["exstream_tenant"] == "t1"
    assert completed(given | {"exstream_client_id": ""})["exstream_url"] == ""
