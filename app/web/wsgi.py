"""What the web server loads: `app.web.wsgi:application`."""

from app import observability, wiring
from app.settings import Settings
from app.web import create_app

settings = Settings()  # from the environment
observability.configure(settings)
application = create_app(wiring.build(settings))
