"""Stand-in for OpenText Content Management: nodes, Extended ECM business workspaces, categories, records."""

from sandbox.content_server.model import CallbackSettings
from sandbox.content_server.standin import ContentServer

__all__ = ["CallbackSettings", "ContentServer"]
