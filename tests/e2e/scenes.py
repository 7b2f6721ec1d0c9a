"""Every page in every state: rows written for a scene, its pages by name, and what is done before some can be seen."""

import re
from dataclasses import replace
from typing import NoReturn

from playwright.sync_api import expect
from sqlmodel import select

from app.db.communications import CommunicationDelivery, CommunicationRow
from app.db.links import FiledDocument
from app.db.rights import StoreRights
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.uploads import UploadRequest
from app.domain.rights import OWN, Allowed, Entry, Flow, entry_json
from app.engine import connections
from app.errors import Conflict, Rejected, Retryable
from app.opentext.check import CheckStep
from app.opentext.connection import ExstreamConnection, NotificationsConnection
from tests.e2e.windows import Site, Visit
from tests.unit.web_pages.shop import STORE, a_connection, ago


def scene_orders(site: Site) -> dict[str, str]:
    shop = site.shop
    shop.related_customer()
    shop.order_under_review("1001")
    shop.order_under_review("1011", facts={"total": {"amount": "12950.00", "currency": "EUR"}})
    shop.add(StoreRights(store_id=STORE, entries=[entry_json(Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))]))
    shop.order_under_review("1002", outcome="approved")
    shop.order_under_review("1003", outcome="rejected")
    shop.failing(shop.order_under_review("1004"), 3)
    shop.failing(shop.order_under_review("1005"), 3, stuck=True)
    shop.snapshot(
        "order",
        "1006",
        "Order 1006",
        shop.order_facts("1006", status="awaiting_fulfillment", status_label="Awaiting Fulfillment"),
    )
    return {
        "order-under-review": "/panel/orders/1001", "order-approved": "/panel/orders/1002",
        "order-rejected": "/panel/orders/1003", "order-opentext-down": "/panel/orders/1004",
        "order-needs-attention": "/panel/orders/1005", "order-not-linked": "/panel/orders/1006",
        "order-unknown": "/panel/orders/1007", "order-timeline": "/panel/orders/1002/timeline",
        "order-timeline-stopped": "/panel/orders/1005/timeline", "customer": "/panel/customers/7",
        "activity": "/activity/", "deliveries": "/activity/deliveries", "home": "/",
        "gaps": "/activity/gaps", "replay": "/activity/replay?code=unreachable",
        "order-decide": decision(site),
        "inbox": "/inbox", "inbox-task": first_task(site), "inbox-several": chosen_tasks(site),
        "find": "/find?q=ada", "find-order": "/find?q=%231001", "find-nothing": "/find?q=nobody",
    }  # fmt: skip


def decision(site: Site) -> str:
    """Where an order's open task is decided, from its panel."""
    (found,) = set(
        re.findall(r'href="(/panel/orders/1001/tasks/[^"]+)"', site.shop.sign_in().text("/panel/orders/1001"))
    )
    return str(found)


def first_task(site: Site) -> str:
    """The first decision of the inbox, beside what it is about."""
    (found, *_more) = re.findall(r'href="(/inbox/orders/[^"]+)"', site.shop.sign_in().text("/inbox"))
    return str(found)


def chosen_tasks(site: Site) -> str:
    """The summary of all decisions that can be taken together."""
    keys = re.findall(r'name="key" value="([^"]+)"', site.shop.sign_in().text("/inbox"))
    return f"/inbox/chosen?{'&'.join(f'key={one}' for one in keys)}"


def scene_products(site: Site) -> dict[str, str]:
    shop = site.shop
    first = shop.product_live("77")
    second = shop.product_live("78", drifted=("name", "description"))
    shop.product_live("79", state="undone", page_title="kept")
    shop.snapshot("product", "80", "Bare lamp", {"sku": "L-2", "is_visible": False})
    return {
        "product-live": "/panel/products/77", "product-drifted": "/panel/products/78",
        "product-undone": "/panel/products/79", "product-not-linked": "/panel/products/80",
        "product-undo": f"/panel/products/77/publications/{first}/undo",
        "product-undo-drifted": f"/panel/products/78/publications/{second}/undo",
    }  # fmt: skip


