# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be done is refused with one message that says what to do.

harness.vary() checks on every failure that no layer was added.
"""

from gi.repository import Gimp

import badmodels
from harness import (Failed, add_layer, check, equal, new_image, raw, refused,
                     restore, scheme, vary)

CALLING = Gimp.PDBStatusType.CALLING_ERROR
EXECUTION = Gimp.PDBStatusType.EXECUTION_ERROR


def test_indexed():
    """An indexed image: says how to convert it"""
    image = new_image()
    source = add_layer(image, alpha=False)
    image.convert_indexed(Gimp.ConvertDitherType.NONE,
                          Gimp.ConvertPaletteType.GENERATE, 16, False, False,
                          "")
    return refused(["indexed", "Image > Mode > RGB"], image, [source],
                   CALLING)


def test_group():
    """A layer group: says what to select or merge"""
    image = new_image()
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    add_layer(image, parent=group)
    return refused(["group", "Merge"], image, [group], CALLING)


def test_mask():
    """A layer mask: says to click the layer"""
    image = new_image()
    source = add_layer(image)
    mask = source.create_mask(Gimp.AddMaskType.WHITE)
    source.add_mask(mask)
    return refused(["mask"], image, [mask], CALLING)


def test_channel():
    """A channel: says to select a layer"""
    image = new_image()
    add_layer(image)
    channel = Gimp.Channel.new_from_component(image, Gimp.ChannelType.RED,
                                              "Red")
    image.insert_channel(channel, None, 0)
    return refused(["channel", "layer"], image, [channel], CALLING)


def test_nothing():
    """No drawable at all"""
    image = new_image()
    add_layer(image)
    return refused(["layer"], image, [], CALLING)


def test_other_image():
    """A layer of another image: says so, by the layer's name"""
    image, other = new_image(), new_image()
    source = add_layer(image)
    stranger = add_layer(other, name="Stranger")
    before = raw(stranger)
    for layers in ([stranger], [source, stranger]):
        refused(["Stranger", "another image"], image, layers, CALLING)
    equal((len(other.get_layers()), raw(stranger)), (1, before),
          "the other image")


def test_mixed():
    """One impossible layer among several: none is made"""
    image = new_image()
    source = add_layer(image)
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    return refused(["group"], image, [source, group], CALLING)


def test_selection_elsewhere():
    """A selection beside the layer: says so, by the layer's name"""
    image = new_image(100, 80)
    source = add_layer(image, size=(40, 30))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 20, 20)
    return refused(["selection", "Beach"], image, [source], EXECUTION)


def test_selection_elsewhere_second():
    """The second of two layers unselected: the first makes none either"""
    image = new_image(100, 80)
    first = add_layer(image, size=(40, 30), name="First")
    second = add_layer(image, size=(10, 10), offsets=(80, 60), name="Second")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 20, 20)
    return refused(["Second"], image, [first, second], EXECUTION)


def call(image, layer, arguments):
    """Script-Fu that calls the procedure."""
    return (f"(plug-in-diffusion #:run-mode RUN-NONINTERACTIVE "
            f"#:image {image.get_id()} "
            f"#:drawables (vector {layer.get_id()}) {arguments})")


def test_arguments():
    """Arguments out of range, from Script-Fu"""
    image = new_image()
    source = add_layer(image)
    before = raw(source)
    for arguments in ("#:strength 100.5", "#:strength -1",
                      "#:num-variations 0", "#:num-variations 101",
                      "#:seed -1", "#:steps 0", "#:steps 1001",
                      '#:steps "many"', "#:no-such-argument 1"):
        try:
            scheme(call(image, source, arguments))
        except Failed as failure:
            check("Error" in failure.message, arguments, "said",
                  failure.message)
        else:
            raise AssertionError(f"{arguments} was accepted")
        equal(len(image.get_layers()), 1, f"layers after {arguments}")
    equal(raw(source), before, "source")


def test_script_fu():
    """The same call in range makes a layer"""
    image = new_image()
    source = add_layer(image)
    scheme(call(image, source, '#:steps 1 #:num-variations 1 #:seed 3'))
    equal(image.get_layers()[0].get_name(),
          "40 % #3 – Beach", "name")


def test_bad_models():
    """Bad model folders: each message names the file and the fault"""
    image = new_image()
    source = add_layer(image)
    notes = []
    for model, words in badmodels.BAD.items():
        try:
            message = refused(words, image, [source], EXECUTION, model=model)
        except AssertionError as fault:
            raise AssertionError(f"{model}: {fault}") from fault
        notes.append(f"{model}: {message}")
    return "\n".join(notes)


def test_odd_names():
    """Models whose folders have odd names can be chosen and run"""
    image = new_image(16, 16)
    source = add_layer(image)
    for name in badmodels.NAMES:
        results = vary(image, [source], model=name, steps=1,
                       num_variations=1)
        equal(len(results), 1, f"variations with {name}")


def test_too_large():
    """A layer that cannot fit in memory is refused up front"""
    image = Gimp.Image.new(80000, 80000, Gimp.ImageBaseType.RGB)
    layer = Gimp.Layer.new(image, "Large", 80000, 80000,
                           Gimp.ImageType.RGB_IMAGE, 100.0,
                           Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    message = refused(["memory", "80000"], image, [layer], EXECUTION)
    # All of it is measured, whatever is selected.
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 20, 20)
    return message + "\n" + refused(["memory", "80000"], image, [layer],
                                    EXECUTION, restore)


def test_progress_procedure():
    """The procedure that shows progress runs for this plug-in alone"""
    for name in ("gimp-version", "no-such-procedure", ""):
        try:
            scheme(f'(plug-in-diffusion-progress #:callback "{name}")')
        except Failed as failure:
            check("plug-in-diffusion" in failure.message, failure.message)
        else:
            raise AssertionError(f"ran {name!r}")
