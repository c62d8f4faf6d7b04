"""What the look-alike pictures show. A picture is of one family and one serial; same two, same picture.

What is fixed in a family comes from its number alone, what changes from both.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFont
from PIL.Image import Resampling

from deploy.sample_scene import scene

Pixels = NDArray[np.float64]
SIZE = (800, 600)


def _random(*seeds: int | str) -> random.Random:
    return random.Random(repr(seeds))


def _field(rng: random.Random, width: int, height: int, slope: float = 1.0) -> Image.Image:
    """Random texture with the fall of a photo's spectrum, 1/f^slope, in mode L."""
    noise = np.random.default_rng(rng.getrandbits(63)).standard_normal((height, width))
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falls = np.hypot(fy * height, fx * width)
    falls[0, 0] = 1
    field: Pixels = np.fft.irfft2(np.fft.rfft2(noise) / falls**slope, s=(height, width))
    field = 128 + 48 * (field - field.mean()) / field.std()
    return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))


def _tinted(texture: Image.Image, dark: tuple[int, ...], light: tuple[int, ...]) -> Image.Image:
    return Image.composite(
        Image.new("RGB", texture.size, light), Image.new("RGB", texture.size, dark), texture
    )


def _colour(rng: random.Random, low: int = 30, high: int = 220) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def _near(rng: random.Random, colour: tuple[int, ...], by: int) -> tuple[int, ...]:
    return tuple(max(0, min(255, level + rng.randint(-by, by))) for level in colour)


def _drawn_site(family: int, serial: int) -> Image.Image:
    """The sample scenes: the same site layout with other clouds, cranes and people."""
    return scene(SIZE, family % 3 + 3 * (1 + serial + 50 * family))


