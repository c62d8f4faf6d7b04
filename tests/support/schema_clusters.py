"""Issues of one cause in the states that the operations of clusters need, and ones that were filed twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import schemathesis
from bson import ObjectId

from app.foundation import clock
from app.issues.desk.clusters import Cluster
from tests.support.phone import Phone
from tests.support.schema_work import Prepare


class ClusterThings:
    """What `District` needs of clusters."""

    phones: dict[str, Phone]
    _members: tuple[str, str]

    def _issue(self, opener: Phone) -> str:
        raise NotImplementedError

    def _opener(self, role: str) -> Phone:
        raise NotImplementedError

    def cluster_things(self) -> dict[str, Prepare]:
        """By path, what the operation can be done to."""
        return {
            "/api/v1/clusters/{key}": lambda role: self._cluster(),
            "/api/v1/clusters/{key}/accept": lambda role: self._cluster(),
            "/api/v1/clusters/{key}/refuse": lambda role: self._cluster(),
            "/api/v1/issues/{key}/follow_instead": lambda role: self._issue(self._opener(role)),
        }

    def fit_cluster(self, case: schemathesis.Case, role: str) -> None:
        """Put issues into the body that the operation can be about."""
        bodies: dict[str, Callable[[], dict[str, Any]]] = {
            "/clusters/{key}/accept": self._of_the_cluster,
            "/follow_instead": lambda: {"issue_id": self._issue(self._opener(role))},
        }
        for end, body in bodies.items():
            if case.path.endswith(end) and isinstance(case.body, dict):
                case.body |= {name: value for name, value in body().items() if name in case.body}

    def _of_the_cluster(self) -> dict[str, Any]:
        master, other = self._members
        return {"master_id": master, "issue_ids": [other]}

    def _cluster(self) -> str:
        """Proposed, of two issues."""
        opener = self.phones["commissioner"]
        master, other = self._members = (self._issue(opener), self._issue(opener))
        now = clock.now()
        cluster = Cluster(
            issues=[ObjectId(master), ObjectId(other)],
            enterprises=3,
            what="施工许可证",
            master=ObjectId(master),
            found_at=now,
            updated_at=now,
        )
        return str(cluster.insert().id)
