"""Every abuse case of the security rules is tried here, tried elsewhere under another name, or waits with a date."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

TESTS = Path(__file__).parents[1]
LAST = 130

# Tried where the code in question has its tests: number → (file, name of the test).
PAGES, OUTGOING = "e2e/test_panel.py", "unit/test_outbound.py"
ELSEWHERE: dict[int, tuple[str, str]] = {
    64: (PAGES, "test_hostile_names_are_only_text"),
    65: (PAGES, "test_hostile_names_are_only_text"),
    66: ("unit/web_pages/test_display.py", "test_takes_away_what_nobody_can_see"),
    67: ("engine/test_publishing.py", "test_dangerous_markup_never_reaches_the_store"),
    68: ("integration/doors/test_documents.py", "test_a_type_that_a_browser_might_run_is_sent_as_bytes"),
    84: ("engine/test_publishing.py", "test_the_approved_version_is_published_and_a_newer_draft_is_not"),
    88: (PAGES, "test_a_double_click_is_one_request"),
    90: (OUTGOING, "test_a_private_address_is_refused_in_every_spelling"),
    91: (OUTGOING, "test_the_checked_address_is_the_one_connected_to"),
    92: (OUTGOING, "test_a_redirect_is_not_followed"),
    93: (OUTGOING, "test_other_schemes_ports_and_user_names_are_refused"),
    95: ("unit/stores/bigcommerce/test_client.py", "test_an_id_that_is_none_never_reaches_a_path"),
    97: (OUTGOING, "test_an_endless_body_ends_at_the_cap"),
    98: (OUTGOING, "test_a_self_signed_certificate_is_refused"),
    99: (OUTGOING, "test_a_proxy_of_the_environment_is_not_used"),
    101: ("unit/web_pages/test_settings.py", "test_a_stored_secret_never_goes_to_another_address"),
}

NEXT = date(2027, 6, 30)  # a case that still waits then makes this test fail
WAITING: dict[int, tuple[str, date]] = (
    dict.fromkeys((18, 19, 47, 48, 49, 53), ("Shopify's doors are not built yet", NEXT))
    | dict.fromkeys((69, 77, 78, 80, 81, 85, 86, 87, 89), ("no export, search, mapped rights or prices yet", NEXT))
    | dict.fromkeys((70,), ("no page listens to messages of other windows", NEXT))
    | dict.fromkeys((71, 73), ("needs a browser that reports what its policy stopped", NEXT))
    | dict.fromkeys((75, 103, 104, 105, 106, 107), ("merchants upload nothing and name no node ids", NEXT))
    | dict.fromkeys((94, 96, 100), ("one text for every refused address; no GraphQL with a store's texts yet", NEXT))
    | dict.fromkeys((113,), ("the server joins such headers with the genuine ones; the proxy must drop them", NEXT))
    | dict.fromkeys((124, 127, 129), ("needs a queue with users, a restored copy, a list of advisories", NEXT))
)


def tried() -> set[int]:
    """The numbers of all tests called `test_case_<number>_…`."""
    names = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    return {int(number) for number in re.findall(r"def test_case_(\d{3})_", names)}


def test_every_case_is_tried_or_waits_with_a_reason():
    missing = set(range(1, LAST + 1)) - tried() - set(ELSEWHERE) - set(WAITING)
    assert not missing, f"neither tried nor listed: {sorted(missing)}"


def test_what_is_tried_elsewhere_is_really_there():
    gone = {
        number: where
        for number, where in ELSEWHERE.items()
        if f"def {where[1]}(" not in (TESTS / where[0]).read_text("utf-8")
    }
    assert not gone


def test_no_case_waits_that_is_tried_and_none_beyond_its_date():
    assert not set(WAITING) & (tried() | set(ELSEWHERE))
    overdue = [number for number, (_, until) in WAITING.items() if until < datetime.now(UTC).date()]
    assert not overdue, f"waiting too long: {overdue}"
