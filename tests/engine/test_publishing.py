"""OpenText to store: exactly the approved version, provable, shown when it drifts, undone without harm."""

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from app.db.links import FiledDocument, SharedDocument, WorkspaceLink
from app.db.publications import ApprovalRow, Publication, PublicationField
from app.db.runs import Run
from app.db.session import unit_of_work
from app.domain.ids import NodeId, ObjectType
from app.domain.publication import ApprovedSource
from app.engine import schedule
from app.engine.publications import Draft, ledger
from app.errors import Permanent
from sandbox.kernel.faults import FaultRule
from tests.house import House

SHEET = "Product content.json"


def picture(colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(buffer, "PNG")
    return buffer.getvalue()


def sheet(**fields: object) -> bytes:
    return json.dumps({"name": "Desk lamp Aurora", "description": "<p>Approved text</p>"} | fields).encode()


class Launch:
    """One product with its launch workspace."""

    def __init__(self, house: House, **fields: object) -> None:
        self.house = house
        self.product_id = house.make_product(**fields)
        house.drain()
        (link,) = house.rows(WorkspaceLink, object_type="product", object_id=self.product_id)
        self.workspace_id = link.workspace_id

    def write(self, content: bytes, name: str = SHEET, folder: str = "01 Content") -> int:
        return self.house.write_document(self.workspace_id, folder, name, content)

    def publish(self, content: bytes) -> int:
        node_id = self.write(content)
        self.house.approve(node_id)
        self.house.drain()
        return node_id

    def live(self) -> dict:
        return self.house.product(self.product_id)

    def publication(self) -> Publication:
        return sorted(self.house.rows(Publication, object_id=self.product_id), key=lambda row: row.created_at)[-1]

    def states(self) -> dict[str, str]:
        rows = self.house.rows(PublicationField, publication_id=self.publication().id)
        return {row.field: row.state for row in rows}

    def ask(self, request: str, **detail: str) -> None:
        self.house.request(self.house.store_id, "product", self.product_id, request, **detail)
        self.house.drain()

    def runs(self, scenario: str):
        return self.house.rows(Run, scenario=scenario, subject_id=self.product_id)


@pytest.fixture
def launch(installed_house: House) -> Launch:
    return Launch(installed_house)


def test_a_new_product_gets_a_workspace_with_a_content_sheet_of_its_present_texts(launch):
    documents = {row.name: row for row in launch.house.rows(FiledDocument)}
    assert SHEET in documents
    assert documents[SHEET].folder == "01 Content"


def test_the_approved_version_is_published_and_a_newer_draft_is_not(launch):
    node_id = launch.write(sheet(name="Approved name"))
    launch.write(sheet(name="Draft name"))
    launch.house.approve(node_id, version=2)
    launch.house.drain()
    assert launch.live()["name"] == "Approved name"
    publication = launch.publication()
    assert (publication.version, publication.state, publication.approved_by) == (2, "live", "tom.okafor@demo")
    assert len(publication.sha256) == 64


def test_every_field_keeps_what_was_there_before_and_evidence_is_filed(launch):
    launch.publish(sheet())
    rows = {row.field: row for row in launch.house.rows(PublicationField, publication_id=launch.publication().id)}
    assert rows["name"].before == {"text": "Desk lamp"}
    assert rows["name"].live == rows["name"].after == {"text": "Desk lamp Aurora"}
    evidence = {row.name: row.record_class for row in launch.house.rows(FiledDocument) if row.folder == "04 Evidence"}
    approval, published = sorted(evidence)
    assert approval == "Approval of Product content.json version 2.pdf"
    assert published.startswith("Published version 2 ")
    assert set(evidence.values()) == {"Approvals"}


def test_nothing_is_published_without_an_approval_kept_as_a_record(launch):
    house = launch.house
    source = ApprovedSource(NodeId(1), 1, "0" * 64, SHEET, "tom.okafor@demo", None)
    draft = Draft(house.store_id, "run", ObjectType.PRODUCT, launch.product_id, "content", launch.product_id, "Lamp",
                  source, "", [])  # fmt: skip
    with pytest.raises(Permanent, match="No approval of version 1") as refused:
        ledger.start(house.deps, draft)
    assert (refused.value.specific_code, house.rows(Publication)) == ("no_approval_record", [])


def test_a_decision_against_lets_nothing_be_published(launch):
    launch.publish(sheet())
    (kept,) = launch.house.rows(ApprovalRow)
    assert (kept.about, kept.is_approved, kept.decided_by) == ("Product content", True, "tom.okafor@demo")
    assert launch.publication().approval_id == kept.id
    with unit_of_work(launch.house.deps.database) as uow:
        uow.session.get_one(ApprovalRow, kept.id).is_approved = False
        uow.session.get_one(Publication, launch.publication().id).state = "undone"
    (run,) = launch.runs("product-content-publish")
    source = ApprovedSource(NodeId(kept.node_id), kept.version, kept.sha256, SHEET, kept.decided_by, None)
    draft = Draft(launch.house.store_id, run.id, ObjectType.PRODUCT, launch.product_id, "content", launch.product_id,
                  "Lamp", source, "", [])  # fmt: skip
    with pytest.raises(Permanent, match="is kept as a record, so it was not published"):
        ledger.start(launch.house.deps, draft)


def test_dangerous_markup_never_reaches_the_store(launch):
    html = '<p onclick="x()">Hi<script>alert(1)</script><img src="https://evil.example/x.png">'
    html += '<a href="javascript:x">y</a></p>'
    launch.publish(sheet(description=html))
    description = launch.live()["description"]
    assert description.startswith("<p>Hi")
    for bad in ("script", "onclick", "javascript", "evil.example"):
        assert bad not in description


def test_images_and_the_compliance_document_go_live_in_the_version_the_approver_saw(launch):
    launch.write(picture(), "front.png", "02 Images")
    launch.write(b"%PDF-1.7 declaration", "Declaration.pdf", "03 Compliance")
    launch.publish(sheet(images=[{"document": "front.png", "alt": "The lamp", "thumbnail": True}],
                         compliance={"document": "Declaration.pdf", "label": "EU declaration"}))  # fmt: skip
    product = launch.live()
    assert [(i["description"], i["is_thumbnail"]) for i in product["images"]] == [("The lamp", True)]
    (field,) = [f for f in product["custom_fields"] if f["name"] == "EU declaration"]
    (shared,) = launch.house.rows(SharedDocument)
    assert shared.token in field["value"]
    path = field["value"].removeprefix("http://app.test")
    with launch.house.flask.test_client().get(path, base_url="http://app.test") as answer:
        assert (answer.status_code, answer.data) == (200, b"%PDF-1.7 declaration")
    assert set(launch.states().values()) == {"live"}


def test_a_picture_added_after_the_approval_is_not_published(launch):
    node_id = launch.write(sheet(images=[{"document": "late.png"}]))
    launch.house.stage.world.faults.add(FaultRule(system="content_server", kind="withhold"))
    launch.house.approve(node_id)
    launch.house.stage.world.clock.advance(timedelta(minutes=5))
    launch.write(picture(), "late.png", "02 Images")
    launch.house.stage.world.deliveries.release()
    launch.house.drain()
    (run,) = launch.runs("product-content-publish")
    assert run.state == "quarantined"
    assert "nobody approved it" in launch.house.steps_of(run)[1].error_message
    assert launch.live()["name"] == "Desk lamp"


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"not json", "the file"), (b'{"name": ""}', "name"), (b'{"nmae": "x"}', "nmae"),
     (b'{"images": [{"alt": "x"}]}', "images.0.document")],
)  # fmt: skip
def test_a_sheet_with_a_mistake_is_refused_with_the_place_named(launch, content, named):
    launch.publish(content)
    (run,) = launch.runs("product-content-publish")
    (step,) = [s for s in launch.house.steps_of(run) if s.status == "quarantined"]
    assert (step.error_code, named in step.error_message) == ("sheet_invalid", True)
    assert launch.live()["name"] == "Desk lamp"


