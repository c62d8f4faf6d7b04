"""The register of policies: what is imported are drafts; publishing is a person's step."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.departments.documents import Department
from app.enterprises.documents import GROWTH
from app.enterprises.register import units
from app.people.access import Columns, Ties, allowed
from app.policies.documents import DRAFT, THING, Policy
from app.policies.rules import language
from app.policies.rules.conditions import MEMBERSHIPS
from app.policies.rules.language import Unreadable, condition_row, unknown_codes
from app.projects.documents import SIZES
from app.registers import terms
from app.registers.documents import INDUSTRY, TAG
from app.registers.fields import Day, Field, Flag, Ref, Unfit, Value, Whole
from app.registers.register import Batch, Draft, Register

COLUMNS = Columns(departments="department")
PAPERS = 20


def policy_ties(row: Mapping[str, Any]) -> Ties:
    """What binds a stored policy to people."""
    department = row.get("department")
    return Ties(departments=(department,) if department else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Field):
    """A rule as data: an object in JSON, its text in a cell. `canonical` reads and tidies it."""

    canonical: Callable[[Any], dict[str, Any]]
    most: int = 20_000

    def read(self, text: str) -> Value:
        """The rule as canonical JSON. Raises Unfit."""
        if len(text) > self.most:
            raise Unfit("register.too_long", most=self.most)
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            raise Unfit("policy.rule.not_json") from None
        return self.load(raw)

    def load(self, raw: Any) -> Value:
        """The rule that an object says, as canonical JSON. Raises Unfit."""
        if raw is None:
            return None
        try:
            return json.dumps(self.canonical(raw), ensure_ascii=False, sort_keys=True)
        except Unreadable as wrong:
            raise Unfit(wrong.reason.code, **wrong.reason.params) from wrong

    def keep(self, value: Value) -> Any:
        """The object."""
        return None if value is None else json.loads(str(value))

    def recall(self, kept: Any) -> Value:
        """Canonical JSON."""
        return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else None

    def show(self, value: Value) -> Any:
        """The object."""
        return None if value is None else json.loads(str(value))

    def cell(self, value: Value, language: str) -> str | None:
        """Canonical JSON."""
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Field):
    """Several names, in a cell with ； between them."""

    def read(self, text: str) -> Value:
        """The names. Raises Unfit."""
        return self.load([each for each in text.replace(";", "；").split("；") if each.strip()])

    def load(self, raw: Any) -> Value:
        """The names of a list. Raises Unfit."""
        if raw is None:
            return ()
        if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
            raise Unfit("register.not_a_list")
        found = tuple(dict.fromkeys(filter(None, map(self.tidy, raw))))
        if len(found) > PAPERS or any(len(each) > self.most or "；" in each for each in found):
            raise Unfit("policy.papers", most=PAPERS, longest=self.most)
        return found

    def show(self, value: Value) -> Any:
        """A list."""
        return list(value) if isinstance(value, tuple | list) else []

    def cell(self, value: Value, language: str) -> str | None:
        """The names."""
        return "；".join(self.show(value)) or None


def _conditions(raw: Any) -> dict[str, Any]:
    return condition_row(language.condition(raw))


def _amount_rule(raw: Any) -> dict[str, Any]:
    return language.amount_row(language.amount_rule(raw))


def known_codes() -> Mapping[str, Collection[str]]:
    """What conditions may name, by dictionary."""
    known = {
        "tags": terms.names(TAG)().keys(),
        "industry": terms.names(INDUSTRY)().keys(),
        "unit": units().keys(),
        "growth_class": GROWTH,
        "size_class": [code for code, _ in SIZES],
    }
    return {name: known[name] for name in ("tags", *MEMBERSHIPS)}


def _others(batch: Batch, drafts: Sequence[Draft]) -> set[str]:
    """The codes of which an edition is another's: to publish one more would end it."""
    codes = list({draft.after["code"] for draft in drafts})
    rows = Policy.rows().find({"code": {"$in": codes}}, {"code": 1, "department": 1})
    return {row["code"] for row in rows if not allowed(batch.who, REGISTER.write, policy_ties(row))}


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    known, others = known_codes(), _others(batch, drafts)
    for draft in drafts:
        line, after = draft.line, draft.after
        if after["code"] in others:
            line.blame("code", "policy.code_of_another")
        if draft.before is not None and draft.before["state"] != DRAFT:
            line.blame("code", "policy.published_stays")
        for reason in unknown_codes(language.condition(after["conditions"]), known):
            line.blame("conditions", reason.code, **reason.params)
        since, until = after.get("since"), after.get("until")
        if since and until and until < since:
            line.blame("until", "dictionary.ends_before_it_begins")


REGISTER = Register(
    name="policies",
    document=Policy,
    fields=(
        Field(name="code", required=True, most=40, code=True),
        Whole(name="edition", required=True, least=1, greatest=999),
        Field(name="title", required=True, most=200),
        Ref(
            name="department",
            required=True,
            document=Department,
            key="code",
            also="name",
            into="department",
        ),
        Field(name="text", required=True, most=20_000),
        Rule(name="conditions", required=True, canonical=_conditions),
        Rule(name="amount_rule", required=True, canonical=_amount_rule),
        Day(name="since"),
        Day(name="until"),
        Flag(name="several"),
        Names(name="papers", most=60),
        Whole(name="notice_wd", least=1, greatest=60),
        Flag(name="shows_amount"),
    ),
    key=("code", "edition"),
    see="policy.see_draft",
    write="policy.write",
    ties=policy_ties,
    columns=COLUMNS,
    thing=THING,
    check=_check,
)
