"""Who sees what over HTTP: nothing of other firms, nothing of other departments, nothing internal."""

from __future__ import annotations

import pytest

from tests.issues import stories
from tests.support.duties import run_due
from tests.support.phone import issue_body

INTERNAL = "内部：先不告诉企业"


@pytest.fixture
def story(given, photo_files):
    """An accepted issue with a photo of the enterprise, one of the clerk, and one of an internal note."""
    pictures: dict[str, str] = {}
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    data = photo_files[0].read_bytes()
    pictures["enterprise"] = contact.take_photo(data).json["id"]
    issue = contact.open_issue(photo_ids=[pictures["enterprise"]])
    run_due()
    ticket = contact.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
    clerk, head = given.clerk("HOUSING"), given.head("HOUSING")
    told = stories.Story(enterprise, contact, clerk, head, issue["id"], issue["number"], ticket)
    clerk.do(told.on_ticket("accept"))
    for name, internal in [("public", False), ("internal", True)]:
        pictures[name] = clerk.take_photo(data).json["id"]
        text = INTERNAL if internal else "今天到现场"
        clerk.do(
            told.on_ticket("note"),
            {"text": text, "internal": internal, "photo_ids": [pictures[name]]},
        )
    run_due()
    return told, pictures


def test_people_of_the_issue_see_it_and_strangers_get_404(story, given):
    told, _ = story
    seeing = [
        told.contact,
        given.contact(told.enterprise),
        told.clerk,
        told.head,
        given.role("unit_admin", unit=told.enterprise.unit),
        *(given.role(role) for role in ("dispatcher", "inspector", "leader", "admin")),
    ]
    blind = [
        given.contact(given.enterprise()),
        given.clerk("WATER_AFFAIRS"),
        given.head("WATER_AFFAIRS"),
        given.commissioner(),
        given.role("unit_admin", unit="321204001"),
        given.role("service"),
        given.role("clerk"),
        given.role("contact"),
        given.role("unit_admin"),
    ]
    for phone in seeing:
        assert phone.get(f"/issues/{told.issue}").status_code == 200
        assert phone.see("/issues")["total"] == 1
    for phone in blind:
        assert phone.get(f"/issues/{told.issue}").status_code == 404
        assert phone.see("/issues")["total"] == 0
        assert phone.see("/issues", q=told.number)["total"] == 0
        for verb, body in [("confirm", {"solved": "yes"}), ("withdraw", {})]:
            assert phone.post(told.on_issue(verb), body).status_code == 404


def test_a_ticket_is_its_departments(story, given):
    told, _ = story
    for phone in (told.clerk, told.head, given.inspector()):
        assert phone.get(f"/tickets/{told.ticket}").status_code == 200
    for phone in (given.clerk("WATER_AFFAIRS"), told.contact, given.commissioner()):
        assert phone.get(f"/tickets/{told.ticket}").status_code == 404
        for verb, body in [
            ("accept", {}),
            ("note", {"text": "x"}),
            ("answer", stories.ANSWER),
            ("return", {"reason_code": "not_ours", "reason": "x"}),
        ]:
            assert phone.post(told.on_ticket(verb), body).status_code == 404
    assert told.contact.get("/tickets").status_code == 403
    assert given.clerk("WATER_AFFAIRS").see("/tickets", box="department")["total"] == 0


def test_who_looks_on_does_not_act(story, given):
    told, _ = story
    inspector = given.inspector()
    for phone in (inspector, given.role("leader"), given.role("admin"), given.dispatcher()):
        assert phone.post(told.on_ticket("note"), {"text": "x"}).status_code == 403
        # An inspector may take the enterprise's word on the phone, once there is an answer.
        word = phone.post(told.on_issue("confirm"), {"solved": "yes"}).status_code
        assert word == (409 if phone is inspector else 403)
        assert phone.post(told.on_issue("withdraw")).status_code == 403
    place = {"category": "PERMIT"}
    for phone in (told.clerk, told.head, told.contact):
        assert phone.post(told.on_issue("place"), place).status_code == 403
    assert inspector.post(told.on_issue("place"), place).status_code == 409


