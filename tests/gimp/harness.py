# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests inside GIMP share: TAP, pictures, pixels, the call.

Runs in GIMP's Python interpreter.  A test is a function whose name starts
with test_; its doc string is its name; it fails by an exception.
"""

import array
import importlib
import math
import os
import random
import traceback

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
# pylint: disable=wrong-import-position
from gi.repository import Gegl, Gimp, GLib

Gegl.init(None)

FLOAT = "R'G'B'A float"
PRECISIONS = {
    (kind, curve): getattr(Gimp.Precision, f"{kind}_{curve}")
    for kind in ("U8", "U16", "U32", "HALF", "FLOAT", "DOUBLE")
    for curve in ("LINEAR", "NON_LINEAR")
}

# Ids of images that outlive a test.
KEPT = set()


class Skipped(Exception):
    """What a test needs is not here, with the reason."""


# Running ------------------------------------------------------------------

def main(module):
    """Runs the tests of a module and writes TAP into $TAP_FILE."""
    with open(os.environ["TAP_FILE"], "w", encoding="utf-8") as tap:
        try:
            functions = [value for name, value
                         in vars(importlib.import_module(module)).items()
                         if name.startswith("test_")]
        except Exception:  # pylint: disable=broad-except
            tap.write(f"Bail out! {traceback.format_exc()!r}\n")
            raise
        for number, function in enumerate(functions, 1):
            tap.write(run_one(number, function))
            tap.flush()
        tap.write(f"1..{len(functions)}\n")


def run_one(number, function):
    """Runs one test; its TAP."""
    name = (function.__doc__ or function.__name__).split("\n")[0].rstrip(".")
    started = GLib.get_monotonic_time()
    try:
        notes = function() or ""
        text = f"ok {number} - {name}\n"
    except Skipped as reason:
        notes = ""
        text = f"ok {number} - {name} # SKIP {reason}\n"
    except Exception:  # pylint: disable=broad-except
        notes = traceback.format_exc()
        text = f"not ok {number} - {name}\n"
    for image in Gimp.get_images():
        # One that a window shows stays until that is closed.
        if image.is_valid() and image.get_id() not in KEPT:
            image.delete()
    seconds = (GLib.get_monotonic_time() - started) / 1e6
    for line in notes.splitlines() + [f"{seconds:.1f} s"]:
        text += f"# {line}\n"
    return text


def check(condition, *words):
    """Fails the test with a message unless condition holds."""
    if not condition:
        raise AssertionError(" ".join(str(word) for word in words))


def equal(found, wanted, what):
    """Fails the test unless both are equal."""
    if found != wanted:
        raise AssertionError(f"{what}: {short(found)}, not {short(wanted)}")


def largest(values):
    """The largest value; NaN, which max() may pass over, where there is one"""
    values = list(values)
    return math.nan if any(map(math.isnan, values)) else max(values)


def short(value):
    """A value as text that fits a message."""
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "…"


# Pictures -----------------------------------------------------------------

def scene(width, height, shade=None):
    """A test picture as an array of R'G'B'A floats: a soft gradient, an
    edge, a disc and a little fixed grain."""
    grain = random.Random(5)
    pixels = array.array("f")
    for y in range(height):
        for x in range(width):
            u, v = x / max(width - 1, 1), y / max(height - 1, 1)
            disc = (u - 0.6) ** 2 + (v - 0.4) ** 2 < 0.05
            edge = u + 0.3 * v > 0.7
            base = 0.2 + 0.5 * v + 0.1 * math.sin(9 * u)
            noise = 0.02 * grain.random()
            pixels.extend((min(base + 0.2 * disc + noise, 1.0),
                           min(0.9 * base + 0.1 * edge + noise, 1.0),
                           max(0.8 - base, 0.05) + noise,
                           1.0 if shade is None else shade(x, y)))
    return pixels


def new_image(width=48, height=40, base=Gimp.ImageBaseType.RGB,
              precision=Gimp.Precision.U8_NON_LINEAR, profile=None):
    """An image without layers."""
    image = Gimp.Image.new_with_precision(width, height, base, precision)
    if profile:
        check(image.set_color_profile(profile), "no profile")
    return image


def add_layer(image, pixels=None, alpha=True, name="Beach", size=None,
              offsets=(0, 0), parent=None, position=0):
    """A layer of image, filled with pixels or the scene."""
    width, height = size or (image.get_width(), image.get_height())
    kind = {
        (Gimp.ImageBaseType.RGB, False): Gimp.ImageType.RGB_IMAGE,
        (Gimp.ImageBaseType.RGB, True): Gimp.ImageType.RGBA_IMAGE,
        (Gimp.ImageBaseType.GRAY, False): Gimp.ImageType.GRAY_IMAGE,
        (Gimp.ImageBaseType.GRAY, True): Gimp.ImageType.GRAYA_IMAGE,
    }[image.get_base_type(), alpha]
    layer = Gimp.Layer.new(image, name, width, height, kind, 100.0,
                           Gimp.LayerMode.NORMAL)
    check(image.insert_layer(layer, parent, position), "not inserted")
    layer.set_offsets(*offsets)
    write(layer, pixels or scene(width, height))
    return layer


def write(drawable, pixels, rect=None, form=FLOAT):
    """Sets a drawable's pixels."""
    buffer = drawable.get_buffer()
    x, y, width, height = rect or (0, 0, drawable.get_width(),
                                   drawable.get_height())
    buffer.set(Gegl.Rectangle.new(x, y, width, height), form,
               bytes(pixels))
    buffer.flush()
    drawable.update(x, y, width, height)


