"""Connecting Exstream in the settings, and choosing which design stands for each kind of document."""

import re
from typing import Any

import pytest

from app.db.audit import AuditEntry
from app.db.stores import OpenTextConnection
from app.domain.communications import TEMPLATES
from app.engine import connections
from sandbox import credentials
from sandbox.exstream.seed import DOMAIN, FORWARD, UNFINISHED, communication_id
from tests.doors import Doors
from tests.house import House
from tests.unit.web_pages.shop import STORE, Shop, a_shop
from tests.unit.web_pages.test_order_panel import words_on
from tests.unit.web_pages.test_settings import FORM

EXSTREAM = {
    "exstream_url": "https://communication.us.api.opentext.com", "exstream_flavour": "gateway",
    "exstream_tenant": "t-1", "exstream_client_id": "exstream-client", "exstream_client_secret": "s3cret-of-exstream",
    "exstream_domain": "Shop", "exstream_channel_service": "send",
    "notifications_url": "https://api.eu.cloudmessaging.opentext.com", "notifications_user": "shop",
    "notifications_password": "s3cret-of-mail", "notifications_sender": "Demo", "notifications_attach": "on",
}  # fmt: skip
EMPTY = {"client_secret": "", "workflow_client_secret": "", "exstream_client_secret": "", "notifications_password": ""}


@pytest.fixture
def fresh(sqlite_url: str) -> Any:
    with a_shop(sqlite_url, connected=False) as shop:
        yield shop


def loaded(shop: Shop) -> Any:
    return connections.load(shop.deps.database, shop.deps.vault, STORE).exstream


def test_exstream_is_saved_with_its_secrets_sealed_and_never_shown(fresh):
    person = fresh.sign_in()
    assert person.post("/settings/opentext", **FORM | EXSTREAM).status_code == 303
    of = loaded(fresh)
    assert (of.url, of.client_secret, of.domain) == (EXSTREAM["exstream_url"], "s3cret-of-exstream", "Shop")
    assert (of.notifications.password, of.notifications.attach) == ("s3cret-of-mail", True)
    assert of.channel_sends == "print"
    with fresh.deps.database.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT exstream, secrets FROM opentext_connection").one()
    assert "s3cret" not in str(row[0])
    assert b"s3cret" not in row[1]
    page = person.text("/settings/opentext")
    assert "s3cret" not in page
    assert EXSTREAM["exstream_url"] in page
    assert re.search(r'name="notifications_attach" value="on" checked', page)
    assert "data-exstream-jobs-url" in page


