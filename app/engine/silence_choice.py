"""How long a store may tell us nothing: chosen in the settings, kept with the store, audited."""

from app.db import audit
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.domain.silence import Silence
from app.engine.deps import Deps
from app.engine.sessions import Merchant


def choose(deps: Deps, who: Merchant, silence: Silence) -> None:
    """Checked by the caller; holds from the next look on."""
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(StoreRow, who.store_id)
        row.silence_hours, row.quiet_from, row.quiet_until = silence.hours, silence.quiet_from, silence.quiet_until
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "silence_chosen", who.store_id,
                     hours=silence.hours or 0)  # fmt: skip
