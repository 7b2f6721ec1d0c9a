"""The sentences that are stored with values in them: found where they are written, as texts with named places.

An f-string of a step's result, an error, a reason becomes `“%(name)s” was filed.`; what fills a place tells its name.
A place that counts is called `n`, so that translations may have the plurals of their language. A place that stands
where a sentence would is one: it is found where that sentence is written.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree  # our own files

from app import domain, errors
from app.domain.aftersale import ReturnState
from app.domain.ids import ObjectType
from app.domain.steps import AddNote, MarkInStore, Notice, Refund, SetOrderStatus, SetVisibility, Step
from app.domain.trade import CompanyState
from app.engine.cases import TITLES
from app.language import notes
from app.opentext.workflow_service.diagrams import BPMN, diagram
from app.opentext.workflow_service.models import MODELS, model_file
from app.scenarios import ALL

APP = Path(domain.__file__).parent.parent
# Files which say everything to people; of the others, what they give to errors and results.
WHOLE = (
    "engine/handlers/*.py", "engine/letters/*.py", "engine/uploads_check.py", "engine/recalls.py", "engine/replay.py",
    "engine/visibility.py", "engine/publications/values.py", "engine/agreements/checking.py",
    "engine/agreements/parsing.py", "engine/agreements/promotions.py", "engine/agreements/table.py",
    "domain/retention.py", "domain/communications.py", "scenarios/*.py", "opentext/check*.py",
    "stores/shopify/incidents.py", "engine/silent_stores.py",
)  # fmt: skip
IN_FUNCTIONS = frozenset({"scenarios", "agreements", "domain"})  # the tables of these say nothing
# Texts with languages of their own, and what only who runs the product reads.
APART = (
    "engine/letters/request_mail.py", "engine/letters/silence_mail.py", "web/", "opentext/provisioning/",
    "opentext/workflow_service/otwf.py", "cli.py", "db/", "settings.py",
)  # fmt: skip
RESULTS = frozenset({
    "Written", "Done", "Skipped", "Wait", "Branch", "RefusedPrice", "DeletionObstacle", "Incident", "Occasion",
    "_Stop",
})  # fmt: skip
REASONS = frozenset({"is_open"})  # what makes a condition is given its reason
DRAWN = ("start", "task", "step", "end")  # shapes of a picture that carry their name
SAYS = frozenset({"hint", "note", "reason", "why"})  # keywords that carry sentences
# What is no sentence of ours to a merchant: keys, faults of the programme, what goes to OpenText or into the store.
SILENT = frozenset({
    "key", "info", "warning", "error", "exception", "debug", "ValueError", "TypeError", "KeyError", "RuntimeError",
    "get", "startswith", "endswith", "split", "strftime", "compile", "Scenario", "Field", "info_of", "Paper", "Section",
    "field", "replace", "TypeVar", "N_", "Literal", "partition", "removeprefix", "removesuffix", "encode", "sub",
    "fullmatch",
})  # fmt: skip
SILENT_WORDS = frozenset({"code", "key", "title", "folder"})
ELSEWHERE = frozenset({"_notice_html", "_draft", "with_value", "wish_of"})
NO_SENTENCE = re.compile(r"\.(?:pdf|txt)$|<\w+|\{\{|^\d\d |^%\w|^BigCommerce x|^Shopify x|^ECM |\{store\}|^\[ECM")
# Names of groups, folders and fields, and codes between steps: read elsewhere, or by nobody.
NAMES = frozenset({
    "Order Review", "Content Approvers", "Support Leads", "Customer Onboarding", "Customer Service", "Legal approval",
    "Customer agreements", "Account statements", "Policy exception", "Approved by", "Approved on", "Published to",
    "Tax exemption certificate", "Price list", "Credit terms", "Storefront ECM", "callback", "come", "leave", "polling",
    "s", "stock", "group", "yes", "no", "other", "list of SKUs", "customer group", "content approval", "special price",
    "number of uses", "a file of discount rules", "a price agreement", "no SKU", "and the", "complete", "incomplete",
    "client id not known in this region", "exchange", "repair", "rejected", "taken", ", switched off", "on credit",
    "pays in advance", "not on hold", "not viewed yet", "staff change it as the note says.", "runs in the store",
    "mail", "en", "The provider", "The product", "Valid from", "Valid to",
})  # fmt: skip
WORD = re.compile(r"[a-z]+")
SAYING = re.compile(r"\{\w+\}\S* [a-z]|[a-z] \{\w+\}")  # a fact with words around it
FILLED = re.compile(r"\{(?:\w+\.)?(\w+)\}")  # the places of a text that is filled later
COUNTED = frozenset({"days", "count", "held", "waited", "quiet", "more", "most", "all"})
SAME = frozenset({"join", "str", "map", "sorted", "min", "rstrip"})  # what these are called with names the place
OF_VALUE = frozenset({"lower", "replace", "normalize", "upper", "strip"})  # and here what they are called on

Text = str | tuple[str, str]
Parts = list[str | ast.expr]


@cache
def written() -> frozenset[Text]:
    """Every sentence with places, and every one without which is found in a file that only speaks to people."""
    found: set[Text] = {
        one.value for kind in (ObjectType, ReturnState, CompanyState) for one in kind if WORD.fullmatch(one.value)
    }
    found |= set(TITLES.values())
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(APP.rglob("*.py"))}
    whole = {path for pattern in WHOLE for path in APP.glob(pattern)}
    kinds = error_kinds(trees.values()) | RESULTS
    for path, tree in trees.items():
        if str(path.relative_to(APP)).startswith(APART):
            continue
        for one in _said(path, tree) if path in whole else _given(tree, kinds):
            found |= set(_texts(one))
        found |= _words(tree) if path in whole else set()
    found |= _pictured()
    for text in _tasks():
        found |= set(_texts(ast.Constant(text)))
    for scenario in ALL:
        for text in _notices(scenario.steps):
            found |= set(_texts(ast.Constant(text)))
    return frozenset(found - NAMES)


@cache
def left() -> frozenset[Text]:
    """Every text that is left in stores, whole: those of steps, and what is marked outside the pages."""
    found = {text for scenario in ALL for step in scenario.steps for text in _left_by(step)}
    for path in sorted(APP.rglob("*.py")):
        if not str(path.relative_to(APP)).startswith(("web/", "language/")):
            found |= set(_marked(ast.parse(path.read_text("utf-8"))))
    return frozenset(notes.as_message(text) for text in found if re.search(r"[^\W\d_]", FILLED.sub("", text)))


def _left_by(step: Step) -> Iterator[str]:
    """A state of one or two words is none: themes and filters know it."""
    if isinstance(step, AddNote):
        yield step.text
    elif isinstance(step, SetOrderStatus):
        yield step.note
    elif isinstance(step, Refund):
        yield step.reason
    elif isinstance(step, SetVisibility):
        yield step.message
    elif isinstance(step, MarkInStore):
        yield from (value for _name, value in step.values if SAYING.search(value))
    for outcome in getattr(step, "outcomes", ()):
        for one in outcome.steps:
            yield from _left_by(one)


def _marked(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) == "N_" and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)


def error_kinds(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names of our errors, wherever they are defined; not of those that doors answer in their own words."""
    parents = {
        node.name: {name_of(base) for base in node.bases}
        for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }  # fmt: skip
    kinds = {errors.AppError.__name__}
    while more := {name for name, bases in parents.items() if bases & kinds} - kinds:
        kinds |= more
    return frozenset(kinds - {errors.Rejected.__name__, errors.LostLease.__name__})


