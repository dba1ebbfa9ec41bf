# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests inside GIMP: variations that are made of the layer's own parts, with
selections, what is protected, transparency, and layers of every kind."""

import array
import math

from gi.repository import Gegl, Gimp

from harness import (add_layer, alpha_bytes, check, equal, farthest, floats,
                     new_image, raw, read, refused, vary, vary_parts,
                     write)

WIDTH, HEIGHT = 72, 60
RECT = (18, 12, 34, 30)    # a part of that
CALLING = Gimp.PDBStatusType.CALLING_ERROR
FAILED = Gimp.PDBStatusType.EXECUTION_ERROR


def leaves(width=WIDTH, height=HEIGHT, shade=None, most=1.0):
    """Stuff to put together anew, as an array of R'G'B'A floats: stripes that
    wind irregularly, spots among them."""
    pixels = array.array("f")
    for y in range(height):
        for x in range(width):
            wave = math.sin(0.35 * x + 2.0 * math.sin(0.11 * y + 0.05 * x)
                            + 1.5 * math.sin(0.023 * x * y / 7.0))
            spot = math.sin(0.9 * x + 0.2 * y) * math.sin(0.8 * y - 0.1 * x)
            light = 0.5 + 0.25 * wave + 0.15 * max(spot, 0.0)
            light *= most
            pixels.extend((0.6 * light, light, 0.4 * light + 0.05 * spot,
                           1.0 if shade is None else shade(x, y)))
    return pixels


def leafy(shade=None, most=1.0, size=None, **kind):
    """An image with one layer of that."""
    width, height = size or (WIDTH, HEIGHT)
    alpha = kind.pop("alpha", True)
    image = new_image(width, height, **kind)
    return image, add_layer(image, leaves(width, height, shade, most),
                            alpha=alpha)


def pixels_of(drawable):
    """A drawable's R'G'B' as tuples, row by row."""
    data = floats(drawable)
    return [tuple(data[i:i + 3]) for i in range(0, len(data), 4)]


def changed(one, other):
    """Which pixels of two layers differ, row by row."""
    return [a != b for a, b in zip(pixels_of(one), pixels_of(other))]


def inside(x, y, rect):
    """Whether a pixel lies in a rectangle."""
    return (rect[0] <= x < rect[0] + rect[2]
            and rect[1] <= y < rect[1] + rect[3])


def split(flags, rect, width=WIDTH):
    """How many of the flags of an image are set within rect, and beyond."""
    within = sum(flag for i, flag in enumerate(flags)
                 if inside(i % width, i // width, rect))
    return within, sum(flags) - within


def add_channel(image, value, name="Face"):
    """A channel of an image; value(x, y) in [0,1]."""
    channel = Gimp.Channel.new(image, name, image.get_width(),
                               image.get_height(), 50.0,
                               Gegl.Color.new("black"))
    check(image.insert_channel(channel, None, 0), "no channel")
    paint(channel, value)
    return channel


def paint(channel, value):
    """Sets the values of a channel or mask, whose numbers are what is shown in 8
    bits alone."""
    eight = channel.get_image().get_precision() == Gimp.Precision.U8_NON_LINEAR
    data = bytes(round(255 * value(x, y)) for y in range(channel.get_height())
                 for x in range(channel.get_width()))
    write(channel, data, form="Y' u8" if eight else "Y u8")


def test_made():
    """A variation is new, the same with the same seed, and another with another;
    the layer stays"""
    image, source = leafy()
    before = raw(source)
    made = vary_parts(image, [source], strength=80.0, seed=3,
                      num_variations=2)
    again = vary_parts(image, [source], strength=80.0, seed=4)[0]
    equal(raw(source), before, "the layer")
    equal(raw(again), raw(made[1]), "the same seed")
    check(raw(made[0]) != raw(made[1]), "two seeds made the same")
    share = sum(changed(made[0], source)) / (WIDTH * HEIGHT)
    check(share > 0.2, "only", share, "is new")
    equal([layer.get_name() for layer in made],
          ["80 % #3 – Beach", "80 % #4 – Beach"], "names")
    return f"{100 * share:.0f} % of the pixels are others"


def test_own_pixels():
    """What is made of the layer alone has its colours and no others"""
    image, source = leafy()
    made = vary_parts(image, [source], strength=80.0)[0]
    old, new = pixels_of(source), pixels_of(made)
    for c in range(3):
        least, most = (f(p[c] for p in old) for f in (min, max))
        off = max(max(least - p[c], p[c] - most) for p in new)
        check(off < 0.06, "a channel lies beyond the layer's by", off)


def test_ways():
    """Alone, finished, and by the model: three results; structure and layout
    count for the layer's parts alone"""
    image, source = leafy()

    def one(**settings):
        made = vary_parts(image, [source], strength=80.0, **settings)[0]
        pixels = raw(made)
        image.remove_layer(made)
        return pixels
    alone = one()
    results = [alone, one(made_of="layer-finished"),
               one(made_of="model", steps=2), one(structure=5.0)]
    equal(len(set(results)), len(results), "different results")
    equal(one(steps=3, sampler="ddim"), alone, "with other steps")
    equal(one(made_of="model", steps=2, structure=5.0, layout=0.0),
          results[2], "the model's with another structure")


