"""The ledger: what is sealed, when, in which order, and what happens to what comes late."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as example
from hypothesis import strategies as st
from pymongo.errors import OperationFailure

from app.foundation import clock, duties
from app.foundation.duties import LostClaim
from app.foundation.errors import Conflict
from app.foundation.geo import Position
from app.foundation.signing import holds
from app.photos import ledger, merkle, sealing
from app.photos.documents import Photo
from app.photos.ledger import Leaf, Root
from app.photos.ledger_check import Slice
from tests.foundation.failing import failing_after
from tests.support import ledger as made
from tests.support.ledger import DAY, seal, seal_next, shoot, signer


@pytest.fixture
def phone(given):
    return given.commissioner()


def noon(day: date) -> datetime:
    return ledger.start_of(day) + timedelta(hours=12)


class TestLeaf:
    def test_it_holds_what_was_fixed_at_receipt(self, phone):
        taken = datetime.fromisoformat("2026-11-20T11:58:00.250+08:00")
        position = Position(32.51, 120.15, "gcj02", 12.0)
        photo = shoot(phone, 1, position=position, taken_at=taken)
        row = Photo.rows().find_one({"_id": photo.id})
        said = json.loads(ledger.text_of(ledger.facts(row)))
        assert said == {
            "v": 1,
            "id": str(photo.id),
            "owner": str(phone.person.id),
            "client_id": photo.client_id,
            "sha256": photo.sha256,
            "size": photo.size,
            "media_type": "image/jpeg",
            "received_at": "2026-11-20T04:01:00.000Z",
            "device": {
                "latitude": 32.51,
                "longitude": 120.15,
                "coord_type": "gcj02",
                "accuracy_m": 12.0,
            },
            "device_taken_at": "2026-11-20T03:58:00.250Z",
            "heading": None,
            "mock_location": None,
            "role": "evidence",
            "replaces": None,
            "short_code": photo.short_code,
        }

    def test_work_on_the_photo_does_not_change_it(self, phone):
        photo = shoot(phone, 1)
        before = ledger.facts(Photo.rows().find_one({"_id": photo.id}))
        from tests.support.duties import run_due

        run_due()
        after = Photo.rows().find_one({"_id": photo.id})
        assert after["state"] == "ready"
        assert ledger.facts(after) == before


class TestSealing:
    def test_a_day_is_its_photos_in_order_of_receipt(self, phone):
        photos = [shoot(phone, number) for number in (3, 1, 2)]
        seal()
        root = Root.objects.get()
        leaves = list(Leaf.objects.order_by("index"))
        assert [leaf.id for leaf in leaves] == [photos[n].id for n in (1, 2, 0)]
        assert (root.day, root.count, root.late) == ("2026-11-20", 3, 0)
        assert root.root == merkle.root([leaf.hash for leaf in leaves])
        assert root.previous == merkle.EMPTY
        assert holds(signer().public_key, json.loads(root.statement), root.signature)

    def test_days_follow_each_other_also_empty_ones(self, phone):
        shoot(phone, 1)
        seal(DAY + timedelta(days=2))
        roots = list(Root.objects.order_by("day"))
        assert [(root.day, root.count) for root in roots] == [
            ("2026-11-20", 1),
            ("2026-11-21", 0),
            ("2026-11-22", 0),
        ]
        assert [root.previous for root in roots[1:]] == [root.hash for root in roots[:2]]

    def test_the_day_is_the_districts(self, phone):
        last = shoot(phone, 1, ledger.end_of(DAY) - timedelta(milliseconds=1))
        first = shoot(phone, 2, ledger.end_of(DAY))
        seal(DAY + timedelta(days=1))
        assert Leaf.objects(id=last.id).get().day == "2026-11-20"
        assert Leaf.objects(id=first.id).get().day == "2026-11-21"

    def test_it_is_sealed_half_an_hour_after_midnight(self):
        assert ledger.seal_due(DAY).isoformat() == "2026-11-21T00:30:00+08:00"

    def test_one_that_was_committed_late_is_in_the_next_tree_and_said_to_be_late(self, phone):
        shoot(phone, 1)
        seal()
        late = shoot(phone, 2, noon(DAY))
        shoot(phone, 3, noon(DAY + timedelta(days=1)))
        seal(DAY + timedelta(days=1))
        leaf = Leaf.objects(id=late.id).get()
        assert (leaf.day, leaf.late) == ("2026-11-21", True)
        root = Root.objects(day="2026-11-21").get()
        assert (root.count, root.late) == (2, 1)
        assert json.loads(root.statement)["late"] == 1

    def test_one_that_is_later_than_anybody_looks_is_sealed_once_a_check_found_it(self, phone):
        shoot(phone, 1)
        seal()
        old = shoot(phone, 2, noon(DAY - timedelta(days=40)))
        seal_next()
        assert not Leaf.objects(id=old.id)
        for row in list(duties.rows().find({"kind": "evidence.check"}).sort("_id", 1)):
            check(row, days=1)
        seal_next()
        assert Leaf.objects(id=old.id).get().late

    def test_the_first_takes_in_what_was_there_before(self, phone):
        old = shoot(phone, 1, noon(DAY - timedelta(days=400)))
        sealing.begin(noon(DAY))
        day = seal_next()
        assert day == (DAY - timedelta(days=366)).isoformat()
        assert not Leaf.objects(id=old.id).get().late

    def test_days_missed_are_caught_up_in_order(self, phone):
        for days in range(4):
            shoot(phone, days, noon(DAY + timedelta(days=days)))
        now = ledger.seal_due(DAY + timedelta(days=3))
        sealing.begin(now)
        sealed = [seal_next(now) for _ in range(4)]
        assert sealed == [(DAY + timedelta(days=n)).isoformat() for n in range(4)]
        assert Root.objects.distinct("count") == [1]
        [due] = duties.rows().find({"kind": sealing.KIND, "state": "due"})
        assert due["due_at"] == ledger.seal_due(DAY + timedelta(days=4))

    def test_beginning_again_changes_nothing(self, clean):
        for _ in range(3):
            sealing.begin(clock.now())
        assert duties.rows().count_documents({"kind": sealing.KIND}) == 1
        seal_next()
        sealing.begin(clock.now())
        assert duties.rows().count_documents({"kind": sealing.KIND}) == 2

    def test_a_lost_next_day_is_begun_again(self, phone):
        seal()
        duties.rows().delete_many({"kind": sealing.KIND, "state": "due"})
        sealing.begin(clock.now())
        assert seal_next() == "2026-11-21"


class TestInterrupted:
    def test_wherever_it_fails_the_next_try_completes_it(self, phone, monkeypatch):
        monkeypatch.setattr(sealing, "BATCH", 2)
        for number in range(5):
            shoot(phone, number)
        sealing.begin(ledger.seal_due(DAY))
        for writes in range(1, 20):
            try:
                with failing_after(writes):
                    seal_next(ledger.seal_due(DAY) + timedelta(hours=writes))
                break
            except OperationFailure:
                assert not Root.objects
        assert writes > 5
        assert [leaf.index for leaf in Leaf.objects.order_by("index")] == list(range(5))
        assert Root.objects.get().root == merkle.root(ledger.hashes_of("2026-11-20"))

    def test_who_lost_the_claim_writes_nothing(self, phone):
        shoot(phone, 1)
        now = ledger.seal_due(DAY)
        sealing.begin(now)
        row = duties.rows().find_one({"kind": sealing.KIND})
        slow = duties.claim(row["_id"], now=now, lease=made.LEASE)
        later = now + 2 * made.LEASE
        quick = duties.claim(row["_id"], now=later, lease=made.LEASE)
        with pytest.raises(LostClaim):
            sealing.seal_day(slow, signer(), later)
        assert not Leaf.objects
        sealing.seal_day(quick, signer(), later)
        assert Root.objects.get().count == 1


class TestProof:
    def test_before_the_seal_it_says_when(self, phone):
        photo = shoot(phone, 1)
        with pytest.raises(Conflict) as caught:
            ledger.prove(photo, noon(DAY))
        assert caught.value.code == "evidence.not_sealed"
        assert caught.value.fields == {"sealed_after": ["2026-11-21T00:30:00+08:00"]}

    def test_one_that_came_late_is_told_of_the_next_seal(self, phone):
        seal()
        photo = shoot(phone, 1)
        with pytest.raises(Conflict) as caught:
            ledger.prove(photo, ledger.seal_due(DAY))
        assert caught.value.fields == {"sealed_after": ["2026-11-22T00:30:00+08:00"]}

    @pytest.mark.parametrize("count", [1, 2, 3, 7])
    def test_every_path_leads_to_the_root(self, phone, count):
        photos = [shoot(phone, number) for number in range(count)]
        seal()
        for photo in photos:
            proof = ledger.prove(photo, clock.now())
            index = proof.leaf.index
            reached = merkle.climb(ledger.leaf_of(proof.leaf.text), index, count, proof.path)
            assert reached == proof.root.root

    def test_none_is_given_of_a_day_that_lost_a_leaf(self, phone):
        photo = shoot(phone, 1)
        other = shoot(phone, 2)
        seal()
        Leaf.rows().delete_one({"_id": other.id})
        with pytest.raises(Conflict) as caught:
            ledger.prove(photo, clock.now())
        assert caught.value.code == "evidence.broken"


class TestVisitChain:
    def test_it_grows_at_its_end(self, phone):
        photos = [shoot(phone, number).id for number in range(4)]
        before = ledger.visit_chain(photos[:3][::-1])
        after = ledger.visit_chain(photos)
        assert [link.photo for link in after] == photos
        assert after[: len(before)] == before

    def test_sealing_does_not_change_it(self, phone):
        photos = [shoot(phone, number).id for number in range(3)]
        before = [link.link for link in ledger.visit_chain(photos)]
        seal()
        after = ledger.visit_chain(photos)
        assert [link.link for link in after] == before
        assert {link.day for link in after} == {"2026-11-20"}

    def test_of_no_photos(self, clean):
        content = ledger.visit_statement(DAY_ID, [])
        assert (content["count"], content["head"]) == (0, merkle.EMPTY)


DAY_ID = made.ObjectId()


@example(st.integers(1, 200), st.binary(min_size=32, max_size=32))
def test_a_hash_is_in_one_slice_only(of, digest):
    name = digest.hex()
    holding = [n for n in range(of) if fits(Slice(n, of).within(""), name)]
    assert len(holding) == 1


@example(st.integers(1, 40), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_is_in_one_slice_only(of, day):
    assert sum(Slice(n, of).has(day.isoformat()) for n in range(of)) == 1


@example(st.lists(st.binary(max_size=3), max_size=70))
def test_the_root_is_that_of_the_definition(blocks):
    leaves = [merkle.leaf(block) for block in blocks]
    assert merkle.root(iter(leaves)) == by_definition(leaves)


def by_definition(leaves: list[str]) -> str:
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY
    at = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle._node(by_definition(leaves[:at]), by_definition(leaves[at:]))


def fits(bounds: dict[str, str], name: str) -> bool:
    return bounds.get("$gte", "") <= name and name < bounds.get("$lt", "g")


def check(row, days: int) -> None:
    from app.photos import integrity

    duty = duties.claim(row["_id"], now=clock.now(), lease=made.LEASE)
    if duty is not None:
        now = ledger.seal_due(date.fromisoformat(row["payload"]["day"]))
        integrity.check(duty, made.STORE, {signer().public_key}, days, now)
