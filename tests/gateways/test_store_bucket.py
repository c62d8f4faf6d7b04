"""What only a bucket can do or suffer: links, and a service that is away, slow or not ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import obstore
import pytest

from app.foundation.errors import Missing, Unavailable
from app.gateways.store import LocalStore, open_store, store_of
from app.gateways.store.address import Address
from config import settings
from tests.gateways.test_store_kinds import keep, rendition
from tests.support.seaweed import ACCESS_KEY, SECRET_KEY

KEYS = (ACCESS_KEY, SECRET_KEY)


@contextmanager
def suspended(pid):
    """Connections are taken and nothing is answered."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_anybody_can_get_a_link_and_nobody_can_without(bucket):
    original = keep(bucket, b"an original", "image/heic")
    thumb = rendition()
    bucket.put(thumb, b"a thumb")
    for key, data, media_type in (
        (original, b"an original", "image/heic"),
        (thumb, b"a thumb", "image/jpeg"),
    ):
        link = bucket.url(key, 60)
        answer = httpx.get(link)
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["Content-Type"] == media_type
        assert httpx.get(link.partition("?")[0]).status_code == 403
        assert httpx.get(link.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).status_code == 403
        assert httpx.put(link, content=b"mine").status_code == 403


def test_a_link_expires(bucket):
    link = bucket.url(keep(bucket, b"for a moment"), 1)
    time.sleep(2.2)
    assert httpx.get(link).status_code == 403


def test_a_link_is_made_for_the_host_that_phones_know(weed, tmp_path):
    known = weed.address.replace("127.0.0.1", "localhost")
    store = open_store(weed.url(public=f"http://{known}"), spool=tmp_path, keys=KEYS)
    link = store.url(keep(store, b"elsewhere"), 60)
    assert link.startswith(f"http://{known}/photos/originals/")
    assert httpx.get(link).content == b"elsewhere"


def test_no_links_where_phones_cannot_reach_the_service(weed, tmp_path):
    store = open_store(weed.url(links="0"), spool=tmp_path, keys=KEYS)
    assert store.url(keep(store, b"through us"), 60) is None


def test_a_folder_has_no_links(tmp_path):
    store = LocalStore(tmp_path)
    assert store.url(keep(store, b"through us"), 60) is None


def test_an_original_that_is_there_is_not_sent_again(bucket, monkeypatch):
    key = keep(bucket, b"sent once")
    monkeypatch.setattr(obstore, "put", None)
    assert keep(bucket, b"sent once") == key


def test_an_object_of_another_size_is_sent_again(bucket, weed):
    key = keep(bucket, b"whole")
    obstore.put(bucket._clients.transfer, key, b"who")
    assert keep(bucket, b"whole") == key
    assert bucket.read(key) == b"whole"


def test_a_store_that_loses_what_it_took_is_not_believed(bucket, monkeypatch):
    monkeypatch.setattr(obstore, "put", lambda *_, **__: None)
    with pytest.raises(Unavailable) as caught:
        keep(bucket, os.urandom(20))
    assert caught.value.code == "store.away"


def test_a_server_that_is_down(bucket, tmp_path, killed):
    key = rendition()
    uses = {
        "keep": lambda: keep(bucket, b"some"),
        "put": lambda: bucket.put(key, b"some"),
        "read": lambda: bucket.read(key),
        "local": lambda: bucket.local(key).__enter__(),
        "exists": lambda: bucket.exists(key),
        "size": lambda: bucket.size(key),
        "check": bucket.check,
    }
    for name, use in uses.items():
        begun = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            use()
        assert time.monotonic() - begun < 5, name
        assert caught.value.code == "store.away", name
        assert caught.value.retry_after > 0
        assert not isinstance(caught.value, Missing), name
    assert bucket.url(key, 60), "signing asks nobody"
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_was_kept_outlives_the_server(bucket, weed):
    data = os.urandom(100_000)
    key = keep(bucket, data)
    weed.kill()
    weed.start()
    assert bucket.read(key) == data


def test_a_server_that_does_not_answer(weed, tmp_path):
    store = open_store(weed.url(timeout="1"), spool=tmp_path, keys=KEYS)
    with suspended(weed.pid):
        for use in (store.check, lambda: keep(store, b"some"), lambda: store.put("a/b", b"some")):
            begun = time.monotonic()
            with pytest.raises(Unavailable):
                use()
            assert time.monotonic() - begun < 12
    store.check()


@pytest.mark.parametrize("wrong", [("steward-tests", "wrong"), ("nobody", SECRET_KEY)])
def test_keys_that_the_service_refuses(weed, tmp_path, wrong):
    store = open_store(weed.url(), spool=tmp_path, keys=wrong)
    for use in (store.check, lambda: store.read("a/b"), lambda: keep(store, b"some")):
        with pytest.raises(Unavailable):
            use()


