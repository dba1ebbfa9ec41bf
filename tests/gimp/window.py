# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in GIMP's own windows: the menu, the dialog and its runs.

Each test opens the photograph anew in a window.  What was done is read from
the image and from the screen; nothing depends on how fast the machine is:
a run that has to last is one of 90 variations.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import time

from gi.repository import Gimp, Gio
from PIL import Image, ImageChops, ImageStat

from desktop import (State, application, choose, enter, find, focus, has,
                     keys, look_up, nameless, pauses, picture, press, says,
                     seen, shot, tick, tool, wait, walk, windows)
from harness import KEPT, check, equal, raw, vary

PHOTO = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "..", "data", "mountain-lake.jpg")
SIZE = (240, 136)
MOST = 90           # variations of a run that lasts
STEPS = 6           # of the lowest quality
SAMPLER = "dpmpp-2m-karras"


# GIMP ---------------------------------------------------------------------

class Lake:
    """The photograph, small, in GIMP's window."""

    def __init__(self):
        image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE,
                               Gio.File.new_for_path(PHOTO))
        image.scale(*SIZE)
        self.layer = image.get_layers()[0]
        self.layer.set_name("Lake")
        image.undo_enable()
        self.image = image
        KEPT.add(image.get_id())
        self.display = Gimp.Display.new(image)
        Gimp.displays_flush()
        self.window = wait("GIMP's window", lambda: windows("– GIMP$"), 40)[0]
        tool("windowmove", self.window, "0", "0")
        tool("windowsize", self.window, "1180", "760")
        tool("mousemove", "1270", "790")     # no tooltips
        time.sleep(0.5)

    def names(self):
        """The names of the image's layers, from above."""
        return [layer.get_name() for layer in self.image.get_layers()]

    def pixels(self):
        """The pixels of all layers, from above."""
        return [raw(layer) for layer in self.image.get_layers()]

    def wait_layers(self, count, seconds=120):
        """Waits for so many layers."""
        wait(f"{count} layers", lambda: len(self.names()) == count, seconds)

    def undo(self, left):
        """One undo; then only those layers are left."""
        focus(self.window)
        keys("ctrl+z")
        wait(f"{left} after undo", lambda: self.names() == left, 20)

    def repeat(self):
        """Filters > Repeat, without the dialog."""
        focus(self.window)
        keys("ctrl+f")

    def close(self):
        """Closes its window, and the image with it."""
        KEPT.discard(self.image.get_id())
        if self.image.is_valid():
            self.display.delete()


def end_plug_in():
    """Ends a dialog that a failed test has left, and what GIMP says."""
    app = application()
    if app:
        with contextlib.suppress(ProcessLookupError):
            os.kill(app.get_process_id(), signal.SIGKILL)
        wait("the plug-in to end", lambda: not application(), 20)
        time.sleep(0.5)
    for message in windows("GIMP Message"):
        focus(message)
        keys("Return")


@contextlib.contextmanager
def lake():
    """The photograph for as long as a test takes."""
    end_plug_in()
    opened = Lake()
    try:
        yield opened
    finally:
        end_plug_in()
        opened.close()


def open_menu(window):
    """Opens the Filters menu with its last entry chosen."""
    focus(window)
    keys("alt+r")
    time.sleep(0.7)
    keys("End")
    time.sleep(0.3)


def open_dialog(window, **settings):
    """Opens Filters > Diffusion and sets what the tests go by; the dialog's
    window."""
    open_menu(window)
    keys("Return")
    dialog = wait("the dialog", lambda: windows("^Diffusion$"), 20)[0]
    find("Run")
    focus(dialog)
    set_all(**settings)
    return dialog


def set_all(strength=40, variations=2, seed=17):
    """Sets the dialog's settings, at the lowest quality."""
    choose("Draft")
    enter("Strength (%)", strength)
    enter("Variations", variations)
    enter("Seed", seed)


def gone():
    """Whether the dialog is closed and its process has ended."""
    return not windows("^Diffusion$") and not application()


def close_dialog():
    """Closes the dialog."""
    press("Close")
    wait("the dialog to close", gone, 20)


