# SPDX-License-Identifier: GPL-3.0-or-later
"""TIFF files (TIFF 6.0; BigTIFF with offsets of 64 bits), without a library
between, so that a test can write any tag and sees the bytes that came out."""

import struct

WIDTH, HEIGHT, BITS, PHOTOMETRIC, ORIENTATION, CHANNELS = \
    256, 257, 258, 262, 274, 277
EXTRA_SAMPLES, SAMPLE_FORMAT, PROFILE = 338, 339, 34675
MIN_IS_WHITE, MIN_IS_BLACK, RGB, SEPARATED = 0, 1, 2, 5
FLOAT = 3                                    # of SAMPLE_FORMAT

SHORT, LONG, UNDEFINED = 3, 4, 7
LETTERS = {2: "c", SHORT: "H", LONG: "I", 5: "II", UNDEFINED: "B"}


def write(path, size, pixels, photometric, bits=8, channels=1, tags=(),
          order="<", big=False):
    """pixels: the bytes of one strip.  tags: more (tag, type, values), the
    values a list of numbers or bytes.  order: "<" or ">", which the pixels
    must be in too."""
    offset = "Q" if big else "I"
    start = 16 if big else 8
    at = start + len(pixels) + len(pixels) % 2
    entries = sorted([
        (WIDTH, SHORT, [size[0]]), (HEIGHT, SHORT, [size[1]]),
        (BITS, SHORT, [bits] * channels), (259, SHORT, [1]),
        (PHOTOMETRIC, SHORT, [photometric]), (273, LONG, [start]),
        (CHANNELS, SHORT, [channels]), (278, SHORT, [size[1]]),
        (279, LONG, [len(pixels)]), *tags])
    room = struct.calcsize(offset)
    length = struct.calcsize("=HH" + offset) + room
    behind = at + (8 if big else 2) + length * len(entries) + room
    directory = struct.pack(order + ("Q" if big else "H"), len(entries))
    extra = b""
    for tag, kind, values in entries:
        data = bytes(values) if kind == UNDEFINED else struct.pack(
            f"{order}{len(values)}{LETTERS[kind]}", *values)
        directory += struct.pack(order + "HH" + offset, tag, kind,
                                 len(values))
        if len(data) > room:
            directory += struct.pack(order + offset, behind + len(extra))
            extra += data + bytes(len(data) % 2)
        else:
            directory += data.ljust(room, b"\0")
    head = b"II" if order == "<" else b"MM"
    head += struct.pack(order + ("HHHQ" if big else "HI"),
                        *((43, 8, 0, at) if big else (42, at)))
    with open(path, "wb") as file:
        file.write(head + pixels + bytes(len(pixels) % 2) + directory +
                   bytes(room) + extra)


def read(path):
    """({tag: numbers}, the bytes of all strips) of a file as the tool
    writes them: little-endian, not compressed."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(b"II*\0"), f"{path} is no such TIFF file"
    at = struct.unpack_from("<I", data, 4)[0]
    tags = {}
    for i in range(struct.unpack_from("<H", data, at)[0]):
        place = at + 2 + 12 * i
        tag, kind, n = struct.unpack_from("<HHI", data, place)
        layout = "<" + LETTERS[kind] * n
        place += 8
        if struct.calcsize(layout) > 4:
            place = struct.unpack_from("<I", data, place)[0]
        tags[tag] = struct.unpack_from(layout, data, place)
    assert tags.get(259, (1,)) == (1,), "compressed"
    return tags, b"".join(data[start:start + length] for start, length
                          in zip(tags[273], tags[279]))
