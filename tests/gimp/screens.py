# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenshots of the dialog for the documents; no test of anything.

    run.py --window [--scheme light] screens PLUGIN MODELS FOLDER
"""

import os
import time

from PIL import Image

import lake as setting
from desktop import (application, choose, enter, find, look_up, press, shot,
                     tick, tool, wait)


def window(name):
    """A screenshot of the dialog alone."""
    time.sleep(1)
    path = shot(name)
    frame = application().get_child_at_index(0)
    place = frame.get_component_iface().get_extents(0)
    with Image.open(path) as screen:
        part = screen.convert("RGB").crop(
            (place.x, place.y, place.x + place.width,
             min(place.y + place.height, screen.size[1])))
    part.save(path)


def whole():
    """Waits for the end of the preview."""
    wait("the preview", lambda: any(
        look_up(words) for words in
        ("As the result will be", "As the result will be, reduced to 50 %",
         "As the result will be, reduced to 33 %")), 300)


def test_screens():
    """Screenshots"""
    setting.SIZE = (796, 448)
    with setting.lake() as opened:
        opened.layer.set_name("Mountain lake")
        setting.open_dialog(opened.window, variations=4, seed=5)
        dialog = tool("search", "--onlyvisible", "--name", "^Diffusion$")
        tool("windowmove", dialog.split()[0], "0", "0")
        tool("windowsize", dialog.split()[0], "1060", "600")
        choose("Normal")
        whole()
        window("dialog")
        press("Noised")
        window("noised")
        press("Split")
        enter("Strength (%)", 55)
        press("Pick variations")
        whole()
        time.sleep(20)
        tick("6", True)
        tick("9", True)
        window("picker")
        press("The chain")
        time.sleep(20)
        window("chain")
        press("The chain")
        press("Run")
        time.sleep(1)
        window("running")
        press("Stop")
        find("Run")
        choose("Custom")
        window("custom")
    os.sync()
