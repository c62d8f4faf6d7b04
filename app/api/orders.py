"""Instructions of leaders, orders of inspection, and whatever else wants a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.oversight import instructions, orders_steps
from app.oversight import orders_looking as looking
from app.oversight.orders import ENTERPRISE, ISSUE
from app.oversight.orders_issuing import Asked, issue
from app.oversight.orders_standing import is_overdue
from schemas.base import page_of
from schemas.orders import (
    InstructionIn,
    OrderBackIn,
    OrderDecisionIn,
    OrderExtensionIn,
    OrderIn,
    OrderLineView,
    OrderOwnerIn,
    OrderQuery,
    OrderReasonIn,
    OrderReplyIn,
    OrderView,
    OrderWordsIn,
)

blueprint = Blueprint("orders", __name__, description="批示与督查")


@blueprint.route("/instructions")
class Instructions(MethodView):
    @blueprint.operation(body=InstructionIn, shows=OrderView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """One line of a leader, which is an order from then on; on an issue, a supervision of it."""
        client_id, now = body.pop("client_id"), clock.now()
        key, new = instructions.instruct(auth.me(), client_id, now, **body)
        return _whole(str(key)), 201 if new else 200


@blueprint.route("/orders")
class Orders(MethodView):
    @blueprint.operation(query=OrderQuery, shows=page_of(OrderLineView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The orders one may see: what is open or overdue due first, else the newest first."""
        found, total = looking.listed(auth.me(), clock.now(), **query)
        lines = [_line(each) for each in looking.described(found)]
        return views.page(lines, total, query)

    @blueprint.operation(body=OrderIn, shows=OrderView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Order something, to be answered by a day."""
        client_id = body.pop("client_id")
        key, new = issue(auth.me(), Asked(**body), client_id, clock.now())
        return _whole(str(key)), 201 if new else 200


@blueprint.route("/orders/<oid:key>")
class OneOrder(MethodView):
    @blueprint.operation(shows=OrderView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An order with its replies and history."""
        return _whole(key)


@blueprint.route("/orders/<oid:key>/acknowledge")
class AcknowledgeOrder(MethodView):
    @blueprint.operation(shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that it was read (its owner)."""
        return _done(key, orders_steps.acknowledge, body)


@blueprint.route("/orders/<oid:key>/reply")
class ReplyToOrder(MethodView):
    @blueprint.operation(body=OrderReplyIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say what was done (its owner)."""
        return _done(key, orders_steps.reply, body)


@blueprint.route("/orders/<oid:key>/send-back")
class SendOrderBack(MethodView):
    @blueprint.operation(body=OrderBackIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Send the reply back, with a reason and a new deadline (who issued it, inspectors)."""
        return _done(key, orders_steps.send_back, body)


@blueprint.route("/orders/<oid:key>/accept")
class AcceptOrder(MethodView):
    @blueprint.operation(body=OrderWordsIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take the reply as done (who issued it, inspectors)."""
        return _done(key, orders_steps.accept, body)


@blueprint.route("/orders/<oid:key>/close")
class CloseOrder(MethodView):
    @blueprint.operation(body=OrderWordsIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End for good what was accepted (who issued it, inspectors)."""
        return _done(key, orders_steps.close, body)


@blueprint.route("/orders/<oid:key>/ask-extension")
class AskOrderExtension(MethodView):
    @blueprint.operation(body=OrderExtensionIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask for more time (its owner)."""
        return _done(key, orders_steps.ask_extension, body)


@blueprint.route("/orders/<oid:key>/decide-extension")
class DecideOrderExtension(MethodView):
    @blueprint.operation(body=OrderDecisionIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Grant or refuse the time asked for (who issued it, inspectors)."""
        return _done(key, orders_steps.decide_extension, body)


@blueprint.route("/orders/<oid:key>/hand-over")
class HandOrderOver(MethodView):
    @blueprint.operation(body=OrderOwnerIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let another answer for it (who issued it, inspectors; a head or unit admin, to one of theirs)."""
        return _done(key, orders_steps.hand_over, body)


@blueprint.route("/orders/<oid:key>/withdraw")
class WithdrawOrder(MethodView):
    @blueprint.operation(body=OrderReasonIn, shows=OrderView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it back, with a reason; it stays on record (who issued it, inspectors)."""
        return _done(key, orders_steps.withdraw, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    [row] = looking.described([looking.see(auth.me(), key)])
    steps = [_step(each) for each in looking.history_of(row)]
    return {**row, **_line(row), "history": steps}


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    spoken, subject = language(), row["subject"]
    return {
        **row,
        "id": row["_id"],
        "kind_name": say(f"order.kind.{row['kind']}", spoken),
        "subject": row["subject_name"],
        "project_id": row["project"],
        "issue_id": subject if row["subject_kind"] == ISSUE else None,
        "enterprise_id": subject if row["subject_kind"] == ENTERPRISE else None,
        "supervision_id": row["supervision"],
        "by": row["by_name"],
        "owner_id": row["owner"],
        "owner": row["owner_name"],
        "department_id": row["department"],
        "department": row["department_name"],
        "overdue": is_overdue(row, clock.now()),
        "state_name": say(f"order.state.{row['state']}", spoken),
        "actions": looking.steps(auth.me(), row),
    }


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "title": say(f"history.order.{row['action']}", language()),
        "before": row["from"],
        "after": row["to"],
    }
