"""What waits for what: orders and cycles. Pure; `after` gives of each code the codes that come before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


class Cyclic(ValueError):
    """What waits for itself in the end; `cycle` names the codes on the way, the first of them last too."""

    def __init__(self, cycle: Sequence[str]) -> None:
        super().__init__(" → ".join(cycle))
        self.cycle = tuple(cycle)


def order(after: Mapping[str, Collection[str]]) -> list[str]:
    """The codes, each behind all that it waits for, else as they stand. Raises Cyclic.

    What is waited for and stands nowhere is left out.
    """
    done: dict[str, None] = {}
    for start in after:
        if start not in done:
            _visit(start, after, done)
    return list(done)


def _visit(start: str, after: Mapping[str, Collection[str]], done: dict[str, None]) -> None:
    """Go down as deep as it gets, without recursion: chains may be long."""
    way, ahead = [start], [iter(after[start])]
    on_way = {start}
    while way:
        following = next((each for each in ahead[-1] if each in after), None)
        if following is None:
            done[way[-1]] = None
            on_way.discard(way.pop())
            ahead.pop()
        elif following in on_way:
            raise Cyclic([*way[way.index(following) :], following])
        elif following not in done:
            way.append(following)
            on_way.add(following)
            ahead.append(iter(after[following]))
