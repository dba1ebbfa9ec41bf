# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes noise out of a photograph: how much nearer to the clean one it comes,
what stays, where the result goes and what it remembers."""

import array
import functools
import math
import os
import random

from gi.repository import Gimp

from harness import (PRECISIONS, add_layer, alpha_bytes, check, equal,
                     every_layer, floats, new_image, pixel_bytes, psnr, raw,
                     refused, restore, scheme, vary, write)
from lake import photograph
from layers import names, record

EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR
CALLING = Gimp.PDBStatusType.CALLING_ERROR

SIZE = (240, 96)
SIGMA = 20 / 255        # of the noise that is put on

ARGUMENTS = {
    "seed": 0, "model": "photo", "selection-mask": True, "amount": 100.0,
    "detail": 0.0, "colour-noise": 100.0, "regrain": 0.0, "blocks": "auto",
    "draws": 0,
}


# Pictures -----------------------------------------------------------------

@functools.cache
def clean():
    """The photograph as R'G'B'A floats."""
    data = photograph(*SIZE)
    return array.array("f", (
        1.0 if c == 3 else data[3 * i + c] / 255
        for i in range(SIZE[0] * SIZE[1]) for c in range(4)))


@functools.cache
def noisy(sigma=SIGMA, grey=False):
    """The same with noise."""
    chance = random.Random(7)
    pixels = array.array("f", clean())
    for i in range(0, len(pixels), 4):
        noise = [sigma * chance.gauss(0, 1) for _ in range(3)]
        for c in range(3):
            pixels[i + c] += noise[0 if grey else c]
            pixels[i + c] = min(max(pixels[i + c], 0.0), 1.0)
    return pixels


def opened(pixels=None, alpha=False, **settings):
    """An image with the noisy photograph, or with other pixels, and that
    layer."""
    image = new_image(*SIZE, **settings)
    return image, add_layer(image, pixels or noisy(), alpha=alpha, name="Lake")


def part(pixels, first, end):
    """Some columns of a picture."""
    width = 4 * SIZE[0]
    return array.array("f", (value for y in range(SIZE[1])
                             for value in pixels[y * width + 4 * first:
                                                 y * width + 4 * end]))


def gain(layer, result, wanted=None):
    """By how many dB a result is nearer to the clean picture."""
    wanted = wanted or clean()
    return psnr(floats(result), wanted) - psnr(floats(layer), wanted)


# Tests --------------------------------------------------------------------

def test_arguments():
    """The arguments and defaults are those of the dialog"""
    config = Gimp.get_pdb().lookup_procedure(
        "plug-in-diffusion-restore").create_config()
    found = {spec.name for spec in config.list_properties()}
    equal(found - {"procedure", "run-mode", "image", "drawables"},
          set(ARGUMENTS), "arguments")
    equal({name: config.get_property(name) for name in ARGUMENTS}, ARGUMENTS,
          "defaults")


def test_noise():
    """A noisy photograph comes much nearer to the clean one"""
    image, layer = opened()
    before = raw(layer)
    results = restore(image, [layer], draws=ARGUMENTS["draws"])
    equal(names(image.get_layers()), ["Restored – Lake", "Lake"], "layers")
    equal(raw(layer), before, "the source")
    got = gain(layer, results[0])
    check(got > 5.0, "a gain of", got)
    return f"{got:.2f} dB"


def test_clean():
    """A clean photograph stays nearly as it is"""
    image, layer = opened(clean())
    result = restore(image, [layer])[0]
    near = psnr(floats(result), floats(layer))
    check(near > 38.0, near, "dB")
    return f"{near:.2f} dB"


def test_amount():
    """Amount 0 is the layer, 50 lies between, and names say so"""
    image, layer = opened()
    none = restore(image, [layer], amount=0.0)[0]
    equal((none.get_name(), raw(none)), ("Restored 0 % – Lake", raw(layer)),
          "at amount 0")
    half = restore(image, [layer], amount=50.0)[0]
    whole = restore(image, [layer])[0]
    check(1.0 < gain(layer, half) < gain(layer, whole) - 1.0,
          gain(layer, half), "dB at 50 %,", gain(layer, whole), "at 100 %")
    middle = [(a + b) / 2 for a, b in zip(floats(layer), floats(whole))]
    far = max(abs(a - b) for a, b in zip(floats(half), middle))
    check(far < 0.006, "50 % is off by", far)


