# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in GIMP's own windows: undo, Repeat, Stop, Cancel, closing, and what
is done to the image meanwhile.

Each test opens the photograph anew in a window.  What was done is read from
the image.
"""

import time

from gi.repository import Gegl, Gimp

from access import State
from desktop import (choose, enter, find, focus, keys, look_up, press, says,
                     seen, shot, wait, windows)
from harness import check, equal, raw, vary, write
from lake import (MOST, SAMPLER, STEPS, check_kept, choose_filter,
                  close_dialog, entry, gone, lake, made, open_dialog,
                  open_menu, running, set_last_values, under_way)


def test_run():
    """Run makes variations, one undo removes them, Repeat makes the next"""
    with lake() as opened:
        open_dialog(opened.window)
        shot("dialog-filled")
        press("Run")
        opened.wait_layers(3)
        wait("the message", lambda: says("2 layers were made"), 10)
        equal(opened.names(), made(17, 2), "layers")
        equal([layer.get_name() for layer in
               opened.image.get_selected_layers()], ["Lake"],
              "selected layers")
        found = opened.pixels()
        shot("result")
        close_dialog()

        opened.undo(["Lake"])
        keys("ctrl+y")
        opened.wait_layers(3, 20)
        equal(opened.pixels(), found, "pixels after redo")
        opened.undo(["Lake"])
        opened.repeat()
        opened.wait_layers(3)
        equal(opened.names(), made(19, 2), "layers made by Repeat")
        found = opened.pixels()[:2]
        opened.undo(["Lake"])
        again = vary(opened.image, [opened.layer], seed=19, steps=STEPS,
                     sampler=SAMPLER, num_variations=2)
        equal([raw(layer) for layer in again[::-1]], found,
              "pixels made by Repeat")
        opened.repeat()
        opened.wait_layers(5)
        equal(opened.names(), made(21, 2)[:2] + made(19, 2),
              "layers made by Repeat above those")


def test_twice():
    """The dialog stays open and makes another run, an undo step of its own"""
    def visible():
        """Whether the layers are, from above."""
        return [layer.get_visible() for layer in opened.image.get_layers()]

    with lake() as opened:
        open_dialog(opened.window)
        press("Run")
        opened.wait_layers(3)
        enter("Variations", 1)
        enter("Seed", 40)
        press("Run")
        opened.wait_layers(4)
        equal(opened.names(), made(40, 1)[:1] + made(17, 2), "layers")
        wait("what is visible", lambda: visible() == [True, False, False,
                                                      True], 20)
        close_dialog()
        opened.undo(made(17, 2))
        equal(visible(), [True, False, True], "what is visible after undo")
        opened.undo(["Lake"])


def test_stop():
    """Stop keeps what is finished, in one undo step"""
    with lake() as opened:
        open_dialog(opened.window, variations=MOST)
        press("Run")
        wait("the run to get on", under_way)
        equal(opened.names(), ["Lake"], "layers before the end")
        shot("running")
        press("Stop")
        wait("the message", lambda: says("made"), 30)
        shot("stopped")
        close_dialog()
        return check_kept(opened)


def test_stop_parts():
    """Of what is made of the layer's own parts, too, and one undo takes it back"""
    with lake(96, 64) as opened:
        open_dialog(opened.window, variations=MOST,
                    made_of="This layer, finished by Photo")
        press("Run")
        wait("the run to get on", under_way, 300)
        press("Stop")
        wait("the message", lambda: says("made"), 30)
        count = len(opened.names()) - 1
        check(1 <= count < MOST, count, "variations")
        close_dialog()
        check(len(set(opened.pixels())) == count + 1, "some are the same")
        opened.undo(["Lake"])
        return f"{count} variations were finished"


def halves(layer):
    """The bytes of a layer's left and right half."""
    data, row = raw(layer), 3 * layer.get_width()
    rows = [data[i:i + row] for i in range(0, len(data), row)]
    return [b"".join(part[side * row // 2:(side + 1) * row // 2]
                     for part in rows) for side in (0, 1)]


def test_protect():
    """The channel that is chosen protects, in a run and when that is repeated"""
    with lake(96, 64) as opened:
        image = opened.image
        channel = Gimp.Channel.new(image, "Face", 96, 64, 50.0,
                                   Gegl.Color.new("black"))
        image.insert_channel(channel, None, 0)
        write(channel, bytes(255 * (i % 96 < 48) for i in range(96 * 64)),
              form="Y' u8")
        image.set_selected_layers([opened.layer])
        open_dialog(opened.window, variations=1, strength=95,
                    made_of="This layer alone")
        choose("Face")
        press("Run")
        opened.wait_layers(2, 300)
        shot("protected")
        close_dialog()
        opened.repeat()
        opened.wait_layers(3, 300)
        old = halves(opened.layer)
        for layer in image.get_layers()[:2]:
            new = halves(layer)
            check(new[0] == old[0], layer.get_name(), "is not protected")
            check(new[1] != old[1], layer.get_name(), "is the layer")


def test_close():
    """Closing the dialog during a run keeps what is finished"""
    with lake() as opened:
        dialog = open_dialog(opened.window, variations=MOST)
        press("Run")
        wait("the run to get on", under_way)
        focus(dialog)
        keys("Escape")
        wait("the dialog to close", gone, 30)
        return check_kept(opened)


def test_meddling():
    """Painting, selecting and deleting the layer during a run do no harm"""
    with lake() as opened:
        image, layer = opened.image, opened.layer
        keep = layer.copy()
        open_dialog(opened.window, variations=MOST)
        press("Run")
        wait("the run to get on", under_way)
        layer.fill(Gimp.FillType.WHITE)
        image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 9, 9)
        other = Gimp.Layer.new(image, "Other", 8, 8, Gimp.ImageType.RGB_IMAGE,
                               100.0, Gimp.LayerMode.NORMAL)
        image.insert_layer(other, None, 1)
        image.remove_layer(layer)
        equal(opened.names(), ["Other"], "layers before the end")
        opened.wait_layers(MOST + 1, 300)
        close_dialog()
        equal(opened.names()[-2:], ["40 % #17 – Lake", "Other"],
              "lowest layers")
        layers = image.get_layers()
        found = {17: raw(layers[MOST - 1]), 16 + MOST: raw(layers[0])}
        Gimp.Selection.none(image)
        image.insert_layer(keep, None, 0)
        for seed, pixels in found.items():
            last = vary(image, [keep], seed=seed, steps=STEPS,
                        sampler=SAMPLER, num_variations=1)[0]
            equal(pixels, raw(last), f"pixels of seed {seed}")


