"""Workflow maps: drawn or imported by an administrator; here only looked for by name."""

from collections.abc import Iterator

from app.opentext.content_server.nodes import plain
from app.opentext.content_server.search import Search
from app.opentext.provisioning.blueprint import WorkflowMap
from app.opentext.provisioning.survey import Finding, Site, missing, present

PART = "Workflow maps"
MAP = 128


def workflow_maps(site: Site) -> Iterator[Finding]:
    """Every map, by the search index: one imported a moment ago may not be in it yet."""
    search = Search(site.server, site.categories)
    for wanted in site.blueprint.maps:
        found = search.named(wanted.name, types=(MAP,))
        if any(plain(each.name) == plain(wanted.name) for each in found):
            yield present(PART, wanted.name)
        else:
            yield missing(PART, wanted.name, _by_hand(wanted))


def _by_hand(wanted: WorkflowMap) -> str:
    steps = []
    for number, step in enumerate(wanted.steps, 1):
        who = f"{step.group} or who the attribute {step.chosen_by} names" if step.chosen_by else step.group
        ways = f", dispositions {', '.join(each.label for each in step.dispositions)}" if step.dispositions else ""
        steps.append(f"{number}. {step.title} ({who}{ways})")
    attributes = ", ".join(each.name for each in wanted.attributes)
    return (
        f"Draw or import the workflow map “{wanted.name}”, start step {'on' if wanted.start_step else 'off'}"
        f"{f', attributes {attributes}' if attributes else ''}: {' '.join(steps)}; its last step writes the category "
        "Approval onto the attached documents. Give the service user “See” on it."
    )