def test_a_bucket_that_does_not_exist_is_not_healthy(weed, tmp_path):
    store = open_store(weed.url("elsewhere"), spool=tmp_path, keys=KEYS)
    with pytest.raises(Unavailable):
        store.check()


def test_aws_variables_of_the_machine_change_nothing(weed, tmp_path):
    """In a process of its own, so that no client made before is used."""
    script = (
        "import sys; from pathlib import Path; from app.gateways.store import open_store\n"
        "store = open_store(sys.argv[1], spool=Path(sys.argv[2]))\n"
        "store.put('a/b', b'x'); assert store.read('a/b') == b'x'; print(store.url('a/b', 60))"
    )
    url = weed.url().replace("s3://", f"s3://{ACCESS_KEY}:{quote(SECRET_KEY, safe='')}@")
    others = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "another",
        "AWS_SECRET_ACCESS_KEY": "another",
        "AWS_SESSION_TOKEN": "another",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
        "AWS_REGION": "another",
    }
    done = subprocess.run(
        [sys.executable, "-c", script, url, str(tmp_path)],
        env=os.environ | others,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert httpx.get(done.stdout.strip()).content == b"x"


def test_a_child_of_a_process_that_used_it_is_told_rather_than_left_waiting(bucket):
    bucket.check()
    child = os.fork()
    if child == 0:
        try:
            bucket.read(rendition())
        except RuntimeError:
            os._exit(7)
        os._exit(0)
    deadline = time.monotonic() + 20
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < deadline:
        time.sleep(0.05)
    if not ended[0]:
        os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(ended[1]) == 7


def test_a_secret_is_never_told(weed, tmp_path, capfd):
    store = open_store(weed.url(timeout="1"), spool=tmp_path, keys=(ACCESS_KEY, "s3cr3t-s3cr3t"))
    with pytest.raises(Unavailable) as caught:
        store.check()
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(store))
    captured = capfd.readouterr()
    assert "s3cr3t" not in told + captured.out + captured.err


@pytest.mark.parametrize(
    "url",
    [
        "s3://KEY:hush@host",
        "s3://KEY:hush@host/",
        "s3://KEY:hush@host/a/b",
        "s3://KEY:hush@host/Bucket",
        "s3://KEY:hush@/photos",
        "s3://KEY:hu/hush@host/photos",
        "s3://KEY:hush@host:port/photos",
        "s3://KEY:hush@host:99999/photos",
        "s3://KEY:hush@[::1/photos",
        "s3://KEY:@host/photos",
        "s3://:hush@host/photos",
        "s3://KEY:hush@host/photos?tls=maybe",
        "s3://KEY:hush@host/photos?timeout=0",
        "s3://KEY:hush@host/photos?timeout=nan",
        "s3://KEY:hush@host/photos?publik=x",
        "s3://KEY:hush@host/photos?public=photos.example.com",
        "s3://KEY:hush@host/photos?public=https://photos.example.com/path",
        "ftp://KEY:hush@host/photos",
        "photos",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_quoting_it(tmp_path, url):
    with pytest.raises(ValueError, match="STORE_URL") as caught:
        open_store(url, spool=tmp_path)
    assert "hu" not in "".join(traceback.format_exception_only(caught.value))


def test_an_address_of_cos():
    url = "s3://host.example.com/photos-1250000000?region=ap-nanjing&path_style=0"
    found = Address.parse(url, ("id", "secret"))
    assert found.endpoint == found.public == "https://photos-1250000000.host.example.com"
    assert (found.region, found.timeout) == ("ap-nanjing", 20)
    assert "secret" not in repr(found)
    other = Address.parse(f"{url}&public=https://photos.example.com", ("id", "secret"))
    assert other.public == "https://photos-1250000000.photos.example.com"


def test_keys_in_the_url_come_before_those_beside_it():
    found = Address.parse("s3://a%2Fb:c%40d@[::1]:9000/photos?tls=0", ("id", "secret"))
    assert (found.access_key, found.secret_key) == ("a/b", "c@d")
    assert found.endpoint == "http://[::1]:9000"


def test_the_settings_name_a_bucket(weed, monkeypatch):
    monkeypatch.setenv("STORE_URL", weed.url())
    monkeypatch.setenv("S3_ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("S3_SECRET_KEY", SECRET_KEY)
    current = settings.load()
    store = store_of(current)
    with store.incoming(10) as received:
        assert received.path.parent == current.var / "incoming"
    store.check()
    assert SECRET_KEY not in repr(current)