def test_cancel():
    """Cancel in the status bar keeps what is finished, in one undo step"""
    with lake() as opened:
        first = set_last_values(opened)
        opened.repeat()
        wait("the run to get on", lambda: under_way("gimp"))
        equal(opened.names(), ["Lake"], "layers before the end")
        shot("progress")
        press("Cancel", app="gimp")
        notes = check_kept(opened, first)
        equal(windows("Message|Error"), [], "messages")
        return notes


def test_closed_image():
    """With its image closed the dialog says so, and no more"""
    with lake() as opened:
        open_dialog(opened.window)
        opened.close()
        check(not opened.image.is_valid(), "the image lives on")
        enter("Strength (%)", 50)
        press("Run")
        wait("the words", lambda: says("closed"), 20)
        shot("closed-image")
        close_dialog()


def test_closed_strips():
    """With its image closed the small pictures say why they are missing"""
    with lake() as opened:
        open_dialog(opened.window)
        opened.close()
        press("Pick variations")
        find("Re-roll")
        wait("the words", lambda: says("The image was closed."), 20)
        press("The chain")
        find("Save chain as layers")
        wait("the picker to close", lambda: not look_up("Re-roll"), 20)
        wait("the words", lambda: says("The image was closed."), 20)
        shot("closed-strips")
        # It is tried again, and said again.
        enter("Strength (%)", 50)
        time.sleep(0.5)
        wait("the words", lambda: says("The image was closed."), 20)
        close_dialog()


def test_closed():
    """Closing the image during a run ends it with a message, no more"""
    with lake() as opened:
        set_last_values(opened)
        opened.repeat()
        wait("the run to get on", lambda: under_way("gimp"))
        opened.close()
        check(not opened.image.is_valid(), "the image lives on")
        message = wait("the message", lambda: windows("GIMP Message"))[0]
        shot("closed")
        focus(message)
        keys("Return")


def ask(opened, layers):
    """Chooses the menu entry on layers that were made by a run."""
    opened.image.set_selected_layers(layers)
    Gimp.displays_flush()
    choose_filter(opened.window)
    return wait("the question", lambda: windows("^Diffusion$"), 20)[0]


def test_recall_several():
    """Of several results the question can be left; a near one is ticked"""
    with lake() as opened:
        near = vary(opened.image, [opened.layer], seed=117, vary=0.25,
                    vary_seed=9, num_variations=2, steps=STEPS,
                    sampler=SAMPLER)
        before = opened.names()
        focus(ask(opened, near))
        find("Vary these layers")
        keys("Escape")
        wait("the question to go", gone, 20)
        ask(opened, near)
        press("Start from its settings")
        find("Run")
        wait("the words", lambda: says("one near seed 117"), 20)
        shot("near")
        press("Run")
        opened.wait_layers(len(before) + 1)
        wait("the message", lambda: says("1 layer was made"), 10)
        made_again = [layer for layer in opened.image.get_layers()
                      if layer.get_name() not in before]
        # The layer that both were made of is varied once, as the upper was.
        check(raw(made_again[0]) in [raw(layer) for layer in near],
              "another variation")
        close_dialog()


def test_indexed():
    """On an indexed image the menu entry is greyed, and says why"""
    with lake() as opened:
        open_menu(opened.window)
        check(wait("the entry", entry, 10).has(State.SENSITIVE),
              "greyed on an RGB image")
        keys("Escape", "Escape", "Escape")
        opened.image.convert_indexed(Gimp.ConvertDitherType.NONE,
                                     Gimp.ConvertPaletteType.GENERATE, 16,
                                     False, False, "")
        Gimp.displays_flush()
        open_menu(opened.window)
        shot("menu-indexed")
        wait("the entry to be greyed",
             lambda: not entry().has(State.SENSITIVE), 10)
        notes = entry().description
        keys("Return", "Escape", "Escape", "Escape")
        wait("the menu to close", lambda: not entry(), 10)
        equal((windows("^Diffusion$"), running()), ([], []), "dialogs")
        return notes


def test_layer_group():
    """On a layer group a message says what to do instead"""
    with lake() as opened:
        group = Gimp.GroupLayer.new(opened.image, "Group")
        opened.image.insert_layer(group, None, 0)
        opened.image.set_selected_layers([group])
        Gimp.displays_flush()
        choose_filter(opened.window)
        message = wait("the message", lambda: windows("GIMP Message"), 20)[0]
        wait("the words", lambda: any(
            "layer group" in control.name for control in seen("gimp")
            if control.role == "label"), 10)
        focus(message)
        keys("Return")
        equal(opened.names(), ["Group", "Lake"], "layers")
