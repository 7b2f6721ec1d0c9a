"""What OpenText calls: our token endpoint, workflow decisions, news from Content Server. All of it hints."""

from app.web.callbacks.content import make_content_blueprint
from app.web.callbacks.workflow import make_decision_blueprint, make_token_blueprint

__all__ = ["make_content_blueprint", "make_decision_blueprint", "make_token_blueprint"]
