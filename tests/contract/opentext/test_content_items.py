"""Items renamed, moved, copied, reserved and deleted; folders; search; completeness. Against the stand-in."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.domain.content import Relation
from app.domain.ids import NodeId
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.opentext import provisioning
from app.opentext.content_server.records import RecordChanges
from sandbox.content_server import seed, tree
from sandbox.content_server.model import DOCUMENT, READ, WRITE
from tests.contract.opentext.content import Place, ids

ODD_NAMES = ["x" * 300 + ".pdf", "10:45 / late \\ again.txt", "فاتورة 1001.pdf", "🧾" * 200 + ".pdf", " \u202egpj.exe "]


# Items


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_made_fit_wherever_it_is_given(place: Place, name: str) -> None:
    items, documents = place.opentext.items, place.opentext.documents
    node = place.upload("plain.pdf").id
    fit = items.rename(node, name)
    assert items.rename(node, name) == fit
    assert documents.get(node).name == fit
    copy = items.copy(node, place.workspace, name)
    assert documents.get(copy).name == fit
    target = documents.folder(place.workspace, "Moved: here")
    items.move(node, target, "other.pdf")
    items.move(copy, target, name)
    assert [each.name for each in documents.children(target)] == sorted([fit, "other.pdf"], key=str.casefold)


def test_a_name_that_is_taken_is_a_conflict_and_changes_nothing(place: Place) -> None:
    node, other = place.upload("a.pdf").id, place.upload("b.pdf").id
    elsewhere = place.opentext.documents.folder(place.workspace, "02 Payment")
    there = place.upload("b.pdf", folder=elsewhere).id
    for refused in (
        lambda: place.opentext.items.rename(node, "B.PDF"),
        lambda: place.opentext.items.move(there, place.folder),
        lambda: place.opentext.items.move(node, elsewhere, "b.pdf"),
        lambda: place.opentext.items.copy(node, elsewhere, "b.pdf"),
    ):
        with pytest.raises(Conflict):
            refused()
    names = {each.id: each.name for each in place.opentext.documents.in_workspace(place.workspace)}
    assert names == {node: "a.pdf", other: "b.pdf", there: "b.pdf"}


def test_a_document_moves_to_where_its_old_name_is_taken(place: Place) -> None:
    elsewhere = place.opentext.documents.folder(place.workspace, "02 Payment")
    place.upload("a.pdf", folder=elsewhere)
    node = place.upload("a.pdf").id
    place.opentext.items.move(node, elsewhere, "a 2.pdf")
    assert sorted(each.name for each in place.opentext.documents.children(elsewhere)) == ["a 2.pdf", "a.pdf"]


def test_a_copy_has_the_bytes_and_none_of_the_record(place: Place) -> None:
    node = place.record()
    copy = place.opentext.items.copy(node, place.workspace, "Copy.pdf")
    sink = io.BytesIO()
    place.opentext.documents.download(copy, 1, sink)
    assert sink.getvalue() == b"%PDF-1"
    assert place.opentext.records.details(copy) is None


def test_a_lost_answer_to_a_copy_is_in_doubt_and_can_be_looked_for(place: Place) -> None:
    node = place.upload().id
    place.land.fault("drop_after", method="POST", path="*/v2/nodes")
    with pytest.raises(Retryable) as caught:
        place.opentext.items.copy(node, place.workspace, "Copy.pdf")
    assert caught.value.unknown_outcome
    assert place.opentext.documents.find(place.workspace, "Copy.pdf") is not None
    with pytest.raises(Conflict):
        place.opentext.items.copy(node, place.workspace, "Copy.pdf")


def test_a_reserved_document_is_changed_by_nobody_else(place: Place) -> None:
    items, node = place.opentext.items, place.upload().id
    items.reserve(node, 1002)
    assert items.reserved_by(node) == 1002
    for refused in (
        lambda: place.upload(content=b"%PDF-2"),
        lambda: items.rename(node, "other.pdf"),
        lambda: items.move(node, place.workspace),
    ):
        with pytest.raises(Retryable) as caught:
            refused()
        assert caught.value.specific_code == "locked"
    place.land.content_server.state.nodes[node].reserved_user_id = 0
    for _ in range(2):
        items.reserve(node)
    assert items.reserved_by(node) == 1001
    assert place.upload(content=b"%PDF-2").version == 2
    for _ in range(2):
        items.unreserve(node)
    assert items.reserved_by(node) is None


def test_a_description_is_set(place: Place) -> None:
    node = place.upload().id
    place.opentext.items.describe(node, "Für Ada")
    assert place.land.content_server.state.nodes[node].description == "Für Ada"


def test_a_document_is_deleted_into_the_recycle_bin(place: Place) -> None:
    node = place.upload().id
    place.land.calls()
    place.opentext.items.delete(node)
    assert place.land.calls()[-1] == f"DELETE v2/nodes/{node}"
    assert place.opentext.documents.children(place.folder) == []
    assert place.land.content_server.state.nodes[node].deleted is not None
    with pytest.raises(NotFound):
        place.opentext.items.delete(node)


def test_what_must_stay_is_not_deleted_and_the_reason_said(place: Place) -> None:
    node, opentext = place.record(), place.opentext
    opentext.holds.apply([node], opentext.holds.ensure("Dispute 7").id)
    place.land.calls()
    with pytest.raises(Permanent) as caught:
        opentext.items.delete(node)
    assert caught.value.specific_code == "deletion_blocked"
    assert caught.value.message.startswith(
        "It cannot be deleted. It is on the hold “Dispute 7”. Kept for 7 years, until "
    )
    assert caught.value.context["obstacles"] == "hold, retention"
    assert not any(call.startswith("DELETE") for call in place.land.calls())


def test_a_refusal_only_the_server_knew_of_is_passed_on(place: Place) -> None:
    node = place.upload().id
    place.land.fault("status", method="DELETE", status=400, body={"error": "A legal matter forbids it."})
    with pytest.raises(Permanent) as caught:
        place.opentext.items.delete(node)
    assert caught.value.specific_code == "deletion_refused"
    assert "A legal matter forbids it." in caught.value.message


def test_a_right_that_lacks_is_told_apart_from_an_item_that_is_gone(place: Place) -> None:
    node = place.upload().id
    place.land.content_server.state.nodes[node].permissions = {1001: WRITE}
    with pytest.raises(Permanent) as caught:
        place.opentext.items.delete(node)
    assert caught.value.specific_code == "may_not_delete"


def test_a_lost_answer_to_a_delete_is_in_doubt_and_gone_the_next_time(place: Place) -> None:
    node = place.upload().id
    place.land.fault("drop_after", method="DELETE")
    with pytest.raises(Retryable) as caught:
        place.opentext.items.delete(node)
    assert caught.value.unknown_outcome
    with pytest.raises(NotFound):
        place.opentext.items.delete(node)


def test_folders_are_listed_and_made_level_by_level(place: Place) -> None:
    documents = place.opentext.documents
    place.upload()
    found = {each.name: each.size for each in documents.folders(place.workspace)}
    assert found["01 Order record"] == 1
    kind = next(each for each in provisioning.load().workspace_types if each.name == "Order exception")
    assert set(found) == {each.name for each in kind.folders}
    deep = documents.folder_at(place.workspace, "05 Evidence", "2026 / Q4", "Photos")
    assert documents.folder_at(place.workspace, "05 Evidence", "2026 - Q4", "Photos") == deep
    assert [each.name for each in documents.folders(documents.folder(place.workspace, "05 Evidence"))] == ["2026 - Q4"]


# Search


def test_words_are_found_inside_a_workspace_and_across(place: Place) -> None:
    inside = place.upload("Packing list Ada.pdf").id
    folder = place.opentext.documents.folder(place.customer, "01 Contracts")
    outside = place.upload("Packing rules.pdf", folder=folder).id
    search = place.opentext.search
    assert ids(search.named("packing", within=place.workspace)) == [inside]
    assert sorted(ids(search.named("packing"))) == sorted([inside, outside])
    assert ids(search.words("ada packing")) == [inside]
    [found] = search.named("list", within=place.workspace)
    assert (found.name, found.mime_type, found.size) == ("Packing list Ada.pdf", "application/pdf", 6)
    assert found.url.endswith(f"/app/nodes/{inside}")


@pytest.mark.parametrize("text", ['") or OTSubType: 144 or ("', 'x" or "x', "a:b (c) not", 'OTName: "x"', "'; drop"])
def test_words_stay_words_whatever_they_look_like(place: Place, text: str) -> None:
    place.upload()
    assert place.opentext.search.words(text) == []
    assert place.opentext.search.named(text) == []


@pytest.mark.parametrize("text", ["", "  ", '"()":', "—"])
def test_nothing_to_look_for_is_said(place: Place, text: str) -> None:
    with pytest.raises(Permanent) as caught:
        place.opentext.search.words(text)
    assert caught.value.specific_code == "nothing_to_look_for"


@pytest.mark.parametrize("name", ["فاتورة 1001.pdf", "Größe Ångström.pdf", "order 10-45 late.pdf"])
def test_names_of_every_script_are_found(place: Place, name: str) -> None:
    node = place.upload(name).id
    assert ids(place.opentext.search.named(name)) == [node]


def test_a_value_of_an_attribute_is_found(place: Place) -> None:
    with pytest.raises(Permanent) as caught:
        place.land.open().search.with_value("Approval", "Status", "Approved")
    assert caught.value.specific_code == "unknown_category"
    wanted, other = place.upload("a.pdf").id, place.upload("b.pdf").id
    place.opentext.categories.write(wanted, "Approval", {"Status": "Approved"})
    place.opentext.categories.write(other, "Approval", {"Status": "Pending"})
    assert ids(place.opentext.search.with_value("Approval", "status", "Approved")) == [wanted]


def test_a_category_the_server_calls_otherwise_is_still_ours(place: Place) -> None:
    state, node = place.land.content_server.state, place.upload("a.pdf").id
    number, definition = next((key, one) for key, one in state.categories.items() if one.name == "Approval")
    definition.name = state.nodes[number].name = "Freigabe"
    with pytest.raises(NotFound):
        place.land.open().categories.write(node, "Approval", {"Status": "Approved"})
    called = place.land.open(names=(("category", "Approval", "Freigabe"),))
    called.categories.write(node, "Approval", {"Status": "Approved"})
    assert called.documents.approval(node).status == "Approved"
    assert list(called.categories.values(node)) == ["Approval"]
    other = place.land.open(names=(("category", "Approval", "Decision"),))
    definition.name = state.nodes[number].name = "Approval"  # this one does not stand for ours any more
    assert "Approval" not in other.categories.values(node)


def test_workspaces_are_found_by_name_and_hidden_ones_are_not(place: Place) -> None:
    assert ids(place.opentext.search.workspaces_named("order 100")) == [place.workspace]
    place.hide(place.workspace)
    assert place.opentext.search.workspaces_named("order 100") == []


def test_an_index_that_lags_behind_finds_later(place: Place) -> None:
    place.land.content_server.set_search_lag(120)
    node = place.upload("Fresh.pdf").id
    assert place.opentext.search.named("fresh") == []
    place.land.world.clock.advance(timedelta(seconds=121))
    assert ids(place.opentext.search.named("fresh")) == [node]


def test_several_pages_of_hits_are_read_up_to_the_limit(place: Place) -> None:
    for number in range(230):
        place.upload(f"Hit {number:03}.txt", str(number).encode())
    place.land.calls()
    assert len(place.opentext.search.named("hit", most=220)) == 220
    assert place.land.calls() == ["POST v2/search"] * 3
    assert len(place.opentext.search.named("hit")) == 50


# Completeness


def classify(place: Place, node: NodeId, name: str) -> None:
    state = place.land.content_server.state
    found = next(each for each in state.nodes.values() if each.name == name and each.type == 199)
    state.nodes[node].classification_ids = [found.id]


def test_a_new_workspace_lacks_what_its_template_requires(place: Place) -> None:
    found = place.opentext.completeness.of(place.workspace)
    assert [each.name for each in found.types] == ["Order record", "Decision record", "Payment record"]
    assert [each.name for each in found.missing] == ["Order record", "Decision record"]
    assert not found.is_complete
    first = found.types[0]
    assert (first.is_required, first.folder, first.mime_types) == (True, place.folder, ("application/pdf",))
    assert len(place.land.calls()) == 4


def test_a_workspace_is_complete_when_nothing_lacks_or_waits(place: Place) -> None:
    record, decision = place.upload("a.pdf").id, place.upload("b.pdf").id
    classify(place, record, "Order record")
    classify(place, decision, "Decision record")
    place.opentext.categories.write(decision, "Approval", {"Status": "Pending"})
    found = place.opentext.completeness.of(place.workspace)
    assert (found.missing, ids(found.in_process), found.is_complete) == ((), [decision], False)
    place.opentext.categories.write(decision, "Approval", {"Status": "Approved"})
    assert place.opentext.completeness.of(place.workspace).is_complete


def test_a_document_outlives_its_validity(place: Place) -> None:
    folder = place.opentext.documents.folder(place.customer, "04 Onboarding")
    node = place.upload("Exemption.pdf", folder=folder).id
    classify(place, node, "Tax exemption certificate")
    [kind] = [each for each in place.opentext.completeness.types(place.customer) if each.id == _class_of(place, node)]
    assert kind.validity_months == 12
    assert place.opentext.completeness.outdated(place.customer) == []
    place.land.world.clock.advance(timedelta(days=370))
    [late] = place.opentext.completeness.outdated(place.customer)
    assert (late.id, late.type, late.name) == (node, kind.id, "Exemption.pdf")
    assert not place.opentext.completeness.of(place.customer).is_complete


def _class_of(place: Place, node: NodeId) -> int:
    return place.land.content_server.state.nodes[node].classification_ids[0]


def test_a_rule_decides_which_types_apply(place: Place) -> None:
    kinds = place.land.content_server.state.workspace_types[1].document_types
    kinds[1].rule = ("Status", "Disputed")
    assert [each.name for each in place.opentext.completeness.missing(place.workspace)] == ["Order record"]
    place.opentext.categories.write(place.workspace, "Order", {"Status": "Disputed"})
    assert len(place.opentext.completeness.missing(place.workspace)) == 2
    assert len(place.opentext.completeness.types(place.workspace)) == 3


# What goes wrong


CALLS = (
    "types",
    "roles",
    "add to a role",
    "find a member",
    "relations",
    "relate",
    "unrelate",
    "rename",
    "move",
    "reserve",
    "folders",
    "search",
    "completeness",
    "update a record",
    "disposition",
    "obstacles",
    "list holds",
    "apply a hold",
    "release a hold",
    "held items",
)


def calls(p: Place, n: NodeId) -> dict[str, Callable[[], Any]]:
    o, hold = p.opentext, p.land.content_server.state.next_hold_id
    return {
        "types": lambda: o.types.of("CUSTOMER") or o.types.all(),
        "roles": lambda: o.teams.roles(p.workspace),
        "add to a role": lambda: o.teams.add(p.workspace, _role(p), 1005),
        "find a member": lambda: o.teams.find(seed.LIAM),
        "relations": lambda: o.relations.of(p.workspace),
        "relate": lambda: o.relations.relate(p.workspace, p.customer, Relation.CHILD),
        "unrelate": lambda: o.relations.unrelate(p.workspace, p.customer, Relation.PARENT),
        "rename": lambda: o.items.rename(n, "renamed.pdf"),
        "move": lambda: o.items.move(n, p.workspace),
        "reserve": lambda: o.items.reserve(n, 1001),
        "folders": lambda: o.documents.folders(p.workspace),
        "search": lambda: o.search.named("order"),
        "completeness": lambda: o.completeness.of(p.workspace),
        "update a record": lambda: o.records.update_many([n], RecordChanges(official=True)),
        "disposition": lambda: o.records.disposition(n),
        "obstacles": lambda: o.records.obstacles(n),
        "list holds": lambda: o.holds.all(),
        "apply a hold": lambda: o.holds.apply([n], hold),
        "release a hold": lambda: o.holds.release([n], hold),
        "held items": lambda: list(o.holds.items(hold)),
    }


def _role(place: Place) -> int:
    workspace = place.land.content_server.state.nodes[place.workspace].workspace
    assert workspace is not None
    return next(role.id for role in workspace.roles.values() if role.name == "Reviewer")


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("status", {"status": 503}, Retryable),
        ("status", {"status": 500, "body": "html"}, Retryable),
        ("status", {"status": 429, "headers": {"Retry-After": "9"}}, RateLimited),
        ("status", {"status": 401, "count": 3}, NeedsReauth),
        ("drop_before", {}, Retryable),
        ("drop_after", {}, Retryable),
        ("truncate", {}, Retryable),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_each_fault_in_each_call_has_its_answer_and_passes(
    place: Place, call: str, kind: str, more: dict[str, Any], error: type[AppError]
) -> None:
    node = place.record("there.pdf")
    place.opentext.holds.ensure("Dispute 7")
    place.land.fault(kind, **({"path": "/cs/cs/api/*"} | more))
    with pytest.raises(error):
        calls(place, node)[call]()
    place.land.world.faults.remove()
    calls(place, node)[call]()


def test_every_call_is_tried(place: Place) -> None:
    assert tuple(calls(place, place.upload().id)) == CALLS


@pytest.mark.parametrize("call", CALLS)
def test_a_ticket_that_ends_in_the_middle_is_replaced_once(place: Place, call: str) -> None:
    node = place.record("there.pdf")
    place.opentext.holds.ensure("Dispute 7")
    before = len(place.land.world.ledger.effects("content_server", "ticket for"))
    place.land.world.clock.advance(timedelta(hours=3))
    calls(place, node)[call]()
    assert len(place.land.world.ledger.effects("content_server", "ticket for")) == before + 1


def test_what_we_may_not_see_is_not_there(place: Place) -> None:
    node = place.upload().id
    place.hide(place.workspace)
    opentext = place.opentext
    for refused in (
        lambda: opentext.items.rename(node, "x"),
        lambda: opentext.items.delete(node),
        lambda: opentext.items.reserve(node),
        lambda: opentext.documents.folders(place.workspace),
        lambda: opentext.records.obstacles(node),
        lambda: opentext.completeness.of(place.workspace),
        lambda: opentext.relations.relate(place.customer, place.workspace, Relation.CHILD),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_reader_may_look_and_change_nothing(place: Place) -> None:
    node = place.upload().id
    place.land.content_server.state.nodes[place.workspace].permissions = {1001: READ}
    place.land.content_server.state.nodes[place.folder].permissions = {1001: READ}
    assert place.opentext.documents.get(node).name == "Order 100.pdf"
    for refused in (
        lambda: place.opentext.items.rename(node, "x"),
        lambda: place.opentext.items.move(node, place.workspace),
        lambda: place.opentext.items.copy(node, place.folder, "x"),
        lambda: place.opentext.items.delete(node),
    ):
        with pytest.raises(Permanent):
            refused()
    assert place.opentext.documents.get(node).name == "Order 100.pdf"


def test_ten_thousand_documents_are_listed_once_each(place: Place) -> None:
    actor = place.land.content_server.actor(seed.SERVICE)
    for number in range(10_000):
        tree.insert(actor, place.folder, DOCUMENT, f"{number:05}.txt")
    found = [each.name for each in place.opentext.documents.each(place.folder)]
    assert found == [f"{number:05}.txt" for number in range(10_000)]
    assert len(place.land.calls()) == 100
