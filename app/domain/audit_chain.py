"""The audit log's chain: what an entry's hash covers, the file it is exported as, and how that file is checked.

An exported file has one JSON object a line: the entries in order, from the first, then a seal that counts them and
repeats the last hash. Nothing but the file is needed to check it. What a person wrote (a reason) is chained by a salted
digest, so that it can be forgotten later and the chain still holds.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64
FIELDS = ("store_id", "seq", "at", "actor", "action", "object", "detail", "prev_hash", "hash")
TYPES: Mapping[str, type] = dict.fromkeys(FIELDS, str) | {"seq": int, "detail": dict}
SEAL = "audit_seal"
FORMAT = 1
LONGEST_LINE = 1_000_000


def said(text: str) -> dict[str, str]:
    """What a person wrote, as an entry's detail keeps it: the chain covers the digest alone."""
    salt = secrets.token_hex(16)
    return {"said_sha256": _digest_of(salt, text), "salt": salt, "text": text}


def forgotten(value: Any) -> Any:
    """The same without the words, and without the salt by which they could be guessed."""
    return {"said_sha256": value["said_sha256"]} if is_said(value) else value


def is_said(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("said_sha256"), str)


def words(value: Any) -> str | None:
    """What a person wrote; None where it was forgotten."""
    text = value.get("text")
    return text if isinstance(text, str) else None


def _digest_of(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash of an entry (its `FIELDS`, `at` as text) and the one before it."""
    detail = {name: forgotten(value) for name, value in entry["detail"].items()}
    body = json.dumps(
        [entry["store_id"], entry["seq"], entry["at"], entry["actor"], entry["action"], entry["object"], detail],
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    return hashlib.sha256((entry["prev_hash"] + body).encode("utf-8", "surrogatepass")).hexdigest()


def line_of(entry: Mapping[str, Any]) -> str:
    """An entry as a line of the exported file."""
    return json.dumps({name: entry[name] for name in FIELDS}, ensure_ascii=True)


def seal_of(store_id: str, count: int, head: str, made_at: datetime) -> str:
    """The last line: without it nobody could tell that lines are missing at the end."""
    told = {"format": FORMAT, "store_id": store_id, "entries": count, "head": head, "made_at": made_at.isoformat()}
    return json.dumps({SEAL: told})


@dataclass(frozen=True)
class Broken:
    """The first line that is not as it was written: its number in the file, what is wrong, what that means."""

    line: int
    wrong: str
    means: str


@dataclass(frozen=True)
class Checked:
    """What checking a file found. `forgotten` counts reasons that a person's erasure took out, which is allowed."""

    entries: int = 0
    store_id: str = ""
    head: str = GENESIS
    forgotten: int = 0
    broken: Broken | None = None


class _Bad(Exception):  # never leaves this file
    def __init__(self, wrong: str, means: str) -> None:
        super().__init__(wrong)
        self.wrong, self.means = wrong, means


def check(lines: Iterable[bytes], head: str = "") -> Checked:
    """Check an exported file line by line; `head`: the last hash as somebody wrote it down elsewhere."""
    reader = _Reader()
    number = 0
    try:
        for number, line in enumerate(lines, start=1):  # noqa: B007  # told after the loop too
            reader.take(line)
        number += 1
        reader.end(head.strip().lower())
    except _Bad as bad:
        return reader.checked(Broken(number, bad.wrong, bad.means))
    return reader.checked(None)


class _Reader:
    """What is known of the file so far."""

    def __init__(self) -> None:
        self._count, self._forgotten = 0, 0
        self._store, self._head = "", GENESIS
        self._is_sealed = False

    def checked(self, broken: Broken | None) -> Checked:
        return Checked(self._count, self._store, self._head, self._forgotten, broken)

    def take(self, line: bytes) -> None:
        if self._is_sealed:
            raise _Bad("A line follows the seal.", "Something was added after the file was exported.")
        told = _parsed(line)
        if SEAL in told:
            self._seal(told[SEAL])
        else:
            self._entry(told)

    def _entry(self, entry: dict[str, Any]) -> None:
        _has_the_form(entry)
        self._in_its_place(entry)
        if entry_hash(entry) != entry["hash"]:
            raise _Bad(f"Entry {entry['seq']} does not fit its own hash.", "It was changed after it was written.")
        for value in entry["detail"].values():
            self._said(entry["seq"], value)
        self._count, self._store, self._head = entry["seq"], entry["store_id"], entry["hash"]

    def _in_its_place(self, entry: dict[str, Any]) -> None:
        seq, expected = entry["seq"], self._count + 1
        if self._store and entry["store_id"] != self._store:
            raise _Bad(f"Entry {seq} is of another store.", "It was inserted: a file holds one store's log.")
        if seq > expected:
            raise _Bad(f"Entry {seq} stands where {expected} belongs.",
                       f"Entry {expected} was removed, or entries were put into another order.")  # fmt: skip
        if seq < expected:
            raise _Bad(f"Entry {seq} stands where {expected} belongs.",
                       "It was inserted or repeated, or entries were put into another order.")  # fmt: skip
        if entry["prev_hash"] != self._head:
            raise _Bad(f"Entry {seq} does not follow from the entry before it.",
                       "This entry or the one before was replaced by another.")  # fmt: skip

    def _said(self, seq: int, value: Any) -> None:
        if not is_said(value):
            return
        text, salt = value.get("text"), value.get("salt")
        if text is None and salt is None:
            self._forgotten += 1
        elif not (isinstance(text, str) and isinstance(salt, str) and _digest_of(salt, text) == value["said_sha256"]):
            raise _Bad(f"What a person wrote in entry {seq} does not fit its digest.",
                       "Their words were changed after they were written.")  # fmt: skip

    def _seal(self, told: Any) -> None:
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise _Bad("The seal has a form this release does not know.", "Check it by the release that made it.")
        if told.get("entries") != self._count or told.get("head") != self._head:
            raise _Bad(f"The seal is for {told.get('entries')} entries; {self._count} were read.",
                       "Entries were removed at the end, or the seal is of another file.")  # fmt: skip
        if self._count and told.get("store_id") != self._store:
            raise _Bad("The seal is of another store.", "The seal is of another file.")
        self._store, self._is_sealed = str(told.get("store_id")), True

    def end(self, head: str) -> None:
        if not self._is_sealed:
            raise _Bad("The seal, the last line, is missing.",
                       "The download was cut off, or lines were removed at the end.")  # fmt: skip
        if head and head != self._head:
            raise _Bad("The last hash is not the one you gave.",
                       "The file was made at another time, or its whole end was written anew.")  # fmt: skip


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8")) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _Bad("The line is no JSON object.", "It was damaged or edited, or this is no exported audit log.")
    return told


def _has_the_form(entry: dict[str, Any]) -> None:
    has_fields = entry.keys() == TYPES.keys() and all(type(entry[name]) is kind for name, kind in TYPES.items())
    if not has_fields:
        raise _Bad("The line is no entry of an audit log.", "Fields were added, removed or changed in kind.")


def opened(path: str) -> Iterator[bytes]:
    """The lines of a file, each at most a little longer than any true one."""
    with open(path, "rb") as file:
        while line := file.readline(LONGEST_LINE + 2):
            yield line
