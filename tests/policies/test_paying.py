"""Money: never more than was approved, in whatever order and however many at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as example
from hypothesis import strategies as st

from app.enterprises.payouts import Payout, paid_by_month
from app.foundation import clock
from app.foundation.amounts import read, total
from app.foundation.entries import STANDING
from app.foundation.errors import Conflict, DomainError
from app.policies.claims import actions, deciding, objecting, paying
from app.policies.claims.actions import Opening
from app.policies.claims.documents import Claim, Objection
from app.policies.claims.paying import Paying
from tests.policies.stories import Story, begun
from tests.support.factories import client_id, who

DAY = "2026-12-02"


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def approved(story: Story, the_time) -> None:
    """50.00 are approved."""
    story.publicised()
    the_time.is_(f"{DAY} 09:00")
    story.head, story.clerk = (story.given.phone(p.person) for p in (story.head, story.clerk))
    story.step(story.head, "approve")


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What came of each: `done`, or the code of the error."""

    def one(act: Callable[[], object]) -> str:
        try:
            act()
        except DomainError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def stored_sum(story: Story) -> Decimal:
    rows = Payout.rows().find({"enterprise": story.firm.id, **STANDING})
    return total(read(row["amount"]) for row in rows)


def test_of_two_payments_at_once_that_are_too_much_one_is_made(story, the_time):
    approved(story, the_time)
    clerk, said = who(story.clerk), Paying(amount="30.00", on=date.fromisoformat(DAY), reference="")
    done = at_once(
        *(lambda: paying.pay(clerk, story.claim, client_id(), said, clock.now()) for _ in range(2))
    )
    assert done == ["claim.more_than_approved", "done"]
    assert stored_sum(story) == Decimal("30.00")
    same = client_id()
    rest = Paying(amount="20.00", on=date.fromisoformat(DAY), reference="")
    done = at_once(
        *(lambda: paying.pay(clerk, story.claim, same, rest, clock.now()) for _ in range(2))
    )
    assert done == ["done", "done"]
    assert stored_sum(story) == Decimal("50.00")
    assert Claim.rows().find_one({})["state"] == "paid"
    _, new = paying.pay(clerk, story.claim, same, rest, clock.now())
    assert not new


def test_of_two_approvals_at_once_one_is_made(story, the_time):
    story.publicised()
    the_time.is_(f"{DAY} 09:00")
    head = who(story.head)

    def approve() -> None:
        deciding.approve(head, story.claim, amount=None, text="", now=clock.now())

    one, other = at_once(approve, approve)
    assert other == "done"
    assert one in ("claim.transition_not_allowed", "changed_meanwhile")


def test_an_objection_and_a_refusal_at_once_leave_no_objection_open(story, the_time):
    story.publicised()
    stranger, clerk = who(story.given.commissioner()), who(story.clerk)

    def refuse() -> None:
        deciding.refuse(clerk, story.claim, reason_codes=["late"], text="超期", now=clock.now())

    def object_() -> None:
        said = {"text": "重复", "anonymous": False}
        objecting.object_to(stranger, story.claim, client_id(), **said, now=clock.now())

    at_once(refuse, object_)
    if Claim.rows().find_one({})["state"] != "refused":
        refuse()
    assert Objection.rows().count_documents({"state": "open"}) == 0
    assert Claim.rows().find_one({})["objections"] == 0


def test_of_two_claims_of_a_firm_at_once_one_is_made(story):
    contact, firm = who(story.contact), str(story.firm.id)

    def claim() -> None:
        said = Opening(enterprise_id=firm)
        actions.open_claim(contact, story.policy, client_id(), said, clock.now())

    assert at_once(claim, claim) == ["claim.claimed_already", "done"]
    with pytest.raises(Conflict):
        claim()


def test_where_a_policy_allows_several_a_firm_claims_again(story):
    story.publish(code="HQ-MANY", several=True, papers=[])
    first, second = story.open(), story.open()
    assert first["id"] != second["id"]


def test_what_was_no_payment_is_void_and_paid_again(story, the_time):
    approved(story, the_time)
    paid = story.pay(story.clerk, "50.00", DAY).json
    (payout,) = paid["payouts"]
    path, why = f"/payouts/{payout['id']}/void", {"text": "退汇"}
    assert story.clerk.post(path, why).status_code == 403
    again = story.head.do(path, why)
    assert (again["state"], again["paid"], again["payouts"]) == ("approved", "0.00", [])
    assert story.head.post(path, why).json["code"] == "claim.payout_void"
    assert paid_by_month([story.firm.id], "2026-01-01", "2026-12-31") == {}
    assert story.pay(story.clerk, "50.00", DAY).json["state"] == "paid"
    paid = paid_by_month([story.firm.id], "2026-01-01", DAY)
    assert paid == {story.firm.id: {"2026-12": Decimal("50.00")}}
    assert story.pay(story.clerk, "1.00", "2026-12-03").status_code == 422


CENTS = st.lists(st.tuples(st.integers(1, 4000), st.booleans()), min_size=1, max_size=5)


def test_whatever_is_paid_and_voided_the_sum_stays_within_what_was_approved(story, the_time):
    approved(story, the_time)
    clerk, head = who(story.clerk), who(story.head)

    @settings(
        max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @example(CENTS)
    def law(steps: list[tuple[int, bool]]) -> None:
        for cents, voids in steps:
            said = Paying(
                amount=str(Decimal(cents) / 100), on=date.fromisoformat(DAY), reference=""
            )
            try:
                key, _ = paying.pay(clerk, story.claim, client_id(), said, clock.now())
            except Conflict:
                key = None
            if voids and key is not None:
                paying.void(head, str(key), reason="退汇", now=clock.now())
            row = Claim.rows().find_one({})
            paid = read(row["paid"])
            assert paid == stored_sum(story) <= read(row["approved"])
            assert (row["state"] == "paid") == (paid == read(row["approved"]))

    law()


def test_nothing_was_paid_before_it_was_approved(story, the_time):
    approved(story, the_time)
    early = story.pay(story.clerk, "1.00", "2026-12-01")
    assert (early.status_code, early.json["code"]) == (422, "claim.paid_too_early")