def test_the_set_up_leaves_letters_out_until_they_are_wanted(fresh):
    person = fresh.sign_in("manager")
    assert person.post("/settings/set-up/content", **FORM).status_code == 303
    page = person.text("/settings/set-up/workflow")
    assert re.search(r'name="letters" value="no" checked', page)
    half = {"exstream_url": "communication", "exstream_tenant": "t-1", "exstream_client_secret": "s3cret-of-exstream"}
    answer = person.post("/settings/set-up/workflow", **FORM | half | {"workflow_tenant": "", "letters": "no"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="workflow_tenant-error"' in page
    assert "exstream_url-error" not in page
    assert 'value="t-1"' in page
    answer = person.post("/settings/set-up/workflow", **FORM | half | {"letters": "yes"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'name="letters" value="yes" checked', page)
    assert {"exstream_url-error", "exstream_client_id-error"} <= set(re.findall(r'id="(exstream_\w+-error)"', page))
    assert re.search(r"<details >\s*<summary>Unusual installations", page)
    wrong = {"letters": "yes", "exstream_das_url": "das"}
    page = person.post("/settings/set-up/workflow", **FORM | half | wrong).get_data(as_text=True)
    assert re.search(r"<details open>\s*<summary>Unusual installations", page)
    page = person.post(
        "/settings/set-up/workflow", **FORM | half | {"exstream_das_url": "", "exstream_url": "", "letters": "yes"}
    )
    assert "choose to do without letters for now" in page.get_data(as_text=True)
    assert person.post("/settings/set-up/workflow", **FORM | half | {"letters": "no"}).status_code == 303
    assert loaded(fresh) is None


def test_without_an_address_communications_stay_unconnected(fresh):
    assert fresh.sign_in().post("/settings/opentext", **FORM | EXSTREAM | {"exstream_url": ""}).status_code == 303
    assert loaded(fresh) is None
    assert "data-exstream-jobs-url" not in fresh.sign_in().text("/settings/opentext")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("exstream_url", "communication.example.com", "Enter a complete address"),
        ("exstream_url", "http://communication.example.com", "The address must begin with https://."),
        ("notifications_url", "http://mail.example.com", "The address must begin with https://."),
        ("exstream_tenant", "", "Please fill this in."),
        ("exstream_tenant", "a\r\nX-Evil: 1", "This contains characters"),
        ("exstream_domain", "", "Please fill this in."),
        ("exstream_client_id", "x" * 201, "This is too long."),
        ("exstream_client_secret", "", "Enter the secret."),
        ("notifications_password", "", "Enter the secret."),
    ],
)
def test_a_mistake_is_told_beside_its_field(sqlite_url, field, value, sentence):
    with a_shop(sqlite_url, connected=False, allow_plain_http=False, public_url="https://app.test") as shop:
        person = shop.sign_in()
        person.client.set_cookie("__Host-ecm", person.secret, domain="app.test", secure=True)
        data = FORM | EXSTREAM | {field: value, "page_token": person.token}
        answer = person.client.post("/settings/opentext", base_url="https://app.test", data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert sentence in page[page.index(f'id="{field}-error"') :][:250]
        assert shop.tested == []
        assert "s3cret" not in page


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"exstream_url": "https://evil.example.com"}, "exstream_client_secret"),
        ({"exstream_otds_url": "https://evil.example.com"}, "exstream_client_secret"),
        ({"exstream_flavour": "local"}, "exstream_client_secret"),
        ({"notifications_url": "https://evil.example.com"}, "notifications_password"),
        ({"notifications_user": "another"}, "notifications_password"),
    ],
)
def test_a_stored_secret_never_goes_to_another_address(fresh, changes, missing):
    person = fresh.sign_in()
    person.post("/settings/opentext", **FORM | EXSTREAM)
    assert person.post("/settings/opentext", **FORM | EXSTREAM | EMPTY).status_code == 303
    assert loaded(fresh).client_secret == "s3cret-of-exstream"
    answer = person.post("/settings/opentext", **FORM | EXSTREAM | EMPTY | changes)
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in answer.get_data(as_text=True)


def test_other_services_of_exstream_get_no_stored_secret_either(fresh):
    """The design, composition and editing services may stand elsewhere: the token goes there, so it counts."""
    person = fresh.sign_in()
    person.post("/settings/opentext", **FORM | EXSTREAM)
    for field in ("exstream_das_url", "exstream_orchestration_url", "exstream_empower_url"):
        answer = person.post("/settings/opentext", **FORM | EXSTREAM | EMPTY | {field: "https://evil.example.com"})
        assert answer.status_code == 422, field


# Choosing designs, against the stand-in


@pytest.fixture
def house(installed_house: House) -> House:
    return installed_house


def chosen(house: House) -> dict[str, str]:
    row: OpenTextConnection = house.connection_row()
    assert row.exstream is not None
    found: dict[str, str] = row.exstream["templates"]
    return found


def everything(**changes: str) -> dict[str, str]:
    return {key: communication_id(key) for key in TEMPLATES} | changes


def test_the_page_lists_approved_designs_and_what_was_chosen(house):
    page = Doors(house).signed_in().get("/settings/communications").get_data(as_text=True)
    assert len(re.findall(r"<select", page)) == len(TEMPLATES)
    assert f'<option value="{communication_id("SF_INVOICE")}" selected>Invoice (version 1)</option>' in page
    assert communication_id(UNFINISHED) not in page