def name_of(node: ast.expr) -> str:
    """What is called, without what it belongs to."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


# --- files that speak ------------------------------------------------------------------------------------------------


def _said(path: Path, tree: ast.Module) -> Iterator[ast.expr]:
    for one in _tabled(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and FILLED.search(one.value):
            yield one
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) in REASONS:
            yield from call.args[1:]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) or path.parent.name not in IN_FUNCTIONS:
            yield from _strings(node)


def _strings(node: ast.AST) -> Iterator[ast.expr]:
    """Every text in it, and in what fills the places of a text."""
    if _is_silent(node):
        return
    if isinstance(node, ast.JoinedStr):
        yield node
        for value in node.values:
            if isinstance(value, ast.FormattedValue):  # not how it is formatted
                yield from _strings(value.value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, ast.Call):
        return name_of(node.func) in SILENT
    if isinstance(node, ast.FunctionDef):
        return node.name in ELSEWHERE
    return isinstance(node, ast.keyword) and node.arg in SILENT_WORDS


def _words(tree: ast.Module) -> set[Text]:
    """Single words that sentences are filled with: `{"refund": "refunded"}`, `"closed" if … else "decided"`."""
    values = [one for node in ast.walk(tree) for one in _chosen(node)] + list(_tabled(tree))
    said = [str(one.value) for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return {one for one in said if WORD.fullmatch(one)}


def _tabled(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands in the tables of a file."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield from node.value.values


def _chosen(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else []


def _tasks() -> Iterator[str]:
    """What our workflow models call the tasks they give to people."""
    for process in MODELS:
        for task in ElementTree.fromstring(model_file(process)).iter(f"{BPMN}userTask"):  # noqa: S314  # our own file
            yield task.attrib["name"].replace("${", "{")


def _pictured() -> set[str]:
    """What stands in the pictures of our models."""
    pictures = [one for process in MODELS if (one := diagram(process))]
    shapes = {shape.name for one in pictures for shape in one.shapes if shape.kind in DRAWN and shape.name}
    return shapes | {one.name for one in pictures}


def _notices(steps: Iterable[Step]) -> Iterator[str]:
    """What scenarios say in the panel."""
    for step in steps:
        if isinstance(step, Notice):
            yield step.text
        for outcome in getattr(step, "outcomes", ()):
            yield from _notices(outcome.steps)


# --- what errors and results are given -------------------------------------------------------------------------------


def _given(tree: ast.Module, kinds: frozenset[str]) -> Iterator[ast.expr]:
    """What is given to an error or a result, also by the name it was given before."""
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            named = _assigned(scope)
            for node in ast.walk(scope):
                for text in _arguments(node, kinds) if isinstance(node, ast.Call) else ():
                    yield from _resolved(text, named)


def _arguments(call: ast.Call, kinds: frozenset[str]) -> list[ast.expr]:
    name = name_of(call.func)
    first = call.args if name in RESULTS else call.args[:1] if name in kinds else []
    return [*first, *(word.value for word in call.keywords if word.arg in SAYS)]


def _assigned(scope: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AugAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _resolved(node: ast.expr, named: dict[str, list[ast.expr]], deep: int = 3) -> Iterator[ast.expr]:
    """The texts an expression may be: either side of a choice, each part of a sum, what a name was set to."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    parts: list[ast.expr] = []
    if isinstance(node, ast.Name):
        parts = named.get(node.id, [])
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip":
        parts = [node.func.value]
    for part in parts if deep else ():
        yield from _resolved(part, named, deep - 1)


