# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs: the same bits however they are computed, variations, what is
kept, progress, and interruption."""

import math
import os
import pty
import random
import re
import signal
import time

import png
from harness import bad, case, expect_files, good, main, run, start

MODEL = ("--made-of", "model")
FEW = (*MODEL, "--steps", "2")
SAMPLERS = ("ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "dpmpp-2m-karras")


def rows(*arguments, out="out.png"):
    """The samples of the one picture that a command writes."""
    good(*arguments, "-o", out)
    return png.read(out).rows


@case("threads and batch never change a bit, over several tiles")
def same_bits():
    png.write("in.png", png.sample(500, 40))
    line = ("vary", "in.png", "-n", "1", "-s", "0.4", *FEW)
    first = rows(*line, "--threads", "1", "--batch", "1")
    assert first != png.read("in.png").rows
    for threads, batch in ((2, 1), (1, 2), (2, 3), (0, 0)):
        assert first == rows(*line, "--threads", threads, "--batch", batch), \
            (threads, batch)


@case("... with any set of kernels")
def same_bits_everywhere():
    png.write("in.png", png.sample(500, 40))
    line = ("vary", "in.png", "-n", "1", "-s", "0.4", *MODEL, "--steps", "1",
            "-o")
    for kernels in ("x86-64-v2", "x86-64-v3", "x86-64-v4", "avx512-bf16",
                    "amx-bf16", "vector", "neon"):
        for threads, batch in ((1, 1), (2, 3), (2, 1), (3, 1)):
            status, _, err = run(*line, "out.png", "--threads", threads,
                                 "--batch", batch, env={"DIF_CPU": kernels})
            assert status == 0, err
            if "no kernels called" in err:
                print(f"# {kernels}: SKIP, this machine cannot run them")
                break
            if (threads, batch) == (1, 1):
                first = png.read("out.png").rows
            assert first == png.read("out.png").rows, (kernels, threads, batch)


@case("a megapixel takes less than 600 MiB")
def megapixel():
    part = png.sample(1000, 20)
    png.write("in.png", png.Picture(1000, 1000, 8, png.RGB, part.rows * 50))
    with start("vary", "in.png", "-n", "1", "-o", "out.png", "-t", "2",
               *FEW) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert png.read("out.png").form == (1000, 1000, 8, png.RGB)
    print(f"# {usage.ru_maxrss / 1024:.0f} MiB")
    assert usage.ru_maxrss < 600 * 1024, usage.ru_maxrss


@case("variation k is the one of seed + k alone; all differ")
def seeds():
    png.write("in.png", png.sample(48, 32))
    line = ("vary", "in.png", "-s", "0.5", *FEW)
    good(*line, "-n", "3", "--seed", "7", "-o", "%d.png")
    several = [png.read(f"{k}.png").rows for k in (1, 2, 3)]
    alone = [rows(*line, "-n", "1", "--seed", 7 + k) for k in (0, 1, 2)]
    assert several == alone
    assert len(set(map(tuple, several + [png.read("in.png").rows]))) == 4


@case("the default is four variations from seed 0")
def defaults():
    png.write("in.png", png.sample(12, 12))
    good("vary", "in.png", "-o", "%d.png")
    expect_files("in.png", "1.png", "2.png", "3.png", "4.png")
    assert png.read("3.png").rows == rows(
        "vary", "in.png", "-n", "1", "--seed", "2", "--strength", "40%",
        "--made-of", "layer-finished", "--structure", "30%", "--layout", "0.5",
        "--model", "photo")
    assert rows("vary", "in.png", "-n", "1", *MODEL) == rows(
        "vary", "in.png", "-n", "1", *MODEL, "--strength", "40%", "--steps",
        "12", "--sampler", "dpmpp-2m-karras")


@case("--quality is a sampler and its steps, which can be given as well")
def qualities():
    png.write("in.png", png.sample(40, 30))
    for name, steps in (("draft", 6), ("normal", 12), ("best", 24)):
        assert rows("vary", "in.png", "-n", "1", *MODEL, "--quality",
                    name) == rows(
            "vary", "in.png", "-n", "1", *MODEL, "--steps", steps, "--sampler",
            "dpmpp-2m-karras")
    assert rows("vary", "in.png", "-n", "1", *MODEL, "--quality", "best",
                "--steps", "2") == rows("vary", "in.png", "-n", "1", *FEW)


@case("--vary, --tileable and --keep-colours each make another picture")
def ways():
    png.write("in.png", png.sample(70, 50))
    line = ("vary", "in.png", "-n", "1", *FEW, "-s", "0.8")
    made = [rows(*line), rows(*line, "--vary", "0.2"),
            rows(*line, "--vary", "0.2", "--vary-seed", "9"),
            rows(*line, "--tileable"), rows(*line, "--keep-colours")]
    assert len(set(map(tuple, made))) == 5
    assert rows(*line, "--vary", "0", "--vary-seed", "9") == made[0]


def middle(width, height):
    """A mask: black in the middle, so that it may change, and white around."""
    return png.Picture(width, height, 8, png.GREY, [
        tuple(0 if width // 4 <= x < 3 * width // 4
              and height // 4 <= y < 3 * height // 4 else 255
              for x in range(width)) for y in range(height)])


@case("fill: white is filled, the rest stays to the bit, by threads and seeds")
def fill():
    before = png.sample(60, 48)
    png.write("in.png", before)
    png.write("mask.png", png.Picture(60, 48, 8, png.GREY, [
        tuple(255 if 20 <= x < 36 and 16 <= y < 30 else 0 for x in range(60))
        for y in range(48)]))
    line = ("fill", "in.png", "--mask", "mask.png")
    good(*line, "-n", "2", "--seed", "3", "-o", "%d.png")
    made = [png.read("1.png"), png.read("2.png")]
    assert made[0].rows != made[1].rows
    for one in made:
        assert one.form == before.form
        pairs = list(zip(one.pixels(), before.pixels()))
        inside = [20 <= i % 60 < 36 and 16 <= i // 60 < 30
                  for i in range(len(pairs))]
        assert all(a == b for (a, b), hole in zip(pairs, inside) if not hole)
        assert any(a != b for (a, b), hole in zip(pairs, inside) if hole)
    assert rows(*line, "--seed", "4", "-t", "1") == made[1].rows
    bad(1, "fill", "in.png", "-o", "x.png", says=["say with --mask"])
    png.write("all.png", png.Picture(60, 48, 8, png.GREY, [(255,) * 60] * 48))
    bad(1, "fill", "in.png", "--mask", "all.png", "-o", "x.png",
        says=["nothing is left to fill it from"])
    png.write("small.png", png.Picture(30, 48, 8, png.GREY, [(255,) * 30] * 48))
    bad(1, "fill", "in.png", "--mask", "small.png", "-o", "x.png",
        says=["small.png", "30 x 48"])


@case("fill: what is transparent is filled and becomes opaque")
def fill_transparent():
    plain = png.sample(48, 40)
    png.write("in.png", png.Picture(48, 40, 8, png.RGBA, [
        tuple(value for x in range(48) for value in
              (*plain.rows[y][3 * x:3 * x + 3], 0 if x >= 36 else 255))
        for y in range(40)]))
    good("fill", "in.png", "-o", "out.png")
    made = png.read("out.png")
    assert all(pixel[3] == 255 for pixel in made.pixels())
    assert all(pixel[:3] == other for i, (pixel, other) in
               enumerate(zip(made.pixels(), plain.pixels())) if i % 48 < 36)
    # Nothing is transparent any more, which JPEG needs.
    good("fill", "in.png", "-o", "out.jpg")


@case("texture: of any size, by any threads, and what is too large")
def texture():
    png.write("in.png", png.sample(48, 40))
    line = ("texture", "in.png", "--size", "70x52", "--tileable")
    first = rows(*line)
    assert png.read("out.png").form == (70, 52, 8, png.RGB)
    assert first == rows(*line, "-t", "1")
    bad(1, "texture", "in.png", "--size", "16000x16000", "-o", "x.png",
        says=["16000 x 16000"])
    bad(2, "texture", "in.png", "-o", "x.png", says=["give --size"])


@case("made of the picture: threads, seeds, and what is protected stays")
def made():
    before = png.sample(60, 48)
    png.write("in.png", before)
    png.write("mask.png", middle(60, 48))
    png.write("small.png", middle(30, 48))
    line = ("vary", "in.png", "-s", "0.8", "--made-of", "layer", "--structure",
            "0.2")
    good(*line, "-n", "2", "--seed", "7", "-o", "%d.png", "-t", "2")
    several = [png.read(f"{k}.png").rows for k in (1, 2)]
    assert several[1] == rows(*line, "-n", "1", "--seed", "8", "-t", "1")
    assert len(set(map(tuple, several + [before.rows]))) == 3
    changed = 0
    good(*line, "-n", "1", "--protect", "mask.png", "-o", "masked.png")
    after = png.read("masked.png")
    for old, new, mask in zip(before.pixels(), after.pixels(),
                              middle(60, 48).pixels()):
        assert mask[0] == 0 or old == new, (old, new)
        changed += old != new
    assert changed > 200, changed
    bad(1, *line, "-n", "1", "--protect", "small.png", "-o", "x.png",
        says=["small.png", "30 x 48"])
    bad(1, *line, "-n", "1", "--protect", "none.png", "-o", "x.png",
        says=["none.png"])


@case("made of the picture: too long, and nothing to copy")
def made_of_nothing():
    png.write("long.png", png.sample(800, 20))
    bad(1, "vary", "long.png", "-n", "1", "-o", "x.png", says=["too long"])
    clear = png.sample(40, 30, 8, png.RGBA)
    clear.rows = [tuple(0 if i % 4 == 3 else v for i, v in enumerate(row))
                  for row in clear.rows]
    png.write("clear.png", clear)
    bad(1, "vary", "clear.png", "-n", "1", "-o", "x.png", says=["transparent"])
    tiny = png.sample(7, 300)
    png.write("tiny.png", tiny)
    assert rows("vary", "tiny.png", "-n", "1") == tiny.rows


@case("noise is what vary starts from: more strength, more noise")
def strengths():
    before = png.sample(64, 64, 16)
    png.write("in.png", before)
    distances = []
    for strength in ("1%", "10%", "40%", "90%"):
        after = rows("noise", "in.png", "-s", strength)
        distances.append(sum(abs(a - b) for p, q in zip(before.rows, after)
                             for a, b in zip(p, q)))
    assert distances == sorted(distances), distances
    assert distances[-1] > 3 * distances[0], distances


def sampler(name):
    png.write("in.png", png.sample(32, 32))
    line = ("vary", "in.png", "-n", "1", "-s", "0.5", *MODEL, "--steps", "4",
            "--sampler")
    mine = rows(*line, name)
    assert mine == rows(*line, name)
    for other in SAMPLERS:
        if other != name:
            assert mine != rows(*line, other), other


for _name in SAMPLERS[::2]:
    case(f"sampler {_name}: repeatable, unlike the others", _name)(sampler)


@case("eta counts with ddim")
def eta():
    png.write("in.png", png.sample(24, 24))
    line = ("vary", "in.png", "-n", "1", *MODEL, "--steps", "4", "--sampler",
            "ddim")
    assert rows(*line) == rows(*line, "--eta", "0")
    assert rows(*line) != rows(*line, "--eta", "1")


@case("scale-side reaches the model")
def scale_side():
    png.write("in.png", png.sample(24, 24))
    line = ("vary", "in.png", "-n", "1", "-s", "0.6", *FEW)
    assert rows(*line) == rows(*line, "--scale-side", "24")
    assert rows(*line) != rows(*line, "--scale-side", "512")


def kept(depth, kind):
    before = png.sample(40, 24, depth, kind)
    png.write("in.png", before)
    good("vary", "in.png", "-o", "out.png", "-n", "1", "-s", "0.3", *FEW)
    after = png.read("out.png")
    assert after.form == before.form, after.form
    changed = 0
    for old, new in zip(before.pixels(), after.pixels()):
        if kind in (png.RGBA, png.GREY_ALPHA):
            assert old[-1] == new[-1], (old, new)
            assert old[-1] != 0 or old == new, (old, new)
        changed += old != new
    assert changed > 400, changed
    if depth == 16:
        assert any(v % 257 for row in after.rows for v in row)


case("vary keeps 8-bit RGBA and its alpha", 8, png.RGBA)(kept)
case("vary keeps 8-bit grey grey", 8, png.GREY)(kept)
case("vary keeps 16-bit RGB at 16 bits", 16, png.RGB)(kept)
case("vary keeps 16-bit grey with alpha", 16, png.GREY_ALPHA)(kept)


@case("the colour behind transparency does not matter")
def behind():
    results = []
    for hidden in (0, 255):
        picture = png.sample(40, 24, 8, png.RGBA)
        for y, row in enumerate(picture.rows):
            picture.rows[y] = tuple(
                hidden if row[i - i % 4 + 3] == 0 and i % 4 != 3 else v
                for i, v in enumerate(row))
        png.write("in.png", picture)
        good("vary", "in.png", "-o", "out.png", "-n", "1", *FEW)
        results.append([pixel for pixel in png.read("out.png").pixels()
                        if pixel[3] != 0])
    assert len(results[0]) > 500 and results[0] == results[1]


def odd_size(width, height):
    before = png.sample(width, height)
    png.write("in.png", before)
    good("vary", "in.png", "-o", "out.png", "-n", "1", "-s", "0.7", *FEW)
    after = png.read("out.png")
    assert after.form == before.form and after.rows != before.rows


for _width, _height in ((1, 1), (3, 500), (500, 3), (2, 1), (65, 33)):
    case(f"a picture of {_width} x {_height}", _width, _height)(odd_size)


@case("a picture that is wholly transparent comes back as it was")
def invisible():
    before = png.sample(20, 10, 8, png.RGBA)
    before.rows = [tuple(0 if i % 4 == 3 else v for i, v in enumerate(row))
                   for row in before.rows]
    png.write("in.png", before)
    assert rows("vary", "in.png", "-n", "1", *FEW) == before.rows


@case("generate: size, depth, seeds")
def generate():
    line = ("generate", "--size=50x30", "--steps", "2")
    first = rows(*line)
    assert png.read("out.png").form == (50, 30, 8, png.RGB)
    assert len(set(png.read("out.png").pixels())) > 100
    assert first == rows(*line, "--seed", "0", "-n", "1")
    good(*line, "--seed", "4", "-n", "2", "-o", "%d.png")
    assert rows(*line, "--seed", "5") == png.read("2.png").rows != first
    good(*line, "-o", "x.exr")
    expect_files("1.png", "2.png", "out.png", "x.exr")


@case("generate: a size that no memory holds")
def too_large():
    bad(1, "generate", "--size=262144x262144", "-o", "x.png")
    bad(1, "generate", "--size=32768x32768", "-o", "x.png",
        says=["memory"])
    expect_files()


# Progress -----------------------------------------------------------------

def on_terminal(*arguments):
    """(status, what a terminal gets) with standard error on one."""
    ours, theirs = pty.openpty()
    process = start(*arguments, stderr=theirs, stdout=theirs)
    os.close(theirs)
    text = b""
    try:
        while True:
            piece = os.read(ours, 65536)
            if not piece:
                break
            text += piece
    except OSError:
        pass
    finally:
        os.close(ours)
    return process.wait(timeout=60), text.decode()


@case("a pipe gets no progress")
def silent():
    png.write("in.png", png.sample(64, 64))
    good("vary", "in.png", "-o", "%d.png", "-n", "2", *MODEL,
         "--steps", "6")


@case("a terminal gets one line, rewritten and wiped")
def progress():
    png.write("in.png", png.sample(128, 96))
    status, text = on_terminal("vary", "in.png", "-o", "%d.png", "-n", "2",
                               *MODEL, "--steps", "40", "-s", "1")
    assert status == 0, text
    assert "\n" not in text, text
    shown = text.split("\r")
    assert any(re.search(r"\d %, variation [12] of 2, step \d+ of 40", line)
               for line in shown), shown
    assert any(re.search(r"\d+:\d\d left", line) for line in shown), shown
    assert shown[-2].strip() == "" and shown[-1] == "", shown


@case("--quiet: not even on a terminal")
def quiet():
    png.write("in.png", png.sample(64, 64))
    status, text = on_terminal("vary", "in.png", "-o", "%d.png", "-n", "2",
                               *MODEL, "--steps", "6", "-q")
    assert (status, text) == (0, ""), (status, text)


# Interruption -------------------------------------------------------------

def interrupted(number, whole_group):
    png.write("in.png", png.sample(64, 64))
    process = start("vary", "in.png", "-o", "v-%d.png", "-n", "100",
                    *MODEL, "--steps", "40", "-s", "1", start_new_session=True)
    try:
        while not os.path.exists("v-2.png"):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        asked = time.monotonic()
        if whole_group:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
        err = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    assert process.returncode == 128 + number, process.returncode
    assert time.monotonic() - asked < 5, time.monotonic() - asked
    written = int(re.fullmatch(r"gimp-diffusion: interrupted; (\d+) of 100 "
                               r"pictures written\n", err)[1])
    assert 2 <= written < 100
    expect_files("in.png", *(f"v-{k}.png" for k in range(1, written + 1)))
    for k in range(1, written + 1):
        assert png.read(f"v-{k}.png").form == (64, 64, 8, png.RGB)


LAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data",
                    "mountain-lake.jpg")


def difference(some, other):
    """The mean square difference of two pictures' samples."""
    pairs = [(a, b) for x, y in zip(some.rows, other.rows)
             for a, b in zip(x, y)]
    return sum((a - b) ** 2 for a, b in pairs) / len(pairs)


