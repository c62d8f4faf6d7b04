"""A unit with a project in each group, a warning, a milestone, and a visit with photos."""

from __future__ import annotations

import io

from bson import ObjectId
from PIL import Image

from app.foundation import clock, days
from app.people.documents import Grant
from app.photos.documents import Photo
from app.projects.milestones.documents import Milestone
from app.projects.warnings.documents import KeptWarning
from app.visits.documents import Visit
from tests.projects.rates.entered import figure, money, plan, restand, stage
from tests.support.factories import client_id
from tests.support.ledger import STORE

UNIT, OTHER = "321204001", "321204002"
NASTY = '#let x = 1; $a^2$ *粗* \\ @ref <b> {{ 7*7 }} {% raise %} =1+1 & "引号" [括号]'


class Unit:
    """What `given` makes of it; each project by its group."""

    def __init__(self, given) -> None:
        self.given = given
        self.person = given.person(Grant(role="commissioner"), name="王专员")
        firm = given.enterprise(unit=UNIT)
        made = {
            "signing": ("filed", "2026-02-10", {"signed": "2026-01-10"}),
            "building": ("started", "2026-05-01", {"signed": "2026-02-10", "filed": "2026-03-01"}),
            "producing": ("production", "2026-10-08", {"started": "2026-01-05"}),
        }
        self.projects = {}
        for group, (reached, on, before) in made.items():
            project = given.project(
                firm,
                unit=UNIT,
                stage=reached,
                name=NASTY
                if group == "signing"
                else f"{group}高端装备智能制造产业园一期及配套设施项目",
                investment=money("12000.50"),
            )
            for name, day in {**before, reached: on}.items():
                stage(project.id, name, day)
            self.projects[group] = project
        self.building = self.projects["building"]
        stage(self.building.id, "completed", "2026-11-01", kind="planned")
        plan(self.building.id, 2026, "8000.00")
        figure(self.building.id, "2026-06", actual_investment="3000.25")
        given.project(unit=OTHER, name="别处的项目")
        self._warn()
        self._owe()
        restand()

    def _warn(self) -> None:
        now = clock.now()
        at = {"opened_at": now, "updated_at": now, "since": str(days.today(now))}
        about = {"about": f"{self.building.id}:SLOW", "project": self.building.id, "unit": UNIT}
        KeptWarning(kind="SLOW", level="red", **about, **at).insert()

    def _owe(self) -> None:
        Milestone(
            project=self.building.id,
            code="M1",
            name="主体封顶",
            due_on="2026-11-20",
            responsible=self.person.id,
            created_at=clock.now(),
        ).insert()

    def visit(self, photos: int) -> list[ObjectId]:
        """A visit to what is being built, with photos whose renditions are there."""
        keys = [self.photo(number) for number in range(photos)]
        Visit(
            owner=self.person.id,
            client_id=client_id(),
            fingerprint="",
            state="ended",
            project=self.building.id,
            unit=UNIT,
            started_at=clock.now(),
            photos=keys,
            created_at=clock.now(),
            updated_at=clock.now(),
        ).insert()
        return keys

    def photo(self, number: int) -> ObjectId:
        key = ObjectId()
        where = f"renditions/{key}/view.jpg"
        data = io.BytesIO()
        Image.effect_noise((640, 360 + 400 * (number % 2)), 60 + number).save(data, "JPEG")
        STORE.put(where, data.getvalue())
        row = Photo.insert_row(
            owner=self.person.id,
            client_id=client_id(),
            fingerprint="",
            state="ready",
            sha256="",
            key="",
            size=1,
            media_type="image/jpeg",
            width=640,
            height=360,
            renditions={"view": where},
            received_at=clock.now(),
        )
        return row["_id"]
