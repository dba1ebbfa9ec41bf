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


def draft():
    """Sets the quality to the lowest: six steps."""
    keys("alt+q", "Home", "Return")


def run(layers, seconds=120):
    """Presses Run and waits for so many layers."""
    keys("alt+u")
    wait("the layers", lambda: len(names()) == layers, seconds)


def close():
    """Closes the dialog."""
    keys("Escape")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 20)


def undo(left):
    """One undo; then only those layers are left."""
    focus(state["window"])
    keys("ctrl+z")
    wait("undo", lambda: names() == left, 10)


def pixels():
    """The pixels of all layers, from above."""
    return [raw(layer) for layer in state["image"].get_layers()]


def test_run():
    """Run makes the variations that the dialog says, and it stays open"""
    open_dialog()
    enter(v=2, e=17)
    draft()
    shot("dialog-filled")
    began = time.monotonic()
    run(3)
    took = time.monotonic() - began
    equal(names(), ["Lake, variation 2 (40 %, seed 18)",
                    "Lake, variation 1 (40 %, seed 17)", "Lake"], "layers")
    equal([layer.get_name() for layer in
           state["image"].get_selected_layers()], ["Lake"], "selected layer")
    state["pixels"] = pixels()
    check(windows("^Diffusion$"), "the dialog is gone")
    time.sleep(0.7)
    shot("result")
    close()
    return f"two variations of six steps in {took:.1f} s"


def test_undo():
    """One undo removes all of them, one redo brings them back"""
    undo(["Lake"])
    keys("ctrl+y")
    wait("redo", lambda: len(names()) == 3, 10)
    equal(pixels(), state["pixels"], "pixels after redo")
    undo(["Lake"])


def test_repeat():
    """Repeat runs with the last values, without a dialog"""
    focus(state["window"])
    keys("ctrl+f")
    wait("the layers", lambda: len(names()) == 3)
    equal(pixels(), state["pixels"], "pixels")
    undo(["Lake"])


def test_twice():
    """The dialog opens with the last values and makes two runs"""
    dialog = open_dialog()
    run(3)
    equal(pixels(), state["pixels"], "pixels of the first run")
    time.sleep(0.5)
    focus(dialog)
    enter(v=1, e=40)
    run(4)
    equal(names()[2], "Lake, variation 1 (40 %, seed 40)", "name")
    close()
    undo(["Lake, variation 2 (40 %, seed 18)",
          "Lake, variation 1 (40 %, seed 17)", "Lake"])
    undo(["Lake"])


def test_views():
    """Views, zoom and strength change while the preview is at work"""
    open_dialog()
    for key in ("alt+y", "alt+n", "alt+o", "alt+i"):
        keys(key)
    enter(t=60)
    keys("alt+n")
    time.sleep(0.5)
    shot("noised")
    enter(t=40)
    keys("alt+i")
    time.sleep(6)
    shot("restored")
    equal(names(), ["Lake"], "layers")
    close()


def test_picks():
    """Two of six small variations are picked and made at full size"""
    dialog = open_dialog()
    enter(e=17)
    draft()
    keys("alt+p")
    time.sleep(5)
    focus(dialog)
    keys("Tab", "space", "Right", "space")
    time.sleep(0.3)
    shot("picked")
    run(3)
    equal(pixels(), state["pixels"], "pixels")
    close()
    undo(["Lake"])


def test_chain():
    """The chain is saved as a layer group"""
    dialog = open_dialog()
    keys("alt+c")
    time.sleep(4)
    shot("chain")
    focus(dialog)
    keys("Tab", "Tab", "space")
    wait("the group", lambda: len(names()) == 2, 120)
    equal(names(), ["Lake, chain", "Lake"], "layers")
    count = len(state["image"].get_layers()[0].get_children())
    check(count >= 18, count, "frames")
    close()
    undo(["Lake"])


def test_recall():
    """From a result the dialog starts with its settings and its source"""
    image = state["image"]
    made = vary(image, [image.get_layers()[0]], seed=17, num_variations=1,
                steps=6, sampler="dpmpp-2m-karras")[0]
    image.set_selected_layers([made])
    Gimp.displays_flush()
    open_menu()
    keys("Return")
    question = wait("the question", lambda: windows("^Diffusion$"), 20)[0]
    time.sleep(0.7)
    shot("question")
    focus(question)
    keys("Return")
    dialog = wait("the dialog", lambda: [w for w in windows("^Diffusion$")
                                         if w != question], 20)[0]
    time.sleep(1)
    focus(dialog)
    enter(v=1)
    run(3)
    equal(names()[1], "Lake, variation 1 (40 %, seed 17)", "name")
    equal(raw(image.get_layers()[1]), raw(made), "pixels")
    close()
    lake = image.get_layers()[2]
    for layer in image.get_layers()[:2]:
        image.remove_layer(layer)
    image.set_selected_layers([lake])
    Gimp.displays_flush()


