"""With the app's own account a store's map says who sees what; the tester says beforehand what somebody would see."""

import html
import re

from app.domain.rights import EVERYBODY, OWNER, VIEWERS, Allowed, Entry, Mode, Scope
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER
from tests.doors import OWNER as OWNER_ID
from tests.rights.people import ANNA, LIAM, SAM, SECRET_NAME, Case, choose

ENTRIES = (Entry(OWNER, "everything"), Entry(VIEWERS, "support"))


def words(page: str) -> str:
    body = re.sub(r"<style.*?</style>|<svg.*?</svg>|<script.*?</script>", "", page, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def answer(case: Case, person: str, *, user: int = OWNER_ID, order: str = "", kind: str = "order") -> str:
    path = f"/settings/rights/test?person={person}&kind={kind}&object_id={order or case.order}"
    return words(case.person(user).text(path))


def limit(case: Case, *entries: Entry) -> None:
    """The map, and a look at the documents' types, which a map by types needs."""
    choose(case.house, Mode.SERVICE, *entries)
    case.house.request(case.house.store_id, "order", case.order, "recheck")
    case.house.drain()


class TestTheMap:
    def test_a_viewer_of_the_support_line_sees_no_payment_document(self, case: Case) -> None:
        owner, viewer = case.person(OWNER_ID), case.person(OTHER, Role.VIEWER)
        assert SECRET_NAME in viewer.text(case.panel), "without a map everybody sees everything"
        limit(case, *ENTRIES)
        assert SECRET_NAME in owner.text(case.panel)
        page = viewer.text(case.panel)
        assert "record.pdf" in page
        assert "canary" not in page
        assert "Finance gives access" in page

    def test_it_holds_for_the_document_itself_too(self, case: Case) -> None:
        viewer = case.person(OTHER, Role.VIEWER)
        shown = viewer.text(case.panel)
        found = re.search(r'name="document" value="([0-9a-f]{32})"[^>]*>Download<span class="sr"> Payment', shown)
        assert found
        fetched = viewer.post(f"{case.panel}/documents/fetch", {"document": found[1]})
        assert fetched.status_code == 200
        fetched.close()
        limit(case, *ENTRIES)
        refused = viewer.post(f"{case.panel}/documents/fetch", {"document": found[1]})
        assert refused.status_code == 403
        assert b"canary" not in refused.data

    def test_who_sees_only_the_status_learns_no_name(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, Entry(EVERYBODY, "status"))
        page = case.person(OTHER, Role.VIEWER).text(case.panel)
        assert "Under review" in page
        assert "record.pdf" not in page
        assert "canary" not in page

    def test_a_search_finds_for_a_viewer_only_what_they_may_see(self, case: Case) -> None:
        viewer, path = case.person(OTHER, Role.VIEWER), f"{case.panel}/documents/search?q=canary"
        assert SECRET_NAME in viewer.text(path)
        limit(case, *ENTRIES)
        page = viewer.text(path)
        assert SECRET_NAME not in page
        assert "0 documents found" in page
        choose(case.house, Mode.SERVICE, Entry(EVERYBODY, "status"))
        assert viewer.get(path).status_code == 403

    def test_access_is_requested_once_seen_by_managers_and_dealt_with(self, case: Case) -> None:
        owner, viewer = case.person(OWNER_ID), case.person(OTHER, Role.VIEWER)
        ask, button = f"{case.panel}/access", "Request access"
        assert button not in viewer.text(case.panel)
        assert viewer.post(ask).status_code == 409, "nothing is hidden"
        limit(case, *ENTRIES)
        assert button in viewer.text(case.panel)
        assert button not in owner.text(case.panel)
        assert [viewer.post(ask).status_code for _ in range(2)] == [303, 303]
        page = viewer.text(case.panel)
        assert "You asked for access" in page
        assert button not in page
        assert "Access requested" not in viewer.text("/"), "only managers are told who asks"
        home = owner.text("/")
        assert home.count("asks to see what OpenText has about it") == 1
        assert "canary" not in home
        (number,) = re.findall(r'action="/home/access/(\d+)"', home)
        assert viewer.post(f"/home/access/{number}").status_code == 403
        assert [owner.post(f"/home/access/{number}").status_code for _ in range(2)] == [303, 303]
        assert "Access requested" not in owner.text("/")
        assert button in viewer.text(case.panel), "what is still hidden may be asked for again"


class TestTheTesterByMap:
    def test_it_says_item_by_item_what_a_viewer_would_see_and_do(self, case: Case) -> None:
        limit(case, *ENTRIES)
        page = answer(case, VIEWERS)
        assert re.search(rf"{re.escape(SECRET_NAME)}.{{0,60}}Does not see it", page)
        assert re.search(r"record\.pdf.{0,60}Sees it", page)
        assert re.search(r"Start a review.{0,20}No", page)

    def test_it_agrees_with_the_panel(self, case: Case) -> None:
        own = Allowed(documents=Scope.ONLY, folders=("Payment",), records=False)
        limit(case, Entry(OWNER), Entry(EVERYBODY, "own", own))
        page, panel = answer(case, VIEWERS), case.person(OTHER, Role.VIEWER).text(case.panel)
        for name in (SECRET_NAME, "record.pdf"):
            said = re.search(rf"{re.escape(name)}.{{0,60}}?(Sees it|Does not see it)", page)
            assert said
            assert (said[1] == "Sees it") is (name in panel), name

    def test_somebody_who_never_opened_the_app_is_told_apart(self, case: Case) -> None:
        limit(case, *ENTRIES)
        assert "Nobody of this address has opened ECM yet" in answer(case, "new@example.com")

    def test_a_manager_learns_no_name_they_may_not_see(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, Entry(OWNER), Entry(EVERYBODY, "status"))
        person = case.person(OTHER, Role.MANAGER)
        page = person.text(f"/settings/rights/test?person={OWNER}&kind=order&object_id={case.order}")
        assert "canary" not in page

    def test_a_viewer_may_not_ask_and_nonsense_is_said(self, case: Case) -> None:
        path = f"/settings/rights/test?person={OWNER}&kind=order&object_id={case.order}"
        assert case.person(OTHER, Role.VIEWER).get(path).status_code == 403
        owner = case.person(OWNER_ID)
        assert owner.get("/settings/rights/test?person=&kind=order&object_id=1").status_code == 422
        assert owner.get("/settings/rights/test?person=owner&kind=planet&object_id=1").status_code == 422


class TestTheTesterWherePeopleSignIn:
    def test_content_server_is_asked_what_each_may_see_and_names_stay_hidden(self, personal: Case) -> None:
        verdicts = {}
        for login in (ANNA, SAM, LIAM):
            page = answer(personal, login)
            assert "canary" not in page, "who asks has not signed in to OpenText"
            verdicts[login] = re.findall(r"Document: .*? (Sees it|Does not see it)", page)
        assert verdicts[ANNA] == ["Sees it", "Sees it"]
        assert verdicts[SAM] == ["Sees it", "Does not see it"]
        assert verdicts[LIAM] == ["Does not see it", "Does not see it"]

    def test_it_agrees_with_what_the_person_sees_after_signing_in(self, personal: Case) -> None:
        person = personal.person(OWNER_ID)
        assert person.sign_in(SAM).status_code == 200
        panel = person.text(personal.panel)
        assert "record.pdf" in panel
        assert SECRET_NAME not in panel
        page = words(person.text(f"/settings/rights/test?person={SAM}&kind=order&object_id={personal.order}"))
        assert re.search(r"record\.pdf.{0,60}Sees it", page)
        assert re.search(r"one you may not see yourself.{0,60}Does not see it", page)

    def test_nobody_of_that_login_is_said(self, personal: Case) -> None:
        assert "OpenText has nobody of this login" in answer(personal, "nobody@demo")

    def test_no_answer_is_no_verdict(self, personal: Case) -> None:
        personal.house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
        path = f"/settings/rights/test?person={SAM}&kind=order&object_id={personal.order}"
        got = personal.person(OWNER_ID).get(path)
        assert got.status_code == 503
        assert "cannot be said" in words(got.get_data(as_text=True))
