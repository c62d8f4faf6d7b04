"""A real S3-compatible server: SeaweedFS from its wheel, on loopback, gone afterwards."""

from __future__ import annotations

import json
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from deploy import ports
from deploy.processes import leashed

ACCESS_KEY, SECRET_KEY = "steward-tests", "only+for/tests="
BUCKET = "photos"
_START_SECONDS = 60.0
_PARTS = ("master", "volume", "filer", "s3")


class SeaweedError(AssertionError):
    """It did not come up; the message holds what it said last."""


class Seaweed:
    """`weed server -s3`. Killed and started again it has the same address and the same objects."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports: list[int] = []
        for _ in range(2 * len(_PARTS)):
            self._ports.append(ports.pick(self._ports))
        self._process: subprocess.Popen[bytes] | None = None
        self._client = Bucket(
            BUCKET,
            endpoint=f"http://{self.address}",
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY,
            client_options={"allow_http": True, "timeout": timedelta(seconds=10)},
            retry_config={"max_retries": 0},
        )
        (folder / "s3.json").write_text(json.dumps(_identities()), encoding="ascii")

    @property
    def address(self) -> str:
        """Host and port of the S3 API; plain HTTP."""
        return f"127.0.0.1:{self._ports[2 * _PARTS.index('s3')]}"

    @property
    def pid(self) -> int:
        """The running server's."""
        assert self._process is not None
        return self._process.pid

    def url(self, bucket: str = BUCKET, **options: str) -> str:
        """A STORE_URL without credentials."""
        query = "&".join(f"{name}={value}" for name, value in ({"tls": "0"} | options).items())
        return f"s3://{self.address}/{bucket}?{query}"

    def start(self) -> None:
        """Start it and wait until it takes objects."""
        with (self._folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                leashed(self._command(), "KILL"),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._takes_objects():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self._folder / "weed.log").read_text("utf-8", "replace")
                self.kill()
                raise SeaweedError(f"weed did not start: {said[-3000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for port in self._ports:  # it has its own idea of where these belong
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)

    def _command(self) -> list[str]:
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        command = [str(weed), "-logtostderr", "server", "-s3", "-filer", f"-dir={self._folder}"]
        for number, part in enumerate(_PARTS):
            http, grpc = self._ports[2 * number : 2 * number + 2]
            command += [f"-{part}.port={http}", f"-{part}.port.grpc={grpc}"]
        for part in ("filer", "s3"):
            command.append(f"-{part}.localSocket={self._folder / part}.sock")
        return [
            *command,
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-s3.config={self._folder / 's3.json'}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.resumeState=false",  # a restart would wait for an election
            "-master.volumeSizeLimitMB=64",
            "-volume.max=16",
            "-volume.preStopSeconds=0",
        ]

    def _takes_objects(self) -> bool:
        """Whether all of its parts are up. The first object makes the bucket."""
        try:
            obstore.put(self._client, "ready", b"ready?")
        except BaseError:
            return False
        return True


@contextmanager
def seaweed() -> Iterator[Seaweed]:
    """A running server with an empty bucket, for this block only; the kernel ends it with this process.

    Its folder goes with the block. Takes some seconds to start.
    """
    with tempfile.TemporaryDirectory(prefix="steward-seaweed-") as folder:
        server = Seaweed(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _identities() -> dict[str, object]:
    keys = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    return {"identities": [{"name": "tests", "credentials": keys, "actions": ["Admin"]}]}
