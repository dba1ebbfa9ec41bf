# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files: what is kept, and what bit for bit."""

import math
import os
import random
import struct

import png
import tiff
from harness import case, expect_files, good, main

KINDS = {
    "8-bit RGB": (8, png.RGB), "8-bit RGBA": (8, png.RGBA),
    "8-bit grey": (8, png.GREY), "8-bit grey with alpha": (8, png.GREY_ALPHA),
    "16-bit RGB": (16, png.RGB), "16-bit RGBA": (16, png.RGBA),
    "16-bit grey": (16, png.GREY),
    "16-bit grey with alpha": (16, png.GREY_ALPHA),
}

def identity(command, depth, kind):
    before = png.sample(37, 21, depth, kind)
    png.write("in.png", before)
    more = ["-n", "1", "--made-of=model", "--steps=3"] if command == "vary" \
        else []
    good(command, "in.png", "-o", "out.png", "--strength", "0", *more)
    after = png.read("out.png")
    assert after.form == before.form, (after.form, before.form)
    assert after.rows == before.rows


for _name, _kind in KINDS.items():
    for _command in ("noise", "vary"):
        case(f"{_command} at strength 0 is the identity: {_name}", _command,
             *_kind)(identity)


def kept_under_noise(depth, kind):
    before = png.sample(41, 23, depth, kind)
    png.write("in.png", before)
    good("noise", "in.png", "-o", "out.png", "--strength", "0.5")
    after = png.read("out.png")
    assert after.form == before.form, (after.form, before.form)
    has_alpha = kind in (png.RGBA, png.GREY_ALPHA)
    changed = visible = 0
    for old, new in zip(before.pixels(), after.pixels()):
        if has_alpha:
            assert old[-1] == new[-1], (old, new)
            if old[-1] == 0:
                assert old == new, (old, new)
                continue
        visible += 1
        changed += old != new
    assert visible > 300 and changed > 0.9 * visible, (changed, visible)


for _name, _kind in KINDS.items():
    case(f"noise keeps depth, grey and alpha: {_name}",
         *_kind)(kept_under_noise)


@case("a colour profile goes through")
def profile():
    before = png.sample(30, 20, 16)
    # Linear light, said the old way: gAMA 1.0 and the primaries of sRGB.
    extra = (png.chunk(b"gAMA", struct.pack(">I", 100000)) +
             png.chunk(b"cHRM", struct.pack(
                 ">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000,
                 6000)))
    png.write("in.png", before, extra)
    good("noise", "in.png", "-o", "same.png", "-s", "0")
    same = png.read("same.png")
    assert "iCCP" in same.chunks, same.chunks
    assert same.rows == before.rows
    # The same numbers as sRGB are another picture to the engine.
    png.write("plain.png", before)
    good("noise", "in.png", "-o", "a.png", "-s", "0.05")
    good("noise", "plain.png", "-o", "b.png", "-s", "0.05")
    assert png.read("a.png").rows != png.read("b.png").rows


def through(ending, depth, kind):
    """PNG to another format and back, and that format to itself."""
    before = png.sample(33, 19, depth, kind)
    png.write("in.png", before)
    good("noise", "in.png", "-o", f"a.{ending}", "-s", "0")
    good("noise", f"a.{ending}", "-o", f"b.{ending}", "-s", "0")
    good("noise", f"b.{ending}", "-o", "out.png", "-s", "0")
    with open(f"a.{ending}", "rb") as a, open(f"b.{ending}", "rb") as b:
        assert a.read() == b.read()
    after = png.read("out.png")
    assert after.form[:2] == before.form[:2] and after.kind == kind
    # OpenEXR holds linear light, so an 8-bit file becomes 16 bits there.
    scale = ((1 << after.depth) - 1) / ((1 << depth) - 1)
    for old, new in zip(before.pixels(), after.pixels()):
        if ending == "tif":
            assert old == new, (old, new)
        elif kind != png.RGBA or old[3] != 0:
            assert max(abs(o * scale - n) for o, n in zip(old, new)) \
                <= 0.002 * ((1 << after.depth) - 1), (old, new)


for _ending in ("tif", "exr"):
    for _name in ("8-bit RGB", "8-bit RGBA", "8-bit grey", "16-bit RGB",
                  "16-bit RGBA", "16-bit grey"):
        case(f"{_ending}: {_name} and back", _ending, *KINDS[_name])(through)


