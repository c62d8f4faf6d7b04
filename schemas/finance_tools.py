"""Finance tools and their introductions over the wire. Money is 万元 as text, days are local."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.offers.finance.matching import VERDICTS
from app.offers.finance.offering import AMOUNT_FROM
from app.offers.finance.register import REGISTER
from app.offers.finance.states import OUTCOMES, STATES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    ReasonView,
    Text,
    View,
)
from schemas.ledger import Amount, LocalDay, content_of, new_of, view_of

WORDS = 2000
WANTED = r"^\d{1,12}(\.\d{1,2})?$"
FinanceToolIn = new_of(REGISTER, "FinanceToolIn")
"""A new finance tool, by the fields of its register."""
FinanceToolContent = content_of(REGISTER, "FinanceToolContent")
"""A finance tool as a whole; what is left out is empty. Its code stays."""


class FinanceToolsQuery(PageQuery):
    """Which tools; `offered` those of today, `industry` those for it, for its direction, or for all."""

    q = Text(60, least=1)
    kind = Text(60, least=1)
    industry = Text(60, least=1)
    offered = fields.Boolean()


_SEEN = {
    "id": Id(required=True),
    "kind_name": fields.String(required=True),
    "department_id": Id(required=True),
    "department_name": fields.String(required=True),
    "industry_names": fields.List(fields.String(), required=True),
    "direction_names": fields.List(fields.String(), required=True),
    "contact_name": fields.String(allow_none=True),
    "offered": fields.Boolean(required=True),
    "may_change": fields.Boolean(required=True),
    "updated_at": Moment(allow_none=True),
}


class FinanceToolView(view_of(REGISTER, "_FinanceToolView", without=("contact",), more=_SEEN)):  # type: ignore[misc]
    """A finance tool. Who of staff knows more is named to staff only; there are no phones."""


class FinanceSum(fields.String):
    """An amount of 万元 that somebody wants or gets, as text: never less than nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Pattern(WANTED), **options)


class FinanceToolsFor(Base):
    """How much is wanted, in 万元, where the issue does not say it itself."""

    amount = FinanceSum(load_default=None)


class FinanceToolConditionView(View):
    """A condition of a tool: `verdict` met, not_met or unknown, and why."""

    kind = fields.String(required=True)
    verdict = fields.String(required=True, metadata={"enum": list(VERDICTS)})
    verdict_name = fields.String(required=True)
    reason = fields.Nested(ReasonView, required=True)


class FinanceToolMatchView(View):
    """A tool held against a firm; `own_fund` is the fund of the firm's own industry."""

    tool = fields.Nested(FinanceToolView, required=True)
    verdict = fields.String(required=True, metadata={"enum": list(VERDICTS)})
    verdict_name = fields.String(required=True)
    own_fund = fields.Boolean(required=True)
    conditions = fields.List(fields.Nested(FinanceToolConditionView), required=True)


class FinanceToolMatchesView(View):
    """All tools of today, the firm's own fund first. `amount_from`: asked, intent or text of the issue."""

    items = fields.List(fields.Nested(FinanceToolMatchView), required=True)
    amount = fields.String(allow_none=True)
    amount_from = fields.String(allow_none=True, metadata={"enum": [*AMOUNT_FROM, None]})


class FinanceToolFiguresQuery(Base):
    """Of the introductions proposed from one day to another, both included."""

    since = LocalDay(load_default=None)
    until = LocalDay(load_default=None)


class FinanceToolFiguresLine(View):
    """What came of introductions. `success` is percent of those with an outcome, `days` from the proposal."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    tools = fields.Integer(required=True)
    introductions = fields.Integer(required=True)
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    success = fields.String(allow_none=True)
    days = fields.String(allow_none=True)
    amount = Amount(required=True)


class FinanceToolFiguresView(View):
    """By tool (`key` is its id: `GET /introductions?tool_id=`), and by source of funds."""

    tools = fields.List(fields.Nested(FinanceToolFiguresLine), required=True)
    funding = fields.List(fields.Nested(FinanceToolFiguresLine), required=True)


class IntroductionIn(Base):
    """A tool for a firm, perhaps for an issue of it. Without `owner_id` whoever proposes sees to it."""

    client_id = ClientId(required=True)
    enterprise_id = Id(required=True)
    issue_id = Id(load_default=None, allow_none=True)
    owner_id = Id(load_default=None, allow_none=True)
    amount = FinanceSum(load_default=None, allow_none=True)
    text = Text(WORDS, load_default="")


class IntroductionsQuery(PageQuery):
    """Which introductions; `mine` those one sees to."""

    state = fields.String(validate=OneOf(STATES))
    tool_id = Id()
    enterprise_id = Id()
    issue_id = Id()
    mine = fields.Boolean(load_default=False)


class IntroductionWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, load_default="")


class IntroductionReasonIn(Base):
    """Why."""

    text = Text(WORDS, least=1, required=True)


class IntroductionNextIn(IntroductionWordsIn):
    """What is said, and when it is looked at next; by itself within the district's days."""

    follow_up_on = fields.Date(load_default=None, allow_none=True)


class IntroductionFollowIn(IntroductionReasonIn):
    """What was heard, and when it is looked at next."""

    follow_up_on = fields.Date(required=True)


class IntroductionOutcomeIn(Base):
    """What came of it: `amount` with what was granted, a text with what was refused."""

    outcome = fields.String(required=True, validate=OneOf(OUTCOMES))
    amount = FinanceSum(load_default=None, allow_none=True)
    text = Text(WORDS, load_default="")


class IntroductionAssignIn(IntroductionWordsIn):
    """Who of staff sees to it from now on."""

    person_id = Id(required=True)


class IntroductionStepView(View):
    """When it came to a state."""

    state = fields.String(required=True)
    state_name = fields.String(required=True)
    at = Moment(required=True)
    by = fields.String(required=True)


class IntroductionView(View):
    """An introduction. `days` are those from the proposal to the outcome, or to now.

    `issue_id` is told to those who may know of the issue.
    """

    id = Id(required=True)
    tool_id = Id(required=True)
    tool = fields.String(required=True)
    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    issue_id = Id(allow_none=True)
    department_id = Id(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    owner_id = Id(required=True)
    owner = fields.String(required=True)
    text = fields.String(required=True)
    wanted = fields.String(allow_none=True)
    granted = fields.String(allow_none=True)
    reason = fields.String(required=True)
    follow_up_on = fields.String(allow_none=True)
    overdue = fields.Boolean(required=True)
    days = fields.Integer(required=True)
    steps = fields.List(fields.Nested(IntroductionStepView), required=True)
    created_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    actions = fields.List(fields.String(), required=True)


class IntroductionHistoryView(View):
    """What was done, by whom."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class IntroductionWholeView(IntroductionView):
    """An introduction with its history."""

    history = fields.List(fields.Nested(IntroductionHistoryView), required=True)
