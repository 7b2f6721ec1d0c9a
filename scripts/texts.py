"""Bring the translations up to date with the texts: `python -m scripts.texts` (or --check).

What is new is added with no translation, what nobody shows any more goes, the rest stays as it is. Then it says what is
still to translate. The files carry no date and no place, so that two people's additions meet without a conflict.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app import domain, errors
from app.domain import publication
from app.domain.scenario import Scenario
from app.language import catalogues
from app.scenarios import RUNNABLE, complaints, disputes, returns
from app.scenarios.catalogue import ROWS
from scripts import sentences

APP = Path(domain.__file__).parent.parent
WEB = APP / "web"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
WIDTH = 120
ENDINGS = frozenset({"Done", "Skipped", "Wait"})  # how a step went, in a sentence

Text = str | tuple[str, str]  # a text, or one and many of it


@cache
def of_pages() -> frozenset[Text]:
    """What templates, pages and the room of words mark for translation."""
    found: set[Text] = set()
    for room in (WEB, APP / "language"):
        for _file, _line, message, _comments, _context in extract_from_dir(room, METHODS, OPTIONS, KEYWORDS):
            found.add(message if isinstance(message, str) else (message[0], message[1]))
    return frozenset(found)


def of_data() -> set[str]:
    """What pages show of the catalogue's data: scenarios, their preferences, reasons, fields."""
    found: set[str] = {row.title for row in ROWS.values()} | set(publication.TEXT_FIELDS.values())
    for table in (returns.REASONS, returns.WISHES, complaints.REASONS, disputes.REASONS):
        found |= set(table.values())
    for one in RUNNABLE.values():
        found |= set(_of_scenario(one))
    return {text for text in found if text}


def _of_scenario(one: Scenario) -> Iterator[str]:
    yield from (one.title, one.applies, one.outcome, one.works_by, *one.unavailable.values())
    for info in one.preferences.model_fields.values():
        yield from (info.title or "", info.description or "")
    for step in one.steps:
        yield from (outcome.title for outcome in getattr(step, "outcomes", ()))


def of_work() -> set[str]:
    """Sentences of how a step went, what failed and what to do next, with no value filled in: kept, and shown later.

    Doors answer with sentences of their own, so what they refuse with is not shown to anybody.
    """
    paths = [path for path in sorted(APP.rglob("*.py")) if WEB not in path.parents]
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    kinds = _kinds(trees) - {errors.Rejected.__name__, errors.LostLease.__name__} | ENDINGS
    return {text for tree in trees for node in ast.walk(tree) for text in _said(node, kinds)}


def _kinds(trees: list[ast.Module]) -> frozenset[str]:
    """The names of our errors, wherever they are defined."""
    parents = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }  # fmt: skip
    kinds = {errors.AppError.__name__}
    while more := {name for name, bases in parents.items() if bases & kinds} - kinds:
        kinds |= more
    return frozenset(kinds)


def _said(node: ast.AST, kinds: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        texts = [*node.args[:1]] if _name(node.func) in kinds else []
        texts += [word.value for word in node.keywords if word.arg == "hint"]
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value:  # else a code
                yield text.value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@cache
def extracted() -> frozenset[Text]:
    """Every text a page can show."""
    found = of_pages() | of_data() | of_work()
    plural = {text[0] for text in found if isinstance(text, tuple)}
    return frozenset(text for text in found if text not in plural)  # gettext keeps one entry for both


@cache
def of_rows() -> frozenset[Text]:
    """Every sentence a row can hold with values in it, and the words that fill it; none twice."""
    return frozenset(text for text in sentences.written() if _has_values(text) or text not in extracted())


# One catalogue each, so that whoever translates sees what stands on pages, what a row fills, what a store keeps.
KINDS: Mapping[str, Callable[[], frozenset[Text]]] = {
    "messages": extracted,
    "sentences": of_rows,
    "notes": sentences.left,
}


def translated(name: str, kind: str = "messages") -> Catalog:
    """The catalogue of a language as it stands."""
    path = catalogues.catalogue_file(name, kind)
    if not path.exists():
        return Catalog(locale=name)
    with path.open("rb") as file:
        return read_po(file, locale=name)


def renewed(name: str, known: Mapping[Text, Any], kind: str = "messages") -> Catalog:
    """The texts of today in a stable order, each with the translation `known` has of it."""
    catalog = Catalog(locale=name, header_comment=f"# Storefront ECM, texts in {name}. Kept current by `make texts`.")
    for text in sorted(KINDS[kind](), key=lambda one: one if isinstance(one, str) else one[0]):
        string = known.get(text, "") or ("" if isinstance(text, str) else ("",) * catalog.num_plurals)
        catalog.add(text, string, flags=["python-format"] if _has_values(text) else [])
    return catalog


def _has_values(text: Text) -> bool:
    return "%(" in (text if isinstance(text, str) else "".join(text))


def written(catalog: Catalog) -> bytes:
    """The file: gettext's header without what changes by itself."""
    packed = BytesIO()
    write_po(packed, catalog, width=WIDTH, no_location=True, omit_header=True)
    head = (
        f'{catalog.header_comment}\nmsgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return head.encode() + packed.getvalue()


def missing(catalog: Catalog) -> list[Message]:
    """What has no translation yet, or not in every plural."""
    return [one for one in catalog if one.id and not (one.string and all(one.string))]


def by_text(catalog: Catalog) -> dict[Text, Any]:
    """Each text with its translation; a pair of them with one for every plural."""
    return {one.id if isinstance(one.id, str) else (one.id[0], one.id[1]): one.string for one in catalog if one.id}


def main() -> int:
    stale = False
    for name, kind in product(catalogues.languages()[1:], KINDS):
        path = catalogues.catalogue_file(name, kind)
        catalog = renewed(name, by_text(translated(name, kind)), kind)
        fresh = written(catalog)
        lacking = missing(catalog)
        stale = stale or bool(lacking) or not path.exists() or fresh != path.read_bytes()
        if "--check" not in sys.argv:
            path.write_bytes(fresh)
        print(f"{name} {kind}: {len(catalog)} texts, {len(lacking)} to translate")
        for one in lacking if "--list" in sys.argv else []:
            print(f"  {one.id}")
    return int(stale and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
