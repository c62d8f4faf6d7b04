"""Photos stream to the disk: many large ones take no memory, half a one leaves nothing."""

from __future__ import annotations

import io
import os
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
from PIL import Image

from deploy.throwaway import Servers
from tests.support.stack import Stack, running, until

UPLOADS = 20
SIZE = 9_900_000
SMALL = 20_000
# Over what as many small photos at once have taken: buffers of the 16 threads, 27 to 46 MiB as
# measured, no more for a second burst. One photo held whole is 9.4 MiB, sixteen of them are 151.
ALLOWED = 64 * 1024 * 1024


def test_twenty_large_uploads_at_once_and_one_that_is_cut(servers: Servers):
    with running(servers.folder) as stack:
        stack.person("commissioner")
        with stack.log_in("commissioner") as phone:
            burst(stack, phone, SMALL)
            settled = memory(stack)
            peak = burst(stack, phone, SIZE)
            token = phone.headers["Authorization"]
        assert peak - settled < ALLOWED, f"{(peak - settled) >> 20} over {settled >> 20} MiB"
        until(lambda: not incoming(stack), 10)
        cut_upload(stack, token)


def burst(stack: Stack, phone: httpx.Client, size: int) -> int:
    """Upload photos all at once; the most memory that the API took meanwhile."""
    peak = 0
    with ThreadPoolExecutor(UPLOADS) as phones:
        sent = [phones.submit(upload, phone, size) for _ in range(UPLOADS)]
        while not all(each.done() for each in sent):
            peak = max(peak, memory(stack))
            time.sleep(0.005)
    assert [each.result().status_code for each in sent] == [201] * UPLOADS
    return peak


def cut_upload(stack: Stack, token: str) -> None:
    """A phone that loses its network amid a photo."""
    host, _, port = stack.url.removeprefix("http://").partition(":")
    head = (
        f"POST /api/v1/photos HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {SIZE}\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + picture(SIZE)[: SIZE // 2])
        until(lambda: bool(incoming(stack)), 10, pause=0.01)
    until(lambda: not incoming(stack), 10)


def upload(phone: httpx.Client, size: int) -> httpx.Response:
    return phone.post(
        "/photos",
        data={"client_id": str(uuid.uuid4())},
        files={"file": ("IMG_0001.jpg", picture(size), "image/jpeg")},
    )


def picture(size: int) -> bytes:
    """A small JPEG, made large by what comes after its end, as some phones append there; each another."""
    small = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(small, "JPEG")
    return small.getvalue() + os.urandom(size - small.tell())


def incoming(stack: Stack) -> list[Path]:
    return list((stack.var / "uploads" / "incoming").iterdir())


def memory(stack: Stack) -> int:
    """Resident bytes of all API workers together."""
    workers = psutil.Process(stack.pid("api")).children()
    assert workers
    return sum(worker.memory_info().rss for worker in workers)
