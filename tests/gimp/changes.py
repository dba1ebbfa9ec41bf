# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to the image while the filter works: from the dialog and by
Repeat, as layers and as a group.

Every change is made in mid-run.  Then the run is stopped, what has gone into
the image is looked at, saved and opened again, and two undo steps take back
the results and the change.
"""

import array
import os
import re
import statistics
import time
from gi.repository import Gimp, Gio

from desktop import (choose, enter, focus, keys, look_up, press, says, seen,
                     shot, tick, wait)
from harness import (check, equal, every_layer, farthest, floats, raw, read,
                     write)
from lake import MOST, close_dialog, lake, open_dialog, running

SIZE = (108, 60)
GAP = 40            # ids in a row that are none of a result's, at most
SAME = Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC


# The image ----------------------------------------------------------------

def arrange(opened):
    """Makes the photograph small, gives it a mask and puts it into a group,
    with a white layer below and a channel beside it."""
    image = opened.image
    image.undo_disable()
    image.scale(*SIZE)
    white = opened.layer.copy()
    image.insert_layer(white, None, 0)
    white.set_name("White")
    white.fill(Gimp.FillType.WHITE)
    mask = opened.layer.create_mask(Gimp.AddMaskType.WHITE)
    opened.layer.add_mask(mask)
    opened.layer.set_edit_mask(False)
    write(mask, array.array("f", (0.4 + 0.5 * y / SIZE[1] for y in
                                  range(SIZE[1]) for x in range(SIZE[0]))),
          form="Y float")
    opened.group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(opened.group, None, 0)
    image.reorder_item(opened.layer, opened.group, 0)
    opened.channel = Gimp.Channel.new_from_component(
        image, Gimp.ChannelType.RED, "Red")
    image.insert_channel(opened.channel, None, 0)
    image.undo_enable()
    image.set_selected_layers([opened.layer])
    Gimp.displays_flush()


def state(image):
    """What an undo step has to bring back, and a file."""
    profile = image.get_color_profile()
    return (image.get_base_type(), image.get_precision(),
            bytes(profile.get_icc_profile()) if profile else None,
            image.get_width(), image.get_height(),
            [(layer.get_id(), layer.get_name(), layer.get_visible(),
              layer.get_parent() and layer.get_parent().get_name(),
              tuple(layer.get_offsets())[-2:],
              None if layer.is_group() else raw(layer),
              layer.get_mask() and raw(layer.get_mask()))
             for layer in every_layer(image)])


def made(image):
    """The results in an image, from above, without their groups."""
    return [layer for layer in every_layer(image) if not layer.is_group()
            and layer.get_parasite("gimp-diffusion")]


def selected(image):
    """The ids of what is selected."""
    return sorted(item.get_id() for item in
                  image.get_selected_layers() + image.get_selected_channels())


# The changes --------------------------------------------------------------

def to_indexed(opened):
    """Mode > Indexed, which GIMP refuses where there are groups."""
    opened.image.undo_group_start()
    opened.image.reorder_item(opened.layer, None, 0)
    opened.image.remove_layer(opened.group)
    opened.image.convert_indexed(Gimp.ConvertDitherType.NONE,
                                 Gimp.ConvertPaletteType.GENERATE, 250,
                                 False, False, "")
    opened.image.undo_group_end()
    check(opened.layer.is_indexed(), "not indexed")


def to_float(opened):
    """Another profile, then another precision: both must be minded."""
    opened.image.undo_group_start()
    opened.image.convert_color_profile(Gimp.ColorProfile.new_rgb_adobe(),
                                       SAME, False)
    opened.image.convert_precision(Gimp.Precision.FLOAT_LINEAR)
    opened.image.undo_group_end()


def float_selection(opened):
    """Copy and paste: a floating selection, on a layer in no group, since
    GIMP takes groups apart when it opens an image with another one."""
    white = opened.image.get_layers()[-1]
    Gimp.edit_copy([white])
    Gimp.edit_paste(white, False)


# By name, with what the results are to look like: the source as it is after
# the change, or as it was before; as ever where the change is none of pixels
# and not undone.
CHANGES = {
    "16 bit": (lambda o: o.image.convert_precision(
        Gimp.Precision.U16_NON_LINEAR), "after"),
    "float": (to_float, "after"),
    "converted": (lambda o: o.image.convert_color_profile(
        Gimp.ColorProfile.new_rgb_adobe(), SAME, False), "after"),
    "assigned": (lambda o: o.image.set_color_profile(
        Gimp.ColorProfile.new_rgb_adobe()), "before"),
    "grey": (lambda o: o.image.convert_grayscale(), "after"),
    "indexed": (to_indexed, "after"),
    "scaled": (lambda o: o.image.scale(36, 20), "before"),
    "cropped": (lambda o: o.image.crop(40, 22, 9, 8), "before"),
    "canvas": (lambda o: o.image.resize(90, 60, 9, 8), "before"),
    "rotated": (lambda o: o.image.rotate(Gimp.RotationType.DEGREES90),
                "before"),
    "flipped": (lambda o: o.image.flip(Gimp.OrientationType.HORIZONTAL),
                "before"),
    "moved": (lambda o: o.layer.set_offsets(7, -5), "after"),
    "turned": (lambda o: o.layer.transform_rotate(0.5, True, 0, 0),
               "before"),
    "group moved": (lambda o: o.group.transform_translate(6, 3), "after"),
    "reordered": (lambda o: o.image.reorder_item(o.layer, None, 1), "after"),
    "source deleted": (lambda o: o.image.remove_layer(o.layer), "before"),
    "group deleted": (lambda o: o.image.remove_layer(o.group), "before"),
    "floating": (float_selection, "before"),
    "channel": (lambda o: o.image.set_selected_channels([o.channel]),
                "as ever"),
}

# Those that are made with and without a group in every kind of run; the others
# once with and once without.
BOTH = ("16 bit", "converted", "indexed", "scaled", "source deleted",
        "channel")


# The runs -----------------------------------------------------------------

def results(mark, most=2):
    """How many results have been made since a layer of that id, at most."""
    count = missing = 0
    number = mark
    while count < most and missing < GAP:
        number += 1
        if not Gimp.Item.id_is_valid(number):
            missing += 1
            continue
        missing = 0
        item = Gimp.Item.get_by_id(number)
        count += isinstance(item, Gimp.Layer) and \
            item.get_parasite("gimp-diffusion") is not None
    return count


def begin(opened, start):
    """Starts a run and waits until some of its results are finished."""
    marker = Gimp.Layer.new(opened.image, "", 1, 1, Gimp.ImageType.RGB_IMAGE,
                            100.0, Gimp.LayerMode.NORMAL)
    mark = marker.get_id()
    marker.delete()
    start()
    wait("results", lambda: results(mark) > 1, 60)


def said():
    """The number of layers that the dialog says were made, or None."""
    for control in seen():
        found = control.role == "label" and \
            re.fullmatch(r"(\d+) layers? w\w+ made", control.name)
        if found:
            return int(found[1])
    return None


def stop_dialog(opened):
    """Stops the run of the dialog, unless it has come to its end; what it
    says must be so."""
    def stopped():
        button = look_up("Stop")
        return said() or (button and button.act()
                          and None)

    number = wait("the message", stopped, 60)
    equal(number, len(made(opened.image)), "the number in the dialog")


def stop_repeat(opened):
    """Stops the run in GIMP's window."""
    def stopped():
        button = look_up("Cancel", app="gimp")
        return not running() or (button and button.act() and None)

    wait("the end of the run", stopped, 60)


