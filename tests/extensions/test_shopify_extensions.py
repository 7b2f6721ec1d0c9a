"""The extensions of Shopify's admin: current, small enough, and run by Shopify's own tester."""

import json
import shutil
import subprocess
import tomllib
import zlib
from pathlib import Path

import pytest

from app.settings import Settings
from app.stores.shopify import hook_events, scopes
from scripts import shopify_app

HOME = shopify_app.HOME
TARGETS = HOME / "node_modules/@shopify/ui-extensions/build/ts/surfaces/admin/extension-targets.d.ts"
TOPICS = Path(__file__).resolve().parents[4] / "shared/specs/shopify/webhooks/topics.json"
NODE = shutil.which("node")
MOST_BYTES = 64_000
needs_packages = pytest.mark.skipif(
    not (NODE and TARGETS.is_file()), reason="the extensions' npm packages are not here (make test brings them)"
)


def config() -> dict:
    return tomllib.loads((HOME / "shopify.app.toml").read_text())


def test_the_app_asks_for_its_own_scopes_and_hears_its_own_topics():
    found = config()
    assert found["access_scopes"]["scopes"].split(",") == list(Settings.model_fields["shopify"].default.scopes)
    assert set(found["access_scopes"]["optional_scopes"]) == set(scopes.OPTIONAL)
    assert not set(scopes.OPTIONAL) & set(scopes.REQUIRED)
    heard, required = found["webhooks"]["subscriptions"]
    assert heard["topics"] == hook_events.topics()
    assert required["compliance_topics"] == ["customers/data_request", "customers/redact", "shop/redact"]


def test_ones_own_app_is_written_with_its_address_and_id():
    text = shopify_app.app_toml("https://ecm.nordwind.example/", "1a2b")
    found = tomllib.loads(text)
    assert (found["client_id"], found["application_url"]) == ("1a2b", "https://ecm.nordwind.example/shopify")
    assert found["auth"]["redirect_urls"] == ["https://ecm.nordwind.example/shopify/auth/callback"]


@pytest.mark.skipif(not TOPICS.is_file(), reason="Shopify's topics are not here (../shared/specs/shopify)")
def test_every_topic_is_a_published_one():
    published = json.dumps(json.loads(TOPICS.read_text()))
    assert [topic for topic in hook_events.topics() if f'"{topic}"' not in published] == []


def test_every_extension_is_one_of_its_kind_and_all_texts_are_in_every_language():
    handles = [one.handle for one in shopify_app.EXTENSIONS]
    assert len(set(handles)) == len(handles)
    assert all(len(handle) <= 50 for handle in handles)
    languages = [json.loads(path.read_text()) for path in (HOME / "locales").glob("*.json")]
    assert len({json.dumps(_keys(language)) for language in languages}) == 1


def _keys(texts: dict) -> list:
    return sorted([name, _keys(value) if isinstance(value, dict) else ""] for name, value in texts.items())


@needs_packages
def test_every_target_and_condition_is_in_shopifys_list():
    known = TARGETS.read_text()
    for one in shopify_app.EXTENSIONS:
        assert f"'{one.target}'" in known
        if one.condition:
            assert f"'{one.target.replace('.render', '.should-render')}'" in known


@needs_packages
def test_every_bundle_is_built_and_small_enough(tmp_path):
    command = [str(NODE), str(HOME / "build.mjs"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    built = json.loads((tmp_path / "manifest.json").read_text())["extensions"]
    assert {one["handle"] for one in built} == {one.handle for one in shopify_app.EXTENSIONS}
    conditional = {one.handle for one in shopify_app.EXTENSIONS if one.condition}
    assert {one["handle"] for one in built if "conditions" in one} == conditional
    for one in built:
        code = (tmp_path / one["script"]).read_bytes()
        assert f'shopify.extend("{one["target"]}"'.encode() in code
        assert len(zlib.compress(code)) < MOST_BYTES


@needs_packages
def test_shopifys_own_tester_runs_them():
    script = HOME / "node_modules/vitest/vitest.mjs"
    if not script.is_file():
        pytest.skip("vitest is not here (make test brings it)")
    ran = subprocess.run([str(NODE), str(script), "run"], cwd=HOME, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
