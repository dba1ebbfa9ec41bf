# SPDX-License-Identifier: GPL-3.0-or-later
"""What the faster sets of kernels make of a photograph, against float32:
bfloat16 is used without being asked for only because no eye can tell."""

import math
import os

import png
from harness import MODELS, Skip, case, good, main, run

PHOTOGRAPH = os.path.join(os.path.dirname(MODELS), os.pardir, "tests", "data",
                          "mountain-lake.jpg")


def vary(kernels, strength, sampler, steps):
    """The pixels of one variation of crop.png."""
    out = f"{kernels}.png"
    status = good("vary", "crop.png", "-n", "1", "-s", strength, "--steps",
                  steps, "--sampler", sampler, "--seed", "5", "-o", out,
                  env={"DIF_CPU": kernels})
    assert status == ""
    return png.read(out).pixels()


def crop():
    """crop.png: 96 x 96 pixels of mountain and sky."""
    good("noise", PHOTOGRAPH, "-o", "all.png", "-s", "0")
    whole = png.read("all.png")
    left, top, side = 240, 90, 96
    png.write("crop.png", png.Picture(
        side, side, 8, png.RGB,
        [row[3 * left:3 * (left + side)] for row in whole.rows[top:top + side]]))


def psnr(a, b):
    """In dB over all samples of two lists of pixels."""
    error = sum((x - y) ** 2 for p, q in zip(a, b) for x, y in zip(p, q))
    return (math.inf if error == 0
            else 10 * math.log10(255 ** 2 * 3 * len(a) / error))


def need(kernels):
    """Skip where the machine cannot run these kernels: the engine then says
    so and takes others, which would compare something with itself."""
    png.write("dot.png", png.sample(8, 8))
    status, _, err = run("vary", "dot.png", "-n", "1", "--steps", "1", "-o",
                         "dot.png", env={"DIF_CPU": kernels})
    assert status == 0, err
    if "no kernels called" in err:
        raise Skip(f"this machine cannot run {kernels}")


@case("float32 on AVX2 and AVX-512 agrees with SSE to the last level",
      ("x86-64-v3", "x86-64-v4"), 60.0)
@case("bfloat16 is within 50 dB of float32", ("avx512-bf16", "amx-bf16"), 50.0)
def agrees(sets, least):
    crop()
    missing = []
    for strength, sampler in ((0.2, "dpmpp-2m"), (0.4, "dpmpp-2m"),
                              (0.6, "ddim"), (0.8, "dpmpp-2m-sde")):
        base = vary("x86-64-v2", strength, sampler, 8)
        for kernels in sets:
            try:
                need(kernels)
            except Skip:
                missing.append(kernels)
                continue
            level = psnr(base, vary(kernels, strength, sampler, 8))
            print(f"# {kernels} at {strength}: {level:.1f} dB")
            assert level >= least, (kernels, strength, level)
    if set(missing) == set(sets):
        raise Skip("this machine can run none of them")


if __name__ == "__main__":
    main()
