"""What Content Server's refusals mean: its statuses say little, its texts say which."""

import httpx
import pytest

from app.domain.ids import NodeId
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.opentext.content_server.client import UnknownRoute
from tests.unit.opentext.scripted import Script, page, said

NODE = NodeId(5)
HOLDS = "GET content.test/cs/cs/api/v1/nodes/5/holds"
GONE = "Sorry, the item you requested could not be accessed. Either it does not exist, or you have no permission."


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (said({"error": "Could not get a node for 5"}, 400), NotFound, "not_found"),
        (said({"error": "Could not get a node for 5"}, 500), NotFound, "not_found"),
        (said({"error": "Could not get node for 5"}, 400), NotFound, "not_found"),
        (said({"error": GONE}, 400), NotFound, "not_found"),
        (said({"error": "x", "errorDetail": GONE}, 500), NotFound, "not_found"),
        (httpx.Response(404), NotFound, "not_found"),
        (said({"error": "An item with the name 'A' already exists."}, 500), Conflict, "already_exists"),
        (said({"error": "An item with the name 'A' already exists."}, 400), Conflict, "already_exists"),
        (said({"error": "Could not update metadata (edit conflict)."}, 409), Retryable, "locked"),
        (said({"error": "x"}, 409), Retryable, "locked"),
        (said({"error": "The item is reserved by Tom."}, 400), Retryable, "locked"),
        (said({"error": "The REST API URL could not be found in the mappings registry"}, 400), UnknownRoute, ""),
        (said({"error": "Method not allowed"}, 405), UnknownRoute, "unknown_route"),
        (said({"error": "Missing required parameter 'x'"}, 400), Permanent, "refused"),
        (said({"error": "no"}, 403), NeedsReauth, "missing_right"),
        (said({"error": "wait"}, 429, {"Retry-After": "7"}), RateLimited, "rate_limited"),
        (said({"error": "An unexpected error occurred."}, 500), Retryable, "server_error"),
        (page("<html>Please try again</html>", 500), Retryable, "overloaded"),
        (page("<html>Bad gateway</html>", 502), Retryable, "overloaded"),
        (httpx.Response(503, text="busy"), Retryable, "server_error"),
        (page("<!DOCTYPE html><title>Sign in</title>", 200), Retryable, "unreadable_answer"),
        (said({"data": "no list"}), Permanent, "unexpected_answer"),
        (httpx.Response(302, headers={"Location": "http://elsewhere.test"}), Permanent, "redirect"),
        (httpx.ConnectTimeout("x"), Retryable, "unreachable"),
        (httpx.ReadError("x"), Retryable, "broken_answer"),
    ],
)
def test_each_refusal_has_its_meaning(
    script: Script, answer: httpx.Response | Exception, error: type[AppError], code: str
) -> None:
    script.on(HOLDS, answer)
    with pytest.raises(error) as caught:
        script.open().records.holds(NODE)
    assert caught.value.specific_code == (code or "unknown_route")


def test_the_refusal_is_quoted_short_and_without_the_ticket(script: Script) -> None:
    script.on(HOLDS, said({"error": "x" * 1000}, 400))
    with pytest.raises(Permanent) as caught:
        script.open().records.holds(NODE)
    assert caught.value.context["said"] == "x" * 300
    assert "ticket" not in f"{caught.value!r}{caught.value.context}"


def test_an_empty_200_counts_as_an_empty_answer(script: Script) -> None:
    script.on(HOLDS, httpx.Response(200))
    assert script.open().records.holds(NODE) == ()


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
def test_a_write_that_breaks_off_may_have_happened_a_read_has_not(script: Script, failure: Exception) -> None:
    write = "PUT content.test/cs/cs/api/v1/rmclassifications/finalizerecords"
    script.on(HOLDS, failure)
    script.on(write, failure)
    opentext = script.open()
    with pytest.raises(Retryable) as reading:
        opentext.records.holds(NODE)
    with pytest.raises(Retryable) as writing:
        opentext.records.finalize([NODE])
    assert (reading.value.unknown_outcome, writing.value.unknown_outcome) == (False, True)


def test_a_name_in_a_path_cannot_leave_its_part(script: Script) -> None:
    key = "DELETE workflow.test/workflow/v1/process-instances/a%2F..%2Fb%3Fc%23d"
    script.on(key, said({}))
    script.on(key.replace("DELETE", "POST") + "/comments", said({}))
    script.open().workflows.terminate("a/../b?c#d", "test")
    assert len(script.asked(key)) == 1


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_an_empty_or_dotted_part_is_refused_before_anything_is_sent(script: Script, part: str) -> None:
    with pytest.raises(Permanent):
        script.open().workflows.diagram(part)
    assert not script.requests
