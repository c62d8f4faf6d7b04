"""Money and land: decimals as they are written, never floats.

Money is in 万元 (ten thousand yuan) with two places, land in mu (亩, 1/15 hectare) with three. Both are
stored as Decimal128, so that MongoDB sums them exactly too.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from bson import Decimal128

MONEY_PLACES, LAND_PLACES = 2, 3
MOST = Decimal(10) ** 12
ZERO = Decimal("0.00")


def money(value: Decimal | int | str) -> Decimal:
    """An amount of 万元. Raises ValueError for more than two places, a float, or what is no number."""
    return _exact(value, MONEY_PLACES)


def land(value: Decimal | int | str) -> Decimal:
    """An area of mu. Raises ValueError for more than three places, a float, or what is no number."""
    return _exact(value, LAND_PLACES)


def stored(value: Decimal) -> Decimal128:
    """As MongoDB keeps it."""
    return Decimal128(value)


def read(value: Any) -> Decimal | None:
    """What MongoDB kept; None for nothing."""
    if value is None:
        return None
    return value.to_decimal() if isinstance(value, Decimal128) else Decimal(value)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is known of them."""
    return sum((value for value in values if value is not None), start=ZERO)


def _exact(value: Decimal | int | str, places: int) -> Decimal:
    if isinstance(value, float | bool):
        raise ValueError("not a decimal")  # noqa: TRY004 - one error for all that cannot be used
    try:
        number = Decimal(value.strip().replace(",", "") if isinstance(value, str) else value)
        exact = number.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        raise ValueError("not a number") from None
    if exact != number or abs(exact) >= MOST:
        raise ValueError("too exact, or too large")
    return exact
