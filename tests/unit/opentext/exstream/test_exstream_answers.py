"""What Exstream says when something is wrong, in either of its shapes or in none, and the words we find for it."""

import base64
from typing import Any

import httpx
import pytest

from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.answers import Payload
from tests.unit.opentext.exstream.talk import GENERATE, LINKS, MANIFEST, SECRET, TOKEN, a_driver, a_script, connected
from tests.unit.opentext.scripted import page, said

PDF = base64.b64encode(b"%PDF-1.7\n%%EOF\n").decode()
OUT_OF_OTDS = 'java.lang.RuntimeException: I/O error on POST request for "http://otds/x": Connection refused'


def problem(status: int, details: str = "", code: Any = None) -> httpx.Response:
    body = {"timestamp": 1, "status": status, "message": "M", "error": None, "details": details, "errorCode": code,
            "path": "/x"}  # fmt: skip
    return said(body, status)


def engine(inner: str, status: int = 500, message: str = "failed") -> httpx.Response:
    context = {"queueName": "PDF Queue", "fileName": "f", "customerNumber": "1"}
    data = [{"errorMessage": message, "statusCode": inner, "engineOutputContext": context}]
    return said({"status": "error", "data": data}, status)


def composed(*outputs: dict[str, Any]) -> httpx.Response:
    return said({"status": "success", "data": list(outputs)})


def compose(answer: httpx.Response) -> Any:
    script = a_script()
    script.on(GENERATE, answer)
    return connected(script).composer.compose("SF_INVOICE", a_driver(), "job-1", want=())


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (problem(500, OUT_OF_OTDS), Retryable, "identity_unreachable"),
        (problem(500, "java.lang.NullPointerException"), Retryable, "server_error"),
        (problem(404, "unknown communication"), NotFound, "not_found"),
        (problem(403), NeedsReauth, "missing_right"),
        (problem(409, "conflict", 309016), Conflict, "conflict"),
        (problem(400, "bad"), Permanent, "refused"),
        (page("<html>Bad Request</html>", 400), Permanent, "bad_header"),
        (page("<html>login</html>", 200), Retryable, "unreadable_answer"),
        (engine("401"), NeedsReauth, "missing_right"),
        (engine("400"), Permanent, "output_failed"),
        (engine("500"), Retryable, "engine_failed"),
        (engine("500", status=200), Retryable, "engine_failed"),
        (engine("", status=200, message=""), Retryable, "engine_failed"),
        (said({"status": "error", "data": []}), Retryable, "engine_failed"),
        (said({"data": None}), Permanent, "unexpected_answer"),
        (said([1]), Permanent, "unexpected_answer"),
        (composed(), Permanent, "nothing_composed"),
        (composed({"mimeType": "application/pdf", "content": PDF[:-1]}), Retryable, "unreadable_output"),
        (composed({"mimeType": "application/pdf", "content": PDF[:12]}), Retryable, "unreadable_output"),
        (composed({"mimeType": "text/html", "content": PDF}), Permanent, "wrong_output_type"),
        (composed({"mimeType": "application/pdf", "content": "PGh0bWw+"}), Permanent, "wrong_output_type"),
        (composed({"mimeType": "", "content": ""}), Permanent, "wrong_output_type"),
    ],
)
def test_each_answer_has_one_meaning(answer: httpx.Response, kind: type[AppError], code: str) -> None:
    with pytest.raises(AppError) as caught:
        compose(answer)
    assert (type(caught.value), caught.value.specific_code) == (kind, code)


def test_an_output_of_a_kind_we_do_not_know_is_kept() -> None:
    made = compose(composed({"mimeType": "application/vnd.afp", "content": "WgA="}))
    assert [(each.file_name, each.content) for each in made.outputs] == [("document.bin", b"Z\x00")]


def test_names_are_made_fit_and_kept_apart() -> None:
    context = {"queueName": "A/B", "fileName": "../../etc/pass:wd "}
    output = {"mimeType": "application/pdf; x=y", "content": PDF, "engineOutputContext": context}
    names = [each.file_name for each in compose(composed(output, output, output, output)).outputs]
    assert names[:2] == ["etc-pass-wd.pdf", "etc-pass-wd (A-B).pdf"]
    assert len({name.lower() for name in names}) == 4


