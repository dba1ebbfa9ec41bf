# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests in GIMP's windows share: the photograph in a window, the
menu entry and the dialog.

Nothing here depends on how fast the machine is: a run that has to last is
one of 90 variations.
"""

import contextlib
import os
import signal
import time

from gi.repository import Gimp, Gio

from desktop import (application, choose, enter, find, focus, keys, press,
                     seen, tool, wait, windows)
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
    dialog = wait("the dialog", lambda: windows("^Diffusion$"))[0]
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


def seed():
    """The seed in the dialog."""
    return int(find("Seed", "spin button").get_value_iface()
               .get_current_value())


def gone():
    """Whether the dialog is closed and its process has ended."""
    return not windows("^Diffusion$") and not application()


def close_dialog():
    """Closes the dialog."""
    press("Close")
    wait("the dialog to close", gone)


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
    def complete():
        # They come one after the other.
        before = opened.names()
        time.sleep(1)
        return len(before) > 1 and opened.names() == before

    wait("the finished layers", complete, 30)
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
