"""Several workspaces match an object: nothing is guessed, a person chooses once, the work goes on in the chosen one."""

from app.db.audit import AuditEntry
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.session import unit_of_work
from app.domain.cases import CaseKind
from app.engine import cases
from app.engine.cases import NewCase
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER, Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on


def import_twice(house: House, key: tuple[str, str, str], first: int, second: int) -> None:
    """Two workspaces of one business object, as an import may leave them."""
    state = house.stage.content_server.state
    state.by_business_object[key] = first
    state.rivals[key] = [second]


def test_one_of_several_workspaces_is_chosen_remembered_and_used(house: House) -> None:
    house.install()
    known = [house.place_order("950.00", ship_to="FR") for _ in range(2)]
    house.drain()
    first, second = (house.rows(WorkspaceLink, object_type="order", object_id=one)[0] for one in known)
    order_id = house.place_order("950.00", ship_to="FR")
    key = ("BigCommerce", "ORDER", first.business_object_id.rpartition("-")[0] + f"-{order_id}")
    import_twice(house, key, first.workspace_id, second.workspace_id)
    house.drain()
    assert house.rows(WorkspaceLink, object_type="order", object_id=order_id) == []
    browser, panel = Doors(house).signed_in(), f"/panel/orders/{order_id}"
    page = browser.get(panel).get_data(as_text=True)
    assert "Several workspaces match" in words_on(page)
    assert f'href="{panel}/workspaces"' in page
    assert "Several workspaces" in words_on(browser.get("/").get_data(as_text=True))

    listed = words_on(browser.get(f"{panel}/workspaces").get_data(as_text=True))
    assert first.workspace_name in listed
    assert second.workspace_name in listed
    assert browser.post(f"{panel}/workspaces", {"workspace": "order:2000"}).status_code == 403
    assert browser.post(f"{panel}/workspaces", {"workspace": "what"}).status_code == 403
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert viewer.post(f"{panel}/workspaces", {"workspace": f"order:{second.workspace_id}"}).status_code == 403
    assert viewer.get(f"{panel}/workspaces").status_code == 403
    fault = FaultRule(system="content_server", kind="status", status=503)
    house.stage.world.faults.add(fault)
    assert browser.post(f"{panel}/workspaces", {"workspace": f"order:{second.workspace_id}"}).status_code == 503
    house.stage.world.faults.remove()
    house.hurry()

    assert browser.post(f"{panel}/workspaces", {"workspace": f"order:{second.workspace_id}"}).status_code == 303
    house.drain()
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order_id)
    assert link.workspace_id == second.workspace_id
    assert "Several workspaces match" not in words_on(browser.get(panel).get_data(as_text=True))
    assert any(order_id in one.name for one in house.rows(FiledDocument))
    assert [one.object for one in house.rows(AuditEntry) if one.action == "workspace.chosen"] == [
        f"node:{second.workspace_id}"
    ]
    assert "Chosen" in words_on(browser.get(f"{panel}/workspaces").get_data(as_text=True))


def test_the_workspace_of_a_company_and_of_a_case_is_chosen_the_same_way(house: House) -> None:
    house.install()
    known = [house.place_order("950.00", ship_to="FR") for _ in range(2)]
    house.drain()
    nodes = [house.rows(WorkspaceLink, object_type="order", object_id=one)[0] for one in known]
    claim = cases.open_case(
        house.deps,
        house.store_id,
        NewCase(CaseKind.COMPLAINT, "told by telephone", "Ada", reason="goods", text="Scratched"),
    )
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(SubjectSnapshot(store_id=house.store_id, object_type="company", object_id="9", name="Werft AG"))
    beginning = nodes[0].business_object_id.rpartition("-")[0]
    for kind, number in (("COMPANY", "9"), ("COMPLAINT", claim.id)):
        import_twice(
            house, ("BigCommerce", kind, f"{beginning}-{number}"), nodes[0].workspace_id, nodes[1].workspace_id
        )
    house.drain()
    assert house.rows(WorkspaceLink, object_type="case") == [], "nothing is guessed"
    browser = Doors(house).signed_in()
    for kind, path, number in (("company", "companies", "9"), ("case", "cases", claim.id)):
        panel = f"/panel/{path}/{number}"
        listed = words_on(browser.get(f"{panel}/workspaces").get_data(as_text=True))
        assert nodes[0].workspace_name in listed
        assert browser.post(f"{panel}/workspaces", {"workspace": f"{kind}:2000"}).status_code == 403
        assert browser.post(f"{panel}/workspaces", {"workspace": f"{kind}:{nodes[1].workspace_id}"}).status_code == 303
        (link,) = house.rows(WorkspaceLink, object_type=kind, object_id=number)
        assert link.workspace_id == nodes[1].workspace_id
    house.drain()
    assert house.run_of("complaint-case", claim.id).state in ("waiting", "running"), "what waited goes on"
