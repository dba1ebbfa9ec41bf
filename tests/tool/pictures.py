# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files: what is kept, and what bit for bit."""

import functools
import os
import struct

import png
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
    more = ["-n", "1", "--steps", "3"] if command == "vary" else []
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


def exif(order, orientation):
    """An Exif segment with two entries, the second the orientation."""
    mark = "<" if order == b"II" else ">"
    block = order + struct.pack(mark + "HI", 42, 8) + struct.pack(
        mark + "HHHIIHHIHHI", 2, 0x0100, 4, 1, 5, 0x0112, 3, 1, orientation,
        0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(block) + 8) + \
        b"Exif\0\0" + block


def upright(pixels, width, height, orientation):
    """What the number means: where pixel x, y of the upright picture lies
    in the stored one."""
    place = {1: lambda x, y: (x, y),
             2: lambda x, y: (width - 1 - x, y),
             3: lambda x, y: (width - 1 - x, height - 1 - y),
             4: lambda x, y: (x, height - 1 - y),
             5: lambda x, y: (y, x),
             6: lambda x, y: (y, height - 1 - x),
             7: lambda x, y: (width - 1 - y, height - 1 - x),
             8: lambda x, y: (width - 1 - y, x)}[orientation]
    across, down = (height, width) if orientation > 4 else (width, height)
    return [pixels[place(x, y)[1] * width + place(x, y)[0]]
            for y in range(down) for x in range(across)]


@functools.cache
def photograph():
    """A JPEG file of 31 x 18 pixels without a mark, and its pixels."""
    png.write("in.png", png.sample(31, 18))
    good("noise", "in.png", "-o", "flat.jpg", "-s", "0")
    good("noise", "flat.jpg", "-o", "flat.png", "-s", "0")
    with open("flat.jpg", "rb") as file:
        return file.read(), png.read("flat.png").pixels()


def orientation_mark(number):
    data, pixels = photograph()
    with open("lying.jpg", "wb") as file:
        file.write(data[:2] + exif(b"II" if number % 2 else b"MM", number) +
                   data[2:])
    good("noise", "lying.jpg", "-o", "out.png", "-s", "0")
    assert png.read("out.png").pixels() == upright(pixels, 31, 18, number)


for _number in (1, 2, 3, 4, 5, 6, 7, 8):
    case(f"jpg: orientation {_number} is turned upright",
         _number)(orientation_mark)


@case("jpg: an Exif block that makes no sense counts as upright")
def bad_exif():
    data, pixels = photograph()
    whole = exif(b"II", 6)
    for block in (exif(b"II", 9), exif(b"II", 0), exif(b"XX", 6),
                  whole[:14] + b"\xff\xff\xff\xff" + whole[18:],
                  whole[:18] + b"\xff\xff" + whole[20:32],
                  whole[:10]):
        block = block[:2] + struct.pack(">H", len(block) - 2) + block[4:]
        with open("odd.jpg", "wb") as file:
            file.write(data[:2] + block + data[2:])
        good("noise", "odd.jpg", "-o", "out.png", "-s", "0")
        assert png.read("out.png").pixels() == pixels


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


@case("the content tells a file's format, not its name")
def misnamed():
    png.write("in.jpg", png.sample(12, 9))
    good("noise", "in.jpg", "-o", "out.png", "-s", "0")
    assert png.read("out.png").rows == png.read("in.jpg").rows


@case("tif: 32-bit float goes through, values beyond 1 and all")
def float_tiff():
    values = struct.pack("<3f", 0.25, 1.5, -0.125)
    with open("in.tif", "wb") as file:
        file.write(png.tiff(2, 3, values, 32, 3))
    good("noise", "in.tif", "-o", "out.tif", "-s", "0")
    with open("out.tif", "rb") as file:
        assert values * 16 in file.read()


@case("tif: alpha of 32 bits is kept to the last of them")
def long_alpha():
    values = struct.pack("<4I", 0x40000000, 0x80000000, 0xc0000000,
                         0x89abcdef)
    with open("in.tif", "wb") as file:
        file.write(png.tiff(2, 4, values, 32))
    good("noise", "in.tif", "-o", "out.tif", "-s", "0.3")
    with open("out.tif", "rb") as file:
        pixels = struct.unpack_from("<64I", file.read(), 8)
    assert set(pixels[3::4]) == {0x89abcdef}, pixels
    assert len(set(pixels[0::4])) == 16, pixels


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