def test_an_approval_whose_call_never_came_is_found_by_looking(launch):
    launch.house.stage.world.faults.add(FaultRule(system="content_server", kind="withhold"))
    launch.publish(sheet())
    assert launch.live()["name"] == "Desk lamp"
    schedule._poll_approvals(launch.house.deps)  # the sweep itself, not its turn
    launch.house.drain()
    assert launch.live()["name"] == "Desk lamp Aurora"


def test_the_same_approval_told_three_times_is_published_once(launch):
    launch.house.stage.world.faults.add(FaultRule(system="content_server", kind="duplicate"))
    node_id = launch.publish(sheet())
    launch.house.approve(node_id)
    launch.house.drain()
    assert len(launch.runs("product-content-publish")) == 1
    assert len([e for e in launch.house.effects("bigcommerce", f"product {launch.product_id}") if "name" in e]) == 1


def test_a_change_in_the_store_is_shown_as_drift_and_restored_on_request(launch):
    launch.publish(sheet())
    launch.house.store_api.put(f"v3/catalog/products/{launch.product_id}", json={"name": "Hand-made name"})
    launch.house.drain()
    assert launch.states() == {"name": "drifted", "description": "live"}
    assert launch.live()["name"] == "Hand-made name"
    launch.ask("restore", publication_id=launch.publication().id, fields="name")
    assert launch.live()["name"] == "Desk lamp Aurora"
    assert launch.states()["name"] == "live"


def test_undo_puts_back_what_was_there_and_skips_what_a_person_changed(launch):
    launch.write(picture(), "front.png", "02 Images")
    launch.publish(sheet(images=[{"document": "front.png", "alt": "Lamp"}]))
    launch.house.store_api.put(f"v3/catalog/products/{launch.product_id}", json={"name": "Hand-made name"})
    launch.house.drain()
    launch.ask("undo", publication_id=launch.publication().id)
    product = launch.live()
    assert (product["name"], product["description"], product["images"]) == ("Hand-made name", "<p>Old text</p>", [])
    assert launch.states() == {"name": "kept", "description": "undone", "image:front.png": "undone"}
    (run,) = launch.runs("product-content-undo")
    assert "because somebody changed it since: Name" in launch.house.steps_of(run)[0].summary


def test_undoing_twice_changes_nothing_more(launch):
    launch.publish(sheet())
    for _ in range(2):
        launch.ask("undo", publication_id=launch.publication().id)
    assert launch.live()["name"] == "Desk lamp"
    assert set(launch.states().values()) == {"undone"}


def test_the_next_approved_version_takes_over_and_undo_goes_back_to_the_one_before(launch):
    launch.publish(sheet(name="First"))
    first = launch.publication()
    launch.publish(sheet(name="Second"))
    assert launch.house.rows(Publication, id=first.id)[0].state == "superseded"
    launch.ask("undo", publication_id=launch.publication().id)
    assert launch.live()["name"] == "First"


def test_another_stores_publication_is_like_none(launch):
    launch.publish(sheet())
    launch.ask("undo", publication_id="0" * 32)
    (run,) = launch.runs("product-content-undo")
    assert run.state == "quarantined"
    assert launch.live()["name"] == "Desk lamp Aurora"
