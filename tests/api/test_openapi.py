"""The OpenAPI document: sound in itself, and true of the running API for every role."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from app.gateways.wechat import WeChat
from app.people.who import ROLES
from tests.standins.wechat import WeChatStandIn
from tests.support.schema_run import District

DOCUMENT = "/api/openapi.json"
WHOLE = bool(os.environ.get("OPENAPI_WHOLE"))
# What fits is played until so many succeeded; by OPENAPI_WHOLE=1 by every role.
SUCCESSES = len(ROLES) if WHOLE else 2
# How an operation is played: data of which kind, made to fit the district or not, how many different
# data at most, how many times at most: roles take turns with the same data, which costs more than the call.
PARTS = (
    (GenerationMode.POSITIVE, True, len(ROLES) if WHOLE else 5, len(ROLES)),
    (GenerationMode.POSITIVE, False, 2, 2),
    (GenerationMode.NEGATIVE, False, 3, 3),
)
LEAST_SUCCESSFUL = 0.8
# Some of what the document allows is still refused: an id that names nothing, a blank text.
WITHOUT = {"positive_data_acceptance": {"enabled": False}}
# A file put into a form is bytes, which no schema describes: it would be taken for broken data.
BESIDE = {
    GenerationMode.POSITIVE: [schemathesis.checks.negative_data_rejection],
    GenerationMode.NEGATIVE: [],
}
CONFIG = {"generation": {"with-security-parameters": False}, "checks": WITHOUT}


@pytest.fixture(scope="module")
def document(app) -> dict[str, Any]:
    return app.test_client().get(DOCUMENT).json


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "delete", "patch"):
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_it_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_every_operation_says_what_it_does_and_can_answer(document):
    for name, operation in operations(document):
        assert operation.get("summary"), name
        assert "default" not in operation["responses"], name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_only_coming_in_needs_no_login(document):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    public = {name for name, operation in operations(document) if "security" not in operation}
    assert public == {
        "POST /api/v1/auth/password",
        "POST /api/v1/auth/wechat",
        "POST /api/v1/auth/refresh",
        "GET /api/v1/photos/{key}/renditions/{name}",
        "GET /api/v1/photos/verify/{code}",
        "GET /api/v1/evidence/keys",
        "GET /api/v1/public/figures",
        "GET /api/v1/public/map",
    }


def test_an_upload_has_one_multipart_schema_with_a_binary_file(document):
    content = document["paths"]["/api/v1/photos"]["post"]["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    name = content["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    file = document["components"]["schemas"][name]["properties"]["file"]
    assert file == {"type": "string", "format": "binary"}


@pytest.fixture
def district(app, given, photo_files, monkeypatch) -> Iterator[District]:
    with WeChatStandIn() as wechat:
        gateway = WeChat(wechat.base_url, wechat.app_id, wechat.secret, timeout=5)
        monkeypatch.setitem(app.extensions, "wechat", gateway)
        yield District(given, photo_files[0].read_bytes(), wechat)
        gateway.close()


def test_it_is_true_for_every_role_and_nearly_all_of_it_can_succeed(app, district):
    config = schemathesis.Config.from_dict(CONFIG)
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app, config=config)
    run = Run(district)
    for found in schema.get_all_operations():
        run.play(found.ok())
    assert not run.failures, "\n\n".join(run.failures.values())
    never = [name for name, statuses in run.answers.items() if not run.successes(statuses)]
    sys.stdout.write(f"operations that never succeeded: {never or 'none'}\n")
    assert len(never) <= (1 - LEAST_SUCCESSFUL) * len(run.answers), never


def generated(
    operation: schemathesis.APIOperation, mode: GenerationMode, most: int
) -> list[schemathesis.Case]:
    """The same cases in every run."""
    cases: list[schemathesis.Case] = []

    @settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: schemathesis.Case) -> None:
        cases.append(case)

    with contextlib.suppress(Unsatisfiable):
        collect()
    return cases


class Run:
    """Plays operations with generated data, the roles taking turns, and keeps what came of it."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.roles = itertools.cycle(ROLES)
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)
        self.failures: dict[tuple[str, str], str] = {}

    def play(self, operation: schemathesis.APIOperation) -> None:
        """With what fits the district, with ids and codes that name nothing, with broken data."""
        for mode, fits, different, times in PARTS:
            cases = generated(operation, mode, different)
            # There may be fewer cases than asked for, and none where nothing could be wrong.
            for _, case in zip(range(times), itertools.cycle(cases), strict=False):
                role = next(self.roles)
                if fits:
                    self.district.fit(case, role)
                self._call(case, role, mode)
                if fits and self.successes(self.answers[operation.label]) >= SUCCESSES:
                    break

    def _call(self, case: schemathesis.Case, role: str, mode: GenerationMode) -> None:
        """Call and check. What fails is kept, once of a kind, rather than raised: the rest is played."""
        headers = {}
        if "security" in case.operation.definition.raw:
            headers["Authorization"] = f"Bearer {self.district.token(case, role)}"
        response = case.call(headers=headers)
        self.answers[case.operation.label][response.status_code] += 1
        self.district.answered(case, role, response.status_code)
        try:
            case.validate_response(response, headers=headers, excluded_checks=BESIDE[mode])
        except FailureGroup as group:
            kinds = ", ".join(sorted({type(each).__name__ for each in group.exceptions}))
            self.failures.setdefault((case.operation.label, kinds), f"as {role}: {group.message}")

    @staticmethod
    def successes(statuses: Counter[int]) -> int:
        return sum(count for status, count in statuses.items() if 200 <= status < 300)