def raw(drawable):
    """A drawable's bytes in its own format."""
    return read(drawable, None)


def read(drawable, form=FLOAT):
    """A drawable's bytes in a format."""
    buffer = drawable.get_buffer()
    return bytes(buffer.get(
        Gegl.Rectangle.new(0, 0, drawable.get_width(),
                           drawable.get_height()),
        1.0, form, Gegl.AbyssPolicy.NONE))


def floats(drawable, form=FLOAT):
    """A drawable's pixels as an array of R'G'B'A floats in sRGB."""
    return array.array("f", read(drawable, form))


def seen(image):
    """What an image shows, as an array of R'G'B'A floats in sRGB."""
    return floats(Gimp.Layer.new_from_visible(image, image, "seen"))


def farthest(one, other):
    """The greatest difference between two arrays of numbers."""
    equal(len(one), len(other), "numbers")
    check(not any(map(math.isnan, one)) and not any(map(math.isnan, other)),
          "NaN in the pixels")
    return max(abs(a - b) for a, b in zip(one, other))


def pixel_bytes(drawable):
    """A drawable's pixels, each as its own bytes."""
    data = raw(drawable)
    size = len(data) // (drawable.get_width() * drawable.get_height())
    return [data[i:i + size] for i in range(0, len(data), size)]


def alpha_bytes(drawable):
    """The bytes of a drawable's alpha."""
    pixels = pixel_bytes(drawable)
    channels = 4 if drawable.is_rgb() else 2
    size = len(pixels[0]) // channels
    return [pixel[-size:] for pixel in pixels]


def psnr(one, other):
    """Peak signal-to-noise ratio in dB of two arrays of R'G'B'A floats."""
    total = sum((a - b) ** 2 for i, (a, b) in enumerate(zip(one, other))
                if i % 4 < 3)
    check(not math.isnan(total), "NaN in the pixels")
    if total == 0.0:
        return math.inf
    return -10 * math.log10(total / (len(one) * 0.75))


# The call -----------------------------------------------------------------

class Failed(Exception):
    """The procedure's error: its status and message."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


def vary(image, layers, **settings):
    """Makes variations, in two steps of the model alone unless said otherwise;
    see run()."""
    return run("plug-in-diffusion", image, layers,
               **{"steps": 2, "made_of": "model", **settings})


def vary_parts(image, layers, **settings):
    """Makes one variation of the layers' own parts alone unless said otherwise;
    see run()."""
    return run("plug-in-diffusion", image, layers,
               **{"made_of": "layer", "num_variations": 1, **settings})


def restore(image, layers, **settings):
    """Takes noise out, by one estimate unless said otherwise; see run()."""
    return run("plug-in-diffusion-restore", image, layers,
               **{"draws": 1, **settings})


def run(name, image, layers, **settings):
    """Runs a procedure; the new layers of the image, in the order in which
    the layer stack shows them from below.  Raises Failed."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    settings = {"run-mode": Gimp.RunMode.NONINTERACTIVE, "image": image,
                **settings}
    for name, value in settings.items():
        config.set_property(name.replace("_", "-"), value)
    config.set_core_object_array("drawables", layers)

    before = every_layer(image)
    result = procedure.run(config)
    status = result.index(0)
    if status != Gimp.PDBStatusType.SUCCESS:
        message = Gimp.get_pdb().get_last_error()
        equal([layer.get_id() for layer in every_layer(image)],
              [layer.get_id() for layer in before],
              "layers after a failure")
        raise Failed(status, message)
    known = {layer.get_id() for layer in before}
    return [layer for layer in reversed(every_layer(image))
            if layer.get_id() not in known]


def every_layer(image):
    """All layers of an image, those in groups too, from above."""
    found = []

    def walk(items):
        for item in items:
            found.append(item)
            if item.is_group():
                walk(item.get_children())

    walk(image.get_layers())
    return found


def refused(words, image, layers, status=None, call=vary, **settings):
    """Fails the test unless the call is refused with those words; the
    message."""
    # pylint: disable=too-many-arguments,too-many-positional-arguments
    try:
        call(image, layers, **settings)
    except Failed as failure:
        for word in words:
            check(word in failure.message, f"no {word!r} in the message:",
                  failure.message)
        if status is not None:
            equal(failure.status, status, "status")
        return failure.message
    raise AssertionError("not refused")


def scheme(code):
    """Evaluates Script-Fu; raises Failed with its error."""
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-script-fu-eval")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("script", code)
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        raise Failed(result.index(0), Gimp.get_pdb().get_last_error())