@case("jpg: RGB stays RGB, grey stays grey, near the source")
def jpeg():
    for kind in (png.RGB, png.GREY):
        before = png.sample(64, 48, 8, kind)
        png.write("in.png", before)
        good("noise", "in.png", "-o", "a.jpg", "-s", "0")
        good("noise", "a.jpg", "-o", "out.png", "-s", "0")
        after = png.read("out.png")
        assert after.form == before.form, after.form
        errors = [abs(o - n) for old, new in zip(before.rows, after.rows)
                  for o, n in zip(old, new)]
        assert sum(errors) / len(errors) < 6, sum(errors) / len(errors)


@case("OpenEXR keeps noise beyond black and white")
def beyond():
    png.write("in.png", png.sample(40, 40, 16))
    good("noise", "in.png", "-o", "a.exr", "-s", "0.3")
    good("noise", "in.png", "-o", "a.png", "-s", "0.3")
    good("noise", "a.exr", "-o", "b.png", "-s", "0")
    ends = sum(v in (0, 65535) for row in png.read("a.png").rows for v in row)
    assert ends > 100, ends
    off = [abs(a - b) for p, q in zip(png.read("a.png").rows,
                                      png.read("b.png").rows)
           for a, b in zip(p, q)]
    assert max(off) <= 64, max(off)


@case("OpenEXR of 32-bit float, which is linear light, is restored like the rest")
def linear():
    chance = random.Random(5)
    clean = [[20000 + 90 * x + 60 * y for x in range(160) for _ in range(3)]
             for y in range(120)]
    noisy = [[round(v + chance.gauss(0, 2570)) for v in row] for row in clean]
    png.write("noisy.png", png.Picture(160, 120, 16, png.RGB, noisy))
    good("noise", "noisy.png", "-o", "noisy.exr", "-s", "0")
    told = good("restore", "noisy.exr", "-o", "restored.exr")
    assert 9 < float(told.split("noise ")[1].split()[0]) < 11, told
    good("noise", "restored.exr", "-o", "restored.png", "-s", "0")
    before, after = (sum((a - b) ** 2 for p, q in zip(rows, clean)
                         for a, b in zip(p, q))
                     for rows in (noisy, png.read("restored.png").rows))
    print(f"# mean square {before:.0f}, restored {after:.0f}")
    assert after < before / 40, (before, after)


@case("the content tells a file's format, not its name")
def misnamed():
    png.write("in.jpg", png.sample(12, 9))
    good("noise", "in.jpg", "-o", "out.png", "-s", "0")
    assert png.read("out.png").rows == png.read("in.jpg").rows


def float_tiff(path, pixels, channels):
    tiff.write(path, (4, 4), struct.pack(f"<{16 * channels}f", *pixels),
               tiff.RGB, 32, channels,
               [(tiff.SAMPLE_FORMAT, tiff.SHORT, [tiff.FLOAT] * channels)])


@case("tif: 32-bit float goes through, values beyond 1 and all")
def beyond_one():
    float_tiff("in.tif", [0.25, 1.5, -0.125] * 16, 3)
    good("noise", "in.tif", "-o", "out.tif", "-s", "0")
    assert tiff.read("out.tif")[1] == tiff.read("in.tif")[1]


@case("tif: alpha of 32 bits is kept to the last of them")
def long_alpha():
    tiff.write("in.tif", (4, 4), struct.pack(
        "<4I", 0x40000000, 0x80000000, 0xc0000000, 0x89abcdef) * 16,
               tiff.RGB, 32, 4)
    good("noise", "in.tif", "-o", "out.tif", "-s", "0.1")
    pixels = struct.unpack("<64I", tiff.read("out.tif")[1])
    assert set(pixels[3::4]) == {0x89abcdef}, pixels
    assert len(set(pixels[0::4])) == 16, pixels


NAN, INF = math.nan, math.inf


def not_finite(channels):
    """Pixels with NaN and infinity, and the same ones as the engine is to
    take them, where it sees them at all."""
    rng = random.Random(3)
    odd = [rng.randrange(65) / 64 for _ in range(16 * channels)]
    plain = list(odd)
    for place, pixel in ((1, (NAN, NAN, NAN)), (6, (INF, -INF, 0.5)),
                         (9, (0.25, NAN, 0.75))):
        odd[place * channels:place * channels + 3] = pixel
        plain[place * channels:place * channels + 3] = [
            {NAN: 0.0, INF: 1.0, -INF: 0.0}.get(v, v) for v in pixel]
    if channels == 4:
        odd[4 * 12 + 3], plain[4 * 12 + 3] = NAN, 0.0
        odd[4 * 13 + 3], plain[4 * 13 + 3] = INF, 1.0
    float_tiff("odd.tif", odd, channels)
    float_tiff("plain.tif", plain, channels)
    return odd


