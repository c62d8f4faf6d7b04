"""What a contest scores and how, as data. Pure.

A template's content is plain data {title, of, every, small, missing, eligible_weight, note, items}, as the
district pack and the API write it; `template_of` reads it and says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.scoreboards import catalogue
from app.scoreboards.catalogue import ENTERED, KINDS
from app.scoreboards.periods import EVERY

PERCENT, MINMAX, RANK, TARGET, LAST_YEAR = NORMALISATIONS = (
    "percent",
    "minmax",
    "rank",
    "target",
    "last_year",
)
UP, DOWN = DIRECTIONS = ("up", "down")
FLAG, EXCLUDE = SMALL = ("flag", "exclude")
ZERO, SPREAD = MISSING = ("zero", "spread")
WHOLE = 100
MOST_CAP, MOST_ITEMS = 200, 40
LEAST_TARGET = Decimal("0.0001")
"""Also of which a target is a multiple: against less, points would outgrow what is told of them."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ITEM_KEYS = {
    "code",
    "name",
    "weight",
    "source",
    "options",
    "normalisation",
    "direction",
    "cap",
    "target",
    "least",
    "aggregate",
}
_KEYS = {"title", "of", "every", "small", "missing", "eligible_weight", "note", "items"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that is scored. `weight` is percent of the whole.

    `source` is a metric of `catalogue` with its `options`, or entered. `normalisation` turns its values into
    0 to `cap`; `direction` down: less is better. `target` is what `target` is held against. A sample of
    less than `least` is small; None leaves that to the district. `aggregate`: the entered figure sums up
    tax or statistics of firms, and needs the district's least number of them.
    """

    code: str
    name: str
    weight: int
    source: str
    options: Mapping[str, str] = field(default_factory=dict)
    normalisation: str = MINMAX
    direction: str = UP
    cap: int = WHOLE
    target: Decimal | None = None
    least: int | None = None
    aggregate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`of` is what is scored, `every` how long a period is.

    Values of `small` samples are flagged, or left out. What is left out, and with `missing` spread what has
    no value, gives its weight to the subject's other items; with zero it scores nothing. Who has values
    for less than `eligible_weight` percent of the whole has no rank.
    """

    title: str
    of: str
    every: str
    small: str = FLAG
    missing: str = SPREAD
    eligible_weight: int = 50
    note: str = ""
    items: tuple[Item, ...] = ()

    def item(self, code: str) -> Item | None:
        """The item with this code."""
        return next((each for each in self.items if each.code == code), None)


def template_of(content: Mapping[str, Any]) -> Template:
    """The template that the content says. Raises Invalid with all that is wrong, by field."""
    read = _Read()
    of = read.choice(content, "of", KINDS)
    values: dict[str, Any] = {
        "of": of,
        "title": read.text(content, "title", 100),
        "every": read.choice(content, "every", EVERY),
        "small": read.choice(content, "small", SMALL, FLAG),
        "missing": read.choice(content, "missing", MISSING, SPREAD),
        "eligible_weight": read.whole(content, "eligible_weight", 0, WHOLE, 50),
        "note": str(content.get("note") or "")[:2000],
    }
    read.unknown(content, _KEYS)
    raw = content.get("items") or []
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST_ITEMS:
        read.blame("items", "scoreboard.too_many_items", most=MOST_ITEMS)
        raw = []
    items = [read.item(each, n, of) for n, each in enumerate(raw)]
    codes = [each.code for each in items]
    for n, code in enumerate(codes):
        if code in codes[:n]:
            read.blame(f"items.{n}.code", "scoreboard.twice", item=code)
    if read.faults:
        raise Invalid("scoreboard.unfit", fields=read.faults)
    return Template(items=tuple(items), **values)


def content_of(template: Template) -> dict[str, Any]:
    """The template as plain data, with every default said."""
    content = asdict(template)
    for each in content["items"]:
        each["target"] = None if each["target"] is None else str(each["target"])
        each["options"] = dict(each["options"])
    content["items"] = list(content["items"])
    return content


def check_publishable(template: Template) -> None:
    """Raise Invalid for a template without items, or whose weights are not 100 together."""
    weights = sum(each.weight for each in template.items)
    if not template.items:
        raise Invalid("scoreboard.no_items", fields={"items": []})
    if weights != WHOLE:
        reason = Reason("scoreboard.weights", {"sum": weights})
        raise Invalid("scoreboard.weights", fields={"items": [reason]}, sum=weights)


class _Read:
    """Reads content and collects what is wrong with it."""

    def __init__(self) -> None:
        self.faults: dict[str, list[str | Reason]] = {}

    def blame(self, name: str, code: str, **params: Any) -> None:
        self.faults.setdefault(name, []).append(Reason(code, params))

    def unknown(self, raw: Mapping[str, Any], keys: set[str], at: str = "") -> None:
        for name in raw:
            if name not in keys:
                self.blame(f"{at}{name}", "request.unknown_field")

    def text(self, raw: Mapping[str, Any], name: str, most: int, at: str = "") -> str:
        value = raw.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            self.blame(f"{at}{name}", "request.length", min=1, max=most)
            return ""
        return value.strip()

    def choice(
        self,
        raw: Mapping[str, Any],
        name: str,
        among: Sequence[str],
        default: str | None = None,
        at: str = "",
    ) -> str:
        value = raw.get(name, default)
        if value not in among:
            self.blame(f"{at}{name}", "request.one_of", choices=", ".join(among))
            return among[0]
        return str(value)

    def whole(
        self, raw: Mapping[str, Any], name: str, low: int, high: int, default: int, at: str = ""
    ) -> int:
        value = raw.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.blame(f"{at}{name}", "request.range", min=low, max=high)
            return default
        return value

    def item(self, raw: Any, number: int, of: str) -> Item:
        at = f"items.{number}."
        if not isinstance(raw, Mapping):
            self.blame(at.rstrip("."), "request.not_an_object")
            raw = {}
        self.unknown(raw, _ITEM_KEYS, at)
        code = raw.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            self.blame(f"{at}code", "request.form")
            code = f"item{number}"
        source = str(raw.get("source"))
        normalisation = self.choice(raw, "normalisation", NORMALISATIONS, MINMAX, at)
        least = None if raw.get("least") is None else self.whole(raw, "least", 0, 100_000, 0, at)
        found = Item(
            code=code,
            name=self.text(raw, "name", 100, at),
            weight=self.whole(raw, "weight", 0, WHOLE, 0, at),
            source=source,
            options=self._options(raw, source, of, at),
            normalisation=normalisation,
            direction=self.choice(raw, "direction", DIRECTIONS, UP, at),
            cap=self.whole(raw, "cap", 1, MOST_CAP, WHOLE, at),
            target=self._target(raw, normalisation, at),
            least=least,
            aggregate=raw.get("aggregate") is True,
        )
        metric = catalogue.METRICS.get(source)
        if normalisation == PERCENT and metric is not None and not metric.percent:
            self.blame(f"{at}normalisation", "scoreboard.no_percent")
        return found

    def _options(self, raw: Mapping[str, Any], source: str, of: str, at: str) -> dict[str, str]:
        said = raw.get("options") or {}
        given = (
            {k: v for k, v in said.items() if v is not None} if isinstance(said, Mapping) else {}
        )
        metric = catalogue.METRICS.get(source)
        if source == ENTERED:
            metric = catalogue.BY_HAND
        if metric is None or of not in metric.of:
            self.blame(f"{at}source", "scoreboard.no_such_source", source=source)
            return {}
        found: dict[str, str] = {}
        for name, value in given.items():
            among = catalogue.OPTIONS.get(name, ())
            unfit = among and value not in among
            if name not in metric.options or unfit or not isinstance(value, str):
                self.blame(f"{at}options.{name}", "scoreboard.no_such_option")
            else:
                found[name] = value
        return found

    def _target(self, raw: Mapping[str, Any], normalisation: str, at: str) -> Decimal | None:
        said = raw.get("target")
        try:
            value = None if said is None else Decimal(str(said))
        except InvalidOperation:
            value = Decimal(0)
        wrong = value is not None and not (value.is_finite() and LEAST_TARGET <= value < 10**12)
        wrong = wrong or (value is not None and value % LEAST_TARGET != 0)
        if wrong or (normalisation == TARGET and value is None):
            self.blame(f"{at}target", "scoreboard.target_needed")
            return None
        return value
