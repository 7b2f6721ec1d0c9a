"""`ecm`: what an operator does at the command line."""

import json
import os
import subprocess
import sys
from collections import Counter
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app import observability, wiring
from app.db import audit
from app.db.session import reading
from app.db.stores import installed
from app.domain import audit_chain
from app.domain.ids import StoreId
from app.engine import connections, diagnosis, reconcile, replay, rotation
from app.engine.deps import Deps
from app.errors import AppError
from app.opentext import provisioning
from app.scenarios import ALL, catalogue
from app.settings import Settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Storefront ECM: OpenText inside a merchant's store."
)
KINDS = {"classification": "RM classifications", "document_type": "Document types"}
ROOT = Path(__file__).resolve().parents[1]


_given: ContextVar[Deps | None] = ContextVar("given", default=None)


@app.callback()
def _take(context: typer.Context) -> None:
    _given.set(context.obj)


def _deps() -> Deps:
    """What the caller has built already (tests), else this process's own."""
    given = _given.get()
    if given is not None:
        return given
    settings = _settings()
    observability.configure(settings)
    return wiring.build(settings)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        names = sorted({"ECM_" + "__".join(str(part) for part in one["loc"]).upper() for one in error.errors()})
        typer.echo(f"These settings are missing or not valid: {', '.join(names)}", err=True)
        raise typer.Exit(2) from None


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A report to share: no secrets, no people.")] = False,
) -> None:
    """Examine both sides, step by step; names each failing step and the way to mend it."""
    findings = []
    for finding in diagnosis.examine(_deps()):
        findings.append(finding)
        if not as_json:
            mark = "ok  " if finding.ok else "FAIL"
            typer.echo(f"{mark} {finding.area}: {finding.name} – {finding.message}")
            if not finding.ok and finding.hint:
                typer.echo(f"     → {finding.hint}")
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    bad = sum(not finding.ok for finding in findings)
    typer.echo("Everything is well." if not bad else f"{bad} of {len(findings)} steps need attention.", err=as_json)
    raise typer.Exit(1 if bad else 0)


@app.command()
def scenarios() -> None:
    """The catalogue: what each scenario is triggered by and what it leaves behind."""
    for scenario in ALL:
        typer.echo(f"{scenario.slug}\n  {scenario.title}\n  catalogue: {catalogue.words(scenario.catalogue)}")
        triggers = ", ".join(sorted([*scenario.triggers, *(f"request {name}" for name in scenario.requests)]))
        typer.echo(f"  triggered by: {triggers}\n  steps: {', '.join(step.kind for step in scenario.steps)}")
        typer.echo(f"  outcome: {scenario.outcome}\n")


@app.command("replay")
def replay_(
    ids: Annotated[list[str] | None, typer.Argument(help="Run or delivery ids; none: all that match.")] = None,
    store: Annotated[str, typer.Option(help='For example "bigcommerce:abc123".')] = "",
    code: Annotated[str, typer.Option(help="The reason code, for example timeout.")] = "",
    scenario: str = "",
    since: datetime | None = None,
    limit: int = 500,
) -> None:
    """Try again what was set aside. Effects that already happened do not happen twice."""
    selection = replay.Selection(tuple(ids or ()), store, code, scenario, since, None, limit)
    done = replay.replay(_deps(), selection, "operator")
    typer.echo(f"{len(done)} made due." if done else "Nothing that is set aside matches.")


@app.command("reconcile")
def reconcile_(store: Annotated[str, typer.Argument(help="A store id; none: every installed store.")] = "") -> None:
    """Look for changes no webhook told us, now instead of in the next quarter of an hour."""
    deps = _deps()
    with reading(deps.database) as session:
        stores = [StoreId(row.id) for row in installed(session) if store in ("", row.id)]
    if not stores:
        typer.echo("No such installed store.", err=True)
        raise typer.Exit(1)
    failed = 0
    for store_id in stores:
        typer.echo(f"{store_id}: looking …", nl=False)
        try:
            typer.echo(f" {reconcile.run(deps, store_id)} changes found.")
        except AppError as error:
            failed += 1
            typer.echo(f" failed: {error.message}")
    raise typer.Exit(1 if failed else 0)


opentext = typer.Typer(no_args_is_help=True, help="What a store's Content Server must have, as this product ships it.")
app.add_typer(opentext, name="opentext")


@opentext.command("check")
def opentext_check(
    store: Annotated[str, typer.Argument(help="A store id; not needed where one is installed.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Show what is in place too.")] = False,
) -> None:
    """Compare Content Server with the shipped set-up: what is missing, and how to create it. Changes nothing."""
    site = _site(store)
    _tell_names(site)
    findings = list(provisioning.check(site))
    for finding in findings:
        if everything or not finding.is_well:
            how = "" if finding.is_well else finding.by_hand
            _tell(finding.state.upper(), finding, finding.message, how)
    bad = [finding for finding in findings if not finding.is_well]
    can = sum(finding.create is not None for finding in bad)
    well = f"All {len(findings)} things are in place."
    typer.echo(f"{len(bad)} of {len(findings)} need attention; `ecm opentext apply` can create {can}." if bad else well)
    raise typer.Exit(1 if bad else 0)


