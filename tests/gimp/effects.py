# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers with effects: what is seen of them, and no more, is varied."""

import array
import os

from gi.repository import Gimp

from harness import (PRECISIONS, add_layer, check, equal, floats, new_image,
                     pixel_bytes, raw, read, refused, vary, write)


def shadow(layer, x=-20.0, y=-15.0):
    """Adds a drop shadow to a layer; the effect."""
    effect = Gimp.DrawableFilter.new(layer, "gegl:dropshadow", "Shadow")
    for name, value in (("x", x), ("y", y), ("radius", 6.0)):
        effect.get_config().set_property(name, value)
    layer.append_filter(effect)
    effect.update()
    return effect


def bounds(layer):
    """Where in the image a layer is not transparent: from and to."""
    width = layer.get_width()
    alpha = floats(layer)[3::4]
    shown = [i for i, value in enumerate(alpha) if value > 0]
    left, top = layer.get_offsets()[-2:]
    columns = [i % width for i in shown]
    return (left + min(columns), top + shown[0] // width,
            left + max(columns), top + shown[-1] // width)


def visible(image, *layers):
    """The pixels of the image with those of its layers shown."""
    for layer in image.get_layers():
        layer.set_visible(layer in layers)
    return pixel_bytes(Gimp.Layer.new_from_visible(image, image, "seen"))


def leaves_nothing(image, source, before):
    """Fails unless the run has left nothing but its results."""
    equal(raw(source), before, "pixels of the source")
    equal(Gimp.get_images(), [image], "images left behind")


def test_left_and_up():
    """A shadow to the left and above is as it was, in any precision"""
    adobe = Gimp.ColorProfile.new_rgb_adobe()
    for alpha in (True, False):
        for name in (("U8", "NON_LINEAR"), ("U16", "LINEAR"),
                     ("U32", "NON_LINEAR"), ("FLOAT", "LINEAR")):
            image = new_image(120, 110, precision=PRECISIONS[name],
                              profile=adobe)
            source = add_layer(image, size=(48, 40), offsets=(50, 45),
                               alpha=alpha)
            shadow(source)
            before = raw(source)
            seen = visible(image, source)
            result = vary(image, [source], num_variations=1, strength=0.0)[0]
            equal(len(result.get_filters()), 0, "effects of the result")
            equal(visible(image, result) == seen, True,
                  f"what is seen, alpha {alpha}, {name}")
            left, top, right, bottom = bounds(result)
            check(left < 30 and top < 30, "cut at", left, top)
            equal((right, bottom), (97, 88), "the other corner")
            leaves_nothing(image, source, before)
            image.delete()


def test_far():
    """Shadows beyond the image are kept, too far ones cost no memory"""
    image = new_image(60, 60)
    source = add_layer(image, size=(20, 20), offsets=(10, 10))
    shadow(source, -40.0, -30.0)
    result = vary(image, [source], num_variations=1, strength=0.0)[0]
    left, top = bounds(result)[:2]
    check(-60 < left < -25 and -50 < top < -15, "shadow at", left, top)

    image = new_image(60, 60)
    source = add_layer(image, size=(20, 20), offsets=(10, 10))
    far = shadow(source, -20.0, -15.0)
    shadow(source, 2500.0, 2500.0)
    seen = visible(image, source)
    result = vary(image, [source], num_variations=1, strength=0.0)[0]
    check(result.get_width() < 3000 and result.get_height() < 3000, "size",
          result.get_width(), result.get_height())
    equal(visible(image, result) == seen, True, "what is seen")
    check(far.is_valid(), "the effect is gone")


def test_varied():
    """The shadow is varied with the layer, its alpha is not"""
    image = new_image(120, 110)
    source = add_layer(image, size=(48, 40), offsets=(50, 45))
    shadow(source)
    plain, made = vary(image, [source], num_variations=1, strength=0.0) + \
        vary(image, [source], num_variations=1)
    equal(floats(made)[3::4], floats(plain)[3::4], "alpha")
    pairs = list(zip(pixel_bytes(plain), pixel_bytes(made)))
    changed = sum(one != other for one, other in pairs)
    solid = sum(one[3] > 0 for one, _ in pairs)
    check(changed > 0.9 * solid, changed, "of", solid, "pixels changed")


def test_mask():
    """Beyond a mask an effect stays hidden; a mask that is off stays off"""
    for applied in (True, False):
        image = new_image(120, 110)
        source = add_layer(image, size=(48, 40), offsets=(50, 45))
        mask = source.create_mask(Gimp.AddMaskType.WHITE)
        source.add_mask(mask)
        write(mask, array.array("f", (i / 1920 for i in range(1920))),
              form="Y float")
        source.set_apply_mask(applied)
        shadow(source)
        seen = visible(image, source)
        result = vary(image, [source], num_variations=1, strength=0.0)[0]
        made = result.get_mask()
        equal((made.get_width(), made.get_height()),
              (result.get_width(), result.get_height()), "size of the mask")
        equal(visible(image, result) == seen, True,
              f"what is seen, mask applied {applied}")
        left, top = (before - after for before, after in
                     zip(source.get_offsets()[-2:], result.get_offsets()[-2:]))
        old, new = read(mask, "Y float"), read(made, "Y float")
        old, new = array.array("f", old), array.array("f", new)
        width = made.get_width()
        for i, value in enumerate(new):
            x, y = i % width - left, i // width - top
            inside = 0 <= x < 48 and 0 <= y < 40
            equal(value, old[48 * y + x] if inside else 0.0, f"mask {x},{y}")


def test_selection():
    """A selection over the shadow alone touches the layer"""
    image = new_image(120, 110)
    source = add_layer(image, size=(48, 40), offsets=(50, 45))
    effect = shadow(source)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 32, 35, 10, 8)
    plain = vary(image, [source], num_variations=1, strength=0.0)[0]
    made = vary(image, [source], num_variations=1)[0]
    check(raw(plain) != raw(made), "nothing changed")

    effect.set_visible(False)
    refused(["does not touch"], image, [source])


def test_off():
    """Effects that are switched off do not count"""
    image = new_image(120, 110)
    source = add_layer(image, size=(48, 40), offsets=(50, 45))
    shadow(source).set_visible(False)
    before = raw(source)
    result = vary(image, [source], num_variations=1, strength=0.0)[0]
    equal((result.get_width(), result.get_height()), (48, 40), "size")
    equal(raw(result), before, "pixels")

    effect = Gimp.DrawableFilter.new(source, "gegl:invert-gamma", "Invert")
    source.append_filter(effect)
    effect.update()
    seen = visible(image, source)
    result = vary(image, [source], num_variations=1, strength=0.0)[0]
    equal((result.get_width(), result.get_height()), (48, 40), "size")
    equal(visible(image, result) == seen, True, "what is seen")


def said():
    """What GIMP and the plug-in have said on the console."""
    folder = os.path.dirname(os.environ["TAP_FILE"])
    with open(os.path.join(folder, "gimp.log"), encoding="utf-8",
              errors="replace") as log:
        return log.read()


def test_shown_mask():
    """A layer that shows its mask: the result shows its pixels, no fault"""
    image = new_image()
    source = add_layer(image)
    source.add_mask(source.create_mask(Gimp.AddMaskType.WHITE))
    source.set_show_mask(True)
    before = said()
    results = vary(image, [source], num_variations=2)
    equal([result.get_show_mask() for result in results], [False, False],
          "whether the mask is shown")
    equal(source.get_show_mask(), True, "whether the source shows its mask")
    shadow(source)
    vary(image, [source], num_variations=1)
    check("CRITICAL" not in said()[len(before):], said()[len(before):])