@case("... and NaN in alpha as transparent", 4)
@case("NaN counts as black, infinity as the end of the range, as in GIMP", 3)
def finite(channels):
    pixels = not_finite(channels)
    good("noise", "odd.tif", "-o", "same.tif", "-s", "0")
    assert tiff.read("same.tif")[1] == tiff.read("odd.tif")[1]
    for ending in ("png", "exr", "jpg"):
        if (ending, channels) != ("jpg", 4):
            for name in ("odd", "plain"):
                good("noise", f"{name}.tif", "-o", f"{name}.{ending}", "-s",
                     "0")
    assert png.read("odd.png").rows == png.read("plain.png").rows

    line = ("--made-of=model", "--steps", "2", "-n", "1", "-s", "0.4", "-o")
    made = []
    for name in ("odd", "plain"):
        good("vary", f"{name}.tif", *line, f"{name}-1.tif")
        made.append(struct.unpack(f"<{16 * channels}f",
                                  tiff.read(f"{name}-1.tif")[1]))
    changed = 0
    for i, (was, odd, plain) in enumerate(zip(pixels, *made)):
        x = i // channels
        if i % channels == 3 or (channels == 4 and x == 12):
            assert odd == was or (math.isnan(odd) and math.isnan(was)), i
        else:
            assert odd == plain and math.isfinite(odd), (i, was, odd, plain)
            changed += odd != was
    assert changed > 40, changed


@case("a file is replaced with its permissions, through a link")
def replaced():
    png.write("in.png", png.sample(8, 8))
    png.write("old.png", png.sample(5, 5))
    os.chmod("old.png", 0o640)
    os.symlink("old.png", "link.png")
    good("noise", "in.png", "-o", "link.png", "-s", "0")
    assert os.path.islink("link.png")
    assert png.read("old.png").rows == png.read("in.png").rows
    assert os.stat("old.png").st_mode & 0o777 == 0o640
    good("noise", "in.png", "-o", "new.png", "-s", "0",
         preexec_fn=lambda: os.umask(0o027))
    assert os.stat("new.png").st_mode & 0o777 == 0o640
    expect_files("in.png", "link.png", "new.png", "old.png")


@case("a link to a file that is not there yet makes that file")
def dangling():
    png.write("in.png", png.sample(8, 8))
    os.makedirs("there/deep")
    os.symlink("there/deep", "folder")
    # Read from the link's own place, not from ours: there/new.png.
    os.symlink("../new.png", "there/deep/second.png")
    os.symlink("folder/second.png", "first.png")
    os.symlink(os.path.abspath("there/1.png"), "v-1.png")
    good("vary", "in.png", "-o", "first.png", "-s", "0", "-n", "1")
    good("vary", "in.png", "-o", "v-%d.png", "-s", "0", "-n", "1")
    for link in ("first.png", "there/deep/second.png", "v-1.png"):
        assert os.path.islink(link), link
    for file in ("there/new.png", "there/1.png"):
        assert not os.path.islink(file)
        assert png.read(file).rows == png.read("in.png").rows
    assert sorted(os.listdir("there")) == ["1.png", "deep", "new.png"]
    expect_files("first.png", "folder", "in.png", "there", "v-1.png")


@case("folder/.. is the folder that holds what a link leads to")
def above():
    os.makedirs("there/deep")
    os.symlink("there/deep", "folder")
    png.write("there/in.png", png.sample(8, 8))
    png.write("in.png", png.sample(9, 9))
    good("noise", "folder/../in.png", "-o", "folder/../out.png", "-s", "0")
    assert png.read("there/out.png").rows == png.read("there/in.png").rows
    expect_files("folder", "in.png", "there")


@case("input and output may be the same file")
def in_place():
    before = png.sample(20, 20)
    png.write("in.png", before)
    good("noise", "in.png", "-o", "in.png", "-s", "0.5")
    assert png.read("in.png").rows != before.rows
    expect_files("in.png")


main()
