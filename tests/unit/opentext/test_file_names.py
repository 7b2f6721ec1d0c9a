"""Names Content Server takes: short enough, without colon, and still the name a person gave."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.opentext.content_server.names import LONGEST_NAME, file_name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Order 1001.pdf", "Order 1001.pdf"),
        ("  Order 1001.pdf \n", "Order 1001.pdf"),
        ("10:45 delivery: late.txt", "10-45 delivery- late.txt"),
        ("and/or\\maybe.txt", "and-or-maybe.txt"),
        ("tab\tand\r\nline.txt", "tab and line.txt"),
        ("null\x00bell\x07.txt", "nullbell.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("فاتورة 1001.pdf", "فاتورة 1001.pdf"),
        ("Family 👨‍👩‍👧 photo.png", "Family 👨‍👩‍👧 photo.png"),
        ("half \ud83d emoji.txt", "half emoji.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("", "Untitled"),
        (" . ", "Untitled"),
        (":", "-"),
    ],
)
def test_a_name_is_made_fit(name: str, wanted: str) -> None:
    assert file_name(name) == wanted


def test_a_name_of_300_characters_keeps_its_ending() -> None:
    cut = file_name("x" * 300 + ".pdf")
    assert len(cut) == LONGEST_NAME
    assert cut.endswith("x.pdf")


def test_a_name_of_300_emoji_is_cut_between_emoji_and_counted_as_the_server_may() -> None:
    cut = file_name("🧾" * 300 + ".pdf")
    assert len(cut.encode("utf-16-le")) // 2 <= LONGEST_NAME
    assert set(cut.removesuffix(".pdf")) == {"🧾"}


def test_a_very_long_ending_is_no_ending() -> None:
    assert len(file_name("a." + "b" * 300)) == LONGEST_NAME


@given(st.text(st.characters(), max_size=600))
def test_any_text_becomes_a_name_the_server_takes_and_stays_that_name(text: str) -> None:
    name = file_name(text)
    assert name
    assert name == name.strip()
    assert not set(name) & set(":/\\")
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    assert len(name.encode("utf-16-le")) // 2 <= LONGEST_NAME
    assert file_name(name) == name
