"""Secrets at rest: AES-256-GCM with a key id, bound to the place they belong to, rotatable.

Stored form: 1 byte version, 8 bytes key id, 12 bytes nonce, ciphertext. The associated data names table, column and
row, so that two rows' ciphertexts cannot be swapped.
"""

import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import AppError
from app.settings import Settings

FORMAT = b"\x01"


class CannotDecrypt(AppError):
    """Stored under a key we do not have, or not where it belongs (swapped, damaged)."""

    code = "cannot_decrypt"


class Vault:
    """Encrypts with the newest key, decrypts with any key of the settings (newest first)."""

    def __init__(self, settings: Settings) -> None:
        chain = (settings.secret_key, *settings.previous_secret_keys)
        self._master = [key.get_secret_value().encode() for key in chain]
        derived = [_derive(master, b"encryption") for master in self._master]
        self._keys = {hashlib.sha256(key).digest()[:8]: AESGCM(key) for key in derived}
        self._newest = next(iter(self._keys))

    def encrypt(self, plain: bytes, place: str) -> bytes:
        """`place` is "table:column:row id"."""
        nonce = os.urandom(12)
        sealed = self._keys[self._newest].encrypt(nonce, plain, place.encode())
        return FORMAT + self._newest + nonce + sealed

    def decrypt(self, blob: bytes, place: str) -> bytes:
        key = self._keys.get(blob[1:9]) if blob[:1] == FORMAT else None
        if key is None:
            raise CannotDecrypt("A stored secret uses a key that is not configured.", place=place)
        try:
            return key.decrypt(blob[9:21], blob[21:], place.encode())
        except InvalidTag as error:
            raise CannotDecrypt("A stored secret does not belong where it was found.", place=place) from error

    def is_current(self, blob: bytes) -> bool:
        """False when `rotate-keys` still has to re-encrypt it."""
        return blob[:9] == FORMAT + self._newest

    def knows(self, blob: bytes) -> bool:
        return blob[:1] == FORMAT and blob[1:9] in self._keys

    def sign(self, purpose: str, message: str) -> str:
        """Hex HMAC-SHA256 under a key of its own for each purpose (newest master key)."""
        return _mac(self._master[0], purpose, message)

    def is_signed(self, purpose: str, message: str, signature: str) -> bool:
        """Constant time, any configured key."""
        given = signature.encode("utf-8", "replace")
        good = [hmac.compare_digest(_mac(master, purpose, message).encode(), given) for master in self._master]
        return any(good)

    def derived(self, label: str) -> tuple[bytes, ...]:
        """A 32-byte key of its own for that use, one per configured master key, newest first."""
        return tuple(_derive(master, b"derived:" + label.encode()) for master in self._master)


def _derive(master: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"storefront-ecm", info=label).derive(master)


def _mac(master: bytes, purpose: str, message: str) -> str:
    key = _derive(master, b"sign:" + purpose.encode())
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def random_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def sha256_hex(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