def under_way(app="diffusion"):
    """Whether a run that is to last has got beyond its first variation, by
    the bar in the dialog or in GIMP's window."""
    for control in seen(app):
        if control.get_role_name() == "progress bar" and \
                (app == "gimp" or "ariation" in control.get_name()):
            value = control.get_value_iface()
            return value.get_current_value() > \
                2.5 / MOST * value.get_maximum_value()
    return False


def set_last_values(opened):
    """Makes a run that lasts what Repeat does."""
    open_dialog(opened.window, variations=MOST)
    press("Run")
    wait("the run to get on", under_way)
    press("Stop")
    wait("the finished layers", lambda: len(opened.names()) > 1, 30)
    close_dialog()
    opened.undo(["Lake"])


def made(first, count):
    """The names of so many variations from a seed on, from above, and the
    layer that they were made of."""
    return [f"Lake, variation {i + 1} (40 %, seed {first + i})"
            for i in reversed(range(count))] + ["Lake"]


def check_kept(opened):
    """Some of the layers of a run that was to last are there, as they
    should be."""
    wait("the finished layers", lambda: len(opened.names()) > 1, 30)
    count = len(opened.names()) - 1
    check(1 <= count < MOST, count, "variations")
    equal(opened.names(), made(17, count), "layers")
    first, last = opened.image.get_layers()[-2], opened.image.get_layers()[0]
    found = [raw(first), raw(last)]
    opened.undo(["Lake"])
    for pixels, seed in zip(found, (17, 16 + count)):
        layer = vary(opened.image, [opened.layer], seed=seed, steps=STEPS,
                     sampler=SAMPLER, num_variations=1)[0]
        equal(pixels, raw(layer), f"pixels of seed {seed}")
        opened.image.remove_layer(layer)
    return f"{count} variations were finished"


# Tests --------------------------------------------------------------------

def test_dialog():
    """The menu entry opens the dialog, Escape closes it without a trace"""
    with lake() as opened:
        open_menu(opened.window)
        shot("menu")
        keys("Escape", "Escape")
        dialog = open_dialog(opened.window)
        shot("dialog")
        focus(dialog)
        keys("Escape")
        wait("the dialog to close", gone, 20)
        equal(opened.names(), ["Lake"], "layers")


def test_names():
    """Each control has a name that a screen reader can say"""
    with lake() as opened:
        open_dialog(opened.window)
        choose("Custom")
        for part in ("Pick variations", "The chain"):
            press(part)
            time.sleep(0.7)
            equal(nameless(), [], "controls without a name")
        shot("all-open")
        count = sum(has(control, State.FOCUSABLE)
                    for control in walk(application()))
        choose("Draft")
        close_dialog()
        return f"{count} controls"


def test_run():
    """Run makes the variations, one undo removes them, Repeat makes them"""
    with lake() as opened:
        open_dialog(opened.window)
        shot("dialog-filled")
        press("Run")
        opened.wait_layers(3)
        equal(opened.names(), made(17, 2), "layers")
        equal([layer.get_name() for layer in
               opened.image.get_selected_layers()], ["Lake"],
              "selected layers")
        found = opened.pixels()
        wait("the message", lambda: says("2 layers were made"), 10)
        shot("result")
        close_dialog()

        opened.undo(["Lake"])
        keys("ctrl+y")
        opened.wait_layers(3, 20)
        equal(opened.pixels(), found, "pixels after redo")
        opened.undo(["Lake"])
        opened.repeat()
        opened.wait_layers(3)
        equal(opened.pixels(), found, "pixels made by Repeat")
        opened.undo(["Lake"])


def test_twice():
    """The dialog stays open and makes another run, an undo step of its own"""
    with lake() as opened:
        open_dialog(opened.window)
        press("Run")
        opened.wait_layers(3)
        enter("Variations", 1)
        enter("Seed", 40)
        press("Run")
        opened.wait_layers(4)
        equal(opened.names(), made(17, 2)[:2] + made(40, 1), "layers")
        close_dialog()
        opened.undo(made(17, 2))
        opened.undo(["Lake"])


