"""The webhooks' secret header, renewed by a button: both are taken until all webhooks carry the new one, and then for
a while; what stops half-way goes on; nothing a store sends is lost meanwhile."""

from app.db.audit import AuditEntry
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import Provider
from app.engine.sessions import Role
from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER, Browser, Doors

PAGE = "/settings/messages"


def header(doors: Doors) -> dict[str, str]:
    return doors.house.deps.door(Provider.BIGCOMMERCE).hook_headers(credentials.STORE_HASH)


def is_taken(doors: Doors, own: dict[str, str]) -> bool:
    body = doors.delivery()
    return doors.webhook(body, doors.signed(body) | own).status_code == 200


def carried(doors: Doors) -> list[str]:
    hooks = doors.house.store_api.get("v3/hooks?limit=250").json()["data"]
    return [value for hook in hooks for value in hook["headers"].values()]


def words(owner: Browser) -> str:
    return owner.get(PAGE).get_data(as_text=True)


def test_old_and_new_are_taken_until_every_webhook_carries_the_new_one_and_for_days_after(doors: Doors) -> None:
    doors.house.drain()
    owner, old = doors.signed_in(), header(doors)
    assert "Made when the app was installed." in words(owner)
    doors.house.stage.world.faults.add(
        FaultRule(system="bigcommerce", path="*/v3/hooks/*", method="PUT", kind="status", status=503, count=1)
    )
    hooks = len(carried(doors))
    assert owner.post(f"{PAGE}/header").headers["Location"] == f"{PAGE}?done=renewed"
    new = header(doors)
    assert old != new
    doors.house.drain()
    assert is_taken(doors, old)  # the first try stopped half-way
    assert is_taken(doors, new)
    assert "Being changed" in words(owner)
    assert owner.post(f"{PAGE}/header/end").status_code == 409  # what an unchanged webhook sends would be lost
    assert owner.post(f"{PAGE}/header").status_code == 409
    owner.post(f"{PAGE}/header/spread")
    doors.house.hurry()
    doors.house.drain()
    assert carried(doors) == list(new.values()) * hooks
    assert "On every webhook" in words(owner)
    assert is_taken(doors, old)  # what failed before is repeated as it was
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).earlier_hook_until = utc_now()
    assert not is_taken(doors, old)
    assert is_taken(doors, new)
    assert "Renew the header" in words(owner)


def test_a_leaked_header_is_ended_at_once_owners_only_and_all_is_audited(doors: Doors) -> None:
    doors.house.drain()
    owner, old = doors.signed_in(), header(doors)
    owner.post(f"{PAGE}/header")
    doors.house.drain()
    manager = doors.signed_in(OTHER, role=Role.MANAGER)
    assert manager.post(f"{PAGE}/header/end").status_code == 403
    assert "secret header" not in words(manager)
    assert owner.post(f"{PAGE}/header/end").headers["Location"] == f"{PAGE}?done=ended"
    assert not is_taken(doors, old)
    assert is_taken(doors, header(doors))
    entries = [one for one in doors.house.rows(AuditEntry) if one.action.startswith("hook_secret.")]
    assert [one.action for one in entries] == ["hook_secret.renewed", "hook_secret.spread", "hook_secret.earlier_ended"]
    assert not any(value in repr([one.detail for one in entries]) for value in (*old.values(), *header(doors).values()))
