"""What registers hold, over the wire: one schema from the fields of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from marshmallow import Schema, fields

from app.registers.fields import Choices, Day, Field, Flag, Land, Money, Month, Whole
from app.registers.register import Register
from schemas.base import Base, ClientId, Pattern, Range, Text, View

MONEY = r"^-?\d{1,12}(\.\d{1,2})?$"
LAND = r"^\d{1,12}(\.\d{1,3})?$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
MONTH = r"^\d{4}-\d{2}$"


class Amount(fields.String):
    """An amount of 万元 as text with two places at most; floats would lose them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(MONEY), **options)


class Mu(fields.String):
    """An area of mu as text with three places at most."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(LAND), **options)


class LocalDay(fields.String):
    """A day of the district's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(DAY), **options)


class LocalMonth(fields.String):
    """A month of the district's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(MONTH), **options)


_KINDS: Mapping[type[Field], Callable[..., fields.Field[Any]]] = {
    Land: Mu,
    Money: Amount,
    Day: LocalDay,
    Month: LocalMonth,
    Flag: fields.Boolean,
}


def _in(field: Field) -> fields.Field[Any]:
    """How a field comes in; whether its value will do is for the register to say."""
    options: dict[str, Any] = {"required": field.required}
    if not field.required:
        options["allow_none"] = True
    for kind, made in _KINDS.items():
        if isinstance(field, kind):
            return made(**options)
    if isinstance(field, Whole):
        bounds = Range(field.least, field.greatest)
        return fields.Integer(strict=True, validate=bounds, **options)
    if isinstance(field, Choices):
        return fields.List(Text(60, least=1), **options)
    return Text(field.most, least=int(field.required), **options)


def _out(field: Field) -> fields.Field[Any]:
    match field:
        case Whole():
            return fields.Integer(allow_none=True)
        case Flag():
            return fields.Boolean(allow_none=True)
        case Choices():
            return fields.List(fields.String(), required=True)
    return fields.String(allow_none=True)


def content_of(
    register: Register, name: str, *, without: Collection[str] = (), more: Any = None
) -> type[Schema]:
    """The schema of a row as somebody states it, by the names of the fields, with `more` of its own."""
    made = {each.name: _in(each) for each in register.fields if each.name not in without}
    return Base.from_dict({**made, **(more or {})}, name=name)


def new_of(register: Register, name: str, **options: Any) -> type[Schema]:
    """The same with the client_id of what is new."""
    more = {"client_id": ClientId(required=True), **options.pop("more", {})}
    return content_of(register, name, more=more, **options)


def view_of(
    register: Register, name: str, *, without: Collection[str] = (), more: Any = None
) -> type[Schema]:
    """The schema of a row as it is shown, with `more` of its own."""
    made = {each.name: _out(each) for each in register.fields if each.name not in without}
    return View.from_dict({**made, **(more or {})}, name=name)
