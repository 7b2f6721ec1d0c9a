"""Companies, cases, pages, customers and products hide what an order hides: never a name, always a way to ask."""

import re

import pytest

from app.db import search
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.publications import Publication
from app.db.session import unit_of_work
from app.domain.rights import EVERYBODY, OWNER, VIEWERS, Entry, Mode
from app.domain.search import TEXT, Term, TermKind
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER
from tests.doors import OWNER as OWNER_ID
from tests.rights.people import ANNA, CANARY, LIAM, Case, choose

CASE = "c" * 32
OBJECTS = {
    "companies": ("company", "9"), "cases": ("case", CASE), "pages": ("page", "page:4"), "customers": ("customer", "7"),
    "products": ("product", "77"),
}  # fmt: skip
MAY_NOT = "You don&#39;t have access. Request it from Finance gives access."


def plant(case: Case, kind: str, object_id: str) -> None:
    """An object whose workspace, documents and publications all say what must not be read."""
    house = case.house
    run = house.run_of("order-review", case.order)
    with unit_of_work(house.deps.database) as uow:
        facts = {"kind": "return", "state": "open"}
        uow.session.add(
            SubjectSnapshot(store_id=house.store_id, object_type=kind, object_id=object_id, name="Open", facts=facts)
        )
        link = WorkspaceLink(
            store_id=house.store_id, object_type=kind, object_id=object_id, object_name=CANARY, workspace_name=CANARY,
            business_object_type=kind, business_object_id=object_id, workspace_id=990_001,
            workspace_url=f"http://content.test/{CANARY}",
        )  # fmt: skip
        uow.session.add(link)
        search.note(uow.session, house.store_id, kind, object_id, {Term(TermKind.TITLE, f"{TEXT}open")})
        uow.session.flush()
        uow.session.add(
            FiledDocument(
                store_id=house.store_id, link_id=link.id, node_id=990_002, name=f"{CANARY}.pdf", folder=CANARY
            )
        )
        uow.session.add(
            Publication(store_id=house.store_id, run_id=run.id, object_type=kind, object_id=object_id, node_id=990_003,
                        version=1, sha256="", document_name=CANARY, approved_by=CANARY, state="live")
        )  # fmt: skip


@pytest.mark.parametrize("path", list(OBJECTS))
def test_what_the_map_hides_is_named_nowhere_and_can_be_asked_for(case: Case, path: str) -> None:
    kind, object_id = OBJECTS[path]
    plant(case, kind, object_id)
    panel = f"/panel/{path}/{object_id}"
    owner, viewer = case.person(OWNER_ID), case.person(OTHER, Role.VIEWER)
    assert CANARY in viewer.text(panel), "without a map everybody sees everything"
    choose(case.house, Mode.SERVICE, Entry(OWNER), Entry(EVERYBODY, "status"))
    for page in (panel, f"{panel}/cards", f"{panel}/timeline", f"/find?q=open&show={kind}:{object_id}"):
        text = viewer.text(page)
        assert CANARY not in text, page
    text = viewer.text(panel)
    assert MAY_NOT in text
    assert "Request access" in text
    assert viewer.post(f"{panel}/access").status_code == 303
    assert "You asked for access" in viewer.text(panel)
    for asked in (object_id, "open"):  # by its id, and as it is called
        told = owner.text(f"/settings/rights/test?person={VIEWERS}&kind={kind}&object_id={asked}")
        assert re.search(rf"Document: <bdi>{CANARY}\.pdf.*?Does not see it", told, re.DOTALL), asked
    home = owner.text("/")
    assert re.search(rf'<a href="{re.escape(panel)}"><bdi>Open</bdi></a>', home)
    assert CANARY in owner.text(panel)
    for act in ("ask/create_workspace", "workspaces"):
        assert viewer.post(f"{panel}/{act}").status_code == 403


@pytest.mark.parametrize("path", ["companies", "cases", "pages"])
def test_people_who_sign_in_see_them_as_opentext_says(personal: Case, path: str) -> None:
    kind, object_id = OBJECTS[path]
    plant(personal, kind, object_id)
    panel, person = f"/panel/{path}/{object_id}", personal.person()
    assert "Sign in to OpenText" in person.text(panel)
    for login in (ANNA, LIAM):  # neither may see what is not there
        person.sign_in(login)
        text = person.text(panel)
        assert CANARY not in text
        assert MAY_NOT in text
    personal.house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    text = person.text(panel)
    assert "OpenText cannot say now what you may see" in text
    assert CANARY not in text
