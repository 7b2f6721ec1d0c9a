"""What Content Server must have for the scenarios: read from what we ship, compared with a server, created there."""

from app.opentext.provisioning.blueprint import Blueprint, load
from app.opentext.provisioning.run import Applied, Outcome, apply, check, site
from app.opentext.provisioning.survey import Finding, Site, State

__all__ = ["Applied", "Blueprint", "Finding", "Outcome", "Site", "State", "apply", "check", "load", "site"]