def _place(family: int, serial: int) -> Image.Image:
    """One place, walked along: layers shift by how near they are, weather and vehicles change."""
    fixed, now = _random("place", family), _random("place", family, serial)
    width, height = SIZE
    step = serial * fixed.choice((-1, 1)) * now.uniform(0.05, 0.09)  # of the width, near by
    zoom = 1 + serial * now.uniform(-0.05, 0.05)
    sky = _field(now, width, height, 1.4).point(lambda v: v // 2 + 100)
    image = _tinted(sky, _near(now, (110, 140, 180), 30), (236, 238, 240))
    horizon = fixed.uniform(0.35, 0.6) * height
    for near in (0.15, 0.35, 0.6, 1.0):
        _layer(image, fixed, near, horizon, step * width * near)
    _visitors(image, now, horizon)
    side = (round(width / zoom), round(height / zoom)) if zoom > 1 else SIZE
    left, top = (width - side[0]) // 2, (height - side[1]) // 2
    image = image.crop((left, top, left + side[0], top + side[1])).resize(SIZE, Resampling.BICUBIC)
    image = ImageEnhance.Brightness(image).enhance(now.uniform(0.75, 1.2))
    return ImageEnhance.Contrast(image).enhance(now.uniform(0.75, 1.15))


def _layer(
    image: Image.Image, rng: random.Random, near: float, horizon: float, shift: float
) -> None:
    """Ground and what stands on it at one distance, `shift` pixels aside."""
    width, height = image.size
    base = horizon + (height - horizon) * near**2 * 0.7
    ground = _field(rng, width * 2, height, 1.1)
    colour = _colour(rng, 60, 190)
    dark = tuple(level // 2 for level in colour)
    at = round(width / 2 - shift)
    earth = _tinted(ground.crop((at, round(base), at + width, height)), dark, colour)
    image.paste(earth, (0, round(base)))
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randint(2, 5)):
        x = rng.uniform(-0.3, 1.2) * width + shift
        wide, tall = rng.uniform(20, 170) * (0.4 + near), rng.uniform(40, 240) * (0.3 + near)
        fill = _colour(rng)
        pen.rectangle((x, base - tall, x + wide, base + 4), fill=fill)
        if rng.random() < 0.7:
            _windows(pen, rng, (x, base - tall, x + wide, base), fill)


def _windows(
    pen: ImageDraw.ImageDraw,
    rng: random.Random,
    box: tuple[float, float, float, float],
    wall: tuple[int, ...],
) -> None:
    left, top, right, bottom = box
    across, down = rng.randint(2, 6), rng.randint(2, 7)
    wide, tall = (right - left) / across, (bottom - top) / down
    for column in range(across):
        for row in range(down):
            x, y = left + column * wide, top + row * tall
            spot = (x + wide * 0.2, y + tall * 0.2, x + wide * 0.8, y + tall * 0.8)
            pen.rectangle(spot, fill=_near(rng, tuple(level // 2 for level in wall), 25))


def _visitors(image: Image.Image, rng: random.Random, horizon: float) -> None:
    """Vehicles and people of the day."""
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randint(1, 4)):
        x, y = rng.uniform(0, image.width), rng.uniform(horizon + 30, image.height)
        tall = (y - horizon) * rng.uniform(0.2, 0.5)
        wide = tall * rng.choice((0.4, 2.2))
        pen.rounded_rectangle((x, y - tall, x + wide, y), tall / 5, fill=_colour(rng))


def _hall(family: int, serial: int) -> Image.Image:
    """A workshop or an office: walls in perspective, lamps, machines that were moved about."""
    fixed, now = _random("hall", family), _random("hall", family, serial)
    width, height = SIZE
    image = _tinted(_field(fixed, width, height, 1.2), _colour(fixed, 40, 120), _colour(fixed, 140))
    pen = ImageDraw.Draw(image)
    x, y = (fixed.uniform(0.35, 0.65) + now.uniform(-0.05, 0.05)) * width, 0.42 * height
    floor, wall = _colour(fixed, 70, 160), _colour(fixed, 120, 230)
    pen.polygon([(0, height), (width, height), (x + 90, y + 60), (x - 90, y + 60)], fill=floor)
    pen.polygon([(0, 0), (0, height), (x - 90, y + 60), (x - 90, y - 60)], fill=wall)
    for lamp in range(6):
        part = lamp / 6
        at = (x + (1 - part) * width * 0.1, (1 - part) * 60 + part * (y - 60))
        pen.rectangle((*at, at[0] + 90 * (1 - part) + 9, at[1] + 9), fill=(246, 246, 238))
    for _ in range(fixed.randint(4, 9)):
        left, foot = now.uniform(0, width), now.uniform(y + 80, height)
        tall = (foot - y) * now.uniform(0.4, 1.1)
        fill, wide = _colour(fixed), tall * fixed.uniform(0.5, 1.6)
        pen.rectangle((left, foot - tall, left + wide, foot), fill=fill)
        _windows(pen, now, (left, foot - tall, left + wide, foot - tall / 2), fill)
    return ImageEnhance.Brightness(image).enhance(now.uniform(0.8, 1.15))


def _wall(family: int, serial: int) -> Image.Image:
    """Damage from near by: plaster, gravel or brick, with cracks and stains."""
    now, fixed = _random("wall", family, serial), _random("wall", family)
    width, height = SIZE
    base = _colour(fixed, 90, 200)
    texture = _field(now, width, height, fixed.uniform(0.5, 1.3))
    image = _tinted(texture, tuple(level // 2 for level in base), base)
    pen = ImageDraw.Draw(image)
    course = fixed.choice((0, 40, 70))
    for row in range(height // course if course else 0):
        pen.line((0, row * course, width, row * course), fill=(70, 66, 62), width=3)
        for x in range(row % 2 * course, width, 2 * course):
            pen.line((x, row * course, x, (row + 1) * course), fill=(70, 66, 62), width=3)
    for _ in range(now.randint(1, 3)):
        at = [(now.uniform(0, width), now.uniform(0, height))]
        for _ in range(14):
            at.append((at[-1][0] + now.gauss(15, 40), at[-1][1] + now.gauss(15, 40)))
        pen.line(at, fill=(24, 22, 20), width=now.randint(2, 9))
    return image


def _sky(family: int, serial: int) -> Image.Image:
    """Up into the clouds: one gradient, other clouds each time."""
    now, fixed = _random("sky", family, serial), _random("sky", family)
    ramp = Image.linear_gradient("L").resize(SIZE)
    image = _tinted(ramp, _colour(fixed, 80, 140), _colour(fixed, 190, 240))
    clouds = _field(now, *SIZE, 1.5).point(lambda v: max(0, v - 128) * 2)
    image.paste((240, 240, 240), mask=clouds)
    return image


def _words(rng: random.Random, count: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return " ".join("".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(count))


def _form(family: int, serial: int) -> Image.Image:
    """A paper on a desk: the printed form stays, what was filled in differs."""
    now, fixed = _random("form", family, serial), _random("form", family)
    desk = _tinted(_field(fixed, *SIZE, 1.1), _colour(fixed, 40, 90), _colour(fixed, 100, 170))
    paper = Image.new("RGB", (520, 560), (244, 242, 236))
    pen = ImageDraw.Draw(paper)
    pen.text((120, 16), _words(fixed, 3), fill=(20, 20, 20), font=ImageFont.load_default(26))
    y = 70
    while y < 530:
        tall = fixed.randint(28, 90)
        pen.rectangle((20, y, 500, y + tall), outline=(40, 40, 40), width=2)
        pen.text((28, y + 6), _words(fixed, 1), fill=(20, 20, 20), font=ImageFont.load_default(15))
        for line in range(tall // 26):
            text = _words(now, now.randint(0, 8))
            pen.text((130, y + 5 + line * 22), text, (30, 40, 120), ImageFont.load_default(16))
        y += tall
    if now.random() < 0.6:
        x, y = now.randint(250, 380), now.randint(330, 430)
        pen.ellipse((x, y, x + 110, y + 110), outline=(200, 40, 40), width=5)
    turned = paper.rotate(
        now.uniform(-4, 4), Resampling.BICUBIC, expand=True, fillcolor=(90, 84, 76)
    )
    desk.paste(turned, (140 + now.randint(-30, 30), 10 + now.randint(-25, 25)))
    return ImageEnhance.Brightness(desk).enhance(now.uniform(0.85, 1.1))


def _screen(family: int, serial: int) -> Image.Image:
    """A screenshot of one program: the same bars, other entries."""
    now, fixed = _random("screen", family, serial), _random("screen", family)
    image = Image.new("RGB", SIZE, (246, 246, 248))
    pen = ImageDraw.Draw(image)
    bar = _colour(fixed, 20, 160)
    pen.rectangle((0, 0, SIZE[0], 56), fill=bar)
    pen.text((20, 14), _words(fixed, 2), fill="white", font=ImageFont.load_default(24))
    menu = fixed.choice((0, 150))
    pen.rectangle((0, 56, menu, SIZE[1]), fill=_near(fixed, bar, 20))
    y, high = 70, fixed.randint(48, 96)
    while y < SIZE[1] - high:
        pen.ellipse((menu + 16, y, menu + 16 + high * 0.7, y + high * 0.7), fill=_colour(now))
        left = menu + 30 + high
        pen.text(
            (left, y), _words(now, now.randint(1, 3)), (20, 20, 20), ImageFont.load_default(20)
        )
        for line in range(now.randint(0, high // 26)):
            text = _words(now, now.randint(2, 10))
            pen.text((left, y + 24 + line * 18), text, (120, 120, 124), ImageFont.load_default(14))
        pen.line((menu, y + high, SIZE[0], y + high), fill=(222, 222, 226), width=2)
        y += high + 6
    return image


KINDS: dict[str, Callable[[int, int], Image.Image]] = {
    "site": _drawn_site,
    "place": _place,
    "hall": _hall,
    "place again": _place,
    "wall": _wall,
    "sky": _sky,
    "form": _form,
    "screen": _screen,
}
