"""Policies of a shop: nobody tells when they change, so they are looked at, and every version is kept."""

from app.db.links import FiledDocument
from app.db.runs import Run
from sandbox import credentials
from tests.engine import office
from tests.house import House

SHOP = credentials.SHOPIFY_SHOP


def look(house: House) -> None:
    house.request(house.store_id, "store", SHOP, "look_at_pages")
    house.drain()


def versions(house: House) -> list[str]:
    """The pages of which a version was kept, one for each version."""
    return sorted(run.subject_id for run in house.rows(Run, scenario="policy-versions", state="done"))


def test_a_changed_policy_is_found_by_looking_and_kept_once(house: House) -> None:
    house.move_in_shop()
    office.switch_on(house, "policy-look", "policy-versions")
    house.stage.shopify_admin.grant(["write_legal_policies", "write_content"])
    look(house)
    look(house)
    before = versions(house)
    assert "policy:REFUND_POLICY" in before
    assert len(before) == len(set(before))
    with house.stage.shopify.acting(SHOP) as shop:
        policy = next(one for one in shop.all("ShopPolicy") if one["type"] == "REFUND_POLICY")
        policy["body"] = "<p>You have 60 days.</p>"
        shop.touch(policy)
    look(house)
    assert versions(house) == sorted([*before, "policy:REFUND_POLICY"])
    assert {row.record_class for row in house.rows(FiledDocument)} >= {"Policies"}
