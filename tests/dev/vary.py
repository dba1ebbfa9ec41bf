# SPDX-License-Identifier: GPL-3.0-or-later
"""What "./dev run" does inside GIMP.

Runs plug-in-diffusion with its defaults on the picture DIF_IMAGE and saves
in the folder DIF_OUT the layered image, one PNG per variation and a contact
sheet.  Lines for the user begin with "vary: ".  The contact sheet is saved
last: its presence says that all went well.
"""

import os
import re
import time

import gi
gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio  # noqa: E402

CELL = 420      # longer side of a picture on the contact sheet
GAP = 12
LABEL = 28      # height of the line under each picture
COLUMNS = 3


def report(text):
    print("vary: " + text, flush=True)


def save(image, name):
    """Saves the image in the results' folder and closes it."""
    path = os.path.join(os.environ["DIF_OUT"], name)
    if not Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image,
                          Gio.File.new_for_path(path), None):
        raise RuntimeError("GIMP could not save " + path)
    image.delete()
    report(path)


def vary(image, source):
    """Runs the procedure; returns the new layers, first variation first."""
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-diffusion")
    if procedure is None:
        raise RuntimeError("GIMP has no procedure plug-in-diffusion: the "
                           "plug-in did not start or did not register")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", [source])
    wanted = config.get_property("num-variations")
    report(f"making {wanted} variations at strength "
           f"{config.get_property('strength'):g} %; "
           "this takes a minute or more")

    before = {layer.get_id() for layer in image.get_layers()}
    started = time.monotonic()
    result = procedure.run(config)
    seconds = time.monotonic() - started
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        raise RuntimeError("plug-in-diffusion failed: "
                           + (Gimp.get_pdb().get_last_error() or "no reason"))
    layers = [layer for layer in image.get_layers()
              if layer.get_id() not in before]
    if len(layers) != wanted:
        raise RuntimeError(f"plug-in-diffusion made {len(layers)} layers "
                           f"instead of {wanted}")
    report(f"made them in {seconds:.1f} s, {seconds / wanted:.1f} s each")
    return sorted(layers, key=lambda layer: natural(layer.get_name()))


def natural(name):
    """A sort key that puts variation 10 after variation 9."""
    return [int(part) if part.isdigit() else part
            for part in re.split(r"(\d+)", name)]


def file_name(number, name):
    name = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()
    return f"{number:02d}-{name[:80]}.png"


def alone(layer):
    """A flat image of this layer, named and converted for the sheet."""
    image = layer.get_image()
    single = Gimp.Image.new_with_precision(
        layer.get_width(), layer.get_height(), image.get_base_type(),
        image.get_precision())
    single.set_color_profile(image.get_effective_color_profile())
    copy = Gimp.Layer.new_from_drawable(layer, single)
    single.insert_layer(copy, None, 0)
    copy.set_offsets(0, 0)
    copy.set_visible(True)
    return single


def add_cell(sheet, layer, x, y):
    """Puts a small copy of layer at x, y with its name below."""
    copy = Gimp.Layer.new_from_drawable(layer, sheet)
    sheet.insert_layer(copy, None, 0)
    copy.set_visible(True)
    width, height = layer.get_width(), layer.get_height()
    factor = CELL / max(width, height)
    copy.scale(max(1, round(width * factor)), max(1, round(height * factor)),
               False)
    copy.set_offsets(x, y)
    text = Gimp.TextLayer.new(sheet, layer.get_name(),
                              Gimp.context_get_font(), LABEL * 0.55,
                              Gimp.Unit.pixel())
    sheet.insert_layer(text, None, 0)
    if text.get_width() > CELL:
        text.scale(CELL, text.get_height(), False)
    text.set_offsets(x, y + copy.get_height() + 4)


def contact_sheet(layers):
    """Draws the layers side by side, in rows."""
    first = layers[0]
    cell_height = LABEL + max(
        round(CELL * layer.get_height()
              / max(layer.get_width(), layer.get_height()))
        for layer in layers)
    columns = min(COLUMNS, len(layers))
    rows = -(-len(layers) // columns)
    sheet = Gimp.Image.new(GAP + columns * (CELL + GAP),
                           GAP + rows * (cell_height + GAP),
                           first.get_image().get_base_type())
    paper = Gimp.Layer.new(sheet, "paper", sheet.get_width(),
                           sheet.get_height(), Gimp.ImageType.RGB_IMAGE
                           if first.is_rgb() else Gimp.ImageType.GRAY_IMAGE,
                           100, Gimp.LayerMode.NORMAL)
    sheet.insert_layer(paper, None, 0)
    paper.fill(Gimp.FillType.WHITE)
    Gimp.context_set_foreground(Gegl.Color.new("black"))
    for k, layer in enumerate(layers):
        add_cell(sheet, layer, GAP + k % columns * (CELL + GAP),
                 GAP + k // columns * (cell_height + GAP))
    sheet.flatten()
    return sheet


def main():
    path = os.environ["DIF_IMAGE"]
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE,
                           Gio.File.new_for_path(path))
    if image is None:
        raise RuntimeError("GIMP could not open " + path)
    source = image.get_layers()[0]
    report(f"opened {os.path.basename(path)}, "
           f"{source.get_width()} x {source.get_height()} pixels")
    layers = vary(image, source)
    for number, layer in enumerate(layers, 1):
        save(alone(layer), file_name(number, layer.get_name()))
    sheet = contact_sheet([source] + layers)
    save(image, "variations.xcf")
    save(sheet, "contact-sheet.png")


try:
    main()
except Exception as fault:
    report(f"failed: {fault}")
    raise
