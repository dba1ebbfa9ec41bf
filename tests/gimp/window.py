# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in GIMP's own windows: menu, dialog, undo, Cancel.

Keys and clicks come from xdotool; what they did is read from the image.
The tests build on each other, in the order in which they stand.
"""

import os
import subprocess
import time

from gi.repository import Gimp, Gio

from harness import KEPT, check, equal, raw, vary

PHOTO = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "..", "data", "mountain-lake.jpg")
state = {}


# Driving ------------------------------------------------------------------

def tool(*words):
    """Runs xdotool; what it printed."""
    return subprocess.run(("xdotool",) + words, check=False,
                          capture_output=True, text=True).stdout


def keys(*names):
    """Types keys into the window that has the focus."""
    for name in names:
        tool("key", "--window", "0", name)
        time.sleep(0.2)


def windows(title):
    """The visible windows whose title matches."""
    return tool("search", "--onlyvisible", "--name", title).split()


def focus(window):
    """Gives a window the focus, since there is no window manager."""
    tool("windowfocus", window)
    time.sleep(0.3)


def wait(what, condition, seconds=60):
    """Waits until condition() is true; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def shot(name):
    """Takes a screenshot, for people to look at."""
    subprocess.run(("import", "-window", "root",
                    os.path.join(os.environ["SHOTS"], name + ".png")),
                   check=True)


def names():
    """The names of the image's layers, from above."""
    return [layer.get_name() for layer in state["image"].get_layers()]


def open_menu():
    """Opens the Filters menu with its last entry chosen."""
    focus(state["window"])
    keys("alt+r")
    time.sleep(0.7)
    keys("End")
    time.sleep(0.3)


def open_dialog():
    """Opens Filters > Diffusion; the dialog's window."""
    open_menu()
    keys("Return")
    dialog = wait("the dialog", lambda: windows("^Diffusion$"), 20)[0]
    time.sleep(0.7)
    focus(dialog)
    return dialog


def enter(**numbers):
    """Types numbers into controls of the dialog, by their mnemonics."""
    for key, number in numbers.items():
        keys("alt+" + key, "ctrl+a")
        tool("type", "--window", "0", str(number))
        keys("Tab")


# Tests --------------------------------------------------------------------

