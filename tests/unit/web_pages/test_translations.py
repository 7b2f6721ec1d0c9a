"""Every text is there in every language, with its values and plurals, and pages show it to who reads it."""

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from app.web import language
from scripts import texts
from tests.unit.web_pages.shop import Shop

LANGUAGES = ("de", "es", "fr")
BOTH = pytest.mark.parametrize(("name", "domain"), [(name, domain) for name in LANGUAGES for domain in texts.KINDS])
VALUE = re.compile(r"%\((\w+)\)s")
SPACELESS = re.compile(r"[^\s\u00a0][;!?»](?=\s|$)|«(?!\u00a0)|\s:(?=\s|$)(?<!\u00a0:)")


def messages(name: str, domain: str) -> list[Message]:
    return [one for one in texts.translated(name, domain) if one.id]


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(str(one) for one in text)  # type: ignore[attr-defined]


def test_the_languages_of_the_hosts_are_there() -> None:
    assert language.languages() == ("en", *LANGUAGES)


@BOTH
def test_every_text_is_translated_and_none_is_left_over(name: str, domain: str) -> None:
    catalog = texts.translated(name, domain)
    assert set(texts.by_text(catalog)) == set(texts.KINDS[domain]()), "make texts, then translate what is new"
    assert [one.id for one in texts.missing(catalog)] == []
    assert [one.id for one in messages(name, domain) if one.fuzzy] == []
    fresh = texts.written(texts.renewed(name, texts.by_text(catalog), domain))
    assert fresh == language.catalogue_file(name, domain).read_bytes()


@BOTH
def test_values_and_plurals_are_those_of_the_text(name: str, domain: str) -> None:
    plurals = texts.translated(name, domain).num_plurals
    for one in messages(name, domain):
        asked, given = forms(one.id), forms(one.string)
        assert len(given) == (plurals if one.pluralizable else 1), one.id
        assert sorted(VALUE.findall(given[-1])) == sorted(VALUE.findall(asked[-1])), one.id
        assert all(set(VALUE.findall(form)) <= set(VALUE.findall(asked[-1])) for form in given), one.id
        assert all(form.strip() == form or asked[0].strip() != asked[0] for form in given), one.id
        if VALUE.search(asked[-1]):
            assert all(form % dict.fromkeys(VALUE.findall(asked[-1]), "1") for form in given), one.id
        assert not [field for form in given for _text, field, _s, _c in Formatter().parse(form) if field], one.id


@BOTH
def test_each_language_has_its_own_signs(name: str, domain: str) -> None:
    for one in messages(name, domain):
        for form in forms(one.string):
            assert "'" not in form, one.id
            assert "“" not in form or (name == "de" and form.count("“") == form.count("„")), one.id
            assert "”" not in form, one.id
            assert not re.search(r"[\x00-\x09\x0b-\x1f]", form), one.id
            if name == "fr":
                assert not re.search(r" [:;!?»]|« |[^\u00a0]»", form), one.id


@pytest.mark.parametrize(
    ("locale", "lang", "review", "home"),
    [
        ("de-AT", "de", "In Prüfung", "Was einen Menschen braucht"),
        ("fr_CA", "fr", "En cours d’examen", "Ce qui demande une intervention"),
        ("es-MX", "es", "En revisión", "Lo que necesita a una persona"),
        ("it", "en", "Under review", "What needs a person"),
    ],
)
def test_who_reads_it_gets_panel_and_home_in_that_language(
    shop: Shop, locale: str, lang: str, review: str, home: str
) -> None:
    shop.failing(shop.order_under_review("1001"), 3, stuck=True)
    shop.order_under_review("1002")
    person = shop.sign_in("viewer", locale=locale)
    for path, words in (("/panel/orders/1002", review), ("/", home), ("/settings/scenarios/order-review", "")):
        page = person.text(path)
        assert f'<html lang="{lang}"' in page
        assert words in page
    stopped = person.text("/panel/orders/1001")
    assert ("Content Server cannot be reached." in stopped) == (lang == "en")


def test_a_refusal_speaks_what_the_browser_asks_for(shop: Shop) -> None:
    """Whoever is not signed in: German by their browser, English where nothing of ours is asked for."""
    client = shop.flask.test_client()
    for asked, lang, words in (("de-CH,de;q=0.9,en;q=0.8", "de", "Öffnen Sie die App"), ("ja", "en", "Open the app")):
        page = client.get("/panel/orders/1", base_url="http://app.test", headers={"Accept-Language": asked})
        assert page.status_code == 401
        assert f'<html lang="{lang}"' in page.text
        assert words in page.text
