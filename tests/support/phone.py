"""A phone: what a person holds, speaking the API as the mini-program does."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.people.documents import Person

API = "/api/v1"


class Phone:
    """Calls carry the access token. `ok` calls insist on a success and give its body."""

    def __init__(self, client: FlaskClient, token: str, person: Person) -> None:
        self.client, self.token, self.person = client, token, person

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(API + path, method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, json={} if body is None else body, headers=named)

    def see(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def do(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.post(path, body, **headers)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        return answer.json

    def open_issue(self, **fields: Any) -> Any:
        """File an issue, with what a phone always sends."""
        return self.do("/issues", issue_body(**fields))

    def take_photo(self, data: bytes, **fields: Any) -> TestResponse:
        form = {
            "client_id": str(uuid.uuid4()),
            "file": (io.BytesIO(data), "IMG_0001.jpg"),
            **fields,
        }
        return self.call("POST", "/photos", data=form, content_type="multipart/form-data")


def issue_body(**fields: Any) -> dict[str, Any]:
    """An issue as a phone would file it."""
    body = {
        "client_id": str(uuid.uuid4()),
        "kind": "request",
        "text": "施工许可证办了两个月还没有下来，桩机已经进场待命",
        "category": "PERMIT",
        "photo_ids": [],
    }
    return {**body, **fields}
