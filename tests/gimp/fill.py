# SPDX-License-Identifier: GPL-3.0-or-later
"""What is selected, or transparent, is drawn anew from what is around it; textures of
a layer's stuff."""

import array

from gi.repository import Gimp

from harness import (add_layer, check, equal, every_layer, floats, new_image,
                     pixel_bytes, raw, read, refused, run, scene)

EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR
SIZE = (80, 64)

FILL = {
    "strength": 100.0, "num-variations": 6, "seed": 0, "selection-mask": True,
    "context": 1.5, "layout": 50.0,
}
TEXTURE = {
    "num-variations": 1, "seed": 0, "tileable": False, "texture-width": 1024,
    "texture-height": 1024, "texture-as": "image",
}


def fill(image, layers, **settings):
    """Fills in two ways unless said otherwise."""
    return run("plug-in-diffusion-fill", image, layers,
               **{"num_variations": 2, **settings})


def texture(image, layer, **settings):
    """Makes one texture of 64 x 48 pixels as a layer unless said otherwise."""
    return run("plug-in-diffusion-texture", image, [layer],
               **{"texture_as": "layer", "texture_width": 64, "texture_height": 48,
                  **settings})


def opened(alpha=False, shade=None):
    """An image with the scene, and its layer."""
    image = new_image(*SIZE)
    return image, add_layer(image, scene(*SIZE, shade), alpha=alpha)


def inside(i):
    """Whether pixel i lies in the rectangle that is selected here."""
    return 30 <= i % SIZE[0] < 50 and 20 <= i // SIZE[0] < 36


def select(image):
    """Selects that rectangle."""
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 30, 20, 20, 16)


def defaults(name, wanted):
    """The arguments of a procedure, and what they are at first."""
    config = Gimp.get_pdb().lookup_procedure(name).create_config()
    found = {spec.name for spec in config.list_properties()}
    equal(found - {"procedure", "run-mode", "image", "drawables"}, set(wanted),
          "arguments")
    equal({key: config.get_property(key) for key in wanted}, wanted, "defaults")


def test_arguments():
    """Both procedures have their tasks' arguments and defaults"""
    defaults("plug-in-diffusion-fill", FILL)
    defaults("plug-in-diffusion-texture", TEXTURE)


def test_selection():
    """What is selected is drawn anew, in several ways with a mask; the rest stays to
    the bit"""
    image, layer = opened()
    before = raw(layer)
    select(image)
    made = fill(image, [layer])
    equal(len(made), 2, "results")
    equal(raw(layer), before, "the layer")
    source = pixel_bytes(layer)
    for result in made:
        pixels = pixel_bytes(result)
        mask = raw(result.get_mask())
        check(all(pixels[i] == source[i] for i in range(len(source))
                  if not inside(i)), "changed outside")
        check(any(pixels[i] != source[i] for i in range(len(source)) if inside(i)),
              "nothing new inside")
        check(all((mask[i] > 0) == inside(i) for i in range(len(source))), "the mask")
    check(raw(made[0]) != raw(made[1]), "both ways are the same")


def test_soft_selection():
    """Without a mask a soft selection is blended pixel by pixel"""
    image, layer = opened()
    select(image)
    check(Gimp.Selection.feather(image, 6.0), "not feathered")
    hard = fill(image, [layer], selection_mask=False, num_variations=1)[0]
    check(hard.get_mask() is None, "a mask")
    source, result = floats(layer), floats(hard)
    share = array.array("f", read(image.get_selection(), "Y float"))
    check(all(source[4 * i + c] == result[4 * i + c] for i in range(len(share))
              for c in range(3) if share[i] == 0), "changed outside")
    check(any(0 < value < 1 for value in share), "nothing soft")
    check(any(source[4 * i] != result[4 * i] for i in range(len(share))
              if 0 < share[i] < 1), "the soft part has not changed")


def test_transparent():
    """Without a selection what is transparent is filled and becomes opaque"""
    def shade(x, y):
        return 0.0 if x >= 64 else 0.5 if x >= 62 else 1.0
    image, layer = opened(alpha=True, shade=shade)
    result = floats(fill(image, [layer], num_variations=1)[0])
    source = floats(layer)
    for i in range(SIZE[0] * SIZE[1]):
        equal(result[4 * i + 3], 1.0, "alpha")
        if i % SIZE[0] < 62:
            equal(result[4 * i:4 * i + 3], source[4 * i:4 * i + 3], "a known pixel")


def test_same_seed():
    """A seed makes the same pixels, another one others"""
    image, layer = opened()
    select(image)
    one = raw(fill(image, [layer], seed=4, num_variations=1)[0])
    equal(raw(fill(image, [layer], seed=4, num_variations=1)[0]), one, "the same seed")
    check(raw(fill(image, [layer], seed=5, num_variations=1)[0]) != one,
          "another seed")


def test_nothing():
    """Nothing to fill, or nothing to fill it from, is refused with what to do"""
    image, layer = opened()
    refused(["Nothing is to be filled"], image, [layer], EXECUTION, fill)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, *SIZE)
    refused(["nothing is left to fill it from"], image, [layer], EXECUTION, fill)
    equal(every_layer(image), [layer], "layers")


def test_texture_layer():
    """A texture is a layer of its size"""
    image, layer = opened()
    before = raw(layer)
    made = texture(image, layer)
    equal(len(made), 1, "textures")
    equal((made[0].get_width(), made[0].get_height()), (64, 48), "size")
    check(len(set(pixel_bytes(made[0]))) > 20, "hardly any colours")
    equal(raw(layer), before, "the layer")


def test_texture_image():
    """A texture is an image of its own"""
    image, layer = opened()
    known = {other.get_id() for other in Gimp.get_images()}
    equal(texture(image, layer, texture_as="image"), [], "layers of the image")
    new = [other for other in Gimp.get_images() if other.get_id() not in known]
    equal(len(new), 1, "images")
    equal((new[0].get_width(), new[0].get_height()), (64, 48), "size")


def test_texture_refusals():
    """A sample too small, and a size too large, are refused with numbers"""
    image, layer = opened()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 5, 5, 9, 9)
    refused(["9 x 9"], image, layer, EXECUTION, texture)
    Gimp.Selection.none(image)
    refused(["16000 x 16000"], image, layer, EXECUTION, texture, texture_width=16000,
            texture_height=16000)
    equal(every_layer(image), [layer], "layers")
