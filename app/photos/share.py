"""The picture that may be shown around: an original with what is known of it burned in below.

The caption stands under the picture and hides nothing of it. The same original and caption give the same
bytes. Its QR code leads to where anybody can check the short code.
"""

from __future__ import annotations

from functools import lru_cache

import segno
from PIL import Image, ImageDraw, ImageFont

from app.foundation.fonts import font_file
from app.photos.caption import Caption
from app.photos.pictures import Picture
from app.photos.renditions import jpeg, upright

LEAST_WIDTH = 720
MOST_LINES = 6
PAPER, INK, FAINT = "#14202b", "#ffffff", "#9fb3c4"


def burn(picture: Picture, orientation: int, caption: Caption) -> bytes:
    """The picture, upright, with its caption; a JPEG without metadata.

    Raises Invalid("photo.undecodable") for truncated or broken pixels.
    """
    seen = upright(picture, orientation).image
    width = max(seen.width, LEAST_WIDTH)
    bar = _bar(width, caption)
    sheet = Image.new("RGB", (width, seen.height + bar.height), PAPER)
    sheet.paste(seen, ((width - seen.width) // 2, 0))
    sheet.paste(bar, (0, seen.height))
    return jpeg(sheet)


def _bar(width: int, caption: Caption) -> Image.Image:
    size = max(18, width // 44)
    gap, pad = round(size * 1.55), size
    lines = caption.lines[:MOST_LINES]
    code = _qr(caption.url, least=gap * len(lines) - size)
    height = max(gap * len(lines) + 2 * pad - (gap - size), code.height + round(1.9 * size) + pad)
    bar = Image.new("RGB", (width, height), PAPER)
    pen, font = ImageDraw.Draw(bar), _font(size)
    labels = max((font.getlength(label) for label, _ in lines), default=0.0)
    left, room = pad + labels + size, width - code.width - 3 * pad
    for number, (label, text) in enumerate(lines):
        y = pad + number * gap
        pen.text((pad, y), label, FAINT, font)
        pen.text((left, y), _fitted(text, room - left, font), INK, font)
    bar.paste(code, (width - pad - code.width, pad))
    small = _font(max(13, round(size * 0.72)))
    centre = width - pad - code.width / 2
    pen.text((centre, pad + code.height + size / 3), caption.code, INK, small, anchor="ma")
    return bar


def _qr(url: str, least: int) -> Image.Image:
    """Black on white with its quiet zone, at least `least` pixels wide and with whole pixels a module."""
    rows = [list(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=3)]
    side = len(rows)
    scale = max(4, -(-least // side))
    plain = Image.new("L", (side, side), 255)
    plain.putdata([0 if dark else 255 for row in rows for dark in row])
    return plain.resize((side * scale, side * scale), Image.Resampling.NEAREST).convert("RGB")


def _fitted(text: str, room: float, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Basic layout: what it makes does not depend on a library of the machine."""
    return ImageFont.truetype(str(font_file()), size, layout_engine=ImageFont.Layout.BASIC)