def test_strength():
    """The higher the strength the more is new, and at 0 nothing"""
    image, source = leafy()
    shares = [sum(changed(vary_parts(image, [source], strength=strength)[0],
                          source)) / (WIDTH * HEIGHT)
              for strength in (0.0, 20.0, 60.0, 100.0)]
    equal(shares[0], 0.0, "new at strength 0")
    check(shares[1] < shares[3] and shares[2] <= shares[3] + 0.1, shares)
    return " ".join(f"{100 * share:.0f} %" for share in shares)


def test_selection():
    """Of a selection alone it changes, with a mask and without; around it every
    bit stays"""
    for mask in (True, False):
        image, source = leafy()
        image.select_rectangle(Gimp.ChannelOps.REPLACE, *RECT)
        made = vary_parts(image, [source], strength=100.0, seed=2,
                          selection_mask=mask)[0]
        within, beyond = split(changed(made, source), RECT)
        equal(beyond, 0, f"changed around the selection, mask {mask}")
        check(within > 150, "only", within, "pixels are new, mask", mask)
        equal(made.get_mask() is not None, mask, "a mask")
        if mask:
            equal(sum(read(made.get_mask(), "Y u8")) // 255, RECT[2] * RECT[3],
                  "white in the mask")


def test_soft_selection():
    """Where a selection is soft the result is blended into the layer, and the
    mask blends it likewise"""
    image, source = leafy(precision=Gimp.Precision.FLOAT_NON_LINEAR)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, *RECT)
    check(Gimp.Selection.feather(image, 9.0), "not feathered")
    share = array.array("f", read(image.get_selection(), "Y float"))
    settings = {"strength": 100.0, "seed": 2}
    masked = vary_parts(image, [source], **settings)[0]
    blended = vary_parts(image, [source], selection_mask=False, **settings)[0]
    old, full, got = floats(source), floats(masked), floats(blended)
    wanted = [old[i] + share[i // 4] * (full[i] - old[i])
              for i in range(len(old))]
    far = farthest(got, wanted)
    check(far < 1e-4, "off by", far)
    check(sum(0.1 < value < 0.9 for value in share) > 200, "not soft")
    soft = [i for i, value in enumerate(share) if value == 0.0]
    flags = changed(blended, source)
    equal(sum(flags[i] for i in soft), 0, "changed where nothing is selected")


def test_whole_layer_counts():
    """Patches come from the whole layer: what is far from a selection counts"""
    image, source = leafy(alpha=False, size=(150, 48))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 4, 4, 40, 40)
    first = vary_parts(image, [source], strength=100.0)[0]
    pixels = leaves(150, 48)
    for i in range(0, len(pixels), 4):
        if i // 4 % 150 >= 112:
            pixels[i:i + 3] = array.array("f", (0.9, 0.1, 0.8))
    write(source, pixels)
    second = vary_parts(image, [source], strength=100.0)[0]
    within, _ = split(changed(first, second), (4, 4, 40, 40), 150)
    check(within > 0, "what is far away makes no difference")


def test_protect():
    """What is white in a channel stays to the bit, and the rest changes"""
    for made_of in ("layer", "layer-finished", "model"):
        image, source = leafy()
        face = add_channel(image, lambda x, y: inside(x, y, RECT))
        made = vary_parts(image, [source], strength=100.0, made_of=made_of,
                          steps=2, protect=face)[0]
        within, beyond = split(changed(made, source), RECT)
        equal(within, 0, f"changed though protected, {made_of}")
        check(beyond > 500, "only", beyond, "changed,", made_of)
        check(made.get_mask() is None, "there is a mask")


def test_protect_grey():
    """What is grey in a channel is blended by half"""
    image, source = leafy(precision=Gimp.Precision.FLOAT_NON_LINEAR)
    free = vary_parts(image, [source], strength=80.0)[0]
    face = add_channel(image, lambda x, y: 0.5)
    half = vary_parts(image, [source], strength=80.0, protect=face)[0]
    old, full, got = floats(source), floats(free), floats(half)
    share = array.array("f", read(face, "Y float"))[0]
    check(0.4 < share < 0.6, "the channel is", share)
    far = farthest(got, [a + (1 - share) * (b - a) for a, b in zip(old, full)])
    check(far < 1e-4, "off by", far)


