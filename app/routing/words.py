"""Finding words in what people wrote, and whether they deny what they mention.

Pure. Offsets count Unicode code points of the text as given; case and full-width Latin letters make
no difference. No text raises.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NOTHING = "(?!)"
_LATIN = re.compile(r"[a-z0-9]")

# Look like a denial and are none: questions of the form A-not-A, "not only", "nobody comes".
_NO_DENIAL = (
    r"(?P<a>.)[不没未](?P=a)",
    r"不[仅但光只止]",
    r"不得不|不能不|不小心|未必|无法",
    r"没(?:有)?(?:办)?法|没想到|没来得及",
    r"(?:没有人|没人|无人)(?![员伤死受被])",
)
# End the reach of a denial: another clause, a turn ("not this but that"), a remedy that did not
# come ("没处理泄漏" is a leak). In doubt a hazard counts, so this errs on the side of ending it.
_ENDS_REACH = re.compile(
    r"[。,!?;:.\n\r…—]|[但却是就只]|反而|而且|处理|解决|控制|制止|止住|[修堵管]"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of the vocabulary at `start` up to but not including `end`."""

    word: str
    start: int
    end: int
    denied: bool

    def as_dict(self) -> dict[str, str | int]:
        """What a client needs to mark it in the text."""
        return {"word": self.word, "start": self.start, "end": self.end}


def fold(text: str) -> str:
    """`text` in lower case and half width, character by character, so that offsets stay true."""
    half = text.translate(_HALF_WIDTH)
    low = half.lower()
    if len(low) == len(text):
        return low
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in half)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words to look for, and the denials that turn them around.

    A denial counts when at most `reach` characters of the same clause stand between it and the
    word. Raises ValueError for an empty word.
    """

    words: tuple[str, ...]
    denials: tuple[str, ...]
    reach: int
    _starts: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _longest: dict[str, tuple[tuple[str, str], ...]] = field(init=False, repr=False, compare=False)
    _denial: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not all(self.words) or not all(self.denials):
            raise ValueError("an empty word would be found everywhere")
        by_first: dict[str, list[tuple[str, str]]] = {}
        for word in dict.fromkeys(self.words):
            by_first.setdefault(fold(word)[0], []).append((fold(word), word))
        longest = {
            first: tuple(sorted(found, key=lambda pair: -len(pair[0])))
            for first, found in by_first.items()
        }
        object.__setattr__(self, "_longest", longest)
        object.__setattr__(
            self,
            "_starts",
            re.compile(f"[{''.join(map(re.escape, longest))}]" if longest else NOTHING),
        )
        object.__setattr__(self, "_denial", _denial_pattern(self.denials))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every mention in order; where two overlap the longer counts, then the earlier."""
        low = fold(text)
        found = self._candidates(low)
        found.sort(key=lambda each: (each[1] - each[2], each[1]))
        taken, kept = bytearray(len(low)), []
        for word, start, end in found:
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                kept.append((word, start, end))
        if not kept:
            return ()
        denials = [m.end() for m in self._denial.finditer(low) if m["denial"]]
        return tuple(
            Mention(word, start, end, self._denied(low, start, denials))
            for word, start, end in sorted(kept, key=lambda each: each[1])
        )

    def everywhere(self, text: str) -> tuple[Mention, ...]:
        """Every mention in order, those inside and across others too."""
        low = fold(text)
        found = sorted(self._candidates(low), key=lambda each: (each[1], each[2]))
        if not found:
            return ()
        denials = [m.end() for m in self._denial.finditer(low) if m["denial"]]
        return tuple(
            Mention(word, start, end, self._denied(low, start, denials))
            for word, start, end in found
        )

    def _candidates(self, low: str) -> list[tuple[str, int, int]]:
        found = []
        for match in self._starts.finditer(low):
            start = match.start()
            for folded, word in self._longest[match.group()]:
                if low.startswith(folded, start) and _stands_alone(low, start, folded):
                    found.append((word, start, start + len(folded)))
        return found

    def _denied(self, low: str, start: int, denials: list[int]) -> bool:
        near = denials[bisect_left(denials, start - self.reach) : bisect_right(denials, start)]
        return any(not _ENDS_REACH.search(low, end, start) for end in near)


def _stands_alone(low: str, start: int, word: str) -> bool:
    """A Latin word is no part of a longer one: "5G" is not in "15GB"."""
    end = start + len(word)
    before, after = low[start - 1 : start], low[end : end + 1]
    return not (
        (_LATIN.match(word[0]) and _LATIN.match(before))
        or (_LATIN.match(word[-1]) and _LATIN.match(after))
    )


def _denial_pattern(denials: tuple[str, ...]) -> re.Pattern[str]:
    """Its group `denial` is a denial; a match without it only looked like one."""
    longest_first = sorted(map(fold, denials), key=len, reverse=True)
    real = "|".join(map(re.escape, longest_first)) or NOTHING
    return re.compile(f"{'|'.join(_NO_DENIAL)}|(?P<denial>{real})")
