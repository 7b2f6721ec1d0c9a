"""What is shown: visible characters only, sane sizes, files that browsers keep."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup

from app.db.types import utc_now
from app.web import assets, display, language, looks
from tests.unit.web_pages.shop import Shop


class TestClean:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("a\u200bb\ufeffc\u2060d", "abcd"),
            ("tab\tline\nend", "tab\tline\nend"),
            ("nul\x00bell\x07", "nulbell"),
            ("\u2066isolated\u2069", "isolated"),
            ("soft\u00adhyphen", "softhyphen"),
            ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
            ("tag\U000e0041", "tag"),
            ("ﷺ عقد", "ﷺ عقد"),
        ],
    )
    def test_takes_away_what_nobody_can_see(self, given: str, shown: str) -> None:
        assert display.clean(given) == shown

    def test_cuts_what_nobody_reads(self) -> None:
        assert len(display.clean("x" * 100_000)) == display.LONGEST + 1
        assert display.short("a  b\n c" + "x" * 500, 10) == "a b cxxxxx…"

    def test_leaves_markup_and_numbers_alone(self) -> None:
        made = Markup("<b>\u200b</b>")
        assert display.finalize(made) is made
        assert display.finalize(5) == 5

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "//host", "https://u:p@host/", "", "https://", "http://[::1"]
    )
    def test_an_address_that_is_none_is_no_link(self, url: str) -> None:
        assert display.web_url(url) == ""

    def test_words_of_html_read_as_one_line(self) -> None:
        html = (
            "<p>Warm <strong>light</strong>, 9&nbsp;W.</p><ul><li>One</li><li>Two &lt;3</li></ul><script>x()</script>"
        )
        assert display.plain_text(html) == "Warm light, 9\u00a0W. One Two <3"


class TestWords:
    def test_sizes_and_ages_and_money(self, shop: Shop) -> None:
        with shop.flask.test_request_context("/", base_url="http://app.test"):
            assert [language.size(n) for n in (0, 999, 84_213, 2_400_000)] == [
                "0\u00a0B",
                "999\u00a0B",
                "84\u00a0kB",
                "2.4\u00a0MB",
            ]
            assert language.ago(utc_now() - timedelta(minutes=2)) == "2 minutes ago"
            assert language.ago(utc_now() + timedelta(minutes=8, seconds=20)) == "in 8 minutes"
            assert language.ago(utc_now()) == "just now"
            assert language.money({"amount": "950.00", "currency": "EUR"}) == "€950.00"
            assert language.money({"amount": "many", "currency": "EUR"}) == "many EUR"
            assert language.money(None) == ""

    def test_a_day_is_the_stores_day(self, shop: Shop) -> None:
        late = datetime(2026, 7, 4, 23, 30, tzinfo=UTC)
        with shop.flask.test_request_context("/", base_url="http://app.test"):
            language.read_in("Europe/Berlin")
            assert "5" in language.date(late)
            assert language.moment(late).endswith("1:30\u00a0AM")

    def test_only_times_with_a_zone_count(self) -> None:
        assert language.parse_moment("2026-07-04T10:00:00") is None
        assert language.parse_moment("soon") is None
        assert language.parse_moment("2026-07-04T10:00:00+00:00") is not None


class TestFiles:
    @pytest.mark.parametrize("look", list(looks.Look))
    def test_the_style_sheet_stays_small(self, look: looks.Look) -> None:
        assert len(looks.sheet(look).encode()) < 10_000

    def test_a_page_is_dark_only_where_no_host_is_light_around_it(self, shop: Shop) -> None:
        person = shop.sign_in()
        dark = [
            "prefers-color-scheme:dark" in person.get("/", **{"Sec-Fetch-Dest": dest} if dest else {}).text
            for dest in ("document", "iframe", "empty", "")
        ]
        assert dark == [True, False, False, False]

    @pytest.mark.parametrize("name", [one for one in assets.FILES if not one.startswith("vendor/")])
    def test_what_a_script_says_is_sent_as_it_was_written(self, name: str) -> None:
        written = re.sub(rb"(?m)(^ *|  )// .*$", b"", (assets.STATIC / name).read_bytes())
        texts = re.findall(rb"'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`", written)
        texts = [re.sub(rb"\$\{[^}]*\}", b"", one) for one in texts]
        assert texts
        assert [one for one in texts if assets.LOOSE.search(one) or b"  // " in one or b"\n" in one] == []

    @pytest.mark.parametrize("name", list(assets.FILES))
    def test_files_are_packed_and_kept_for_ever(self, shop: Shop, name: str) -> None:
        with shop.flask.test_request_context("/", base_url="http://app.test"):
            address = assets.asset_url(name)
        packed = shop.flask.test_client().get(
            address, base_url="http://app.test", headers={"Accept-Encoding": "gzip, br"}
        )
        plain = shop.flask.test_client().get(address, base_url="http://app.test")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "immutable" in packed.headers["Cache-Control"]
        assert packed.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("name", ["app.css", "../assets.py", "vendor/../../assets.py", "notice.css", "nothing.js"])
    def test_only_the_listed_files_are_served(self, shop: Shop, name: str) -> None:
        answer = shop.flask.test_client().get(f"/assets/0123456789abcdef/{name}", base_url="http://app.test")
        assert answer.status_code == 404

    def test_a_panel_weighs_little(self, shop: Shop) -> None:
        """Page, scripts and style as they are sent here; a proxy that packs pages makes it less."""
        shop.related_customer()
        shop.order_under_review("1001", outcome="approved")
        page = shop.sign_in().get("/panel/orders/1001").data
        files = sum(len(assets.asset(name).packed) for name in assets.FILES)
        assert len(page) + files < 60_000
        assert len(gzip.compress(page)) + files < 30_000
