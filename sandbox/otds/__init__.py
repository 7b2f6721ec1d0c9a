"""Stand-in for OpenText Directory Services (OTDS): users, OAuth clients, tickets and signed tokens."""

from sandbox.otds.directory import Directory
from sandbox.otds.standin import Otds

__all__ = ["Directory", "Otds"]
