"""Setting a store up, and keeping it so: profile, webhooks, panels, workflow models. Idempotent; each part reported."""

from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.domain.commerce import StoreProfile
from app.domain.events import Topic
from app.domain.ids import Provider, StoreId, external_store_id
from app.domain.scenario import Mode
from app.engine import hook_secrets, models, preferences
from app.engine.deps import Deps
from app.errors import AppError
from app.scenarios import ALL


def run(deps: Deps, store_id: StoreId, profile: StoreProfile) -> dict[str, str]:
    """Part → what was done ("webhook orders": "kept"). A failing workflow deployment does not hide the rest."""
    report = {f"webhook {topic}": done for topic, done in ensure_webhooks(deps, store_id).items()}
    report |= {f"panel {model}": done for model, done in deps.store(store_id).setup.ensure_panels().items()}
    report |= _models(deps, store_id)
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(StoreRow, store_id)
        row.name, row.admin_url, row.storefront_url = profile.name, profile.admin_url, profile.storefront_url
        row.currency, row.timezone, row.locale = profile.currency, profile.timezone, profile.locale
        row.setup_state, row.setup_report = "done", report
    return report


def ensure_webhooks(deps: Deps, store_id: StoreId) -> dict[str, str]:
    """Every webhook the scenarios in use need, with the header it is to carry now; name → what was done."""
    door = deps.door(Provider(store_id.partition(":")[0]))
    number = hook_secrets.present(deps, store_id)  # before the header is made: a renewal meanwhile is done again
    headers = door.hook_headers(external_store_id(store_id))
    address = f"{deps.settings.public_url}{door.webhook_path}"
    done = deps.store(store_id).setup.ensure_webhooks(address, headers, topics(deps, store_id))
    hook_secrets.note_carried(deps, store_id, number)
    return done


def topics(deps: Deps, store_id: StoreId) -> frozenset[Topic]:
    """What the scenarios in use in this store wait for; a store is asked to tell us of nothing else."""
    provider = Provider(store_id.partition(":")[0])
    with reading(deps.database) as session:
        chosen = preferences.load_all(session, store_id, ALL)
    used = [one for one in ALL if provider in one.providers and chosen[one.slug].mode is not Mode.OFF]
    return frozenset().union(*(one.triggers for one in used))


def _models(deps: Deps, store_id: StoreId) -> dict[str, str]:
    with reading(deps.database) as session:
        if session.get(OpenTextConnection, store_id) is None:
            return {"workflow models": "waiting for the OpenText connection"}
    try:
        return models.ensure_deployed(deps, store_id)
    except AppError as error:
        return {"workflow models": f"failed: {error.message}"}
