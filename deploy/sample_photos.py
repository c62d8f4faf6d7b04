"""Photos as a phone takes them, self-made: for the story, the demo, tests and benches.

`python -m deploy.sample_photos [folder]` writes the three that the project ships.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Transpose
from PIL.TiffImagePlugin import IFDRational

from deploy.sample_scene import scene

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "photos"
DISTRICT_TIME = timezone(timedelta(hours=8))
MAKE, MODEL, SOFTWARE = "Steward", "Sample Phone 1", "deploy.sample_photos (synthetic)"
ACCURACY_M, ALTITUDE_M = 6.5, 7.2

# How a camera held so that EXIF says n has turned the pixels: the inverse of making them upright.
_STORED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One shipped photo; sizes in pixels, upright; position in degrees WGS-84, if it has one."""

    name: str
    width: int
    height: int
    place: tuple[float, float] | None
    taken_at: datetime
    orientation: int
    seed: int


SAMPLES = (
    Sample(
        "frame.jpg",
        1600,
        1200,
        (32.51234, 120.15432),
        datetime(2026, 3, 4, 9, 41, 7, 350_000, DISTRICT_TIME),
        1,
        0,
    ),
    Sample(
        "flooded-way-turned.jpg",
        1200,
        1600,
        (32.50881, 120.14967),
        datetime(2026, 3, 4, 10, 2, 33, 120_000, DISTRICT_TIME),
        6,
        1,
    ),
    Sample(
        "blocked-gate-no-position.jpg",
        1600,
        1200,
        None,
        datetime(2026, 3, 4, 10, 17, 50, 0, DISTRICT_TIME),
        1,
        2,
    ),
)


def make_photo(
    width: int = 1600,
    height: int = 1200,
    latitude: float | None = 32.51,
    longitude: float | None = 120.15,
    taken_at: datetime | None = None,
    orientation: int = 1,
    seed: int = 0,
    *,
    quality: int = 84,
    drawn: Image.Image | None = None,
) -> bytes:
    """A JPEG of a construction site with a phone's EXIF; the same arguments give the same bytes.

    `width` and `height` are those seen upright; the pixels are stored as `orientation` says.
    Degrees are WGS-84; without both there is no GPS directory. `taken_at` is aware and written with
    its own offset, 2026-03-04 10:00 +08:00 by default. `seed % 3` picks the scene. 12 megapixels
    take about a second, and with `quality=93` the 3 to 4 MB of a phone's photo. `drawn` is a picture
    to take instead of drawing one of `width` and `height`.
    """
    moment = taken_at or datetime(2026, 3, 4, 10, 0, 0, 0, DISTRICT_TIME)
    image = drawn or scene((width, height), seed)
    if orientation in _STORED:
        image = image.transpose(_STORED[orientation])
    exif = _camera_exif(image.size, moment, orientation)
    if latitude is not None and longitude is not None:
        exif.get_ifd(IFD.GPSInfo).update(_gps(latitude, longitude, moment, seed))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _camera_exif(size: tuple[int, int], moment: datetime, orientation: int) -> Image.Exif:
    clock = moment.strftime("%Y:%m:%d %H:%M:%S")
    offset = moment.strftime("%z")
    offset = f"{offset[:3]}:{offset[3:5]}"
    subsecond = f"{moment.microsecond // 1000:03d}"
    exif = Image.Exif()
    exif[Base.Make] = MAKE
    exif[Base.Model] = MODEL
    exif[Base.Software] = SOFTWARE
    exif[Base.Orientation] = orientation
    exif[Base.DateTime] = clock
    exif[Base.XResolution] = exif[Base.YResolution] = IFDRational(72)
    exif[Base.ResolutionUnit] = 2
    exif.get_ifd(IFD.Exif).update(
        {
            Base.ExifVersion: b"0232",
            Base.DateTimeOriginal: clock,
            Base.DateTimeDigitized: clock,
            Base.OffsetTime: offset,
            Base.OffsetTimeOriginal: offset,
            Base.OffsetTimeDigitized: offset,
            Base.SubsecTimeOriginal: subsecond,
            Base.SubsecTimeDigitized: subsecond,
            Base.ExposureTime: IFDRational(1, 640),
            Base.FNumber: IFDRational(18, 10),
            Base.ISOSpeedRatings: 200,
            Base.FocalLength: IFDRational(547, 100),
            Base.FocalLengthIn35mmFilm: 26,
            Base.ExifImageWidth: size[0],
            Base.ExifImageHeight: size[1],
            Base.Flash: 16,
            Base.WhiteBalance: 0,
            Base.LensModel: f"{MODEL} back camera 5.47mm f/1.8",
        }
    )
    return exif


def _gps(latitude: float, longitude: float, moment: datetime, seed: int) -> dict[int, Any]:
    fix = moment.astimezone(UTC) - timedelta(seconds=2)
    return {
        GPS.GPSVersionID: b"\x02\x03\x00\x00",
        GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        GPS.GPSLatitude: _degrees(latitude),
        GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        GPS.GPSLongitude: _degrees(longitude),
        GPS.GPSAltitudeRef: b"\x00",
        GPS.GPSAltitude: _rational(ALTITUDE_M),
        GPS.GPSTimeStamp: (
            IFDRational(fix.hour),
            IFDRational(fix.minute),
            IFDRational(fix.second),
        ),
        GPS.GPSDateStamp: fix.strftime("%Y:%m:%d"),
        GPS.GPSImgDirectionRef: "T",
        GPS.GPSImgDirection: _rational(seed * 37 % 360 + 0.5),
        GPS.GPSMapDatum: "WGS-84",
        GPS.GPSHPositioningError: _rational(ACCURACY_M),
    }


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds to a ten-thousandth of a second, 3 mm on the ground."""
    units = round(abs(value) * 3600 * 10_000)
    minutes, rest = divmod(units, 600_000)
    degrees, minutes = divmod(minutes, 60)
    return IFDRational(degrees), IFDRational(minutes), IFDRational(rest, 10_000)


def _rational(value: float) -> IFDRational:
    exact = Fraction(value).limit_denominator(1000)
    return IFDRational(exact.numerator, exact.denominator)


def main(arguments: list[str]) -> None:
    """Write the shipped photos into the folder named first, by default where they are kept."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        latitude, longitude = sample.place or (None, None)
        data = make_photo(
            sample.width,
            sample.height,
            latitude,
            longitude,
            sample.taken_at,
            sample.orientation,
            sample.seed,
        )
        (folder / sample.name).write_bytes(data)
        print(f"{folder / sample.name}  {len(data) // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
