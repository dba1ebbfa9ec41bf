# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture file says about its pixels: which way up they are, and
whether they are a negative."""

import functools
import random
import struct
import zlib

import png
import tiff
from harness import case, good, main, warned

WIDTH, HEIGHT = 31, 18


def upright(pixels, orientation, width=WIDTH, height=HEIGHT):
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


def exif(order, orientation):
    """A block with two entries, the second the orientation."""
    mark = "<" if order == b"II" else ">"
    return order + struct.pack(mark + "HI", 42, 8) + struct.pack(
        mark + "HHHIIHHIHHI", 2, 0x0100, 4, 1, 5, 0x0112, 3, 1, orientation,
        0, 0)


def xmp(orientation):
    """A packet whose width is no orientation."""
    return (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
            b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            b'rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
            b'tiff:ImageWidth="3" tiff:Orientation="%d"/></rdf:RDF>'
            b'</x:xmpmeta>' % orientation)


# Files that lie on their side: each takes the number and returns the pixels
# that it wrote. ------------------------------------------------------------

@functools.cache
def photograph():
    """A JPEG file without a mark, and its pixels."""
    png.write("in.png", png.sample(WIDTH, HEIGHT))
    good("noise", "in.png", "-o", "flat.jpg", "-s", "0")
    good("noise", "flat.jpg", "-o", "flat.png", "-s", "0")
    with open("flat.jpg", "rb") as file:
        return file.read(), png.read("flat.png").pixels()


def jpeg(path, *segments, fill=0):
    """The photograph with these at its beginning; its pixels."""
    data, pixels = photograph()
    with open(path, "wb") as file:
        file.write(data[:2])
        for marker, body in segments:
            file.write(b"\xff" * (1 + fill) + marker +
                       struct.pack(">H", len(body) + 2) + body)
        file.write(data[2:])
    return pixels


def lying_jpeg(number, order=b"II", fill=0):
    return jpeg("lying", (b"\xe1", b"Exif\0\0" + exif(order, number)),
                fill=fill)


def lying_jpeg_xmp(number):
    return jpeg("lying", (b"\xe1", b"http://ns.adobe.com/xap/1.0/\0" +
                          xmp(number)))


def lying_png(mark, last=False):
    """mark: the chunk that says so; last: behind the pixels."""
    picture = png.sample(WIDTH, HEIGHT, 16, png.RGBA)
    png.write("lying", picture, b"" if last else mark)
    if last:
        with open("lying", "r+b") as file:
            file.seek(-12, 2)            # IEND
            end = file.read()
            file.seek(-12, 2)
            file.write(mark + end)
    return picture.pixels()


def exif_chunk(number):
    return png.chunk(b"eXIf", exif(b"MM", number))


def raw_profile(number):
    """As ImageMagick wrote it before there was a chunk for it."""
    block = b"Exif\0\0" + exif(b"II", number)
    text = b"\nexif\n%8d\n%s\n" % (len(block), block.hex().encode())
    return png.chunk(b"zTXt", b"Raw profile type exif\0\0" +
                     zlib.compress(text))


def xmp_chunk(number):
    return png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(number))


def lying_tiff(number, depth=8, order="<", big=False):
    picture = png.sample(WIDTH, HEIGHT, depth)
    letter = {8: "B", 16: "H"}[depth]
    tiff.write("lying", (WIDTH, HEIGHT), b"".join(
        struct.pack(f"{order}{len(row)}{letter}", *row)
        for row in picture.rows), tiff.RGB, depth, 3,
               [(tiff.ORIENTATION, tiff.SHORT, [number])], order, big)
    return picture.pixels()


def lying_bits(number, kind=tiff.MIN_IS_BLACK):
    """One bit per pixel: libtiff makes 8-bit RGBA of it, and mirrors it."""
    rng = random.Random(5)
    rows = [[rng.randrange(2) for _ in range(WIDTH)] for _ in range(HEIGHT)]
    packed = b"".join(int("".join(map(str, row)) + "0" * (-WIDTH % 8), 2)
                      .to_bytes((WIDTH + 7) // 8, "big") for row in rows)
    tiff.write("lying", (WIDTH, HEIGHT), packed, kind, 1, 1,
               [(tiff.ORIENTATION, tiff.SHORT, [number])])
    return [(255 * (v ^ (kind == tiff.MIN_IS_WHITE)),) * 3 + (255,)
            for row in rows for v in row]


LYING = {
    "jpg": lying_jpeg,
    "jpg with fill bytes": lambda n: lying_jpeg(n, b"MM", 3),
    "jpg with XMP alone": lying_jpeg_xmp,
    "png": lambda n: lying_png(exif_chunk(n)),
    "png that tells it last": lambda n: lying_png(exif_chunk(n), True),
    "png with a raw profile": lambda n: lying_png(raw_profile(n)),
    "png with XMP alone": lambda n: lying_png(xmp_chunk(n)),
    "tif": lying_tiff,
    "tif, 16 bits, the other byte order": lambda n: lying_tiff(n, 16, ">"),
    "tif, BigTIFF": lambda n: lying_tiff(n, 8, "<", True),
    "tif, BigTIFF, the other byte order": lambda n: lying_tiff(
        n, 8, ">", True),
    "tif of black and white": lying_bits,
    "tif of black and white, white first": lambda n: lying_bits(
        n, tiff.MIN_IS_WHITE),
}


def orientation_mark(write):
    for number in range(1, 9):
        pixels = write(number)
        good("noise", "lying", "-o", "out.png", "-s", "0")
        after = png.read("out.png")
        assert after.form[:2] == ((HEIGHT, WIDTH) if number > 4 else
                                  (WIDTH, HEIGHT)), (number, after.form)
        assert after.pixels() == upright(pixels, number), number


for _name, _write in LYING.items():
    case(f"all orientations are turned upright: {_name}",
         _write)(orientation_mark)


@case("what is written is upright and has no mark")
def written():
    for name in ("jpg", "png", "tif, BigTIFF", "tif of black and white"):
        pixels = upright(LYING[name](6), 6)
        for ending in ("png", "tif", "exr", "jpg"):
            if (name, ending) == ("png", "jpg"):
                continue                 # it has alpha
            good("noise", "lying", "-o", f"out.{ending}", "-s", "0")
            with open(f"out.{ending}", "rb") as file:
                data = file.read()
            assert b"Exif" not in data and b"eXIf" not in data, (name, ending)
            if ending == "tif":
                assert tiff.read("out.tif")[0].get(
                    tiff.ORIENTATION, (1,)) == (1,), name
            good("noise", f"out.{ending}", "-o", "again.png", "-s", "0")
            again = png.read("again.png")
            assert again.form[:2] == (HEIGHT, WIDTH), (name, ending)
            if ending in ("png", "tif"):
                assert again.pixels() == pixels, (name, ending)


@case("vary makes of a lying picture what it makes of the upright one")
def varied():
    pixels = upright(lying_tiff(8), 8)
    flat = [v for pixel in pixels for v in pixel]
    png.write("upright.png", png.Picture(
        HEIGHT, WIDTH, 8, png.RGB,
        [flat[i:i + 3 * HEIGHT] for i in range(0, len(flat), 3 * HEIGHT)]))
    for name in ("lying", "upright.png"):
        good("vary", name, "-o", f"{name}-1.png", "-n", "1",
             "--made-of", "model", "--steps", "2")
    after = png.read("lying-1.png")
    assert after.pixels() != pixels
    assert after.rows == png.read("upright.png-1.png").rows


@case("a mark that makes no sense counts as upright")
def senseless():
    for number in (0, 9):
        for name in ("jpg", "jpg with XMP alone", "png"):
            pixels = LYING[name](number)
            good("noise", "lying", "-o", "out.png", "-s", "0")
            assert png.read("out.png").pixels() == pixels, (name, number)
        for name in ("tif", "tif, BigTIFF", "tif of black and white"):
            pixels = LYING[name](number)
            warned("Orientation", "noise", "lying", "-o", "out.png", "-s", "0")
            assert png.read("out.png").pixels() == pixels, (name, number)
    block = exif(b"II", 6)
    pixels = jpeg("odd", (b"\xe1", b"Exif\0\0" + block[:8] + b"\xff\xff" +
                          block[10:22]))
    good("noise", "odd", "-o", "out.png", "-s", "0")
    assert png.read("out.png").pixels() == pixels


@case("metadata that cannot be read are warned of")
def unreadable():
    block = exif(b"II", 6)
    for odd in (exif(b"XX", 6), block[:4] + b"\xff\xff\xff\xff" + block[8:],
                block[:2]):
        pixels = jpeg("odd", (b"\xe1", b"Exif\0\0" + odd))
        warned("metadata cannot be read", "noise", "odd", "-o", "out.png",
               "-s", "0")
        assert png.read("out.png").pixels() == pixels


# Negatives -----------------------------------------------------------------

def negative(bits, alpha):
    """alpha: 0, or 1 for colour that is multiplied by it, or 2 for colour
    that is not, as tag 338 has them."""
    rng = random.Random(bits + alpha)
    top = (1 << bits) - 1
    n = 1 + (alpha > 0)
    stored = []
    for i in range(WIDTH * HEIGHT):
        a = (0, top, rng.randrange(1, top + 1))[min(i, 2)] if alpha else top
        stored.append((rng.randrange((a if alpha == 1 else top) + 1),
                       a)[:n])
    letter = {8: "B", 16: "H", 32: "I"}[bits]
    layout = f"<{n * WIDTH * HEIGHT}{letter}"
    tiff.write("negative.tif", (WIDTH, HEIGHT), struct.pack(
        layout, *(v for pixel in stored for v in pixel)), tiff.MIN_IS_WHITE,
               bits, n, [(tiff.EXTRA_SAMPLES, tiff.SHORT, [alpha])]
               if alpha else [])
    good("noise", "negative.tif", "-o", "out.tif", "-s", "0")
    tags, data = tiff.read("out.tif")
    assert tags[tiff.PHOTOMETRIC] == (tiff.MIN_IS_BLACK,), tags
    assert tags[tiff.BITS] == (bits,) * n, tags
    after = struct.unpack(layout, data)
    for i, (value, *rest) in enumerate(stored):
        white = rest[0] if alpha == 1 else top
        wanted = (white - value, *rest)
        assert after[n * i:n * i + n] == wanted, (i, wanted)
    if alpha != 1 and bits < 32:
        good("noise", "negative.tif", "-o", "out.png", "-s", "0")
        assert [v for row in png.read("out.png").rows for v in row] == \
            list(after)


for _bits in (8, 16, 32):
    for _alpha, _name in enumerate(("", ", colour times alpha", ", alpha")):
        case(f"tif: white counted as 0 is white: {_bits} bits{_name}",
             _bits, _alpha)(negative)


@case("tif: white counted as 0, of 4 bits and of floating point")
def other_negatives():
    nibbles = bytes((16 * i + i + 1) % 256 for i in range(0, 16, 2)) * 4
    tiff.write("in.tif", (16, 4), nibbles, tiff.MIN_IS_WHITE, 4)
    good("noise", "in.tif", "-o", "out.png", "-s", "0")
    for pixel, value in zip(png.read("out.png").pixels(), nibbles.hex()):
        assert pixel[:3] == (255 - 17 * int(value, 16),) * 3, (pixel, value)
    values = [i / 64 for i in range(64)]
    tiff.write("in.tif", (16, 4), struct.pack("<64f", *values),
               tiff.MIN_IS_WHITE, 32, 1,
               [(tiff.SAMPLE_FORMAT, tiff.SHORT, [tiff.FLOAT])])
    good("noise", "in.tif", "-o", "out.tif", "-s", "0")
    assert struct.unpack("<64f", tiff.read("out.tif")[1]) == tuple(
        1 - value for value in values)


@case("tif: a negative that lies on its side")
def lying_negative():
    picture = png.sample(WIDTH, HEIGHT, 8, png.GREY)
    for number in range(1, 9):
        tiff.write("in.tif", (WIDTH, HEIGHT), b"".join(
            bytes(255 - v for v in row) for row in picture.rows),
                   tiff.MIN_IS_WHITE,
                   tags=[(tiff.ORIENTATION, tiff.SHORT, [number])])
        good("noise", "in.tif", "-o", "out.png", "-s", "0")
        assert png.read("out.png").pixels() == upright(picture.pixels(),
                                                       number), number


main()