def long_run():
    """Opens the dialog and starts a run that lasts."""
    dialog = open_dialog()
    enter(v=90, e=17)
    draft()
    keys("alt+u")
    time.sleep(0.3)
    focus(dialog)
    return dialog


def check_kept():
    """Some of the layers of the long run are there, as they should be."""
    count = len(names()) - 1
    check(1 <= count < 90, count, "variations")
    equal(names(), [f"Lake, variation {i + 1} (40 %, seed {17 + i})"
                    for i in reversed(range(count))] + ["Lake"], "layers")
    equal(pixels()[-2:-1], state["pixels"][1:2], "pixels of the first")
    return f"{count} variations were finished"


def test_stop():
    """Stop keeps what is finished, in one undo step"""
    long_run()
    time.sleep(3)
    equal(names(), ["Lake"], "layers before the end")
    shot("running")
    keys("alt+p")      # not sensitive now, so this is Stop
    wait("the finished layers", lambda: len(names()) > 1, 20)
    notes = check_kept()
    time.sleep(0.5)
    shot("stopped")
    close()
    undo(["Lake"])
    return notes


def test_close():
    """Closing the dialog during a run keeps what is finished"""
    long_run()
    time.sleep(3)
    keys("Escape")
    wait("the dialog to close", lambda: not windows("^Diffusion$"), 20)
    wait("the finished layers", lambda: len(names()) > 1, 20)
    notes = check_kept()
    undo(["Lake"])
    return notes


def test_meddling():
    """Painting, selecting and deleting the layer during a run do no harm"""
    image = state["image"]
    lake = image.get_layers()[0]
    keep = lake.copy()
    focus(state["window"])
    keys("ctrl+f")     # 90 variations, from the run before
    time.sleep(1.0)
    equal(names(), ["Lake"], "layers before the end")
    lake.fill(Gimp.FillType.WHITE)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 9, 9)
    other = Gimp.Layer.new(image, "Other", 8, 8, Gimp.ImageType.RGB_IMAGE,
                           100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 1)
    image.remove_layer(lake)
    wait("the layers", lambda: len(names()) == 91, 300)
    equal(names()[-2:], ["Lake, variation 1 (40 %, seed 17)", "Other"],
          "lowest layers")
    found = [raw(image.get_layers()[i]) for i in (89, 0)]

    for layer in image.get_layers():
        image.remove_layer(layer)
    Gimp.Selection.none(image)
    image.insert_layer(keep, None, 0)
    keep.set_name("Lake")
    equal(found[0], state["pixels"][1], "first variation")
    last = vary(image, [keep], seed=106, steps=6, num_variations=1)[0]
    equal(found[1], raw(last), "last variation")
    image.remove_layer(last)
    image.set_selected_layers([keep])
    Gimp.displays_flush()


def test_cancel():
    """Cancel in the status bar keeps what is finished, in one undo step"""
    focus(state["window"])
    keys("ctrl+f")
    time.sleep(4)
    equal(names(), ["Lake"], "layers before the end")
    shot("progress")
    place = dict(line.split("=") for line in
                 tool("getwindowgeometry", "--shell",
                      state["window"]).splitlines())
    tool("mousemove", str(int(place["X"]) + int(place["WIDTH"]) - 50),
         str(int(place["Y"]) + int(place["HEIGHT"]) - 18))
    time.sleep(0.3)
    tool("click", "1")
    wait("the finished layers", lambda: len(names()) > 1, 20)
    notes = check_kept()
    time.sleep(0.5)
    undo(["Lake"])
    equal(windows("Message|Error"), [], "messages")
    return notes


def test_closed_image():
    """With its image closed the dialog says so, and no more"""
    dialog = open_dialog()
    time.sleep(1)
    KEPT.discard(state["image"].get_id())
    state["display"].delete()
    check(not state["image"].is_valid(), "the image lives on")
    focus(dialog)
    enter(t=50)
    keys("alt+u")
    time.sleep(2)
    shot("closed-image")
    check(windows("^Diffusion$"), "the dialog is gone")
    close()
    start()


def test_closed():
    """Closing the image during a run ends it with a message, no more"""
    focus(state["window"])
    keys("ctrl+f")
    time.sleep(1)
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