def scene_others(site: Site) -> dict[str, str]:
    """Companies, cases and content pages, with and without a workspace."""
    shop = site.shop
    shop.related_customer()
    shop.order_under_review("1001", facts={"company_id": "9", "company": "Werft AG"})
    shop.document(shop.company(), "Frame contract.pdf", "01 Contract")
    shop.snapshot("company", "10", "Hafen GmbH", {"state": "pending", "email": "info@hafen.example"})
    publication = shop.page_live(drifted=True)
    shop.snapshot("page", "policy:REFUND_POLICY", "Refund policy", {"kind": "policy"})
    shop.snapshot("case", "c" * 32, "Complaint C-1001", {"kind": "complaint", "state": "open", "order_id": "1001"})
    return {
        "company": "/panel/companies/9", "company-not-linked": "/panel/companies/10", "page": "/panel/pages/page:4",
        "page-undo": f"/panel/pages/page:4/publications/{publication}/undo",
        "page-not-linked": "/panel/pages/policy:REFUND_POLICY", "case-not-linked": f"/panel/cases/{'c' * 32}",
    }  # fmt: skip


def scene_forms(site: Site) -> dict[str, str]:
    """Where something is asked for, opened or set; and what was asked for and waits, stopped or was mailed."""
    site.shop.related_customer()
    site.shop.order_under_review("1001")
    site.shop.order_under_review("1002", facts={"language": "de"})
    asked_holds(site)
    links(site)
    return {
        "form-ask": "/panel/orders/1001/ask/ask_documents",
        "links-mailed": "/panel/orders/1002", "settings-rights": "/settings/rights",
        "settings-communications": "/settings/communications", "settings-privacy": "/settings/privacy",
        "settings-import": "/settings/import",
    }  # fmt: skip


def asked_holds(site: Site) -> None:
    """Holds on an order's record, of which one waits and one was refused."""
    shop = site.shop
    with reading(shop.deps.database) as session:
        name = "Order 1002 record.pdf"
        document = session.exec(select(FiledDocument).where(FiledDocument.name == name)).one().id
    facts = {"hold_reason": "A claim was announced by the buyer’s lawyer", "document": document, "by_user": ""}
    waits = shop.run("hold-by-hand", "order", "1002", "Order 1002", facts=facts | {"hold_name": "Case 4711"})
    retried = {"error_code": "unreachable", "next_attempt_at": ago(minutes=-3)}
    shop.steps(waits, [("hold_by_hand", {"do": "apply"}, retried)])
    refused = shop.run(
        "release-by-hand", "order", "1002", "Order 1002", state="quarantined", facts=facts | {"hold_name": "Audit 2026"}
    )
    problem = {"status": "quarantined", "error_code": "not_released",
               "error_message": "OpenText left it on the hold: a right is missing there.",
               "error_hint": "Let somebody who manages records there do it, or give our user the right."}  # fmt: skip
    shop.steps(refused, [("hold_by_hand", {"do": "release"}, problem)])


def links(site: Site) -> None:
    """One link that was mailed and arrived, one that can be mailed."""
    shop = site.shop
    mail = NotificationsConnection("https://mail.example.com", "user", "mail-secret-1")
    exstream = ExstreamConnection("https://exstream.example.com", "t1", "client", "ex-secret-1", notifications=mail)
    connections.save(shop.deps, STORE, replace(a_connection(), exstream=exstream), "")
    requests = []
    for name in ("Import licence", "Certificate of insurance"):
        wanted = {"key": "1", "name": name, "folder": "07 Requested documents", "type_id": 0, "mime_types": [],
                  "several": False, "type_name": ""}  # fmt: skip
        requests.append(UploadRequest(
            store_id=STORE, object_type="order", object_id="1002", object_name="Order 1002", wanted=[wanted],
            expires_at=ago(days=-14),
        ))  # fmt: skip
    shop.add(*requests)
    run = shop.run(
        "mail-request", "order", "1002", "Order 1002", state="done", facts={"upload_request": requests[0].id}
    )
    letter = CommunicationRow(
        job_key="mail-1", store_id=STORE, run_id=run.id, object_type="order", object_id="1002", document="request_mail",
        template="REQUEST", variant=requests[0].id, state="filed", outputs=[],
    )  # fmt: skip
    told = [{"address": "a***@example.com", "delivered_at": ago(minutes=3).isoformat()}]
    shop.add(letter, CommunicationDelivery(
        key="mail-1:1", job_key="mail-1", store_id=STORE, run_id=run.id, attempt=1, channel="mail", state="delivered",
        recipients=told,
    ))  # fmt: skip


