"""The map of rights: the first line about somebody counts, and what is not known to be allowed is not shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rights import (
    EVERYBODY,
    MANAGERS,
    NOTHING,
    OWN,
    PRESETS,
    UNKNOWN,
    VIEWERS,
    Allowed,
    Entry,
    Mode,
    Rights,
    Scope,
    Traits,
    plain,
)

NAMES = st.sampled_from(["Payment", "02 Payment", "payment ", "Invoices", "06 Records", "支払い", "عقد"])
SOME = st.lists(NAMES, max_size=3).map(tuple)
TRAITS = st.builds(
    Traits, folders=st.none() | SOME, types=st.none() | SOME, categories=st.none() | SOME,
    record_class=st.sampled_from(["", "Invoices", "Payment"]),
)  # fmt: skip
MAPS = st.builds(Allowed, documents=st.sampled_from(list(Scope)), folders=SOME, types=SOME, categories=SOME)


@given(MAPS, TRAITS)
def test_learning_more_about_a_document_never_hides_what_a_reader_was_sure_to_see(allowed: Allowed, traits: Traits):
    """What is shown while something is unknown stays shown whatever it turns out to be."""
    if not allowed.sees(traits):
        return
    for folders in ((), ("Payment",), ("06 Records",)):
        filled = Traits(
            folders=folders if traits.folders is None else traits.folders,
            types=folders if traits.types is None else traits.types,
            categories=folders if traits.categories is None else traits.categories,
            record_class=traits.record_class,
        )
        assert allowed.sees(filled)


@given(SOME, SOME, SOME)
def test_a_document_nobody_has_looked_at_is_shown_only_to_who_may_see_all(folders, types, categories):
    for scope in (Scope.ONLY, Scope.EXCEPT):
        allowed = Allowed(documents=scope, folders=folders, types=types, categories=categories)
        names = bool(folders or types or categories)
        assert allowed.sees(UNKNOWN) is (scope is Scope.EXCEPT and not names)


@given(MAPS, SOME)
def test_nobody_files_where_they_would_not_see_it_again(allowed: Allowed, folders: tuple[str, ...]):
    if allowed.may_file_in(folders):
        assert allowed.sees(Traits(folders=folders, types=(), categories=()))


@pytest.mark.parametrize("folder", ["02 Payment", "Payment", "payments", "03_Payment", "1. PAYMENT"])
def test_support_sees_no_payments_whatever_the_folder_is_called(folder: str):
    assert not PRESETS["support"].sees(Traits(folders=(folder,), types=(), categories=()))
    assert PRESETS["support"].sees(Traits(folders=("05 Fulfilment",), types=(), categories=()))


def test_names_compare_without_their_ordinal_case_and_punctuation():
    assert plain("02 Payment") == plain("payment") == plain("2. Pay-ment")
    assert plain("---") == "---"


class TestTheMap:
    RIGHTS = Rights(
        entries=(
            Entry("sam@example.com", OWN, Allowed(documents=Scope.NONE)),
            Entry(MANAGERS, "everything"),
            Entry(VIEWERS, "status"),
        )
    )

    def test_the_first_line_about_somebody_counts(self):
        assert self.RIGHTS.allowed_for("SAM@example.com", "manager").documents is Scope.NONE
        assert self.RIGHTS.allowed_for("anna@example.com", "manager").documents is Scope.ALL
        assert self.RIGHTS.allowed_for("anna@example.com", "viewer") == NOTHING

    def test_who_no_line_is_about_sees_nothing_and_no_lines_mean_everything(self):
        assert self.RIGHTS.allowed_for("owner@example.com", "owner") == NOTHING
        assert Rights().allowed_for("", "viewer").is_whole
        assert Rights(entries=(Entry(EVERYBODY, "status"),)).allowed_for("", "owner") == NOTHING

    def test_a_preset_nobody_knows_allows_nothing(self):
        assert Rights(entries=(Entry(EVERYBODY, "of-a-newer-release"),)).allowed_for("a@b.c", "owner") == NOTHING

    def test_where_people_sign_in_the_map_limits_nobody(self):
        signed_in = Rights(mode=Mode.PERSON, entries=self.RIGHTS.entries)
        assert signed_in.allowed_for("sam@example.com", "viewer").is_whole