def test_protect_and_selection():
    """With a selection, of that alone what is not protected"""
    image, source = leafy()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 8, 6, 58, 50)
    face = add_channel(image, lambda x, y: x < 26)
    free = (26, 6, 40, 50)
    for mask in (True, False):
        made = vary_parts(image, [source], strength=100.0, seed=2,
                          protect=face, selection_mask=mask)[0]
        within, beyond = split(changed(made, source), free)
        equal(beyond, 0, "changed elsewhere")
        check(within > 150, "only", within, "are new")
        equal(made.get_mask() is not None, mask, "a mask")


def test_protect_by_place():
    """A mask of another size protects where it lies in the image"""
    image = new_image(WIDTH + 40, HEIGHT + 30)
    source = add_layer(image, leaves(), size=(WIDTH, HEIGHT), offsets=(25, 15))
    other = add_layer(image, leaves(30, 20), size=(30, 20), offsets=(45, 35))
    mask = other.create_mask(Gimp.AddMaskType.WHITE)
    other.add_mask(mask)
    made = vary_parts(image, [source], strength=100.0, protect=mask)[0]
    within, beyond = split(changed(made, source), (20, 20, 30, 20))
    equal(within, 0, "changed under the mask")
    check(beyond > 500, "only", beyond, "changed")
    layer = vary_parts(image, [source], strength=100.0, protect=other)[0]
    check(raw(layer) != raw(made), "a layer protects by its lightness")


def test_protect_refused():
    """One of another image or one that is gone is refused, and so is a run that
    would change nothing"""
    image, source = leafy()
    strange = add_channel(new_image(20, 20), lambda x, y: 1.0, "Strange")
    refused(["Strange", "another image"], image, [source], CALLING,
            call=vary_parts, protect=strange)
    face = add_channel(image, lambda x, y: 1.0)
    refused(["Beach", "protected"], image, [source], FAILED, call=vary_parts,
            protect=face)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 5, 5, 20, 20)
    refused(["selected", "Beach", "protected"], image, [source], FAILED,
            call=vary_parts, protect=face)


def test_transparent():
    """Nothing is copied from where nothing is seen; alpha stays, and what is
    behind it"""
    def shade(x, y):
        return 0.0 if inside(x, y, (0, 0, 26, 22)) else min(1.0, 0.4 + x / 50)
    image, source = leafy()
    pixels = leaves(shade=shade)
    for i in range(0, len(pixels), 4):
        if pixels[i + 3] == 0.0:
            pixels[i:i + 3] = array.array("f", (1.0, 0.0, 1.0))
    write(source, pixels)
    for made_of in ("layer", "layer-finished"):
        made = vary_parts(image, [source], strength=100.0, made_of=made_of)[0]
        equal(alpha_bytes(made), alpha_bytes(source), "alpha")
        new, old = floats(made), floats(source)
        hidden = [i for i in range(0, len(new), 4) if old[i + 3] == 0.0]
        check(all(new[i:i + 3] == old[i:i + 3] for i in hidden),
              "what is hidden has changed")
        pink = sum(new[i] > new[i + 1] + 0.15 for i in range(0, len(new), 4)
                   if old[i + 3] > 0.0)
        check(pink < 20, pink, "pixels come from behind transparency")
        check(sum(changed(made, source)) > 500, "hardly any is new")


def test_kinds():
    """Every depth, grey, and another profile"""
    gray, precisions = Gimp.ImageBaseType.GRAY, Gimp.Precision
    notes = []
    for base, precision, profile in (
            (None, precisions.U16_NON_LINEAR, None),
            (None, precisions.FLOAT_LINEAR, None),
            (None, precisions.U16_LINEAR, Gimp.ColorProfile.new_rgb_adobe()),
            (gray, precisions.U8_NON_LINEAR, None),
            (gray, precisions.FLOAT_NON_LINEAR, None)):
        kind = {"base": base} if base else {}
        image, source = leafy(precision=precision, profile=profile, **kind)
        image.select_rectangle(Gimp.ChannelOps.REPLACE, *RECT)
        made = vary_parts(image, [source], strength=100.0,
                          made_of="layer-finished", selection_mask=False)[0]
        equal(made.type(), source.type(), "type")
        size = len(raw(source)) // (WIDTH * HEIGHT)
        old, new = raw(source), raw(made)
        flags = [old[i:i + size] != new[i:i + size]
                 for i in range(0, len(old), size)]
        within, beyond = split(flags, RECT)
        equal(beyond, 0, "changed elsewhere")
        check(within > 150, "only", within, "are new")
        notes.append(f"{precision.value_nick}: {within}")
    return "\n".join(notes)


