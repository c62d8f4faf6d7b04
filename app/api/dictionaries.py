"""Dictionaries that admins fill: industries, tags, pools, and whatever else has names."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid, NotFound, Stale
from app.foundation.reasons import Reason
from app.people.access import require
from app.registers import terms
from schemas.base import page_of
from schemas.exchange import CODE, DictionaryQuery, TermContent, TermView

blueprint = Blueprint("dictionaries", __name__, description="字典")


@blueprint.route("/dictionaries")
class Dictionaries(MethodView):
    @blueprint.operation(query=DictionaryQuery, shows=page_of(TermView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The terms of a dictionary, or of all; the dictionary `dictionary` names them."""
        found = terms.of(query.get("dictionary"), on=query.get("on"))
        start = (query["page"] - 1) * query["page_size"]
        return views.page(found[start : start + query["page_size"]], len(found), query)


@blueprint.route("/dictionaries/<dictionary>/<code>")
class OneTerm(MethodView):
    @blueprint.operation(shows=TermView, also=(404,))
    def get(self, dictionary: str, code: str) -> dict[str, Any]:
        """A term."""
        return terms.see(dictionary, code)

    @blueprint.operation(body=TermContent, shows=TermView, whole=True, also=(404, 201))
    def put(self, body: dict[str, Any], dictionary: str, code: str) -> tuple[dict[str, Any], int]:
        """State a term as a whole; a new one without If-Match (201). The same again answers 200."""
        who = auth.me()
        require(who, "dictionary.change")
        _check(dictionary=dictionary, code=code)
        found = _find(dictionary, code)
        if found is not None and all(found[name] == value for name, value in body.items()):
            return found, 200
        if found is not None:
            require_match(TermView, found)
        elif "If-Match" in request.headers:
            raise Stale("request.stale")
        version = found["version"] if found else 0
        made = terms.put(who, dictionary, code, body, version, clock.now())
        return made, 200 if found else 201


def _find(dictionary: str, code: str) -> dict[str, Any] | None:
    try:
        return terms.see(dictionary, code)
    except NotFound:
        return None


def _check(**codes: str) -> None:
    for name, code in codes.items():
        if re.fullmatch(CODE, code) is None:
            raise Invalid("request.invalid", fields={name: [Reason("request.form")]})
