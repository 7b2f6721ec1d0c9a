"""OpenText Communications (Exstream): templates, composition on demand, and delivery of what was filed."""

from dataclasses import dataclass

from app.opentext.connection import Connection
from app.opentext.exstream.client import ExstreamApi
from app.opentext.exstream.compose import Composer
from app.opentext.exstream.notifications import Notifications
from app.opentext.exstream.templates import Templates
from app.opentext.login import TokenCache
from app.outbound import Outbound


@dataclass(frozen=True)
class Communications:
    """One store's Exstream. Keep it as long as the connection's version."""

    api: ExstreamApi
    templates: Templates
    composer: Composer
    notifications: Notifications | None = None  # where OpenText Notifications is connected

    def version(self) -> str:
        """Which release composes."""
        return self.api.version()


def communications(connection: Connection, outbound: Outbound, tokens: TokenCache) -> Communications:
    """The clients for one connection. Makes no call. Raises NeedsReauth where Exstream is not connected."""
    api = ExstreamApi(connection, outbound, tokens)
    templates = Templates(api)
    connected = connection.exstream is not None and connection.exstream.notifications is not None
    notifications = Notifications(connection, outbound) if connected else None
    return Communications(api, templates, Composer(api, templates), notifications)


__all__ = ["Communications", "communications"]
