from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw
from PIL.ExifTags import Base

from app.foundation.errors import DomainError, Invalid
from app.photos.renditions import Renditions, render
from deploy.sample_photos import SAMPLES, make_photo
from tests.photos.tiff import block, jpeg

RED, WHITE = (220, 20, 20), (255, 255, 255)
DATA = Path(__file__).parents[1] / "data" / "photos"


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def rendered(path: Path, image: Image.Image, kind: str, **options: object) -> Renditions:
    image.save(path, kind, **options)
    return render(path)


def near(
    image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int], by: int = 14
) -> bool:
    pixel = image.getpixel(at)
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


def marked() -> Image.Image:
    """White, 160 by 120, red in the top left corner, green along the bottom."""
    image = Image.new("RGB", (160, 120), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 47, 31), fill=RED)
    pen.rectangle((0, 104, 159, 119), fill=(20, 180, 20))
    return image


# Where the stored picture's first row and first column are, seen upright (CIPA DC-008, tag 0x0112):
# what EXIF calls n is made from the upright picture by these corner permutations.
STORED = {
    1: lambda p, w, h: p,
    2: lambda p, w, h: (w - 1 - p[0], p[1]),
    3: lambda p, w, h: (w - 1 - p[0], h - 1 - p[1]),
    4: lambda p, w, h: (p[0], h - 1 - p[1]),
    5: lambda p, w, h: (p[1], p[0]),
    6: lambda p, w, h: (p[1], w - 1 - p[0]),
    7: lambda p, w, h: (h - 1 - p[1], w - 1 - p[0]),
    8: lambda p, w, h: (h - 1 - p[1], p[0]),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_marked_corner_comes_out_upright(tmp_path: Path, orientation: int, kind: str) -> None:
    upright = marked()
    width, height = upright.size
    turned = orientation >= 5
    stored = Image.new("RGB", (height, width) if turned else (width, height))
    for x in range(width):
        for y in range(height):
            place = STORED[orientation]((x, y), width, height)
            stored.putpixel(place, upright.getpixel((x, y)))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    made = rendered(tmp_path / "a", stored, kind, exif=exif)
    assert (made.width, made.height) == (width, height)
    for rendition in (made.thumb, made.view):
        image = opened(rendition)
        assert image.size == (width, height)
        assert near(image, (16, 10), RED)
        assert near(image, (150, 10), WHITE)
        assert near(image, (8, 114), (20, 180, 20), 40)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sample_photos_of_every_orientation_look_the_same(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(make_photo(320, 240, orientation=orientation))
    made = render(path)
    path.write_bytes(make_photo(320, 240))
    plain = opened(render(path).thumb).resize((8, 6)).tobytes()
    turned = opened(made.thumb).resize((8, 6)).tobytes()
    assert (made.width, made.height) == (320, 240)
    assert max(abs(a - b) for a, b in zip(plain, turned, strict=True)) < 6


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_shipped_photos(sample: object) -> None:
    made = render(DATA / sample.name)  # type: ignore[attr-defined]
    view, thumb = opened(made.view), opened(made.thumb)
    assert (made.width, made.height) == (sample.width, sample.height)  # type: ignore[attr-defined]
    assert (max(view.size), max(thumb.size)) == (1280, 320)
    assert view.width > view.height if made.width > made.height else view.width < view.height
    for image in (view, thumb):
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("size", "view", "thumb"),
    [
        ((4000, 3000), (1280, 960), (320, 240)),
        ((3000, 4000), (960, 1280), (240, 320)),
        ((1281, 961), (1280, 960), (320, 240)),
        ((1280, 7), (1280, 7), (320, 2)),
        ((5000, 1), (1280, 1), (320, 1)),
        ((321, 200), (321, 200), (320, 199)),
        ((40, 30), (40, 30), (40, 30)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_sizes_never_grow(
    tmp_path: Path, kind: str, size: tuple[int, int], view: tuple[int, int], thumb: tuple[int, int]
) -> None:
    made = rendered(tmp_path / "a", Image.new("RGB", size, "gray"), kind)
    assert (opened(made.view).size, opened(made.thumb).size) == (view, thumb)
    assert (made.width, made.height) == size


def grey_16(value: int) -> Image.Image:
    return Image.frombytes("I;16", (40, 30), value.to_bytes(2, "little") * 1200)


def palette(transparent: bool) -> Image.Image:
    image = Image.new("P", (40, 30), 1)
    image.putpalette([0, 0, 0, *RED])
    if transparent:
        image.info["transparency"] = 1
    return image


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("RGB", (40, 30), RED), "JPEG", RED),
        (Image.new("L", (40, 30), 90), "JPEG", (90, 90, 90)),
        (Image.new("RGB", (40, 30), RED).convert("CMYK"), "JPEG", RED),
        (Image.new("L", (40, 30), 90), "PNG", (90, 90, 90)),
        (Image.new("1", (40, 30), 1), "PNG", WHITE),
        (grey_16(0x5A00), "PNG", (90, 90, 90)),
        (grey_16(0xFFFF), "PNG", WHITE),
        (palette(transparent=False), "PNG", RED),
        (palette(transparent=True), "PNG", WHITE),
        (Image.new("RGBA", (40, 30), (*RED, 255)), "PNG", RED),
        (Image.new("RGBA", (40, 30), (*RED, 0)), "PNG", WHITE),
        (Image.new("RGBA", (40, 30), (0, 0, 0, 128)), "PNG", (127, 127, 127)),
        (Image.new("LA", (40, 30), (0, 0)), "PNG", WHITE),
        (Image.new("RGBA", (40, 30), (*RED, 0)), "WEBP", WHITE),
        (Image.new("RGB", (40, 30), RED), "WEBP", RED),
    ],
)
def test_every_kind_of_pixel(
    tmp_path: Path, image: Image.Image, kind: str, colour: tuple[int, int, int]
) -> None:
    made = rendered(tmp_path / "a", image, kind)
    for rendition in (made.view, made.thumb):
        assert opened(rendition).mode == "RGB"
        assert near(opened(rendition), (20, 15), colour)


def test_a_transparent_colour_of_an_rgb_png(tmp_path: Path) -> None:
    made = rendered(tmp_path / "a", Image.new("RGB", (40, 30), RED), "PNG", transparency=RED)
    assert near(opened(made.view), (20, 15), WHITE)


def test_of_a_multi_picture_file_the_first_is_shown(tmp_path: Path) -> None:
    made = rendered(
        tmp_path / "a",
        Image.new("RGB", (80, 60), RED),
        "MPO",
        save_all=True,
        append_images=[Image.new("RGB", (40, 30), "blue")],
    )
    assert (made.width, made.height) == (80, 60)
    assert near(opened(made.view), (40, 30), RED)


def display_p3() -> bytes:
    """A minimal ICC v2 matrix profile: Display P3's primaries (adapted to D50), gamma 2.2."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">l", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">LH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">L", 3) + b"P3\0" + b"\0" * 81,
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    at, table, body = 132 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        table += name + struct.pack(">LL", at + len(body), len(data))
        body += data
    size = struct.pack(">L", at + len(body))
    kind = b"\0\0\0\0" + b"\x02\x40\0\0" + b"mntrRGB XYZ "
    light = struct.pack(">3l", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    header = (size + kind + b"\0" * 12 + b"acsp" + b"\0" * 28 + light).ljust(128, b"\0")
    return header + struct.pack(">L", len(tags)) + table + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_moved_from_the_files_profile(tmp_path: Path, kind: str) -> None:
    picture = Image.new("RGB", (40, 30), (120, 200, 120))
    made = rendered(tmp_path / "a", picture, kind, icc_profile=display_p3(), quality=95)
    image = opened(made.view)
    assert near(image, (20, 15), (90, 204, 111), 6)  # by the two matrices, on paper
    assert "icc_profile" not in image.info


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = rendered(tmp_path / "a", Image.new("RGB", (40, 30), RED), "JPEG", icc_profile=profile)
    assert near(opened(made.view), (20, 15), RED)
    assert "icc_profile" not in opened(made.view).info


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("broken", [True, False])
def test_a_profile_that_is_broken_or_for_other_pixels_is_passed_over(
    tmp_path: Path, mode: str, broken: bool
) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    profile = b"not a profile" * 20 if broken else lab
    picture = Image.new("RGB", (40, 30), (90, 90, 90)).convert(mode)
    made = rendered(tmp_path / "a", picture, "JPEG", icc_profile=profile)
    assert near(opened(made.view), (20, 15), (90, 90, 90))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_truncated_pixels_are_undecodable(tmp_path: Path, kind: str, part: float) -> None:
    path = tmp_path / "a"
    Image.effect_noise((200, 150), 80).convert("RGB").save(path, kind)
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * part)])
    with pytest.raises(Invalid) as caught:
        render(path)
    assert caught.value.code == "photo.undecodable"


def test_broken_pixels_are_undecodable(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((200, 150), 80).save(path)
    data = bytearray(path.read_bytes())
    data[300:400] = b"\x00" * 100
    path.write_bytes(data)
    with pytest.raises(Invalid, match=r"photo\.undecodable"):
        render(path)


@pytest.mark.parametrize("data", [b"", b"text", b"\xff\xd8\xff\xe0"])
def test_no_picture_is_an_error_of_ours(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(DomainError):
        render(path)


def test_broken_exif_does_not_cost_the_picture(tmp_path: Path) -> None:
    made = render(jpeg(tmp_path / "a.jpg", b"II*\x00\xff\xff\xff\xff"))
    assert (made.width, made.height) == (8, 6)
    made = render(jpeg(tmp_path / "b.jpg", block({Base.Orientation: (3, 77)})))
    assert (made.width, made.height) == (8, 6)


def test_the_same_original_gives_the_same_bytes() -> None:
    path = DATA / SAMPLES[0].name
    assert render(path) == render(path)
