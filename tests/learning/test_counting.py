"""The figures of the health of routing, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from app.learning.counting import LEAST_WORDS, Health, count, share
from app.learning.courses import NOT_YOURS, YOURS, Course, Decided, Stop, Wait

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOUSING, WATER, ROADS = ObjectId(), ObjectId(), ObjectId()


def minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // 60)


def decided(department: ObjectId | None = HOUSING, category: str = "PERMIT", **told) -> Decided:
    return Decided(AT, department, category, "v1", "m1", **told)


def stop(
    department: ObjectId = HOUSING, how: str = "route", category: str = "PERMIT", **told
) -> Stop:
    return Stop(department, how, AT, category, **told)


def right(**told) -> Course:
    """Placed by the machine and answered there."""
    first = stop()
    made = Course(ObjectId(), None, "answered", "PERMIT", True, decided(), (first,), first)
    return replace(made, **told)


def wrong(**told) -> Course:
    """Given back, placed elsewhere and answered there."""
    first = stop(left="return", reason="not_ours")
    then = stop(WATER, "place", "DRAIN")
    waits = (Wait(AT, AT + timedelta(minutes=30)),)
    made = right(ended_as="DRAIN", stops=(first, then), holder=then, waits=waits)
    return replace(made, **told)


def counted(*courses: Course) -> Health:
    return count(courses, minutes)


def test_right_the_first_time():
    found = counted(right(), right(), wrong(), right(state="dispatched", answered=False))
    assert (found.issues, found.total.placed, found.total.judged, found.total.right) == (4, 4, 3, 2)
    assert found.total.share == round(2 / 3, 4)
    assert found.by_category.keys() == {"PERMIT"}
    assert found.by_department[HOUSING].right == 2
    assert WATER not in found.by_department
    assert found.by_version["v1", "m1"].judged == 3


def test_another_category_is_not_right():
    assert counted(right(ended_as="ROAD")).total.right == 0


def test_what_a_person_placed_is_no_merit_of_the_machine():
    by_hand = right(decided=decided(None), waits=(Wait(AT, AT + timedelta(minutes=10)),))
    found = counted(by_hand, right())
    assert (found.total.placed, found.load.needed, found.load.issues) == (1, 1, 2)
    assert found.load.median_minutes == 10.0


def test_what_the_desk_has_to_do():
    lengths = (10, 20, 90)
    done = [right(waits=(Wait(AT, AT + timedelta(minutes=n)),)) for n in lengths]
    found = counted(*done, right(state="dispatching", waits=(Wait(AT),)), right()).load
    assert (found.issues, found.needed, found.waiting) == (5, 4, 1)
    assert found.median_minutes == 20.0
    assert counted(right()).load.median_minutes is None


def test_returns_by_reason_and_what_became_of_them():
    refused = right(stops=(stop(left="return", reason="not_ours", ruled=YOURS),))
    freed = right(stops=(stop(left="return", reason="wrong_unit", ruled=NOT_YOURS),))
    waiting = right(stops=(stop(left="return", reason="not_ours"),), state="dispatching")
    met = right(stops=(stop(left="rule_away", ruled=NOT_YOURS),))
    found = counted(wrong(), refused, freed, waiting, met).returns
    told = {code: (e.count, e.upheld, e.refused, e.open) for code, e in found.items()}
    assert told == {"not_ours": (3, 1, 1, 1), "wrong_unit": (1, 1, 0, 0), "rule_away": (1, 1, 0, 0)}


def test_transfers_from_whom_to_whom():
    first, second = (
        stop(left="transfer", to=WATER),
        stop(WATER, "transfer", left="transfer", to=ROADS),
    )
    on = right(stops=(first, second, stop(ROADS, "transfer")))
    found = counted(on, right(stops=(first, stop(WATER, "transfer"))))
    assert found.transfers == {(HOUSING, WATER): 2, (WATER, ROADS): 1}
    assert found.total.right == 0
    assert found.returns == {}


def test_choices_that_were_overruled():
    over = decided(overruled="ROAD")
    back = wrong(decided=over, ended_as="ROAD")
    found = counted(right(decided=over), back, wrong(decided=over)).overruled["ROAD", "PERMIT"]
    assert (found.count, found.right, found.wrong, found.back) == (3, 1, 2, 1)


def test_rules_and_words_that_mislead():
    told = decided(fits=("先派住建",), words=("图纸", "桩机"))
    rare = decided(words=("王小明",))
    courses = [right(decided=told)] * (LEAST_WORDS - 1) + [wrong(decided=told)]
    found = counted(*courses, *[wrong(decided=rare)] * (LEAST_WORDS - 1))
    rule = found.rules["先派住建"]
    assert (rule.count, rule.wrong, rule.share) == (5, 1, 0.2)
    shown = found.misleading_words()
    assert [word for word, _ in shown] == ["图纸", "桩机"]
    assert (shown[0][1].count, shown[0][1].wrong) == (5, 1)


def test_words_that_never_misled_are_not_shown():
    assert counted(*[right(decided=decided(words=("图纸",)))] * 9).misleading_words() == []


def test_of_restricted_ones_nothing_is_said():
    secret = decided(words=("红包",), fits=("作风",), restricted=True)
    found = counted(*[wrong(decided=secret, restricted=True)] * 9)
    assert (found.restricted, found.total.placed) == (9, 9)
    assert found.words == {}
    assert found.misleading_words() == []


def test_what_is_not_decided_yet_is_passed_over():
    new = Course(ObjectId(), None, "submitted", None, False)
    assert counted(new, replace(new, state="withdrawn")).issues == 0


COURSES = st.lists(
    st.builds(
        lambda make, answered, restricted, words: make(
            answered=answered, restricted=restricted, decided=decided(words=tuple(words))
        ),
        st.sampled_from([right, wrong]),
        st.booleans(),
        st.booleans(),
        st.sets(st.sampled_from(["甲", "乙"])),
    ),
    max_size=30,
)


@given(COURSES)
def test_parts_add_up_and_no_rate_is_above_one(courses):
    found = counted(*courses)
    for rates in (found.by_category, found.by_department, found.by_version):
        assert sum(each.placed for each in rates.values()) == found.total.placed
        assert sum(each.right for each in rates.values()) == found.total.right
    for rate in (found.total, *found.by_category.values()):
        assert 0 <= rate.right <= rate.judged <= rate.placed
        assert rate.share is None or 0 <= rate.share <= 1
    assert all(each.wrong <= each.count for each in found.words.values())
    assert share(0, 0) is None
