# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenshots of the dialog in each of its states, for the documents; no test
of anything.  screens.sh takes them all.

    run.py --window [--scheme light] screens PLUGIN MODELS FOLDER
"""

import os
import time

from gi.repository import Gimp
from PIL import Image

from access import ROOT
from desktop import (choose, enter, find, focus, keys, look_up, press, says,
                     seen, shot, tick, tool, wait, windows)
from lake import choose_filter, close_dialog, lake, open_dialog, whole
from restoring import add_noise, open_both, switch

BROKEN = "no-weights"


def frames():
    """Where the plug-in's windows are: the whole that they cover."""
    left, top, right, bottom = zip(*(
        control.extents for control in seen()
        if control.parent == ROOT))
    return min(left), min(top), max(right), max(bottom)


def window(name):
    """A screenshot of the plug-in's windows alone."""
    time.sleep(1)
    path = shot(name)
    left, top, right, bottom = frames()
    with Image.open(path) as screen:
        part = screen.convert("RGB").crop(
            (max(left, 0), max(top, 0), min(right, screen.size[0]),
             min(bottom, screen.size[1])))
    part.save(path)


def views():
    """The dialog as it opens, and the four pictures of the preview of the model
    alone."""
    enter("Strength (%)", 80)
    whole()
    window("parts")
    enter("Strength (%)", 40)
    choose("Photo alone")
    choose("Normal")
    whole()
    for button, name in (("Layer", "layer"), ("Noised", "noised"),
                         ("Restored", "restored"), ("Split", "dialog")):
        press(button)
        window(name)


def strips():
    """The small variations, two of them ticked, and the chain."""
    enter("Strength (%)", 55)
    press("Pick variations")
    whole()
    time.sleep(15)
    tick("6", True)
    tick("9", True)
    whole()
    window("picker")
    press("The chain")
    time.sleep(15)
    window("chain")
    press("The chain")
    press("Untick")


def runs():
    """A run, one that was stopped, and one to its end."""
    choose("Draft")
    enter("Variations", 12)
    press("Run")
    wait("the third variation", lambda: says("Variation 3"), 120)
    window("running")
    press("Stop")
    wait("the message", lambda: says("made"), 60)
    window("stopped")
    enter("Variations", 1)
    press("Run")
    wait("the message", lambda: says("1 layer was made"), 120)
    window("finished")


def name_preset(name):
    """Answers the question for a preset's name."""
    press("Save these settings as a preset")
    focus(wait("the question", lambda: windows("^Save Preset$"), 10)[0])
    time.sleep(0.5)
    keys(*name)


def questions(dialog):
    """Custom settings, the questions of presets, a model that is broken."""
    choose("Normal")
    choose("Custom")
    whole()
    window("custom")
    name_preset("mist")
    window("preset")
    keys("Return")
    find("mist", "combo box")
    name_preset("mist")
    keys("Return")
    find("Replace")
    window("replace")
    press("Cancel")
    focus(dialog)
    press("Delete this preset")
    choose("Draft")
    choose(f"{BROKEN} alone")
    wait("the message", lambda: look_up("There is no model to restore with"),
         60)
    window("error")


def test_restore():
    """Screenshots of restoring"""
    with lake(796, 448) as opened:
        opened.layer.set_name("Mountain lake")
        add_noise(opened)
        dialog = open_both(opened, "Restore")
        tool("windowmove", dialog, "0", "0")
        tool("windowsize", dialog, "1060", "700")
        press("Zoom to 100 %")
        whole()
        window("restore")
        switch("Vary")
        close_dialog()


def test_screens():
    """Screenshots"""
    with lake(796, 448) as opened:
        opened.layer.set_name("Mountain lake")
        dialog = open_dialog(opened.window, variations=4, seed=5,
                             made_of="This layer, finished by Photo")
        tool("windowmove", dialog, "0", "0")
        tool("windowsize", dialog, "1060", "700")
        views()
        strips()
        runs()
        questions(dialog)
        close_dialog()
        opened.image.set_selected_layers([opened.image.get_layers()[0]])
        Gimp.displays_flush()
        choose_filter(opened.window)
        find("Start from its settings")
        window("question")
        press("Cancel")
    os.sync()
