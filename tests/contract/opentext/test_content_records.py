"""Records, retention, holds and what stands against deleting, against the stand-in."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.content import Obstacle, RetentionBasis
from app.domain.ids import NodeId
from app.domain.retention import in_words
from app.errors import NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.content_server.records import RecordChanges
from sandbox.content_server import seed
from tests.contract.opentext.content import Place, ids
from tests.contract.opentext.landscape import Landscape


def noon(day: date, years: int) -> datetime:
    return datetime(day.year + years, day.month, min(day.day, 28 if day.month == 2 else 31), 12, tzinfo=UTC)


def today(place: Place) -> date:
    return place.land.world.clock.now().date()


# Retention


def test_a_record_tells_how_long_it_is_kept_and_by_what(place: Place) -> None:
    details = place.opentext.records.details(place.record())
    assert details is not None
    assert details.kept_until == noon(today(place), 7)
    assert details.retention is not None
    assert (details.retention.title, details.retention.years, details.retention.action) == (
        "Orders: 7 years", 7, "Destroy",
    )  # fmt: skip
    assert in_words(details.retention).startswith("Kept for 7 years, until ")
    assert in_words(details.retention).endswith(", by the schedule “Orders: 7 years”")


def test_schedules_are_read_once_for_many_records(place: Place) -> None:
    documents = [place.record(f"{number}.pdf") for number in range(4)]
    place.land.calls()
    for node in documents:
        place.opentext.records.details(node)
    calls = place.land.calls()
    assert calls.count("GET v2/rsis") == 1
    assert len(calls) == 2 * len(documents) + 1


def test_a_document_filed_into_a_classified_folder_is_kept_too(place: Place) -> None:
    folder = place.opentext.documents.folder(place.workspace, "02 Payment")
    details = place.opentext.records.details(place.upload("Invoice.pdf", folder=folder).id)
    assert details is not None
    assert (details.classification, details.schedule) == ("Invoices", "INV-10")
    assert details.kept_until == noon(today(place), 10)


def test_a_record_date_of_its_own_is_what_counts(place: Place) -> None:
    node = place.record()
    place.opentext.records.update(node, RecordChanges(record_date=date(2020, 2, 29), status="CLOSED", essential="ESS"))
    details = place.opentext.records.details(node)
    assert details is not None
    assert details.kept_until == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert (details.status, details.essential, details.storage) == ("CLOSED", "ESS", "EL")
    assert details.recorded_at == datetime(2020, 2, 29, tzinfo=UTC)


def test_a_schedule_that_counts_from_creation_asks_for_that_date_only_where_it_must(place: Place) -> None:
    rsi = place.land.content_server.state.rsis["ORD-7"]
    rsi.date_to_use, rsi.years, rsi.months = "91", 0, 18
    node = place.record()
    details = place.opentext.records.details(node)
    assert details is not None
    assert details.kept_until is not None
    assert (details.kept_until.date() - today(place)).days in range(540, 552)
    place.land.calls()
    known = datetime(2020, 8, 31, 3, tzinfo=UTC)
    details = place.opentext.records.details(node, created_at=known)
    assert details is not None
    assert details.kept_until == datetime(2022, 2, 28, 12, tzinfo=UTC)
    assert place.land.calls() == [f"GET v1/nodes/{node}/rmclassifications", f"GET v1/nodes/{node}/holds"]


@pytest.mark.parametrize(
    ("event_type", "basis", "words"),
    [
        (2, RetentionBasis.CALENDAR, "Kept for 7 years, counted from the end of a year"),
        (3, RetentionBasis.EVENT, "Kept until 7 years after an event"),
        (5, RetentionBasis.PERMANENT, "Kept for ever"),
    ],
)
def test_a_date_nobody_knows_is_not_made_up(place: Place, event_type: int, basis: RetentionBasis, words: str) -> None:
    place.land.content_server.state.rsis["ORD-7"].event_type = event_type
    details = place.opentext.records.details(place.record())
    assert details is not None
    assert details.retention is not None
    assert (details.kept_until, details.retention.basis) == (None, basis)
    assert in_words(details.retention).startswith(words)


def test_a_fixed_date_is_that_date(place: Place) -> None:
    rsi = place.land.content_server.state.rsis["ORD-7"]
    rsi.event_type, rsi.fixed_date = 4, datetime(2040, 1, 1, tzinfo=UTC)
    details = place.opentext.records.details(place.record())
    assert details is not None
    assert details.kept_until == datetime(2040, 1, 1, 12, tzinfo=UTC)


def test_schedules_we_may_not_read_hide_the_date_and_nothing_else(place: Place) -> None:
    node = place.record()
    place.land.fault("status", path="*/v2/rsis", status=403)
    for _ in range(2):
        details = place.opentext.records.details(node)
        assert details is not None
        assert details.retention is not None
        assert (details.schedule, details.kept_until) == ("ORD-7", None)
        assert in_words(details.retention) == "Kept by the schedule “ORD-7”"


def test_schedules_that_cannot_be_read_now_are_read_again_later(place: Place) -> None:
    node = place.record()
    place.land.fault("status", path="*/v2/rsis", status=503)
    with pytest.raises(Retryable):
        place.opentext.records.details(node)
    details = place.opentext.records.details(node)
    assert details is not None
    assert details.kept_until is not None


# Metadata


def test_many_records_are_described_in_one_call(place: Place) -> None:
    nodes = [place.record(f"{number}.pdf") for number in range(3)]
    place.land.calls()
    place.opentext.records.update_many(nodes, RecordChanges(official=True, storage="PA", record_date=date(2026, 1, 2)))
    assert place.land.calls() == ["POST v1/rmclassifications/RMMetadata"]
    for node in nodes:
        details = place.opentext.records.details(node)
        assert details is not None
        assert (details.is_official, details.storage) == (True, "PA")
        assert details.recorded_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_nothing_to_change_is_no_call(place: Place) -> None:
    node = place.record()
    place.land.calls()
    place.opentext.records.update(node, RecordChanges())
    place.opentext.records.update_many([node], RecordChanges())
    place.opentext.records.update_many([], RecordChanges(official=True))
    assert place.land.calls() == []


def test_codes_the_server_does_not_know_are_refused(place: Place) -> None:
    with pytest.raises(Permanent) as caught:
        place.opentext.records.update(place.record(), RecordChanges(status="MISSING"))
    assert "MISSING" in str(caught.value.context["said"])


def test_somebody_elses_change_in_between_is_not_overwritten(place: Place) -> None:
    node = place.record()
    place.land.fault("status", method="PUT", path="*/rmclassifications", status=409, body={
        "error": "Could not update metadata (edit conflict).",
    })  # fmt: skip
    with pytest.raises(Retryable) as caught:
        place.opentext.records.update(node, RecordChanges(official=True))
    assert caught.value.specific_code == "locked"
    place.opentext.records.update(node, RecordChanges(official=True))


# Disposition


def test_the_server_says_what_becomes_of_a_record_and_when(place: Place) -> None:
    node = place.record()
    [stage] = place.opentext.records.disposition(node)
    details = place.opentext.records.details(node)
    assert details is not None
    assert stage.due is not None
    assert details.kept_until is not None
    assert stage.due.date() == details.kept_until.date()  # the server's reckoning and ours
    assert (stage.action, stage.rule, stage.is_permanent, stage.awaits_event) == (
        "Destroy", "Calculated Date", False, False,
    )  # fmt: skip


def test_a_stage_that_waits_for_an_event_has_no_date(place: Place) -> None:
    place.land.content_server.state.rsis["ORD-7"].event_type = 3
    [stage] = place.opentext.records.disposition(place.record())
    assert (stage.due, stage.awaits_event) == (None, True)
    assert place.opentext.records.disposition(place.upload("Plain.pdf").id) == []


# Holds


def test_a_hold_is_made_once_under_its_name(place: Place) -> None:
    holds = place.opentext.holds
    assert holds.find("Dispute 7: “Ada” & Söhne") is None
    made = holds.ensure("Dispute 7: “Ada” & Söhne", "LEGAL", "by counsel")
    assert holds.ensure("Dispute 7: “Ada” & Söhne").id == made.id
    found = holds.find("Dispute 7: “Ada” & Söhne")
    assert found is not None
    assert (found.type, found.comment, found.is_active) == ("LEGAL", "by counsel", True)
    assert [each.name for each in holds.all()] == [made.name]


def test_a_lost_answer_to_a_new_hold_leaves_one(place: Place) -> None:
    place.land.fault("drop_after", method="POST", path="*/v1/holds")
    with pytest.raises(Retryable) as caught:
        place.opentext.holds.ensure("Dispute 7")
    assert caught.value.unknown_outcome
    place.opentext.holds.ensure("Dispute 7")
    assert len(place.opentext.holds.all()) == 1


def test_many_documents_are_held_and_released_in_one_call_each(place: Place) -> None:
    nodes = [place.upload(f"{number}.pdf").id for number in range(5)]
    hold = place.opentext.holds.ensure("Dispute 7").id
    place.land.calls()
    for _ in range(2):
        place.opentext.holds.apply(nodes, hold)
    assert place.land.calls() == ["POST v1/rmclassifications/applyhold"] * 2
    assert place.opentext.holds.not_on(nodes, hold) == []
    assert sorted(ids(place.opentext.holds.items(hold))) == sorted(nodes)
    [applied] = place.opentext.holds.on(nodes[0])
    assert (applied.hold.name, applied.is_direct, applied.source) == ("Dispute 7", True, nodes[0])
    place.opentext.holds.release(nodes[:4], hold, "settled")
    assert place.opentext.holds.not_on(nodes, hold) == nodes[:4]
    assert place.opentext.holds.not_on(nodes[3:], hold) == [nodes[3]]


def test_other_holds_stay(place: Place) -> None:
    node, holds = place.upload().id, place.opentext.holds
    first, second = holds.ensure("One").id, holds.ensure("Two").id
    holds.apply([node], first)
    holds.apply([node], second)
    holds.release([node], first)
    assert holds.active_on(node) == ("Two",)


def test_what_the_server_passes_over_is_told(place: Place) -> None:
    node, hidden = place.upload("a.pdf").id, place.upload("b.pdf").id
    hold = place.opentext.holds.ensure("Dispute 7").id
    place.hide(hidden)
    place.opentext.holds.apply([node, hidden], hold)
    assert place.opentext.holds.not_on([node, hidden], hold) == [hidden]


def test_a_hold_on_the_workspace_reaches_its_documents(place: Place) -> None:
    node = place.upload().id
    hold = place.opentext.holds.ensure("Dispute 7").id
    place.opentext.holds.apply([place.workspace], hold)
    [applied] = place.opentext.holds.on(node)
    assert (applied.is_direct, applied.source, applied.source_name) == (
        False, place.workspace, "Order 100 (demostore1)",
    )  # fmt: skip


def test_a_lifted_hold_holds_nothing_and_a_used_one_stays(place: Place) -> None:
    holds, node = place.opentext.holds, place.upload().id
    hold = holds.ensure("Dispute 7")
    holds.apply([node], hold.id)
    with pytest.raises(Permanent) as caught:
        holds.delete(hold.id)
    assert caught.value.specific_code == "hold_in_use"
    place.land.content_server.state.holds[hold.id].active = False
    assert holds.active_on(node) == ()
    with pytest.raises(Permanent) as caught:
        holds.ensure("Dispute 7")
    assert caught.value.specific_code == "hold_inactive"
    holds.release([node], hold.id)
    holds.delete(hold.id)
    assert holds.find("Dispute 7") is None


def test_a_hold_that_does_not_exist_is_not_found(place: Place) -> None:
    with pytest.raises(NotFound):
        place.opentext.holds.apply([place.upload().id], 999)
    with pytest.raises(Permanent):
        place.opentext.holds.ensure("X", "NO SUCH TYPE")


# What stands against deleting


def kinds(place: Place, node: NodeId) -> list[Obstacle]:
    return [each.kind for each in place.opentext.records.obstacles(node)]


def test_nothing_stands_against_deleting_a_plain_document(place: Place) -> None:
    node = place.upload().id
    place.land.calls()
    assert kinds(place, node) == []
    assert len(place.land.calls()) == 3


def test_each_reason_is_named_in_words(place: Place) -> None:
    node, opentext = place.record(), place.opentext
    assert kinds(place, node) == [Obstacle.RETENTION]
    opentext.records.update(node, RecordChanges(official=True))
    opentext.holds.apply([node], opentext.holds.ensure("Dispute 7").id)
    opentext.items.reserve(node)
    found = opentext.records.obstacles(node)
    assert [each.kind for each in found] == [
        Obstacle.HOLD, Obstacle.OFFICIAL, Obstacle.RETENTION, Obstacle.RESERVED,
    ]  # fmt: skip
    assert found[0].words == "It is on the hold “Dispute 7”"
    assert found[1].words == "It is an official record of class Orders"
    assert found[2].words.startswith("Kept for 7 years, until ")
    opentext.items.unreserve(node)
    opentext.records.finalize([node])
    assert Obstacle.FINALIZED in kinds(place, node)


def test_a_record_whose_time_is_over_may_go(place: Place) -> None:
    node = place.record()
    later = place.land.world.clock.now() + timedelta(days=366 * 7)
    assert place.opentext.records.obstacles(node, now=later) == []


def test_a_folder_that_holds_something_says_how_much(place: Place) -> None:
    place.upload()
    [obstacle] = place.opentext.records.obstacles(place.folder)
    assert (obstacle.kind, obstacle.words) == (Obstacle.NOT_EMPTY, "It still holds 1 item")


def test_credentials_that_end_while_schedules_are_read_are_not_hidden(land: Landscape, place: Place) -> None:
    node = place.record()
    land.fault("status", path="*/v2/rsis", status=401, count=2)
    with pytest.raises(NeedsReauth):
        place.opentext.records.details(node)


def test_the_seed_has_a_schedule_for_every_class(land: Landscape) -> None:
    for entry in seed.FILE_PLAN:
        stages = land.opentext.records._schedules.stages(entry.rsi)
        assert [stage.years for stage in stages] == [entry.years]
