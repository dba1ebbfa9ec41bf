# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which a picture cannot be read or written: one message that
names the file, and nothing left behind."""

import os
import zlib

import png
import tiff
from harness import (Skip, bad, case, expect_files, good, limit_file_size,
                     main, start)

ENDINGS = ("png", "jpg", "tif", "exr")


# Reading ------------------------------------------------------------------

def refused(name, *says):
    before = set(os.listdir("."))
    for command in ("noise", "vary"):
        bad(1, command, name, "-o", "out-%d.png",
            says=[name, "cannot be read", *says])
    expect_files(*(before - {"home"}))


@case("missing file, folder, empty file, text, device")
def no_picture():
    refused("nowhere.png", "No such file")
    os.mkdir("folder.png")
    refused("folder.png", "folder")
    open("empty.png", "wb").close()
    refused("empty.png", "empty")
    with open("text.png", "w", encoding="utf-8") as file:
        file.write("This is not a picture.\n" * 20)
    refused("text.png", "not a PNG")
    refused("/dev/zero", "regular")
    os.mkfifo("pipe.png")
    refused("pipe.png", "regular")


@case("a file without read permission")
def forbidden():
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    png.write("in.png", png.sample(4, 4))
    os.chmod("in.png", 0)
    refused("in.png", "ermission")


def cut(ending):
    png.write("in.png", png.sample(60, 50))
    good("noise", "in.png", "-o", f"whole.{ending}", "-s", "0")
    with open(f"whole.{ending}", "rb") as file:
        data = file.read()
    # What a TIFF ends in may be no more than its profile.
    for share in (0.02, 0.4, 0.8 if ending == "tif" else 0.97):
        with open(f"cut.{ending}", "wb") as file:
            file.write(data[:int(len(data) * share)])
        refused(f"cut.{ending}")


for _ending in ENDINGS:
    case(f"{_ending}: a file that is cut short", _ending)(cut)


@case("png: damaged pixels and a wrong check sum")
def damaged_png():
    png.write("in.png", png.sample(60, 50))
    with open("in.png", "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 2] ^= 0x40
    with open("bad.png", "wb") as file:
        file.write(data)
    refused("bad.png")


@case("jpg: no picture inside, damaged tables, a scan that ends early")
def damaged_jpeg():
    png.write("in.png", png.sample(60, 50))
    good("noise", "in.png", "-o", "a.jpg", "-s", "0")
    with open("a.jpg", "rb") as file:
        data = file.read()
    # libjpeg ends the process on these two.
    with open("bare.jpg", "wb") as file:
        file.write(b"\xff\xd8\xff\xd9")
    refused("bare.jpg")
    table = data.index(b"\xff\xc4")
    with open("table.jpg", "wb") as file:
        file.write(data[:table + 5] + b"\xff" * 16 + data[table + 21:])
    refused("table.jpg")
    scan = data.rindex(b"\xff\xda")
    with open("early.jpg", "wb") as file:
        file.write(data[:scan + 20] + b"\xff\xd9")
    refused("early.jpg")


@case("png: sizes that are nothing or too much")
def sizes():
    for name, width, height in (("zero", 0, 5), ("huge", 2**31 - 1, 2**31 - 1),
                                ("wide", 300000, 2), ("bomb", 200000, 200000)):
        with open(f"{name}.png", "wb") as file:
            file.write(png.header(width, height, 16, png.RGBA) +
                       png.chunk(b"IDAT", zlib.compress(bytes(100))) +
                       png.chunk(b"IEND", b""))
        refused(f"{name}.png")


@case("tif: CMYK is refused with advice")
def cmyk():
    tiff.write("cmyk.tif", (4, 4), bytes([10, 20, 30, 40]) * 16,
               tiff.SEPARATED, channels=4)
    refused("cmyk.tif", "RGB")


# Writing ------------------------------------------------------------------

@case("unknown ending, missing folder, folder or device in the way")
def bad_targets():
    png.write("in.png", png.sample(4, 4))
    os.mkdir("d.png")
    for name in ("out.bmp", "out", "none/out.png", "d.png", "/dev/null",
                 "in.png/out.png", "/proc/out.png"):
        bad(1, "noise", "in.png", "-o", name,
            says=[name, "cannot be written"])
        bad(1, "generate", "--size=4x4", "-o", name,
            says=[name, "cannot be written"])
    os.mkfifo("pipe.png")
    bad(1, "noise", "in.png", "-o", "pipe.png", says=["pipe.png"])
    os.symlink("none/out.png", "astray.png")
    os.symlink("round.png", "round.png")
    bad(1, "vary", "in.png", "-o", "astray.png", "-n", "1",
        says=["astray.png cannot be written", "No such file"])
    bad(1, "vary", "in.png", "-o", "round.png", "-n", "1",
        says=["round.png cannot be written", "ymbolic link"])
    expect_files("astray.png", "d.png", "in.png", "pipe.png", "round.png")


@case("a folder without write permission")
def locked():
    if os.geteuid() == 0:
        raise Skip("root may write everywhere")
    png.write("in.png", png.sample(4, 4))
    os.mkdir("locked", 0o500)
    bad(1, "noise", "in.png", "-o", "locked/x.png", says=["locked/x.png"])


@case("jpg: transparency is refused before the work begins")
def no_alpha():
    png.write("in.png", png.sample(16, 16, 8, png.RGBA))
    bad(1, "vary", "in.png", "-o", "%d.jpg", "--made-of=model",
        "--steps=1000", "-s", "1", says=["1.jpg", "transparency"])
    expect_files("in.png")
    opaque = png.sample(16, 16, 8, png.RGBA)
    opaque.rows = [tuple(255 if i % 4 == 3 else v
                         for i, v in enumerate(row)) for row in opaque.rows]
    png.write("opaque.png", opaque)
    good("noise", "opaque.png", "-o", "out.jpg")


def full_disk(ending):
    png.write("in.png", png.sample(160, 120, 16))
    good("noise", "in.png", "-o", f"old.{ending}", "-s", "0")
    with open(f"old.{ending}", "rb") as file:
        old = file.read()
    assert len(old) > 4096
    for name in ("new", "old"):
        bad(1, "noise", "in.png", "-o", f"{name}.{ending}", "-s", "0.5",
            says=[f"{name}.{ending}", "cannot be written"],
            preexec_fn=limit_file_size(4096))
    expect_files("in.png", f"old.{ending}")
    with open(f"old.{ending}", "rb") as file:
        assert file.read() == old


for _ending in ENDINGS:
    case(f"{_ending}: a full disk leaves no file and the old one as it was",
         _ending)(full_disk)


@case("the end of the decoding process is a message")
def decoder_dies():
    png.write("in.png", png.sample(64, 64))
    if not os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children"):
        raise Skip("the kernel does not list a process's children")
    process = start("vary", "in.png", "-o", "%d.png", "-n", "100",
                    "--made-of=model", "-s", "1", "--steps", "50")
    try:
        while not os.path.exists("1.png"):
            assert process.poll() is None
        path = f"/proc/{process.pid}/task/{process.pid}/children"
        with open(path, encoding="ascii") as file:
            child = int(file.read().split()[0])
        os.kill(child, 9)
        err = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    assert process.returncode == 1, process.returncode
    assert "cannot be written" in err and err.count("\n") == 1, err
    for name in os.listdir("."):
        assert name == "home" or png.read(name).form[:2] == (64, 64)


main()
