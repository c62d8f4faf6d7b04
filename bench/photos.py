"""Working on photos: what a worker does against the bare decode and encodes, its memory, and the wait.

The pipeline is what a worker does with an original on the disk, through its decoding child and back: hash,
EXIF, both renditions, the fingerprint by which copies are found. The floor is bare Pillow in this process:
one draft decode and the same two encodes. They take turns, photo by photo; the ratio is the median of each
turn's own. Looking copies up and the database are not in it: `bench/likeness.py` measures the first, the
wait from upload to ready holds both.

Memory is the high-water mark of the worker process that did the photo and of its child, added up.
"""

from __future__ import annotations

import http.client
import io
import json
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import psutil
from PIL import Image
from PIL.Image import Resampling

from app.photos import processing
from app.photos.decoder import Decoder
from app.photos.documents import Photo
from app.photos.renditions import QUALITY, THUMB_SIDE, VIEW_SIDE
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from bench.rig.house import House
from deploy.sample_photos import make_photo
from deploy.sample_scene import scene

MEGAPIXELS_12, MEGAPIXELS_48 = (4000, 3000), (8064, 6048)
SCENES, POLL_SECONDS = 3, 0.02
COST_AIM, MEMORY_AIM_MB, WAIT_AIM_S = 1.35, 220, 2
_BEGUN = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
_PATIENCE_SECONDS = 60


def run(rounds: int = 30, pace: float = 2, seconds: float = 30) -> list[Figure]:
    """Measure all; `pace` is photos a second."""
    count = round(pace * seconds)
    pictures = _photos(MEGAPIXELS_12, count + 1)
    with rig.house() as house:
        return [
            *cost(house.folder, pictures, rounds),
            *served(house, pictures, pace),
        ]


def cost(folder: Path, pictures: Sequence[bytes], rounds: int) -> list[Figure]:
    """Milliseconds a photo by the wall, and how many floors that is."""
    paths = []
    for number, data in enumerate(pictures[: 2 * SCENES]):
        paths.append(folder / f"{number}.jpg")
        paths[-1].write_bytes(data)
    decoder = Decoder()
    for path in paths:  # the child is started and the files are in memory before it counts
        _pipeline(decoder, path)
        _floor(path)
    spent: list[float] = []
    floors: list[float] = []
    for number in range(rounds):
        path = paths[number % len(paths)]
        turns = [(spent, lambda p=path: _pipeline(decoder, p)), (floors, lambda p=path: _floor(p))]
        for kept, work in turns if number % 2 else reversed(turns):
            begun = time.perf_counter()
            work()
            kept.append((time.perf_counter() - begun) * 1000)
    decoder.close()
    ratio = median(a / b for a, b in zip(spent, floors, strict=True))
    return [
        Figure("one photo of 12 megapixels", median(spent), "ms", median(floors), ratio),
        at_most("the same : bare decode and encodes", ratio, "x", COST_AIM),
    ]


def served(house: House, pictures: Sequence[bytes], pace: float) -> list[Figure]:
    """From the first byte of the upload to `ready`, at a steady pace; then the memory of a large one."""
    port = house.serve("wsgi:app")
    house.work()
    [token] = rig.commissioners(port, 1)
    [large] = _photos(MEGAPIXELS_48, 1)
    with _Watch() as watch:
        watch.wait_for([_upload(port, token, pictures[0], time.time())])
        sent = _at_pace(port, token, pictures[1:], pace)
        seen = watch.wait_for(sent)
        waits = [seen[each.id] - each.begun for each in sent]
        watch.wait_for([_upload(port, token, large, time.time())])
    peak = _worker_peak_mb()
    name = f"upload to ready at {pace:g}/s"
    return [
        Figure(f"{name}, median", median(waits), "s"),
        at_most(f"{name}, p95", quantiles(waits, n=20)[-1], "s", WAIT_AIM_S),
        Figure(f"{name}, longest", max(waits), "s"),
        at_most("worker and child at 48 megapixels, peak", peak, "MB", MEMORY_AIM_MB),
    ]


def _pipeline(decoder: Decoder, path: Path) -> None:
    made = decoder.process(path)
    processing.fingerprint_of(made)


def _floor(path: Path) -> None:
    with Image.open(path) as image:
        image.draft("RGB", (VIEW_SIDE, VIEW_SIDE))
        for side in (VIEW_SIDE, THUMB_SIDE):
            image.thumbnail((side, side), Resampling.BICUBIC)
            image.save(io.BytesIO(), "JPEG", quality=QUALITY)


def _photos(size: tuple[int, int], count: int) -> list[bytes]:
    """As many photos as a phone takes them, no two alike: other scenes, other crops, other times."""
    print(f"making {count} photos of {size[0]} x {size[1]}", file=sys.stderr, flush=True)
    drawn = [scene(size, number) for number in range(min(SCENES, count))]
    made = []
    for number in range(count):
        picture = drawn[number % len(drawn)].copy()
        picture.paste(Image.effect_noise((600, 450), 60), (37 * number, 29 * number))
        at = _BEGUN + timedelta(minutes=number)
        made.append(make_photo(taken_at=at, drawn=picture, quality=88))
    return made


@dataclass(frozen=True, slots=True)
class _Sent:
    """`begun` is when the upload began (Unix)."""

    id: str
    begun: float


@dataclass(slots=True)
class _Uploads:
    sent: list[_Sent] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _at_pace(port: int, token: str, pictures: Sequence[bytes], pace: float) -> list[_Sent]:
    uploads, threads, start = _Uploads(), [], time.time()

    def one(data: bytes, begin: float) -> None:
        found = _upload(port, token, data, begin)
        with uploads.lock:
            uploads.sent.append(found)

    for number, data in enumerate(pictures):
        begin = start + number / pace
        time.sleep(max(0.0, begin - time.time()))
        threads.append(threading.Thread(target=one, args=(data, begin)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return uploads.sent


def _upload(port: int, token: str, data: bytes, begun: float) -> _Sent:
    boundary = uuid.uuid4().hex
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n{uuid.uuid4()}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + data
    body += f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("POST", "/api/v1/photos", body, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 201:
        raise RuntimeError(f"/photos: {answer.status} {content.decode(errors='replace')}")
    return _Sent(json.loads(content)["id"], begun)


class _Watch:
    """Notes when each photo is first seen to be ready, to within POLL_SECONDS."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._leaving.wait(POLL_SECONDS):
            for row in Photo.rows().find({"state": "ready"}, {"_id": 1}):
                self._seen.setdefault(str(row["_id"]), time.time())

    def wait_for(self, sent: Sequence[_Sent]) -> Mapping[str, float]:
        """When each was seen (Unix). Raises AssertionError when one never is."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while missing := {each.id for each in sent} - self._seen.keys():
            assert time.monotonic() < deadline, f"{len(missing)} photos never became ready"
            time.sleep(POLL_SECONDS)
        return self._seen


def _worker_peak_mb() -> float:
    """The largest sum of a worker process and its decoding child, each at its highest."""
    peaks = [0.0]
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if "app.photos.decode" in process.cmdline() and _ours(process):
                peaks.append(_high_water_mb(process.pid) + _high_water_mb(process.ppid()))
    return max(peaks)


def _ours(process: psutil.Process) -> bool:
    return psutil.Process() in process.parents()


def _high_water_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    line = next(each for each in status.splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