def test_colours():
    """Without colour noise the brightness alone is restored"""
    def colours(pixels):
        """How the colours differ from grey, as the engine has grey."""
        return [pixels[i + c] - 0.299 * pixels[i] - 0.587 * pixels[i + 1]
                - 0.114 * pixels[i + 2]
                for i in range(0, len(pixels), 4) for c in range(3)]

    image, layer = opened(precision=PRECISIONS["FLOAT", "NON_LINEAR"])
    result = restore(image, [layer], colour_noise=0.0)[0]
    after = floats(result)
    inside = [i // 4 * 3 + c for i in range(0, len(after), 4) for c in range(3)
              if 0 < min(after[i:i + 3]) and max(after[i:i + 3]) < 1]
    check(len(inside) > len(after) / 3, len(inside), "values inside the range")
    found, wanted = colours(after), colours(floats(layer))
    far = max(abs(found[i] - wanted[i]) for i in inside)
    check(far < 1e-4, "the colours are off by", far)
    whole = restore(image, [layer])[0]
    check(0.5 < gain(layer, result) < gain(layer, whole) - 1,
          gain(layer, result), "dB")


def test_grain():
    """Detail and grain that is put back, as shares of what was taken out"""
    def distance(one, other):
        """The root of the mean square of how far two layers are apart."""
        return 10 ** (-psnr(floats(one), floats(other)) / 20)

    image, layer = opened(precision=PRECISIONS["FLOAT", "NON_LINEAR"])
    plain = restore(image, [layer])[0]
    detailed = restore(image, [layer], detail=100.0)[0]
    grained = restore(image, [layer], regrain=50.0)[0]
    share = distance(grained, plain) / SIGMA
    check(0.35 < share < 0.6, "grain of", share, "of the noise")
    check(2.0 < gain(layer, detailed) < gain(layer, plain) - 0.5,
          "with detail a gain of", gain(layer, detailed))
    return (f"grain {share:.2f} of the noise, with detail "
            f"{gain(layer, detailed):.2f} dB")


def test_kinds():
    """Of each precision, grey and linear light: noise goes, the kind stays"""
    rgb, grey = Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY
    notes = []
    for kind, curve, base in (
            ("U8", "LINEAR", rgb), ("U16", "NON_LINEAR", rgb),
            ("U32", "LINEAR", grey), ("HALF", "LINEAR", rgb),
            ("FLOAT", "NON_LINEAR", grey), ("DOUBLE", "LINEAR", rgb)):
        image = new_image(*SIZE, base=base, precision=PRECISIONS[kind, curve])
        wanted = floats(add_layer(image, clean(), alpha=False))
        layer = add_layer(image, noisy(grey=base == grey), alpha=False)
        result = restore(image, [layer])[0]
        got = gain(layer, result, wanted)
        notes.append(f"{kind} {curve} {base.value_nick}: {got:.2f} dB")
        # The three channels of a grey picture have the same noise, so that
        # they say less of it together.
        check(got > (2.0 if base == grey else 5.0), notes[-1])
        equal(result.is_gray(), base == grey, "whether it is grey")
    return "\n".join(notes)


def test_beyond():
    """Highlights beyond white stay where they are"""
    bright = array.array("f", noisy())
    for y in range(20, 40):
        for x in range(30, 60):
            at = 4 * (y * SIZE[0] + x)
            bright[at:at + 3] = array.array("f", [3.0, 2.0, 4.0])
    image, layer = opened(bright, precision=PRECISIONS["FLOAT", "LINEAR"])
    result = floats(restore(image, [layer])[0])
    at = 4 * (30 * SIZE[0] + 45)
    far = max(abs(a - b) for a, b in zip(result[at:at + 3], (3.0, 2.0, 4.0)))
    check(far < 0.05, "off by", far)
    check(psnr(part(result, 70, 144), part(clean(), 70, 144))
          > psnr(part(bright, 70, 144), part(clean(), 70, 144)) + 4.0,
          "the rest is no nearer")


