"""Every call of the main job fails once, in every way; the job ends as if nothing had happened, each effect once."""

import pytest

from app.db.runs import Work
from sandbox.kernel.faults import FaultRule
from tests.house import House

JOBS = 8  # among which the calls are dealt out
KINDS = ("status", "drop_before", "drop_after", "truncate")


def run_main_job(house: House) -> str:
    order_id = house.place_order("950.00")
    settle(house)
    house.decide(order_id, "approved", comment="Fine")
    settle(house)
    return order_id


def settle(house: House) -> None:
    """Let postponed work come due again, until none is left, as hours would."""
    house.drain()
    for _ in range(8):
        if not any(work.attempts for work in house.rows(Work)):
            break
        house.hurry()
        house.drain()


def made(house: House) -> dict[str, int]:
    """How often each thing was made so far, all orders together."""
    return {
        "workspaces": len(house.effects("content_server", "workspace")),
        "documents": len([e for e in house.effects("content_server", "document") if "created" in e]),
        "versions": len([e for e in house.effects("content_server", "version") if "added" in e]),
        "workflows": len(house.effects("workflow", "started")),
        "metafields": len(house.effects("bigcommerce", "metafield")),
    }


def calls_of_the_main_job(house: House) -> list[tuple[str, str, str]]:
    """(system, method, path pattern) of every different call our side makes in a run without faults."""
    start = house.stage.world.ledger.since()[-1].sequence
    run_main_job(house)
    seen: dict[tuple[str, str, str], None] = {}
    for entry in house.stage.world.ledger.since(start):
        path = entry.path.partition("?")[0]
        if (entry.system, entry.method) == ("bigcommerce", "POST") and path.endswith("/v2/orders"):
            continue  # the buyer's call, not ours
        pattern = "/".join(
            "*" if any(c.isdigit() for c in part) and len(part) > 2 else part for part in path.split("/")
        )
        seen[entry.system, entry.method, pattern] = None
    return list(seen)


ONCE = {"documents": 2, "versions": 0, "workflows": 1, "metafields": 2}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_call_changes_nothing_in_the_end(house, kind):
    """Several in one job, far enough apart that each strikes another step: a job goes through all of them."""
    house.install()  # not a copy: what a process keeps is not asked for, and counted, again
    calls = calls_of_the_main_job(house)
    assert len(calls) >= 15
    struck = 0
    for start in range(JOBS):
        before, faults = made(house), house.stage.world.faults
        here = calls[start::JOBS]
        for system, method, path in here:
            faults.add(FaultRule(system=system, method=method, path=path, kind=kind, status=503, count=1))
        order_id = run_main_job(house)
        struck += len(here) - faults.remove()
        run, order = house.run_of("order-review", order_id), house.order(order_id)
        where = (here, [(s.kind, s.status, s.error_message) for s in house.steps_of(run)])
        assert (run.state, run.outcome, order["status_id"]) == ("done", "approved", 11), where
        assert {k: made(house)[k] - before[k] for k in ONCE} == ONCE, where
        assert order["staff_notes"].count("[ECM]") == 2, where
        assert len(house.effects("bigcommerce", f"order {order_id} status")) == 2, where
    assert struck >= len(calls) - 5  # tokens and look-ups that are kept (document types too) are not asked for again
