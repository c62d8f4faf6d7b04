"""Templates to fill in: the headings, and beside them what each column means and takes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook

from app.exchange.tables import MOST_ROWS, column_name
from app.exchange.words import choices_of, heading_of, kind_of, title_of
from app.foundation.db import Row
from app.foundation.messages import say
from app.registers.fields import Choice, Field, Flag, Ref
from app.registers.register import Register

MOST_LISTED = 200
"""Of more choices than these nobody picks from a list."""
_WIDTH = 18
_EXPLAINED = ("column", "name", "required", "kind", "choices", "master")


def template(
    register: Register,
    fields: Sequence[Field],
    masters: Mapping[str, Row],
    language: str,
    day: str,
) -> bytes:
    """An XLSX of three sheets: to fill in, what the columns mean, the choices of that day for its lists."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(title_of(register, language)[:31])
    sheet.freeze_panes(1, 0)
    text = book.add_format({"num_format": "@"})
    # Text by default: spreadsheets make numbers of codes, and lose digits of them.
    sheet.set_column(0, max(len(fields) - 1, 0), _WIDTH, text)
    for column, field in enumerate(fields):
        sheet.write_string(0, column, heading_of(field, language), bold)
    explained = book.add_worksheet(say("import.template.explained", language))
    explained.set_column(0, len(_EXPLAINED) - 1, _WIDTH * 1.5)
    for column, name in enumerate(_EXPLAINED):
        explained.write_string(0, column, say(f"import.template.{name}", language), bold)
    for line, field in enumerate(fields, start=1):
        for column, told in enumerate(_explained(field, masters, language, day)):
            explained.write_string(line, column, told)
    explained.write_string(len(fields) + 2, 0, say("import.template.how", language))
    _offer(book, sheet, fields, language, day)
    book.close()
    return file.getvalue()


def _explained(field: Field, masters: Mapping[str, Row], language: str, day: str) -> list[str]:
    master = masters.get(field.name) or masters.get("*")
    names = [name for _, name in choices_of(field, language, day)]
    return [
        heading_of(field, language),
        field.name,
        say("export.yes" if field.required else "export.no", language),
        say(f"import.kind.{kind_of(field)}", language) + _referred(field, language),
        "、".join(names)[:2000],
        master["name"] if master else "",
    ]


def _referred(field: Field, language: str) -> str:
    """By what another thing is named in a cell."""
    if not isinstance(field, Ref):
        return ""
    return f" ({say('field.' + field.key, language)})" if field.key in _NAMED else ""


_NAMED = ("code", "credit_code", "account")


def _offer(book: Any, sheet: Any, fields: Sequence[Field], language: str, day: str) -> None:
    """Lists to choose from, in a sheet of their own: a list inside a rule is cut at 255 characters."""
    source = say("import.template.lists", language)
    lists = book.add_worksheet(source)
    for column, field in enumerate(fields):
        if not isinstance(field, Choice | Flag):
            continue
        names = [name for _, name in choices_of(field, language, day)]
        if not 0 < len(names) <= MOST_LISTED:
            continue
        lists.write_string(0, column, heading_of(field, language))
        for line, name in enumerate(names, start=1):
            lists.write_string(line, column, name)
        where = f"='{source}'!{_range(column, len(names))}"
        rule = {"validate": "list", "source": where, "ignore_blank": True}
        sheet.data_validation(1, column, MOST_ROWS, column, rule)


def _range(column: int, count: int) -> str:
    letters = column_name(column)
    return f"${letters}$2:${letters}${count + 1}"
