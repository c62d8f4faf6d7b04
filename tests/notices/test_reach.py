"""By which channels a person is told: a table, and what holds whatever is switched off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.reach import CALL, SMS, WECHAT, Reach, channels_for
from config import settings
from config.notice_terms import notice_terms

TERMS = notice_terms(settings.load().district_dir)
IMPORTANT, ORDINARY, LOUD, NO_TEMPLATE = "issue.answered", "ticket.noted", "rung.red", "issue.met"
ALERT = "ticket.dispatched"
BOTH = (WECHAT, SMS)


def reach(**over: object) -> Reach:
    values = {"wechat": True, "credit": True, "phone": True, "contact": False}
    return Reach(**{**values, **over})  # type: ignore[arg-type]


STAFF, CONTACT = reach(), reach(contact=True)
NO_WECHAT = reach(contact=True, wechat=False, credit=False)
NO_CREDIT = reach(contact=True, credit=False)


@pytest.mark.parametrize(
    ("person", "event", "urgent", "running", "channels"),
    [
        (STAFF, ORDINARY, False, BOTH, (WECHAT,)),
        (STAFF, ORDINARY, False, (), ()),
        (STAFF, NO_TEMPLATE, False, BOTH, ()),
        (reach(credit=False), IMPORTANT, False, BOTH, ()),
        # Staff get an SMS only for what is theirs to do at once, and never a call.
        (STAFF, ALERT, True, BOTH, (WECHAT, SMS)),
        (STAFF, ALERT, False, BOTH, (WECHAT,)),
        (reach(wechat=False, credit=False), ALERT, True, BOTH, (SMS,)),
        (reach(off=BOTH, muted=(ALERT,)), ALERT, True, BOTH, (WECHAT, SMS)),
        (STAFF, LOUD, True, BOTH, (WECHAT,)),
        (reach(wechat=False, credit=False), IMPORTANT, True, BOTH, ()),
        # A contact: the best channel, once; all of them when urgent.
        (CONTACT, IMPORTANT, False, BOTH, (WECHAT,)),
        (CONTACT, IMPORTANT, True, BOTH, (WECHAT, SMS)),
        (CONTACT, ORDINARY, True, BOTH, (WECHAT, SMS)),
        (NO_CREDIT, IMPORTANT, False, BOTH, (SMS,)),
        (NO_CREDIT, ORDINARY, False, BOTH, ()),
        (NO_CREDIT, IMPORTANT, False, (WECHAT,), ()),
        # Without WeChat: a call, and an SMS where there is a gateway and a number.
        (NO_WECHAT, IMPORTANT, False, BOTH, (SMS, CALL)),
        (NO_WECHAT, IMPORTANT, False, (), (CALL,)),
        (NO_WECHAT, ORDINARY, False, BOTH, ()),
        (
            reach(contact=True, wechat=False, credit=False, phone=False),
            IMPORTANT,
            False,
            BOTH,
            (CALL,),
        ),
        # What they do not want to hear.
        (reach(contact=True, muted=(IMPORTANT,)), IMPORTANT, False, BOTH, ()),
        (reach(contact=True, muted=(IMPORTANT,)), ORDINARY, False, BOTH, (WECHAT,)),
        (reach(contact=True, muted=(IMPORTANT,)), IMPORTANT, True, BOTH, (WECHAT, SMS)),
        (reach(contact=True, off=(WECHAT,)), IMPORTANT, False, BOTH, (SMS,)),
        (reach(contact=True, off=BOTH), IMPORTANT, False, BOTH, ()),
        (reach(off=BOTH, muted=(LOUD,)), LOUD, False, BOTH, (WECHAT,)),
        (reach(contact=True, off=BOTH), IMPORTANT, True, BOTH, (WECHAT, SMS)),
    ],
)
def test_the_right_channel(person, event, urgent, running, channels) -> None:
    found = channels_for(person, event, urgent=urgent, running=running, terms=TERMS)
    assert found == channels


reaches = st.builds(
    Reach,
    wechat=st.booleans(),
    credit=st.booleans(),
    phone=st.booleans(),
    contact=st.booleans(),
    off=st.sets(st.sampled_from(BOTH)),
    muted=st.sets(st.sampled_from((IMPORTANT, ORDINARY, LOUD))),
)


@given(
    person=reaches,
    event=st.sampled_from((IMPORTANT, ORDINARY, LOUD, NO_TEMPLATE)),
    running=st.sets(st.sampled_from(BOTH)),
)
def test_urgent_reaches_at_least_as_far_and_nothing_leaves_by_a_closed_channel(
    person: Reach, event: str, running: set[str]
) -> None:
    calm, urgent = (
        channels_for(person, event, urgent=urgent, running=running, terms=TERMS)
        for urgent in (False, True)
    )
    assert set(calm) <= set(urgent) <= running | {CALL}
    assert len([each for each in calm if each != CALL]) <= 1
