"""What rows keep in English is told in the reader's language, its values written the reader's way."""

from decimal import Decimal

import pytest
from flask import Flask, g

from app.language import sentences as room
from app.web import language, sentences

APP = Flask(__name__)


def told(text: str, locale: str = "de-DE", zone: str = "Europe/Berlin") -> str:
    with APP.app_context():
        g.reader = language.reader_for(locale, zone)
        return sentences.said(text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        ("Version 3 of “Lamp & Co.” is live: Description, Price and 2 more.",
         "Version 3 von „Lamp & Co.“ ist live: Beschreibung, Price und 2 weitere."),
        ("Total 1,234.50 EUR is at or above your limit of 500.00 EUR",
         "Gesamtbetrag 1.234,50 € erreicht Ihre Grenze von 500,00 €"),
        ("A reminder is set for 21 Nov 2026.", "Für 21.11.2026 ist eine Erinnerung gesetzt."),
        ("The agreement ended on 2026-11-21; nothing was published.",
         "Die Vereinbarung endete am 21.11.2026; nichts wurde veröffentlicht."),
        ("It must be answered by 2026-11-21 23:30 UTC.", "Zu beantworten bis 22.11.2026, 00:30."),
        ("1 workspaces came off the hold “Matter 7”.", "1 Workspace wurde von der Sperre „Matter 7“ genommen."),
        ("1,200 workspaces came off the hold “Matter 7”.",
         "1.200 Workspaces wurden von der Sperre „Matter 7“ genommen."),
        ("Return R-1001 was opened.", "Rücksendung R-1001 wurde eröffnet."),
        ("Return R-1001 is decided: Refund approved.", "Rücksendung R-1001 ist entschieden: Erstattung freigegeben."),
        ("Kept for 7 years, 6 months, until 20 Nov 2033, by the schedule “Orders: 7 years”",
         "Aufbewahrt für 7 Jahre, 6 Monate, bis 20.11.2033, nach dem Plan „Orders: 7 years“"),
        ("Compared with your store: 3 orders, 1 products. No change had been lost.",
         "Mit Ihrem Shop verglichen: 3 Bestellungen, 1 Produkte. Keine Änderung war verloren gegangen."),
        ("A link was made to send us “ID” and “Tax form”; it works until 1 Dec 2026. Copy it from this page.",
         "Ein Link, um uns „ID“ und „Tax form“ zu senden, wurde erstellt; er gilt bis 01.12.2026. "
         "Kopieren Sie ihn von dieser Seite."),
        ("Waiting until 1 Dec 2026: “Tax form” is missing; “ID” waits for approval.",
         "Wartet bis 01.12.2026: „Tax form“ fehlt; „ID“ wartet auf Freigabe."),
        ("The invoice copy was filed in “06 Records” as a record of class INV.",
         "In „06 Records“ abgelegt, als Akte der Klasse INV: Rechnungskopie."),
        ("The order stays held: it still waits for “Hold orders until required documents are there, release them when "
         "complete”, “Anna”.",
         "Die Bestellung bleibt angehalten: Sie wartet noch auf „Bestellungen anhalten, bis Pflichtdokumente da sind, "
         "und sie weiterleiten, wenn sie vollständig sind“, „Anna“."),
        ("Waiting for Customer Service: Review order 100.", "Wartet auf Customer Service: Bestellung 100 prüfen."),
        ("Left out by anna@shop.example.", "Ausgelassen von anna@shop.example."),
        ("The category Orders has no such attribute.", "Die Kategorie Orders hat kein solches Attribut."),
    ],
)  # fmt: skip
def test_a_kept_sentence_is_told_in_german(kept: str, german: str) -> None:
    assert told(kept) == german


def test_what_is_no_sentence_of_ours_stays_as_it_is() -> None:
    for text in ("", "Bitte prüfen. Danke!", "Smith and Sons, Inc.", "<b>bold</b>", "x" * 3000, "100 % (sure)",
                 "a. " * 200, "%(name)s", "Please look at this, and that."):  # fmt: skip
        assert told(text) == text


def test_the_name_of_a_thing_is_never_translated() -> None:
    assert told("“Description” is missing") == "„Description“ fehlt"
    assert told("Workspace “Approved” is ready.") == "Workspace „Approved“ steht bereit."


def test_what_is_known_of_several_sentences_is_told_and_the_rest_stays() -> None:
    assert told("It is under way. Tracking said: on the road.") == "Es ist unterwegs. Tracking said: on the road."


def test_an_english_reader_has_the_sentence_with_values_as_there_written() -> None:
    assert told("Version 3 was undone.", "en-GB") == "Version 3 was undone."
    assert told("Nothing was shipped 4 days after the order", "en-US") == "Nothing was shipped 4 days after the order"
    assert told("1,234.50 EUR were paid back.", "en-US") == "€1,234.50 were paid back."
    assert told("A reminder is set for 21 Nov 2026.", "en-US") == "A reminder is set for Nov 21, 2026."


def test_every_template_is_found_again_in_what_is_made_of_it() -> None:
    """No template is hidden by a wider one: filled with plain names, each is told as itself."""
    with APP.app_context():
        g.reader = language.reader_for("de")
        for one in room.templates():
            english = one.many or one.one
            text = english % {name: f"Xy{name}" for name in room.PLACE.findall(english)}
            found = room._matched(text)[1]
            assert found.template is not None, text
            assert found.template.weight >= one.weight
            assert sentences.said(text) != text, text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("499,90", "499.90"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1 200", "1200"),
        ("1\u00a0200,5", "1200.5"), ("499.9", "499.9"), ("-3,50", "-3.50"), ("1,200", "1,200"),
        ("1,234,50", "1,234,50"), ("viel", "viel"), ("", ""),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it_unless_it_could_mean_two(typed: str, read: str) -> None:
    assert language.plain_number(typed) == read


def test_an_amount_stands_in_its_field_as_the_reader_types_it() -> None:
    with APP.app_context():
        for locale, written in (("de-DE", "499,90"), ("en-US", "499.90"), ("fr-FR", "499,90"), ("ja", "499.90")):
            g.reader = language.reader_for(locale)
            assert language.typed_number(Decimal("499.90")) == written
