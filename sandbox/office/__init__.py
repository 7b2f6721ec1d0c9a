"""OpenText as the people who work in it have it in hand: workspaces, documents, approvals, holds, tasks.

What the control API answers and the desk shows; both act as a named user, with that user's rights.
"""

from sandbox.office.inbox import TaskInbox
from sandbox.office.problems import OfficeProblem
from sandbox.office.repository import Repository

__all__ = ["OfficeProblem", "Repository", "TaskInbox"]
