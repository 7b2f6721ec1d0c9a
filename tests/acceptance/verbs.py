"""What people and the outside world do in a walk, as data. Every verb is a call of the control API or of a page.

Texts may name what earlier verbs kept: `{order}`, `{document}`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.acceptance.outside import Outside


class Verb(Protocol):
    """One thing that somebody does."""

    def do(self, at: Outside) -> None: ...


@dataclass(frozen=True)
class Create:
    """Something comes to be in the store: a buyer orders, staff ship, an author adds a page. Nouns: `stores`."""

    resource: str
    body: Mapping[str, Any]
    keep: str = ""

    def do(self, at: Outside) -> None:
        resource, body = at.store.made(self.resource, self.body)
        made = at.post(f"{at.store.path}/{resource}", at.told(body), 201)
        if self.keep:
            at.keep(self.keep, made["id"])
        if self.resource == "orders":
            lines = made["products"] if "products" in made else made["lineItems"]
            at.keep(f"{self.keep}_line", lines[0]["id"])
        if self.resource == "products" and "variants" in made:
            at.keep("variant", made["variants"][0]["id"])
        if self.resource == "businesses":
            at.keep("account", made["id"])
            at.keep("customer", made["mainContact"]["customer"]["id"] if "mainContact" in made else made["id"])


@dataclass(frozen=True)
class Happens:
    """Staff, the buyer or the bank do something about what is there, in the store's own way."""

    what: str

    def do(self, at: Outside) -> None:
        method, path, body = at.store.happens[self.what]
        address = f"{at.store.path}/{at.told(path)}"
        at.patch(address, at.told(body)) if method == "PATCH" else at.post(address, at.told(body), 201)


@dataclass(frozen=True)
class Either:
    """Where the two stores' people go about the same thing in different ways."""

    bigcommerce: Sequence[Verb] = ()
    shopify: Sequence[Verb] = ()

    def do(self, at: Outside) -> None:
        for verb in getattr(self, at.store.provider.value):
            verb.do(at)


@dataclass(frozen=True)
class File:
    """A person of OpenText adds a document, or a version of it, to an object's workspace."""

    bo_type: str
    bo_id: str
    folder: str
    name: str
    content: Mapping[str, Any]  # exactly one of text, json, content_base64
    document_type: str = ""
    user: str = "liam.author@demo"
    keep: str = "document"

    def do(self, at: Outside) -> None:
        body = {
            "user": self.user, "bo_type": at.told(self.bo_type), "bo_id": at.told(self.bo_id), "folder": self.folder,
            "name": self.name, "document_type": self.document_type, **at.told(self.content),
        }  # fmt: skip
        at.keep(self.keep, at.post("/opentext/documents", body, 201)["id"])


@dataclass(frozen=True)
class Approve:
    """An approver decides about the newest version of a document."""

    document: str = "{document}"
    status: str = "Approved"
    user: str = "tom.okafor@demo"
    comment: str = ""

    def do(self, at: Outside) -> None:
        body = {"user": self.user, "status": self.status, "comment": self.comment}
        at.post(f"/opentext/documents/{at.told(self.document)}/approve", body)


@dataclass(frozen=True)
class Decide:
    """A person claims the one open task of a process and completes it."""

    process: str
    outcome: str
    user: str
    comment: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)

    def do(self, at: Outside) -> None:
        (task,) = [one for one in at.get("/opentext/tasks")["tasks"] if one["process"] == self.process]
        body = {
            "user": self.user,
            "outcome": self.outcome,
            "comment": self.comment,
            "variables": at.told(self.variables),
        }
        at.post(f"/opentext/tasks/{task['id']}", body)


@dataclass(frozen=True)
class Press:
    """Staff fill in a form of the panel and press its button. `path` is the form's address."""

    path: str
    form: Mapping[str, str] = field(default_factory=dict)

    def do(self, at: Outside) -> None:
        form = {at.told(name): at.told(value) for name, value in self.form.items()}
        answer = at.staff.post(at.told(self.path), data=form)
        assert answer.status_code in (204, 303), (answer.status_code, answer.get_data(as_text=True)[-3000:])


@dataclass(frozen=True)
class Choose:
    """The merchant saves a scenario's choices on its page of the settings; what is not named keeps its value."""

    slug: str
    choices: Mapping[str, str]

    def do(self, at: Outside) -> None:
        at.choose(self.slug, self.choices)


@dataclass(frozen=True)
class Find:
    """Something a page shows is kept for later verbs: the first group of `pattern` on `page`."""

    page: str
    pattern: str
    keep: str

    def do(self, at: Outside) -> None:
        found = re.search(self.pattern, at.page(at.told(self.page)))
        assert found, (self.pattern, at.words(at.told(self.page)))
        at.keep(self.keep, found[1])


@dataclass(frozen=True)
class Send:
    """A buyer opens the link they were given on their phone and sends the files asked for."""

    link: str
    files: tuple[tuple[str, str, bytes], ...]

    def do(self, at: Outside) -> None:
        at.upload(at.told(self.link), self.files)


@dataclass(frozen=True)
class Work:
    """Everything that is due is done, in the app and around it."""

    def do(self, at: Outside) -> None:
        at.work()


@dataclass(frozen=True)
class Pass:
    """So much time goes by, for everybody."""

    days: float = 0
    minutes: float = 0

    def do(self, at: Outside) -> None:
        at.pass_time(self.days * 86400 + self.minutes * 60)
