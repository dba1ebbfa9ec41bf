# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests in GIMP's windows share: the photograph in a window, the
menu entry and the dialog.

Nothing here depends on how fast the machine is: a run that has to last is
one of 90 variations.
"""

import contextlib
import functools
import os
import signal

from gi.repository import Gimp, Gio

from access import controls
from desktop import (choose, enter, find, focus, keys, number, press, says,
                     seen, tool, wait, windows)
from harness import KEPT, check, equal, raw, vary, write

PHOTO = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "..", "data", "mountain-lake.jpg")
SIZE = (240, 136)
MOST = 90           # variations of a run that lasts
STEPS = 6           # of the lowest quality
SAMPLER = "dpmpp-2m-karras"


# GIMP ---------------------------------------------------------------------

@functools.cache
def photograph(width, height):
    """The photograph's bytes in that size."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE,
                           Gio.File.new_for_path(PHOTO))
    image.scale(width, height)
    pixels = raw(image.get_layers()[0])
    image.delete()
    return pixels


class Lake:
    """The photograph, small, in GIMP's window."""

    def __init__(self, *size):
        image = Gimp.Image.new(*size, Gimp.ImageBaseType.RGB)
        image.undo_disable()
        self.layer = Gimp.Layer.new(image, "Lake", *size,
                                    Gimp.ImageType.RGB_IMAGE, 100.0,
                                    Gimp.LayerMode.NORMAL)
        image.insert_layer(self.layer, None, 0)
        write(self.layer, photograph(*size), form="R'G'B' u8")
        image.undo_enable()
        self.image = image
        self.size = size
        KEPT.add(image.get_id())
        self.display = Gimp.Display.new(image)
        Gimp.displays_flush()
        self.window = wait("GIMP's window", lambda: windows("– GIMP$"), 40)[0]
        # No tooltips either.
        tool("windowmove", self.window, "0", "0",
             "windowsize", self.window, "1180", "760", "mousemove", "1270", "790")

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


def running():
    """The processes of the plug-in that this GIMP has started, by id."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{number}/stat", encoding="utf-8") as stat:
                name, _, rest = stat.read().rpartition(")")
            if name.endswith("(diffusion") and \
                    int(rest.split()[1]) == os.getppid():
                found.append(int(number))
    return found


def end_plug_in():
    """Ends a dialog that a failed test has left, and what GIMP says."""
    for process in running():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait("the plug-in to end", lambda: not running(), 20)
    for message in windows("GIMP Message"):
        focus(message)
        keys("Return")


@contextlib.contextmanager
def lake(*size):
    """The photograph, in a size, for as long as a test takes."""
    end_plug_in()
    opened = Lake(*(size or SIZE))
    try:
        yield opened
    finally:
        end_plug_in()
        opened.close()


def entry():
    """The menu entry, in the menu that is open."""
    for control in seen("gimp"):
        if control.role == "menu item" and \
                control.name.startswith("Diffusion"):
            return control
    return None


def open_menu(window):
    """Opens the Filters menu with its last entry chosen."""
    focus(window)
    keys("alt+r")
    wait("the menu", entry, 20)
    keys("End")


@functools.cache
def closed_entry():
    """The menu entry, in the menu that is not open."""
    return next(control for control in controls("gimp")
                if control.role == "menu item" and
                control.name.startswith("Diffusion"))


def choose_filter(window):
    """Chooses Filters > Diffusion, by what a screen reader has for that."""
    focus(window)
    wait("the entry", closed_entry().act, 20)


def open_dialog(window, **settings):
    """Opens the dialog and sets what the tests go by; the dialog's window."""
    choose_filter(window)
    find("Run")
    dialog = windows("^Diffusion$")[0]
    focus(dialog)
    set_all(**settings)
    return dialog


def set_all(strength=40, variations=2, seed=17, made_of="Photo alone"):
    """Sets the dialog's settings, of the model at the lowest quality."""
    choose(made_of)
    if made_of.endswith(" alone") and not made_of.startswith("This layer"):
        choose("Draft")
    enter("Strength (%)", strength)
    enter("Variations", variations)
    enter("Seed", seed)


def seed():
    """The seed in the dialog."""
    return int(number("Seed"))


def gone():
    """Whether the dialog is closed and its process has ended."""
    return not running()


def close_dialog():
    """Closes the dialog."""
    press("Close")
    wait("the dialog to close", gone)


def under_way(app="diffusion"):
    """Whether a run has got beyond its first variation, by the bar in the
    dialog or in GIMP's window."""
    for control in seen(app):
        if control.role == "progress bar" and \
                (app == "gimp" or "ariation" in control.name):
            return control.value > 2.5 / MOST * control.most
    return False


def set_last_values(opened):
    """Makes a run that lasts what Repeat does; the seed it begins with."""
    open_dialog(opened.window, variations=MOST)
    press("Run")
    wait("the run to get on", under_way)
    press("Stop")
    wait("the finished layers", lambda: len(opened.names()) > 1, 30)
    wait("the next seed", lambda: seed() > 17, 30)
    first = seed()
    close_dialog()
    opened.undo(["Lake"])
    return first


def made(first, count):
    """The names of so many variations from a seed on, from above, and the
    layer that they were made of."""
    return [f"40 % #{first + i} – Lake"
            for i in reversed(range(count))] + ["Lake"]


def check_kept(opened, first=17):
    """Some of the layers of a run that was to last, from a seed on, are there,
    as they should be."""
    wait("the end of the run", lambda: not running(), 30)
    count = len(opened.names()) - 1
    check(1 <= count < MOST, count, "variations")
    equal(opened.names(), made(first, count), "layers")
    layers = opened.image.get_layers()
    found = [raw(layers[-2]), raw(layers[0])]
    opened.undo(["Lake"])
    for pixels, number in zip(found, (first, first + count - 1)):
        layer = vary(opened.image, [opened.layer], seed=number, steps=STEPS,
                     sampler=SAMPLER, num_variations=1)[0]
        equal(pixels, raw(layer), f"pixels of seed {number}")
        opened.image.remove_layer(layer)
    return f"{count} variations were finished"


def whole():
    """Waits for the end of the preview."""
    wait("the end of the preview", lambda: says("As the result will be"), 120)
