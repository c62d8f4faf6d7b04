"""Drawing lots that anybody can check afterwards. Pure.

The seed is made at random and its SHA-256 published (`commitment`) when the draw is planned; the server
alone knows it. Later the population is fixed and its SHA-256 stated. An item's rank is HMAC-SHA256 (RFC
2104) of both, so who plans or draws cannot tell the lots, nor choose another seed once there is a
population. Against who runs the server the commitment helps if it was published before the period was over.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ALGORITHM = "hmac-sha256-rank/1"
SEED_BYTES = 32


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """What can be drawn: its id, and the stratum it belongs to ("" where there are none)."""

    id: str
    stratum: str = ""

    @property
    def line(self) -> str:
        """The item as a line of the population."""
        return f"{self.id} {self.stratum}"


@dataclass(frozen=True, slots=True)
class Lot:
    """An item that was drawn, with its rank in hex; the lowest ranks of a stratum are drawn."""

    item: Item
    rank: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw says of itself. `lots` are in the order of their ranks."""

    seed: str
    commitment: str
    population: tuple[Item, ...]
    population_hash: str
    lots: tuple[Lot, ...]


def commitment(seed: str) -> str:
    """SHA-256 in hex of a seed of 32 bytes in hex. Raises ValueError for another."""
    raw = bytes.fromhex(seed)
    if len(raw) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(raw)}")
    return hashlib.sha256(raw).hexdigest()


def population_hash(items: Iterable[Item]) -> str:
    """SHA-256 in hex of the items' lines, sorted, each ended by a line feed, in UTF-8."""
    told = hashlib.sha256()
    for each in sorted(set(items)):
        told.update(f"{each.line}\n".encode())
    return told.hexdigest()


def rank(seed: str, population: str, name: str) -> str:
    """HMAC-SHA256 in hex, by the seed, of the population's hash, a colon and the name."""
    message = f"{population}:{name}".encode()
    return hmac.new(bytes.fromhex(seed), message, hashlib.sha256).hexdigest()


def wanted(count: int, *, size: int | None, percent: int | None) -> int:
    """How many to draw of `count`: `size`, or `percent` of them rounded up; never more than there are."""
    if size is not None:
        return min(size, count)
    return min(-(-count * (percent or 0) // 100), count)


def quotas(counts: Mapping[str, int], size: int, order: Mapping[str, str]) -> dict[str, int]:
    """How many of `size` fall to each stratum by its share of all: the method of largest remainders.

    Where remainders are equal the stratum first by `order` (its rank) has it.
    """
    total = sum(counts.values())
    if not total:
        return dict.fromkeys(counts, 0)
    whole = {name: size * count // total for name, count in counts.items()}
    left = size - sum(whole.values())
    by_rest = sorted(counts, key=lambda name: (-(size * counts[name] % total), order[name]))
    for name in by_rest[:left]:
        whole[name] += 1
    return whole


def draw(seed: str, items: Sequence[Item], size: int) -> Drawn:
    """Draw `size` of the items, or all where there are fewer; the order they come in does not matter.

    Strata share in proportion. Raises ValueError for an unfit seed, or an id that is in two strata.
    """
    population = tuple(sorted(set(items)))
    if len({each.id for each in population}) != len(population):
        raise ValueError("an id stands in two strata")
    digest = population_hash(population)
    ranked: dict[str, list[Lot]] = {}
    for each in population:
        ranked.setdefault(each.stratum, []).append(Lot(each, rank(seed, digest, each.id)))
    counts = {name: len(lots) for name, lots in ranked.items()}
    order = {name: rank(seed, digest, f"stratum {name}") for name in counts}
    share = quotas(counts, min(size, len(population)), order)
    lots = [
        lot for name, some in ranked.items() for lot in sorted(some, key=_by_rank)[: share[name]]
    ]
    return Drawn(seed, commitment(seed), population, digest, tuple(sorted(lots, key=_by_rank)))


def _by_rank(lot: Lot) -> str:
    return lot.rank
