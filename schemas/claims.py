"""Claims, payouts, public notices and objections over the wire. Money is 万元 as text, days are local."""

from __future__ import annotations

from marshmallow import fields

from app.policies.claims.figures import BY
from app.policies.claims.states import STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Range, Text, View
from schemas.ledger import Amount, LocalDay
from schemas.policies import WORDS
from schemas.stages import photos_field
from schemas.warnings import of_our_times


class ClaimIn(Base):
    """A claim of a firm; `issue_id` is where the need of it was found."""

    client_id = ClientId(required=True)
    enterprise_id = Id(required=True)
    project_id = Id(load_default=None, allow_none=True)
    issue_id = Id(load_default=None, allow_none=True)
    text = Text(WORDS, load_default="")


class ClaimPaperIn(Base):
    """A document that the policy asks for, by its name, with photos of one's own."""

    name = Text(60, least=1, required=True)
    photo_ids = photos_field()


class ClaimAccountIn(Base):
    """Where to pay. Only the firm and the department ever see it."""

    holder = Text(100, least=1, required=True)
    bank = Text(100, least=1, required=True)
    number = Text(40, least=4, required=True)


class ClaimSubmitIn(Base):
    """What is submitted; without `asked` it is what the rule gives. Papers of before stay."""

    asked = Amount(load_default=None, allow_none=True)
    quantity = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=Range(1, 1_000_000)
    )
    papers = fields.List(fields.Nested(ClaimPaperIn), load_default=list, validate=Length(max=20))
    account = fields.Nested(ClaimAccountIn, load_default=None, allow_none=True)
    text = Text(WORDS, load_default="")


class ClaimWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, load_default="")


class ClaimReasonIn(Base):
    """Why."""

    text = Text(WORDS, least=1, required=True)


class ClaimAmountIn(ClaimWordsIn):
    """For how much; by itself what was asked for, or reviewed."""

    amount = Amount(load_default=None, allow_none=True)


class ClaimRefusalIn(ClaimReasonIn):
    """Why a claim is refused: codes of `GET /claims/terms`, and words."""

    reason_codes = fields.List(Text(40, least=1), required=True, validate=Length(1, 10))


class ClaimsQuery(PageQuery):
    """Which claims; `from` and `to` are local days of opening, both included."""

    state = fields.String(validate=OneOf(STATES))
    code = Text(40, least=1)
    policy_id = Id()
    department_id = Id()
    enterprise_id = Id()
    unit = Text(20, least=1)
    first = fields.Date(data_key="from", validate=of_our_times)
    last = fields.Date(data_key="to", validate=of_our_times)
    overdue = fields.Boolean()


class ClaimFiguresQuery(Base):
    """Figures of which claims, told apart by policy or department."""

    by = fields.String(load_default="policy", validate=OneOf(BY))
    code = Text(40, least=1)
    department_id = Id()
    unit = Text(20, least=1)
    first = fields.Date(data_key="from", validate=of_our_times)
    last = fields.Date(data_key="to", validate=of_our_times)


class ClaimOwnerView(View):
    """Whose turn it is: the `side` firm, commissioner or department, null at the end, and by name."""

    side = fields.String(allow_none=True)
    name = fields.String(required=True)
    person_id = Id(allow_none=True)


class ClaimDaysView(View):
    """Working days spent in a state or a link of the chain, so far in the present one."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    days = fields.Integer(required=True)


class ClaimNoticeView(View):
    """The public notice of a claim, first and last day included."""

    first = fields.String(required=True)
    last = fields.String(required=True)
    amount = fields.String(allow_none=True)


class ClaimVerdictView(View):
    """What matching found, and the kinds of conditions that were unknown then."""

    verdict = fields.String(required=True)
    at = Moment(required=True)
    unclear = fields.List(fields.String(), required=True)


class ClaimRefusalView(View):
    """Why a claim was refused."""

    codes = fields.List(fields.String(), required=True)
    names = fields.List(fields.String(), required=True)
    text = fields.String(required=True)
    at = Moment(required=True)


class ClaimView(View):
    """A claim in a list. `links` are the days of each link of 发现问题, 对症下药, 调整优化, 及时兑付."""

    id = Id(required=True)
    policy_id = Id(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    unit = fields.String(allow_none=True)
    project_id = Id(allow_none=True)
    issue_id = Id(allow_none=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    owner = fields.Nested(ClaimOwnerView, required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    on_behalf = fields.Boolean(required=True)
    asked = fields.String(allow_none=True)
    reviewed = fields.String(allow_none=True)
    approved = fields.String(allow_none=True)
    paid = fields.String(required=True)
    quantity = fields.Integer(allow_none=True)
    verdict = fields.Nested(ClaimVerdictView, allow_none=True)
    refusal = fields.Nested(ClaimRefusalView, allow_none=True)
    notice = fields.Nested(ClaimNoticeView, allow_none=True)
    objections = fields.Integer(required=True)
    upheld = fields.Integer(required=True)
    due_at = Moment(allow_none=True)
    overdue = fields.Boolean(required=True)
    climbed = fields.List(fields.String(), required=True)
    links = fields.List(fields.Nested(ClaimDaysView), required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    actions = fields.List(fields.String(), required=True)


class ClaimSpanView(View):
    """A span of a state: by whom it began, whose turn it was, how many working days it took."""

    state = fields.String(required=True)
    state_name = fields.String(required=True)
    side = fields.String(allow_none=True)
    by = fields.String(required=True)
    since = Moment(required=True)
    until = Moment(allow_none=True)
    days = fields.Integer(allow_none=True)


class ClaimPaperView(View):
    """A paper and its photos."""

    name = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)


class ClaimAccountView(View):
    """Where to pay."""

    holder = fields.String(required=True)
    bank = fields.String(required=True)
    number = fields.String(required=True)


class ClaimStepView(View):
    """A step of the history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    text = fields.String(required=True)


