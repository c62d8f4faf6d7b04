"""Uploads raced for, expired, and not sent at all because the bytes are here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.foundation import clock, db, duties
from app.foundation.errors import Conflict, Invalid, NotFound, Unavailable
from app.foundation.geo import Position
from app.photos import uploads
from app.photos.actions import Shot
from app.photos.documents import Photo
from app.photos.uploads import Progress, Upload
from tests.photos.uploading import (
    DIGEST,
    PICTURE,
    STORE,
    away,
    begin,
    originals,
    parts,
    send,
    shot,
    whole,
)
from tests.support.duties import run_due
from tests.support.factories import who


class TestRacing:
    def together(self, n: int, act) -> list:
        gate = threading.Barrier(n, timeout=10)

        def one(k: int):
            gate.wait()
            try:
                return act(k)
            except Conflict as error:
                return error

        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(one, range(n)))

    def test_to_announce_makes_one(self, me):
        said = shot()
        found = self.together(8, lambda _: begin(me, said))
        assert len({at.upload.id for at, _ in found}) == 1
        assert sum(new for _, new in found) == 1

    def test_to_finish_makes_one_photo(self, me):
        at, _ = begin(me)
        part = STORE.part(str(at.upload.id))
        part.append([PICTURE], 0)  # all there, nobody has finished it
        found = self.together(8, lambda _: send(me, at, len(PICTURE), b""))
        assert len({each.photo.id for each in found}) == 1
        assert Photo.rows().count_documents({}) == 1
        assert duties.rows().count_documents({"kind": "photos.process"}) == 1
        assert not parts()
        assert STORE.read(found[0].photo.key) == PICTURE

    def test_to_send_the_same_or_another_thing_never_corrupts_it(self, me):
        at, _ = begin(me)
        wrong = bytes(len(PICTURE))

        def act(n: int):
            data, offset = (wrong if n == 7 else PICTURE), 0
            while True:
                try:
                    return send(me, at, offset, data[offset:], 4096)
                except Conflict as error:
                    offset = int(error.params["offset"])
                except Invalid:
                    offset = 0

        found = self.together(8, act)
        assert {each.photo.sha256 for each in found} == {DIGEST}
        assert Photo.rows().count_documents({}) == 1
        assert STORE.read(found[0].photo.key) == PICTURE


class TestExpiring:
    def test_after_two_days_it_is_gone(self, me, monkeypatch):
        at, _ = begin(me)
        send(me, at, 0, PICTURE[:1000])
        assert run_due() == 0
        late = clock.now() + timedelta(hours=48, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: late)
        assert run_due() == 1
        assert (parts(), Upload.rows().count_documents({})) == ([], 0)
        with pytest.raises(NotFound):
            send(me, at, 1000, PICTURE[1000:])
        assert begin(me, Shot(**_plain(at)))[0].offset == 0

    def test_its_photo_stays(self, me, monkeypatch):
        said = shot()
        done = whole(me, said)
        run_due()
        late = clock.now() + timedelta(hours=48, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: late)
        run_due()
        assert STORE.read(Photo.get(done.photo.id).key) == PICTURE
        again, new = begin(me, said)
        assert (again.photo.id, new) == (done.photo.id, True)


def _plain(at: Progress) -> dict:
    told = dict(at.upload.shot)
    return {**told, "position": Position(**told["position"])}


class TestWhatIsHere:
    def test_ones_own_need_not_be_sent_again_and_lies_there_once(self, me):
        first = whole(me)
        at, new = begin(me, shot())
        assert (new, at.offset) == (True, len(PICTURE))
        assert at.photo.id != first.photo.id
        assert at.photo.key == first.photo.key
        assert len(originals()) == 1
        assert STORE.read(at.photo.key) == PICTURE

    def test_who_may_fetch_the_original_need_not_send_it(self, me, given):
        whole(me)
        assert begin(who(given.inspector()))[0].photo

    @pytest.mark.parametrize("role", ["commissioner", "dispatcher", "service"])
    def test_to_know_a_hash_is_not_enough(self, role, me, given):
        """A dispatcher sees every picture, hash and size too, but not the originals."""
        first = whole(me)
        other = who(given.role(role))
        at, _ = begin(other)
        assert (at.offset, at.photo) == (0, None)
        assert uploads.known(other, [DIGEST]) == {}
        done = send(other, at, 0, PICTURE)
        assert done.photo.key == first.photo.key
        assert len(originals()) == 1

    def test_what_is_known_names_ones_own(self, me, given):
        photo = whole(me).photo
        assert uploads.known(me, [DIGEST.upper(), "0" * 64]) == {DIGEST: photo.id}
        assert uploads.known(who(given.inspector()), [DIGEST]) == {DIGEST: None}
        latest = begin(me, shot())[0].photo
        assert uploads.known(me, [DIGEST]) == {DIGEST: latest.id}

    @pytest.mark.parametrize("damage", ["lost", "changed", "cut"])
    def test_an_original_that_is_damaged_is_sent_again_and_healed(self, damage, me):
        path = STORE.path(whole(me).photo.key)
        match damage:
            case "lost":
                path.unlink()
            case "changed":
                path.write_bytes(bytes(len(PICTURE)))
            case "cut":
                path.write_bytes(PICTURE[:-1])
        at, _ = begin(me, shot())
        assert at.offset == 0
        assert send(me, at, 0, PICTURE).photo
        assert path.read_bytes() == PICTURE

    def test_another_size_is_another_file(self, me):
        whole(me)
        assert begin(me, shot(), len(PICTURE) - 1)[0].photo is None

    def test_a_store_that_is_away_then_is_said(self, me, monkeypatch):
        whole(me)
        said = shot()
        with monkeypatch.context() as patch:
            patch.setattr(type(STORE), "local", away)
            with pytest.raises(Unavailable):
                begin(me, said)
        assert begin(me, said)[0].photo


def test_every_look_up_has_an_index(me):
    whole(me)
    for collection, query in (
        ("uploads", {"owner": me.id, "client_id": "x"}),
        ("photos", {"owner": me.id, "client_id": "x"}),
        ("photos", {"$and": [{"owner": me.id}, {"sha256": {"$in": [DIGEST]}}]}),
    ):
        plan = db.database()[collection].find(query).explain()["queryPlanner"]["winningPlan"]
        assert "COLLSCAN" not in str(plan), (collection, query)
