# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the pixels: every format, alpha, selections, sizes."""

import array
import itertools
import math

from gi.repository import Gimp

from harness import (FLOAT, PRECISIONS, add_layer, alpha_bytes, check, equal,
                     floats, largest, new_image, pixel_bytes, psnr, raw, read,
                     scene, vary, write)

GRAY = Gimp.ImageBaseType.GRAY

# A variation at 40 % looks like its source and is not its source.  The
# model's work on the scene lies well within; plain noise of that strength
# would be below, a copy above.
LOW, HIGH = 14.0, 45.0


def ramp(x, y):
    """An alpha with every kind of value: 0, 1 and between."""
    return 0.0 if x < 8 else 1.0 if x >= 24 else (x - 8 + y / 64) / 16


def looks_like(source, results):
    """Checks each result against the source and the others."""
    before = floats(source)
    after = [floats(result) for result in results]
    values = [psnr(before, pixels) for pixels in after]
    for value in values:
        check(LOW < value < HIGH, "PSNR to the source:", values)
    for one, other in itertools.combinations(after, 2):
        check(psnr(one, other) < HIGH + 6, "two variations are alike")
    return "PSNR to the source: " + ", ".join(f"{v:.1f}" for v in values)


def test_rgba_u8():
    """8-bit RGBA: four variations, alpha bit for bit, source untouched"""
    image = new_image()
    source = add_layer(image, scene(48, 40, ramp))
    before = raw(source)
    results = vary(image, [source])
    equal(len(results), 4, "variations")
    equal(raw(source), before, "source")
    for result in results:
        equal(alpha_bytes(result), alpha_bytes(source), "alpha")
        check(raw(result) != before, "nothing changed")
    return looks_like(source, results)


def test_seeds():
    """The same seed makes the same bits, in a batch and alone"""
    image = new_image()
    source = add_layer(image)
    first = [raw(layer) for layer in vary(image, [source], seed=41)]
    again = [raw(layer) for layer in vary(image, [source], seed=41)]
    equal(again, first, "second run")
    alone = vary(image, [source], seed=43, num_variations=1)
    equal(raw(alone[0]), first[2], "variation 3 alone")
    other = vary(image, [source], seed=1000, num_variations=1)
    check(raw(other[0]) not in first, "another seed made the same")


def test_processes():
    """Ten runs, each a process of its own, make the same bits"""
    adobe = Gimp.ColorProfile.new_rgb_adobe()
    for profile in (None, adobe):
        image = new_image(24, 20, profile=profile)
        source = add_layer(image)
        made = {raw(vary(image, [source], num_variations=1, steps=1)[0])
                for _ in range(10)}
        equal(len(made), 1, "different results")


def test_settings():
    """Strength, steps and sampler each matter"""
    image = new_image()
    source = add_layer(image)
    made = [raw(vary(image, [source], num_variations=1,
                     **{"steps": 4, **settings})[0])
            for settings in ({}, {"strength": 60.0}, {"steps": 3},
                             {"sampler": "ddpm"}, {"sampler": "ddim"})]
    equal(len(set(made)), len(made), "different results")


def test_samplers():
    """Every sampler makes a picture"""
    image = new_image()
    source = add_layer(image)
    notes = []
    for sampler in ("ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde",
                    "dpmpp-2m-karras"):
        results = vary(image, [source], num_variations=1, steps=4,
                       sampler=sampler)
        notes.append(f"{sampler}: {looks_like(source, results)}")
    return "\n".join(notes)


def test_gray_u16():
    """16-bit grey keeps its format"""
    image = new_image(base=GRAY, precision=Gimp.Precision.U16_NON_LINEAR)
    source = add_layer(image, alpha=False)
    results = vary(image, [source], num_variations=2)
    for result in results:
        equal(result.type(), Gimp.ImageType.GRAY_IMAGE, "type")
        equal(len(raw(result)), 48 * 40 * 2, "bytes")
        pixels = floats(result)
        grey = largest(abs(pixels[i] - pixels[i + 2])
                       for i in range(0, len(pixels), 4))
        check(grey < 1e-5, "not neutral:", grey)
    return looks_like(source, results)


