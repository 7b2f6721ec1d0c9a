"""Standing outside the product: the control API, the app's doors and pages, and time. Nothing here looks inside."""

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from sandbox.control import make_control
from tests.acceptance.stores import BIGCOMMERCE, Store
from tests.doors import Browser, Doors, page_token_in
from tests.house import OPERATOR_TOKEN, House

CONTROL, APP = "http://control.test", "http://app.test"
OPENTEXT = ("otds", "content_server", "workflow", "exstream")
HEALING = (60, 300, 900)  # seconds between looks after an outage, as hours would pass by themselves


class _NoProcesses:
    """The demo's supervisor is not needed: nothing is restarted here."""

    environment: Mapping[str, str] = {"ECM_PUBLIC_URL": APP}

    def reset(self) -> None:
        raise NotImplementedError

    def processes(self) -> dict[str, int | None]:
        return {}


@dataclass
class ShopBrowser:
    """Somebody in Shopify's admin, whose frame proves every request by a token of its own."""

    client: Any
    token: Callable[[], str]
    page: str = ""

    def get(self, path: str) -> Any:
        return self.client.get(path, base_url=APP, headers=self._proof())

    def post(self, path: str, data: Mapping[str, str] | None = None) -> Any:
        fields = dict(data or {}) | {"page_token": self.page}
        return self.client.post(path, base_url=APP, data=fields, headers=self._proof())

    def _proof(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}


@dataclass
class Outside:
    """One store and its OpenText, seen and moved from outside. `kept` is what verbs remembered by name."""

    store: Store
    control: httpx.Client
    client: Any  # Flask's test client for doors that need no session
    sign_in: Callable[[], Browser | ShopBrowser]
    work: Callable[[], object]
    advance: Callable[[float], object]
    kept: dict[str, str] = field(default_factory=dict)
    _staff: Browser | ShopBrowser | None = None

    @property
    def staff(self) -> Browser | ShopBrowser:
        """The store's owner in the control panel; signed in again after a new beginning or a long time."""
        if self._staff is None:
            self._staff = self.sign_in()
        return self._staff

    # The control API

    def get(self, path: str, **query: Any) -> Any:
        return _answer(self.control.get(f"/control{path}", params=query), 200)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return _answer(self.control.post(f"/control{path}", json=body), status)

    def patch(self, path: str, body: Any) -> Any:
        return _answer(self.control.patch(f"/control{path}", json=body), 200)

    def fault(self, **rule: Any) -> str:
        return str(self.post("/faults", rule, 201)["id"])

    def heal(self) -> None:
        _answer(self.control.delete("/control/faults"), 200)

    def heal_one(self, rule: str) -> None:
        _answer(self.control.delete(f"/control/faults/{rule}"), 200)

    # What was remembered

    def keep(self, name: str, value: Any) -> None:
        self.kept[name] = str(value)

    def told(self, text: Any) -> Any:
        """The text (or whatever holds texts) with what was kept put in; a text that is one number becomes one."""
        if isinstance(text, Mapping):
            return {self.told(key): self.told(value) for key, value in text.items()}
        if isinstance(text, (list, tuple)):
            return [self.told(one) for one in text]
        if not isinstance(text, str):
            return text
        whole = re.fullmatch(r"#\{(\w+)\}", text)
        if whole:
            return int(self.kept[whole[1]])
        told = text
        for _within in range(2):  # a word may be made of another
            told = re.sub(r"\{(\w+)\}", lambda found: self.store.words.get(found[1], found[0]), told)
        return re.sub(r"\{(\w+)\}", lambda found: self.kept.get(found[1], found[0]), told)

    # Pages

    def page(self, path: str) -> str:
        answer = self.staff.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return unescape(answer.get_data(as_text=True))

    def words(self, path: str) -> str:
        """What people read on a page of the app."""
        body = re.sub(r"<style.*?</style>|<svg.*?</svg>", "", self.page(path), flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    def choose(self, slug: str, choices: Mapping[str, str]) -> None:
        """The form as the page shows it, some fields changed, saved."""
        path = f"/settings/scenarios/{slug}"
        form = fields_of(self.page(path)) | dict(choices)
        answer = self.staff.post(path, data={name: value for name, value in form.items() if value is not None})
        assert answer.status_code == 303, (slug, answer.get_data(as_text=True)[-3000:])

    def upload(self, link: str, files: Sequence[tuple[str, str, bytes]]) -> None:
        path = link.removeprefix(APP)
        assert self.client.get(path, base_url=APP).status_code == 200, link
        data: dict[str, list[tuple[io.BytesIO, str]]] = {}
        for slot, name, content in files:
            data.setdefault(slot, []).append((io.BytesIO(content), name))
        sent = self.client.post(
            path, base_url=APP, data=data, content_type="multipart/form-data", follow_redirects=True
        )
        assert sent.status_code == 200, sent.get_data(as_text=True)

    def set_aside(self) -> list[Any]:
        """What waits for a person because it could not be done, as the operator sees it."""
        answer = self.client.get(
            "/operator/v1/quarantine", base_url=APP, headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: list[Any] = answer.json["items"]
        return found

    # Time and the ledger

    def pass_time(self, seconds: float) -> None:
        self.advance(seconds)
        self._staff = None  # a session is over after a while

    def mark(self) -> int:
        """Where the ledger stands now."""
        entries = self.get("/ledger")["entries"]
        return int(entries[-1]["sequence"]) if entries else 0

    def effects(self, since: int) -> Counter[tuple[str, str]]:
        """(system, effect) → how often it was made since."""
        entries = self.get("/ledger", since=since)["entries"]
        return Counter((one["system"], one["effect"]) for one in entries if one["effect"])


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of a page's settings form, untouched."""
    start = page.index('<form class="fields"')
    form = page[start : page.index("</form>", start)]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if named.get("type") != "checkbox" or " checked" in tag:
            found[named.get("name", "")] = named.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in ("", "page_token", "click")}


def _answer(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, (response.request.url, response.text)
    return response.json()


def _in_the_admin(house: House) -> ShopBrowser:
    browser = ShopBrowser(house.flask.test_client(), house.stage.shopify_admin.id_token)
    browser.page = page_token_in(browser.get("/"))
    return browser


def outside(house: House, store: Store = BIGCOMMERCE) -> Outside:
    """The house from its garden."""
    sign_in = Doors(house).signed_in if store is BIGCOMMERCE else lambda: _in_the_admin(house)
    control = make_control(house.stage, _NoProcesses())
    return Outside(
        store, httpx.Client(transport=httpx.WSGITransport(app=control), base_url=CONTROL),
        house.flask.test_client(), sign_in,
        house.drain, lambda seconds: house.advance(seconds=seconds),
    )  # fmt: skip
