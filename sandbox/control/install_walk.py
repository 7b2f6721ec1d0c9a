"""What a merchant does to install the app and connect OpenText, over HTTP and through the app's own pages and forms."""

import html
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from sandbox import credentials
from sandbox.content_server import CallbackSettings
from sandbox.content_server.seed import BIGCOMMERCE, SHOPIFY
from sandbox.control.answers import Problem
from sandbox.exstream.seed import DOMAIN, FORWARD
from sandbox.stage import Stage

JSON = dict[str, Any]
SET_UP_WITHIN, LOOK_EVERY = 30.0, 0.2
PAGES = 30  # looked at for it, at most
MARKS = {"client_secret", "workflow_client_secret"}  # the fields by which the whole connection form is known
EXTENSIONS = 3  # orders, products, customers
MODELS = len(list((Path(__file__).resolve().parents[2] / "extensions/opentext/workflow").glob("*.bpmn")))


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page with their values as a browser would send them, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._choice: str | None = None
        self._text: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif self.forms and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                form.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and ("selected" in given or self._choice not in form.fields):
            form.fields[self._choice] = given.get("value", "")
        elif tag == "textarea" and name:
            self._text = name
            form.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1].fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._choice = None
        if tag == "textarea":
            self._text = None


def walk(stage: Stage, store_hash: str, owner: int | str | None, *, connect: bool) -> JSON:
    """Raises Problem (502) naming the step that failed and what the app said."""
    with httpx.Client(transport=stage.transport, timeout=60, trust_env=False, follow_redirects=True) as browser:
        _page(browser, "install", stage.control_panel.install_url(store_hash, user=owner))
        if not stage.control_panel.installed(store_hash):
            raise Problem(502, "The app did not exchange its code.", step="install")
        _wait("set-up", lambda: _is_set_up(stage, store_hash))
        if connect:
            _connect(
                stage, browser, _page(browser, "open", stage.control_panel.load_url(store_hash, owner)), BIGCOMMERCE
            )
    return _result(stage, store_hash)


def walk_shopify(stage: Stage, domain: str, user: int | str | None, *, connect: bool) -> JSON:
    """The same in a Shopify shop: Shopify asks for the scopes itself, then the admin opens the app."""
    admin, shopify = stage.shopify_admin, stage.shopify
    admin.install(domain)
    with httpx.Client(transport=stage.transport, timeout=60, trust_env=False, follow_redirects=True) as browser:
        start = _page(browser, "install", admin.open(domain, user).url)
        if not any(token.shop == domain for token in shopify.state.tokens.values()):
            raise Problem(502, "The app did not exchange its ID token.", step="install", said=_said(start))
        if connect:
            _connect(stage, browser, _page(browser, "open", admin.open(domain, user).url), SHOPIFY)
    return {
        "store": domain, "installed": admin.installed(domain), "scopes": admin.scopes(domain),
        "workflow_models": sorted(_models(stage)),
    }  # fmt: skip


def _connect(stage: Stage, browser: httpx.Client, start: httpx.Response, external_system: str) -> None:
    address, form = _connection_form(browser, start)
    form.fields |= {name: value for name, value in _answers(stage, external_system).items() if name in form.fields}
    # The last button's value is not sent: Enter in a form presses the first, which saves after testing.
    pressed = dict(form.buttons[:1])
    saved = browser.post(urljoin(address, form.action or address), data=form.fields | pressed)
    if saved.status_code >= 400:
        said, code = _said(saved), saved.status_code
        raise Problem(502, "The connection was not accepted.", step="connect", answered=code, said=said)
    _tell_content_server(stage, saved.text)
    _tell_exstream(stage, saved.text)
    _wait("workflow models", lambda: len(_models(stage)) >= MODELS, said=_said(saved))


def _tell_content_server(stage: Stage, page: str) -> None:
    """What an OpenText administrator does with the page's last lines: where approvals are reported, and the secret."""
    found = {name: re.search(rf"data-content-callback-{name}>([^<]+)<", page) for name in ("url", "secret")}
    if found["url"] and found["secret"]:
        url, secret = (html.unescape(match[1]) for match in (found["url"], found["secret"]))
        stage.content_server.configure_callbacks(CallbackSettings(url, secret=secret))


