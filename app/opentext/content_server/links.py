"""Addresses that open something in Smart View, for people with rights of their own there.

Source: Smart View's router (`nodes/:id`, `processes/…`, `myassignments`).
"""

from urllib.parse import urlencode

from app.domain.ids import NodeId


class Links:
    """Built, never asked for: no call is made and nothing is checked. `url` is the server's (…/cs/cs)."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def item(self, node: NodeId) -> str:
        """A workspace, folder or document."""
        return f"{self._url}/app/nodes/{node}"

    def properties(self, node: NodeId) -> str:
        """The item's properties: categories, versions, records, permissions."""
        return f"{self._url}/app/nodes/{node}/metadata"

    def workflow_step(self, process: int, subprocess: int, task: int) -> str:
        """One step of a Content Server workflow, as its assignee sees it."""
        return f"{self._url}/app/processes/{process}/{subprocess}/{task}"

    def assignments(self) -> str:
        """Whatever waits for the person who opens it."""
        return f"{self._url}/app/myassignments"

    def classic(self, node: NodeId, action: str = "browse") -> str:
        """The classic view, for what Smart View does not show. `action`: browse, properties or download."""
        return f"{self._url}?{urlencode({'func': 'll', 'objId': node, 'objAction': action})}"
