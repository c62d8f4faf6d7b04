"""The states of a parcel of land, and the one table of which may follow which; pure.

The reserve loop: planned 规划, acquired 征收, reserved 储备, used 利用; beside it idle 闲置 and low 低效.
"""

from __future__ import annotations

from collections.abc import Mapping

PLANNED, ACQUIRED, RESERVED, USED, IDLE, LOW = STATES = (
    "planned",
    "acquired",
    "reserved",
    "used",
    "idle",
    "low",
)
IN_USE = (USED, IDLE, LOW)
"""The states in which it is somebody's, who may use it or not."""

TABLE: Mapping[str, tuple[str, ...]] = {
    PLANNED: (ACQUIRED,),
    ACQUIRED: (RESERVED, USED),
    RESERVED: (USED,),
    USED: (IDLE, LOW, RESERVED),
    IDLE: (USED, LOW, RESERVED),
    LOW: (USED, IDLE, RESERVED),
}
"""What may follow each. A parcel may enter the register in any; a correction, with its reason, is free."""


def may_follow(before: str | None, after: str) -> bool:
    """Whether a parcel that was in the state `before` (None: in none yet) may now be in `after`."""
    return before is None or before == after or after in TABLE[before]