def _tell_exstream(stage: Stage, page: str) -> None:
    """The same for what becomes of documents: the secret addresses at which jobs and Notifications report."""
    found = {name: re.search(rf"data-{name}-url>([^<]+)<", page) for name in ("exstream-jobs", "notifications")}
    jobs, status = (html.unescape(match[1]).rpartition("/")[2] if match else "" for match in found.values())
    if jobs and status:
        stage.exstream.report_to(stage.addresses.app, jobs=jobs, notifications=status)


def _models(stage: Stage) -> set[str]:
    return {model.key for model in stage.workflow.engine.models()}


def _connection_form(browser: httpx.Client, start: httpx.Response) -> tuple[str, Form]:
    """On the start page, or on a page of the settings it leads to."""
    seen: list[str] = []
    for response in _pages(browser, start):
        seen.append(response.url.path)
        for form in Forms(response.text).forms:
            if form.method == "post" and form.fields.keys() >= MARKS:
                return str(response.url), form
    raise Problem(502, "No page of the app holds the connection form.", step="connect", looked_at=seen)


def _pages(browser: httpx.Client, start: httpx.Response) -> Iterator[httpx.Response]:
    """The start page and what it leads to in the settings, each once and not without end."""
    waiting, known = [start], {str(start.url)}
    while waiting and len(known) < PAGES:
        page = waiting.pop(0)
        yield page
        links = dict.fromkeys(urljoin(str(page.url), link).partition("#")[0] for link in Forms(page.text).links)
        for link in [link for link in links if "/settings" in link and link not in known][: PAGES - len(known)]:
            known.add(link)
            waiting.append(_page(browser, "connect", link))
    yield from waiting


def _answers(stage: Stage, external_system: str) -> JSON:
    """What the merchant types: field name -> value."""
    return {
        "otds_url": stage.otds_url,
        "content_server_url": stage.content_server_url,
        "external_system": external_system,
        "client_id": credentials.OTDS_CLIENT_ID,
        "client_secret": credentials.OTDS_CLIENT_SECRET,
        "workflow_url": stage.addresses.workflow,
        "workflow_tenant": credentials.WORKFLOW_TENANT,
        "workflow_client_id": credentials.WORKFLOW_CLIENT_ID,
        "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
        "exstream_url": stage.addresses.exstream,
        "exstream_tenant": credentials.EXSTREAM_TENANT,
        "exstream_client_id": credentials.EXSTREAM_CLIENT_ID,
        "exstream_client_secret": credentials.EXSTREAM_CLIENT_SECRET,
        "exstream_domain": DOMAIN,
        "exstream_channel_service": FORWARD,
        "notifications_url": stage.addresses.exstream,
        "notifications_user": credentials.NOTIFICATIONS_USER,
        "notifications_password": credentials.NOTIFICATIONS_PASSWORD,
        "notifications_attach": "on",
    }


def _page(browser: httpx.Client, step: str, url: str) -> httpx.Response:
    try:
        response = browser.get(url)
    except httpx.HTTPError as error:
        raise Problem(502, f"The app does not answer ({type(error).__name__}).", step=step) from error
    if response.status_code >= 400:
        raise Problem(502, "The app refused.", step=step, answered=response.status_code, said=_said(response))
    return response


def _said(response: httpx.Response) -> str:
    """The page's text, for the error."""
    text = _Text()
    text.feed(response.text)
    return " ".join(" ".join(text.parts).split())[:600]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in ("style", "script", "head")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _is_set_up(stage: Stage, store_hash: str) -> bool:
    store = stage.bigcommerce.store(store_hash)
    return len(store.extensions) >= EXTENSIONS and bool(store.hooks)


def _wait(step: str, is_done: Callable[[], bool], **more: Any) -> None:
    until = time.monotonic() + SET_UP_WITHIN
    while not is_done():
        if time.monotonic() > until:
            raise Problem(502, f"The app's {step} did not finish in {SET_UP_WITHIN:.0f} s.", step=step, **more)
        time.sleep(LOOK_EVERY)


def _result(stage: Stage, store_hash: str) -> JSON:
    store = stage.bigcommerce.store(store_hash)
    return {
        "store_hash": store_hash,
        "installed": stage.control_panel.installed(store_hash),
        "hooks": sorted(hook.scope for hook in store.hooks.values()),
        "extensions": sorted(extension.model for extension in store.extensions.values()),
        "workflow_models": sorted(_models(stage)),
    }
