# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour profiles of few bytes (ICC.1:2001-04, version 2.4)."""

import itertools
import struct


def profile(space, tags, kind=b"mntr", connection=b"XYZ "):
    """The header and the tags that every profile needs, and these."""
    tags = [(b"desc", b"desc" + struct.pack(">II", 0, 5) + b"test\0" +
             bytes(78)),
            (b"cprt", b"text" + bytes(4) + b"none\0"),
            (b"wtpt", xyz(0.9642, 1.0, 0.8249)), *tags]
    table, data, start = b"", b"", 132 + 12 * len(tags)
    for name, body in tags:
        table += name + struct.pack(">II", start + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s28x3i", start + len(data), 0x02400000,
                       kind, space, connection, b"acsp", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def xyz(*values):
    """A colour."""
    return b"XYZ " + struct.pack(">4x3i", *(round(v * 65536) for v in values))


def curve(gamma):
    """A power."""
    return b"curv" + struct.pack(">4xIH", 1, round(gamma * 256))


def table(n_in, n_out):
    """A table of two points each way, darker the more of each there is."""
    grid = bytes(255 - 255 * sum(corner) // n_in
                 for corner in itertools.product((0, 1), repeat=n_in)
                 for _ in range(n_out))
    return (b"mft1" + struct.pack(">4x4B9i", n_in, n_out, 2, 0, 65536, 0, 0, 0,
                                  65536, 0, 0, 0, 65536) +
            bytes(range(256)) * n_in + grid + bytes(range(256)) * n_out)


GREY = profile(b"GRAY", [(b"kTRC", curve(1.0))])
RGB = profile(b"RGB ", [
    (b"rXYZ", xyz(0.61, 0.311, 0.019)), (b"gXYZ", xyz(0.205, 0.626, 0.061)),
    (b"bXYZ", xyz(0.149, 0.063, 0.745)), (b"rTRC", curve(1.0)),
    (b"gTRC", curve(1.0)), (b"bTRC", curve(1.0))])
CMYK = profile(b"CMYK", [(b"A2B0", table(4, 3)), (b"B2A0", table(3, 4))],
               b"prtr", b"Lab ")
