"""A firm that was only named when somebody filed for it becomes a registered one."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import history
from tests.support.factories import credit_code

CODE = credit_code(777001)


@pytest.fixture
def named(given):
    """A commissioner who filed for a firm that is not registered yet, and the firm's id."""
    commissioner = given.commissioner()
    issue = commissioner.open_issue(enterprise_name="新来的铸造厂")
    return commissioner, issue["enterprise_id"], issue["id"]


def test_what_was_filed_for_it_stays_its_own(named):
    commissioner, firm, issue = named
    assert commissioner.see(f"/enterprises/{firm}")["provisional"] is True
    done = commissioner.do(
        f"/enterprises/{firm}/complete",
        {"credit_code": CODE.lower(), "unit": "321204002", "name": "泰州新来铸造有限公司"},
    )
    assert (done["credit_code"], done["provisional"]) == (CODE, False)
    assert commissioner.see(f"/issues/{issue}")["enterprise"] == "泰州新来铸造有限公司"
    rows = history.of("enterprise", ObjectId(firm), internal=True)
    assert [row["action"] for row in rows] == ["quick_create", "complete"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")},
            "enterprise.credit_code_invalid",
        ),
        ({"unit": "nowhere"}, "unit.unknown"),
    ],
)
def test_what_cannot_be_is_refused(named, change, code):
    commissioner, firm, _ = named
    body = {"credit_code": CODE, "unit": "321204002", **change}
    answer = commissioner.post(f"/enterprises/{firm}/complete", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert commissioner.see(f"/enterprises/{firm}")["provisional"] is True


def test_only_once_and_never_with_anothers_code(given, named):
    commissioner, firm, _ = named
    other = given.enterprise()
    taken = {"credit_code": other.credit_code, "unit": "321204002"}
    answer = commissioner.post(f"/enterprises/{firm}/complete", taken)
    assert (answer.status_code, answer.json["code"]) == (409, "enterprise.registered_already")
    own = {"credit_code": CODE, "unit": "321204002"}
    commissioner.do(f"/enterprises/{firm}/complete", own)
    again = commissioner.post(f"/enterprises/{firm}/complete", own)
    assert (again.status_code, again.json["code"]) == (409, "enterprise.complete_already")


def test_a_clerk_may_not(given, named):
    _, firm, _ = named
    body = {"credit_code": CODE, "unit": "321204002"}
    assert given.clerk("HOUSING").post(f"/enterprises/{firm}/complete", body).status_code == 403
