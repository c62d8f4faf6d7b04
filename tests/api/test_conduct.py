"""What every answer has: the request's id, an ETag, the reader's language, one shape of errors."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import pytest
from pymongo.errors import AutoReconnect, NetworkTimeout, OperationFailure

import wsgi
from app.api.errors import database_error
from app.foundation import db
from app.foundation.messages import say
from app.gateways.store import LocalStore
from tests.api.shape import files, refused
from tests.foundation.failing import failpoint
from tests.support.factories import PHOTOS, client_id
from tests.support.phone import API, issue_body


class TestRequestIds:
    @pytest.mark.parametrize("given_id", ["a", "phone-42.retry_1", "x" * 64])
    def test_one_that_is_fit_comes_back(self, given_id, given):
        answer = given.commissioner().call("GET", "/me", headers={"X-Request-ID": given_id})
        assert answer.headers["X-Request-ID"] == given_id

    @pytest.mark.parametrize("given_id", ["", "x" * 65, "a b", "<script>", "a;b", "é"])
    def test_one_that_is_not_is_replaced(self, given_id, given):
        answer = given.commissioner().call("GET", "/me", headers={"X-Request-ID": given_id})
        assert answer.headers["X-Request-ID"] not in ("", given_id)

    def test_each_request_has_its_own(self, given):
        phone = given.commissioner()
        assert len({phone.get("/me").headers["X-Request-ID"] for _ in range(3)}) == 3

    def test_an_error_names_it(self, given):
        answer = given.commissioner().call("GET", "/nowhere", headers={"X-Request-ID": "find-me"})
        assert refused(answer, 404)["request_id"] == "find-me"


class TestETags:
    def test_what_has_not_changed_is_not_sent_again(self, given):
        contact = given.contact(given.enterprise())
        issue = contact.open_issue()
        for path in (f"/issues/{issue['id']}", "/issues", "/units"):
            first = contact.get(path)
            tag = first.headers["ETag"]
            again = contact.call("GET", path, headers={"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b""), path
            assert again.headers["ETag"] == tag

    def test_what_has_changed_is(self, given):
        contact = given.contact(given.enterprise())
        issue = contact.open_issue()
        path = f"/issues/{issue['id']}"
        tag = contact.get(path).headers["ETag"]
        contact.do(f"{path}/withdraw")
        answer = contact.call("GET", path, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["ETag"] != tag

    def test_another_reader_has_another(self, given):
        enterprise = given.enterprise()
        contact, clerk = given.contact(enterprise), given.inspector()
        contact.open_issue()
        one = contact.get("/me").headers["ETag"]
        answer = clerk.call("GET", "/me", headers={"If-None-Match": one})
        assert answer.status_code == 200


class TestLanguages:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "zh"),
            ("", "zh"),
            ("zh-CN,zh;q=0.9", "zh"),
            ("en", "en"),
            ("en-US,en;q=0.8", "en"),
            ("fr", "zh"),
            ("fr,en;q=0.5", "en"),
            ("zh;q=0.5,en;q=0.9", "en"),
            ("*", "zh"),
            ("nonsense;q=x;;,", "zh"),
        ],
    )
    def test_a_message_is_in_the_readers(self, header, language, given):
        headers = {} if header is None else {"Accept-Language": header}
        answer = given.commissioner().call("GET", f"/issues/{'f' * 24}", headers=headers)
        assert refused(answer, 404)["message"] == say("not_found", language)


class TestTheFrameworksErrors:
    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("DELETE", "/issues", {"GET", "POST", "HEAD", "OPTIONS"}),
            ("PUT", "/me", {"GET", "HEAD", "OPTIONS"}),
            ("GET", "/auth/password", {"POST", "OPTIONS"}),
            ("PATCH", f"/tickets/{'f' * 24}/accept", {"POST", "OPTIONS"}),
        ],
    )
    def test_a_wrong_method_is_405_and_says_which_are_right(self, method, path, allowed, given):
        answer = given.commissioner().call(method, path)
        refused(answer, 405, "http.405")
        assert set(answer.headers["Allow"].split(", ")) == allowed

    def test_an_unknown_address_is_404_without_a_login(self, clean):
        refused(wsgi.app.test_client().get("/api/v2/issues"), 404, "http.404")
        refused(wsgi.app.test_client().get("/"), 404, "http.404")

    def test_no_answer_is_sniffed(self, given):
        phone = given.commissioner()
        for answer in (phone.get("/me"), phone.get("/nowhere"), phone.post("/issues", {})):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestTheDatabaseAway:
    """The driver's errors, made by the server itself."""

    def test_what_may_pass_is_503_and_says_when_to_come_back(self, given):
        phone = given.commissioner()
        data = {"failCommands": ["find", "aggregate"], "closeConnection": True}
        with failpoint("alwaysOn", data):
            answer = phone.get("/me")
        refused(answer, 503, "database.away")
        assert answer.headers["Retry-After"] == "2"
        assert phone.get("/me").status_code == 200

    def test_what_will_not_is_our_bug(self, given):
        phone = given.commissioner()
        data = {"failCommands": ["find", "aggregate"], "errorCode": 8}
        with failpoint("alwaysOn", data):
            error = refused(phone.get("/me"), 500, "http.500")
        assert "failCommand" not in str(error)

    def test_a_commit_that_meets_a_short_outage_still_happens_once(self, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        data = {"failCommands": ["commitTransaction"], "closeConnection": True}
        with failpoint({"times": 1}, data):
            assert contact.post("/issues", body).status_code == 201
        assert contact.post("/issues", body).status_code == 200
        assert contact.see("/issues")["total"] == 1

    @pytest.mark.parametrize("command", ["insert", "commitTransaction"])
    def test_a_long_outage_does_not_hold_the_phone(self, command, given, monkeypatch):
        """The driver would go on trying for two minutes."""
        monkeypatch.setattr(db, "TRANSACTION_SECONDS", 0.5)
        contact, began = given.contact(given.enterprise()), time.monotonic()
        with failpoint("alwaysOn", {"failCommands": [command], "closeConnection": True}):
            answer = contact.post("/issues", issue_body())
        refused(answer, 503, "database.away")
        assert time.monotonic() - began < 10

    @pytest.mark.parametrize("error", [AutoReconnect("x"), NetworkTimeout("x")])
    def test_every_kind_of_away(self, error):
        with wsgi.app.test_request_context():
            assert database_error(error).status_code == 503
            assert database_error(OperationFailure("x", 11600)).status_code == 500


class TestAFullStore:
    def test_a_photo_is_503_and_nothing_is_left(self, given, monkeypatch, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
        if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a small disk")
        try:
            store = LocalStore(disk)
            monkeypatch.setitem(wsgi.app.extensions, "store", store)
            answer = given.commissioner().take_photo(PHOTOS[0].read_bytes())
            refused(answer, 503, "store.full")
            assert answer.headers["Retry-After"] == "60"
            assert [path for path in disk.rglob("*") if path.is_file()] == []
        finally:
            subprocess.run(["umount", str(disk)], check=True)


def test_two_uploads_at_once_do_not_mix(given):
    phones = [given.commissioner() for _ in range(4)]
    answers: dict[int, dict] = {}

    def send(n: int) -> None:
        data = PHOTOS[n % 2].read_bytes() + bytes([n])
        answers[n] = phones[n].take_photo(data, client_id=client_id()).json | {"bytes": len(data)}

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each["size"] == each["bytes"] for each in answers.values())
    assert len({each["sha256"] for each in answers.values()}) == 4
    assert not [path for path in files() if "/incoming/" in path]


def test_the_docs_page_asks_no_foreign_server(clean):
    client = wsgi.app.test_client()
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http://" not in page.get_data(as_text=True).replace("http://localhost", "")
    assert "https://" not in page.get_data(as_text=True)
    assert client.get("/api/docs-assets/swagger-ui-bundle.js").status_code == 200
    assert API in client.get("/api/openapi.json").get_data(as_text=True)
