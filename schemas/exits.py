"""Exit cases over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.projects.exits.states import STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Text, View
from schemas.warnings import WarningEvidenceView, of_our_times

WORDS = 5000


class ExitCasesQuery(PageQuery):
    """Which cases."""

    state = fields.String(validate=OneOf(STATES))
    unit = Text(20, least=1)
    project_id = Id()


class ExitProposalIn(Base):
    """Why a project should leave."""

    client_id = ClientId(required=True)
    text = Text(WORDS, least=1, required=True)


class ExitWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, least=1, required=True)


class ExitDeadlineIn(ExitWordsIn):
    """What is to be put right, by the end of which day."""

    due_on = fields.Date(required=True, validate=of_our_times)


class ExitReplyIn(ExitWordsIn):
    """What the enterprise says to it."""

    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class ExitDecisionIn(ExitWordsIn):
    """Which lawful measure is decided on, and why."""

    measure = Text(40, least=1, required=True)


class ExitClosingIn(ExitWordsIn):
    """That it was carried out, and on which day."""

    on = fields.Date(required=True, validate=of_our_times)


class ExitMeasureView(View):
    """A lawful measure: on what basis, and who decides."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    class_ = fields.String(required=True, data_key="class")
    class_name = fields.String(required=True)
    basis = fields.String(required=True)
    decides = fields.List(fields.String(), required=True)
    exits = fields.Boolean(required=True)
    needs_department = fields.String(allow_none=True)


class ExitMeasureList(View):
    """All measures."""

    items = fields.List(fields.Nested(ExitMeasureView), required=True)


class ExitSaidView(View):
    """What somebody said with a step."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class ExitReplyView(ExitSaidView):
    """What the enterprise said."""

    photo_ids = fields.List(fields.String(), required=True)


class ExitRectificationView(ExitSaidView):
    """What is to be put right, by when."""

    due_on = fields.String(required=True)


class ExitDecisionView(ExitSaidView):
    """What was decided, and on which basis then."""

    measure = fields.String(required=True)
    name = fields.String(required=True)
    class_ = fields.String(required=True, data_key="class")
    basis = fields.String(required=True)
    exits = fields.Boolean(required=True)


class ExitEndingView(ExitSaidView):
    """How it ended; `on` a day, where it was closed."""

    on = fields.String(allow_none=True)


class ExitStepView(ExitSaidView):
    """A step of the history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class ExitCaseLineView(View):
    """A case in a list. `by_machine`: proposed by the machine, of which nothing follows by itself."""

    id = Id(required=True)
    project_id = Id(required=True)
    project = fields.String(required=True)
    project_code = fields.String(required=True)
    unit = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    by_machine = fields.Boolean(required=True)
    text = fields.String(required=True)
    reply_by = Moment(allow_none=True)
    due_on = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class ExitCaseView(ExitCaseLineView):
    """A case whole. `measures` are those that the viewer may decide on now."""

    evidence = fields.List(fields.Nested(WarningEvidenceView), required=True)
    warning_ids = fields.List(fields.String(), required=True)
    notice = fields.Nested(ExitSaidView, allow_none=True)
    replies = fields.List(fields.Nested(ExitReplyView), required=True)
    rectification = fields.Nested(ExitRectificationView, allow_none=True)
    decision = fields.Nested(ExitDecisionView, allow_none=True)
    ending = fields.Nested(ExitEndingView, allow_none=True)
    measures = fields.List(fields.String(), required=True)
    history = fields.List(fields.Nested(ExitStepView), required=True)
