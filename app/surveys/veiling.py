"""Which numbers must not be told to whoever may not know of single firms. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def veiled(counts: Mapping[str, int], least: int) -> frozenset[str]:
    """The groups whose numbers stay untold: those of fewer than `least` firms, and more where these could
    be told from the sum: what is untold is `least` firms together, or none (k-anonymity).

    Groups without any firm tell of none, and hide none.
    """
    by_size = sorted((number, name) for name, number in counts.items() if number)
    untold: list[str] = []
    total = 0
    for number, name in by_size:
        if number >= least and (not untold or total >= least):
            break
        untold.append(name)
        total += number
    return frozenset(untold)