def side_bar_of(site: Site, host: str) -> str:
    """The address an owner makes for a help desk."""
    owner = site.shop.sign_in("owner")
    owner.post("/settings/help-desk", host=host, days="90")
    link = re.search(r"(/desk/[^<\s]+)</textarea>", owner.text("/settings/help-desk"))
    assert link
    return f"{site.url}{link[1]}"


def scene_settings(site: Site) -> dict[str, str]:
    for role in ("manager", "viewer"):
        site.shop.sign_in(role, email=f"{role}.person@example.com")
    side_bar_of(site, "https://acme.zendesk.com")
    return {
        "settings": "/settings/",
        "settings-opentext": "/settings/opentext",
        "settings-scenarios": "/settings/scenarios",
        "settings-scenario": "/settings/scenarios/order-review",
        "settings-people": "/settings/people",
        "settings-help-desk": "/settings/help-desk",
        "settings-audit": "/settings/audit",
        "settings-messages": "/settings/messages",
        "settings-names": "/settings/names",
        "set-up-document": "/settings/set-up/document",
    }


def open_refused_connection(window: Visit) -> None:
    """The connection form after a test that failed at one step."""
    window.site.shop.checks[0] = lambda _connection: [
        CheckStep("Directory Services reachable", True, "Directory Services answers."),
        CheckStep("Client credentials accepted", True, "A token was issued."),
        CheckStep("Content Server reachable", True, "Content Server answers."),
        CheckStep(
            "External system and business object types", False, "“BigCommerce” lacks the business object type PRODUCT.",
            "Create it below the Extended ECM volume, or import the package that brings it.",
        ),
    ]  # fmt: skip
    page = window.open("/settings/opentext")
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_role("alert")).to_contain_text("One part of the test failed")


def open_refused_rules(window: Visit) -> None:
    page = window.open("/settings/scenarios/order-review")
    page.get_by_label("Review orders from this total").fill("a lot")
    page.get_by_label("Hours to decide").fill("0")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")


def open_saved_connection(window: Visit) -> None:
    page = window.open("/settings/opentext")
    page.get_by_label("External system").fill("BigCommerce EU")
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_role("main")).to_contain_text("OpenText is connected")


def open_run_with_its_report(window: Visit) -> None:
    run = window.site.shop.order_under_review("1001")
    window.site.shop.failing(run, 3, stuck=True)
    page = window.open(f"/activity/runs/{run.id}")
    expect(page.get_by_role("button", name="Copy report")).to_be_visible()


def open_side_bar(window: Visit) -> None:
    """Find in the narrow frame of a help desk, looked for by the customer's address."""
    window.site.shop.related_customer()
    window.site.shop.order_under_review("1001")
    link = side_bar_of(window.site, "http://127.0.0.1:8009")
    frame = (
        '<html lang="en"><title>Ticket</title><main><h1>Ticket</h1>'
        f'<iframe title="ECM" src="{link}?q=ada@" width="280" height="800"></iframe></main></html>'
    )
    window.context.route("http://127.0.0.1:8009/**", lambda route: route.fulfill(body=frame, content_type="text/html"))
    # A page that no server sent counts as one of the internet, which may not frame this machine by itself.
    window.context.grant_permissions(["local-network-access"], origin="http://127.0.0.1:8009")
    window.page.goto("http://127.0.0.1:8009/ticket")
    inside = window.page.frame_locator("iframe")
    inside.get_by_role("link", name="Order 1001").click()
    expect(inside.get_by_role("heading", name="Order 1001", exact=True)).to_be_visible()
    expect(inside.get_by_role("main")).to_contain_text("Order 1001 record.pdf")
    width = inside.locator("html").evaluate("one => one.scrollWidth - one.clientWidth")
    assert width <= 0


