"""The demo's visits, and the photos that people take of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.foundation import clock
from app.foundation.duties import Duty
from app.foundation.geo import Position, wgs84_to_gcj02
from app.gateways.store import Store
from app.issues.intake import joining
from app.people.who import Who
from app.photos import actions as photos
from app.photos import processing
from app.photos.capture import issue_token
from app.photos.documents import Photo
from app.visits.actions import VisitFacts, log_visit
from deploy.demo.due import client_id, do_due
from deploy.demo.times import Diary, chance
from deploy.sample_photos import make_photo
from deploy.sample_scene import scene

Row = Mapping[str, Any]

SIZE, SCENES = (640, 480), 1_000_000  # so that none looks like another
MAX_BYTES = 1024 * 1024
NEAR, FAR = 0.0012, 0.03  # degrees: within a hundred metres or so, and some kilometres off

NOTES = (
    "按月走访，生产正常，订单排到下季度，暂无新的诉求。",
    "陪同负责人看了新车间，设备安装过半，进度与计划一致。",
    "复看上次提的排水问题，已经疏通，企业满意。",
    "讲解技改奖补政策，留下申报指南和联系人电话。",
    "项目现场塔吊已拆除，正在做室外管网，提醒及早预约竣工验收。",
    "企业反映招工比去年容易，缺的主要是数控操作工，已记下用工需求。",
    "核对年度投资入库数据，提醒按月报送。",
    "项目仍在办用地手续，负责人暂无需要协调的事项。",
)
QUESTIONS = {
    "operating": ("正常", "正常", "订单减少"),
    "short_of_staff": ("no", "yes", "no"),
    "financing": ("no", "no", "yes"),
    "policies_known": ("了解", "已现场讲解", "了解"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one goes: ids as strings, degrees WGS-84."""

    enterprise_id: str | None
    project_id: str | None
    latitude: float
    longitude: float


class Camera:
    """Takes photos and has them worked on at once."""

    def __init__(self, store: Store, secret: str) -> None:
        self._store, self._secret = store, secret

    def shoot(self, who: Who, key: str, place: Place, at: datetime) -> str:
        """The id of the photo. By its key some have no position in the file, some were taken far off.

        Some were taken without a capture token.
        """
        done = {"owner": who.id, "client_id": client_id(key), "state": "ready"}
        if kept := Photo.rows().find_one(done, {"_id": 1}):
            return str(kept["_id"])
        luck = chance(key)
        kind = luck.randrange(8)
        away = FAR if kind == 7 else luck.uniform(-NEAR, NEAR)
        latitude, longitude = place.latitude + away, place.longitude + luck.uniform(-NEAR, NEAR)
        data = make_photo(
            latitude=None if kind == 5 else latitude,
            longitude=longitude,
            taken_at=at,
            drawn=scene(SIZE, luck.randrange(SCENES)),
        )
        logged_in = at - timedelta(minutes=30)
        shot = photos.Shot(
            client_id=client_id(key),
            position=Position(*wgs84_to_gcj02(latitude, longitude), "gcj02", 12.0),
            taken_at=at,
            device_id=f"demo-{who.id}",
            capture_token=issue_token(who.id, logged_in, self._secret) if kind != 4 else None,
            token_received_at=logged_in if kind != 4 else None,
        )
        with self._store.incoming(MAX_BYTES) as received:
            received.write(data)
            photo, _ = photos.take(who, shot, received, self._store, at)
        work = {"photos.process": self._process, "issues.join": joining.join}
        # Claimed as of now: an earlier run may have died with a claim on it.
        do_due(photo.id, work, at=at, claimed_at=clock.now())
        return str(photo.id)

    def _process(self, duty: Duty, when: datetime) -> None:
        processing.process(duty, self._store, when, self._secret)


def make_visit(
    who: Who, key: str, place: Place, diary: Diary, camera: Camera, *, pictures: int, note: str
) -> tuple[str, Sequence[str]]:
    """One visit from the diary's moment on: its id and its photos'. The diary is then at its end."""
    luck = chance(key)
    started = diary.at
    taken = [
        camera.shoot(who, f"photo:{key}:{number}", place, diary.later(luck.randint(3, 12)))
        for number in range(pictures)
    ]
    ended = diary.later(luck.randint(5, 25))
    facts = VisitFacts(
        client_id=client_id(key),
        started_at=started,
        ended_at=ended,
        enterprise_id=place.enterprise_id,
        project_id=place.project_id,
        position=Position(place.latitude, place.longitude, "wgs84", 20.0),
        end_position=Position(place.latitude, place.longitude, "wgs84", 15.0),
        expected_photos=pictures,
        note=note,
        photo_ids=taken,
        checklist={
            "template": "enterprise_routine",
            "version": 1,
            "answers": {asked: luck.choice(said) for asked, said in QUESTIONS.items()},
        },
    )
    visit, _ = log_visit(who, facts, ended)
    do_due(visit.id, {"issues.join": joining.join}, at=ended, claimed_at=clock.now())
    return str(visit.id), taken