def start():
    """Opens the photograph, small, in a window."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE,
                           Gio.File.new_for_path(PHOTO))
    image.scale(240, 136)
    image.get_layers()[0].set_name("Lake")
    image.undo_enable()
    state["display"] = Gimp.Display.new(image)
    Gimp.displays_flush()
    KEPT.add(image.get_id())
    state["image"] = image
    state["window"] = wait("GIMP's window",
                           lambda: windows("– GIMP$"), 40)[0]
    tool("windowmove", state["window"], "0", "0")
    tool("windowsize", state["window"], "1180", "760")
    time.sleep(1.5)


def test_dialog():
    """The menu entry opens the dialog, Escape closes it without a trace"""
    start()
    open_menu()
    shot("menu")
    keys("Escape", "Escape")
    open_dialog()
    shot("dialog")
    keys("Escape")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 10)
    equal(names(), ["Lake"], "layers")


def test_run():
    """OK makes the variations that the dialog says"""
    open_dialog()
    enter(v=2, e=17, p=3)
    shot("dialog-filled")
    keys("alt+o")
    state["began"] = time.monotonic()
    wait("the layers", lambda: len(names()) > 1)
    state["took"] = time.monotonic() - state["began"]
    equal(names(), ["Lake, variation 2 (40 %, seed 18)",
                    "Lake, variation 1 (40 %, seed 17)", "Lake"], "layers")
    equal([layer.get_name() for layer in
           state["image"].get_selected_layers()], ["Lake"], "selected layer")
    state["pixels"] = [raw(layer) for layer in state["image"].get_layers()]
    time.sleep(0.7)
    shot("result")
    return f"two variations of three steps in {state['took']:.1f} s"


def test_undo():
    """One undo removes all of them, one redo brings them back"""
    focus(state["window"])
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)
    keys("ctrl+y")
    wait("redo", lambda: len(names()) == 3, 10)
    equal([raw(layer) for layer in state["image"].get_layers()],
          state["pixels"], "pixels after redo")
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)


def test_repeat():
    """Repeat runs with the last values, without a dialog"""
    focus(state["window"])
    keys("ctrl+f")
    wait("the layers", lambda: len(names()) == 3)
    equal([raw(layer) for layer in state["image"].get_layers()],
          state["pixels"], "pixels")
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)


def test_remembers():
    """The dialog opens with the last values"""
    open_dialog()
    shot("dialog-again")
    keys("alt+o")
    wait("the layers", lambda: len(names()) == 3)
    equal(names()[0], "Lake, variation 2 (40 %, seed 18)", "name")
    keys("Escape")
    focus(state["window"])
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)


def test_meddling():
    """Painting, selecting and deleting the layer during a run do no harm"""
    image = state["image"]
    lake = image.get_layers()[0]
    keep = lake.copy()
    open_dialog()
    enter(v=60, p=3)
    keys("alt+o")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 10)
    time.sleep(0.5)
    equal(names(), ["Lake"], "layers before the end")
    lake.fill(Gimp.FillType.WHITE)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 9, 9)
    other = Gimp.Layer.new(image, "Other", 8, 8, Gimp.ImageType.RGB_IMAGE,
                           100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 1)
    image.remove_layer(lake)
    wait("the layers", lambda: len(names()) == 61, 240)
    equal(names()[-2:], ["Lake, variation 1 (40 %, seed 17)", "Other"],
          "lowest layers")
    found = [raw(image.get_layers()[i]) for i in (59, 0)]

    for layer in image.get_layers():
        image.remove_layer(layer)
    Gimp.Selection.none(image)
    image.insert_layer(keep, None, 0)
    keep.set_name("Lake")
    equal(found[0], state["pixels"][1], "first variation")
    last = vary(image, [keep], seed=76, steps=3, num_variations=1)[0]
    equal(found[1], raw(last), "last variation")
    image.remove_layer(last)
    image.set_selected_layers([keep])
    Gimp.displays_flush()


def cancel_after(seconds):
    """Starts a long run and cancels it in the status bar."""
    open_dialog()
    enter(v=90, p=3)
    keys("alt+o")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 10)
    time.sleep(seconds)
    equal(names(), ["Lake"], "layers before the end")
    shot("progress")
    place = dict(line.split("=") for line in
                 tool("getwindowgeometry", "--shell",
                      state["window"]).splitlines())
    tool("mousemove", str(int(place["X"]) + int(place["WIDTH"]) - 50),
         str(int(place["Y"]) + int(place["HEIGHT"]) - 18))
    time.sleep(0.3)
    tool("click", "1")


def test_cancel():
    """Cancel in the status bar keeps what is finished, in one undo step"""
    cancel_after(max(2.5 * state["took"], 3.0))
    wait("the finished layers", lambda: len(names()) > 1, 20)
    count = len(names()) - 1
    check(1 <= count < 90, count, "variations")
    equal(names(), [f"Lake, variation {i + 1} (40 %, seed {17 + i})"
                    for i in reversed(range(count))] + ["Lake"], "layers")
    equal([raw(layer) for layer in state["image"].get_layers()[-3:-1]],
          state["pixels"][:2], "pixels of the first two")
    time.sleep(0.5)
    shot("cancelled")
    focus(state["window"])
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)
    equal(windows("Message|Error"), [], "messages")
    return f"{count} variations were finished"


def test_after_cancel():
    """After a cancelled run the next one works"""
    focus(state["window"])
    open_dialog()
    enter(v=1, e=17)
    keys("alt+o")
    wait("the layer", lambda: len(names()) == 2)
    equal(raw(state["image"].get_layers()[0]), state["pixels"][1], "pixels")
    focus(state["window"])
    keys("ctrl+z")
    wait("undo", lambda: names() == ["Lake"], 10)


def test_closed():
    """Closing the image during a run ends it with a message, no more"""
    open_dialog()
    enter(v=90, p=50)  # far from its end, on a fast machine too
    keys("alt+o")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 10)
    time.sleep(0.5)
    KEPT.discard(state["image"].get_id())
    state["display"].delete()
    check(not state["image"].is_valid(), "the image lives on")
    message = wait("the message", lambda: windows("GIMP Message"))[0]
    shot("closed")
    focus(message)
    keys("Return")
    start()
    equal(names(), ["Lake"], "layers of the image opened again")


def test_indexed():
    """On an indexed image the menu entry is greyed"""
    state["image"].convert_indexed(Gimp.ConvertDitherType.NONE,
                                   Gimp.ConvertPaletteType.GENERATE, 16,
                                   False, False, "")
    Gimp.displays_flush()
    time.sleep(0.5)
    focus(state["window"])
    keys("alt+r")
    time.sleep(0.7)
    shot("menu-indexed")
    keys("End", "Return")
    time.sleep(2)
    equal(windows("^Diffusion$"), [], "dialogs")
    keys("Escape", "Escape", "Escape")