class PayoutView(View):
    """What was paid, on which day."""

    id = Id(required=True)
    claim_id = Id(required=True)
    policy_id = Id(required=True)
    policy_title = fields.String(required=True)
    project_id = Id(allow_none=True)
    amount = fields.String(required=True)
    on = fields.String(required=True)
    reference = fields.String(required=True)
    by = fields.String(required=True)


class ClaimSaidView(View):
    """What was decided, and in which words."""

    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class ClaimObjectionView(View):
    """An objection; who raised it is named unless it is anonymous to these eyes. `mine`: it is one's own."""

    id = Id(required=True)
    claim_id = Id(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    anonymous = fields.Boolean(required=True)
    mine = fields.Boolean(required=True)
    text = fields.String(required=True)
    decision = fields.Nested(ClaimSaidView, allow_none=True)
    created_at = Moment(required=True)


class ClaimWholeView(ClaimView):
    """A claim whole. `account` is null for all but the firm and the department."""

    text = fields.String(required=True)
    spans = fields.List(fields.Nested(ClaimSpanView), required=True)
    days = fields.List(fields.Nested(ClaimDaysView), required=True)
    papers = fields.List(fields.Nested(ClaimPaperView), required=True)
    account = fields.Nested(ClaimAccountView, allow_none=True)
    payouts = fields.List(fields.Nested(PayoutView), required=True)
    objection_rows = fields.List(fields.Nested(ClaimObjectionView), required=True)
    history = fields.List(fields.Nested(ClaimStepView), required=True)


class ClaimCodeView(View):
    """A code and its name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ClaimTermView(View):
    """A step and the working days it may take; whose turn it is."""

    state = fields.String(required=True)
    state_name = fields.String(required=True)
    side = fields.String(required=True)
    working_days = fields.Integer(required=True)


class ClaimTermsView(View):
    """What the district says of claims."""

    refusals = fields.List(fields.Nested(ClaimCodeView), required=True)
    steps = fields.List(fields.Nested(ClaimTermView), required=True)
    notice_working_days = fields.Integer(required=True)


class ClaimLinkFigureView(View):
    """A link of the chain: the median of working days over `count` claims; null over none."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    median_days = fields.String(allow_none=True)
    count = fields.Integer(required=True)


class ClaimLineView(View):
    """The claims of a policy or a department; `opens` are the parameters of GET /claims that list them."""

    key = fields.String(allow_none=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    overdue = fields.Integer(required=True)
    approved = fields.String(required=True)
    paid = fields.String(required=True)
    median_days = fields.String(allow_none=True)
    links = fields.List(fields.Nested(ClaimLinkFigureView), required=True)
    opens = fields.Dict(required=True)


class ClaimFiguresView(View):
    """The lines, and all of them together."""

    items = fields.List(fields.Nested(ClaimLineView), required=True)
    total = fields.Nested(ClaimLineView, required=True)


class PayoutIn(Base):
    """A payment that was made on a day, with its reference; never more than is left of what was approved."""

    client_id = ClientId(required=True)
    amount = Amount(required=True)
    on = fields.Date(required=True, validate=of_our_times)
    reference = Text(100, load_default="")


class PayoutsQuery(PageQuery):
    """From one local day to another, both included."""

    first = LocalDay(data_key="from")
    last = LocalDay(data_key="to")


class PayoutYearView(View):
    """What was paid in a year."""

    year = fields.String(required=True)
    amount = fields.String(required=True)


class PayoutPolicyView(View):
    """What was paid under a policy."""

    policy_id = Id(required=True)
    title = fields.String(required=True)
    amount = fields.String(required=True)


class PayoutsView(View):
    """A page of what a firm was paid, and its sums over all pages."""

    items = fields.List(fields.Nested(PayoutView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    amount = fields.String(required=True)
    years = fields.List(fields.Nested(PayoutYearView), required=True)
    policies = fields.List(fields.Nested(PayoutPolicyView), required=True)


class ClaimPublicQuery(PageQuery):
    """By themselves the notices that run today; `ended` those whose period is over."""

    ended = fields.Boolean(load_default=False)
    code = Text(40, least=1, load_default=None)


class ClaimPublicView(View):
    """A public notice: nothing in it is secret. `amount` is null where the policy does not show it."""

    id = Id(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    enterprise = fields.String(required=True)
    masked_code = fields.String(allow_none=True)
    department = fields.String(required=True)
    amount = fields.String(allow_none=True)
    first = fields.String(required=True)
    last = fields.String(required=True)
    running = fields.Boolean(required=True)


class ClaimObjectionIn(Base):
    """What one has against it. `anonymous`: only those who decide know by whom."""

    client_id = ClientId(required=True)
    text = Text(WORDS, least=1, required=True)
    anonymous = fields.Boolean(load_default=False)


class ClaimObjectionRulingIn(ClaimReasonIn):
    """Whether an objection is upheld, and why."""

    upheld = fields.Boolean(required=True)
