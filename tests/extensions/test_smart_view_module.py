"""The Smart View module as it is built: complete, registered, free of vendor code, with checked addresses only."""

import json
import re
from pathlib import Path

import pytest

from extensions.opentext.smartview import build

DOOR = "https://ecm.example.com/callbacks/content-server/bigcommerce-abc"
OURS = re.compile(r"define\('(store/[^']+)'")
NAMED = re.compile(r"'((?:i18n!)?(?:store|csui)/[^']+)'")
OF_SMART_VIEW = {
    "csui/lib/jquery", "csui/models/command", "csui/utils/commandhelper",
    "csui/controls/globalmessage/globalmessage",
}  # fmt: skip


def test_every_module_of_the_index_is_defined_once_in_the_bundle_and_the_other_way_round(tmp_path: Path) -> None:
    build.build(tmp_path, [DOOR])
    index = json.loads((tmp_path / "support/bundles/store-index.json").read_text("utf-8"))
    text = (tmp_path / "support/bundles/store-all.js").read_text("utf-8")
    assert list(index) == ["store/bundles/store-all"]
    assert [*index["store/bundles/store-all"], "store/bundles/store-all"] == OURS.findall(text)


def test_what_a_module_names_is_in_the_bundle_or_one_of_the_few_modules_of_smart_view() -> None:
    _, ours = build.bundle([DOOR])
    for module, text in build.modules().items():
        named = {name.removeprefix("i18n!") for name in NAMED.findall(text)}
        assert named <= set(ours) | OF_SMART_VIEW, module


def test_the_registration_names_modules_of_the_bundle() -> None:
    registration = json.loads((build.SOURCE / "store-extensions.json").read_text("utf-8"))
    _, ours = build.bundle([DOOR])
    lists = [point["extensions"]["store"] for point in registration.values() if "extensions" in point]
    assert lists
    assert {module for modules in lists for module in modules} <= set(ours)


def test_every_tool_item_is_a_command_and_the_commands_signature_is_said_once() -> None:
    modules = build.modules()
    command = modules["store/commands/publish/publish.command"]
    items = modules["store/commands/publish/publish.nodestable.toolitems"]
    (signature,) = re.findall(r"signature: '(\w+)'", command)
    assert set(re.findall(r"signature: '(\w+)'", items)) == {signature}


def keys(text: str) -> list[str]:
    return re.findall(r"^\s*(\w+): ", text, re.MULTILINE)


def test_every_language_has_every_text_with_the_same_places_to_fill() -> None:
    modules = build.modules()
    folder = "store/commands/publish/impl/nls"
    languages = [name for name in keys(modules[f"{folder}/lang"]) if name != "root"]
    root = modules[f"{folder}/root/lang"]
    assert languages
    for language in languages:
        own = modules[f"{folder}/{language}/lang"]
        assert keys(own) == keys(root)
        assert sorted(re.findall(r"\{\w+\}", own)) == sorted(re.findall(r"\{\w+\}", root))


def test_the_doors_are_in_the_bundle_as_they_were_given() -> None:
    text, _ = build.bundle([DOOR, f"{DOOR}-2"])
    (config,) = re.findall(r"define\('store/config', (\{.*?\})\);", text, re.DOTALL)
    assert json.loads(config) == {"doors": [DOOR, f"{DOOR}-2"]}


@pytest.mark.parametrize(
    "door",
    [
        "http://ecm.example.com/callbacks/content-server/bigcommerce-abc",
        "https://me@ecm.example.com/callbacks/content-server/bigcommerce-abc", f"{DOOR}?x=1", f"{DOOR}#x",
        "https:///callbacks/content-server/bigcommerce-abc", "https://ecm.example.com/", "javascript:alert(1)",
        "https://ecm.example.com/callbacks/content-server/", "https://ecm.example.com/callbacks/content-server/a/b",
        "https://ecm.example.com/callbacks/content-server/a');alert(1);('",
    ],
)  # fmt: skip
def test_an_address_no_ticket_may_travel_to_is_refused(
    door: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        build.main(["--door", door, "--out", str(tmp_path)])
    assert "usage" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--door", DOOR, "--out", str(tmp_path)]) == 0
    written = {Path(line).relative_to(tmp_path).as_posix() for line in capsys.readouterr().out.splitlines()}
    assert written == {
        "store.ini", "support/store-extensions.json", "support/bundles/store-all.js",
        "support/bundles/store-index.json",
    }  # fmt: skip


def test_two_modules_in_one_file_are_refused() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        build.named("store/x", "define([], 1);\ndefine([], 2);\n")
