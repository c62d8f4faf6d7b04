"""What everybody may see without a login: figures and their page for a display screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response, send_from_directory
from flask.views import MethodView

from app.api.errors import language
from app.api.operation import Blueprint
from app.api.throttle import throttle_public
from app.boards import public, publishing, withholding, words
from app.boards.figures import FIGURES
from app.boards.public import SERIES, Rate, Table
from app.foundation.district import pack
from app.foundation.messages import say
from schemas.public import PublicFiguresView, PublicMapView

blueprint = Blueprint("public", __name__, url_prefix="/public", description="公开数据")
page = FlaskBlueprint("public_page", __name__)

SCREEN = Path(__file__).parent / "screen"
FRESH_SECONDS = 300
POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "img")),
        *(f"{what} 'none'" for what in ("base-uri", "form-action", "frame-ancestors")),
    )
)
_BY_UNIT = "by_unit"
Answer = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.route("/figures")
class PublicFigures(MethodView):
    @blueprint.operation(shows=PublicFiguresView, public=True, also=(429,))
    def get(self) -> Answer:
        """Counts by state, category, unit, stage and month, and rates; no names, nothing of fewer than k."""
        throttle_public()
        found, spoken = public.figures(), language()
        body = {
            "title": say("public.title", spoken, district=pack().name),
            "as_of": found.made_at,
            "every_seconds": int(publishing.EVERY.total_seconds()),
            "k": withholding.K,
            "tables": [_table(each, spoken) for each in found.tables],
            "rates": [_rate(each, spoken) for each in found.rates],
            "notes": [
                say("public.withheld", spoken, k=withholding.K),
                say("public.hourly", spoken, k=withholding.K),
                say("public.restricted", spoken),
            ],
        }
        return body, 200, _cacheable()


@blueprint.route("/map")
class PublicMap(MethodView):
    @blueprint.operation(shows=PublicMapView, public=True, also=(429,))
    def get(self) -> Answer:
        """The counts of each unit: no points, no boundaries."""
        throttle_public()
        as_of, units = public.by_unit()
        features = [
            {
                "type": "Feature",
                "geometry": None,
                "properties": {
                    "unit": each.code,
                    "name": each.name,
                    "issues": each.issues,
                    "projects": each.projects,
                },
            }
            for each in units
        ]
        body = {"type": "FeatureCollection", "as_of": as_of, "features": features}
        return body, 200, _cacheable()


@page.get("/public")
def screen() -> Response:
    """The page for a display screen."""
    return _sent("index.html")


@page.get("/public/<any('screen.css','screen.js'):name>")
def part(name: str) -> Response:
    """What the page is made of."""
    return _sent(name)


def _sent(name: str) -> Response:
    response = send_from_directory(SCREEN, name, max_age=FRESH_SECONDS)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def _cacheable() -> dict[str, str]:
    return {
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "Vary": "Accept-Language",
    }


def _table(each: Table, spoken: str) -> dict[str, Any]:
    names = _names(each.code, each.cells, spoken)
    return {
        "code": each.code,
        "name": say(f"public.table.{each.code}", spoken),
        "text": say(f"public.what.{each.code}", spoken),
        "as_of": each.as_of,
        "total": each.total,
        "items": [
            {"key": key, "name": names[key], "value": value} for key, value in each.cells.items()
        ],
    }


def _names(code: str, keys: Iterable[str], spoken: str) -> Mapping[str, str]:
    if code in SERIES:
        return {key: key for key in keys}
    if code.endswith(_BY_UNIT):
        units = {each.code: each.name for each in pack().units}
        return {key: units.get(key) or say("board.none", spoken) for key in keys}
    return words.values(FIGURES[code].by or "", list(keys), spoken)


def _rate(each: Rate, spoken: str) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": say(f"public.rate.{each.code}", spoken),
        "text": say(f"public.what.{each.code}", spoken),
        "as_of": each.as_of,
        "percent": each.percent,
    }
