"""The secret behind everything OpenText calls us with: how old it is, renewed by a button, the one before for a while.

From one secret of a store follow its client at our token endpoint, the signing secret and key of content callbacks, and
Exstream's report addresses. After a renewal both are accepted for `GRACE`, so that workflows under way and whatever an
administrator has entered go on working meanwhile; it can be ended at once where the former secret has leaked. A token
that was given out for the former secret lives its few minutes to the end.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.db import audit
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.engine.vault import random_token, sha256_hex
from app.errors import Conflict, NotFound

GRACE = timedelta(days=7)


@dataclass(frozen=True)
class Ages:
    """`made_at` is None where it was made before ages were kept; `earlier_until`: the former one still works."""

    made_at: datetime | None
    earlier_until: datetime | None


def ages(deps: Deps, store_id: StoreId) -> Ages | None:
    """None before OpenText is connected."""
    with reading(deps.database) as session:
        row = session.get(OpenTextConnection, store_id)
    return Ages(row.callback_secret_at, _earlier_until(row)) if row else None


def digests(row: OpenTextConnection) -> tuple[str, ...]:
    """Of the secrets that are accepted now, the present one first."""
    earlier = (row.earlier_callback_sha256,) if _earlier_until(row) else ()
    return (row.callback_secret_sha256, *earlier)


def _earlier_until(row: OpenTextConnection) -> datetime | None:
    until = row.earlier_callback_until
    return until if row.earlier_callback_sha256 and until and utc_now() < until else None


def renew(deps: Deps, who: Merchant) -> None:
    """Another secret; the former one is accepted for `GRACE`. What was deployed with it has to be deployed anew.

    Raises NotFound (OpenText is not connected) or Conflict: the one before is still accepted, and would end unseen.
    """
    with unit_of_work(deps.database) as uow:
        row, now, fresh = _own(uow.session, who), utc_now(), random_token()
        if _earlier_until(row):
            raise Conflict("The secret before this one is still accepted.", hint="End it first, or wait until it ends.")
        place = f"opentext_connection:secrets:{row.store_id}"
        secrets = json.loads(deps.vault.decrypt(row.secrets, place)) | {"callback_secret": fresh}
        row.secrets = deps.vault.encrypt(json.dumps(secrets).encode(), place)
        row.earlier_callback_sha256, row.earlier_callback_until = row.callback_secret_sha256, now + GRACE
        row.callback_secret_sha256, row.callback_secret_at = sha256_hex(fresh), now
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "secret.renewed", who.store_id)


def end_earlier(deps: Deps, who: Merchant) -> None:
    """The former secret is accepted no more, from now on. Raises NotFound where OpenText is not connected."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, who)
        if row.earlier_callback_sha256:
            row.earlier_callback_sha256, row.earlier_callback_until = "", None
            audit.record(uow.session, who.store_id, f"user:{who.user_id}", "secret.earlier_ended", who.store_id)


def _own(session: Session, who: Merchant) -> OpenTextConnection:
    row = session.get(OpenTextConnection, who.store_id, with_for_update=True)
    if row is None:
        raise NotFound("OpenText is not connected yet.")
    return row