def test_alpha():
    """Beside transparency the noise is found, and alpha stays bit for bit"""
    pixels = array.array("f", noisy())
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            at = 4 * (y * SIZE[0] + x)
            pixels[at + 3] = min(max((x - 60) / 20, 0.0), 1.0)
            if x <= 60:
                pixels[at:at + 3] = array.array("f", [0.2, 0.9, 0.4])
    image, layer = opened(pixels, alpha=True)
    result = restore(image, [layer])[0]
    equal(alpha_bytes(result), alpha_bytes(layer), "alpha")
    hidden = [i for i, alpha in enumerate(alpha_bytes(layer))
              if not any(alpha)]
    before, after = pixel_bytes(layer), pixel_bytes(result)
    check(len(hidden) > 4000, len(hidden), "transparent pixels")
    equal([after[i] for i in hidden], [before[i] for i in hidden],
          "colours behind transparency")
    seen = part(clean(), 80, SIZE[0])
    got = psnr(part(floats(result), 80, SIZE[0]), seen) - \
        psnr(part(floats(layer), 80, SIZE[0]), seen)
    check(got > 4.5, "a gain of", got)
    return f"{got:.2f} dB"


def test_selection():
    """With a selection, that alone changes, by the noise of the layer"""
    image, layer = opened()
    whole = floats(restore(image, [layer])[0])
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 0, 40, SIZE[1])
    plain = restore(image, [layer], selection_mask=False)[0]
    check(plain.get_mask() is None, "a mask")
    before, after = pixel_bytes(layer), pixel_bytes(plain)
    for i in range(SIZE[0] * SIZE[1]):
        if not 40 <= i % SIZE[0] < 80:
            equal(after[i], before[i], f"pixel {i} outside")
    near = psnr(part(floats(plain), 48, 72), part(whole, 48, 72))
    check(near > 45.0, "inside it is", near, "dB to that of the whole layer")
    masked = restore(image, [layer])[0]
    check(masked.get_mask() is not None, "no mask")
    equal(part(floats(masked), 40, 80), part(floats(plain), 40, 80),
          "what is selected")
    return f"{near:.1f} dB"


def test_selection_flat():
    """A selected flat part is restored by the noise of all of the layer"""
    # Of its own pixels alone one of 8 x 8 has no noise that can be measured.
    image, layer = opened()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 8, 8)
    result = restore(image, [layer], selection_mask=False)[0]
    spread = [sum((a - b) ** 2 for i, (a, b) in enumerate(
        zip(floats(each), clean())) if i % 4 < 3 and i // 4 % SIZE[0] < 8 and
        i // 4 // SIZE[0] < 8) for each in (layer, result)]
    check(spread[1] < 0.3 * spread[0], spread)


def test_layers():
    """Each of several layers goes by its own noise, above itself, in groups"""
    image, low = opened()
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    high = add_layer(image, noisy(SIGMA / 2), alpha=False, name="High",
                     size=SIZE, offsets=(5, -7), parent=group)
    results = restore(image, [high, low])
    equal(names(every_layer(image)),
          ["Group", "Restored – High", "High", "Restored – Lake", "Lake"],
          "layers")
    equal([tuple(layer.get_offsets())[-2:] for layer in results],
          [(0, 0), (5, -7)], "offsets")
    alone = restore(image, [low])[0]
    equal(raw(results[0]), raw(alone), "pixels beside another layer")
    equal([layer.get_visible() for layer in (results[1], alone, high, low)],
          [True] * 4, "visible")
    check(gain(low, results[0]) > 5.0 and gain(high, results[1]) > 2.5,
          gain(low, results[0]), gain(high, results[1]))


def test_record():
    """The result remembers its settings, and they make it again"""
    image, layer = opened()
    settings = {"amount": 120.0, "colour_noise": 80.0, "draws": 2, "seed": 11}
    result = restore(image, [layer], **settings)[0]
    found = record(result)
    for key in ("version", "model-hash", "session"):
        check(found.pop(key), "no", key)
    equal(found, {
        "task": "restore", "model": "photo", "seed": "11",
        "selection-mask": "true", "amount": "120", "detail": "0",
        "colour-noise": "80", "regrain": "0", "blocks": "auto", "draws": "2",
        "variation": "1", "source": "Lake",
        "source-tattoo": str(layer.get_tattoo()),
        "tattoo": str(result.get_tattoo()), "image": str(image.get_id())},
        "record")
    equal(record(vary(image, [layer], num_variations=1)[0])["task"], "vary",
          "task of a variation")
    equal(raw(restore(image, [layer], **settings)[0]), raw(result),
          "pixels made again")
    check(raw(restore(image, [layer], **{**settings, "seed": 12})[0])
          != raw(result), "the seed does nothing")


def test_above():
    """A second result lands above the first, which it hides"""
    image, layer = opened()
    first = vary(image, [layer], num_variations=1, steps=1)[0]
    second = restore(image, [layer])[0]
    third = restore(image, [layer], amount=60.0)[0]
    equal(names(image.get_layers()), names([third, second, first, layer]),
          "layers")
    equal([each.get_visible() for each in image.get_layers()],
          [True, False, False, True], "visible")


def test_task():
    """The procedure of the menu makes the same with its task"""
    image, layer = opened()
    wanted = raw(restore(image, [layer])[0])
    # What belongs to variations is no matter.
    result = vary(image, [layer], task="restore", num_variations=3, group=True,
                  picks="3,4", strength=90.0, chain_frames=5, draws=1)
    equal((names(result), raw(result[0])), (["Restored – Lake #1"], wanted),
          "result")


def test_last_values():
    """The last values are taken"""
    image, layer = opened()
    wanted = raw(restore(image, [layer], amount=60.0)[0])
    folder = os.path.join(Gimp.directory(), "plug-in-settings")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "GimpProcedureConfigRun-"
                                "plug-in-diffusion-restore.last")
    with open(path, "w", encoding="utf-8") as last:
        last.write("# settings\n\n(amount 60)\n(draws 1)\n")
    try:
        result = restore(image, [layer],
                         **{"run-mode": Gimp.RunMode.WITH_LAST_VALS})[0]
        equal((result.get_name(), raw(result)),
              ("Restored 60 % – Lake #1", wanted), "result")
    finally:
        os.remove(path)


def test_small():
    """A layer too small to be measured, one of one colour, one unseen"""
    image = new_image(40, 40)
    for pixels, size in (
            (None, (7, 5)),
            (array.array("f", [0.3, 0.6, 0.1, 1.0] * 1600), None),
            (array.array("f", [0.3, 0.6, 0.1, 0.0] * 1600), None)):
        layer = add_layer(image, pixels, size=size)
        equal(raw(restore(image, [layer])[0]), raw(layer), "pixels")


def test_effects():
    """What a layer's effects do is in the result, which has none"""
    image, layer = opened()
    effect = Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "Invert")
    layer.append_filter(effect)
    effect.update()
    result = restore(image, [layer])[0]
    inverse = array.array("f", (1.0 if i % 4 == 3 else 1.0 - value
                                for i, value in enumerate(clean())))
    near = psnr(floats(result), inverse)
    check(near > 28.0, near, "dB")
    equal((len(result.get_filters()), len(layer.get_filters())), (0, 1),
          "effects")


