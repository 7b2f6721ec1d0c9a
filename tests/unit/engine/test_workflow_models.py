"""The workflow models of a store: deployed once, at the price of one listing afterwards."""

import httpx
import pytest

from app import wiring
from app.engine import connections, models
from app.errors import Retryable
from app.opentext.workflow_service.models import MODELS
from tests.house import House

PATH = "/workflow/v1/runtime/models"


def calls(house: House) -> list[tuple[str, int]]:
    ledger = house.stage.world.ledger
    found = [(e.method, e.status) for e in ledger.since(system="workflow") if e.path.split("?")[0] == PATH]
    ledger.clear()
    return found


def versions(house: House) -> set[int]:
    return {model.version for model in house.stage.workflow.engine.models()}


def test_every_model_is_deployed_when_a_store_is_connected(installed_house: House) -> None:
    assert set(installed_house.connection_row().deployed_models) == set(MODELS)
    assert {m.key for m in installed_house.stage.workflow.engine.models()} == set(MODELS)
    assert versions(installed_house) == {1}


def test_looking_again_costs_one_call_and_deploys_nothing(installed_house: House) -> None:
    house = installed_house
    calls(house)
    report = models.ensure_deployed(house.deps, house.store_id)
    assert calls(house) == [("GET", 200)]
    assert set(report.values()) == {"kept, version 1"}
    assert versions(house) == {1}


def test_what_somebody_removed_is_deployed_again_and_nothing_else(installed_house: House) -> None:
    house = installed_house
    engine = house.stage.workflow.engine
    engine.undeploy(engine.latest("sf_complaint").id)
    calls(house)
    report = models.ensure_deployed(house.deps, house.store_id)
    assert [method for method, _ in calls(house)] == ["GET", "POST"]
    assert set(report) == {f"workflow model {key}" for key in MODELS}
    assert engine.latest("sf_complaint").key == "sf_complaint"


class BreaksAfter(httpx.BaseTransport):
    """A network that takes so many deployments and then is gone."""

    def __init__(self, inner: httpx.BaseTransport, count: int) -> None:
        self._inner, self.left = inner, count

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path == PATH:
            if not self.left:
                raise httpx.ConnectError("gone", request=request)
            self.left -= 1
        return self._inner.handle_request(request)


def test_a_failure_in_the_middle_makes_no_further_versions_of_what_was_done(house: House) -> None:
    found = house.install(connect=False)
    connections.save(house.deps, found, house.connection(found), "tester")
    network = BreaksAfter(house.stage.transport, 3)
    deps = wiring.build(house.settings, transport=network, doorbell=house.bell)
    with pytest.raises(Retryable):
        models.ensure_deployed(deps, found)
    assert set(house.connection_row().deployed_models) == set(MODELS[:3])
    network.left = len(MODELS)
    models.ensure_deployed(deps, found)
    assert network.left == 3
    assert versions(house) == {1}
    deps.close()
