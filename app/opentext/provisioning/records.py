"""Records Management and document types: schedules and hold types can be made by REST, classifications cannot."""

from collections.abc import Iterator
from functools import partial

from app.errors import Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.nodes import CLASSIFICATION, RM_CLASSIFICATION, plain
from app.opentext.provisioning import payloads
from app.opentext.provisioning.blueprint import Classification
from app.opentext.provisioning.survey import Finding, Site, chosen_is_gone, different, missing, present

SCHEDULES, CLASSES, HOLDS, DOCUMENTS = "Retention schedules", "RM classifications", "Hold types", "Document types"
STAGE, CALCULATED, RECORD_DATE, DESTROY = "FINAL", 1, 95, 32
ACTIVE = "ACTIVE"


def schedules(site: Site) -> Iterator[Finding]:
    """Every schedule (RSI) and how many years it keeps."""
    for wanted in site.blueprint.classifications:
        stages = site.schedules.stages(wanted.schedule)
        by_hand = (
            f"In Records Management, RSIs: add {wanted.schedule} with one stage for classified objects: "
            f"{wanted.years} years from the {wanted.from_}, then {wanted.then}."
        )
        if not stages:
            yield missing(SCHEDULES, wanted.schedule, by_hand, partial(_make_schedule, site, wanted))
        elif not any((stage.years or 0) >= wanted.years for stage in stages):
            kept = max((stage.years or 0) for stage in stages)
            text = f"It keeps for {kept} years, expected are {wanted.years}."
            yield different(SCHEDULES, wanted.schedule, text, "Ask the records manager which is right.")
        else:
            yield present(SCHEDULES, wanted.schedule, f"{wanted.years} years.")


def _make_schedule(site: Site, wanted: Classification) -> None:
    about = {"name": wanted.schedule, "status": ACTIVE, "title": f"{wanted.name}: {wanted.years} years",
             "description": wanted.purpose}  # fmt: skip
    made = site.server.form(payloads.MadeSchedule, "POST", "v2", "rsischedules", fields=about).results
    _require(made)
    stage = {
        "objectType": "LIV", "stage": STAGE, "eventType": CALCULATED, "dateToUse": RECORD_DATE,
        "retentionYears": wanted.years, "actionCode": DESTROY,
    }  # fmt: skip
    path = ("v2", "rsischedules", made.id, "stages")
    _require(site.server.form(payloads.MadeSchedule, "POST", *path, fields=stage).results)


def _require(made: payloads.MadeSchedule.Results) -> None:
    """Records Management answers 200 to a refusal too and says so inside."""
    if not made.ok:
        raise Permanent("Records Management did not create the schedule.", said=made.why[:300])


def classifications(site: Site) -> Iterator[Finding]:
    """The RM classifications the scenarios file under, by the names the store's settings have chosen for them."""
    found = {plain(each.name) for each in site.records.classifications() if each.type == RM_CLASSIFICATION}
    for wanted in site.blueprint.classifications:
        by_hand = (
            f"In the Classifications volume, “{site.blueprint.file_plan}”: add the RM classification “{wanted.name}” "
            f"with the schedule {wanted.schedule}; the service user needs “See” on it."
        )
        if plain(site.called("classification", wanted.name)) in found:
            yield present(CLASSES, wanted.name, site.words("classification", wanted.name))
        else:
            gone = chosen_is_gone(site, CLASSES, "classification", wanted.name)
            yield gone or missing(CLASSES, wanted.name, by_hand)


def document_types(site: Site) -> Iterator[Finding]:
    """The classifications that stand for document types; which workspace needs which is the templates' part."""
    found = {plain(each.name) for each in site.records.classifications() if each.type == CLASSIFICATION}
    for name in site.blueprint.document_types():
        by_hand = (
            f"In the Classifications volume: add the classification “{name}”, and in the Extended ECM volume a "
            "document type for it."
        )
        if plain(site.called("document_type", name)) in found:
            yield present(DOCUMENTS, name, site.words("document_type", name))
        else:
            yield chosen_is_gone(site, DOCUMENTS, "document_type", name) or missing(DOCUMENTS, name, by_hand)


def hold_types(site: Site) -> Iterator[Finding]:
    """The kinds of holds."""
    data = site.server.get(payloads.Codes, "v2", "recordsmanagement", "rmcodes").results.data
    found = {each.code for each in data.hold_type.values}
    for wanted in site.blueprint.hold_types:
        by_hand = f"In Records Management, codes, hold types: add {wanted}."
        fields = {"code": wanted, "description": wanted.title(), "DefaultPeriod": 0}

        def create(fields: dict[str, object] = fields) -> None:
            site.server.form(Anything, "POST", "v1", "recordsmanagement", "rmcodes", "hold_type", fields=fields)

        yield present(HOLDS, wanted) if wanted in found else missing(HOLDS, wanted, by_hand, create)