def test_gray_alpha_u8():
    """8-bit grey with alpha keeps its alpha"""
    image = new_image(base=GRAY)
    source = add_layer(image, scene(48, 40, ramp))
    result = vary(image, [source], num_variations=1)[0]
    equal(result.type(), Gimp.ImageType.GRAYA_IMAGE, "type")
    equal(alpha_bytes(result), alpha_bytes(source), "alpha")
    check(raw(result) != raw(source), "nothing changed")


def test_float_linear_profile():
    """32-bit float linear in Adobe RGB: right colours, highlights kept"""
    profile = Gimp.ColorProfile.new_rgb_adobe()
    image = new_image(precision=Gimp.Precision.FLOAT_LINEAR, profile=profile)
    source = add_layer(image, alpha=False)
    # A light brighter than white, and a green that sRGB does not have.
    bright = [(x, y) for x in (20, 21) for y in (10, 11)]
    native = array.array("f", raw(source))
    for x, y in bright:
        native[3 * (48 * y + x):3 * (48 * y + x) + 3] = array.array(
            "f", (6.0, 5.0, 4.0))
    write(source, native, form="RGB float")
    values = floats(source)
    check(max(values) > 1.5, "no highlight in the test picture")

    results = vary(image, [source], num_variations=2)
    for result in results:
        equal(len(raw(result)), 48 * 40 * 12, "bytes")
        pixels = floats(result)
        check(all(math.isfinite(value) for value in pixels), "not finite")
        for x, y in bright:
            i = 4 * (48 * y + x)
            check(pixels[i] > 1.2, "highlight lost:", pixels[i:i + 3])

    plain = new_image()
    again = add_layer(plain, floats(source), alpha=False)
    near = floats(vary(plain, [again], num_variations=1)[0])
    far = floats(results[0])
    clip = array.array("f", (min(max(v, 0.0), 1.0) for v in far))
    for x, y in bright:
        i = 4 * (48 * y + x)
        clip[i:i + 4] = near[i:i + 4]
    value = psnr(near, clip)
    check(value > 35, "colours differ from the same picture in sRGB:", value)
    return looks_like(source, results) + f"\nto 8-bit sRGB: {value:.1f} dB"


def test_identity():
    """Strength 0 gives the very bits, in every precision and profile"""
    adobe = Gimp.ColorProfile.new_rgb_adobe()
    for (name, precision), profile in zip(PRECISIONS.items(),
                                          itertools.cycle((adobe, None))):
        image = new_image(20, 12, precision=precision, profile=profile)
        pixels = scene(20, 12, ramp)
        if name[0] in ("FLOAT", "DOUBLE", "HALF"):
            pixels[40:44] = array.array("f", (7.5, -0.25, 1.25, 1.0))
            pixels[80:84] = array.array("f", (math.nan, math.inf, 0, 0.5))
        source = add_layer(image, pixels)
        result = vary(image, [source], num_variations=1, strength=0.0)[0]
        equal(raw(result), raw(source), f"pixels in {name}")
        image.delete()


def test_precisions():
    """Every precision at 40 %: alpha and untouched pixels bit for bit"""
    for name, precision in PRECISIONS.items():
        image = new_image(40, 12, precision=precision)
        source = add_layer(image, scene(40, 12, ramp))
        image.select_rectangle(Gimp.ChannelOps.REPLACE, 4, 2, 30, 8)
        result = vary(image, [source], num_variations=1, steps=1,
                      selection_mask=False)[0]
        before, after = pixel_bytes(source), pixel_bytes(result)
        equal(len(after[0]), len(before[0]), f"bytes of a pixel in {name}")
        equal(alpha_bytes(result), alpha_bytes(source), f"alpha in {name}")
        changed = 0
        for i, (old, new) in enumerate(zip(before, after)):
            x, y = i % 40, i // 40
            if x < 8 or x >= 34 or y < 2 or y >= 10:
                equal(new, old, f"pixel {x},{y} in {name}")
            changed += new != old
        check(changed > 150, name, "only", changed, "pixels changed")
        image.delete()