def test_mask():
    """A layer mask comes along"""
    image, layer = opened()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    write(mask, array.array("f", (i / 23040 for i in range(23040))),
          form="Y float")
    result = restore(image, [layer])[0]
    equal(raw(result.get_mask()), raw(mask), "mask")


def test_refusals():
    """What cannot be done is refused with a message that says what to do"""
    image, layer = opened()
    for arguments in ("#:amount 301", "#:regrain -0.5", "#:strength 40",
                      '#:task "restore"'):
        try:
            scheme(f"(plug-in-diffusion-restore #:run-mode RUN-NONINTERACTIVE "
                   f"#:image {image.get_id()} "
                   f"#:drawables (vector {layer.get_id()}) {arguments})")
        except Exception as fault:  # pylint: disable=broad-except
            check("Error" in str(fault), arguments, fault)
        else:
            raise AssertionError(f"{arguments} was accepted")
    equal(names(image.get_layers()), ["Lake"], "layers")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 20, 20)
    small = add_layer(image, size=(40, 30), name="Small")
    refused(["selection", "Small"], image, [small], EXECUTION, restore)
    refused(["Select a layer"], image, [], CALLING, restore)
    image.convert_indexed(Gimp.ConvertDitherType.NONE,
                          Gimp.ConvertPaletteType.GENERATE, 16, False, False,
                          "")
    refused(["indexed", "Image > Mode > RGB"], image, [layer], CALLING,
            restore)


def test_returned_layers():
    """The procedure returns the new layer, for scripts"""
    image, layer = opened()
    scheme(f"""
      (let* ((new (car (plug-in-diffusion-restore #:run-mode RUN-NONINTERACTIVE
                         #:image {image.get_id()}
                         #:drawables (vector {layer.get_id()})))))
        (if (not (= (vector-length new) 1))
            (error "not one layer"))
        (if (not (string=? (car (gimp-item-get-name (vector-ref new 0)))
                           "Restored – Lake"))
            (error "another name")))""")
    check(not math.isnan(gain(layer, image.get_layers()[0])), "NaN")
