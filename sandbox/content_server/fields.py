"""The `fields` parameter: `properties`, `properties{id,name}`, `versions.element(0)`."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from sandbox.content_server.refusal import wrong_type

FORM = re.compile(r"^(\w+)(?:\{([^}]*)\})?(?:\.(element|limit)\((\d+)\))?$")


class Fields:
    """Which sections an answer shows, and which of their members. Nothing asked: `default`."""

    def __init__(self, asked: list[str], default: tuple[str, ...] = ("properties",)) -> None:
        self._sections: dict[str, tuple[list[str], str | None, int]] = {}
        for text in asked:
            match = FORM.match(text.strip())
            if match is None:
                raise wrong_type("fields")
            members = [part.strip() for part in (match[2] or "").split(",") if part.strip()]
            self._sections[match[1]] = (members, match[3], int(match[4] or 0))
        if not self._sections:
            self._sections = {name: ([], None, 0) for name in default}

    @classmethod
    def of(cls, args: MultiDict[str, str], default: tuple[str, ...] = ("properties",)) -> "Fields":
        return cls([text for text in args.getlist("fields") if text], default)

    def __contains__(self, section: str) -> bool:
        return section in self._sections

    def select(self, section: str, value: Any) -> Any:
        """The section as asked: the named members of an object, one element or the first few of a list."""
        members, function, number = self._sections.get(section, ([], None, 0))
        if isinstance(value, list) and function == "element":
            return value[number] if number < len(value) else {}
        if isinstance(value, list) and function == "limit":
            return value[:number]
        if isinstance(value, dict) and members:
            return {name: value[name] for name in members if name in value}
        return value
