"""Secrets at rest: bound to their place, rotatable, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.vault import CannotDecrypt, Vault
from app.settings import Settings

OLD, NEW = "old-key-0123456789-abcdefghijklmnopqrs", "new-key-0123456789-abcdefghijklmnopqrs"


def vault(newest: str = NEW, *previous: str) -> Vault:
    return Vault(Settings(secret_key=newest, previous_secret_keys=previous, public_url="https://ecm.example"))


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_what_went_in_comes_out(plain, place):
    assert vault().decrypt(vault().encrypt(plain, place), place) == plain


def test_a_value_moved_to_another_row_is_refused():
    sealed = vault().encrypt(b"token", "store:token:a")
    with pytest.raises(CannotDecrypt):
        vault().decrypt(sealed, "store:token:b")


@pytest.mark.parametrize("position", [0, 5, 15, 30, -1])
def test_one_changed_byte_is_refused(position):
    sealed = bytearray(vault().encrypt(b"token", "p"))
    sealed[position] ^= 1
    with pytest.raises(CannotDecrypt):
        vault().decrypt(bytes(sealed), "p")


def test_an_old_key_opens_and_only_the_newest_seals():
    sealed = vault(OLD).encrypt(b"token", "p")
    rotated = vault(NEW, OLD)
    assert rotated.decrypt(sealed, "p") == b"token"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.encrypt(b"token", "p"))


def test_a_key_that_is_gone_says_so_and_does_not_name_itself():
    with pytest.raises(CannotDecrypt) as caught:
        vault(NEW).decrypt(vault(OLD).encrypt(b"token", "p"), "p")
    assert OLD not in str(caught.value)
    assert NEW not in str(caught.value)


def test_signatures_of_one_purpose_do_not_fit_another():
    made = vault()
    signature = made.sign("page", "x")
    assert made.is_signed("page", "x", signature)
    assert not made.is_signed("case-token", "x", signature)
    assert not made.is_signed("page", "x", "é")
    assert vault(OLD, NEW).is_signed("page", "x", signature)
