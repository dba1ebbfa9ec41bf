# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour profiles that are for another kind of pixels than the file's."""

import functools
import struct
import zlib

import icc
import png
import tiff
from harness import case, good, main, warned

WIDTH, HEIGHT = 31, 18


def picture_file(ending, grey, profile):
    """Writes in.ENDING with the profile, or without."""
    kind = png.GREY if grey else png.RGB
    picture = png.sample(WIDTH, HEIGHT, 8, kind)
    if ending == "png":
        png.write("in.png", picture, png.chunk(
            b"iCCP", b"test\0\0" + zlib.compress(profile)) if profile else b"")
    elif ending == "tif":
        tiff.write("in.tif", (WIDTH, HEIGHT), b"".join(map(bytes,
                                                           picture.rows)),
                   tiff.MIN_IS_BLACK if grey else tiff.RGB,
                   channels=1 if grey else 3,
                   tags=[(tiff.PROFILE, tiff.UNDEFINED, profile)]
                   if profile else [])
    else:
        png.write("flat.png", picture)
        good("noise", "flat.png", "-o", "in.jpg", "-s", "0")
        with open("in.jpg", "rb") as file:
            data = file.read()
        # The tool writes a profile of its own.
        while (at := data.find(b"\xff\xe2")) >= 0:
            data = data[:at] + data[at + 2 + struct.unpack_from(
                ">H", data, at + 2)[0]:]
        segment = b""
        if profile:
            body = b"ICC_PROFILE\0\1\1" + profile
            segment = b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body
        with open("in.jpg", "wb") as file:
            file.write(data[:2] + segment + data[2:])


def results(name, says=None):
    """What noise makes of the file, as pixels of PNG and of TIFF and the
    profile of the latter; says: of the warning that is to come."""
    for out in ("out.png", "out.tif", "out.jpg"):
        if says:
            warned(says, "noise", name, "-s", "0.2", "-o", out)
        else:
            good("noise", name, "-s", "0.2", "-o", out)
    tags, data = tiff.read("out.tif")
    with open("out.jpg", "rb") as file:
        return (png.read("out.png").form, png.read("out.png").rows,
                tags[tiff.PHOTOMETRIC], data, tags[tiff.PROFILE], file.read())


PROFILES = {"GRAY": icc.GREY, "RGB": icc.RGB, "CMYK": icc.CMYK}


@functools.cache
def without(ending, grey):
    """The results of the file that has no profile."""
    picture_file(ending, grey, None)
    return results(f"in.{ending}")


def wrong_profile(ending, grey, kind):
    plain = without(ending, grey)
    assert plain[0][3] == (png.GREY if grey else png.RGB)
    picture_file(ending, grey, PROFILES[kind])
    word = {"GRAY": "grey"}.get(kind, kind)
    says = f"'{kind}" if ending == "png" else \
        f"profile is for {word} pictures and is ignored"
    assert results(f"in.{ending}", says) == plain


def right_profile(ending, grey):
    plain = without(ending, grey)
    profile = icc.GREY if grey else icc.RGB
    picture_file(ending, grey, profile)
    after = results(f"in.{ending}")
    assert after[1] != plain[1]
    if not (ending == "png" and grey):        # GEGL keeps none beside grey
        assert bytes(after[4])[16:20] == profile[16:20], after[4][16:20]


@case("grey of linear light is written so that it is read as it was")
def linear_grey():
    before = png.sample(WIDTH, HEIGHT, 16, png.GREY)
    png.write("in.png", before, png.chunk(b"gAMA", struct.pack(">I", 100000)))
    good("noise", "in.png", "-o", "out.png", "-s", "0")
    after = png.read("out.png")
    assert after.rows != before.rows
    for ending, level in (("tif", 0), ("jpg", 16), ("exr", 4)):
        good("noise", "in.png", "-o", f"out.{ending}", "-s", "0")
        good("noise", f"out.{ending}", "-o", "again.png", "-s", "0")
        again = png.read("again.png")
        scale = 257 if again.depth == 8 else 1
        off = max(abs(a - scale * b) for p, q in zip(after.rows, again.rows)
                  for a, b in zip(p, q))
        assert off <= 257 * level, (ending, off)


for _ending in ("jpg", "tif", "png"):
    for _grey, _kind in ((False, "GRAY"), (False, "CMYK"), (True, "RGB"),
                         (True, "CMYK")):
        case(f"{_ending}: a profile for {_kind} in a picture that is "
             f"{'grey' if _grey else 'RGB'}", _ending, _grey,
             _kind)(wrong_profile)
    for _grey in (False, True):
        case(f"{_ending}: the profile of {'grey' if _grey else 'RGB'} counts",
             _ending, _grey)(right_profile)


main()