def test_a_design_is_looked_at_before_it_is_kept(house):
    browser = Doors(house).signed_in()
    before = chosen(house)
    refused = browser.post("/settings/communications", everything(SF_INVOICE=communication_id(UNFINISHED)))
    assert refused.status_code == 422
    assert "Have its latest version approved in Exstream." in words_on(refused.get_data(as_text=True))
    assert chosen(house) == before
    other = communication_id("SF_RECEIPT")
    version = house.connection_row().version
    accepted = browser.post("/settings/communications", everything(SF_INVOICE=other, SF_CATALOG=""))
    assert accepted.status_code == 303
    assert chosen(house) == {key: value for key, value in everything(SF_INVOICE=other).items() if key != "SF_CATALOG"}
    assert house.connection_row().version == version + 1
    assert [entry.detail for entry in house.rows(AuditEntry, action="templates_chosen")]
    assert "Saved" in words_on(browser.get("/settings/communications?done=saved").get_data(as_text=True))


def test_a_design_that_lost_its_approval_is_marked(house):
    for versions in house.stage.exstream.state.assets[DOMAIN].values():
        if versions[-1].name == "Invoice":
            versions[-1].state = "DRAFT"
    shown = words_on(Doors(house).signed_in().get("/settings/communications").get_data(as_text=True))
    assert "Its latest version is not approved in Exstream." in shown


def test_without_exstream_the_page_says_where_to_connect_it(sqlite_url):
    with a_shop(sqlite_url) as shop:
        shown = words_on(shop.sign_in().text("/settings/communications"))
    assert "Exstream is not connected yet." in shown


def test_the_true_test_of_a_connection_judges_every_part_and_takes_the_operator_s_templates(sqlite_url):
    """From an empty form to a working Exstream: what the demo does."""
    from tests.house import a_house, a_settings  # noqa: PLC0415

    defaults = a_settings("sqlite://").opentext.model_copy(
        update={"exstream_url": "http://exstream.test", "exstream_templates": everything()}
    )
    with a_house(sqlite_url, opentext=defaults) as house:
        house.install(connect=False)
        wanted = house.connection(house.store_id)
        form = {
            "otds_url": wanted.content_server.otds_url, "external_system": "BigCommerce",
            "content_server_url": wanted.content_server.content_server_url,
            "client_id": credentials.OTDS_CLIENT_ID, "client_secret": credentials.OTDS_CLIENT_SECRET,
            "workflow_url": wanted.workflow.gateway_url, "workflow_tenant": credentials.WORKFLOW_TENANT,
            "workflow_client_id": credentials.WORKFLOW_CLIENT_ID,
            "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
            "workflow_path": "/workflow/v1", "workflow_history_path": "/workflow-history/v1",
            "exstream_url": "http://exstream.test", "exstream_flavour": "gateway",
            "exstream_tenant": credentials.EXSTREAM_TENANT, "exstream_client_id": credentials.EXSTREAM_CLIENT_ID,
            "exstream_client_secret": "wrong-secret", "exstream_domain": DOMAIN, "exstream_channel_service": FORWARD,
            "notifications_url": "http://exstream.test", "notifications_user": credentials.NOTIFICATIONS_USER,
            "notifications_password": credentials.NOTIFICATIONS_PASSWORD,
        }  # fmt: skip
        browser = Doors(house).signed_in()
        refused = browser.post("/settings/opentext", form)
        assert refused.status_code == 422
        assert "Exstream client accepted failed" in words_on(refused.get_data(as_text=True))
        form["exstream_client_secret"] = credentials.EXSTREAM_CLIENT_SECRET
        accepted = browser.post("/settings/opentext", form)
        assert accepted.status_code == 303, words_on(accepted.get_data(as_text=True))
        assert chosen(house) == everything()