def open_mailed_decision(window: Visit) -> None:
    """A decision asked of somebody by mail, in their own browser: first the warning, then the buttons."""
    shop = window.site.shop
    shop.order_under_review("1001")
    shop.add(StoreRights(store_id=STORE, entries=[entry_json(Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))]))
    page = window.open(first_task(window.site))
    page.get_by_label("Mail address", exact=True).fill("anna@example.com")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def open_after_sign_out(window: Visit) -> None:
    page = window.open("/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")


def open_request_on_its_way(window: Visit) -> None:
    window.site.shop.product_live("77", drifted=("name", "page_title"))
    page = window.open("/panel/products/77")
    page.get_by_role("button", name="Restore all 2 fields").click()
    expect(page.get_by_role("main")).to_contain_text("On its way")


def scene_first_day(site: Site) -> dict[str, str]:
    with unit_of_work(site.shop.deps.database) as uow:
        uow.session.delete(uow.session.get_one(OpenTextConnection, STORE))
        uow.session.get_one(StoreRow, STORE).last_delivery_at = ago(seconds=30)
    return {
        "home-first-day": "/",
        "order-not-connected": "/panel/orders/1",
        "set-up-store": "/settings/set-up/store",
        "set-up-content": "/settings/set-up/content",
    }


def scene_many(site: Site) -> dict[str, str]:
    """Weeks of work, long names, many rows, one cause for much that stopped: only to look at."""
    shop = site.shop
    longest = "Hildegard-Marie von Hohenstein-Waldenburg zu Sachsen und Tochtergesellschaften GmbH & Co. KG"
    for number in range(2001, 2025):
        amount = {"amount": f"{number * 37 % 9000}.50", "currency": "EUR"}
        name = longest if number % 5 == 0 else "Ada Löwe"
        outcome = ("", "approved", "rejected")[number % 3]
        facts = {"total": amount, "customer_name": name}
        run = shop.order_under_review(
            str(number), outcome=outcome, facts=facts, started_at=ago(days=number % 13, hours=3)
        )
        if number % 4 == 0:
            shop.failing(run, 3, stuck=True)
    return {
        "many-home": "/", "many-inbox": "/inbox", "many-activity": "/activity/", "many-found": "/find?q=order 20",
        "many-replay": "/activity/replay?code=unreachable", "many-deliveries": "/activity/deliveries",
        "many-order-long-name": "/panel/orders/2005",
    }  # fmt: skip


def scene_refusals(site: Site) -> dict[str, str]:
    """What people read where they may not go on, each with its way back: constant pages without the app's frame."""
    site.shop.sign_in("viewer", email="viewer.person@example.com")
    return {
        "refused-hand-over": "/open/used-or-too-old", "refused-no-such-case": f"/panel/cases/{'0' * 32}",
        "refused-address": "/panel/orders/1001/elsewhere", "refused-upload-link": "/up/not-ours",
        "refused-shelf-link": "/shelf/not-ours", "refused-decision-link": "/decide/not-ours",
        "refused-entrance": "/approve/at/nobody", "refused-approver": "/approve",
        "refused-help-desk": "/desk/not-ours", "refused-installation": "/bigcommerce/auth?code=x",
        "refused-long": f"/find?q={'x' * 9000}", "refused-document": "/documents/not-ours",
    }  # fmt: skip


def scene_answers(site: Site) -> dict[str, str]:
    """The refusals that a walk meets by chance alone, each raised behind a guarded door made for the picture."""
    errors: dict[str, Exception] = {
        "403": Rejected("", status=403, code="role"), "409": Conflict("", code="changed"),
        "429": Rejected("", status=429, code="limit"), "500": ValueError("ours"), "503": Retryable("", code="busy"),
    }  # fmt: skip

    def refuse(status: str) -> NoReturn:
        raise errors[status]

    site.shop.flask.add_url_rule("/made-for-a-picture/<status>", "find.picture", refuse)
    return {f"answer-{status}": f"/made-for-a-picture/{status}" for status in errors}


ACTS = (
    open_refused_connection,
    open_saved_connection,
    open_refused_rules,
    open_side_bar,
    open_mailed_decision,
    open_run_with_its_report,
    open_after_sign_out,
    open_request_on_its_way,
)
LOOKED_AT = (scene_many, scene_answers)  # beside those that the tests walk too
SCENES = (scene_orders, scene_products, scene_others, scene_forms, scene_settings, scene_refusals, scene_first_day)
