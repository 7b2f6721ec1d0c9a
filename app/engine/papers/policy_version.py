"""A version of a policy as buyers could read it: its words, when it was in force, and the page itself attached."""

from datetime import UTC, datetime

from app.db.policies import PolicyVersion
from app.engine import policies
from app.engine.papers.typesetting import Paper, Section, typeset


def write(version: PolicyVersion, store: str) -> bytes:
    """PDF/A-3b with the page's HTML and digest attached as policy.json."""
    since = moment(version.in_force_from)
    facts = (
        ("Page", version.url or "no address of its own"),
        ("Version", str(version.number)),
        ("In force from", since),
        ("SHA-256", version.sha256),
    )
    return typeset(
        Paper(
            title=version.title,
            subtitle=f"Store {store} · version {version.number} · in force from {since}",
            footer=f"{version.title[:80]} · version {version.number} · {store}",
            sections=(
                Section("About this version", facts),
                Section("Text", lines=tuple(policies.text_of(version.html).split("\n")) or ("(empty)",)),
            ),
            dated=version.in_force_from,
            attachment_name="policy.json",
            attachment={
                "store": store, "page": version.page_id, "title": version.title, "address": version.url,
                "version": version.number, "in_force_from": version.in_force_from.isoformat(),
                "sha256": version.sha256, "html": version.html,
            },
        )
    )  # fmt: skip


def moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