@case("restore takes noise out of a photograph and leaves a clean one alone")
def restored():
    good("vary", LAKE, "-o", "clean.png", "-n", "1", "-s", "0")
    clean = png.read("clean.png")
    chance = random.Random(7)
    rows_of_noise = [[min(255, max(0, round(v + chance.gauss(0, 15))))
                      for v in row] for row in clean.rows]
    png.write("noisy.png", png.Picture(clean.width, clean.height, 8, png.RGB,
                                       rows_of_noise))
    noisy = difference(png.read("noisy.png"), clean)
    told = good("restore", "noisy.png", "-o", "restored.png")
    found = re.fullmatch(
        r"noisy\.png: noise (\S+) of 255; in the shadows and in the lights "
        r"red (\S+) and (\S+), green (\S+) and (\S+), blue (\S+) and (\S+); "
        r"coarseness (\S+)\n", told)
    assert found, told
    *noises, coarseness = map(float, found.groups())
    assert all(13 < n < 17 for n in noises) and 0.9 < coarseness < 1.2, told
    left = difference(png.read("restored.png"), clean)
    print(f"# mean square {noisy:.0f}, restored {left:.1f}")
    assert left < noisy / 5, (left, noisy)
    told = good("restore", "noisy.png", "-o", "same.png", "--amount", "0", "-q")
    assert told == "", told
    assert png.read("same.png").rows == png.read("noisy.png").rows
    good("restore", "clean.png", "-o", "untouched.png")
    changed = difference(png.read("untouched.png"), clean)
    print(f"# mean square change of the clean one {changed:.1f}")
    assert changed < 10, changed


