"""The page to leaf through pictures with: a row per page, and a field to say which ones."""

from html import escape
from pathlib import Path

PAGE = """<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>Every page in every state</title>
<style>body{margin:1rem;font:14px/1.4 system-ui,sans-serif;color:#222;background:#ddd}
section div{display:flex;gap:1rem;overflow-x:auto;align-items:start;padding-bottom:1rem}
section a{flex:none;color:inherit}
img{height:26rem;max-width:40rem;object-fit:cover;object-position:top;border:1px solid #888;background:#fff}
[hidden]{display:none!important}</style>
<h1>COUNT pictures</h1><ul>SOURCES</ul>FAILED
<p><label>Show those with all of these in their name
<input id=words size=40 placeholder="order shopify rtl"></label></p>
ROWS<script>
words.oninput = () => {
  const all = words.value.trim().split(/\\s+/);
  for (const row of document.querySelectorAll('section')) {
    let some = false;
    for (const shown of row.querySelectorAll('div a')) {
      shown.hidden = !all.every((word) => shown.getAttribute('href').includes(word));
      some ||= !shown.hidden;
    }
    row.hidden = !some;
  }
};
</script></html>
"""


def index(pages: dict[str, list[Path]], sources: dict[str, str], failed: dict[str, str]) -> str:
    """`pages`: pictures by page; `sources`: where frames' widths are from; `failed`: why pages could not be made."""
    parts = {
        "COUNT": str(sum(map(len, pages.values()))),
        "SOURCES": "".join(f"<li><b>{escape(key)}</b>: {escape(source)}</li>" for key, source in sources.items()),
        "FAILED": "".join(f"<p><b>{escape(name)}</b>: {escape(why)}</p>" for name, why in failed.items()),
        "ROWS": "".join(_row(name, paths) for name, paths in pages.items()),
    }
    page = PAGE
    for word, text in parts.items():
        page = page.replace(word, text, 1)
    return page


def _row(name: str, paths: list[Path]) -> str:
    shown = "".join(
        f'<a href="{one.name}"><img loading=lazy src="{one.name}" alt=""><br>{one.stem.removeprefix(f"{name}-")}</a>'
        for one in paths
    )
    return f'<section id="{name}"><h2><a href="#{name}">{name}</a></h2><div>{shown}</div></section>'
