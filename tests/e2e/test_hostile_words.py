"""Names, comments and pages from either side are hostile: on every page they are words, and nothing leaves its place.

Nothing is written into rows: buyers order under such names, people in OpenText give them to documents, and whoever
works in the store types them into every form.
"""

import re

import pytest
from playwright.sync_api import Frame, Page, expect

from app.db.cases import CaseRow
from app.db.links import FiledDocument, WorkflowLink
from app.domain.rights import OWN, Allowed, Entry, Flow
from app.engine.deciding import tasks
from app.opentext.workflows import Engine
from tests.abuse.test_6_5_tenants import MISSING, address, merchant_rules
from tests.e2e.living import Living
from tests.e2e.test_behaviours_approvers import approver, signs_in
from tests.engine.test_publishing import sheet
from tests.integration.doors.test_shopify_extensions import a_pdf

pytestmark = pytest.mark.e2e
IMAGE, VECTOR, SCRIPT = "<img src=x onerror=alert(1)>", '"><svg onload=alert(2)>', "</script><script>alert(3)</script>"
TEMPLATE, QUOTE, LONG = "{{7*7}}${7*7}", "' onmouseover=alert(4) '", "x" * 150
TURNED = "invoice\u202efdp zero\u200bwidth\ufeff \u0639\u0642\u062f \u2067rtl"
WORDS = f"{IMAGE} {VECTOR} {SCRIPT} {TEMPLATE} {QUOTE} {TURNED} javascript:alert(5) {LONG}"
NAMES = (
    f"{IMAGE}.pdf",
    f"{SCRIPT.replace('/', '')}.pdf",
    f"{TURNED}.pdf",
    f"{LONG}.pdf",
    f"{TEMPLATE}.txt",
    f"{QUOTE}.pdf",
)
WIDTHS = (320, 1280)
# What this order has none of, or another kind of store, or no page.
ELSEWHERE = {"settings.personal_data", "settings.permissions", "panel.confirm_undo", "panel.new_ask"}
DESK = "http://127.0.0.1:8009"
PARTS = {"panel.cards", "home.cards"}  # looked at within their pages
FORBIDDEN = (
    "img[src='x'], main svg[onload], [onerror], [onload], [onmouseover], a[href^='javascript' i], main script, "
    "body > script"
)


def only_words(page: Page, about: str, part: Frame | None = None) -> None:
    """At both widths, with everything unfolded; `part`: of what the page shows in a frame."""
    shown = part or page
    shown.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert shown.locator(FORBIDDEN).count() == 0, about
    words = shown.locator("body").inner_text()
    assert not set(words) & set("\u202e\u200b\ufeff\u2067"), about
    assert "49$49" not in words, about
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        overflow = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{about} is {overflow} px too wide at {width}"


def a_hostile_order(living: Living) -> str:
    """From both sides: a buyer, an author, an approver, people of the store."""
    house = living.house
    order = living.order_under_review(first_name=WORDS[:200])
    link = living.workspace("order", order)
    for name in NAMES:
        house.write_document(
            link.workspace_id, "03 Correspondence", name, b"%PDF-1.7 " + WORDS.encode(), "anna.berg@demo"
        )
    living.looks_again("order", order)
    return order


def type_into_every_form(page: Page, living: Living, order: str) -> None:
    url, panel = living.url, f"{living.url}/panel/orders/{order}"
    page.goto(f"{panel}/cases/complaint/new")
    for label in ("What it is about", "How serious it is"):
        page.get_by_label(label, exact=True).select_option(index=1)
    page.get_by_label("What happened").fill(WORDS)
    page.get_by_role("button", name="Open a complaint").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    for documents in ("Packing list", IMAGE):
        page.goto(f"{panel}/ask/ask_documents")
        page.get_by_label("Which documents").fill(f"{documents}, {SCRIPT}")
        page.get_by_label("Why, in a few words for the buyer").fill(WORDS[:200])
        page.get_by_role("button", name="Ask for documents").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    page.goto(f"{url}/settings/rights")
    page.get_by_label("Who gives access").fill(WORDS[:120])
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    record = living.document(order, f"Order {order} record.pdf")
    page.goto(f"{panel}/documents/{record.id}/holds")
    page.get_by_text("Put it on a hold").click()
    page.get_by_label("Hold (the matter)").fill(f"{IMAGE} {QUOTE}")
    page.get_by_label("Reason").last.fill(WORDS[:200])
    page.get_by_role("button", name="Hold this document").click()
    expect(page.get_by_role("status").filter(has_text="It is on the hold")).to_be_visible()


def every_page(living: Living, order: str) -> dict[str, str]:
    """What a signed-in owner can look at."""
    house, link = living.house, living.workspace("order", order)
    (flow,) = [one for one in house.rows(WorkflowLink, run_id=house.run_of("order-review", order).id) if one.tasks]
    ref = tasks.reference(Engine.WORKFLOW_SERVICE, flow.instance_id, flow.tasks[0]["id"])
    documents = [one.id for one in house.rows(FiledDocument, link_id=link.id) if not one.filed_by_us]
    assert len(documents) == len(NAMES)
    values = MISSING | {"object_id": order, "document_id": documents[0], "run_id": flow.run_id, "ref": ref}
    found = {
        rule.endpoint: address(rule, values)
        for rule in merchant_rules(living.doors)
        if "GET" in rule.methods and rule.endpoint not in ELSEWHERE | PARTS and "case" not in str(rule.endpoint)
    }
    found |= {f"panel.document {one}": f"/panel/orders/{order}/documents/{one}" for one in documents[1:]}
    for number, case in enumerate(house.rows(CaseRow)):
        found[f"case {number}"] = f"/panel/cases/{case.id}"
    found["panel.search_documents"] += "?q=" + "onerror"
    found["find.index"] += f"?q={order}"
    found["activity.preview"] += "?code=unreachable"
    found["inbox.chosen"] += f"?key=order:{order}:{ref}"
    found["settings.test_rights"] += f"?person={IMAGE}&kind=order&object_id={order}"
    return found