def test_nan():
    """A NaN in a float layer does not spread"""
    image = new_image(precision=Gimp.Precision.FLOAT_NON_LINEAR)
    pixels = scene(48, 40)
    pixels[4 * 500:4 * 500 + 3] = array.array("f", [math.nan] * 3)
    source = add_layer(image, pixels, alpha=False)
    result = vary(image, [source], num_variations=1)[0]
    after = floats(result)
    check(all(math.isfinite(value) for value in after), "not finite")


def test_selection_hard():
    """Blended with a selection: every pixel outside bit for bit, inside changed"""
    image = new_image()
    source = add_layer(image)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 10, 8, 24, 20)
    Gimp.Selection.sharpen(image)
    mask = read(image.get_selection(), "Y float")
    mask = array.array("f", mask)
    result = vary(image, [source], num_variations=1, selection_mask=False)[0]
    check(result.get_mask() is None, "a mask nonetheless")
    before, after = pixel_bytes(source), pixel_bytes(result)
    inside = [i for i, value in enumerate(mask) if value > 0]
    check(len(inside) > 300, "selection too small")
    for i, value in enumerate(mask):
        if value == 0:
            equal(after[i], before[i], f"pixel {i % 48},{i // 48}")
    changed = sum(after[i] != before[i] for i in inside)
    check(changed > 0.9 * len(inside), "changed only", changed)
    equal(Gimp.Selection.is_empty(image), False, "selection lost")
    equal(array.array("f", read(image.get_selection(), "Y float")), mask,
          "selection")


def test_selection_soft():
    """A feathered selection blends between source and full variation"""
    image = new_image(precision=Gimp.Precision.FLOAT_NON_LINEAR)
    source = add_layer(image, alpha=False)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 48, 40)
    full = floats(vary(image, [source], num_variations=1,
                       selection_mask=False)[0])

    # The box stays the whole layer, so the engine's work is the same.
    shade = array.array("f", (max(0.0, (i % 48) / 47) for i in range(48 * 40)))
    write(image.get_selection(), shade, form="Y float")
    mask = array.array("f", read(image.get_selection(), "Y float"))
    half = floats(vary(image, [source], num_variations=1,
                       selection_mask=False)[0])
    before = floats(source)
    worst = largest(
        abs(before[k] + value * (full[k] - before[k]) - half[k])
        for i, value in enumerate(mask) for k in range(4 * i, 4 * i + 3))
    check(worst < 1e-5, "off by", worst)
    check(0 < mask[24] < 1, "no soft pixel in the test")


def test_selection_offset():
    """The selection lies in the image, the layer may not"""
    image = new_image(64, 64)
    source = add_layer(image, size=(48, 40), offsets=(10, -6))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 20, 10, 16, 12)
    masked = vary(image, [source], num_variations=1)[0]
    mask = array.array("f", read(masked.get_mask(), "Y float"))
    equal(mask, array.array("f", (
        20 <= i % 48 + 10 < 36 and 10 <= i // 48 - 6 < 22
        for i in range(48 * 40))), "mask")
    result = vary(image, [source], num_variations=1, selection_mask=False)[0]
    equal(tuple(result.get_offsets())[-2:], (10, -6), "offsets")
    before, after = pixel_bytes(source), pixel_bytes(result)
    for i, (old, new) in enumerate(zip(before, after)):
        x, y = i % 48 + 10, i // 48 - 6
        if not (20 <= x < 36 and 10 <= y < 22):
            equal(new, old, f"pixel {x},{y} of the image")
    changed = sum(old != new for old, new in zip(before, after))
    check(changed > 0.9 * 16 * 12, "changed only", changed)


