"""Opening originals for decoding, HEIC too. For the decoding child only: it loads the HEIC library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pillow_heif
from PIL.ImageFile import ImageFile

from app.photos.sniff import HEAD_BYTES, HEIC, OPENERS, accepted, open_with

# The child has one core's worth of work at a time, and every thread wants room of its own.
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An opened original; its pixels are not loaded yet. HEIC comes upright, as its format wants it."""

    image: ImageFile
    stream: IO[bytes]
    media_type: str

    @property
    def comes_upright(self) -> bool:
        """Whether the decoder turns it itself, so that EXIF's orientation must not turn it again."""
        return self.media_type == HEIC


@contextmanager
def opened(path: Path) -> Iterator[Picture]:
    """The picture at `path`, headers read, until the block ends.

    Raises Invalid or UnsupportedMedia as `sniff.check_image` does, except that size is not judged.
    """
    with path.open("rb") as stream:
        kind = accepted(stream.read(HEAD_BYTES))
        opener = pillow_heif.HeifImageFile if kind == HEIC else OPENERS[kind]
        image = open_with(opener, stream)
        yield Picture(image, stream, kind)