# --- a text with places ----------------------------------------------------------------------------------------------


def _texts(node: ast.expr) -> Iterator[Text]:
    """The sentences of one string: as a rule one, more where whole sentences are filled in between."""
    if any(isinstance(one, ast.Constant) and NO_SENTENCE.search(str(one.value)) for one in ast.walk(node)):
        return
    for one in _apart(_parts(node)):
        text, counts = _template(one)
        if " " in text and re.search(r"[^\W\d_]{2,}", re.sub(r"%\(\w+\)s", "", text)):
            yield (text, text) if counts == 1 else text


def _parts(node: ast.expr) -> Parts:
    """What is given of it, and between that the expressions."""
    if isinstance(node, ast.Constant):
        cut = FILLED.split(str(node.value))
        return [ast.Name(one) if at % 2 else one for at, one in enumerate(cut) if one]
    values = node.values if isinstance(node, ast.JoinedStr) else []
    return [one.value if isinstance(one, ast.FormattedValue) else ast.literal_eval(one) for one in values]


def _apart(parts: Parts) -> Iterator[Parts]:
    """Cut where a place stands for a sentence of its own."""
    current: Parts = []
    for at, part in enumerate(parts):
        before, after = parts[at - 1] if at else ". ", parts[at + 1] if at + 1 < len(parts) else " A"
        if not isinstance(part, str) and _ends(before) and _begins(after):
            yield current
            current = []
        else:
            current.append(part)
    yield current


def _ends(part: str | ast.expr) -> bool:
    return not isinstance(part, str) or bool(re.search(r"[.!?”] ?$", part))


def _begins(part: str | ast.expr) -> bool:
    return not isinstance(part, str) or bool(re.match(r" [A-Z]|\s*$", part))


def _template(parts: Parts) -> tuple[str, int]:
    """The text with named places, and how many of them count."""
    used: list[str] = []
    has_places = any(not isinstance(one, str) for one in parts)
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part.replace("%", "%%") if has_places else part
            continue
        name = _place(part)
        many = sum(one.rstrip("23456789") == name for one in used)
        used.append(f"{name}{many + 1}" if many else name)
        text += f"%({used[-1]})s"
    return text.strip(), sum(one.rstrip("23456789") == "n" for one in used)


def _place(node: ast.expr) -> str:
    """A short name for what fills the place; `n` where it is a number of things."""
    name = re.sub(r"\W", "", _named(node).lower().strip("_")).rstrip("0123456789") or "value"
    return "n" if name in COUNTED else name


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Subscript):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
        found = _named(node.value)
        return "text" if isinstance(key, ast.Slice) and found in COUNTED else found
    if isinstance(node, ast.BoolOp):
        return _named(node.values[0])
    if isinstance(node, ast.BinOp | ast.IfExp):
        return _named(node.left if isinstance(node, ast.BinOp) else node.body)
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _named(node.generators[0].iter)
    return name_of(node)


def _called(node: ast.Call) -> str:
    name = name_of(node.func)
    if name in ("len", "sum", "max"):
        return "n"
    if name in OF_VALUE and isinstance(node.func, ast.Attribute):
        return _named(node.func.value)
    return _named(node.args[0]) if name in SAME and node.args else name
