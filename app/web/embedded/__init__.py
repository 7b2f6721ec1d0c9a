"""Where Shopify's admin opens the app: a document request with an ID token, the page that fetches one, the code grant.

Source: Shopify developer documentation, "Session tokens", "Set up iframe protection", "Authorization code grant".
"""

from app.web.embedded.routes import make_blueprint, make_bounce_blueprint, make_grant_blueprint

__all__ = ["make_blueprint", "make_bounce_blueprint", "make_grant_blueprint"]
