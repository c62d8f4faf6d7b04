"""Construction sites, drawn: what the sample photos show. Same seed, same picture."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Size = tuple[int, int]
Point = tuple[float, float]

DRAWN_SIDES = (640, 2000)  # of the drawing, before it is scaled to the picture
NOISE = 0.062  # of full scale; a phone's at ISO 200
STEEL, SAFETY, CONCRETE, HOARDING = (196, 154, 38), (222, 92, 30), (158, 154, 146), (66, 112, 158)


def scene(size: Size, seed: int) -> Image.Image:
    """An upright RGB picture of `size` in pixels, with a lens's softness and a sensor's noise."""
    rng = random.Random(seed)  # noqa: S311 - a picture, not a secret
    scale = min(max(max(size), DRAWN_SIDES[0]), DRAWN_SIDES[1]) / max(size)
    canvas = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    image = _Site(canvas, rng).draw(seed % 3)
    image = image.filter(ImageFilter.GaussianBlur(0.7)).resize(size, Image.Resampling.BICUBIC)
    return _grain(image, rng)


class _Site:
    """One canvas with what stands on it. Lengths are parts of its height, so any shape works."""

    def __init__(self, size: Size, rng: random.Random) -> None:
        self.width, self.height = size
        self.rng = rng
        self.unit = self.height / 100
        self.horizon = round(self.height * rng.uniform(0.46, 0.54))
        self.image = Image.new("RGB", size)
        self.pen = ImageDraw.Draw(self.image)

    def draw(self, kind: int) -> Image.Image:
        """0: a frame going up; 1: a flooded way; 2: sand and steel before the gate."""
        self.sky()
        self.skyline()
        self.building(self.width * (0.52 if kind else 0.3), 40 if kind == 0 else 28)
        self.crane(self.width * self.rng.uniform(0.14, 0.24))
        self.ground()
        self.hoarding()
        for _ in range(2):
            self.worker(self.width * self.rng.uniform(0.55, 0.9), self.rng.uniform(66, 74))
        if kind == 1:
            self.puddle(0.5, 0.78, 0.3)
            self.puddle(0.2, 0.68, 0.1)
            self.barrier(self.width * 0.66, 84)
        if kind == 2:
            self.heap(self.width * 0.34, 82, 26)
            self.rebar(self.width * 0.5, 88)
        if kind == 0:
            self.rebar(self.width * 0.2, 82)
            self.barrier(self.width * 0.62, 78)
        return self._vignette()

    def sky(self) -> None:
        ramp = Image.linear_gradient("L").resize((self.width, self.horizon))
        blue = Image.composite(
            Image.new("RGB", ramp.size, (214, 220, 222)),
            Image.new("RGB", ramp.size, (112, 152, 196)),
            ramp,
        )
        clouds = _fractal(self.rng, ramp.size, (640, 230, 90, 30, 11)).point(
            lambda v: max(0, min(225, round((v - 112) * 3.2)))
        )
        blue.paste((238, 238, 236), mask=clouds)
        self.image.paste(blue)

    def skyline(self) -> None:
        x = -5.0 * self.unit
        while x < self.width:
            wide, tall = self.rng.uniform(4, 11) * self.unit, self.rng.uniform(3, 14) * self.unit
            grey = self.rng.randint(158, 186)
            self.pen.rectangle(
                (x, self.horizon - tall, x + wide, self.horizon), fill=(grey - 6, grey, grey + 8)
            )
            x += wide + self.rng.uniform(0, 7) * self.unit

    def building(self, left: float, tall: float) -> None:
        """A concrete frame: slabs, columns, dark bays, a net below, steel on top."""
        bays, floors, u = 6, max(4, round(tall / 5.4)), self.unit
        wide, storey = 8.2 * u, 5.4 * u
        base, side, right = self.horizon + 3 * u, 9 * u, left + bays * wide
        top = base - floors * storey
        corners = [(right, top), (right + side, top + 3 * u), (right + side, base), (right, base)]
        self.pen.polygon(corners, fill=(104, 102, 100))
        for floor in range(floors):
            y = base - (floor + 1) * storey
            for bay in range(bays):
                x, dark = left + bay * wide, self.rng.randint(46, 84)
                self.pen.rectangle(
                    (x, y, x + wide, y + storey), fill=(dark, dark, dark - self.rng.randint(0, 8))
                )
                if self.rng.random() < 0.3:
                    self.pen.rectangle((x + u, y + 2 * u, x + wide, y + storey), (142, 96, 78))
                self.pen.rectangle((x, y, x + 1.1 * u, y + storey), fill=_shade(self.rng, CONCRETE))
            self.pen.rectangle((left - u, y, right, y + 1.1 * u), fill=_shade(self.rng, CONCRETE))
            slab = [(right, y), (right + side, y + 3 * u), (right + side, y + 4 * u)]
            self.pen.polygon([*slab, (right, y + 1.1 * u)], fill=(128, 124, 118))
        for _ in range(60):
            x = self.rng.uniform(left, right)
            self.pen.line((x, top - self.rng.uniform(1, 3) * u, x, top), (92, 66, 54), round(u / 4))
        self._net((round(left - u), round(base - 3 * storey), round(right), round(base)))

    def _net(self, box: tuple[int, int, int, int]) -> None:
        size = (box[2] - box[0], box[3] - box[1])
        folds = _fractal(self.rng, size, (130, 34, 8)).point(lambda v: 110 + v // 2)
        tint = Image.new("RGB", size, (50, 116, 78))
        self.image.paste(tint, box[:2], folds)
        for x in range(box[0], box[2], round(4 * self.unit)):
            self.pen.line((x, box[1], x, box[3]), (120, 116, 104), 3)

    def crane(self, x: float) -> None:
        u, thin = self.unit, max(2, round(self.unit / 4))
        top, foot = 9 * u, self.horizon + 2.0 * u
        left, right = x - u, x + u
        self._lattice((left, top), (left, foot), (right, top), (right, foot), 30, thin)
        far = x + 62 * u
        self._lattice((x, top), (far, top), (x, top + 2 * u), (far, top + 1.4 * u), 34, thin)
        self.pen.line((x - 17 * u, top, x, top), STEEL, thin * 3)
        self.pen.rectangle((x - 17 * u, top, x - 13 * u, top + 4 * u), (132, 130, 126))
        stays = [(x - 16 * u, top), (x, top - 6 * u), (x + 44 * u, top)]
        self.pen.line(stays, (110, 104, 92), thin)
        self.pen.line((x, top - 6 * u, x, top), STEEL, thin * 2)
        self.pen.rectangle((x + u, top + 2 * u, x + 3.6 * u, top + 5.5 * u), (206, 208, 206))
        hook = x + self.rng.uniform(24, 46) * u
        self.pen.line((hook, top, hook, top + 17 * u), (70, 70, 70), thin)
        self.pen.rectangle((hook - 3 * u, top + 17 * u, hook + 3 * u, top + 18.4 * u), (96, 76, 62))

    def _lattice(self, a: Point, b: Point, c: Point, d: Point, steps: int, thin: int) -> None:
        """Two chords, a to b and c to d, with braces between."""
        for start, end in ((a, b), (c, d)):
            self.pen.line((*start, *end), STEEL, thin + 1)
        for step in range(steps):
            one, two = step / steps, (step + 1) / steps
            start, end = (_between(a, b, one), _between(c, d, two))
            if step % 2:
                start, end = _between(c, d, one), _between(a, b, two)
            self.pen.line((*start, *end), STEEL, thin)

    def ground(self) -> None:
        wide, deep = self.width, self.height - self.horizon
        flat = _fractal(self.rng, (wide, deep * 2), (240, 70, 22, 7, 3))
        quad = (0, 0, wide * 0.3, deep * 2, wide * 0.7, deep * 2, wide, 0)
        bumps = flat.transform((wide, deep), Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
        bumps = bumps.point(lambda v: max(0, min(255, round((v - 128) * 2.1 + 128))))
        dirt = Image.composite(
            Image.new("RGB", bumps.size, (176, 154, 124)),
            Image.new("RGB", bumps.size, (92, 76, 58)),
            bumps,
        )
        self.image.paste(dirt, (0, self.horizon))
        for offset in (-0.05, 0.05):  # where the lorries go
            near, far = wide * (0.46 + offset * 5), wide * (0.5 + offset * 0.6)
            far_side = [(far, self.horizon), (far + 6, self.horizon)]
            near_side = [(near + deep * 0.11, self.height), (near, self.height)]
            self._stain([*far_side, *near_side], (82, 68, 54), 96)

    def _stain(self, points: Sequence[Point], colour: Colour, strength: int) -> None:
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(points, fill=strength)
        self.image.paste(colour, mask=mask.filter(ImageFilter.GaussianBlur(self.unit)))

    def hoarding(self) -> None:
        """The blue corrugated fence along the right, higher as it comes nearer."""
        u, x, step = self.unit, self.width * 0.62, 2.2 * self.unit
        while x < self.width:
            part = (x - self.width * 0.62) / (self.width * 0.38)
            base, tall = self.horizon + (2 + 22 * part) * u, (5 + 19 * part) * u
            lit = 18 if round(x / step) % 2 else -10
            colour = tuple(level + lit + self.rng.randint(-5, 5) for level in HOARDING)
            self.pen.rectangle((x, base - tall, x + 2 * step, base), fill=colour)
            self.pen.rectangle((x, base - tall, x + 2 * step, base - tall * 0.93), (226, 228, 226))
            step = (2.2 + 3 * part) * u
            x += step

    def puddle(self, x: float, y: float, wide: float) -> None:
        """Standing water: what the sky is, upside down, darker, with a wet rim."""
        shape = Image.new("L", self.image.size)
        blot = ImageDraw.Draw(shape)
        for _ in range(26):
            cx = (x + self.rng.gauss(0, wide / 2.6)) * self.width
            cy = y * self.height + self.rng.gauss(0, 2.2) * self.unit
            rx, ry = self.rng.uniform(5, 13) * self.unit, self.rng.uniform(1, 3.2) * self.unit
            blot.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=255)
        rim = shape.filter(ImageFilter.GaussianBlur(self.unit * 1.4))
        self.image.paste((58, 48, 38), mask=rim.point(lambda v: v * 3 // 4))
        mirror = self.image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mirror = ImageChops.offset(mirror, 0, 2 * self.horizon - self.height)
        mirror = mirror.filter(ImageFilter.GaussianBlur(self.unit / 2))
        mirror = mirror.point(lambda v: round(v * 0.72))
        edge = shape.filter(ImageFilter.GaussianBlur(self.unit / 4)).point(lambda v: v * 7 // 8)
        self.image.paste(mirror, mask=edge)

    def heap(self, x: float, y: float, wide: float) -> None:
        """Sand under a torn green net."""
        u, size = self.unit, (round(2 * wide * self.unit), round(wide * self.unit))
        grain = _fractal(self.rng, size, (90, 26, 7, 3))
        sand = Image.composite(
            Image.new("RGB", size, (206, 176, 128)), Image.new("RGB", size, (128, 100, 66)), grain
        )
        mask = Image.new("L", size)
        ridge = [(0.0, float(size[1]))]
        for step in range(1, 40):
            part = step / 40
            rise = (1 - abs(2 * part - 1) ** 1.5) * size[1] * 0.86
            ridge.append((part * size[0], size[1] - rise - self.rng.uniform(0, 1.2) * u))
        ImageDraw.Draw(mask).polygon([*ridge, (float(size[0]), float(size[1]))], fill=255)
        shadow = [(x - u, y * u), (x + size[0] + 12 * u, y * u), (x + size[0] * 0.7, (y - 5) * u)]
        self._stain(shadow, (48, 38, 30), 150)
        place = (round(x), round(y * u - size[1]))
        self.image.paste(sand, place, mask.filter(ImageFilter.GaussianBlur(1.2)))
        torn = _fractal(self.rng, size, (300, 120, 40, 9)).point(lambda v: 200 if v > 128 else 0)
        self.image.paste((58, 112, 72), place, ImageChops.multiply(mask, torn))

    def rebar(self, x: float, y: float) -> None:
        u = self.unit
        for bar in range(34):
            rust = self.rng.randint(0, 44)
            low = (y + bar % 9 * 0.62) * u
            start = x + self.rng.uniform(-3, 3) * u
            colour = (88 + rust, 58 + rust // 2, 44 + rust // 3)
            self.pen.line((start, low, start + 46 * u, low - 5 * u), colour, max(2, round(u / 2)))

    def barrier(self, x: float, y: float) -> None:
        u = self.unit
        for leg in (2.0, 20.0):
            top = (x + leg * u, (y - 9) * u)
            self.pen.line((*top, top[0] - 2 * u, y * u), (120, 120, 118), 6)
            self.pen.line((*top, top[0] + 2 * u, y * u), (120, 120, 118), 6)
        for stripe in range(8):
            left = x + stripe * 2.9 * u
            slant = [(left + u, (y - 9) * u), (left + 3.9 * u, (y - 9) * u)]
            slant += [(left + 2.9 * u, (y - 5.6) * u), (left, (y - 5.6) * u)]
            self.pen.polygon(slant, fill=(224, 222, 214) if stripe % 2 else (198, 46, 36))

    def worker(self, x: float, y: float) -> None:
        u, foot = self.unit * 0.9, y * self.unit
        self._stain(
            [(x - 2 * u, foot), (x + 8 * u, foot - u), (x + 2 * u, foot)], (40, 34, 28), 150
        )
        legs = [(x - 0.9 * u, foot), (x, foot - 5 * u), (x + 0.9 * u, foot)]
        self.pen.line(legs, (44, 52, 70), round(1.2 * u))
        self.pen.rounded_rectangle(
            (x - 1.7 * u, foot - 10 * u, x + 1.7 * u, foot - 4.4 * u), u, fill=SAFETY
        )
        self.pen.rectangle(
            (x - 1.7 * u, foot - 7 * u, x + 1.7 * u, foot - 6.3 * u), (226, 224, 150)
        )
        self.pen.line((x + 1.6 * u, foot - 9 * u, x + 2.6 * u, foot - 5 * u), SAFETY, round(u))
        self.pen.ellipse((x - u, foot - 12.4 * u, x + u, foot - 10 * u), (176, 132, 104))
        self.pen.pieslice(
            (x - 1.3 * u, foot - 13 * u, x + 1.3 * u, foot - 10.6 * u), 180, 0, "gold"
        )

    def _vignette(self) -> Image.Image:
        corner = Image.radial_gradient("L").resize(self.image.size)
        return Image.composite(
            Image.new("RGB", self.image.size, (20, 20, 24)),
            self.image,
            corner.point(lambda v: max(0, v - 120) // 3),
        )


def _fractal(rng: random.Random, size: Size, cells: tuple[int, ...]) -> Image.Image:
    """Soft random texture around 128 in mode L; `cells` are the sizes of its blots, large first."""
    image = Image.new("L", size, 128)
    for weight, cell in zip((0.7, 0.45, 0.34, 0.27, 0.22), cells, strict=False):
        small = (max(2, size[0] // cell), max(2, size[1] // cell))
        blots = Image.frombytes("L", small, rng.randbytes(small[0] * small[1]))
        image = Image.blend(image, blots.resize(size, Image.Resampling.BICUBIC), weight)
    return image


def _grain(image: Image.Image, rng: random.Random) -> Image.Image:
    """Sensor noise: the same field for all channels, shifted, so that it has colour too."""
    pixels = image.width * image.height
    one, two = (Image.frombytes("L", image.size, rng.randbytes(pixels)) for _ in range(2))
    middle = round(NOISE * 128)
    noise = ImageChops.add(one, two, scale=2).point(lambda v: round(v * NOISE))
    bands = [
        ImageChops.add(band, ImageChops.offset(noise, 7 * at, 13 * at), offset=-middle)
        for at, band in enumerate(image.split())
    ]
    return Image.merge("RGB", bands)


def _shade(rng: random.Random, colour: Colour) -> Colour:
    red, green, blue = (level + rng.randint(-5, 5) for level in colour)
    return red, green, blue


def _between(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