def test_highlights():
    """Lights beyond white come along with the parts that have them"""
    image, source = leafy(precision=Gimp.Precision.FLOAT_LINEAR, most=2.0,
                          alpha=False)
    for made_of in ("layer", "layer-finished"):
        made = vary_parts(image, [source], strength=100.0, made_of=made_of)[0]
        old, new = floats(source), floats(made)
        check(sum(changed(made, source)) > 500, "hardly any is new")
        lights = [sum(value > 1.1 for value in data[1::4])
                  for data in (old, new)]
        check(abs(lights[0] - lights[1]) < 0.35 * lights[0],
              "lights beyond white:", *lights)
        check(max(new) < max(old) + 0.1, max(new), "is beyond", max(old))


def test_tileable():
    """Tileable: the result goes on at its edges as it does inside"""
    image, source = leafy(alpha=False)

    def step(layer, tileable):
        made = vary_parts(image, [layer], strength=60.0, tileable=tileable)[0]
        new = pixels_of(made)

        def far(a, b):
            return max(abs(new[a][c] - new[b][c]) for c in range(3))
        return sum(far(y * WIDTH, y * WIDTH + WIDTH - 1)
                   for y in range(HEIGHT)) / HEIGHT
    wraps, ends = step(source, True), step(source, False)
    check(wraps < 0.75 * ends, "the step at the edge is", wraps, "with,", ends,
          "without")
    return f"step at the edge {wraps:.3f}, {ends:.3f} without"


def test_small():
    """Too small, of one colour, all transparent, and too long layers"""
    for width, height in ((1, 1), (6, 5), (3, 200), (20, 20)):
        image, source = leafy(size=(width, height))
        made = vary_parts(image, [source], made_of="layer-finished")[0]
        equal((made.get_width(), made.get_height()), (width, height), "size")
        if min(width, height) < 16:
            equal(raw(made), raw(source), "the layer itself")
    image = new_image(40, 30)
    flat = add_layer(image, array.array("f", [0.3, 0.5, 0.7, 1.0] * 1200))
    far = farthest(floats(vary_parts(image, [flat], strength=100.0)[0]),
                   floats(flat))
    equal(far, 0.0, "of one colour it is off by")
    hidden = add_layer(image, leaves(40, 30, lambda x, y: 0.0))
    refused(["transparent"], image, [hidden], FAILED, call=vary_parts)


def test_near():
    """A variation near another is always the same, and not a third one"""
    image, source = leafy()
    results = [raw(vary_parts(image, [source], strength=100.0, picks=picks)[0])
               for picks in ("7", "8", "7~0.25~1001", "7~0.25~1001")]
    equal(results[3], results[2], "the same again")
    check(results[1] not in (results[0], results[2]), "8 is as 7 or near that")


def test_chain():
    """The chain is the model's, whatever variations are made of"""
    image, source = leafy(size=(32, 24))
    frames = vary_parts(image, [source], made_of="layer", chain_frames=4,
                        steps=3)
    again = vary(image, [source], chain_frames=4, steps=3)
    equal([raw(layer) for layer in frames if not layer.is_group()],
          [raw(layer) for layer in again if not layer.is_group()], "frames")


def test_reference():
    """Parts of another layer, of another image, depth, mode and profile, and the
    layer's own around a selection"""
    image, source = leafy()
    own = vary_parts(image, [source], strength=80.0)[0]
    other, stripes = leafy(size=(64, 50), base=Gimp.ImageBaseType.GRAY,
                           precision=Gimp.Precision.FLOAT_LINEAR)
    adobe, spots = leafy(size=(90, 40), precision=Gimp.Precision.U16_NON_LINEAR,
                         profile=Gimp.ColorProfile.new_rgb_adobe())
    check(other.is_valid() and adobe.is_valid(), "no other images")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, *RECT)
    results = {raw(own)}
    for reference in (stripes, spots):
        made = vary_parts(image, [source], strength=80.0, reference=reference)[0]
        within, beyond = split(changed(made, source), RECT)
        equal(beyond, 0, "changed around the selection")
        check(within > 150, "only", within, "are new")
        results.add(raw(made))
    equal(len(results), 3, "different results")


def test_reference_refused():
    """A reference that is gone, too small or all transparent is refused; the model
    alone needs none"""
    image, source = leafy(size=(24, 20))
    other, small = leafy(size=(6, 5))
    check(other.is_valid(), "no other image")
    refused(["small"], image, [source], FAILED, call=vary_parts,
            reference=small)
    vary(image, [source], num_variations=1, reference=small)
    hidden = add_layer(image, leaves(24, 20, lambda x, y: 0.0))
    refused(["transparent"], image, [source], FAILED, call=vary_parts,
            reference=hidden)
