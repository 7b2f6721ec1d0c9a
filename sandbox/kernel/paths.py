"""The paths of a WSGI app, compiled once per process for equal routes: that takes longer than all else in making it."""

from functools import lru_cache

from werkzeug.routing import Map, Rule


@lru_cache(maxsize=64)
def compiled(paths: tuple[tuple[str, str], ...], *, merge_slashes: bool = True) -> Map:
    """Of (methods, path), such as ("GET POST", "/nodes/<int:node>"); each is its endpoint: `GET POST /nodes/…`."""
    rules = [Rule(path, endpoint=f"{methods} {path}", methods=methods.split()) for methods, path in paths]
    return Map(rules, strict_slashes=False, merge_slashes=merge_slashes)
