"""The registers there are: what people import and export, and other platforms push and pull."""

from __future__ import annotations

from collections.abc import Mapping

from app.enterprises import register as enterprises
from app.enterprises import scale
from app.enterprises.serving_register import OF_ENTERPRISES
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.offers.finance import register as finance
from app.offers.leads import register as leads
from app.offers.pools import register as pools
from app.people.access import NOTHING, may, scope
from app.people.who import Who
from app.policies import register as policies
from app.projects import register as projects
from app.projects.approvals import register as approvals
from app.projects.commitments import register as commitments
from app.projects.expansion import register as expansion
from app.projects.figures.registers import ENTERPRISE_FIGURES, PLANS, PROJECT_FIGURES
from app.projects.land import register as land
from app.projects.leading_register import REGISTER as LEADER_LINKS
from app.projects.milestones import register as milestones
from app.projects.serving import OF_PROJECTS
from app.projects.stages import register as stages
from app.registers.documents import Master
from app.registers.fields import Field
from app.registers.register import Register
from app.scoreboards import register as scoreboards

REGISTERS: Mapping[str, Register] = {
    each.name: each
    for each in (
        enterprises.REGISTER,
        projects.REGISTER,
        stages.REGISTER,
        PLANS,
        PROJECT_FIGURES,
        ENTERPRISE_FIGURES,
        scale.REGISTER,
        land.REGISTER,
        commitments.REGISTER,
        milestones.REGISTER,
        approvals.REGISTER,
        expansion.REGISTER,
        OF_ENTERPRISES.register,
        OF_PROJECTS.register,
        LEADER_LINKS,
        policies.REGISTER,
        finance.REGISTER,
        leads.REGISTER,
        pools.REGISTER,
        scoreboards.REGISTER,
    )
}
"""By name, in an order in which they can be filled: what a row refers to comes first."""


def of(name: str) -> Register:
    """The register with this name. Raises NotFound."""
    if name not in REGISTERS:
        raise NotFound("not_found")
    return REGISTERS[name]


def seen_by(who: Who, name: str) -> Register:
    """The same, for who may see any of its rows. Raises NotFound."""
    register = of(name)
    if not may(who, register.see):
        raise NotFound("not_found")
    return register


def columns_for(who: Who, register: Register) -> tuple[Field, ...]:
    """The fields that `who` may see: private ones are for those who write."""
    writes = may(who, register.write)
    return tuple(each for each in register.fields if writes or not each.private)


def rows_of(who: Who, register: Register, narrowed: Row | None = None) -> Row:
    """What finds those rows of a register that `who` may see.

    `narrowed` narrows the rows that say whose they are: those of the home, or the register's own.
    """
    theirs = scope(who, register.see, register.columns)
    wanted = {"$and": [each for each in (theirs, narrowed) if each]} if theirs or narrowed else {}
    if register.home is None:
        return {**wanted, **register.fixed}
    if not wanted:
        return dict(register.fixed)
    if theirs == NOTHING:
        return dict(NOTHING)
    home = next(each.document for each in register.refs if each.into == register.home)
    return {register.home: {"$in": home.rows().distinct("_id", wanted)}, **register.fixed}


def masters(register: Register) -> Mapping[str, Row]:
    """The masters of the register's fields, by field; `*` is master of all."""
    return {row["field"]: row for row in Master.rows().find({"register": register.name})}
