"""Our workflow models in the tenant: deployed once per content, with the callback client they sign in to us with."""

from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection
from app.domain.ids import StoreId
from app.engine import connections
from app.engine.deps import Deps
from app.opentext.workflow_service.models import MODELS, load_model


def ensure_deployed(deps: Deps, store_id: StoreId) -> dict[str, str]:
    """Model → what was done. Deploys what is new or changed; running instances keep their version.

    One listing where nothing changed, one call more for each model to deploy. What was deployed before a failure is
    written down, so that a repetition makes no further versions of it.
    """
    with reading(deps.database) as session:
        row = session.get_one(OpenTextConnection, store_id)
    client = connections.callback_client(deps.database, deps.vault, store_id)
    deployment, report, known = deps.opentext(store_id).deployment, {}, dict(row.deployed_models)
    present = deployment.latest_of_each() if known else {}
    try:
        for key in MODELS:
            xml = load_model(key, client.client_id, client.secret)
            deployed = deployment.ensure_deployed(key, xml, known.get(key, ""), present)
            done = "kept" if deployed.digest == known.get(key) else "deployed"
            known[key] = deployed.digest
            report[f"workflow model {key}"] = f"{done}, version {deployed.version}"
    finally:
        with unit_of_work(deps.database) as uow:
            uow.session.get_one(OpenTextConnection, store_id).deployed_models = known
    return report
