"""An exported audit log proves itself: whatever was done to the file is found, and where."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.domain import audit_chain
from app.domain.audit_chain import GENESIS, check

AT = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)
STORE = "shopify:nordlicht.myshopify.com"


def a_log(count: int = 5) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        entry: dict[str, Any] = {
            "store_id": STORE, "seq": seq, "at": AT.isoformat(), "actor": "user:1", "action": "hold.applied",
            "object": f"order:{seq}", "detail": {"hold": seq, "reason": audit_chain.said("Löwe v. Nordlicht")},
            "prev_hash": entries[-1]["hash"] if entries else GENESIS,
        }  # fmt: skip
        entries.append(entry | {"hash": audit_chain.entry_hash(entry)})
    return entries


def a_file(entries: list[dict[str, Any]]) -> list[bytes]:
    lines = [audit_chain.line_of(one) for one in entries]
    head = entries[-1]["hash"] if entries else GENESIS
    return [line.encode() + b"\n" for line in (*lines, audit_chain.seal_of(STORE, len(entries), head, AT))]


def broken_at(lines: list[bytes], head: str = "") -> tuple[int, str]:
    found = check(lines, head).broken
    assert found is not None
    assert found.means
    return found.line, found.wrong


def test_an_untouched_file_holds_also_an_empty_one() -> None:
    log = a_log()
    found = check(a_file(log), head=log[-1]["hash"].upper())
    assert (found.broken, found.entries, found.store_id, found.head) == (None, 5, STORE, log[-1]["hash"])
    assert check(a_file([])).broken is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor", "user:2"), ("action", "hold.released"), ("object", "order:9"), ("at", "2026-03-02T12:30:00+00:00"),
     ("detail", {}), ("hash", "0" * 64), ("prev_hash", "1" * 64)],
)  # fmt: skip
def test_a_changed_field_is_found_at_its_line(field: str, value: Any) -> None:
    log = a_log()
    log[2] = log[2] | {field: value}
    assert broken_at(a_file(log))[0] == 3


def test_a_change_with_a_new_hash_is_found_at_the_next_line() -> None:
    log = a_log()
    changed = log[2] | {"actor": "user:2"}
    log[2] = changed | {"hash": audit_chain.entry_hash(changed)}
    assert broken_at(a_file(log)) == (4, "Entry 4 does not follow from the entry before it.")


def test_removed_inserted_repeated_and_reordered_lines_are_found() -> None:
    lines = a_file(a_log())
    assert broken_at(lines[:1] + lines[2:]) == (2, "Entry 3 stands where 2 belongs.")
    assert broken_at([*lines[:2], lines[1], *lines[2:]]) == (3, "Entry 2 stands where 3 belongs.")
    assert broken_at([lines[0], lines[2], lines[1], *lines[3:]]) == (2, "Entry 3 stands where 2 belongs.")
    foreign = a_log()[2] | {"store_id": "bigcommerce:other"}
    assert broken_at([*lines[:2], audit_chain.line_of(foreign).encode(), *lines[2:]])[0] == 3
    assert broken_at(lines[1:])[0] == 1


def test_lines_missing_at_the_end_are_found_by_the_seal() -> None:
    lines = a_file(a_log())
    assert broken_at(lines[:-1]) == (6, "The seal, the last line, is missing.")
    assert broken_at([*lines[:3], lines[-1]]) == (4, "The seal is for 5 entries; 3 were read.")
    assert broken_at([*lines, lines[0]]) == (7, "A line follows the seal.")
    assert broken_at([])[0] == 1


def test_a_log_rewritten_whole_is_found_by_a_hash_kept_elsewhere() -> None:
    shorter = a_log(4)
    assert check(a_file(shorter)).broken is None
    assert broken_at(a_file(shorter), head=a_log()[-1]["hash"]) == (6, "The last hash is not the one you gave.")


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{", b"\xff", b'{"audit_seal": 1}', b'{"audit_seal": {"format": 2}}', b"[" * 100_000,
             b'{"seq": "1"}', b" " * (audit_chain.LONGEST_LINE + 1)],
    ids=lambda line: repr(line[:20]),
)  # fmt: skip
def test_lines_that_are_no_entries_are_told_and_nothing_fails(line: bytes) -> None:
    assert broken_at([line])[0] == 1
    wrong_kind = a_log()[0] | {"seq": True}
    assert broken_at([json.dumps(wrong_kind).encode()])[0] == 1


def test_a_reason_may_be_forgotten_and_never_replaced() -> None:
    log = a_log()
    log[1]["detail"] = {name: audit_chain.forgotten(value) for name, value in log[1]["detail"].items()}
    assert "Löwe" not in json.dumps(log[1], ensure_ascii=False)
    found = check(a_file(log))
    assert (found.broken, found.forgotten) == (None, 1)
    log[3]["detail"] = log[3]["detail"] | {"reason": log[3]["detail"]["reason"] | {"text": "Somebody else"}}
    assert broken_at(a_file(log)) == (4, "What a person wrote in entry 4 does not fit its digest.")


def test_the_command_needs_nothing_but_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECM_DATABASE_URL", "no database")
    log, file = a_log(), tmp_path / "audit.jsonl"
    file.write_bytes(b"".join(a_file(log)))
    good = CliRunner().invoke(app, ["audit", "verify", str(file), "--head", log[-1]["hash"]])
    assert (good.exit_code, f"holds: {len(log)} entries" in good.output) == (0, True)
    file.write_bytes(b"".join(a_file(log)[1:]))
    bad = CliRunner().invoke(app, ["audit", "verify", str(file)])
    assert bad.exit_code == 1
    assert "BROKEN at line 1: Entry 2 stands where 1 belongs." in bad.output
    assert CliRunner().invoke(app, ["audit", "verify", str(tmp_path / "none")]).exit_code == 2
