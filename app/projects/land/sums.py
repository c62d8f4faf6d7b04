"""How much land there is in which state, by unit and in the district; pure, mu as Decimal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.projects.land.states import STATES

NO_LAND = Decimal("0.000")


@dataclass(frozen=True, slots=True)
class Amount:
    """So many parcels with so many mu together."""

    parcels: int = 0
    mu: Decimal = NO_LAND

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.parcels + other.parcels, self.mu + other.mu)


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a unit, or of the district where `unit` is None: the whole, and by each of STATES."""

    unit: str | None
    whole: Amount
    by_state: Mapping[str, Amount]


def sums(groups: Iterable[tuple[str, str, Amount]]) -> tuple[Sums, list[Sums]]:
    """The district's sums and those of its units, by code, from what each unit has in each state.

    A group may come in several pieces. A unit's sums are those of its parcels, and the district's those of
    its units: each parcel has one unit and one state, so nothing counts twice.
    """
    found: dict[str, dict[str, Amount]] = {}
    for unit, state, amount in groups:
        of_unit = found.setdefault(unit, dict.fromkeys(STATES, Amount()))
        of_unit[state] += amount
    units = [_summed(unit, found[unit]) for unit in sorted(found)]
    everywhere = {state: _total(each.by_state[state] for each in units) for state in STATES}
    return _summed(None, everywhere), units


def _summed(unit: str | None, by_state: Mapping[str, Amount]) -> Sums:
    return Sums(unit, _total(by_state.values()), by_state)


def _total(amounts: Iterable[Amount]) -> Amount:
    return sum(amounts, start=Amount())
