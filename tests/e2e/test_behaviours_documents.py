"""What merchants and their support do with documents, as they would say it. Pressed in a browser, seen in OpenText."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.engine.sessions import Role
from tests.doors import OTHER
from tests.e2e.living import Living, Somebody
from tests.integration.doors.test_shopify_extensions import a_pdf

pytestmark = pytest.mark.e2e


def a_file(name: str, content: bytes = b"") -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content or a_pdf(1)}


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def open_document(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def file_on_the_panel(person: Somebody, order: str, *files: FilePayload) -> Page:
    page = person.opens(f"/panel/orders/{order}")
    page.get_by_text("Add files").click()
    page.get_by_label("Files", exact=True).set_input_files(list(files))
    page.get_by_role("button", name="File them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What became of the files")
    return page


def test_i_give_three_files_one_is_no_paper_two_are_there_and_the_third_says_why(living: Living) -> None:
    order = living.order_under_review()
    page = file_on_the_panel(
        living.comes(), order, a_file(f"Order record of {order}.pdf"), a_file(f"Tool {order}.exe", b"MZ program"),
        a_file(f"Letter {order}.txt", b"Dear customer"),
    )  # fmt: skip
    expect(row_of(page, f"Tool {order}.exe")).to_contain_text("its type is not taken")
    expect(row_of(page, f"Letter {order}.txt")).to_contain_text("Filed")
    expect(row_of(page, f"Order record of {order}.pdf")).to_contain_text("Document type: Order record")
    assert living.in_opentext(f"Tool {order}.exe") == []
    assert len(living.in_opentext(f"Letter {order}.txt")) == 1
    assert living.types_of(f"Order record of {order}.pdf") == ["Order record"]
    page.get_by_role("link", name="Back to").click()
    expect(page.get_by_role("link", name=f"Letter {order}.txt")).to_be_visible()


def test_the_type_was_guessed_wrong_and_i_correct_it(living: Living) -> None:
    order = living.order_under_review()
    name = f"Order record draft {order}.pdf"
    page = file_on_the_panel(living.comes(), order, a_file(name))
    page.get_by_role("link", name="Back to").click()
    open_document(page, name)
    choice = page.get_by_label("The right type")
    other = next(one for one in choice.locator("option").all_inner_texts()[1:] if one != "Order record")
    choice.select_option(label=other)
    page.get_by_role("button", name="Correct the type").click()
    expect(page.get_by_role("alert")).to_contain_text(f"OpenText now calls it: {other}.")
    assert living.types_of(name) == [other]


def test_i_drop_a_newer_file_on_a_document_and_see_who_has_had_which_version_when(living: Living) -> None:
    order = living.order_under_review()
    name = f"Contract {order}.pdf"
    page = file_on_the_panel(living.comes(), order, a_file(name))
    page.get_by_role("link", name="Back to").click()
    open_document(page, name)
    page.get_by_label("File", exact=True).set_input_files(a_file(name, a_pdf(2)))
    page.get_by_role("button", name="File it as the next version").click()
    expect(page.get_by_role("alert")).to_contain_text("The newest version is version 2")
    (node,) = living.in_opentext(name)
    assert [one.number for one in node.versions] == [1, 2]
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Download version 1").click()
    assert Path(fetched.value.path()).read_bytes() == a_pdf(1)
    page.reload()
    page.get_by_text("Who had it, and when").click()
    expect(row_of(page, "user12345@example.com").last).to_contain_text("version 1")


def test_i_look_into_a_document_without_leaving_the_panel(living: Living) -> None:
    order = living.order_under_review()
    page = file_on_the_panel(living.comes(), order, a_file(f"Note {order}.txt", b"Deliver to the back door."))
    page.get_by_role("link", name="Back to").click()
    open_document(page, f"Note {order}.txt")
    expect(page.frame_locator("iframe[name=shown]").get_by_text("Deliver to the back door.")).to_be_visible()


def test_i_search_for_a_word_and_find_the_document_it_stands_in(living: Living) -> None:
    order = living.order_under_review()
    page = file_on_the_panel(living.comes(), order, a_file(f"Memo {order}.txt", b"the blue crane of Hamburg"))
    page.get_by_role("link", name="Back to").click()
    page.get_by_label("Words in documents or their names").fill("memo")
    page.get_by_role("button", name="Search in the workspace").click()
    expect(page.get_by_role("region", name="1 document found")).to_be_visible()
    expect(page.get_by_role("link", name=f"Memo {order}.txt")).to_be_visible()


def test_i_ask_the_customer_for_a_document_and_they_bring_it_on_their_phone(living: Living) -> None:
    order = living.order_under_review()
    page = living.comes().opens(f"/panel/orders/{order}")
    page.get_by_role("link", name="Ask for documents").click()
    page.get_by_label("Which documents").fill("Import licence")
    page.get_by_label("Why, in a few words for the buyer").fill("Customs wants it")
    page.get_by_role("button", name="Ask for documents").click()
    living.works()
    page.reload()
    link = page.get_by_label("To send us: Import licence").input_value()

    phone = living.stranger(width=320, has_touch=True, is_mobile=True)
    phone.page.goto(link)
    expect(phone.page.get_by_role("main")).to_contain_text("Customs wants it")
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    phone.page.locator("input[type=file]").set_input_files(a_file("photo.pdf"))
    phone.page.get_by_role("button", name="Send", exact=True).click()
    expect(phone.page.get_by_text("Received")).to_be_visible()
    living.works()
    living.works()
    page.reload()
    expect(page.get_by_role("region", name="Documents")).to_contain_text("Import licence")
    assert [one for one in living.house.stage.content_server.state.nodes.values() if "mport licence" in one.name
            and one.versions]  # fmt: skip


def test_while_opentext_is_down_my_file_waits_and_i_see_it_wait_and_then_it_is_there(living: Living) -> None:
    order = living.order_under_review()
    person, name = living.comes(), f"Late {order}.pdf"
    with living.opentext_is_down():
        page = file_on_the_panel(person, order, a_file(name))
        expect(row_of(page, name)).to_contain_text("Waits for OpenText")
        page.get_by_role("link", name="Back to").click()
        expect(page.get_by_role("main")).to_contain_text("On its way")
        assert living.in_opentext(name) == []
    living.works()
    living.works()
    page.reload()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert len(living.in_opentext(name)) == 1


def test_a_refused_deletion_explains_itself_and_a_hold_is_put_on_and_taken_off_with_a_reason(living: Living) -> None:
    order = living.order_under_review()
    record = living.document(order, f"Order {order} record.pdf")
    page = living.comes().opens(f"/panel/orders/{order}")
    expect(page.get_by_role("region", name="Documents")).to_contain_text("Kept for")
    open_document(page, record.name)
    held = page.get_by_role("region", name="Records and holds")
    expect(held).to_contain_text("Recorded since")
    expect(held).to_contain_text("No:")
    held.get_by_text("Put it on a hold").click()
    held.get_by_label("Hold (the matter)").fill(f"Case {order}")
    held.get_by_label("Reason").fill("A claim was announced")
    held.get_by_role("button", name="Hold this document").click()
    expect(held).to_contain_text(f"It is on the hold “Case {order}”.")
    expect(held.get_by_role("status").first).to_be_focused()  # the button is folded away: the answer has the focus
    opentext = living.house.deps.opentext(living.house.store_id)
    assert f"Case {order}" in opentext.holds.active_on(record.node_id)  # type: ignore[arg-type]
    held.get_by_text(f"Release it Case {order}").click()
    held.get_by_label("Reason").first.fill("The claim was withdrawn")
    held.get_by_role("button", name="Release from the hold").click()
    expect(held).to_contain_text(f"It came off the hold “Case {order}”.")
    expect(held.get_by_role("status").first).to_be_focused()
    expect(held.get_by_role("status").first).to_be_in_viewport()
    assert f"Case {order}" not in opentext.holds.active_on(record.node_id)  # type: ignore[arg-type]


def test_somebody_without_the_right_is_told_whom_to_ask_and_never_a_name(living: Living) -> None:
    order = living.order_under_review()
    viewer = living.comes(OTHER, Role.VIEWER)
    page = viewer.opens(f"/panel/orders/{order}")
    expect(page.get_by_text("Add files")).to_have_count(0)
    expect(page.get_by_role("link", name="Ask for documents")).to_have_count(0)
