"""A photo with a face and a plate.

The face is a real one: the portrait of Grace Hopper that matplotlib ships (US Navy, public domain). The
plate is drawn, since no package that is installed ships a free photo of one.
"""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from app.foundation.fonts import font_file
from app.photos.boxes import FACE, PLATE, Box
from tests.support.duties import run_due

HOPPER = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
FACE_AT = Box(left=95, top=65, width=105, height=125, kind=FACE)
PLATE_AT = Box(left=340, top=330, width=126, height=40, kind=PLATE)


def street() -> Image.Image:
    """A face, and the plate of a car, on 640 x 400 pixels."""
    drawn = Image.effect_noise((640, 400), 20).convert("RGB")
    with Image.open(HOPPER) as face:
        drawn.paste(face.convert("RGB").resize((300, 352)), (0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((320, 300, 620, 390), fill="#888888")
    left, top, right, bottom = PLATE_AT.edges
    pen.rectangle((left, top, right - 1, bottom - 1), fill=(20, 60, 180))
    middle = ((left + right) / 2, (top + bottom) / 2)
    pen.text(middle, "苏M·A8K72", "white", ImageFont.truetype(str(font_file()), 25), anchor="mm")
    return drawn


def photo(phone) -> str:
    """Taken and worked on; its id."""
    data = io.BytesIO()
    street().save(data, "JPEG", quality=92)
    key = phone.take_photo(data.getvalue()).json["id"]
    run_due()
    return key
