"""What the web server loads: `app.web.wsgi:application`."""

import gc

from app import observability, wiring
from app.settings import Settings
from app.web import create_app

settings = Settings()  # from the environment
observability.configure(settings)
application = create_app(wiring.build(settings))
# What start-up made stays: looking through all of it again and again would hold up acknowledgements.
gc.collect()
gc.freeze()
