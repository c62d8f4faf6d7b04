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
