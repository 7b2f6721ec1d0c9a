"""Our Exstream client against the stand-in: signing in, templates, composing, and everything that can go wrong."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.opentext import TokenCache, open_text
from app.opentext.answers import Anything
from app.opentext.connection import TemplateLocation
from app.opentext.exstream.compose import archive_output
from app.opentext.exstream.mapping import is_archive_format
from app.outbound import Outbound
from sandbox.exstream.designs import ARCHIVE_QUEUE, DESIGNS, HTML_QUEUE, PDF_QUEUE
from sandbox.exstream.samples import sample
from sandbox.exstream.seed import DOMAIN, TEST_DOMAIN, UNFINISHED, communication_id
from sandbox.exstream.state import APPROVED, COMMUNICATION, DRAFT, NO_ROLE_CLIENT, NO_ROLE_SECRET, Version
from sandbox.kernel.faults import FaultRule
from tests.contract.opentext.exstream_land import JOB, ExstreamLand, connection
from tests.contract.opentext.landscape import a_connection, settings

INVOICE = communication_id("SF_INVOICE")
KEYS = [design.key for design in DESIGNS]


@pytest.fixture
def land() -> Iterator[ExstreamLand]:
    made = ExstreamLand()
    yield made
    made.close()


def move(land: ExstreamLand, to: str, id: str = INVOICE, domain: str = DOMAIN) -> None:
    path = ("resources", domain, id, "state")
    land.communications.api.write(
        Anything, "PUT", "design", *path, json={"state": to, "auditedComment": "", "locked": False}
    )


def located(*pairs: tuple[str, str], **more: str) -> tuple[TemplateLocation, ...]:
    return tuple(TemplateLocation(key, id, **more) for key, id in pairs)


# Signing in


@pytest.mark.parametrize("flavour", ["gateway", "ot2", "local"])
def test_each_way_to_a_token_leads_to_a_composition(flavour: str) -> None:
    land = ExstreamLand(flavour=flavour)
    assert land.communications.version() == "22.2.0"
    assert land.compose().template == "SF_INVOICE"
    assert len(land.calls("oauth2/token")) == 1
    land.close()


def test_every_service_tells_its_version(land: ExstreamLand) -> None:
    versions = [land.communications.api.version(service) for service in ("design", "orchestration", "empower")]
    assert versions == ["22.4.0", "22.2.0", "22.2.0"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_secret": "wrong"}, "client_refused"),
        ({"client_id": "nobody"}, "client_unknown_in_region"),
        ({"tenant": "elsewhere"}, "client_unknown_in_region"),
        ({"flavour": "ot2", "client_secret": "wrong"}, "client_refused"),
        ({"flavour": "ot2", "subscription": "other"}, "subscription_refused"),
        ({"flavour": "local", "url": "http://exstream.test/somewhere"}, "wrong_address"),
    ],
)
def test_a_refused_sign_in_says_which_part_is_wrong(changes: dict[str, Any], code: str) -> None:
    land = ExstreamLand(**changes)
    with pytest.raises(NeedsReauth) as caught:
        land.communications.version()
    assert caught.value.specific_code == code
    assert caught.value.upstream == "exstream"
    assert "secret-0123" not in f"{caught.value} {caught.value.context}"
    land.close()


def test_an_expired_token_is_replaced_and_the_composition_done_once(land: ExstreamLand) -> None:
    land.compose()
    land.world.clock.advance(timedelta(seconds=901))
    land.compose()
    assert len(land.calls("oauth2/token")) == 2
    assert land.composed() == 2


def test_without_a_connection_there_are_no_communications(land: ExstreamLand) -> None:
    assert open_text(a_connection(), land.outbound, TokenCache()).communications is None


def test_a_client_without_roles_is_told_which_it_needs() -> None:
    land = ExstreamLand(client_id=NO_ROLE_CLIENT, client_secret=NO_ROLE_SECRET)
    with pytest.raises(NeedsReauth) as caught:
        land.communications.templates.domains()
    assert caught.value.specific_code == "missing_right"
    assert "tenantadmin" in caught.value.hint
    land.close()


# Templates


def test_every_template_passes_its_check(land: ExstreamLand) -> None:
    for key in KEYS:
        checked = land.communications.templates.check(key)
        assert checked.problems == ()
        assert checked.template is not None
        assert (checked.template.version, checked.template.data_source) == ("1", "Driver")
        assert [(queue.name, queue.mime_type) for queue in checked.template.queues] == [
            (PDF_QUEUE, "application/pdf"), (HTML_QUEUE, "text/html"),
        ]  # fmt: skip


def test_only_approved_communications_are_offered(land: ExstreamLand) -> None:
    found = land.communications.templates.discover()
    assert {each.name for each in found} == {design.name for design in DESIGNS}
    assert {each.domain for each in found} == {DOMAIN}
    with pytest.raises(NotFound):
        land.communications.templates.discover("Nowhere")


@pytest.mark.parametrize("by_rows", [False, True])
def test_long_lists_are_read_to_the_end_whatever_offset_means(land: ExstreamLand, by_rows: bool) -> None:
    now = land.world.clock.now()
    for number in range(345):
        id = f"many-{number:04d}"
        land.exstream.state.assets[DOMAIN][id] = [Version(id, 1, id, COMMUNICATION, APPROVED, now, now)]
    land.exstream.state.offset_means_rows = by_rows
    names = [each.name for each in land.communications.templates.discover()]
    assert len(names) == len(set(names)) == 345 + len(DESIGNS)


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (TemplateLocation("SF_INVOICE", ""), "not_mapped"),
        (TemplateLocation("SF_OTHER", INVOICE), "not_mapped"),
        (TemplateLocation("SF_INVOICE", communication_id("nobody")), "no_communication"),
        (TemplateLocation("SF_INVOICE", communication_id(UNFINISHED)), "not_approved"),
        (TemplateLocation("SF_INVOICE", INVOICE, domain="Nowhere"), "no_domain"),
        (TemplateLocation("SF_INVOICE", INVOICE, domain=TEST_DOMAIN), "no_communication"),
        (TemplateLocation("SF_INVOICE", INVOICE, archive_queue="Fax"), "no_queue"),
        (TemplateLocation("SF_INVOICE", "ünfit"), "bad_id"),
    ],
)
def test_a_template_that_cannot_be_used_says_why_and_stops_composing(location: TemplateLocation, code: str) -> None:
    land = ExstreamLand(templates=(location,))
    checked = land.communications.templates.check("SF_INVOICE")
    assert checked.template is None
    assert checked.problems[-1].code == code
    with pytest.raises(Permanent) as caught:
        land.compose()
    assert caught.value.specific_code == code
    assert not land.calls("generate")
    land.close()


def test_a_domain_that_is_not_for_production_is_a_warning(land: ExstreamLand) -> None:
    land.exstream.state.domains[DOMAIN].production = False
    checked = land.communications.templates.check("SF_INVOICE")
    assert checked.template is not None
    assert [problem.code for problem in checked.problems] == ["test_domain"]


def test_an_approved_template_that_is_being_changed_is_not_composed_from(land: ExstreamLand) -> None:
    move(land, DRAFT)
    checked = land.communications.templates.check("SF_INVOICE")
    assert checked.problems[-1].code == "not_approved"
    assert "version 2 is DRAFT" in checked.problems[-1].message
    move(land, "REVIEW")
    move(land, APPROVED)
    checked = land.communications.templates.check("SF_INVOICE")
    assert checked.template is not None
    assert checked.template.version == "2"


def test_a_template_changed_behind_our_back_is_looked_at_again(land: ExstreamLand) -> None:
    land.compose()
    [chosen] = [each for each in land.exstream.state.sets.values() if "SF_INVOICE" in _designs_of(land, each)]
    chosen.data_source = "Driver2"
    with pytest.raises(Permanent) as caught:
        land.compose()
    assert caught.value.specific_code == "bad_header"
    assert land.compose().template_version == "1"


def _designs_of(land: ExstreamLand, chosen: object) -> set[str]:
    state = land.exstream.state
    subjects = {link.subject for link in state.links[DOMAIN] if state.sets.get(link.object) is chosen}
    return {state.designs[subject] for subject in subjects}


def test_a_check_is_believed_for_minutes_not_for_every_composition(land: ExstreamLand) -> None:
    for _ in range(3):
        land.compose()
    assert len(land.calls("/manifests/")) == 1
    assert len(land.calls("/generate")) == 3


def test_designers_get_a_sample_of_our_data(land: ExstreamLand) -> None:
    id = land.communications.templates.upload_sample("sf-invoice", b'{"meta":{}}')
    found = land.exstream.state.latest(DOMAIN, id)
    assert found is not None
    assert (found.type, found.subtype, found.state, found.content) == ("samplefile", "driver", DRAFT, b'{"meta":{}}')


# Composing


@pytest.mark.parametrize("key", KEYS)
def test_every_template_composes_pdf_a_and_html_from_its_sample(land: ExstreamLand, key: str) -> None:
    made = land.compose(key, f"job:{key}", want=("pdf", "html"))
    assert [each.mime_type for each in made.outputs] == ["application/pdf", "text/html"]
    assert is_archive_format(made.outputs[0].content)
    assert made.notes == ()
    assert (made.template_version, made.domain, made.communication_id) == ("1", DOMAIN, communication_id(key))
    assert json.loads(made.driver) == sample(key, f"job:{key}")


def test_an_output_is_named_as_its_template_names_it(land: ExstreamLand) -> None:
    assert [each.file_name for each in land.compose().outputs] == [
        "Invoice_INV-2026-000145.pdf",
        "Invoice_INV-2026-000145.html",
    ]


def test_the_full_answer_is_asked_for_without_an_accept_header(land: ExstreamLand) -> None:
    seen: list[httpx.Headers] = []

    class Watching(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request.headers)
            assert land.stage.transport is not None
            return land.stage.transport.handle_request(request)

    watched = open_text(connection(), Outbound(settings(), Watching()), TokenCache())
    assert watched.communications is not None
    watched.communications.composer.compose("SF_INVOICE", sample("SF_INVOICE", JOB), JOB)
    generate = next(headers for headers in seen if "communicationid" in headers)
    assert "accept" not in generate
    assert (generate["communicationid"], generate["driverdatasource"]) == (INVOICE, "Driver")


def test_two_pdfs_are_both_kept_and_the_archives_queue_comes_first() -> None:
    land = ExstreamLand(templates=located(("SF_INVOICE", INVOICE)))
    land.switch("two_pdfs")
    made = land.compose()
    assert [each.queue for each in made.outputs] == [PDF_QUEUE, HTML_QUEUE, ARCHIVE_QUEUE]
    assert len({each.file_name for each in made.outputs}) == 3
    assert archive_output(made, ARCHIVE_QUEUE).queue == ARCHIVE_QUEUE
    assert archive_output(made).queue == PDF_QUEUE
    land.close()


def test_a_pdf_that_is_no_archive_format_is_kept_and_noted(land: ExstreamLand) -> None:
    land.switch("not_pdf_a")
    made = land.compose()
    assert made.notes == ("Invoice_INV-2026-000145.pdf: not an archive format",)


@pytest.mark.parametrize(
    ("switch", "kind", "code", "unknown"),
    [
        ("truncated_base64", Retryable, "unreadable_output", True),
        ("empty_data", Permanent, "nothing_composed", False),
        ("wrong_mime_type", Permanent, "wrong_output_type", False),
        ("engine_failure", Retryable, "engine_failed", True),
        ("error_in_200", Retryable, "engine_failed", True),
        ("no_import_right", NeedsReauth, "missing_right", False),
        ("identity_outage", Retryable, "identity_unreachable", False),
        ("lost_answer", Retryable, "broken_answer", True),
        ("unavailable", Retryable, "server_error", True),
    ],
)
def test_each_fault_of_composing_has_its_own_answer(
    land: ExstreamLand, switch: str, kind: type[Retryable], code: str, unknown: bool
) -> None:
    land.communications.templates.resolve("SF_INVOICE")
    land.switch(switch)
    with pytest.raises(kind) as caught:
        land.compose()
    assert caught.value.specific_code == code
    assert getattr(caught.value, "unknown_outcome", False) is unknown
    assert land.compose().outputs  # the switch struck once


def test_too_many_calls_are_told_when_to_come_back(land: ExstreamLand) -> None:
    land.communications.templates.resolve("SF_INVOICE")
    land.switch("too_many")
    with pytest.raises(RateLimited) as caught:
        land.compose()
    assert caught.value.retry_after == 7


def test_a_truncated_answer_is_no_document(land: ExstreamLand) -> None:
    land.communications.templates.resolve("SF_INVOICE")
    rule = {"system": "exstream", "path": "*/generate", "kind": "truncate", "count": 1}
    land.world.faults.add(FaultRule.model_validate(rule))
    with pytest.raises(Retryable) as caught:
        land.compose()
    assert caught.value.unknown_outcome


def test_an_output_that_is_wanted_and_missing_stops(land: ExstreamLand) -> None:
    with pytest.raises(Permanent) as caught:
        land.compose(want=("pdf", "json"))
    assert caught.value.specific_code == "output_missing"


def test_bad_input_data_never_reaches_the_engine(land: ExstreamLand) -> None:
    driver = sample("SF_INVOICE", JOB)
    del driver["invoice"]
    with pytest.raises(Permanent) as caught:
        land.communications.composer.compose("SF_INVOICE", driver, JOB)
    assert caught.value.context["fields"] == "invoice"
    assert land.composed() == 0


def test_an_import_conflict_is_a_conflict(land: ExstreamLand) -> None:
    rule = {
        "system": "exstream", "path": "*/content", "kind": "status", "status": 409, "count": 1,
        "body": {"timestamp": 1, "status": 409, "message": "Conflict", "details": "exists", "errorCode": "309016"},
    }  # fmt: skip
    land.world.faults.add(FaultRule.model_validate(rule))
    with pytest.raises(Conflict):
        land.communications.templates.upload_sample("sf-invoice", b"{}")


def test_never_more_calls_at_a_time_than_allowed() -> None:
    land = ExstreamLand(in_flight=2)
    land.communications.templates.resolve("SF_INVOICE")
    at_once, most, guard, gate = [0], [0], threading.Lock(), threading.Event()

    class Counting(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            composing = request.url.path.endswith("/generate")
            with guard:
                at_once[0] += composing
                most[0] = max(most[0], at_once[0])
            if composing:
                gate.wait(0.05)
            assert land.stage.transport is not None
            try:
                return land.stage.transport.handle_request(request)
            finally:
                with guard:
                    at_once[0] -= composing

    opentext = open_text(connection(in_flight=2), Outbound(settings(), Counting()), TokenCache())
    composer = opentext.communications.composer if opentext.communications else None
    assert composer is not None
    with ThreadPoolExecutor(6) as pool:
        jobs = [f"{JOB}{n}" for n in range(6)]
        made = list(pool.map(lambda job: composer.compose("SF_INVOICE", sample("SF_INVOICE", job), job), jobs))
    assert most[0] == 2
    assert [each.job_key for each in made] == jobs
    land.close()