def test_hostile_words_are_only_words_on_every_page(living: Living) -> None:
    living.gives_rights(Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))
    order = a_hostile_order(living)
    owner = living.comes()
    page = owner.page
    lost: list[str] = []
    owner.context.on("response", lambda answer: lost.append(answer.url) if answer.status == 404 else None)
    type_into_every_form(page, living, order)
    living.works()
    living.looks_again("order", order)
    product = living.house.make_product(name=WORDS[:200], sku="EVIL-1", description=f"<p>{WORDS}</p>")
    living.works()
    node = living.house.write_document(
        living.workspace("product", product).workspace_id, "01 Content", "Product content.json", sheet(images=[])
    )
    living.house.approve(node)
    living.works()
    pages = every_page(living, order) | {"panel.product": f"/panel/products/{product}"}
    refused = {}
    for name, path in pages.items():
        answer = page.goto(f"{living.url}{path}")
        assert answer is not None
        if answer.status >= 400:
            refused[name] = answer.status
        only_words(page, f"{name} {path}")
    assert refused == {}
    share_everything(owner.opens(f"/panel/orders/{order}/ask/share_documents"))
    living.works()
    owner.opens(f"/panel/orders/{order}")
    links = [one.input_value() for one in page.locator("input[id^=link-]").all()]
    assert {part for link in links for part in ("/up/", "/shelf/") if part in link} == {"/up/", "/shelf/"}
    buyer = living.stranger(width=320)
    for link in links:
        buyer.page.goto(link)
        assert re.search(r"onerror|Packing", buyer.page.get_by_role("main").inner_text())
        if "/up/" in link:
            send_a_hostile_file(buyer.page)
        only_words(buyer.page, "the buyer's page")
    mailed_decision(living, page, order)
    help_desk(living, page, order)
    approvers_pages(living, order)
    assert lost == [], "something was fetched that nobody has: a name became an address"


def share_everything(page: Page) -> None:
    for one in page.get_by_role("checkbox").all():
        one.check()
    page.get_by_role("button", name="Share documents with the buyer").click()


def send_a_hostile_file(page: Page) -> None:
    """As a browser sends it: whatever the file is called."""
    file = {"name": f"{QUOTE}{IMAGE}.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Received", exact=True).first).to_be_visible()


def mailed_decision(living: Living, page: Page, order: str) -> None:
    """The one-time link in somebody's mail: before "Continue", and with the buttons."""
    page.goto(f"{living.url}/inbox")
    page.get_by_role("link", name=f"Order {order}", exact=True).first.click()
    page.get_by_label("Mail address", exact=True).fill("anna@example.com")
    page.get_by_role("button", name="Make a link").click()
    mail = living.stranger(width=320).page
    mail.goto(page.get_by_label("Link", exact=True).input_value())
    only_words(mail, "the mailed decision")
    mail.get_by_role("button", name="Continue").click()
    expect(mail.get_by_role("button", name="Approve")).to_be_visible()
    assert "onerror" in mail.get_by_role("main").inner_text()
    only_words(mail, "the mailed decision with its buttons")


def help_desk(living: Living, page: Page, order: str) -> None:
    """Find in the frame of somebody else's side bar."""
    page.goto(f"{living.url}/settings/help-desk")
    page.get_by_label("Address of your help desk").fill(DESK)
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("textarea").first.input_value()
    desk = living.stranger(width=320)
    body = (
        f'<title>Ticket</title><iframe title="ECM" src="{link}?q=%23{order}" style="width:100%;height:800px"></iframe>'
    )
    desk.context.route(f"{DESK}/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    desk.context.grant_permissions(["local-network-access"], origin=DESK)
    desk.page.goto(f"{DESK}/ticket")
    expect(desk.page.frame_locator("iframe").get_by_role("main")).to_contain_text("onerror")
    only_words(desk.page, "the help desk's side bar", desk.page.frames[1])


def approvers_pages(living: Living, order: str) -> None:
    """Where people of OpenText decide: their inbox, one task, and what several say before they are decided."""
    page = signs_in(approver(living))
    only_words(page, "the approvers' inbox")
    page.get_by_role("checkbox", name=f"Order {order}").check()
    page.get_by_role("button", name="Decide the chosen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Decide")
    only_words(page, "an approver's chosen tasks")
    page.goto(f"{living.url}/approve")
    page.get_by_role("link", name=f"Order {order}", exact=True).click()
    expect(page.get_by_role("heading", name="What is to be decided")).to_be_visible()
    assert "onerror" in page.get_by_role("main").inner_text()
    only_words(page, "an approver's task")
