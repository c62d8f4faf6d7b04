"""Models and the health of routing over the wire."""

from __future__ import annotations

from marshmallow import fields, post_load

from app.learning.counting import LEAST_WORDS
from app.learning.health import DAYS, MOST_DAYS, Asked
from app.rulebooks.documents import MODEL_STATES
from schemas.base import Base, Id, Moment, Text, View, page_of
from schemas.rulebooks import BrokenRuleView


class WhyIn(Base):
    """Why a model is used, or is not."""

    reason = Text(500, least=1, required=True)


class ConfusedView(View):
    """So many texts of one category that were taken for another; null: for nothing."""

    right = fields.String(required=True)
    right_name = fields.String(required=True)
    said = fields.String(required=True, allow_none=True)
    said_name = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)


class MeasureView(View):
    """Of `n` texts: the share right at first, among the first three; placed without a person, and of
    these right."""

    n = fields.Integer(required=True)
    top1 = fields.Float(required=True, allow_none=True)
    top3 = fields.Float(required=True, allow_none=True)
    placed = fields.Float(required=True, allow_none=True)
    precise = fields.Float(required=True, allow_none=True)


class MeasureWhole(MeasureView):
    """The same with what was taken for what, the most frequent first."""

    confusion = fields.List(fields.Nested(ConfusedView), required=True)


class VoiceView(View):
    """How the model does on texts in a voice that it never saw."""

    voice = fields.String(required=True)
    n = fields.Integer(required=True)
    top1 = fields.Float(required=True, allow_none=True)
    top3 = fields.Float(required=True, allow_none=True)


class ModelView(View):
    """A trained model. `new` is how it does on the newest labels, `old` how the one then in use does."""

    number = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"description": "How decisions name it."})
    state = fields.String(required=True, metadata={"enum": list(MODEL_STATES)})
    state_name = fields.String(required=True)
    in_use = fields.Boolean(required=True)
    trained_at = Moment(required=True)
    published_at = Moment(required=True, allow_none=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    n_texts = fields.Integer(required=True)
    n_labels = fields.Integer(required=True)
    old_model = fields.String(required=True)
    new = fields.Nested(MeasureView, required=True)
    old = fields.Nested(MeasureView, required=True)


class SourceView(View):
    """How many labels came from where."""

    source = fields.String(required=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)


class ModelWhole(ModelView):
    """A model with all that was measured.

    Of the labels that judged, the old model may have learnt `old_may_know`.
    """

    new = fields.Nested(MeasureWhole, required=True)
    old = fields.Nested(MeasureWhole, required=True)
    old_may_know = fields.Integer(required=True)
    judged_from = Moment(required=True)
    judged_to = Moment(required=True)
    sources = fields.List(fields.Nested(SourceView), required=True)
    by_voice = fields.List(fields.Nested(VoiceView), required=True)


class ModelsPage(page_of(ModelView)):  # type: ignore[misc]
    """Models, the newest first. `in_use` is the number of the one that reads texts, 0 the pack's own."""

    in_use = fields.Integer(required=True)


class HealthQuery(Base):
    """Which issues: filed from one day to another, both included; without days, lately."""

    first = fields.Date(
        data_key="from", metadata={"description": f"Without days: the last {DAYS}."}
    )
    last = fields.Date(
        data_key="to", metadata={"description": f"With `from`, {MOST_DAYS} days at most."}
    )
    unit = Text(40, least=1)
    category = Text(40, least=1, metadata={"description": "Of the first placing."})

    @post_load
    def make(self, data: dict[str, object], **_: object) -> Asked:
        """What is asked for."""
        return Asked(**data)  # type: ignore[arg-type]


class RateOfRouting(View):
    """`placed` by rules and model, `judged` of these: answered; `right` of these, the first time."""

    placed = fields.Integer(required=True)
    judged = fields.Integer(required=True)
    right = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)


class RateOfCategory(RateOfRouting):
    """Of what was first placed as a category."""

    category = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class RateOfDepartment(RateOfRouting):
    """Of what a department had first."""

    department_id = Id(required=True)
    department = fields.String(required=True)


class RateOfVersion(RateOfRouting):
    """Of what one version of the rules and one model decided."""

    rulebook = fields.String(required=True)
    model = fields.String(required=True)


class ReturnsView(View):
    """Returns for one reason: upheld, refused, or not settled yet."""

    reason_code = fields.String(required=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)
    upheld = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    open = fields.Integer(required=True)


class TransfersView(View):
    """How often one department handed on to another."""

    from_id = Id(required=True)
    from_name = fields.String(required=True)
    to_id = Id(required=True, allow_none=True)
    to_name = fields.String(required=True)
    count = fields.Integer(required=True)


class LoadView(View):
    """What the desk had to do: of `issues`, those that `needed` a person, and those `waiting` for one.

    `median_minutes` are office minutes until it was placed or ruled on.
    """

    issues = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)
    waiting = fields.Integer(required=True)
    settled = fields.Integer(required=True)
    median_minutes = fields.Float(required=True, allow_none=True)


class OverruledView(View):
    """Choices that the text overruled. `back`: of the wrong ones, those that are as chosen after all."""

    chosen = fields.String(required=True)
    chosen_name = fields.String(required=True)
    taken = fields.String(required=True)
    taken_name = fields.String(required=True)
    count = fields.Integer(required=True)
    right = fields.Integer(required=True)
    wrong = fields.Integer(required=True)
    back = fields.Integer(required=True)


class RuleTold(View):
    """How many issues a rule fitted, and for how many of these the placing did not stand."""

    rule = fields.String(required=True)
    count = fields.Integer(required=True)
    wrong = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)


class RulesTold(View):
    """The rules in use that fitted nothing, those that cannot be used, and all that fitted, worst first."""

    never = fields.List(fields.String(), required=True)
    broken = fields.List(fields.Nested(BrokenRuleView), required=True)
    fitted = fields.List(fields.Nested(RuleTold), required=True)


class WordTold(View):
    """A word by which issues were placed, and for how many of these the placing did not stand."""

    word = fields.String(required=True)
    count = fields.Integer(required=True, metadata={"description": f"{LEAST_WORDS} at least."})
    wrong = fields.Integer(required=True)
    share = fields.Float(required=True)


class HealthView(View):
    """The health of routing, of the issues filed in a period.

    Restricted issues are counted; nothing of what they say is shown.
    """

    start = Moment(required=True)
    end = Moment(required=True)
    rulebook = fields.String(required=True)
    model = fields.String(required=True)
    issues = fields.Integer(required=True)
    restricted = fields.Integer(required=True)
    total = fields.Nested(RateOfRouting, required=True)
    by_category = fields.List(fields.Nested(RateOfCategory), required=True)
    by_department = fields.List(fields.Nested(RateOfDepartment), required=True)
    by_version = fields.List(fields.Nested(RateOfVersion), required=True)
    returns = fields.List(fields.Nested(ReturnsView), required=True)
    transfers = fields.List(fields.Nested(TransfersView), required=True)
    desk = fields.Nested(LoadView, required=True)
    overruled = fields.List(fields.Nested(OverruledView), required=True)
    rules = fields.Nested(RulesTold, required=True)
    words = fields.List(fields.Nested(WordTold), required=True)