def test_internal_notes_stay_in_the_departments(story, given):
    told, _ = story
    for phone in (told.clerk, told.head, given.inspector()):
        assert INTERNAL in str(phone.see(f"/issues/{told.issue}"))
    assert INTERNAL not in str(told.contact.see(f"/issues/{told.issue}"))
    assert INTERNAL not in str(told.contact.see("/notices"))


def test_nor_does_the_commissioner_who_opened_it_see_them(given):
    commissioner, clerk = given.commissioner(), given.clerk("HOUSING")
    issue = commissioner.open_issue()
    run_due()
    ticket = clerk.see("/tickets")["items"][0]["id"]
    clerk.do(f"/tickets/{ticket}/accept")
    clerk.do(f"/tickets/{ticket}/note", {"text": INTERNAL, "internal": True})
    run_due()
    assert INTERNAL not in str(commissioner.see(f"/issues/{issue['id']}"))
    assert INTERNAL not in str(commissioner.see("/notices"))
    assert INTERNAL in str(clerk.see(f"/issues/{issue['id']}"))


def test_photos_follow_what_they_show(story, given):
    told, pictures = story
    stranger = given.contact(given.enterprise())
    other_clerk = given.clerk("WATER_AFFAIRS")
    for picture in pictures.values():
        assert stranger.get(f"/photos/{picture}").status_code == 404
        assert other_clerk.get(f"/photos/{picture}").status_code == 404
        assert given.inspector().get(f"/photos/{picture}").status_code == 200
        assert told.head.get(f"/photos/{picture}").status_code == 200
    assert told.contact.get(f"/photos/{pictures['public']}").status_code == 200
    assert told.contact.get(f"/photos/{pictures['internal']}").status_code == 404


def test_the_original_is_for_its_owner_and_the_inspector(story, given, photo_files):
    told, pictures = story
    path = f"/photos/{pictures['enterprise']}/original"
    for phone in (told.contact, given.inspector()):
        answer = phone.get(path)
        assert answer.status_code == 200
        assert answer.data == photo_files[0].read_bytes()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for phone in (told.clerk, told.head, given.role("leader")):
        assert phone.get(path).status_code == 403
    assert given.contact(given.enterprise()).get(path).status_code == 404
    assert told.contact.client.get(f"/api/v1{path}").status_code == 401


def test_a_preview_tells_nothing_of_another_firm(given):
    """An enterprise's town would show in where its matters go."""
    mine, other = given.enterprise(), given.enterprise("321204101")
    contact = given.contact(mine)
    body = {"kind": "request", "text": "厂区门前的路", "category": "PARK"}
    own = contact.do("/routing/preview", {**body, "enterprise_id": str(mine.id)})
    assert own["department"] == "三水街道办事处"
    for named in (
        {"enterprise_id": str(other.id)},
        {"project_id": str(given.project(other).id)},
        {"enterprise_id": "f" * 24},
    ):
        answer = contact.post("/routing/preview", {**body, **named})
        assert (answer.status_code, answer.json["code"]) == (422, "reference.unknown")
    assert given.clerk("HOUSING").post("/routing/preview", body).status_code == 403


def test_a_former_department_still_sees_the_issue_but_not_the_new_ticket(given):
    story = stories.returned(given)
    water = given.clerk("WATER_AFFAIRS")
    placed = given.dispatcher().do(
        story.on_issue("place"),
        {"category": "PERMIT", "department_id": str(water.person.grants[0].department)},
    )
    new = next(each["id"] for each in placed["tickets"] if each["state"] == "dispatched")
    assert story.clerk.get(f"/issues/{story.issue}").status_code == 200
    assert story.clerk.get(f"/tickets/{new}").status_code == 404
    assert water.get(f"/tickets/{new}").status_code == 200


@pytest.mark.parametrize("field", ["state", "owner", "department", "role", "number", "level", "id"])
def test_nobody_sets_what_is_not_theirs_to_set(field, given):
    answer = given.contact(given.enterprise()).post("/issues", issue_body(**{field: "x"}))
    assert answer.status_code == 422
    assert field in answer.json["errors"]
