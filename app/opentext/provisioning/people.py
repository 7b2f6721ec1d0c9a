"""Groups that decide. They belong to Directory Services, which the Workflow Service asks too: made there, by hand."""

from collections.abc import Iterator

from app.opentext.provisioning.survey import Finding, Site, State, missing, present

PART = "Groups"


def groups(site: Site) -> Iterator[Finding]:
    """Every group, and whether its name is really a group's."""
    for wanted in site.blueprint.groups:
        found = site.teams.find(wanted.name)
        by_hand = (
            f"In Directory Services: add the group “{wanted.name}” ({wanted.purpose.rstrip('.').lower()}) to a "
            "partition that Content Server and the Workflow Service both synchronise, and put people into it."
        )
        if found is None:
            yield missing(PART, wanted.name, by_hand)
        elif not found.is_group:
            yield Finding(PART, wanted.name, State.DIFFERENT, "This name is a user's.", by_hand)
        else:
            yield present(PART, wanted.name)