def check_change(opened, change, look, group, start, stop):
    """Makes a change during a run and looks at what comes of it; the number
    of results."""
    image, source = opened.image, opened.layer
    before, wanted, mask = state(image), floats(source), mask_of(source)
    begin(opened, start)
    change(opened)
    Gimp.displays_flush()
    changed, chosen = state(image), selected(image)
    check(changed != before or look == "as ever", "nothing was changed")
    equal(made(image), [], "results before the end")
    stop(opened)

    layers = made(image)
    equal(selected(image), chosen, "what is selected")
    check_place(image, source, layers, group)
    check_look(layers, floats(source) if look == "after" else wanted, mask)
    reopen(image)
    undo(opened, changed)
    if changed != before:
        undo(opened, before)
    image.set_selected_layers([source])
    Gimp.displays_flush()
    return len(layers)


def undo(opened, wanted, key="ctrl+z"):
    """One undo, or redo, which brings back a state."""
    Gimp.displays_flush()       # or GIMP may not know yet what can be undone
    focus(opened.window)
    keys(key)
    wait(f"the state after {key}", lambda: state(opened.image) == wanted, 20)


def check_changes(opened, names, group, start, stop):
    """Makes changes one after the other; the numbers of results."""
    numbers = []
    for name in names:
        change, look = CHANGES[name]
        try:
            numbers.append(check_change(opened, change, look, group, start,
                                        stop))
        except Exception as fault:
            raise AssertionError(f"{name}: {fault}") from fault
    return numbers