@opentext.command("apply")
def opentext_apply(
    store: Annotated[str, typer.Argument(help="A store id; not needed where one is installed.")] = "",
    client_id: Annotated[str, typer.Option(help="An OTDS client that stands for an administrator; its secret is asked "
                                                "for, or read from ECM_ADMINISTRATOR_SECRET.")] = "",
) -> None:  # fmt: skip
    """Create what Content Server lacks, as far as its REST API can; say the rest. Safe to run again."""
    secret = ""
    if client_id:
        secret = os.environ.get("ECM_ADMINISTRATOR_SECRET") or typer.prompt("Client secret", hide_input=True)
    done, site = Counter[provisioning.Outcome](), _site(store, client_id, secret)
    _tell_names(site)
    for applied in provisioning.apply(site):
        done[applied.outcome] += 1
        if applied.outcome is provisioning.Outcome.CREATED:
            _tell("CREATED", applied.finding, "", "")
        elif applied.outcome is not provisioning.Outcome.PRESENT:
            message = applied.message or applied.finding.message
            _tell(applied.outcome.upper(), applied.finding, message, applied.finding.by_hand)
    typer.echo(", ".join(f"{done[outcome]} {outcome}" for outcome in provisioning.Outcome) + ".")
    if done[provisioning.Outcome.REFUSED] and not client_id:
        typer.echo("The service user may not create everything: run it with --client-id of an administrator's client.")
    raise typer.Exit(1 if done[provisioning.Outcome.REFUSED] or done[provisioning.Outcome.BY_HAND] else 0)


def _tell_names(site: provisioning.Site) -> None:
    """Which of the server's names this store has chosen to stand for ours: it is compared by those."""
    for kind, ours, theirs in site.names:
        typer.echo(f"{'CHOSEN':9} {KINDS.get(kind, kind)}: {ours} is called “{theirs}” here")


def _tell(mark: str, finding: provisioning.Finding, message: str, how: str) -> None:
    typer.echo(f"{mark:9} {finding.part}: {finding.item}{f' – {message}' if message else ''}")
    if how:
        typer.echo(f"          → {how}")


def _site(store: str, client_id: str = "", secret: str = "") -> provisioning.Site:
    """The Content Server of a store, of the only installed one where none is named."""
    deps = _deps()
    with reading(deps.database) as session:
        stores = [row.id for row in installed(session) if store in ("", row.id)]
    if len(stores) != 1:
        known = ", ".join(stores) or "none is installed"
        typer.echo("No such installed store." if store else f"Name one of: {known}.", err=True)
        raise typer.Exit(2)
    try:
        connection = connections.load(deps.database, deps.vault, StoreId(stores[0]))
    except AppError as error:
        typer.echo(f"{error.message} {error.hint}", err=True)
        raise typer.Exit(2) from None
    if not client_id:
        return deps.site(connection, None)
    own = replace(connection.content_server, client_id=client_id, client_secret=secret)
    return deps.site(connection, replace(connection, content_server=own))


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every stored secret with the newest key. Can be stopped and started again."""
    deps = _deps()
    total, done = rotation.count(deps), 0
    with typer.progressbar(length=max(total, 1), label="Re-encrypting") as progress:
        for looked_at in rotation.rotate(deps):
            done += looked_at
            progress.update(looked_at)
    typer.echo(f"{done} values are under the newest key; ECM_PREVIOUS_SECRET_KEYS can be emptied.")


@app.command("verify-audit")
def verify_audit() -> None:
    """Check the audit log's chain of every store; names the first bad entry."""
    deps, bad = _deps(), 0
    with reading(deps.database) as session:
        for row in installed(session):
            first = audit.first_bad_entry(session, row.id)
            typer.echo(f"{row.id}: {'holds' if first is None else f'broken at entry {first}'}")
            bad += first is not None
    raise typer.Exit(1 if bad else 0)


audit_log = typer.Typer(no_args_is_help=True, help="The audit log as a store's owner exported it.")
app.add_typer(audit_log, name="audit")


@audit_log.command("verify")
def audit_verify(
    file: Annotated[Path, typer.Argument(help="The exported file (JSON lines).", exists=True, dir_okay=False)],
    head: Annotated[str, typer.Option(help="The last hash, where somebody wrote it down.")] = "",
) -> None:
    """Check an exported audit log: needs neither settings nor database. Names the first line that is not as written."""
    try:
        found = audit_chain.check(audit_chain.opened(str(file)), head)
    except OSError as error:
        typer.echo(f"The file cannot be read: {error.strerror}.", err=True)
        raise typer.Exit(2) from None
    if found.broken is not None:
        typer.echo(f"BROKEN at line {found.broken.line}: {found.broken.wrong}")
        typer.echo(f"  {found.broken.means} The {found.entries} entries before it hold.")
        raise typer.Exit(1)
    gone = f" {found.forgotten} reasons were erased on a person's behalf; that is allowed." if found.forgotten else ""
    typer.echo(f"The log of {found.store_id} holds: {found.entries} entries.{gone}")
    typer.echo(f"  Last hash: {found.head}")
    if not head:
        typer.echo("  A log that was rewritten whole would hold too: compare the last hash with the audit page, "
                   "or by --head with a hash you kept.")  # fmt: skip


@app.command()
def migrate() -> None:
    """Bring the database to this release's schema (the release step)."""
    command = [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"]
    _settings()
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603  # a fixed command of our own


def main() -> None:
    app()


if __name__ == "__main__":
    main()