def test_layers():
    """Each of two selected layers gets its variations"""
    with lake() as opened:
        other = opened.layer.copy()
        opened.image.insert_layer(other, None, 0)
        other.set_name("Sea")
        other.invert(False)
        opened.image.set_selected_layers([opened.layer, other])
        Gimp.displays_flush()
        open_dialog(opened.window, variations=1)
        press("Run")
        opened.wait_layers(4)
        equal(opened.names(), ["Sea, variation 1 (40 %, seed 17)", "Sea"] +
              made(17, 1), "layers")
        found = opened.pixels()
        check(found[0] != found[2], "both are the same")
        close_dialog()
        opened.undo(["Sea", "Lake"])


def test_preview():
    """At 100 % the preview shows the pixels that the run then makes"""
    with lake() as opened:
        open_dialog(opened.window, variations=1)
        press("Restored")
        press("Zoom to 100 %")
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        time.sleep(0.5)
        canvas = find("Preview")
        shown = {"Restored": picture(canvas, "restored")}
        for name in ("Layer", "Noised"):
            press(name)
            time.sleep(0.5)
            shown[name] = picture(canvas, name.lower())
        press("Split")
        time.sleep(0.5)
        shot("split")
        press("Run")
        opened.wait_layers(2)
        close_dialog()

        place = where(shown["Layer"], opened.layer)
        check(place, "the layer is not seen as it is")
        off = far(shown["Restored"], place, opened.image.get_layers()[0])
        # Two roundings of numbers that are equal but for their last bits.
        check(off <= 1, "the preview is off by", off)
        noise = far(shown["Noised"], place, opened.layer)
        check(noise > 60, "noise of no more than", noise)
        return f"the preview is off by {off} of 255"