def test_an_output_says_when_it_is_no_archive_format() -> None:
    made = compose(composed({"mimeType": "application/pdf", "content": PDF}))
    assert made.notes == ("document.pdf: not an archive format",)


def test_the_secret_shows_in_no_error() -> None:
    script = a_script()
    script.on(TOKEN, said({"error": "invalid_client", "error_description": f"bad {SECRET}"}, 401))
    with pytest.raises(NeedsReauth) as caught:
        connected(script).version()
    assert SECRET not in f"{caught.value} {caught.value.context} {caught.value.hint}"


def test_a_second_401_needs_a_person_and_composes_nothing_more() -> None:
    script = a_script()
    script.on(GENERATE, problem(401))
    with pytest.raises(NeedsReauth):
        connected(script).composer.compose("SF_INVOICE", a_driver(), "job-1")
    assert len(script.asked(GENERATE)) == 2


@pytest.mark.parametrize(
    ("key", "answer", "code"),
    [
        (LINKS, {"status": "success", "data": []}, "no_set"),
        (MANIFEST, {"dsnlist": [], "queueList": [{"driver": "PDF", "name": "Q"}]}, "no_data_source"),
        (MANIFEST, {"dsnlist": [{"prodDsn": "Träger"}], "queueList": []}, "bad_data_source"),
        (MANIFEST, {"dsnlist": [{"prodDsn": "Driver"}], "queueList": []}, "no_output"),
    ],
)
def test_a_half_made_template_says_what_is_missing(key: str, answer: dict[str, Any], code: str) -> None:
    script = a_script()
    script.on(key, said(answer))
    checked = connected(script).templates.check("SF_INVOICE")
    assert checked.template is None
    assert [each.code for each in checked.problems] == [code]


def test_a_communication_set_that_is_gone_is_a_problem_of_the_template() -> None:
    script = a_script()
    script.on(MANIFEST, problem(404))
    assert connected(script).templates.check("SF_INVOICE").problems[0].code == "no_manifest"


def test_a_template_without_a_pdf_queue_is_warned_about() -> None:
    script = a_script()
    script.on(MANIFEST, said({"dsnlist": [{"prodDsn": "D"}], "queueList": [{"driver": "HTML", "name": "Q"}]}))
    checked = connected(script).templates.check("SF_INVOICE")
    assert checked.template is not None
    assert [each.code for each in checked.problems] == ["no_pdf"]


def test_an_outage_while_checking_is_no_problem_of_the_template() -> None:
    script = a_script()
    script.on(LINKS, problem(503))
    with pytest.raises(Retryable):
        connected(script).templates.check("SF_INVOICE")


def test_the_services_may_live_at_addresses_of_their_own() -> None:
    class Nothing(Payload):
        pass

    from dataclasses import replace  # noqa: PLC0415  # only this test builds its own connection

    from app.opentext.connection import ExstreamConnection  # noqa: PLC0415
    from app.opentext.exstream.client import ExstreamApi  # noqa: PLC0415
    from app.opentext.login import TokenCache  # noqa: PLC0415
    from app.outbound import Outbound  # noqa: PLC0415
    from tests.unit.opentext.scripted import a_connection, settings  # noqa: PLC0415

    script = a_script()
    for host in ("das.test/base", "orc.test", "exstream.test"):
        service = {"das.test/base": "design", "orc.test": "orchestration", "exstream.test": "empower"}[host]
        script.on(f"GET {host}/{service}/api/v1/version", said({}))
    exstream = ExstreamConnection(
        "http://exstream.test", "demo", "c", SECRET, das_url="http://das.test/base", orchestration_url="http://orc.test"
    )
    api = ExstreamApi(replace(a_connection(), exstream=exstream), Outbound(settings(), script), TokenCache())
    for service in ("design", "orchestration", "empower"):
        api.get(Nothing, service, "version")
    assert len(script.asked(TOKEN)) == 1