def seen(image, *layers):
    """What is seen of the image with those of its layers shown, in bytes and
    as floats."""
    for layer in image.get_layers():
        layer.set_visible(layer in layers)
    made = Gimp.Layer.new_from_visible(image, image, "seen")
    return pixel_bytes(made), floats(made)


def test_selection_mask():
    """A mask of the selection: looks as if blended, outside as the source"""
    for precision in ("U8", "FLOAT"):
        image = new_image(precision=PRECISIONS[precision, "NON_LINEAR"])
        below = add_layer(image, name="Below", alpha=False)
        below.invert(False)
        source = add_layer(image, alpha=False)
        image.select_ellipse(Gimp.ChannelOps.REPLACE, 10, 8, 24, 20)
        Gimp.Selection.feather(image, 8.0)
        selection = array.array("f", read(image.get_selection(), "Y float"))
        before = raw(source)
        masked = vary(image, [source], num_variations=1)[0]
        blended = vary(image, [source], num_variations=1,
                       selection_mask=False)[0]
        mask = array.array("f", read(masked.get_mask(), "Y float"))
        worst = largest(abs(a - b) for a, b in zip(mask, selection))
        step = 0.5 / 255 + 1e-6 if precision == "U8" else 0.0
        check(worst <= step, "the mask is off by", worst)
        equal(raw(source), before, "source")
        equal(masked.get_edit_mask(), False, "whether the mask is edited")

        plain, bare = seen(image, below, source)
        with_mask, one = seen(image, below, source, masked)
        _, other = seen(image, below, source, blended)
        worst = largest(abs(a - b) for a, b in zip(one, other))
        check(worst < (1.6 / 255 if precision == "U8" else 1e-4),
              f"{precision}: looks different by", worst)
        outside = [i for i, value in enumerate(mask) if value == 0]
        check(len(outside) > 300, "selection too large")
        # GIMP composes in floats, which may change the last bits of floats.
        if precision == "U8":
            equal([with_mask[i] for i in outside],
                  [plain[i] for i in outside], "pixels outside")
        worst = largest(abs(one[4 * i + c] - bare[4 * i + c])
                        for i in outside for c in range(4))
        check(worst < 2e-6, "outside off by", worst)
        check(sum(a != b for a, b in zip(with_mask, plain)) > 400,
              "nothing changed")


def test_painted_back():
    """Around the selection the result is there, to be painted back"""
    image = new_image(200, 30)
    source = add_layer(image, alpha=False)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 4, 30, 20)
    result = vary(image, [source], num_variations=1)[0]
    changed = [i % 200 for i, (old, new) in enumerate(
        zip(pixel_bytes(source), pixel_bytes(result))) if old != new]
    equal(min(changed), 0, "changed from")
    check(90 < max(changed) < 40 + 64, "changed up to", max(changed))


def test_selection_mask_look():
    """With a mask, other modes and transparency change nothing outside"""
    image = new_image()
    below = add_layer(image, name="Below", alpha=False)
    source = add_layer(image, scene(48, 40, ramp))
    source.set_mode(Gimp.LayerMode.MULTIPLY)
    source.set_opacity(42.0)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 8, 24, 20)
    result = vary(image, [source], num_variations=1)[0]
    plain, _ = seen(image, below, source)
    found, _ = seen(image, below, source, result)
    for i, (old, new) in enumerate(zip(plain, found)):
        if not (10 <= i % 48 < 34 and 8 <= i // 48 < 28):
            equal(new, old, f"pixel {i % 48},{i // 48}")
    check(found != plain, "nothing changed")


def test_selection_own_mask():
    """A layer with a mask keeps it: the selection is blended, chains too"""
    image = new_image()
    source = add_layer(image)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 8, 24, 20)
    frames = vary(image, [source], chain_frames=3, steps=2)
    equal([frame.get_mask() for frame in frames], [None] * 4,
          "masks of the chain")
    mask = source.create_mask(Gimp.AddMaskType.WHITE)
    source.add_mask(mask)
    write(mask, array.array("f", (i / 1920 for i in range(1920))),
          form="Y float")
    result = vary(image, [source], num_variations=1)[0]
    blended = vary(image, [source], num_variations=1, selection_mask=False)[0]
    equal(raw(result.get_mask()), raw(mask), "mask")
    equal(raw(result), raw(blended), "pixels")