def check_place(image, source, layers, group):
    """Results are where they should be, the top one is seen, and they are
    what the image is."""
    check(len(layers) > 1, len(layers), "results")
    equal([layer.get_visible() for layer in layers],
          [True] + [False] * (len(layers) - 1), "visible")
    parent = layers[0].get_parent()
    if group and image.get_base_type() != Gimp.ImageBaseType.INDEXED:
        equal((parent.get_mode(), parent.get_children()),
              (Gimp.LayerMode.PASS_THROUGH, layers), "the group")
        parent = parent.get_parent()
    if source.is_valid():
        equal(parent, source.get_parent(), "where the results are")
        equal({kind(layer) for layer in layers}, {kind(source)}, "format")
        equal({layer.get_mask().get_bpp() for layer in layers},
              {source.get_mask().get_bpp()}, "format of the mask")
        equal({center(layer) for layer in layers}, {center(source)},
              "the middle")
    else:
        equal(parent, None, "where the results are")


def kind(layer):
    """A layer's colours and bytes for each of them.  GIMP 3.2 gives alpha to
    a layer that is turned."""
    colours = 3 if layer.is_rgb() else 1
    return (layer.is_rgb(), layer.is_indexed(),
            layer.get_bpp() // (colours + layer.has_alpha()))


def mask_of(layer):
    """The numbers of a layer's mask."""
    return array.array("f", read(layer.get_mask(), "Y float"))


def center(layer):
    """The middle of a layer in the image, to whole pixels."""
    x, y = tuple(layer.get_offsets())[-2:]
    return x + layer.get_width() // 2, y + layer.get_height() // 2


def check_look(layers, wanted, mask):
    """Results look as the layer that they were made of does, but for noise of
    one percent, and have its mask."""
    for layer in (layers[0], layers[-1]):
        found = floats(layer)
        equal(len(found), len(wanted), "pixels")
        off = statistics.mean(abs(a - b) for a, b in zip(found, wanted))
        check(off < 0.015, "off by", off)
        off = farthest(mask_of(layer), mask)
        check(off < 0.005, "the mask is off by", off)


def reopen(image):
    """Saves an image, opens it again and compares all layers."""
    file = Gio.File.new_for_path(os.path.join(os.environ["SHOTS"],
                                              "changed.xcf"))
    check(Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None),
          "not saved")
    again = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
    check(again, "the file cannot be opened")
    equal([item[1:] for item in state(again)[-1]],
          [item[1:] for item in state(image)[-1]], "layers in the file")
    equal(state(again)[:-1], state(image)[:-1], "image in the file")
    again.delete()


# Tests --------------------------------------------------------------------

def test_dialog():
    """Changes during a run of the dialog, its results as layers and a group"""
    with lake() as opened:
        arrange(opened)
        open_dialog(opened.window, strength=1, variations=MOST)
        numbers = []
        for group, names in ((False, CHANGES), (True, BOTH)):
            tick("As a group", group)
            numbers += check_changes(opened, names, group,
                                     lambda: press("Run"), stop_dialog)
        close_dialog()
        return f"results: {numbers}"


