"""A photo that was wrongly attached is gone at once, from all but its owner and the inspectors."""

from __future__ import annotations

import pytest

import wsgi
from app.foundation import clock, history
from app.foundation.district import local
from app.photos import ledger, ledger_check, sealing
from app.photos.documents import Photo
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.ledger import picture, seal_next
from tests.support.phone import Phone

REASON = {"reason": "企业来电：报错了"}


def follow(phone: Phone, link: str) -> int:
    """Where a link leads; it carries its own proof."""
    return phone.client.get(link).status_code


def seal_today() -> None:
    """As if the day were over."""
    today = local(clock.now()).date()
    sealing.begin(ledger.start_of(today))
    while (last := ledger.last_root()) is None or last.day < today.isoformat():
        seal_next()


class Scene:
    """An accepted issue with three photos that the department sees: filed, noted, and answered with."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.enterprise = given.enterprise()
        self.contact, self.clerk = given.contact(self.enterprise), given.clerk("HOUSING")
        self.dispatcher, self.inspector = given.dispatcher(), given.inspector()
        self.filed = self._taken(self.contact)
        issue = self.contact.open_issue(photo_ids=[self.filed])
        run_due()
        ticket = self.contact.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
        self.issue, self.ticket = f"/issues/{issue['id']}", f"/tickets/{ticket}"
        self.clerk.do(f"{self.ticket}/accept")
        self.noted, self.inside, self.given_back = (self._taken(self.clerk) for _ in range(3))
        public = {"text": "到现场", "photo_ids": [self.noted]}
        self.clerk.do(f"{self.ticket}/note", public)
        internal = {"text": "请示", "photo_ids": [self.inside], "internal": True}
        self.clerk.do(f"{self.ticket}/note", internal)
        pair = {"before_photo_id": self.filed, "after_photo_id": self.given_back}
        answer = {**stories.ANSWER, "photo_ids": [self.given_back], "pairs": [pair]}
        self.clerk.do(f"{self.ticket}/answer", answer)
        run_due()

    def _taken(self, phone: Phone) -> str:
        return phone.take_photo(PHOTOS[0].read_bytes()).json["id"]

    def remove(self, *photos: str) -> None:
        body = {**REASON, "remove_photo_ids": list(photos)}
        self.dispatcher.do(f"{self.issue}/correct", body)

    def restore(self, *photos: str) -> None:
        body = {**REASON, "restore_photo_ids": list(photos)}
        self.inspector.do(f"{self.issue}/correct", body)

    def onlookers(self) -> list[Phone]:
        """Everybody who saw the photo as long as it was shown, but for its owner and the inspector."""
        roles = ("dispatcher", "leader", "admin")
        return [
            self.clerk,
            self.given.head("HOUSING"),
            self.given.contact(self.enterprise),
            self.given.role("unit_admin", unit=self.enterprise.unit),
            *(self.given.role(role) for role in roles),
        ]


@pytest.fixture
def scene(given) -> Scene:
    return Scene(given)


class TestPhotos:
    def test_a_removed_photo_is_hidden_from_all_but_its_owner_and_the_inspector(self, scene):
        path = f"/photos/{scene.filed}"
        others = scene.onlookers()
        for phone in others:
            assert phone.get(path).status_code == 200
        scene.remove(scene.filed)
        seal_today()
        for phone in others:
            for each in (path, f"{path}/original", f"{path}/proof"):
                assert phone.get(each).status_code == 404
            for verb, body in [("share", {}), ("retry", {}), ("review", {"verdict": "accepted"})]:
                assert phone.post(f"{path}/{verb}", body).status_code == 404
            assert scene.filed not in str(phone.see(scene.issue))
            assert scene.filed not in str(phone.see("/issues"))
        for phone in (scene.contact, scene.inspector):
            seen = phone.see(path)
            assert seen["hidden"]["reason"] == REASON["reason"]
            assert seen["hidden"]["by"] == scene.dispatcher.person.name
            assert phone.get(f"{path}/original").status_code == 200
            assert phone.see(scene.issue)["photo_ids"] == [scene.filed]
            assert phone.see("/issues")["items"][0]["photo_ids"] == [scene.filed]

    def test_wherever_on_the_issue_it_is_named(self, scene):
        hidden = (scene.noted, scene.inside, scene.given_back)
        head = scene.given.head("HOUSING")
        before = str(head.see(scene.issue)) + str(head.see(scene.ticket))
        assert all(photo in before for photo in hidden)
        scene.remove(*hidden)
        for path in (scene.issue, scene.ticket):
            assert not any(photo in str(head.see(path)) for photo in hidden)
        listed = head.see("/tickets", box="department")
        assert not any(photo in str(listed) for photo in hidden)
        seen = head.see(scene.issue)
        assert seen["pairs"] == []
        assert seen["photo_ids"] == [scene.filed]
        own = scene.clerk.see(scene.issue)
        assert [each["after"] for each in own["pairs"]] == [scene.given_back]
        assert scene.given_back in str(scene.clerk.see(scene.ticket)["answer"])

    def test_a_link_that_was_given_away_leads_nowhere(self, scene):
        head, picture = scene.given.head("HOUSING"), f"/photos/{scene.filed}"
        link = head.see(picture)["renditions"]["thumb"]
        assert follow(head, link) == 200
        scene.remove(scene.filed)
        assert follow(head, link) == 403
        for phone in (scene.contact, scene.inspector):
            fresh = phone.see(picture)["renditions"]["thumb"]
            assert follow(phone, fresh) == 200
        scene.restore(scene.filed)
        assert follow(head, link) == 200

    def test_only_the_inspector_restores(self, scene):
        scene.remove(scene.filed)
        body = {**REASON, "restore_photo_ids": [scene.filed]}
        answer = scene.dispatcher.post(f"{scene.issue}/correct", body)
        assert answer.status_code == 403
        scene.restore(scene.filed)
        assert scene.clerk.see(f"/photos/{scene.filed}")["hidden"] is None
        assert scene.clerk.see(scene.issue)["photo_ids"] == [scene.filed]
        rows = history.of("photo", Photo.get(scene.filed).id, internal=True)
        assert [row["action"] for row in rows if row["action"] != "take"][-2:] == [
            "hide",
            "restore",
        ]

    def test_only_photos_of_the_issue_and_each_in_its_state(self, scene):
        strange = scene._taken(scene.contact)
        for field, photo in [("remove_photo_ids", strange), ("restore_photo_ids", scene.filed)]:
            answer = scene.inspector.post(f"{scene.issue}/correct", {**REASON, field: [photo]})
            assert (answer.status_code, answer.json["code"]) == (422, "correct.not_its_photo")
            assert answer.json["errors"] == {field: [photo]}
        scene.remove(scene.filed)
        answer = scene.dispatcher.post(
            f"{scene.issue}/correct", {**REASON, "remove_photo_ids": [scene.filed]}
        )
        assert answer.status_code == 422

    def test_it_is_told_in_history_for_departments_only(self, scene):
        scene.remove(scene.filed)
        row = scene.dispatcher.see(scene.issue)["history"][-1]
        assert [each["code"] for each in row["reasons"]] == ["correct.hidden"]
        assert scene.filed not in str(row)
        assert "correct" not in [
            each["action"] for each in scene.contact.see(scene.issue)["history"]
        ]

    def test_also_when_the_issue_has_ended(self, scene):
        scene.contact.do(f"{scene.issue}/confirm", {"solved": "yes"})
        scene.remove(scene.filed)
        assert scene.clerk.get(f"/photos/{scene.filed}").status_code == 404
        scene.restore(scene.filed)
        assert scene.clerk.get(f"/photos/{scene.filed}").status_code == 200

    def test_on_every_issue_and_visit_that_shows_it(self, scene):
        commissioner = scene.given.commissioner()
        picture = commissioner.take_photo(PHOTOS[1].read_bytes()).json["id"]
        visit = commissioner.do(
            "/visits",
            {
                "client_id": client_id(),
                "enterprise_id": str(scene.enterprise.id),
                "started_at": "2026-11-24T09:00:00+08:00",
                "photo_ids": [picture],
            },
        )["id"]
        wrong, other = (
            commissioner.open_issue(photo_ids=[picture], enterprise_id=str(scene.enterprise.id))
            for _ in range(2)
        )
        run_due()
        body = {**REASON, "remove_photo_ids": [picture]}
        scene.dispatcher.do(f"/issues/{wrong['id']}/correct", body)
        assert scene.contact.see(f"/issues/{other['id']}")["photo_ids"] == []
        leader = scene.given.role("leader")
        for phone in (leader, scene.dispatcher):
            seen = phone.see(f"/visits/{visit}")
            assert (seen["photo_ids"], seen["missing"]["count"]) == ([], 0)
            assert phone.see("/visits")["items"][0]["photo_ids"] == []
            proof = phone.see(f"/visits/{visit}/proof")
            assert [each["leaf_json"] for each in proof["items"]] == [None]
            receipt = phone.see(f"/visits/{visit}/receipt")
            assert (receipt["photos"], receipt["count"], receipt["complete"]) == ([], 1, True)
        for phone in (commissioner, scene.inspector):
            assert phone.see(f"/visits/{visit}")["photo_ids"] == [picture]
            proof = phone.see(f"/visits/{visit}/proof")
            assert picture in proof["items"][0]["leaf_json"]
            assert len(phone.see(f"/visits/{visit}/receipt")["photos"]) == 1
        assert leader.see(f"/visits/{visit}/proof")["head"] == proof["head"]

    def test_phones_are_told_at_the_next_sync(self, scene):
        contact = scene.given.contact(scene.enterprise)
        first = contact.see("/sync")
        assert scene.filed in str(first["issues"])
        scene.remove(scene.filed)
        told = contact.see("/sync", cursor=first["cursor"])
        assert [each["photo_ids"] for each in told["issues"]] == [[]]
        own = scene.contact.see("/sync")
        assert [each["photo_ids"] for each in own["issues"]] == [[scene.filed]]
        assert scene.filed in [each["id"] for each in own["photos"]]

    def test_an_issue_that_shares_it_is_told_anew_too(self, scene):
        other = scene.contact.open_issue(photo_ids=[scene.filed])
        contact = scene.given.contact(scene.enterprise)
        cursor = contact.see("/sync")["cursor"]
        scene.remove(scene.filed)
        told = contact.see("/sync", cursor=cursor)["issues"]
        assert other["id"] in [each["id"] for each in told]
        assert scene.filed not in str(told)

    def test_nobody_learns_of_it_by_a_copy(self, scene):
        stranger = scene.given.commissioner()
        copy = stranger.take_photo(PHOTOS[0].read_bytes()).json["id"]
        leader = scene.given.role("leader")
        assert scene.filed in str(leader.see(f"/photos/{copy}")["copies"])
        scene.remove(scene.filed)
        assert scene.filed not in str(leader.see(f"/photos/{copy}"))
        assert scene.filed in str(scene.inspector.see(f"/photos/{copy}")["copies"])

    def test_what_is_sealed_stays_sealed(self, scene):
        seal_today()
        proof = scene.contact.see(f"/photos/{scene.filed}/proof")
        scene.remove(scene.filed)
        assert scene.contact.see(f"/photos/{scene.filed}/proof") == proof
        found, after = [], ""
        while after is not None:
            step = ledger_check.step(
                wsgi.app.extensions["store"], [proof["key"]], ledger_check.Slice(), after
            )
            found, after = [*found, *step.found], step.after
        assert found == []


class TestPreviews:
    def test_the_original_of_a_hidden_preview_is_hidden_when_it_comes(self, given):
        contact, preview = given.contact(given.enterprise()), client_id()
        data = PHOTOS[2].read_bytes()
        small = contact.take_photo(picture(7), client_id=preview, role="preview").json["id"]
        issue = contact.open_issue(photo_ids=[small])
        body = {**REASON, "remove_photo_ids": [small]}
        given.dispatcher().do(f"/issues/{issue['id']}/correct", body)
        original = contact.take_photo(data, replaces=preview).json["id"]
        assert given.dispatcher().get(f"/photos/{original}").status_code == 404
        assert contact.get(f"/photos/{original}").status_code == 200

    def test_and_so_is_one_that_came_at_the_very_same_moment(self, given):
        """Neither has seen the other; the work on the original finds the preview."""
        contact, preview = given.contact(given.enterprise()), client_id()
        original = contact.take_photo(PHOTOS[2].read_bytes(), replaces=preview).json["id"]
        small = contact.take_photo(picture(7), client_id=preview, role="preview").json["id"]
        Photo.objects(id=small).update(unset__replaced_by=True)
        Photo.objects(id=original).update(unset__replaces=True)
        issue = contact.open_issue(photo_ids=[small])
        body = {**REASON, "remove_photo_ids": [small]}
        given.dispatcher().do(f"/issues/{issue['id']}/correct", body)
        Photo.objects(id=original).update(set__replaces=preview)
        assert given.dispatcher().get(f"/photos/{original}").status_code == 200
        run_due()
        assert given.dispatcher().get(f"/photos/{original}").status_code == 404

    def test_and_both_go_and_come_back_together(self, given):
        contact, preview = given.contact(given.enterprise()), client_id()
        small = contact.take_photo(picture(7), client_id=preview, role="preview").json["id"]
        original = contact.take_photo(PHOTOS[2].read_bytes(), replaces=preview).json["id"]
        issue = contact.open_issue(photo_ids=[small])
        dispatcher, path = given.dispatcher(), f"/issues/{issue['id']}/correct"
        dispatcher.do(path, {**REASON, "remove_photo_ids": [original]})
        for photo in (small, original):
            assert dispatcher.get(f"/photos/{photo}").status_code == 404
        given.inspector().do(path, {**REASON, "restore_photo_ids": [small]})
        for photo in (small, original):
            assert dispatcher.get(f"/photos/{photo}").status_code == 200
