# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers that GIMP draws itself: text, and since 3.2 links to files and
shapes.  A variation is made of the pixels that are seen, and what draws
the source stays with it."""

import array

from gi.repository import Gegl, Gimp

from harness import (Skipped, add_layer, check, equal, floats, largest,
                     new_image, raw, scene, vary, write)


def text_layer(image):
    """A layer with a word."""
    layer = Gimp.TextLayer.new(image, "Beach", Gimp.context_get_font(), 30,
                               Gimp.Unit.pixel())
    image.insert_layer(layer, None, 0)
    return layer


def link_layer(image):
    """A layer that shows a file with the scene, half transparent below."""
    if not hasattr(Gimp, "LinkLayer"):
        raise Skipped("this GIMP has no link layers")
    other = new_image(70, 50)
    add_layer(other, scene(70, 50, lambda x, y: 1.0 if y < 30 else 0.5))
    file = Gimp.temp_file("xcf")
    check(Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, other, file, None),
          "no file to link to")
    other.delete()
    layer = Gimp.LinkLayer.new(image, file)
    image.insert_layer(layer, None, 0)
    return layer


def shape_layer(image):
    """A layer with a filled triangle."""
    if not hasattr(Gimp, "VectorLayer"):
        raise Skipped("this GIMP has no vector layers")
    path = Gimp.Path.new(image, "Sail")
    stroke = path.bezier_stroke_new_moveto(10, 50)
    path.bezier_stroke_lineto(stroke, 90, 55)
    path.bezier_stroke_lineto(stroke, 40, 5)
    path.stroke_close(stroke)
    image.insert_path(path, None, 0)
    colour = Gegl.Color.new("black")
    colour.set_rgba(0.4, 0.3, 0.2, 1.0)
    layer = Gimp.VectorLayer.new(image, path)
    image.insert_layer(layer, None, 0)
    layer.set_enable_fill(True)
    layer.set_fill_color(colour)
    layer.refresh()
    return layer


def seen(image, only):
    """What image shows of one of its layers."""
    hidden = [layer for layer in image.get_layers()
              if layer.get_visible() and layer.get_id() != only.get_id()]
    for layer in hidden:
        layer.set_visible(False)
    pixels = floats(Gimp.Layer.new_from_visible(image, image, "seen"))
    for layer in hidden:
        layer.set_visible(True)
    return pixels


def alike(found, wanted, what):
    """Fails the test unless both pictures look the same."""
    equal(len(found), len(wanted), f"pixels of {what}")
    worst = largest(abs(one[c] * one[3] - other[c] * other[3])
                    if c < 3 else abs(one[3] - other[3])
                    for one, other in ((found[i:i + 4], wanted[i:i + 4])
                                       for i in range(0, len(found), 4))
                    for c in range(4))
    check(worst <= 0.01, f"{what}: off by", worst)


def check_kind(make, decorate=None):
    """Makes variations of a layer of a kind; decorate() changes it first.
    At strength 0 they are what was seen, and else they differ from it."""
    image = new_image(120, 70)
    source = make(image)
    source.set_offsets(7, 4)
    if decorate:
        decorate(source)
    kind, before, shown = type(source), raw(source), seen(image, source)
    check(any(shown[3::4]), "the layer shows nothing")
    same = vary(image, [source], num_variations=1, strength=0.0)[0]
    alike(seen(image, same), shown, "the result at strength 0")
    result = vary(image, [source], num_variations=1)[0]
    check(raw(result) != raw(same), "nothing changed")
    equal([type(layer) for layer in (same, result)], [Gimp.Layer] * 2,
          "kind of the results")

    equal(Gimp.Item.get_by_id(source.get_id()).__class__, kind,
          "kind of the source")
    equal(raw(source), before, "pixels of the source")
    if hasattr(source, "is_rasterized"):
        equal(source.is_rasterized(), False, "whether it is mere pixels now")


def invert(layer):
    """Gives layer an effect."""
    effect = Gimp.DrawableFilter.new(layer, "gegl:invert-gamma", "Invert")
    layer.append_filter(effect)
    effect.update()


def mask(layer):
    """Gives layer a mask that hides its left."""
    layer.add_mask(layer.create_mask(Gimp.AddMaskType.WHITE))
    width, height = layer.get_width(), layer.get_height()
    fade = (x / width for _ in range(height) for x in range(width))
    write(layer.get_mask(), array.array("f", fade), form="Y float")


def test_text():
    """A text layer"""
    check_kind(text_layer)


def test_text_effects():
    """A text layer with an effect and a mask"""
    check_kind(text_layer, lambda layer: (invert(layer), mask(layer)))


def test_link():
    """A link layer"""
    check_kind(link_layer)


def test_link_effects():
    """A link layer with an effect and a mask"""
    check_kind(link_layer, lambda layer: (invert(layer), mask(layer)))


def test_shape():
    """A vector layer"""
    check_kind(shape_layer)


def test_shape_effects():
    """A vector layer with an effect and a mask"""
    check_kind(shape_layer, lambda layer: (invert(layer), mask(layer)))
