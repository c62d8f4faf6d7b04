"""Typed settings, read once from the environment.

Every setting has a default that suits `make run`; production sets what differs. Paths may be relative
to the project's root. Names are the environment's names in lower case.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32


class SettingsError(ValueError):
    """The environment cannot be used; the message names the variable and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told. Durations are seconds, sizes bytes."""

    mongodb_uri: str
    redis_url: str
    store_url: str = field(repr=False)
    s3_access_key: str = field(repr=False)
    s3_secret_key: str = field(repr=False)
    var: Path
    district_dir: Path
    public_url: str
    secret_key: str
    evidence_seed: bytes = field(repr=False)
    evidence_retired_keys: tuple[bytes, ...]
    evidence_check_days: int
    access_token_seconds: int
    refresh_token_seconds: int
    photo_max_bytes: int
    body_max_bytes: int
    rendition_link_seconds: int
    lease_seconds: int
    sweep_seconds: int
    login_attempts: str
    wechat_base_url: str
    wechat_app_id: str
    wechat_app_secret: str
    wechat_timeout_seconds: float
    sms_url: str
    sms_key: str = field(repr=False)
    sms_timeout_seconds: float
    log_format: str
    log_level: str


def load(env: Env | None = None) -> Settings:
    """Read the environment.

    Raises SettingsError when a value has the wrong type or a bound is broken: a lease over a minute would
    break the promise that killed work is taken up again within one lease and two sweeps.
    """
    env = env or Env()
    var = ROOT / Path(env.str("VAR", "var"))
    settings = Settings(
        mongodb_uri=env.str("MONGODB_URI", "mongodb://127.0.0.1:27017/steward?replicaSet=steward"),
        redis_url=env.str("REDIS_URL", "redis://127.0.0.1:6379/0"),
        store_url=env.str("STORE_URL", "") or _default_store(env, var).as_uri(),
        s3_access_key=env.str("S3_ACCESS_KEY", ""),
        s3_secret_key=env.str("S3_SECRET_KEY", ""),
        var=var,
        public_url=env.str("PUBLIC_URL", "") or f"http://127.0.0.1:{env.str('PORT', '') or 8000}",
        district_dir=ROOT / Path(env.str("DISTRICT_DIR", "config/district")),
        secret_key=env.str("SECRET_KEY", "") or _kept_secret(var / "secret-key"),
        evidence_seed=_evidence_seed(env.str("EVIDENCE_KEY", ""), var),
        evidence_retired_keys=tuple(
            _key_bytes("EVIDENCE_RETIRED_KEYS", text)
            for text in env.list("EVIDENCE_RETIRED_KEYS", [], subcast=str)
        ),
        evidence_check_days=env.int("EVIDENCE_CHECK_DAYS", 30),
        access_token_seconds=env.int("ACCESS_TOKEN_SECONDS", 900),
        refresh_token_seconds=env.int("REFRESH_TOKEN_SECONDS", 30 * 86400),
        photo_max_bytes=env.int("PHOTO_MAX_BYTES", 10 * 1024 * 1024),
        body_max_bytes=env.int("BODY_MAX_BYTES", 1024 * 1024),
        rendition_link_seconds=env.int("RENDITION_LINK_SECONDS", 600),
        lease_seconds=env.int("LEASE_SECONDS", 60),
        sweep_seconds=env.int("SWEEP_SECONDS", 15),
        login_attempts=env.str("LOGIN_ATTEMPTS", "10/minute"),
        wechat_base_url=env.str("WECHAT_BASE_URL", "https://api.weixin.qq.com"),
        wechat_app_id=env.str("WECHAT_APP_ID", ""),
        wechat_app_secret=env.str("WECHAT_APP_SECRET", ""),
        wechat_timeout_seconds=env.float("WECHAT_TIMEOUT_SECONDS", 4.0),
        sms_url=env.str("SMS_URL", ""),
        sms_key=env.str("SMS_KEY", ""),
        sms_timeout_seconds=env.float("SMS_TIMEOUT_SECONDS", 4.0),
        log_format=env.str("LOG_FORMAT", "json"),
        log_level=env.str("LOG_LEVEL", "INFO"),
    )
    if not 1 <= settings.lease_seconds <= 60:
        raise SettingsError("LEASE_SECONDS must lie between 1 and 60")
    if not 1 <= settings.sweep_seconds <= 15:
        raise SettingsError("SWEEP_SECONDS must lie between 1 and 15")
    if not 1 <= settings.evidence_check_days <= 30:
        raise SettingsError("EVIDENCE_CHECK_DAYS must lie between 1 and 30")
    return settings


def _default_store(env: Env, var: Path) -> Path:
    """`$VAR/uploads` when VAR is set, so that two runs never share originals; else `uploads/`."""
    return var / "uploads" if env.str("VAR", "") else ROOT / "uploads"


def _evidence_seed(given: str, var: Path) -> bytes:
    """The 32 bytes that the server signs evidence with: EVIDENCE_KEY in base64, else a kept file's."""
    return _key_bytes("EVIDENCE_KEY", given or _kept_secret(var / "evidence-key", _new_seed))


def _key_bytes(name: str, text: str) -> bytes:
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise SettingsError(f"{name}: each key must be base64 of {KEY_BYTES} bytes")
    return found


def _new_seed() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def _kept_secret(path: Path, make: Callable[[], str] = _new_secret) -> str:
    """A random key, made once and kept readable by its owner only, so what it signed outlives a restart."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(make(), encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii")