def where(shown, layer):
    """Where in a picture of the preview the layer is seen in the middle, as
    it is; None if nowhere there."""
    left, top = ((shown.size[i] - SIZE[i]) // 2 for i in (0, 1))
    for place in ((left + x, top + y) for x in (0, -1, 1, -2, 2)
                  for y in (0, -1, 1, -2, 2)):
        if far(shown, place, layer) == 0:
            return place
    return None


def far(shown, place, layer):
    """The greatest difference between what is seen at a place and a layer,
    in 8 bits."""
    part = shown.crop((place[0], place[1], place[0] + SIZE[0],
                       place[1] + SIZE[1]))
    made_of = Image.frombytes("RGB", SIZE, raw(layer))
    return max(high for low, high in
               ImageStat.Stat(ImageChops.difference(part, made_of)).extrema)


def test_changes():
    """Changes while the preview is at work do not hold the window up"""
    with lake() as opened:
        open_dialog(opened.window)
        press("Pick variations")
        slider = find("Strength (%)", "slider").get_value_iface()
        taken = []
        for strength in list(range(20, 100, 5)) + [60]:
            slider.set_current_value(strength)
            taken += pauses(find("Run"), 0.15)
        taken += pauses(find("Run"), 4)
        wait("the end of the preview",
             lambda: look_up("As the result will be"), 60)
        shot("changed")
        equal(opened.names(), ["Lake"], "layers")
        close_dialog()
        worst = max(taken)
        # The bound is for a machine that does other things as well.
        check(worst < 500, f"the window did not answer for {worst:.0f} ms")
        return (f"answers took {statistics.median(taken):.1f} ms, at most "
                f"{worst:.1f} ms, of {len(taken)}")


def test_picks():
    """Two of six small variations are picked, by keys, and made"""
    with lake() as opened:
        dialog = open_dialog(opened.window)
        press("Pick variations")
        first = find("Variation with seed 17")
        focus(dialog)
        first.get_component_iface().grab_focus()
        wait("the focus", lambda: has(find("Variation with seed 17"),
                                      State.FOCUSED), 10)
        keys("space", "Right", "Right", "space")
        find("Variation with seed 17, ticked")
        find("Variation with seed 19, ticked")
        wait("the words", lambda: says("2 are made at full size"), 10)
        shot("picked")
        press("Run")
        opened.wait_layers(3)
        equal([name.partition("seed ")[2] for name in opened.names()],
              ["19)", "17)", ""], "seeds")
        found = opened.pixels()
        close_dialog()
        opened.undo(["Lake"])
        for pixels, seed in zip(found, (19, 17)):
            layer = vary(opened.image, [opened.layer], seed=seed, steps=STEPS,
                         sampler=SAMPLER, num_variations=1)[0]
            equal(pixels, raw(layer), f"pixels of seed {seed}")
            opened.image.remove_layer(layer)


def test_near():
    """More like this keeps the seed, Re-roll takes others, ticks stay"""
    def tiles():
        return [control.get_name() for control in walk(application())
                if control.get_role_name() == "list item"]

    def others(start):
        return [name for name in tiles() if name.startswith(start)]

    with lake() as opened:
        open_dialog(opened.window)
        press("Pick variations")
        tick("18", True)
        press("More like this")
        wait("near ones", lambda: len(others(
            "Variation with seed 17 near ")) == 4, 10)
        equal(others("Variation with seed 18"),
              ["Variation with seed 18, ticked"], "the ticked one")
        before = tiles()
        press("Re-roll")
        wait("others", lambda: not any(" near " in name for name in tiles()),
             10)
        equal([name for name in tiles() if name in before],
              ["Variation with seed 18, ticked"], "what stays")
        press("Run")
        opened.wait_layers(2)
        equal(opened.names(), ["Lake, variation 1 (40 %, seed 18)", "Lake"],
              "layers")
        close_dialog()


def test_chain():
    """The chain is saved as a layer group of so many frames"""
    with lake() as opened:
        open_dialog(opened.window)
        press("The chain")
        enter("Frames", 8)
        time.sleep(2)
        shot("chain")
        press("Save chain as layers")
        opened.wait_layers(2)
        equal(opened.names(), ["Lake, chain", "Lake"], "layers")
        frames = opened.image.get_layers()[0].get_children()
        equal(len(frames), 8, "frames")
        equal(raw(frames[-1]), raw(opened.layer), "the first frame")
        equal(len({raw(frame) for frame in frames}), 8, "different frames")
        close_dialog()
        opened.undo(["Lake"])


def test_recall():
    """From a result the dialog starts with its settings and its source"""
    with lake() as opened:
        image = opened.image
        first = vary(image, [opened.layer], seed=117, num_variations=1,
                     strength=55, steps=STEPS, sampler=SAMPLER)[0]
        image.set_selected_layers([first])
        Gimp.displays_flush()
        open_menu(opened.window)
        keys("Return")
        find("Start from its settings")
        shot("question")
        press("Start from its settings")
        find("Run")
        equal([find(name, "spin button").get_value_iface()
               .get_current_value() for name in ("Strength (%)", "Seed")],
              [55, 117], "settings")
        enter("Variations", 1)
        press("Run")
        opened.wait_layers(3)
        equal([name.partition(" #")[0] for name in opened.names()],
              ["Lake, variation 1 (55 %, seed 117)"] * 2 + ["Lake"], "layers")
        equal(raw(image.get_layers()[1]), raw(first), "pixels")
        close_dialog()


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
        equal(opened.names()[-2:],
              ["Lake, variation 1 (40 %, seed 17)", "Other"],
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
        set_last_values(opened)
        opened.repeat()
        wait("the run to get on", lambda: under_way("gimp"))
        equal(opened.names(), ["Lake"], "layers before the end")
        shot("progress")
        press("Cancel", app="gimp")
        notes = check_kept(opened)
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


def test_indexed():
    """On an indexed image the menu entry is greyed"""
    with lake() as opened:
        opened.image.convert_indexed(Gimp.ConvertDitherType.NONE,
                                     Gimp.ConvertPaletteType.GENERATE, 16,
                                     False, False, "")
        Gimp.displays_flush()
        open_menu(opened.window)
        shot("menu-indexed")
        keys("Return")
        time.sleep(2)
        equal(windows("^Diffusion$"), [], "dialogs")
        keys("Escape", "Escape", "Escape")
