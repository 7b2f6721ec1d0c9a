"""Handing a decision on by mail, and taking such a link back: the inbox's doors for who may decide the task."""

from collections.abc import Callable
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine.deciding import by_mail
from app.engine.deciding.by_mail import NotByMail
from app.engine.deciding.tasks import Incomplete
from app.engine.deps import Deps
from app.errors import AppError, NotFound
from app.web import guards, language, templating
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import decisions
from app.web.panel.decisions import Refusal
from app.web.panel.seen import Seen, seen

Form = Callable[[Seen, str, Refusal | None], AnyResponse]


def add(bp: Blueprint, deps: Deps, form: Form) -> None:
    """`form` renders the task with what was refused."""

    @bp.post(f"/{KIND}/<object_id>/<ref>/mail")
    @guards.requires("manager")
    def ask_by_mail(kind: str, object_id: str, ref: str) -> AnyResponse:
        """A link for somebody else; the address is in this answer and nowhere else."""
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        language.read_in(found.shown.shop.timezone)
        asked = templating.checked(request.form, "asked", 200)
        try:
            address = by_mail.make(deps, who, found.rows, found.shown, found.sight, ref, asked)
        except NotByMail:
            words = _("This task cannot be asked of somebody by mail: people decide it in OpenText themselves.")
            return form(found, ref, Refusal(words, 409))
        except Incomplete:
            words = _("Enter the mail address of one person, for example anna@example.com.")
            return form(found, ref, Refusal(words, 422, "asked"))
        except AppError as error:
            return form(found, ref, decisions.refused(error))
        name = found.shown.snapshot.name if found.shown.snapshot else object_id
        told = {"subject": _("Please decide: %(name)s", name=name), "body": address}
        mail = f"mailto:{quote(asked)}?{urlencode(told, quote_via=quote)}"
        return Response(templating.page(
            "inbox/asked.html", asked=asked, address=address, mail=mail, kind=kind, object_id=object_id, ref=ref
        ))  # fmt: skip

    @bp.post(f"/{KIND}/<object_id>/<ref>/mail/<link_id>/withdraw")
    @guards.requires("manager")
    def withdraw_link(kind: str, object_id: str, ref: str, link_id: str) -> AnyResponse:
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        language.read_in(found.shown.shop.timezone)
        try:
            by_mail.withdraw(deps, who, found.rows, found.shown, found.sight, ref, link_id)
        except NotFound:
            words = _("This link decides nothing any more: it was used or withdrawn, or it is too old.")
            return form(found, ref, Refusal(words, 404))
        except AppError as error:
            return form(found, ref, decisions.refused(error))
        return redirect(url_for("inbox.task", kind=kind, object_id=object_id, ref=ref, done="withdrawn"), 303)
