"""Write what Shopify's CLI deploys: `shopify.app.toml` and the folders of the admin extensions.

    python -m scripts.shopify_app                                         the files of this project
    python -m scripts.shopify_app --check                                 fail where they are not current
    python -m scripts.shopify_app --url https://ecm.example.com --client-id 1a2b   for your own app, before a deploy

Scopes and webhook topics come from the app's own lists, so that what it asks for and what it hears cannot differ.
Source: Shopify developer documentation, "App configuration", "Extension configuration".
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from app.stores.shopify import hook_events, scopes
from app.stores.shopify.names import API_VERSION

HOME = Path(__file__).resolve().parents[1] / "extensions" / "shopify"
EXTENSION_VERSION = "2026-07"  # of the library and its test package
URL, CLIENT_ID = "https://ecm.example.com", "your-client-id"
GENERATED = "# Written by scripts/shopify_app.py; run it again instead of changing this file.\n"


@dataclass(frozen=True)
class Extension:
    """One extension. `entry`: what its module exports, made by `part` of `shared`;
    `condition`: what of `shared/condition.js` decides whether it is there at all."""

    handle: str
    target: str
    part: str
    entry: str
    condition: str = ""

    def toml(self) -> str:
        condition = (
            '\n  [extensions.targeting.should_render]\n  module = "./src/condition.js"\n' if self.condition else ""
        )
        return (
            f'{GENERATED}api_version = "{EXTENSION_VERSION}"\n\n[[extensions]]\n'
            f'name = "t:name"\ndescription = "t:description"\nhandle = "{self.handle}"\ntype = "ui_extension"\n\n'
            f'  [[extensions.targeting]]\n  module = "./src/index.jsx"\n  target = "{self.target}"\n{condition}'
        )

    def files(self) -> Iterator[tuple[str, str]]:
        """(path below the project, text)."""
        folder, note = f"extensions/{self.handle}", GENERATED.replace("#", "//")
        yield f"{folder}/shopify.extension.toml", self.toml()
        imported = f"import {{{self.part}}} from '../../../shared/{self.part}.jsx';\n"
        yield f"{folder}/src/index.jsx", f"{note}{imported}\nexport default {self.entry};\n"
        if self.condition:
            imported = f"import {{{self.condition}}} from '../../../shared/condition.js';\n"
            text = f"{imported}\nexport default {self.condition}();\n"
            yield f"{folder}/src/condition.js", f"{note}{text}"
        for path in sorted((HOME / "locales").glob("*.json")):
            yield f"{folder}/locales/{path.name}", path.read_text("utf-8")


def _of_page(page: str) -> tuple[Extension, Extension]:
    action = f"ecm-{page}-action"
    return (
        Extension(f"ecm-{page}-block", f"admin.{page}-details.block.render", "block", f"block('{action}')"),
        Extension(action, f"admin.{page}-details.action.render", "action", "action()", "somethingToSay"),
    )


EXTENSIONS: tuple[Extension, ...] = (
    *(one for page in ("order", "product", "customer", "company") for one in _of_page(page)),
    Extension("ecm-order-print", "admin.order-details.print-action.render", "print", "print()", "somethingToPrint"),
    Extension("ecm-orders-print", "admin.order-index.selection-print-action.render", "print", "print()"),
)


def app_toml(url: str = URL, client_id: str = CLIENT_ID) -> str:
    """The app's configuration."""
    home = f"{url.rstrip('/')}/shopify"
    required = Settings.model_fields["shopify"].default.scopes
    lines = [
        f"client_id = {_text(client_id)}", 'name = "Storefront ECM"', 'handle = "storefront-ecm"',
        f"application_url = {_text(home)}", "embedded = true", 'extension_directories = ["extensions/*"]', "",
        "[access_scopes]", f"scopes = {_text(','.join(required))}",
        "# Asked for where a merchant turns on what needs them.",
        f"optional_scopes = {_list(scopes.OPTIONAL)}", "",
        "[access.admin]", "embedded_app_direct_api_access = false", "",
        "[auth]", f"redirect_urls = {_list([f'{home}/auth/callback'])}", "",
        "[webhooks]", f'api_version = "{API_VERSION}"', "",
        "# Topics whose scope a shop has not granted stay silent there; reconciliation tells what they would have.",
        "[[webhooks.subscriptions]]", f"topics = {_list(hook_events.topics())}", 'uri = "/webhooks"',
        'name = "storefront-ecm"', "",
        "[[webhooks.subscriptions]]", f"compliance_topics = {_list(hook_events.compliance_topics())}",
        'uri = "/webhooks/compliance"', "",
        "[pos]", "embedded = false", "",
        "[build]", "automatically_update_urls_on_dev = false", "include_config_on_deploy = true",
    ]  # fmt: skip
    return GENERATED + "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value)


def _list(values: Sequence[str] | dict[str, str]) -> str:
    """A TOML array, one value a line: differences are read line by line."""
    return "[\n" + "".join(f"  {json.dumps(value)},\n" for value in values) + "]"


def files(url: str = URL, client_id: str = CLIENT_ID) -> dict[str, str]:
    """Path below `extensions/shopify` -> text, of everything this script writes."""
    found = {"shopify.app.toml": app_toml(url, client_id)}
    for extension in EXTENSIONS:
        found |= dict(extension.files())
    return found


def outdated() -> list[str]:
    """What lies there and is not what would be written; what is missing or too much, too."""
    wanted = files()
    there = {path.relative_to(HOME).as_posix() for path in (HOME / "extensions").rglob("*") if path.is_file()}
    strange = sorted(there - wanted.keys())
    return strange + [name for name, text in wanted.items() if not _is(HOME / name, text)]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def write(url: str, client_id: str) -> None:
    shutil.rmtree(HOME / "extensions", ignore_errors=True)
    for name, text in files(url, client_id).items():
        (HOME / name).parent.mkdir(parents=True, exist_ok=True)
        (HOME / name).write_text(text, "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="shopify_app", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", default=URL, help="the app's public address")
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something is not current")
    given = parser.parse_args(arguments)
    if not given.check:
        write(given.url, given.client_id)
        return 0
    for name in (wrong := outdated()):
        print(f"not current: extensions/shopify/{name}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
