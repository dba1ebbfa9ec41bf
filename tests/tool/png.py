# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files as samples, without a library between: what a test asserts on
are the very bits that stand in the file."""

import random
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, GREY_ALPHA, RGBA = 0, 2, 4, 6
CHANNELS = {GREY: 1, RGB: 3, GREY_ALPHA: 2, RGBA: 4}


class Picture:
    """samples: rows of integers, channels interleaved."""

    def __init__(self, width, height, depth, kind, rows, chunks=()):
        self.width, self.height = width, height
        self.depth, self.kind = depth, kind
        self.rows = rows
        self.chunks = list(chunks)

    @property
    def channels(self):
        """Samples per pixel."""
        return CHANNELS[self.kind]

    @property
    def form(self):
        """Everything but the samples."""
        return (self.width, self.height, self.depth, self.kind)

    def pixels(self):
        """All pixels as tuples, row by row."""
        n = self.channels
        return [tuple(row[i:i + n]) for row in self.rows
                for i in range(0, len(row), n)]


def chunk(name, data):
    """One chunk with its length and check sum."""
    return (struct.pack(">I", len(data)) + name + data +
            struct.pack(">I", zlib.crc32(name + data)))


def header(width, height, depth, kind):
    """Signature and IHDR."""
    return SIGNATURE + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, depth, kind, 0, 0, 0))


def write(path, picture, extra=b""):
    """extra: chunks to stand before the pixels."""
    letter = "B" if picture.depth == 8 else "H"
    raw = b"".join(b"\0" + struct.pack(f">{len(row)}{letter}", *row)
                   for row in picture.rows)
    with open(path, "wb") as file:
        file.write(header(*picture.form) + extra +
                   chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def unfilter(kind, line, above, step):
    """Undoes a row's filter (PNG specification, section 9)."""
    out = bytearray(line)
    for i, value in enumerate(line):
        left = out[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            value += left
        elif kind == 2:
            value += up
        elif kind == 3:
            value += (left + up) // 2
        elif kind == 4:
            guess = left + up - corner
            value += min((left, up, corner),
                         key=lambda v, g=guess: abs(g - v))
        out[i] = value & 255
    return out


def read(path):
    """Checks every check sum on the way.  Fails on anything odd."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(SIGNATURE), f"{path} is no PNG file"
    at, packed, names, form = 8, b"", [], None
    while True:
        length = struct.unpack_from(">I", data, at)[0]
        name, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        assert chunk(name, body) == data[at:at + 12 + length], f"{path} {name}"
        at += 12 + length
        names.append(name.decode())
        if name == b"IHDR":
            form = struct.unpack(">IIBBBBB", body)
        elif name == b"IDAT":
            packed += body
        elif name == b"IEND":
            break
    width, height, depth, kind, _, _, interlaced = form
    assert depth in (8, 16) and kind in CHANNELS and not interlaced, form
    step = CHANNELS[kind] * depth // 8
    raw, stride, rows = zlib.decompress(packed), width * step, []
    assert len(raw) == (stride + 1) * height
    above = bytes(stride)
    for y in range(height):
        line = raw[y * (stride + 1):(y + 1) * (stride + 1)]
        above = unfilter(line[0], line[1:], above, step)
        letter = "B" if depth == 8 else "H"
        rows.append(struct.unpack(f">{width * CHANNELS[kind]}{letter}", above))
    return Picture(width, height, depth, kind, rows, names)


def sample(width, height, depth=8, kind=RGB, seed=1):
    """Soft shapes with some grain; alpha runs from 0 to opaque."""
    rng = random.Random(seed)
    top = (1 << depth) - 1
    n = CHANNELS[kind]
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            for c in range(n):
                if c == n - 1 and kind in (GREY_ALPHA, RGBA):
                    value = 2.0 * x / max(width - 1, 1) - 0.5
                else:
                    value = (0.2 + 0.6 * ((x * (c + 1) + 2 * y) % 64) / 64 +
                             0.1 * rng.random())
                row.append(round(top * min(max(value, 0.0), 1.0)))
        rows.append(tuple(row))
    return Picture(width, height, depth, kind, rows)
