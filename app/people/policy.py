"""The one policy table: which role may do what, and to which things. `access` asks it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Reach(Enum):
    """To which things a role's permission extends. `firm`: the enterprise's that have a name under them."""

    ALL = "all"
    OWN = "own"
    SERVED = "served"
    ENTERPRISE = "enterprise"
    FIRM = "firm"
    DEPARTMENT = "department"
    UNIT = "unit"
    FOLLOWER = "follower"


ALL, OWN, SERVED = Reach.ALL, Reach.OWN, Reach.SERVED
ENTERPRISE, DEPARTMENT, UNIT = Reach.ENTERPRISE, Reach.DEPARTMENT, Reach.UNIT
FIRM, FOLLOWER = Reach.FIRM, Reach.FOLLOWER

RESTRICTED: Mapping[str, tuple[Reach, ...]] = {
    "commissioner": (OWN,),
    "contact": (OWN, FIRM),
    "dispatcher": (OWN,),
    "unit_admin": (OWN,),
    "service": (OWN,),
    "clerk": (DEPARTMENT,),
    "head": (DEPARTMENT,),
    "inspector": (ALL,),
}
"""Of what is restricted, what a role reaches at most, whatever the table says of the action.

Who opened it; the firm's contacts, unless it was opened anonymously, perhaps against the will of the firm;
the departments that were given it; the inspectors. Who only looks on, serves or follows learns nothing.
"""

_OVERSEERS = {"dispatcher": (ALL,), "inspector": (ALL,), "leader": (ALL,), "admin": (ALL,)}
_WATCHERS = {"inspector": (ALL,), "leader": (ALL,), "admin": (ALL,)}
_STAFF = {"clerk": (DEPARTMENT,), "head": (DEPARTMENT,)}
_ASKERS = {"contact": (ENTERPRISE,), "commissioner": (OWN, SERVED)}
_SEE_WHOLE = {**_ASKERS, "unit_admin": (UNIT,), "service": (OWN,), **_STAFF, **_OVERSEERS}
_SITES = {
    "commissioner": (ALL,),
    "contact": (ENTERPRISE,),
    "dispatcher": (ALL,),
    "unit_admin": (UNIT,),
    "admin": (ALL,),
}

# Who keeps the ledger of projects and enterprises.
_KEEPERS = {
    "commissioner": (SERVED,),
    "unit_admin": (UNIT,),
    "admin": (ALL,),
    "service": (ALL,),
}

# Reviewers of a project are its review's followers; who they are is said when it is opened.
_REVIEWERS = {
    "commissioner": (FOLLOWER,),
    "clerk": (FOLLOWER,),
    "head": (FOLLOWER,),
    "dispatcher": (FOLLOWER,),
    "inspector": (FOLLOWER,),
    "leader": (FOLLOWER,),
    "unit_admin": (FOLLOWER,),
    "admin": (FOLLOWER,),
}
_SEE_SCORES = {
    **_REVIEWERS,
    "commissioner": (SERVED, FOLLOWER),
    "unit_admin": (UNIT, FOLLOWER),
    "inspector": (ALL,),
    "leader": (ALL,),
    "admin": (ALL,),
}

# Whom a case is about are its followers.
_SERVED = dict.fromkeys(
    (
        *("commissioner", "clerk", "head", "dispatcher"),
        *("inspector", "leader", "unit_admin", "admin"),
    ),
    (FOLLOWER,),
)
_SEE_CASES = {**_SERVED, "inspector": (OWN, FOLLOWER), "leader": (ALL,)}

_STAFF_EVERYWHERE = {
    **dict.fromkeys(("commissioner", "clerk", "head", "unit_admin"), (ALL,)),
    **_OVERSEERS,
}
_EVERYBODY = {**_STAFF_EVERYWHERE, "contact": (ALL,), "service": (ALL,)}
# Whoever of staff was given something sees to it, whatever else they are.
_OWNERS = dict.fromkeys(_STAFF_EVERYWHERE, (OWN,))
_PUBLISHERS = {"unit_admin": (UNIT,), "dispatcher": (ALL,), "admin": (ALL,)}

TABLE: Mapping[str, Mapping[str, tuple[Reach, ...]]] = {
    "issue.open": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE,),
        "dispatcher": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
    },
    # Who only follows an issue sees how it goes, but not whose it is: `issues.desk.following`.
    "issue.see": {
        **_SEE_WHOLE,
        "commissioner": (OWN, SERVED, FOLLOWER),
        "contact": (ENTERPRISE, FOLLOWER),
    },
    "issue.see_whole": _SEE_WHOLE,
    "issue.see_internal": {"unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "issue.see_reporter": {
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "admin": (ALL,),
        "commissioner": (OWN,),
        "contact": (OWN,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "issue.see_phones": {
        "dispatcher": (ALL,),
        "head": (DEPARTMENT,),
        "commissioner": (OWN,),
        "contact": (OWN,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "issue.confirm": {**_ASKERS, "inspector": (ALL,)},
    "issue.unreachable": {"commissioner": (OWN, SERVED), "inspector": (ALL,)},
    "issue.reopen": {**_ASKERS, "inspector": (ALL,)},
    "issue.reply": _ASKERS,
    "issue.remind": _ASKERS,
    "issue.withdraw": {"contact": (OWN,), "commissioner": (OWN,), "service": (OWN,)},
    "issue.follow": {**_ASKERS, "unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "issue.comment": {**_ASKERS, "unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "issue.place": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "issue.restrict": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "issue.split": {"dispatcher": (ALL,)},
    "issue.correct": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "issue.merge": {"dispatcher": (ALL,)},
    "issue.link": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "cluster.see": {"dispatcher": (ALL,), "inspector": (ALL,), "leader": (ALL,)},
    "cluster.settle": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "issue.conclude": {"head": (DEPARTMENT,), "inspector": (ALL,)},
    "issue.supervise": {"inspector": (ALL,), "leader": (ALL,)},
    "issue.plan": {**_ASKERS, **_STAFF},
    "supervision.see": {**_STAFF, "unit_admin": (UNIT,), **_OVERSEERS},
    "supervision.reply": {**_STAFF, "dispatcher": (ALL,)},
    "supervision.close": {"inspector": (ALL,), "leader": (ALL,)},
    "issue.meet": {
        "head": (DEPARTMENT,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
    },
    "ticket.see": {**_STAFF, **_OVERSEERS, "unit_admin": (UNIT,)},
    "ticket.accept": _STAFF,
    "ticket.note": _STAFF,
    "ticket.answer": _STAFF,
    "ticket.return": _STAFF,
    "ticket.object": _STAFF,
    "ticket.transfer": _STAFF,
    "ticket.release": _STAFF,
    "ticket.invite": _STAFF,
    "ticket.ask": _STAFF,
    "ticket.extend": _STAFF,
    "ticket.assign": {"head": (DEPARTMENT,)},
    "ticket.review": {"head": (DEPARTMENT,)},
    "ticket.decide": {"head": (DEPARTMENT,), "inspector": (ALL,)},
    "ticket.rule": {"dispatcher": (ALL,), "inspector": (ALL,)},
    "ticket.acknowledge": {"head": (DEPARTMENT,), "inspector": (ALL,), "leader": (ALL,)},
    "calendar.change": {"admin": (ALL,)},
    "reports.departments": {"head": (DEPARTMENT,), **_OVERSEERS},
    "reports.clerks": {"clerk": (OWN,), "head": (DEPARTMENT,), **_OVERSEERS},
    "call.see": {"commissioner": (OWN,), "dispatcher": (ALL,), "inspector": (ALL,)},
    "call.do": {"commissioner": (OWN,), "dispatcher": (ALL,)},
    "channel.see": {"admin": (ALL,), "inspector": (ALL,)},
    "visit.make": {"commissioner": (ALL,)},
    "visit.see": {"commissioner": (OWN,), "unit_admin": (UNIT,), **_OVERSEERS},
    "visit.change": {"commissioner": (OWN,)},
    "visit.see_track": {"commissioner": (OWN,), "inspector": (ALL,), "admin": (ALL,)},
    "photo.take": {
        "commissioner": (ALL,),
        "contact": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (ALL,),
        "service": (ALL,),
    },
    "photo.see": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "unit_admin": (OWN,),
        "admin": (ALL,),
        "service": (OWN,),
    },
    "photo.see_original": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (OWN,),
        "inspector": (ALL,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "photo.see_hidden": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (OWN,),
        "inspector": (ALL,),
        "unit_admin": (OWN,),
        "service": (OWN,),
    },
    "photo.restore": {"inspector": (ALL,)},
    "evidence.roots": {
        "commissioner": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (ALL,),
        **_OVERSEERS,
    },
    "photo.retry": {
        "commissioner": (OWN,),
        "contact": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (OWN,),
        "admin": (ALL,),
        "service": (OWN,),
    },
    "photo.review": {"inspector": (ALL,)},
    "photo.see_quarantined": {"inspector": (ALL,)},
    # Of the photos that they may see at all: `issues.access.see_photo`.
    "photo.redact": {
        "commissioner": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "unit_admin": (ALL,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "admin": (ALL,),
    },
    "enterprise.see": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "enterprise.complete": {
        "commissioner": (ALL,),
        "dispatcher": (ALL,),
        "unit_admin": (UNIT,),
        "admin": (ALL,),
    },
    "enterprise.write": {**_KEEPERS, "dispatcher": (ALL,)},
    "project.see": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "ledger.write": _KEEPERS,
    "figure.see": {
        "commissioner": (SERVED,),
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "admin": (ALL,),
    },
    "figure.write": _KEEPERS,
    "stage.verify": {"unit_admin": (UNIT,), "inspector": (ALL,), "admin": (ALL,)},
    "month.lock": {"admin": (ALL,)},
    "dictionary.change": {"admin": (ALL,)},
    "master.change": {"admin": (ALL,)},
    # Which rows of a file one may write is for each register to say.
    "exchange.import": {
        "clerk": (ALL,),
        "head": (ALL,),
        "commissioner": (ALL,),
        "unit_admin": (UNIT,),
        "admin": (ALL,),
        "service": (ALL,),
    },
    # History fires nothing and passes no gate: whose word that is, is few people's.
    "exchange.history": {"unit_admin": (UNIT,), "admin": (ALL,), "service": (ALL,)},
    "exchange.changes": {"service": (ALL,), "admin": (ALL,)},
    "serving.see": {"commissioner": (OWN,), "unit_admin": (UNIT,), **_OVERSEERS},
    "serving.assign": {"unit_admin": (UNIT,), "admin": (ALL,)},
    "rounds.see": {"commissioner": (OWN,)},
    "visits.figures": {"commissioner": (OWN,), "unit_admin": (UNIT,), **_OVERSEERS},
    # An intent is caught by whoever visits; from then on its owner and who serves the firm work on it.
    "expansion.catch": {
        "commissioner": (ALL,),
        "unit_admin": (UNIT,),
        "admin": (ALL,),
        "service": (ALL,),
    },
    "expansion.change": {
        "commissioner": (OWN, SERVED),
        "unit_admin": (UNIT,),
        "admin": (ALL,),
        "service": (ALL,),
    },
    "expansion.see": {
        "commissioner": (OWN, SERVED),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "rates.see": {
        "commissioner": (SERVED,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    # What each looks at first. Whoever oversees may look at anybody's.
    "board.district": _OVERSEERS,
    "board.unit": {"unit_admin": (UNIT,), **_OVERSEERS},
    "board.department": {**_STAFF, **_OVERSEERS},
    "board.leader": {"leader": (OWN,), "inspector": (ALL,), "admin": (ALL,)},
    "board.commissioner": {"commissioner": (OWN,), **_OVERSEERS},
    "review.open": {"commissioner": (SERVED,), "unit_admin": (UNIT,), "admin": (ALL,)},
    "review.see": {**_SEE_SCORES, "contact": (ENTERPRISE,)},
    "review.see_scores": _SEE_SCORES,
    "review.score": _REVIEWERS,
    "review.answer": {**_REVIEWERS, "admin": (ALL,)},
    "review.decide": {"inspector": (ALL,), "leader": (ALL,), "admin": (ALL,)},
    "growth.see": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "admin": (ALL,),
    },
    # The department of a parcel is the one for natural resources: `projects.land.register`.
    "parcel.see": {
        "commissioner": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "parcel.write": {**_STAFF, "admin": (ALL,), "service": (ALL,)},
    "parcel.call_idle": {**_STAFF, "service": (ALL,)},
    "commitment.see": {
        "commissioner": (SERVED,),
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "admin": (ALL,),
    },
    "commitment.write": _KEEPERS,
    "milestone.see": {
        "commissioner": (ALL,),
        "contact": (ENTERPRISE, OWN),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (UNIT, OWN),
        "service": (ALL,),
        **_OVERSEERS,
    },
    # Whole lists of milestones tell of warnings too.
    "milestone.take": {
        "commissioner": (SERVED,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_OVERSEERS,
    },
    "milestone.write": _KEEPERS,
    # Who is responsible may finish it, whatever else they are.
    "milestone.done": {
        **dict.fromkeys(("contact", "clerk", "head", "dispatcher", "inspector", "leader"), (OWN,)),
        "commissioner": (SERVED, OWN),
        "unit_admin": (UNIT, OWN),
        "admin": (ALL,),
        "service": (ALL,),
    },
    "approval.see": {
        "commissioner": (SERVED,),
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT,),
        "service": (ALL,),
        **_STAFF,
        **_OVERSEERS,
    },
    "approval.open": _KEEPERS,
    "approval.submit": {**_KEEPERS, **_STAFF},
    "approval.act": {**_STAFF, "admin": (ALL,), "service": (ALL,)},
    "warning.see": {
        "commissioner": (SERVED,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        **_OVERSEERS,
    },
    "warning.acknowledge": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        "inspector": (ALL,),
        "leader": (ALL,),
        "admin": (ALL,),
    },
    "delay.write": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        "inspector": (ALL,),
        "admin": (ALL,),
    },
    "falsification.see": {"unit_admin": (UNIT,), "head": (ALL,), **_OVERSEERS},
    "falsification.write": {"inspector": (ALL,)},
    "exit.see": {
        "commissioner": (SERVED,),
        "contact": (ENTERPRISE,),
        "clerk": (DEPARTMENT,),
        "head": (ALL,),
        "unit_admin": (UNIT,),
        **_OVERSEERS,
    },
    "exit.propose": {
        "head": (ALL,),
        "unit_admin": (UNIT,),
        "inspector": (ALL,),
        "leader": (ALL,),
    },
    "exit.run": {"unit_admin": (UNIT,), "inspector": (ALL,)},
    "exit.reply": {"contact": (ENTERPRISE,), "commissioner": (SERVED,)},
    # On which measure is said by the measure: `config/district/exits.yaml`.
    "exit.decide": {
        "clerk": (DEPARTMENT,),
        "head": (DEPARTMENT,),
        "inspector": (ALL,),
        "leader": (ALL,),
    },
    "exit.close": {"unit_admin": (UNIT,), "admin": (ALL,)},
    "exit.withdraw": {
        "head": (OWN,),
        "unit_admin": (OWN,),
        "inspector": (ALL,),
        "leader": (ALL,),
    },
    # What is published is no secret. Firms are matched by who speaks for them, serves or oversees them.
    "policy.see": dict.fromkeys(
        (
            *("commissioner", "contact", "clerk", "head", "dispatcher"),
            *("inspector", "leader", "unit_admin", "admin", "service"),
        ),
        (ALL,),
    ),
    "policy.see_draft": {**_STAFF, **_WATCHERS, "service": (ALL,)},
    "policy.write": {**_STAFF, "admin": (ALL,), "service": (ALL,)},
    "policy.publish": {"head": (DEPARTMENT,), "admin": (ALL,)},
    "policy.match": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_WATCHERS,
    },
    "policy.match_firms": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_WATCHERS,
    },
    "claim.see": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_WATCHERS,
    },
    "claim.open": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
    },
    "claim.submit": {"contact": (ENTERPRISE,), "commissioner": (SERVED,)},
    "claim.review": _STAFF,
    "claim.approve": {"head": (DEPARTMENT,)},
    "claim.pay": _STAFF,
    "claim.void_payout": {"head": (DEPARTMENT,)},
    "claim.see_account": {"contact": (ENTERPRISE,), **_STAFF},
    "claim.figures": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        "head": (DEPARTMENT,),
        **_WATCHERS,
    },
    "objection.make": dict.fromkeys(
        (
            *("commissioner", "contact", "clerk", "head", "dispatcher"),
            *("inspector", "leader", "unit_admin", "admin", "service"),
        ),
        (ALL,),
    ),
    "objection.see_who": {"head": (DEPARTMENT,), "inspector": (ALL,)},
    "objection.decide": {"head": (DEPARTMENT,), "inspector": (ALL,)},
    "payout.see": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_WATCHERS,
    },
    # Who raised what a proposal rests on is its follower: they hear what became of it.
    "proposal.see": {
        **dict.fromkeys(
            ("contact", "commissioner", "unit_admin", "dispatcher", "service"), (FOLLOWER,)
        ),
        "clerk": (DEPARTMENT, FOLLOWER),
        "head": (DEPARTMENT, FOLLOWER),
        **_WATCHERS,
    },
    "proposal.see_evidence": {**_STAFF, **_WATCHERS},
    "proposal.open": {
        **dict.fromkeys(("commissioner", "unit_admin", "dispatcher"), (ALL,)),
        **_STAFF,
        **_WATCHERS,
    },
    "proposal.decide": {"head": (DEPARTMENT,), "leader": (ALL,)},
    # What is offered: tools and published opportunities are no secret; what a firm does with them is.
    "finance_tool.see": _EVERYBODY,
    "finance_tool.keep": {**_STAFF_EVERYWHERE, "service": (ALL,)},
    "finance_tool.write": {**_STAFF, "admin": (ALL,), "service": (ALL,)},
    "finance_tool.match": {
        **_STAFF_EVERYWHERE,
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
    },
    "introduction.see": {
        **_OWNERS,
        "contact": (ENTERPRISE,),
        "commissioner": (OWN, SERVED),
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        **_OVERSEERS,
    },
    "introduction.propose": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        "dispatcher": (ALL,),
        **_STAFF,
    },
    "introduction.answer": {"contact": (ENTERPRISE,), "commissioner": (SERVED,)},
    "introduction.run": {
        **_OWNERS,
        "commissioner": (OWN, SERVED),
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        "dispatcher": (ALL,),
    },
    "introduction.figures": {
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_OVERSEERS,
    },
    "opportunity.see": _EVERYBODY,
    # Who answers for it follows it.
    "opportunity.see_inside": {
        **dict.fromkeys(_STAFF_EVERYWHERE, (OWN, FOLLOWER)),
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT, OWN, FOLLOWER),
        "clerk": (DEPARTMENT, OWN, FOLLOWER),
        "head": (DEPARTMENT, OWN, FOLLOWER),
        **_OVERSEERS,
    },
    "opportunity.propose": {
        "contact": (ENTERPRISE,),
        "unit_admin": (UNIT,),
        "dispatcher": (ALL,),
        "admin": (ALL,),
        **_STAFF,
    },
    "opportunity.publish": _PUBLISHERS,
    "opportunity.close": {
        **dict.fromkeys(_STAFF_EVERYWHERE, (FOLLOWER,)),
        **_PUBLISHERS,
        "unit_admin": (UNIT, FOLLOWER),
    },
    "opportunity.withdraw": {**_PUBLISHERS, "contact": (ENTERPRISE,), **_STAFF},
    "opportunity.figures": {"unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "interest.express": {"contact": (ENTERPRISE,), "commissioner": (SERVED,)},
    "interest.see": {
        **_OWNERS,
        "contact": (ENTERPRISE,),
        "commissioner": (OWN, SERVED),
        "unit_admin": (OWN, UNIT),
        **_OVERSEERS,
    },
    # Whose opportunity it is knows who is interested once it was released to them.
    "interest.see_released": {"contact": (ENTERPRISE,), "unit_admin": (UNIT,), **_STAFF},
    "interest.run": {**_OWNERS, "dispatcher": (ALL,), "admin": (ALL,)},
    "lead.see": {
        **_OWNERS,
        "contact": (ENTERPRISE,),
        "commissioner": (OWN, SERVED),
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        **_OVERSEERS,
        "service": (ALL,),
    },
    "lead.keep": {
        **_OWNERS,
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        **_OVERSEERS,
        "service": (ALL,),
    },
    # Phones, and what was heard, are for those who work on a lead.
    "lead.see_inside": {
        **_OWNERS,
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        **_OVERSEERS,
    },
    "lead.write": {
        **_OWNERS,
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        "dispatcher": (ALL,),
        "admin": (ALL,),
        "service": (ALL,),
    },
    # A firm brings in whom it knows; who serves it, or the desk, sees to that.
    "lead.enter": {"contact": (ENTERPRISE,)},
    "lead.figures": {"unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "pool.see": {**_STAFF_EVERYWHERE, "unit_admin": (UNIT,), "service": (ALL,)},
    "pool.write": {
        "unit_admin": (UNIT,),
        "dispatcher": (ALL,),
        "admin": (ALL,),
        "service": (ALL,),
    },
    "event_template.see": _STAFF_EVERYWHERE,
    "event_template.change": {"admin": (ALL,)},
    "event.see": {
        "commissioner": (OWN, FOLLOWER),
        "unit_admin": (OWN, UNIT, FOLLOWER),
        "clerk": (OWN, DEPARTMENT, FOLLOWER),
        "head": (OWN, DEPARTMENT, FOLLOWER),
        **_OVERSEERS,
    },
    "event.run": {
        **_OWNERS,
        "unit_admin": (OWN, UNIT),
        "clerk": (OWN, DEPARTMENT),
        "head": (OWN, DEPARTMENT),
        "dispatcher": (ALL,),
        "admin": (ALL,),
    },
    # Forms and figures of surveys are for the house; what a single firm answered for few.
    "survey.see": {
        **dict.fromkeys(("commissioner", "clerk", "head", "unit_admin"), (ALL,)),
        **_OVERSEERS,
    },
    "survey.see_inside": {"unit_admin": (UNIT,), **_STAFF, **_WATCHERS},
    "survey.write": {"unit_admin": (UNIT,), **_STAFF, "admin": (ALL,)},
    "survey_reply.see": {
        "contact": (ENTERPRISE,),
        "commissioner": (SERVED,),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_WATCHERS,
    },
    "survey_reply.answer": {"contact": (ENTERPRISE,), "commissioner": (SERVED,)},
    "survey_reply.mark": {"commissioner": (SERVED,), "unit_admin": (UNIT,)},
    # Rankings of contests: what of them is shown to whom, says `scoreboards.ranking.seen`.
    "scoreboard.see": {
        **dict.fromkeys(("commissioner", "clerk", "head", "unit_admin"), (ALL,)),
        **_OVERSEERS,
    },
    "scoreboard.change": {"admin": (ALL,)},
    "scoreboard.simulate": _WATCHERS,
    "scoreboard.freeze": {"admin": (ALL,)},
    "score.see": {"commissioner": (OWN,), "unit_admin": (UNIT,), **_STAFF, **_OVERSEERS},
    "score.exclude": {"inspector": (ALL,), "admin": (ALL,)},
    "score_figure.see": {**_WATCHERS, "service": (ALL,)},
    "score_figure.write": {"inspector": (ALL,), "admin": (ALL,), "service": (ALL,)},
    "appeal.file": {"commissioner": (OWN,), "head": (DEPARTMENT,), "unit_admin": (UNIT,)},
    "appeal.see": {
        "commissioner": (OWN,),
        "head": (DEPARTMENT,),
        "unit_admin": (UNIT,),
        **_WATCHERS,
    },
    "appeal.decide": {"inspector": (ALL,), "admin": (ALL,)},
    "award.see": {
        **dict.fromkeys(("commissioner", "clerk", "head", "unit_admin"), (ALL,)),
        **_OVERSEERS,
    },
    "award.see_all": _WATCHERS,
    "award.propose": {"inspector": (ALL,), "admin": (ALL,)},
    "award.decide": {"leader": (ALL,)},
    "appraisal.unit": {"unit_admin": (UNIT,), **_OVERSEERS},
    "appraisal.department": {**_STAFF, **_OVERSEERS},
    "appraisal.clerk": {"clerk": (OWN,), "head": (DEPARTMENT,), **_OVERSEERS},
    "appraisal.commissioner": {"commissioner": (OWN,), **_OVERSEERS},
    # Papers say what their askers may see; a part of the district's bulletin is for whose it is.
    "paper.duty_report": {"unit_admin": (UNIT,), **_OVERSEERS},
    "paper.weekly": {"unit_admin": (UNIT,), **_OVERSEERS},
    "paper.bulletin": {"head": (DEPARTMENT,), "unit_admin": (UNIT,), **_OVERSEERS},
    "paper.site_tour": {"commissioner": (SERVED,), "unit_admin": (UNIT,), **_OVERSEERS},
    "paper.dossier": {
        "commissioner": (OWN, SERVED),
        "unit_admin": (UNIT,),
        **_STAFF,
        **_OVERSEERS,
    },
    "paper.table": {
        "commissioner": (ALL,),
        "head": (ALL,),
        "unit_admin": (ALL,),
        **_OVERSEERS,
    },
    # A link is seen by whoever looks after the project; the leader's own word is for few.
    "leader_link.see": {"commissioner": (SERVED,), "unit_admin": (UNIT,), **_OVERSEERS},
    "leader_link.write": {"unit_admin": (UNIT,), "admin": (ALL,), "service": (ALL,)},
    "digest.see": {"leader": (OWN,)},
    "order.instruct": {"leader": (ALL,)},
    "order.issue": {"inspector": (ALL,), "leader": (ALL,)},
    # One about an issue is seen as its supervision is: `oversight.orders_looking`.
    "order.see": {
        **dict.fromkeys(("commissioner", "clerk", "dispatcher"), (OWN,)),
        "head": (OWN, DEPARTMENT),
        "unit_admin": (OWN, UNIT),
        **_WATCHERS,
    },
    "order.answer": {
        **dict.fromkeys(("commissioner", "clerk", "dispatcher"), (OWN,)),
        "head": (OWN, DEPARTMENT),
        "unit_admin": (OWN, UNIT),
        **dict.fromkeys(("inspector", "leader", "admin"), (OWN,)),
    },
    "order.decide": {"leader": (OWN,), "inspector": (ALL,)},
    "order.hand_over": {
        "head": (DEPARTMENT,),
        "unit_admin": (UNIT,),
        "leader": (OWN,),
        "inspector": (ALL,),
    },
    # What is drawn is for those who watch; what was found of their work, for those it concerns.
    "draw.see": _WATCHERS,
    "draw.plan": {"inspector": (ALL,), "leader": (ALL,)},
    "draw.draw": {"inspector": (ALL,), "leader": (ALL,)},
    "check.see": {"head": (DEPARTMENT,), "unit_admin": (UNIT,), **_WATCHERS},
    "check.see_inside": _WATCHERS,
    "check.figures": {"head": (DEPARTMENT,), "unit_admin": (UNIT,), **_WATCHERS},
    "check.assign": {"inspector": (ALL,), "leader": (ALL,)},
    "check.record": {"inspector": (OWN,)},
    "closure.see": {"head": (DEPARTMENT,), "unit_admin": (UNIT,), **_WATCHERS},
    "closure.decide": {"inspector": (ALL,)},
    # Who had a case served on them, or circulated by name, is its follower. No contact ever is.
    "case.see": _SEE_CASES,
    "case.see_inside": _SEE_CASES,
    "case.read": dict.fromkeys(
        ("clerk", "head", "dispatcher", "inspector", "leader", "unit_admin", "admin"), (ALL,)
    ),
    "case.propose": {"inspector": (ALL,), "leader": (ALL,)},
    "case.serve": {"inspector": (OWN,), "leader": (ALL,)},
    "case.reply": _SERVED,
    "case.approve": {"leader": (ALL,)},
    "case.drop": {"leader": (ALL,)},
    "case.circulate": {"inspector": (OWN,), "leader": (ALL,)},
    "case.publish": {"inspector": (OWN,), "leader": (ALL,)},
    "case.appeal": _SERVED,
    "case.answer_appeal": {"leader": (ALL,)},
    "case.withdraw": {"inspector": (OWN,), "leader": (ALL,)},
    "area.see": {
        "commissioner": (ALL,),
        "clerk": (ALL,),
        "head": (ALL,),
        "unit_admin": (ALL,),
        **_OVERSEERS,
    },
    "area.change": {"admin": (ALL,)},
    "site.write": _SITES,
    "site.see_phone": _SITES,
    "leave.take": {
        "commissioner": (OWN,),
        "clerk": (OWN,),
        "head": (OWN,),
        "dispatcher": (OWN,),
        "inspector": (OWN,),
        "leader": (OWN,),
    },
    "leave.manage": {"head": (DEPARTMENT,), "admin": (ALL,)},
    "department.review": {"head": (DEPARTMENT,), "admin": (ALL,)},
    "department.reorganise": {"admin": (ALL,)},
    "template.see": _STAFF,
    "template.write": _STAFF,
    "rulebook.see": _OVERSEERS,
    "rulebook.change": {"admin": (ALL,)},
    "routing.replay": {"admin": (ALL,)},
    "routing.health": _OVERSEERS,
    "routing.models": _OVERSEERS,
    "routing.publish_model": {"admin": (ALL,)},
    "routing.preview": {
        "commissioner": (ALL,),
        "contact": (ALL,),
        "dispatcher": (ALL,),
        "inspector": (ALL,),
        "unit_admin": (ALL,),
        "admin": (ALL,),
        "service": (ALL,),
    },
}
