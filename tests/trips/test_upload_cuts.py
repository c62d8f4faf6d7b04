"""Uploads over the real servers: cut mid-body, a phone that falls silent, a killed API, races, a crowd."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import socket
import struct
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from bson import ObjectId
from PIL import Image

from app.api.uploads import SILENCE_SECONDS
from deploy.throwaway import Servers
from tests.support.stack import SLACK_SECONDS, Stack, running, until

SIZE = 3_000_000
LARGE = 30 * 1024 * 1024
CROWD = 20
# What the threads of both workers may hold of bodies at once, and no more for larger ones: gunicorn
# reads up to 1 MiB ahead for each.
ALLOWED = 96 * 1024 * 1024


@pytest.fixture(scope="module")
def stack(servers: Servers) -> Iterator[Stack]:
    with running(servers.folder) as found:
        found.person("commissioner")
        yield found


@dataclass(slots=True)
class Phone:
    """A phone with one photo to send, that knows nothing but the id of its upload."""

    stack: Stack
    client: httpx.Client
    data: bytes
    upload: str = ""

    def begin(self) -> dict:
        said = {
            "client_id": str(uuid.uuid4()),
            "size": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "media_type": "image/jpeg",
        }
        answer = self.client.post("/uploads", json=said)
        assert answer.status_code == 201, answer.text
        self.upload = answer.json()["id"]
        return answer.json()

    def offset(self) -> int:
        return self.client.get(f"/uploads/{self.upload}").raise_for_status().json()["offset"]

    def put(self, offset: int, data: bytes) -> httpx.Response:
        return self.client.put(
            f"/uploads/{self.upload}",
            params={"offset": offset},
            content=data,
            headers={"Content-Type": "application/octet-stream"},
        )

    def finish(self) -> dict:
        """Go on from the true offset until it is done, as often as that takes."""
        at = self.offset()
        while True:
            try:
                answer = self.put(at, self.data[at:])
            except httpx.TransportError:  # cut off: what a phone does is ask again
                at = self.offset()
                continue
            if answer.status_code == 409:
                at = int(answer.json()["errors"]["offset"][0])
                continue
            return answer.raise_for_status().json()["photo"]

    def connect(self, offset: int) -> socket.socket:
        """A bare connection that has said it will send the rest, and nothing of it yet."""
        host, _, port = self.stack.url.removeprefix("http://").partition(":")
        head = (
            f"PUT /api/v1/uploads/{self.upload}?offset={offset} HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: {self.client.headers['Authorization']}\r\n"
            "Content-Type: application/octet-stream\r\n"
            f"Content-Length: {len(self.data) - offset}\r\n\r\n"
        )
        connection = socket.create_connection((host, int(port)), timeout=30)
        connection.sendall(head.encode())
        return connection


def picture(size: int) -> bytes:
    """A small JPEG, made large by what comes after its end, as some phones append there; each another."""
    small = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(small, "JPEG")
    return small.getvalue() + os.urandom(size - small.tell())


@pytest.fixture
def phone(stack: Stack) -> Iterator[Phone]:
    with stack.log_in("commissioner") as client:
        found = Phone(stack, client, picture(SIZE))
        found.begin()
        yield found


def stored(stack: Stack, photo: dict) -> bytes:
    row = stack.db.photos.find_one({"_id": ObjectId(photo["id"])})
    return (stack.var / "uploads" / row["key"]).read_bytes()


def parts(stack: Stack) -> list[Path]:
    return list((stack.var / "uploads" / "parts").iterdir())


def test_cut_mid_body_again_and_again_it_goes_on_at_the_very_byte(phone):
    """Closed properly, what was sent is there to the byte: the kernel hands it over before the end."""
    chance, at = random.Random(7), 0
    while at < SIZE:
        cut = min(SIZE, at + chance.choice([1, 2, 1023, 65_535, 65_536, 65_537, 700_001]))
        with phone.connect(at) as connection:
            connection.sendall(phone.data[at:cut])
        if cut < SIZE:
            until(lambda cut=cut: phone.offset() == cut, 10, pause=0.005)
        at = cut
    until(lambda: phone.offset() == SIZE, 10)
    assert stored(phone.stack, phone.finish()) == phone.data
    assert not [path for path in parts(phone.stack) if phone.upload in path.name]


def test_torn_off_it_keeps_only_what_was_sent(phone):
    """A reset connection may lose what nobody had read yet; what is kept is right."""
    chance = random.Random(8)
    for _ in range(8):
        at = phone.offset()
        connection = phone.connect(at)
        connection.sendall(phone.data[at : at + chance.randint(1, 400_000)])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        time.sleep(0.05)
    assert stored(phone.stack, phone.finish()) == phone.data


def test_chunked_bodies_cut_amid_a_chunk(phone):
    with phone.connect(0) as connection:
        connection.close()
    host, _, port = phone.stack.url.removeprefix("http://").partition(":")
    head = (
        f"PUT /api/v1/uploads/{phone.upload}?offset=0 HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: {phone.client.headers['Authorization']}\r\n"
        "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + b"20000\r\n" + phone.data[:0x20000] + b"\r\n")
        connection.sendall(b"20000\r\n" + phone.data[0x20000:0x30000])
    until(lambda: phone.offset() >= 0x20000, 10)
    assert phone.offset() <= 0x30000
    assert stored(phone.stack, phone.finish()) == phone.data


def test_one_that_falls_silent_is_in_nobodys_way(phone):
    silent = [phone.connect(0) for _ in range(2)]
    for connection in silent:
        connection.sendall(phone.data[:70_000])
    until(lambda: phone.offset() >= 65_536, 10)
    assert stored(phone.stack, phone.finish()) == phone.data
    # What wakes up later finds it done, or where it is; it spoils nothing.
    for connection in silent:
        connection.sendall(bytes(10_000))
        connection.close()
    assert phone.offset() == SIZE


def test_silence_ends_and_what_arrived_is_told(phone):
    """Else phones that lost their network would hold all threads, until TCP gives them up."""
    with phone.connect(0) as connection:
        connection.sendall(phone.data[:70_000])
        connection.settimeout(SILENCE_SECONDS + SLACK_SECONDS)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        told = json.load(answer)["offset"]
    assert 0 < told == phone.offset() <= 70_000
    assert stored(phone.stack, phone.finish()) == phone.data


def test_the_api_killed_mid_upload(phone):
    stack = phone.stack
    connection = phone.connect(0)
    connection.sendall(phone.data[: SIZE // 2])
    until(lambda: phone.offset() > 0, 10, pause=0.005)
    stack.kill("api")
    connection.close()
    until(stack.ready, 20 + SLACK_SECONDS)
    at = phone.offset()
    assert 0 < at <= SIZE // 2
    assert stored(stack, phone.finish()) == phone.data


def test_a_wrong_offset_is_heard_also_with_a_large_body(phone):
    phone.put(0, phone.data[:5])
    for _ in range(20):
        answer = phone.put(0, phone.data)
        assert (answer.status_code, answer.json()["errors"]) == (409, {"offset": ["5"]})


def test_two_phones_race_on_one_upload(phone):
    with ThreadPoolExecutor(4) as pool:
        photos = list(pool.map(lambda _: phone.finish(), range(4)))
    assert len({each["id"] for each in photos}) == 1
    assert phone.stack.db.photos.count_documents({"client_id": photos[0]["client_id"]}) == 1
    assert stored(phone.stack, photos[0]) == phone.data


def test_a_crowd_of_large_ones_takes_no_memory(stack):
    with stack.log_in("commissioner") as client, ThreadPoolExecutor(CROWD) as pool:
        small = [Phone(stack, client, picture(20_000)) for _ in range(CROWD)]
        send_all(pool, small)
        settled = memory(stack)
        large = [Phone(stack, client, picture(LARGE)) for _ in range(4)]
        crowd = [large[n % 4] for n in range(CROWD)]
        fresh = [Phone(stack, client, each.data) for each in crowd]
        peak, photos = send_all(pool, fresh)
    assert peak - settled < ALLOWED, f"{(peak - settled) >> 20} over {settled >> 20} MiB"
    assert len(photos) == CROWD
    assert {each["size"] for each in photos} == {LARGE}
    for photo, sender in zip(photos[:4], fresh[:4], strict=True):
        assert stored(stack, photo) == sender.data
    mine = {phone.upload for phone in [*small, *fresh]}
    assert not [path for path in parts(stack) if path.stem in mine]


def send_all(pool: ThreadPoolExecutor, phones: list[Phone]) -> tuple[int, list[dict]]:
    """All at once; the most memory that the API took meanwhile, and the photos."""

    def send(phone: Phone) -> dict:
        phone.begin()
        return phone.finish()

    sent = [pool.submit(send, phone) for phone in phones]
    peak = 0
    while not all(each.done() for each in sent):
        peak = max(peak, memory(phones[0].stack))
        time.sleep(0.01)
    return peak, [each.result() for each in sent]


def memory(stack: Stack) -> int:
    """Resident bytes of all API workers together."""
    workers = psutil.Process(stack.pid("api")).children()
    assert workers
    return sum(worker.memory_info().rss for worker in workers)
