"""What the reader may see and do, as the panel's templates ask it; and how a refusal is said."""

from dataclasses import dataclass

from app.db.panel_facts import PanelRows
from app.domain.rights import Look, Mode, Sight
from app.engine import rights
from app.engine.deciding import tasks
from app.engine.sessions import Merchant, Role
from app.web.language import _


@dataclass(frozen=True)
class Access:
    """`look`: map, asked, sign_in or silent. `hidden` names the kinds of things that were left out, never how many.

    `decidable` names open tasks by their reference.
    """

    look: str
    person: str
    is_personal: bool
    refusal: str
    hidden: frozenset[str]
    can_review: bool
    can_create: bool
    can_upload: bool
    publishable: frozenset[str]
    decidable: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        return self.look in (Look.MAP, Look.ASKED)

    def hides(self, *kinds: str) -> bool:
        """Whether something of these kinds was left out and is to be said beside them."""
        return self.is_known and not self.hidden.isdisjoint(kinds)


def access(rows: PanelRows, shown: PanelRows, found: Sight, who: Merchant) -> Access:
    """`rows` as they are, `shown` as the reader gets them."""
    may = who.role.covers(Role.MANAGER)
    return Access(
        look=found.look.value,
        person=found.person,
        is_personal=rows.rights.mode is Mode.PERSON,
        refusal=refusal(found.contact),
        hidden=shown.hidden,
        can_review=may and rights.may_review(rows, found),
        can_create=may and rights.may_create(found),
        can_upload=may and rights.may_upload(rows, found),
        publishable=frozenset(one.id for one in rows.publications if rights.may_publish(rows, found, one.id)),
        decidable=frozenset(ref for ref, task in tasks.held(shown).items() if tasks.may(found, task)),
    )


def refusal(contact: str) -> str:
    """The one sentence for whatever somebody may not see or do: it never says what that was."""
    if contact:
        return _("You don't have access. Request it from %(group)s.", group=contact)
    return _("You don't have access. Request it from the people who give access to OpenText in your company.")