def set_last_values(opened, group):
    """Sets what Repeat does: a run that lasts."""
    before = state(opened.image)
    open_dialog(opened.window, strength=1, variations=MOST)
    tick("As a group", group)
    begin(opened, lambda: press("Run"))
    stop_dialog(opened)
    close_dialog()
    undo(opened, before)


def test_repeat():
    """Changes during a run without the dialog, as layers and as a group"""
    with lake() as opened:
        arrange(opened)
        numbers = []
        for group, names in ((True, CHANGES), (False, BOTH)):
            set_last_values(opened, group)
            numbers += check_changes(opened, names, group, opened.repeat,
                                     stop_repeat)
        return f"results: {numbers}"


def test_undo():
    """Undo and redo during a run do what they should, to the source too"""
    def stop(opened, wanted):
        stop_repeat(opened)
        check_place(image, opened.layer, made(image), True)
        check_look(made(image), wanted, mask)
        reopen(image)

    with lake() as opened:
        arrange(opened)
        image = opened.image
        mask = mask_of(opened.layer)
        set_last_values(opened, True)
        for layer, step in (
                (opened.layer, lambda: image.convert_precision(
                    Gimp.Precision.U16_NON_LINEAR)),
                (opened.layer.copy(), lambda: image.insert_layer(
                    copy, None, 0))):
            copy = opened.layer = layer
            before = state(image)
            step()
            after, wanted = state(image), floats(layer)
            check(after != before, "nothing to undo")
            image.set_selected_layers([layer])
            Gimp.displays_flush()
            begin(opened, opened.repeat)
            undo(opened, before)
            stop(opened, wanted)
            undo(opened, before)

        opened.layer = image.get_layers()[0].get_children()[0]
        image.set_selected_layers([opened.layer])
        before = state(image)
        image.convert_precision(Gimp.Precision.U16_NON_LINEAR)
        after = state(image)
        undo(opened, before)
        begin(opened, opened.repeat)
        undo(opened, after, "ctrl+y")
        stop(opened, wanted)


def test_indexed():
    """With the image made indexed the dialog refuses to run, and says why"""
    with lake() as opened:
        arrange(opened)
        before = state(opened.image)
        open_dialog(opened.window, variations=2)
        to_indexed(opened)
        Gimp.displays_flush()
        press("Run")
        wait("the words", lambda: says("indexed image"), 20)
        check(says("Image > Mode > RGB"), "not what to do")
        check(not look_up("Stop"), "a run is under way")
        shot("indexed")
        equal(made(opened.image), [], "results")
        undo(opened, before)
        press("Run")
        equal(wait("the message", said, 60), 2, "layers")
        close_dialog()


def test_second():
    """The results of the first layer stay if the second cannot be varied"""
    with lake() as opened:
        arrange(opened)
        before = state(opened.image)
        opened.image.set_selected_layers(
            [opened.layer, opened.image.get_layers()[1]])
        Gimp.displays_flush()
        open_dialog(opened.window, variations=12)
        tick("As a group", False)
        begin(opened, lambda: press("Run"))
        to_indexed(opened)
        changed = state(opened.image)
        wait("the reason", lambda: says("indexed image"), 60)
        check(says("\n12 layers were made"), "not how many were made")
        shot("second")
        layers = made(opened.image)
        equal(len(layers), 12, "results")
        check(all(layer.is_indexed() for layer in layers), "not indexed")
        reopen(opened.image)
        undo(opened, changed)
        undo(opened, before)
        close_dialog()


def test_closed():
    """With the image closed during a run the dialog says so"""
    with lake() as opened:
        arrange(opened)
        open_dialog(opened.window, variations=MOST)
        choose("Custom")
        enter("Steps", 300)
        begin(opened, lambda: press("Run"))
        # GIMP itself may not survive that while pixels are on their way into
        # a layer, which takes a moment only: here the next one is far off.
        time.sleep(0.2)
        opened.close()
        check(not opened.image.is_valid(), "the image lives on")
        wait("the words", lambda: says("The image was closed before"), 20)
        close_dialog()
