"""Uploads in pieces: announced, cut, resumed, finished once; and what goes wrong on the way."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_that
from hypothesis import strategies as st

from app.foundation import clock
from app.foundation.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from app.photos import actions, uploads
from app.photos.documents import Photo
from app.photos.uploads import Upload
from tests.photos.uploading import (
    DIGEST,
    NOW,
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


class TestOne:
    def test_makes_the_photo_that_one_post_would_have_made(self, me):
        said = shot()
        at = whole(me, said)
        assert (at.offset, at.photo.sha256, at.photo.state) == (len(PICTURE), DIGEST, "stored")
        with STORE.incoming(len(PICTURE)) as received:
            received.write(PICTURE)
            photo, new = actions.take(me, said, received, STORE, clock.now())
        assert (photo.id, new) == (at.photo.id, False)
        assert not parts()
        assert STORE.read(photo.key) == PICTURE
        run_due()
        assert Photo.get(photo.id).state == "ready"

    def test_keeps_what_the_phone_said(self, me):
        said = shot()
        photo = Photo.get(whole(me, said).photo.id)
        assert photo.device == said.position.stored()
        assert photo.device_taken_at == said.taken_at

    def test_announced_twice_is_one(self, me):
        said = shot()
        (first, new), (again, anew) = begin(me, said), begin(me, said)
        assert (first.upload.id, new, anew) == (again.upload.id, True, False)

    def test_announced_again_it_tells_how_far_it_is_and_the_photo_in_the_end(self, me):
        said = shot()
        at, _ = begin(me, said)
        send(me, at, 0, PICTURE[:1000])
        assert begin(me, said)[0].offset == 1000
        done = send(me, at, 1000, PICTURE[1000:])
        again, new = begin(me, said)
        assert (again.photo.id, again.offset, new) == (done.photo.id, len(PICTURE), False)

    @pytest.mark.parametrize("change", [{"size": 5}, {"kind": "image/png"}, {"taken_at": None}])
    def test_announced_otherwise_under_the_same_id_is_a_conflict(self, change, me):
        said = shot()
        begin(me, said)
        taken_at = change.pop("taken_at", said.taken_at)
        other = shot(client_id=said.client_id, taken_at=taken_at)
        with pytest.raises(Conflict) as error:
            begin(me, other, **change)
        assert error.value.code == "client_id.conflict"

    @pytest.mark.parametrize("change", [{"taken_at": None}, {"sha256": "0" * 64}])
    def test_under_the_id_of_another_photo_is_a_conflict(self, change, me):
        said = shot()
        with STORE.incoming(len(PICTURE)) as received:
            received.write(PICTURE)
            actions.take(me, said, received, STORE, clock.now())
        for _ in range(2):
            with pytest.raises(Conflict) as error:
                begin(me, shot(**{"client_id": said.client_id, **change}))
            assert error.value.code == "client_id.conflict"

    @pytest.mark.parametrize(
        ("size", "kind", "error"),
        [
            (uploads.MOST_BYTES + 1, "image/jpeg", TooLarge),
            (10**18, "image/jpeg", TooLarge),
            (10, "video/mp4", UnsupportedMedia),
            (10, "text/html", UnsupportedMedia),
            (10, "image/SVG+xml", UnsupportedMedia),
            (10, "application/pdf", UnsupportedMedia),
        ],
    )
    def test_what_will_not_be_taken_is_refused_before_it_is_sent(self, size, kind, error, me):
        with pytest.raises(error):
            begin(me, shot(), size, kind)
        assert Upload.rows().count_documents({}) == 0

    def test_a_preview_is_small(self, me):
        with pytest.raises(TooLarge) as error:
            begin(me, shot(role="preview"), actions.PREVIEW_BYTES + 1)
        assert error.value.code == "photo.preview_too_large"

    def test_a_newer_capture_token_changes_nothing(self, me):
        said = shot(capture_token="one", token_received_at=NOW)
        at, _ = begin(me, said)
        again, new = begin(me, shot(client_id=said.client_id, capture_token="two"))
        assert (again.upload.id, new) == (at.upload.id, False)
        assert Photo.get(send(me, at, 0, PICTURE).photo.id).capture_token == "one"

    @pytest.mark.parametrize("kind", ["image/heic", "IMAGE/JPEG", "application/octet-stream"])
    def test_the_largest_and_the_odd_may_be_announced(self, kind, me):
        assert begin(me, shot(), uploads.MOST_BYTES, kind)[1]

    def test_is_not_for_those_who_take_no_photos(self, given):
        with pytest.raises(Forbidden):
            begin(who(given.role("leader")))

    def test_of_another_person_is_not_there(self, me, given):
        at, _ = begin(me)
        other = who(given.inspector())
        with pytest.raises(NotFound):
            uploads.look(other, str(at.upload.id), STORE)
        with pytest.raises(NotFound):
            send(other, at, 0, b"x")
        assert begin(other, shot())[1]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given_that(
    cuts=st.lists(st.integers(0, len(PICTURE)), max_size=6), block=st.integers(500, 100_000)
)
def test_cut_at_any_byte_it_resumes_there(cuts, block, me):
    """A picture of its own each time, or its bytes would be here already."""
    data = PICTURE + uuid.uuid4().bytes
    said = shot(data)
    for cut in [*sorted(cuts), len(data)]:
        at, _ = begin(me, said, len(data))
        at = send(me, at, at.offset, data[at.offset : max(cut, at.offset)], block)
        assert at.offset == uploads.look(me, str(at.upload.id), STORE).offset >= cut
    assert STORE.read(at.photo.key) == data


class TestWhatIsWrong:
    def test_another_offset(self, me):
        at, _ = begin(me)
        send(me, at, 0, PICTURE[:1000])
        for offset in (0, 999, 1001, len(PICTURE)):
            with pytest.raises(Conflict) as error:
                send(me, at, offset, b"x")
            assert error.value.fields == {"offset": ["1000"]}

    def test_another_hash_starts_again(self, me):
        at, _ = begin(me)
        with pytest.raises(Invalid) as error:
            send(me, at, 0, bytes([PICTURE[0] ^ 1]) + PICTURE[1:])
        assert error.value.code == "upload.hash_mismatch"
        assert uploads.look(me, str(at.upload.id), STORE).offset == 0
        assert send(me, at, 0, PICTURE).photo
        assert len(originals()) == 1

    def test_more_than_was_announced(self, me):
        at, _ = begin(me)
        with pytest.raises(Invalid) as error:
            send(me, at, 0, PICTURE + b"x", block=1000)
        assert error.value.code == "upload.too_long"
        now = uploads.look(me, str(at.upload.id), STORE)
        assert now.offset <= len(PICTURE)
        assert send(me, now, now.offset, PICTURE[now.offset :]).photo

    def test_no_picture(self, me):
        data = b"%PDF-1.7 this is no picture"
        at, _ = begin(me, shot(data), len(data))
        with pytest.raises(DomainError):
            send(me, at, 0, data)
        assert (originals(), parts(), Photo.rows().count_documents({})) == ([], [], 0)

    def test_finished_twice_is_the_same_photo_whatever_is_sent(self, me):
        done = whole(me)
        for offset, data in ((len(PICTURE), b""), (0, PICTURE), (5, b"zzz")):
            again = send(me, done, offset, data)
            assert (again.photo.id, again.offset) == (done.photo.id, len(PICTURE))
        assert not parts()


class TestAStoreThatIsAway:
    def test_at_the_end_keeps_all_and_nothing_more_finishes_it(self, me, monkeypatch):
        at, _ = begin(me)
        with monkeypatch.context() as patch:
            patch.setattr(type(STORE), "keep", away)
            with pytest.raises(Unavailable):
                send(me, at, 0, PICTURE)
        assert (originals(), len(parts()), Photo.rows().count_documents({})) == ([], 1, 0)
        assert uploads.look(me, str(at.upload.id), STORE).offset == len(PICTURE)
        assert send(me, at, len(PICTURE), b"").photo

    def test_a_database_that_is_away_at_the_end_loses_nothing(self, me, monkeypatch):
        at, _ = begin(me)
        with monkeypatch.context() as patch:
            patch.setattr(actions, "create_once", away)
            with pytest.raises(Unavailable):
                send(me, at, 0, PICTURE)
        assert uploads.look(me, str(at.upload.id), STORE).offset == len(PICTURE)
        assert send(me, at, len(PICTURE), b"").photo
        assert STORE.read(Photo.rows().find_one()["key"]) == PICTURE
