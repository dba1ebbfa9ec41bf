# SPDX-License-Identifier: GPL-3.0-or-later
"""What the faster sets of kernels make of a photograph, against float32:
bfloat16 is used without being asked for only because no eye can tell."""

import functools
import math
import os

import png
from harness import MODELS, Skip, case, good, main, run

PHOTOGRAPH = os.path.join(os.path.dirname(MODELS), os.pardir, "tests", "data",
                          "mountain-lake.jpg")


# Left and top of parts of the photograph: mountain and sky, trees, water.
CROPS = ((240, 90), (40, 150), (420, 290))
SIDE = 96

# Strength and settings; without any, the default sampler and its steps.
RUNS = (("0.2",), ("0.4",), ("0.6",), ("0.8",), ("0.4", "--quality", "draft"),
        ("0.6", "--sampler", "dpmpp-2m-sde", "--steps", "8"))


@functools.cache
def vary(place, kernels, strength, *settings):
    """The pixels of one variation of the part at a place, which is crop.png
    now."""
    del place           # by which it is known again
    out = f"{kernels}.png"
    status = good("vary", "crop.png", "-n", "1", "--made-of=model", "-s",
                  strength, *settings, "--seed", "5", "-o", out, env={"DIF_CPU": kernels})
    assert status == ""
    return png.read(out).pixels()


def crop(left, top):
    """crop.png: SIDE x SIDE pixels of the photograph."""
    if not os.path.exists("all.png"):
        good("noise", PHOTOGRAPH, "-o", "all.png", "-s", "0")
    whole = png.read("all.png")
    assert left + SIDE <= whole.width and top + SIDE <= whole.height, whole.form
    png.write("crop.png", png.Picture(
        SIDE, SIDE, 8, png.RGB,
        [row[3 * left:3 * (left + SIDE)]
         for row in whole.rows[top:top + SIDE]]))


def largest(a, b):
    """The largest difference of two lists of pixels, in levels of 255."""
    return max(abs(x - y) for p, q in zip(a, b) for x, y in zip(p, q))


def psnr(a, b):
    """In dB over all samples of two lists of pixels."""
    error = sum((x - y) ** 2 for p, q in zip(a, b) for x, y in zip(p, q))
    return (math.inf if error == 0
            else 10 * math.log10(255 ** 2 * 3 * len(a) / error))


def need(kernels):
    """Skip where the machine cannot run these kernels: the engine then says
    so and takes others, which would compare something with itself."""
    png.write("dot.png", png.sample(8, 8))
    status, _, err = run("vary", "dot.png", "-n", "1", "--made-of=model",
                         "--steps", "1", "-o", "dot.png", env={"DIF_CPU": kernels})
    assert status == 0, err
    if "no kernels called" in err:
        raise Skip(f"this machine cannot run {kernels}")


@case("float32 on AVX2 and AVX-512 agrees with SSE to the last level",
      ("x86-64-v3", "x86-64-v4"), 60.0, False)
@case("bfloat16 is within 50 dB of float32, and is not float32",
      ("avx512-bf16", "amx-bf16"), 50.0, True)
def agrees(sets, least, must_differ):
    there = []
    for kernels in sets:
        try:
            need(kernels)
            there.append(kernels)
        except Skip as reason:
            print(f"# {reason}")
    if not there:
        raise Skip("this machine can run none of them")
    differ = dict.fromkeys(there, 0)
    failed = []
    for place in CROPS:
        crop(*place)
        # Every setting on the first part, the defaults on the others.
        for settings in RUNS if place == CROPS[0] else RUNS[1:3]:
            base = vary(place, "x86-64-v2", *settings)
            for kernels in there:
                got = vary(place, kernels, *settings)
                level, most = psnr(base, got), largest(base, got)
                differ[kernels] += base != got
                print(f"# {kernels:12} at {place}, {' '.join(settings):36}"
                      f"{level:6.1f} dB, largest difference {most} levels")
                if level < least:
                    failed.append((kernels, place, settings, level))
    assert not failed, failed
    if must_differ:      # else DIF_CPU was passed over
        assert all(differ.values()), differ


if __name__ == "__main__":
    main()
