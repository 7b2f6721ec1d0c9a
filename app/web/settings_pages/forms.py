"""Forms made from typed preferences: titles, descriptions, bounds are the model's; errors stand beside their field."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from app.domain.scenario import Preferences, Scenario, Unfit
from app.engine import server_names
from app.web import display, language, sentences, texts
from app.web.language import _
from app.web.settings_pages import names
from app.web.texts import N_

LONGEST = 2_000
WORDS = {
    "decimal_parsing": N_("Enter an amount such as 500 or 499.90."),
    "decimal_type": N_("Enter an amount such as 500 or 499.90."),
    "decimal_max_places": N_("Use at most two decimal places."),
    "decimal_max_digits": N_("This amount is too large."),
    "decimal_whole_digits": N_("This amount is too large."),
    "finite_number": N_("Enter an amount such as 500 or 499.90."),
    "int_parsing": N_("Enter a whole number."),
    "int_from_float": N_("Enter a whole number."),
    "int_type": N_("Enter a whole number."),
    "greater_than_equal": N_("Enter %(ge)s or more."),
    "greater_than": N_("Enter more than %(gt)s."),
    "less_than_equal": N_("Enter %(le)s or less."),
    "string_too_short": N_("Please fill this in."),
    "string_too_long": N_("Use at most %(max_length)s characters."),
    "missing": N_("Please fill this in."),
    "bool_parsing": N_("Choose yes or no."),
    "enum": N_("Choose one of these."),
    "literal_error": N_("Choose one of these."),
}


@dataclass(frozen=True)
class Field:
    """One field. `kind`: switch, amount, number, pairs, list, choice, name(s) or text. `options`: (value, words)."""

    name: str
    title: str
    help: str
    kind: str
    value: str
    is_on: bool
    is_required: bool
    longest: int | None
    error: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Form:
    """A scenario's preferences as a form."""

    slug: str
    title: str
    about: str
    fields: tuple[Field, ...]
    has_errors: bool = False


def form_for(
    scenario: Scenario, title: str, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Form:
    """The form showing `values`: stored preferences, or what was just typed when it was refused."""
    problems = errors or {}
    fields = tuple(
        _field(name, info, values.get(name), problems.get(name, ""))
        for name, info in scenario.preferences.model_fields.items()
    )
    return Form(scenario.slug, title, _(scenario.title), fields, bool(problems))


def _field(name: str, info: FieldInfo, value: Any, error: str) -> Field:
    kind = "names" if names_of(info) else "name" if server_names.name_of(info) else _kind(info.annotation)
    return Field(
        name=name,
        title=_(info.title) if info.title else _("Does it work?") if name == "mode" else name,
        help=_(info.description) if info.description else "",
        kind=kind,
        value=language.typed_number(value) if kind == "amount" and isinstance(value, Decimal) else _shown(value),
        is_on=kind == "switch" and value in (True, "true", "on"),
        is_required=not _may_be_empty(info),
        longest=next((one.max_length for one in info.metadata if hasattr(one, "max_length")), None),
        error=error,
        options=_options(info.annotation) if kind == "choice" else (),
    )


def names_of(info: FieldInfo) -> str:
    """The kind of OpenText's names a field takes several of, to be picked from what the server has."""
    return server_names.name_of(info, several=True)


def _options(annotation: Any) -> tuple[tuple[str, str], ...]:
    plain = _without_none(annotation)
    values = get_args(plain) if get_origin(plain) is Literal else tuple(one.value for one in plain)
    return tuple((str(one), _(texts.CHOICES.get(str(one), str(one).replace("_", " ").capitalize()))) for one in values)


def _kind(annotation: Any) -> str:
    plain = _without_none(annotation)
    if plain is bool:
        return "switch"
    if plain is Decimal:
        return "amount"
    if plain is int:
        return "number"
    if get_origin(plain) is Literal or (isinstance(plain, type) and issubclass(plain, StrEnum)):
        return "choice"
    return {dict: "pairs", tuple: "list"}.get(get_origin(plain), "text")


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(one for one in get_args(annotation) if one is not type(None))
    return annotation


def _may_be_empty(info: FieldInfo) -> bool:
    if get_origin(info.annotation) in (Union, types.UnionType) or _kind(info.annotation) in ("switch", "pairs", "list"):
        return True
    return not any(getattr(one, "min_length", 0) for one in info.metadata)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_shown(amount)}" for key, amount in value.items())
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def typed(model: type[BaseModel], given: Mapping[str, str]) -> dict[str, Any]:
    """What a browser sent, the model's own fields only; an unticked box is False, an emptied number is None."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        kind = _kind(info.annotation)
        if names_of(info):
            every = ",".join(names.several(given, name))[:LONGEST].split(",")
            found[name] = ", ".join(dict.fromkeys(one.strip() for one in every if one.strip()))
            continue
        text = display.clean(given.get(name, ""), LONGEST).strip()
        if kind == "switch":
            found[name] = text == "on"
        elif kind in ("amount", "number"):
            found[name] = language.plain_number(text) or None
        elif kind == "list":
            found[name] = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        else:
            found[name] = text
    return found


def problems(error: ValidationError, known: type[BaseModel]) -> dict[str, str]:
    """Field → what is wrong with it, in words."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = str(one["loc"][0]) if one["loc"] else ""
        if place not in known.model_fields:
            continue
        if len(one["loc"]) > 1:
            found.setdefault(place, _("Write each as currency and amount, for example JPY=80000, SEK=6000."))
        else:
            found.setdefault(place, _in_words(str(one["type"]), one.get("ctx") or {}, str(one["msg"])))
    return found


def _in_words(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind in WORDS:
        return _(WORDS[kind], **{key: _bound(value) for key, value in context.items()})
    if isinstance(context.get("error"), Unfit):
        return sentences.said(str(context["error"]))
    return message


def _bound(value: Any) -> str:
    return language.number(value) if isinstance(value, int | Decimal) else str(value)


def stored(preferences: Preferences) -> dict[str, Any]:
    return {name: getattr(preferences, name) for name in type(preferences).model_fields}
