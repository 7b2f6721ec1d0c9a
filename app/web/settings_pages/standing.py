"""How each room of the settings stands, in one line: read from our own rows, nobody is asked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db import activity, audit_reading, help_desk, history, privacy, setup_drafts
from app.db import rights as rights_rows
from app.db.activity import Person, StoreState
from app.db.help_desk import HelpDeskLink
from app.db.history import HistoryJob
from app.db.privacy import PrivacyRequest
from app.db.session import reading
from app.db.setup_drafts import SetupDraft
from app.db.types import utc_now
from app.domain.ids import Provider
from app.domain.rights import Mode as RightsMode
from app.domain.rights import Rights
from app.domain.scenario import Mode
from app.engine import connections, first_setup, preferences, server_names
from app.engine.connections import SavedConnection
from app.engine.deps import Deps
from app.engine.server_names import GROUP, Known
from app.engine.sessions import Merchant, Role
from app.errors import NotFound
from app.scenarios import ALL
from app.web import set_up, texts
from app.web.language import _, ngettext


@dataclass(frozen=True)
class Standing:
    """One line. `tone` as badges have it; `at`: since or when, said behind the words."""

    text: str
    tone: str = "none"
    at: datetime | None = None


NOTHING = Standing("")


@dataclass(frozen=True)
class Facts:
    """Everything the lines are made of."""

    store: StoreState
    is_set_up: bool
    connection: SavedConnection | None
    draft: SetupDraft | None
    names: dict[str, Known]
    names_gone: int
    modes: Mapping[str, int]
    imported: HistoryJob | None
    people: tuple[Person, ...]
    rights: Rights
    desks: list[HelpDeskLink]
    requests: list[PrivacyRequest]
    entries: int
    heard_at: datetime | None  # when the store last told us something

    @property
    def timezone(self) -> str:
        return self.store.timezone


def read(deps: Deps, who: Merchant) -> Facts:
    """A dozen small reads. Raises NotFound."""
    store_id = who.store_id
    known, chosen = server_names.known(deps, store_id), server_names.chosen(deps, store_id)
    groups = tuple(server_names.groups_used(deps, store_id))
    provider = Provider(store_id.partition(":")[0])
    with reading(deps.database) as session:
        store = activity.store(session, store_id)
        if store is None:
            raise NotFound("There is no such store.")
        standing = setup_drafts.standing(session, store_id)
        kept = preferences.load_all(session, store_id, ALL)
        jobs = [one for one in history.of_store(session, store_id, 40) if one.kind == "import"]
        head = audit_reading.head(session, store_id)
        return Facts(
            store, all(one.status == "done" for one in set_up.steps(store, standing)),
            connections.saved(session, store_id), standing.draft, known, _gone(known, chosen, groups),
            Counter(kept[one.slug].mode.value for one in ALL if provider in one.providers),
            jobs[0] if jobs else None, activity.people(session, store_id), rights_rows.of_store(session, store_id),
            help_desk.of_store(session, store_id), privacy.requests(session, store_id), head.seq if head else 0,
            activity.pulse(session, store_id).last_delivery_at,
        )  # fmt: skip


def _gone(known: Mapping[str, Known], chosen: Mapping[str, Mapping[str, str]], groups: tuple[str, ...]) -> int:
    """How many names we go by are not on the server, of the kinds it was asked about. Groups compare without case."""
    read_of = {kind: one.names for kind, one in known.items() if one.read_at}
    wanted = {kind: names for kind, names in server_names.ours().items() if kind in read_of}
    gone = sum(chosen.get(kind, {}).get(ours, ours) not in read_of[kind] for kind, of in wanted.items() for ours in of)
    if GROUP not in read_of:
        return gone
    has = {name.casefold() for name in read_of[GROUP]}
    return gone + sum(name.casefold() not in has for name in groups)


def standings(found: Facts, role: Role) -> dict[str, Standing]:
    """By the place of a room; what a reader may not open is not said."""
    said = {
        "opentext": _connection(found), "names": _names(found), "communications": _communications(found),
        "scenarios": _scenarios(found), "imports": _imports(found), "messages": _messages(found),
        "people": _people(found), "rights": _rights(found), "help_desk_links": _desks(found),
    }  # fmt: skip
    if role.covers(Role.MANAGER):
        said["privacy"] = _privacy(found)
    if role.covers(Role.OWNER):
        said["audit"] = Standing(ngettext("%(n)s entry", "%(n)s entries", found.entries))
    return said


def _connection(found: Facts) -> Standing:
    if found.connection is None:
        return Standing(_("Not connected yet"), "wait")
    if found.connection.state == "needs_reauth":
        return Standing(_("OpenText no longer accepts our credentials"), "bad")
    if found.store.opentext_silent_since:
        return Standing(_("OpenText does not answer; noticed"), "wait", found.store.opentext_silent_since)
    tested = [found.connection.saved_at]
    tested += [at for part in ("content", "workflow") if (at := first_setup.checks(found.draft, part)[0])]
    return Standing(_("Connected, tested"), "good", max(tested))


def _names(found: Facts) -> Standing:
    if found.connection is None:
        return NOTHING
    read_at = [one.read_at for one in found.names.values() if one.read_at]
    if not read_at:
        return Standing(_("Never read"), "wait")
    if found.names_gone:
        words = ngettext("%(n)s name is not on the server; read", "%(n)s names are not on the server; read",
                         found.names_gone)  # fmt: skip
        return Standing(words, "wait", min(read_at))
    return Standing(_("All found; read"), "good", min(read_at))


def _communications(found: Facts) -> Standing:
    of = found.connection.exstream if found.connection else None
    if of is None:
        return Standing(_("Exstream is not connected"))
    count = sum(bool(one) for one in (of.get("templates") or {}).values())
    if not count:
        return Standing(_("No design chosen yet"), "wait")
    return Standing(ngettext("%(n)s design chosen", "%(n)s designs chosen", count), "good")


def _scenarios(found: Facts) -> Standing:
    counts = [(mode.value, found.modes.get(mode.value, 0)) for mode in Mode]
    words = [f"{texts.state_of(texts.MODES, mode).word}: {count}" for mode, count in counts if count]
    return Standing(" · ".join(words), "good" if found.modes.get(Mode.ON.value) else "none")


def _imports(found: Facts) -> Standing:
    job = found.imported
    if job is None:
        return Standing(_("Nothing imported yet"))
    state = texts.state_of(texts.LOOKS, job.state)
    return Standing(state.word, state.tone, job.started_at)


def _messages(found: Facts) -> Standing:
    if found.store.store_silent_since:
        return Standing(_("Your store does not answer; noticed"), "wait", found.store.store_silent_since)
    if found.heard_at is None:
        return Standing(_("No message from your store yet"), "wait")
    return Standing(_("Last message from your store"), at=found.heard_at)


def _people(found: Facts) -> Standing:
    roles = Counter(one.role for one in found.people if one.is_active)
    words = (
        ngettext("%(n)s owner", "%(n)s owners", roles["owner"]),
        ngettext("%(n)s manager", "%(n)s managers", roles["manager"]),
        ngettext("%(n)s viewer", "%(n)s viewers", roles["viewer"]),
    )
    return Standing(" · ".join(text for text, role in zip(words, ("owner", "manager", "viewer"), strict=True)
                               if roles[role]))  # fmt: skip


def _rights(found: Facts) -> Standing:
    if found.rights.mode is RightsMode.PERSON:
        return Standing(_("Everybody’s own rights in OpenText"))
    lines = len(found.rights.entries)
    if not lines:
        return Standing(_("Everybody sees everything their role allows"))
    return Standing(ngettext("A list of %(n)s line", "A list of %(n)s lines", lines))


def _desks(found: Facts) -> Standing:
    now = utc_now()
    count = sum(one.expires_at > now for one in found.desks)
    return Standing(ngettext("%(n)s link opens", "%(n)s links open", count)) if count else Standing(_("No link"))


def _privacy(found: Facts) -> Standing:
    count = sum(one.done_at is None for one in found.requests)
    if count:
        return Standing(ngettext("%(n)s request under way", "%(n)s requests under way", count), "busy")
    return Standing(_("Nothing open"))