COSINES = [[math.sqrt((1 if k else 0.5) / 4)
            * math.cos(math.pi * (2 * i + 1) * k / 16) for i in range(8)]
           for k in range(8)]


def product(a, b):
    """Of two matrices, the second one turned."""
    return [[sum(p * q for p, q in zip(row, column)) for column in b]
            for row in a]


def quantised(block):
    """A block of 8 x 8 values as JPEG keeps it, coarser at high frequencies."""
    turned = list(zip(*COSINES))
    values = product(product(COSINES, list(zip(*block))), COSINES)
    values = [[(24 + 6 * (u + v)) * round(x / (24 + 6 * (u + v)))
               for u, x in enumerate(row)] for v, row in enumerate(values)]
    return product(product(turned, list(zip(*values))), turned)


def grey_of(columns):
    return [v for v in columns for _ in range(3)]


@case("restore takes out what JPEG's compression made, and no fresh noise comes "
      "in")
def deblocked():
    width, height = 192, 160
    good("vary", LAKE, "-o", "lake.png", "-n", "1", "-s", "0")
    lake = png.read("lake.png")
    top, left = lake.height // 2 - 80, lake.width // 2 - 96
    grey = [row[3 * left + 1:3 * (left + width):3]
            for row in lake.rows[top:top + height]]
    blocky = [[0] * width for _ in range(height)]
    for y in range(0, height, 8):
        for x in range(0, width, 8):
            block = quantised([[v - 128 for v in row[x:x + 8]]
                               for row in grey[y:y + 8]])
            for i, values in enumerate(block):
                blocky[y + i][x:x + 8] = [min(255, max(0, round(v + 128)))
                                          for v in values]
    clean, coarse = (png.Picture(width, height, 8, png.RGB,
                                  [grey_of(row) for row in columns])
                      for columns in (grey, blocky))
    png.write("blocky.png", coarse)
    told = good("restore", "blocky.png", "-o", "restored.png")
    assert "JPEG's error" in told, told
    restored = png.read("restored.png")
    before, after = (difference(p, clean) for p in (coarse, restored))
    print(f"# mean square {before:.1f}, restored {after:.1f}")
    assert after < 0.8 * before, (before, after)
    good("restore", "blocky.png", "-o", "other.png", "--seed", "9", "-q")
    assert png.read("other.png").rows == restored.rows


case("SIGINT keeps what is finished and leaves nothing else",
     signal.SIGINT, False)(interrupted)
case("SIGINT as a terminal sends it, to the whole group",
     signal.SIGINT, True)(interrupted)
case("SIGTERM", signal.SIGTERM, False)(interrupted)


main()
