"""Pages that only a running product has: documents with their versions, buyers' pages, the inbox of OpenText's people.

Each walk goes from page to page as the browser tests do and shows each one it comes to.
"""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.living import Living
from tests.e2e.test_behaviours_approvers import ENTRANCE, approver, signs_in
from tests.e2e.test_behaviours_documents import a_file, file_on_the_panel, open_document
from tests.integration.doors.test_shopify_extensions import a_pdf

Show = Callable[[str, Page], None]


def documents(living: Living, show: Show) -> None:
    """Given, looked into, a newer version, held, refused a deletion; searched for."""
    order = living.order_under_review()
    person = living.comes()
    page = file_on_the_panel(
        person, order, a_file("Contract.pdf"), a_file("Tool.exe", b"MZ program"), a_file("Letter.txt", b"Dear customer")
    )
    show("documents-given", page)
    page = person.opens(f"/panel/orders/{order}")
    open_document(page, "Letter.txt")
    show("document-text", page)
    page = person.opens(f"/panel/orders/{order}")
    open_document(page, "Contract.pdf")
    page.get_by_label("File", exact=True).set_input_files(a_file("Contract.pdf", a_pdf(2)))
    page.get_by_role("button", name="File it as the next version").click()
    expect(page.get_by_role("alert")).to_contain_text("The newest version is version 2")
    show("document-versions", page)
    page = person.opens(f"/panel/orders/{order}")
    open_document(page, living.document(order, f"Order {order} record.pdf").name)
    held = page.get_by_role("region", name="Records and holds")
    held.get_by_text("Put it on a hold").click()
    held.get_by_label("Hold (the matter)").fill("Claim 4711")
    held.get_by_label("Reason").fill("A claim was announced")
    held.get_by_role("button", name="Hold this document").click()
    expect(held).to_contain_text("It is on the hold")
    show("document-held", page)
    page = person.opens(f"/panel/orders/{order}")
    page.get_by_label("Words in documents or their names").fill("letter")
    page.get_by_role("button", name="Search in the workspace").click()
    expect(page.get_by_role("region", name="1 document found")).to_be_visible()
    show("documents-found", page)


def buyers(living: Living, show: Show) -> None:
    """What a buyer is asked for, what is received, what they were given to read."""
    order = living.order_under_review()
    person = living.comes()
    page = file_on_the_panel(person, order, a_file("Warranty.pdf"))
    living.looks_again("order", order)
    page = person.opens(f"/panel/orders/{order}")
    page.get_by_role("link", name="Ask for documents").click()
    page.get_by_label("Which documents").fill("Import licence")
    page.get_by_label("Why, in a few words for the buyer").fill("Customs wants it")
    show("ask-for-documents", page)
    page.get_by_role("button", name="Ask for documents").click()
    living.works()
    page = person.opens(f"/panel/orders/{order}")
    page.get_by_role("link", name="Share documents with the buyer").click()
    page.get_by_role("checkbox", name="Warranty.pdf").check()
    show("share-documents", page)
    page.get_by_role("button", name="Share documents with the buyer").click()
    living.works()
    page = person.opens(f"/panel/orders/{order}")
    upload = page.get_by_label("To send us: Import licence").input_value()
    shelf = next(one.input_value() for one in page.locator("input[readonly]").all() if one.input_value() != upload)
    phone = living.stranger(width=320)
    phone.page.goto(upload)
    show("buyer-upload", phone.page)
    phone.page.locator("input[type=file]").set_input_files(a_file("photo.pdf"))
    phone.page.get_by_role("button", name="Send", exact=True).click()
    expect(phone.page.get_by_text("Received")).to_be_visible()
    show("buyer-received", phone.page)
    phone.page.goto(shelf)
    expect(phone.page.get_by_role("main")).to_contain_text("Warranty.pdf")
    show("buyer-shelf", phone.page)


def approvers(living: Living, show: Show) -> None:
    """Where OpenText's people sign in, their inbox, one task, several, what became of them."""
    orders = [living.order_under_review(total=total) for total in ("4200.00", "950.00", "700.00")]
    person = approver(living)
    show("approve-entrance", person.opens(ENTRANCE))
    page = signs_in(person)
    show("approve-inbox", page)
    page.get_by_role("link", name=f"Order {orders[0]}", exact=True).click()
    expect(page.get_by_role("heading", name="What is to be decided")).to_be_visible()
    show("approve-task", page)
    page = person.opens("/approve")
    for order in orders[1:]:
        page.get_by_role("checkbox", name=f"Order {order}").check()
    page.get_by_role("button", name="Decide the chosen…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide 2 tasks at once")
    show("approve-several", page)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="2 of 2 decisions are in OpenText.")).to_be_visible()
    show("approve-done", page)


WALKS = (documents, buyers, approvers)