def test_outside_canvas():
    """Without a selection, what lies outside the canvas varies too"""
    image = new_image(30, 20)
    source = add_layer(image, size=(48, 40), offsets=(-9, -10), alpha=False)
    result = vary(image, [source], num_variations=1)[0]
    before, after = pixel_bytes(source), pixel_bytes(result)
    changed = sum(old != new for old, new in zip(before, after))
    check(changed > 0.9 * len(before), "changed only", changed)
    return looks_like(source, [result])


def test_transparent():
    """A fully transparent layer stays bit for bit as it was"""
    image = new_image()
    source = add_layer(image, scene(48, 40, lambda x, y: 0.0))
    check(any(raw(source)), "no colour behind the transparency")
    result = vary(image, [source], num_variations=1)[0]
    equal(raw(result), raw(source), "pixels")


def test_partly_transparent():
    """Hidden colours stay, and do not bleed into what is visible"""
    image = new_image()
    shade = lambda x, y: float(x >= 24)  # noqa: E731
    pixels = scene(48, 40, shade)
    source = add_layer(image, pixels)
    result = vary(image, [source], num_variations=1)[0]
    before, after = pixel_bytes(source), pixel_bytes(result)
    for i, (old, new) in enumerate(zip(before, after)):
        if i % 48 < 24:
            equal(new, old, f"hidden pixel {i % 48},{i // 48}")

    for i in range(48 * 40):
        if i % 48 < 24:
            pixels[4 * i:4 * i + 3] = array.array("f", (1.0, 0.0, 1.0))
    write(source, pixels)
    other = vary(image, [source], num_variations=1)[0]
    for i, (old, new) in enumerate(zip(after, pixel_bytes(other))):
        if i % 48 >= 24:
            equal(new, old, f"visible pixel {i % 48},{i // 48}")


def test_one_pixel():
    """A layer of one pixel"""
    image = new_image(1, 1)
    source = add_layer(image, array.array("f", (0.2, 0.4, 0.6, 1.0)))
    results = vary(image, [source], num_variations=2)
    equal(len(results), 2, "variations")
    for result in results:
        equal(alpha_bytes(result), [b"\xff"], "alpha")
        check(raw(result) != raw(source), "nothing changed")


def test_long_strip():
    """A layer of 5000 x 3 pixels"""
    image = new_image(5000, 3)
    source = add_layer(image, alpha=False)
    result = vary(image, [source], num_variations=1, steps=1)[0]
    equal((result.get_width(), result.get_height()), (5000, 3), "size")
    before, after = pixel_bytes(source), pixel_bytes(result)
    changed = sum(old != new for old, new in zip(before, after))
    check(changed > 0.9 * len(before), "changed only", changed)
    value = psnr(floats(source), floats(result))
    check(value > 12, "PSNR", value)


def test_full_strength():
    """Strength 100 leaves nothing of the source"""
    image = new_image()
    source = add_layer(image)
    result = vary(image, [source], num_variations=1, strength=100.0,
                  steps=4)[0]
    value = psnr(floats(source), floats(result))
    check(value < 20, "PSNR to the source:", value)

    blank = add_layer(image, array.array("f", [0.5, 0.5, 0.5, 1.0] * 1920))
    other = vary(image, [blank], num_variations=1, strength=100.0,
                 steps=4)[0]
    near = psnr(floats(result), floats(other))
    check(near > 30, "the source shines through:", near)
    return f"PSNR to the source: {value:.1f}, to one of grey: {near:.1f}"
