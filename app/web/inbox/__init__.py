"""Inbox: the decisions a store's work waits for, one by one beside what they are about, or several with a summary."""

from app.web.inbox.mailed import make_mail_blueprint
from app.web.inbox.routes import make_blueprint

__all__ = ["make_blueprint", "make_mail_blueprint"]
